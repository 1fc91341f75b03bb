import pytest

from answerbot.cli.calibrate_reports.plots import (
    FINE,
    SIDE,
    Grid,
    differences,
    reliable,
    scatter,
    shades,
)
from answerbot.domain.calibration import Scale
from answerbot.domain.calibration_bias import reliability
from tests.rated import rated


def test_scores_of_a_short_scale_lie_in_the_middle_of_large_cells() -> None:
    found = scatter([rated(0, 0), rated(0, 0), rated(4, 2)])
    assert found.grid.coarse
    assert [(cell.number, cell.x) for cell in found.cells] == [
        (2, 0),
        (1, pytest.approx(SIDE - found.grid.side, abs=0.02)),
    ]
    assert found.cells[0].shade > found.cells[1].shade


def test_all_answers_are_in_the_cells() -> None:
    rows = [rated(n % 5, n / 10, line=n) for n in range(40)]
    assert not scatter(rows).grid.coarse
    assert sum(cell.number for cell in scatter(rows).cells) == 40
    assert sum(cell.number for cell in differences(rows).cells) == 40
    for cell in (*scatter(rows).cells, *differences(rows).cells):
        assert 0 <= cell.x <= SIDE - cell.side + 0.1
        assert -0.1 <= cell.y <= SIDE - cell.side + 0.1


def test_the_means_of_the_program_lie_along_peoples_scores() -> None:
    (low, high) = scatter([rated(0, 0), rated(0, 4), rated(4, 4)]).means
    grid = Grid.of([(0, 0), (1, 1)])
    assert (low.x, low.y) == (grid.along(0), grid.up(0.5))
    assert (high.x, high.y) == (grid.along(1), grid.up(1))


def test_the_limits_hold_nineteen_of_twenty_differences() -> None:
    rows = [rated(2, 2 + n, scale=Scale(4, 4)) for n in (-1, 0, 0, 1)]
    found = differences(rows)
    spread = 1.96 * (2 / 3 / 16) ** 0.5
    assert (found.mean, found.low, found.high) == pytest.approx((0, -spread, spread))
    assert found.low_at > found.mean_at > found.high_at


def test_whoever_is_right_as_often_as_sure_lies_on_the_diagonal() -> None:
    rows = [rated(2, 2 if n < 3 else 1, confidence=0.75) for n in range(4)]
    found = reliability(rows)
    assert found is not None
    (dot,) = reliable(found)
    assert (dot.x, dot.y) == (FINE.along(0.75), FINE.up(0.75))
    assert dot.top < dot.y < dot.bottom


def test_each_row_of_the_matrix_is_shaded_by_itself() -> None:
    assert shades([[1, 1], [0, 100], [0, 0]]) == ((5, 5), (0, 10), (0, 0))
