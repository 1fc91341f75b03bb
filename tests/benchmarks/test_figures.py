"""Figures of benchmarks, and the table of them."""

from __future__ import annotations

import pytest

from benchmarks.figures import Figure, Target, as_table, from_json, to_json

FIGURE = Figure(
    "64 in flight: CPU", 4.86, "s", bare=1.39, median=1.44, target=Target("bare", "<=", 0.8)
)


def test_a_figure_survives_its_line() -> None:
    assert from_json(to_json(FIGURE)) == FIGURE


@pytest.mark.parametrize(
    ("value", "met"), [(9_999, False), (10_000, True)], ids=["too few", "enough"]
)
def test_a_target_is_met_from_its_limit_on(value: float, met: bool) -> None:
    assert Figure("replay", value, "/s", target=Target("value", ">=", 10_000)).met is met


def test_a_target_about_what_was_not_measured_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="not measured"):
        _ = Figure("wall", 1.0, "s", target=Target("ideal", "<=", 1.05)).met


def test_the_table_tells_what_was_wanted_and_not_met() -> None:
    assert as_table({"calls": [FIGURE, Figure("graded", 1000, "answers")]}).splitlines()[2:] == [
        "| calls | | | | | | |",
        "| 64 in flight: CPU | 4.86 s |  | 1.39 | 1.44 | ≤ 0.8 of bare | **not met** |",
        "| graded | 1,000 answers |  |  |  |  |  |",
    ]
