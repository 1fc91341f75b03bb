from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from answerbot.cli import check_reports
from answerbot.cli.check_reports import save
from answerbot.domain.check import CheckReport
from answerbot.domain.errors import Location, NotFinishedError
from answerbot.domain.lint import Complaint
from tests.cli.check_reports import made
from tests.cli.check_reports.made import PATH, TEA_LINE, checked, edited, reported, tried
from tests.cli.reports.made import HOSTILE, INJECTIONS

COMMAND = re.compile(r"::(error|warning|notice) ([^\r\n]*?)::([^\r\n]*)")


@pytest.fixture(autouse=True)
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))


def obeyed(line: str) -> tuple[str, dict[str, str], str]:
    """What a runner makes of the line: the level, the properties, the message."""
    found = COMMAND.fullmatch(line)
    assert found, line
    pairs = [pair.split("=", 1) for pair in found[2].split(",")]
    return (
        found[1],
        {name: _unescaped(value, "%0D", "%0A", "%3A", "%2C") for name, value in pairs},
        _unescaped(found[3], "%0D", "%0A"),
    )


def _unescaped(text: str, *escapes: str) -> str:
    for escape in escapes:
        text = text.replace(escape, chr(int(escape[1:], 16)))
    return text.replace("%25", "%")


def notes(report: CheckReport) -> list[tuple[str, dict[str, str], str]]:
    return [obeyed(line) for line in check_reports.annotations(report)]


def test_only_a_runner_gets_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert check_reports.annotations(made.everything()) == []


def test_a_clean_check_notes_nothing() -> None:
    assert check_reports.annotations(made.clean()) == []


def test_complaints_are_noted_at_their_lines_as_severe_as_they_are() -> None:
    found = notes(reported(checked(tried(), tried()), complaints=made.LINTED))
    assert found == [
        (
            "error",
            {"file": PATH, "line": "4", "title": "answerbot: overlapping-criteria"},
            "both want heat",
        ),
        (
            "warning",
            {"file": PATH, "line": "10", "title": "answerbot: vague-word"},
            "'just' says little\nhint: say how hot it is",
        ),
    ]


def test_an_edit_that_makes_recordings_stale_is_one_error_at_its_line() -> None:
    ((level, properties, told),) = notes(made.stale())
    assert (level, properties["file"], properties["line"]) == (
        "error",
        PATH,
        str(TEA_LINE["- id: three-minutes"]),
    )
    assert told.splitlines()[1:] == [
        "4 recordings stale: full, some, wrong, nothing",
        "answerbot check --record (about $0.02 for all that is stale)",
    ]


def test_new_exemplars_without_recordings_are_noted_at_the_first() -> None:
    said: made.Said = {"wrong": None, "nothing": None}
    before = tried(made.TEA.replace("id: some", "id: other"), said)
    after = tried(said={"some": None, **said})
    one = checked(before, after)
    new, old = (reported(one).checked[0].comparison.stale[n] for n in (0, 1))
    assert (new.exemplar, old.exemplar) == ("some", "wrong")
    ((_, properties, told), *_) = [n for n in notes(reported(one)) if "new exemplars" in n[2]]
    assert properties["line"] == str(TEA_LINE["- id: some"])
    assert "1 recording stale: some" in told


def test_what_no_gate_fails_for_is_a_warning() -> None:
    off = tuple(replace(gate, on=False) for gate in made.stale().gates)
    ((level, *_),) = notes(replace(made.stale(), gates=off))
    assert level == "warning"


def test_a_flip_that_no_rubric_s_edit_caused_is_noted_at_its_label() -> None:
    flip, score = notes(made.flipped())
    assert (flip[0], flip[1]["line"]) == ("error", str(23 + 5))
    assert flip[2].endswith("full: take-the-leaves-out met → not_met, should be met")
    assert score[0] == "error"  # no edit of the rubric accounts for it


def test_changed_points_are_a_notice_at_the_edited_criterion() -> None:
    ((level, properties, told),) = notes(made.pointed())
    assert (level, properties["line"]) == ("notice", str(TEA_LINE["- id: hot-water"]))
    assert "some: 7/10 pass → 5/8 pass" in told


def test_more_notes_than_are_shown_end_with_how_many_more_there_are() -> None:
    complaints = [Complaint("vague-word", "error", str(n), Location(PATH, n)) for n in range(1, 26)]
    found = notes(reported(checked(tried(), tried()), complaints=complaints))
    assert [told for _, _, told in found[:9]] == [str(n) for n in range(1, 10)]
    assert len(found) == 10
    assert found[-1][2] == "16 more notes: the log of this step has all of them"


def test_paths_start_at_the_top_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = Complaint("vague-word", "error", "x", Location("rubrics/tea.yaml", 1))
    report = reported(checked(tried(), tried()), complaints=[complaint])
    below = tmp_path / "course" / "week"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert notes(report)[0][1]["file"] == "course/week/rubrics/tea.yaml"
    (tmp_path / "course" / ".git").mkdir()
    assert notes(report)[0][1]["file"] == "week/rubrics/tea.yaml"


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE,
        *INJECTIONS.values(),
        "100 %, a:b, c=d %0A%25 ::",
        "x::error::y\n::add-mask::z\r::stop-commands::w",
    ],
)
def test_hostile_words_are_part_of_one_note(text: str) -> None:
    plain, evil = notes(made.hostile("plain words")), notes(made.hostile(text))
    assert len(evil) == len(plain)
    assert [set(properties) for _, properties, _ in evil] == [
        set(properties) for _, properties, _ in plain
    ]


def test_what_needs_escapes_arrives_as_it_was() -> None:
    complaint = Complaint("vague-word", "error", "50 %: a, b; %0A", Location("a,b:c%.yaml", 2))
    (note,) = notes(reported(checked(tried(), tried()), complaints=[complaint]))
    assert note[1]["file"] == "a,b:c%.yaml"
    assert note[2] == "50 %: a, b; %0A"


def test_the_summary_of_a_step_keeps_what_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, other = tmp_path / "step.md", tmp_path / "other.md"
    for path in (step, other):
        path.write_text("before\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    for path in (step, other):
        save("markdown", path, made.clean())
    assert step.read_text("utf-8").startswith("before\n## Rubrics\n")
    assert other.read_text("utf-8").startswith("## Rubrics\n")


def test_a_summary_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    with pytest.raises(NotFinishedError, match="cannot be written"):
        save("markdown", tmp_path, made.clean())


def test_edits_of_two_places_are_noted_at_the_first() -> None:
    text = edited("states: Three minutes.", "states: Two minutes.")
    none = dict.fromkeys(("full", "some", "wrong", "nothing"))
    after = tried(text.replace("Leaves are boiled", "The leaves are boiled"), none)
    ((_, properties, told),) = notes(reported(checked(tried(), after)))
    assert properties["line"] == str(TEA_LINE["- id: three-minutes"])
    assert told.splitlines()[1] == "rubrics/tea.yaml:19: the text of misconception boil-the-leaves"
