from __future__ import annotations

import io
import re
import sys
import unicodedata
from dataclasses import replace

import pytest

from answerbot.cli.check_reports import render
from answerbot.domain.errors import Location
from tests.cli.check_reports import made
from tests.cli.check_reports.made import EVERY, checked, edited, reported, tried
from tests.cli.reports.made import HOSTILE, INJECTIONS


@pytest.fixture(params=[60, 80, 120])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


def section(title: str, text: str) -> list[str]:
    """The lines of the section with this title."""
    (found,) = [part for part in text.split("\n\n") if part.startswith(title)]
    return found.splitlines()


@pytest.mark.parametrize("name", EVERY)
def test_no_line_is_wider_than_the_terminal(name: str, columns: int) -> None:
    text = render("terminal", EVERY[name]())
    assert max(map(len, text.splitlines())) <= columns


def test_a_clean_check_is_short_and_its_last_line_says_that_it_passed(columns: int) -> None:
    lines = render("terminal", made.clean()).splitlines()
    assert len(lines) < 20
    assert lines[-1] == "1 rubric, 4 exemplars: passed"
    assert "✓ stale" in " ".join(lines[-3:-1])


def test_what_failed_comes_first_and_the_last_line_sums_it_up() -> None:
    lines = render("terminal", made.everything()).splitlines()
    assert lines[0] == "Failed"
    assert lines[1] == " ✗ lint      1 complaint"
    assert " ".join(lines[-4:]).endswith(
        "3 rubrics, 12 exemplars: failed: 1 complaint; 2 exemplars without a recording; "
        "1 exemplar without a grade; 1 rubric or exemplar new or gone; 5 verdicts right in the "
        "baseline and wrong now; 2 scores changed without an edit of the rubric"
    )


def test_a_complaint_is_a_place_a_rule_and_a_hint() -> None:
    text = render("terminal", made.everything())
    assert section("Lint: 1 error", text)[1:] == [
        " rubrics/tea.yaml:4: overlapping-criteria: both want heat"
    ]
    assert section("Lint: 1 warning", text)[1:] == [
        " rubrics/tea.yaml:10: vague-word: 'just' says little",
        "   hint: say how hot it is",
    ]


def test_stale_recordings_stand_below_the_edit_with_the_command_that_refreshes_them() -> None:
    assert section("Stale: 4 recordings", render("terminal", made.stale()))[1:] == [
        " rubrics/tea.yaml:12: the text of criterion three-minutes",
        "   4 recordings stale: full, some, wrong, nothing",
        " 4 calls, about $0.02:",
        "   answerbot check --record",
    ]


def test_an_edited_prompt_tells_the_rubrics_that_it_made_stale() -> None:
    none = dict.fromkeys(("full", "some", "wrong", "nothing"))
    rubrics = [edited("id: tea\n", f"id: tea-{number}\n") for number in range(1, 9)]
    report = reported(
        *(checked(tried(text), tried(text, none, prompt="Be strict.")) for text in rubrics)
    )
    assert section("Stale: 32 recordings", render("terminal", report))[1:3] == [
        " the judge's prompt",
        "   32 recordings stale: tea-1 (4), tea-2 (4), tea-3 (4), tea-4 (4), tea-5 (4), tea-6 (4) "
        "and 2 more",
    ]


def test_a_flipped_verdict_has_the_judge_s_reason_and_the_cause() -> None:
    text = render("terminal", made.flipped())
    assert section("Changed verdicts: 1 (1 right before and wrong now)", text)[1:] == [
        " tea: the judge's prompt",
        "   ✗ full  take-the-leaves-out  met → not_met, should be met",
        "     judge: So it says.",
    ]


def test_scores_of_one_cause_are_one_table_and_those_that_no_longer_pass_come_first() -> None:
    after = tried(edited("pass: 60", "pass: 80").replace("points: 4", "points: 2"))
    text = render("terminal", reported(checked(tried(), after)))
    assert section("Changed scores: 4", text)[1:] == [
        " rubrics/tea.yaml:4: pass mark 60 → 80",
        " rubrics/tea.yaml:7: criterion hot-water: points 4 → 2",
        "   ✗ some     7/10 pass → 5/8 fail",
        "   · full     10/10 pass → 8/8 pass",
        "   · wrong    0/10 fail → 0/8 fail",
        "   · nothing  0/10 fail → 0/8 fail",
    ]


def test_disagreements_are_counted_and_listed_with_words() -> None:
    report = reported(checked(None, tried(said={"nothing": {"hot-water": "partial"}})))
    assert "Not as labelled: 1 verdict of 1 exemplar (--words lists them)\n\n" in render(
        "terminal", report
    )
    assert section("Not as labelled", render("terminal", report, words=True)) == [
        "Not as labelled: 1 verdict of 1 exemplar",
        " tea/nothing  hot-water: should be not_met, is partial",
        "   judge: So it says.",
    ]


def test_agreement_is_told_with_what_it_is_of() -> None:
    lines = section("How far the judge agrees", render("terminal", made.flipped()))
    assert lines[1].split() == ["criteria", "91.7", "%", "12", "verdicts"]
    assert "weighted; 3 of 4 exact" in lines[5]
    assert lines[6].split()[:4] == ["mean", "error", "7.5", "%"]
    assert lines[-1].endswith("1 turned wrong, 0 turned right: too few to tell")


def test_nothing_judged_has_no_figures() -> None:
    none = dict.fromkeys(("full", "some", "wrong", "nothing"))
    text = render("terminal", reported(checked(None, tried(said=none))))
    assert "How far" not in text
    assert section("Stale: 4 recordings", text)[1:3] == [
        " tea: new exemplars",
        "   4 recordings stale: full, some, wrong, nothing",
    ]


def test_many_warnings_are_counted_by_their_rules() -> None:
    warnings = [replace(made.LINTED[0], location=Location(made.PATH, n)) for n in range(1, 6)]
    warnings.append(replace(made.LINTED[0], rule="always-met"))
    report = reported(checked(tried(), tried()), complaints=warnings)
    told = "Lint: 6 warnings: vague-word 5, always-met 1 (--words lists them)\n\n"
    assert render("terminal", report).startswith(told)
    assert "tea.yaml:5: vague-word: 'just' says little" in render("terminal", report, words=True)


def test_a_gate_that_is_off_fails_nothing_and_is_still_told() -> None:
    off = tuple(replace(gate, on=gate.name != "stale") for gate in made.stale().gates)
    text = render("terminal", replace(made.stale(), gates=off))
    assert text.endswith("1 rubric, 4 exemplars: passed\n")
    assert "· stale     4 exemplars without a recording (fails nothing)" in text


def test_an_edit_that_changed_no_grade_is_named() -> None:
    text = render("terminal", reported(checked(tried(), tried(edited("pass: 60", "pass: 61")))))
    assert section("Not yet in the baseline", text)[1:] == [
        " 1 edit that changed no grade:",
        "   rubrics/tea.yaml:4: pass mark 60 → 61",
    ]


def test_lists_end_early_unless_words_are_asked_for() -> None:
    ids = range(40)
    exemplar = made.TEA[made.TEA.index("  - id: nothing") :]
    text = made.TEA + "".join(exemplar.replace("nothing", f"nothing-{n}") for n in ids)
    report = reported(checked(tried(text), tried(text.replace("points: 4", "points: 2"))))
    short, long = (render("terminal", report, words=words) for words in (False, True))
    assert "nothing-30" not in short
    assert "and 36 more (--words lists them)" in short
    assert "nothing-39" in long
    assert "more (" not in long


@pytest.mark.parametrize("text", [*HOSTILE, *INJECTIONS.values()])
def test_hostile_words_reach_the_terminal_as_escapes(text: str) -> None:
    shown = render("terminal", made.hostile(text), words=True)
    categories = {unicodedata.category(one) for one in shown if one != "\n"}
    assert not categories & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_a_runner_of_github_finds_no_command_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("COLUMNS", "40")
    for text in ("::add-mask::passed", "##[error]x ##[add-mask]y", " ::stop-commands::z"):
        shown = render("terminal", made.hostile(f"a {'b' * 30} {text}"), words=True)
        assert not re.search(r"^\s*::|##\[", shown, re.MULTILINE)


class _Stream(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_that_welcome_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", _Stream())
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in render("terminal", made.everything())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in render("terminal", made.everything())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in render("terminal", made.everything())


def test_a_stream_that_is_not_unicode_gets_plain_characters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    for report in EVERY.values():
        render("terminal", report(), words=True).encode("ascii")


def test_an_edit_that_something_is_due_to_is_not_idle() -> None:
    answer = edited("answer: Tea is a drink.", "answer: Tea is a hot drink.")
    report = reported(checked(tried(), tried(answer, {"nothing": None})))
    assert "changed no grade" not in render("terminal", report)


def test_a_rubric_that_nobody_judged_is_not_told_to_be_the_same_for_all() -> None:
    none = dict.fromkeys(("full", "some", "wrong", "nothing"))
    milk = edited("id: tea\n", "id: milk\n")
    text = render("terminal", reported(checked(None, tried()), checked(None, tried(milk, none))))
    assert "r = 0.56" in text
    assert "the same for all exemplars" not in text
