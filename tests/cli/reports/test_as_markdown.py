from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from answerbot.cli.reports import render
from answerbot.cli.reports.as_markdown import escape
from answerbot.cli.reports.summary import Report
from tests.cli.reports.made import (
    HOSTILE,
    INJECTIONS,
    KEPT_APART,
    LOST,
    graded,
    hostile,
    many_candidates,
    one_candidate,
    ungraded,
)


def html_of(markdown: str) -> str:
    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))


def elements(report: Report) -> Counter[str]:
    return Counter(re.findall(r"<(\w+)", html_of(render("markdown", report))))


def test_a_note_has_the_total_the_questions_and_what_was_missed() -> None:
    text = render("markdown", one_candidate())
    assert "**Ada: 23 of 60 points, 38 %**" in text
    assert "| tea/2 How is tea steeped? | 2/10 | ██░░░░░░░░ 20 % | not passed |" in text
    assert "Unanswered: tea/6, tea/7." in text
    assert "- tea/5: the judge gave no usable reply" in text
    assert (
        "- **−3** Take the leaves out: The leaves stay in. "
        "*Would have earned it:* The leaves come out after that."
    ) in text
    assert "- **−2** misconception: Boil the leaves: No. Said: “Boil the leaves again”" in text


def test_answers_that_are_left_out_come_first_and_notices_last() -> None:
    for report in (one_candidate(), many_candidates(), Report(())):
        text = render("markdown", replace(report, unmatched=(LOST,), notices=(KEPT_APART,)))
        assert text.index("1 answer is in none of the numbers below.") < 60
        assert "- answers/ada.md:90: no question of the bank is 'What is cocoa?' (copy" in text
        assert text.endswith(
            "## Notes on the files\n\n"
            "- b/ada.md: 'Ada' answers tea/1 in 2 files: they are kept apart\n"
        )


def test_a_reason_that_many_answers_share_is_told_once() -> None:
    text = render("markdown", Report(tuple(ungraded(n, "401: no such key") for n in range(1, 8))))
    assert "- 7 answers (tea/1, tea/2, tea/3 and 4 more): 401: no such key\n" in text
    assert text.count("401") == 1


def test_an_estimate_is_marked_wherever_it_stands() -> None:
    text = render("markdown", Report((graded(3, ("met", "not_met", "not_met"), estimate=True),)))
    lines = [line for line in text.splitlines() if "−3" in line or "4/10" in line]
    assert len(lines) == 4
    assert all("estimate" in line for line in lines)
    assert "▒▒▒▒░░░░░░ 40 %" in text
    assert "> **Estimate.** All of the grades no model judged" in text


def test_without_solutions_it_tells_what_was_lost_and_not_what_to_say() -> None:
    text = render("markdown", one_candidate(solutions=False))
    assert "- **−3** Take the leaves out." in text
    assert "The leaves stay in" not in text
    assert "Would have earned" not in text


def test_candidates_are_rows_and_questions_columns() -> None:
    text = render("markdown", many_candidates())
    # An even sum of person and number earns 10 of 10, an odd one 4.
    assert "| Candidate 1 | 100 | 40 | 70 |" in text
    assert "| 1 | tea/1 How is tea steeped? | 3 | 80 % | 28 % |  |" in text
    assert "The columns are the questions of tea. Per cent of the points;" in text


def test_many_candidates_and_questions_are_summed_up() -> None:
    text = render("markdown", many_candidates(people=150, questions=30))
    assert len(text) < 40_000
    assert "- and 50 more" in text


PLAIN = elements(hostile("plain words"))


@pytest.mark.parametrize("text", [*HOSTILE, *INJECTIONS.values()])
def test_hostile_words_make_no_element(text: str) -> None:
    assert elements(hostile(text)) == PLAIN


@pytest.mark.parametrize("text", [*HOSTILE, *INJECTIONS.values()])
def test_hostile_words_mention_and_link_nothing(text: str) -> None:
    written = render("markdown", hostile(text))
    for active in (r"@\w", r"(?<!#)#\d", r"\w://", r"\bwww\.", r"\bGH-\d"):
        assert not re.search(active, written), active


@pytest.mark.parametrize(
    "text", ["- a", "+ a", "1. a", "2) a", "# a", "> a", "* a", "=== ", "--- ", "    a", "`a`"]
)
def test_an_escaped_text_is_one_paragraph_of_that_text(text: str) -> None:
    shown = " ".join(text.split()).replace(">", "&gt;").replace("# ", "#\u2060 ")
    assert html_of(escape(text)) == f"<p>{shown}</p>\n"


def test_no_grade_is_no_zero() -> None:
    text = render("markdown", Report((ungraded(1, "no reply"),)))
    assert "nothing was graded" in text
    assert "0/10" not in text
