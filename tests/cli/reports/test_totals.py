"""Sums over rows: what a report of the same answers says, without keeping one of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from answerbot.cli.reports.as_rows import Rows
from answerbot.cli.reports.summary import STANDINGS, Report
from answerbot.cli.reports.totals import Totals
from answerbot.domain.submission import Graded
from tests.cli.reports.made import graded, many_candidates, one_candidate, ungraded


def totals(report: Report) -> Totals:
    sums, rows = Totals(), Rows(report)
    for one in report.graded:
        sums.add(rows.row(one))
    return sums


@pytest.mark.parametrize("report", [one_candidate(), one_candidate(pass_mark=90), Report(())])
def test_answers_are_counted_as_a_report_counts_them(report: Report) -> None:
    sums = totals(report)
    assert sums.rows == len(report.graded)
    for standing in STANDINGS:
        assert sums.standings[standing] == report.everything.standings[standing]
    assert sums.estimated == report.everything.estimates
    assert sums.ungraded == report.everything.ungraded


def test_the_numbers_are_told_in_a_few_lines() -> None:
    # 10 and 4 of 10 points, each three times: 70 %, and 30 % to both sides.
    assert totals(many_candidates()).text == (
        "6 answers: 3 passed, 3 not passed\n42 of 60 points; mean 70 %, spread 30 %\n"
    )


def test_reasons_are_told_with_their_numbers_the_most_frequent_first() -> None:
    answers: Sequence[Graded] = [
        ungraded(1, "the budget is spent"),
        *(ungraded(n, f"no recording of 'Ada/tea/{n} judge 2'") for n in range(2, 6)),
    ]
    sums = totals(Report(tuple(answers)))
    assert sums.text == (
        "5 answers: 5 not graded\n\nNot graded: 5\n"
        "  4  no recording of a judgement\n  1  the budget is spent\n"
    )


def test_of_many_reasons_the_first_are_told() -> None:
    answers = [ungraded(n, f"reason {chr(64 + n)}") for n in range(1, 14)]
    text = totals(Report(tuple(answers))).text
    assert text.count("reason ") == 10
    assert text.endswith("  and 3 more reasons\n")


def test_a_reason_cannot_act_on_the_terminal() -> None:
    text = totals(Report((ungraded(1, "\x1b[2J\nPassed: 100"),))).text
    assert "\x1b" not in text
    assert "\nPassed" not in text


def test_what_is_below_the_pass_mark_is_counted_whatever_its_standing() -> None:
    report = Report(
        (graded(1, ("met", "not_met", "not_met")), graded(2), ungraded(3, "x")), pass_mark=50
    )
    assert totals(report).failing == 1


def test_of_one_answer_there_is_no_spread() -> None:
    assert "spread –" in totals(Report((graded(1),))).text
    assert totals(Report(())).text == "No answers.\n"


def test_of_answers_that_are_all_alike_the_spread_is_none_at_all() -> None:
    alike = tuple(graded(n, ("met", "not_met", "not_met")) for n in range(1, 11))
    assert totals(Report(alike)).text.endswith("mean 40 %, spread 0 %\n")
