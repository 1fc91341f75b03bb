from __future__ import annotations

import pytest

from answerbot.cli.check_reports.summary import compared, interval, percent
from answerbot.domain.agreement import Figure, Paired


@pytest.mark.parametrize(
    ("paired", "words"),
    [
        (Paired(0, 0, None, "too few to tell"), "none turned wrong, none turned right"),
        (
            Paired(3, 2, None, "too few to tell"),
            "3 turned wrong, 2 turned right: too few to tell",
        ),
        (
            Paired(9, 1, 0.021, "exact"),
            "9 turned wrong, 1 turned right: worse, hardly by chance "
            "(p = 0.021, exact McNemar test)",
        ),
        (
            Paired(2, 60, 0.00001, "chi-squared"),
            "2 turned wrong, 60 turned right: better, hardly by chance (p < 0.001, McNemar test)",
        ),
        (
            Paired(5, 3, 0.727, "exact"),
            "5 turned wrong, 3 turned right: may be chance (p = 0.727, exact McNemar test)",
        ),
    ],
)
def test_a_paired_test_is_told_in_words(paired: Paired, words: str) -> None:
    assert compared(paired) == words


def test_a_figure_that_is_not_defined_is_a_dash_and_no_interval() -> None:
    assert percent(None) == "–"
    assert interval(Figure(None, None, None, 4)) == ""
    assert interval(Figure(0.5, 0.25, 0.75, 4)) == "0.25–0.75"
    assert interval(Figure(0.5, 0.25, 0.75, 4), share=True) == "25.0–75.0 %"
