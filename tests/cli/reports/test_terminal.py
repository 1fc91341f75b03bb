from __future__ import annotations

import io
import re
import sys
import unicodedata
from dataclasses import replace

import pytest

from answerbot.cli.reports import render, terminal
from answerbot.cli.reports.summary import Report
from answerbot.domain.bank import QuestionId
from tests.cli.reports.made import (
    HOSTILE,
    INJECTIONS,
    LOST,
    REVIEW,
    graded,
    hostile,
    many_candidates,
    one_candidate,
    ungraded,
)


@pytest.fixture(params=[60, 80, 120])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


def test_questions_have_bars_and_what_was_missed_follows(columns: int) -> None:
    text = render("terminal", one_candidate())
    bar = {60: "", 80: "█·······", 120: "████················"}[columns]
    assert re.search(rf"^ 2  How .* 2/10 +{bar} +20 %  ✗$", text, re.MULTILINE)
    assert text.splitlines()[2].split()[:3] == ["question", "of", "tea"]
    assert text.index("2/10") < text.index("What was missed")
    assert "-3 take-the-leaves-out: The leaves stay in." in text
    assert "would have earned it: The leaves come out after that." in " ".join(text.split())
    assert "-2 boil-the-leaves (misconception): No." in text
    assert "said: “Boil the leaves again”" in text


def test_nothing_is_wider_than_the_terminal(columns: int) -> None:
    for report in (one_candidate(), many_candidates(12, 9), hostile("wide " * 60)):
        assert max(map(len, render("terminal", report).splitlines())) <= columns


def test_an_estimate_is_marked_on_every_line_and_has_a_bar_of_its_own() -> None:
    text = render("terminal", Report((graded(3, ("met", "not_met", "not_met"), estimate=True),)))
    assert "█" not in text
    lines = [line for line in text.splitlines() if re.search(r"-\d|4/10", line)]
    assert len(lines) == 5
    assert all("estimate" in line or "est." in line for line in lines)


def test_unanswered_questions_are_one_line() -> None:
    text = render("terminal", one_candidate())
    assert [line.strip() for line in text.splitlines() if "tea/6" in line or "tea/7" in line] == [
        "2 unanswered: tea/6, tea/7"
    ]


def test_what_a_person_should_look_at_says_why() -> None:
    text = render("terminal", one_candidate())
    assert "To review: 1\n  tea/4  the votes differ on hot-water\n" in text
    assert "Not graded (counted nowhere): 1\n  tea/5  the judge gave no usable reply\n" in text


def test_totals_say_what_they_are_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    *_, total, counts = render("terminal", one_candidate()).splitlines()
    assert total.startswith("Total  23/60 points")
    assert total.endswith("38 %  partly an estimate")
    assert counts.strip().startswith("7 answers: 1 passed, 1 not passed, 1 to review,")


def test_an_answer_without_a_grade_has_no_number() -> None:
    text = render("terminal", Report((ungraded(1, "no reply"),)))
    assert "0/10" not in text
    assert "nothing was graded" in text


def test_many_candidates_are_a_matrix_below_the_review_list() -> None:
    some = (*many_candidates().graded, graded(1, candidate="Zoe", flags=[REVIEW]))
    text = render("terminal", Report(some))
    assert re.search(r"^ Candidate 1 +100 +40 +70$", text, re.MULTILINE)
    assert re.search(r"^ Zoe +\?100 +100$", text, re.MULTILINE)
    assert text.index("To review: 1") < text.index("Candidate 1")
    assert re.search(r"^ 2  How .* 3 +60 % .* 28 %$", text, re.MULTILINE)
    assert "columns: questions of tea; per cent of the points" in text


def test_answers_that_are_left_out_are_counted_at_the_top(columns: int) -> None:
    for report in (one_candidate(), many_candidates(), Report(())):
        first = render("terminal", replace(report, unmatched=(LOST, LOST))).split("\n\n")[0]
        assert " ".join(first.split()).startswith("2 answers are in none of these numbers")
    assert "none of these numbers" not in render("terminal", one_candidate())


def test_a_reason_that_many_answers_share_is_told_once() -> None:
    text = render("terminal", Report(tuple(ungraded(n, "401: no such key") for n in range(1, 8))))
    assert text.count("401: no such key") == 1
    assert "  7 answers (tea/1, tea/2, tea/3 and 4 more)  401: no such key\n" in text


def test_fifty_questions_have_room_for_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = "Why do the leaves float in the cup?"
    many = Report(tuple(graded(number, question=asked) for number in range(1, 51)))
    for columns, words in ((80, asked), (60, asked[:22])):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert render("terminal", many).count(words) == 50


def test_questions_of_several_banks_stand_below_the_names_of_their_banks() -> None:
    ones = many_candidates(3, 30).graded
    coffee = [
        replace(one, submission=replace(one.submission, question_id=QuestionId("coffee/7")))
        for one in ones
        if one.submission.question_id == "tea/1"
    ]
    text = render("terminal", Report((*ones, *coffee)))
    assert re.search(r"^ coffee\n +7  How .*\n tea\n +1  How", text, re.MULTILINE)
    assert "#" not in text
    few = Report((*many_candidates(2, 2).graded, *coffee[:2]))
    told = render("terminal", few)
    assert "#1, #2, ...: see the questions below" in told
    assert re.search(r"^ +#1 +coffee/7  How", told, re.MULTILINE)
    assert re.search(r"^ +#2 +tea/1  How", told, re.MULTILINE)


def test_questions_of_banks_that_alternate_have_their_whole_ids() -> None:
    ids = ("tea/1", "coffee/1", "tea/2")
    ones = [
        replace(graded(1), submission=replace(graded(1).submission, question_id=QuestionId(id_)))
        for id_ in ids
    ]
    text = render("terminal", Report(tuple(ones)))
    assert all(f" {id_}  How" in text for id_ in ids)


def test_candidates_of_one_name_are_told_apart_in_the_matrix() -> None:
    paths = [f"interviews/spring/{room}/answers.md" for room in ("a", "b")]
    text = render("terminal", Report(tuple(graded(1, path=path) for path in paths)))
    names = re.findall(r"^ (Ada \(\S*\)) +100", text, re.MULTILINE)
    assert len(set(names)) == 2


def test_three_hundred_candidates_are_summed_up_and_told_where_the_rest_is() -> None:
    lines = render("terminal", many_candidates(300, 72)).splitlines()
    assert len(lines) < 160
    assert any("260 more" in line and "-o report.html" in line for line in lines)


def test_without_solutions_it_tells_what_was_lost_and_not_what_to_say() -> None:
    text = render("terminal", one_candidate(solutions=False))
    assert "-3 take-the-leaves-out" in text
    assert "The leaves stay in" not in text
    assert "would have earned" not in text


@pytest.mark.parametrize("text", [*HOSTILE, *INJECTIONS.values()])
def test_hostile_words_reach_the_terminal_as_escapes(text: str) -> None:
    shown = render("terminal", hostile(text))
    categories = {unicodedata.category(one) for one in shown if one != "\n"}
    assert not categories & {"Cc", "Cf", "Cs", "Zl", "Zp"}


class _Stream(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_that_welcome_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", _Stream())
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in terminal.as_terminal(one_candidate())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in terminal.as_terminal(one_candidate())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in terminal.as_terminal(one_candidate())


def test_a_stream_that_is_not_unicode_gets_plain_characters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    for report in (one_candidate(), many_candidates(), many_candidates(50, 30)):
        terminal.as_terminal(report).encode("ascii")
