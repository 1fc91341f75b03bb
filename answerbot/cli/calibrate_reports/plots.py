"""The numbers behind the plots of a calibration report, in the units of a square of 320 by 320."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from answerbot.domain.calibration import Rated
from answerbot.domain.calibration_bias import Reliability

SIDE = 320
_FINE, _COARSE = 20, 8
_FAINTEST, _DARKEST = 0.12, 0.92
_LARGEST, _SMALLEST = 11.0, 3.0
_MEANS = 10
_LIMIT = 1.96  # standard deviations to both sides hold 95 % of what is spread normally

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A plane from 0 to 1 in so many steps; what lies on a step is in the middle of a cell."""

    steps: int

    @classmethod
    def of(cls, points: Points) -> Grid:
        """A coarse one where all points lie on its steps, as the scores of a short scale do."""
        values = {value * _COARSE for point in points for value in point}
        return cls(_COARSE if all(abs(one - round(one)) < 1e-6 for one in values) else _FINE)

    @property
    def side(self) -> float:
        """How wide and high a cell is."""
        return SIDE / (self.steps + 1)

    @property
    def coarse(self) -> bool:
        """Whether there is room for a number in a cell."""
        return self.steps == _COARSE

    def along(self, fraction: float) -> float:
        """Where a fraction lies from left to right."""
        return round(self.side / 2 + fraction * (SIDE - self.side), 2)

    def up(self, fraction: float) -> float:
        """Where a fraction lies from bottom to top."""
        return round(SIDE - self.along(fraction), 2)


FINE = Grid(_FINE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of the plane, how many answers lie in it, and how dark it is from 0 to 1."""

    x: float
    y: float
    side: float
    number: int
    shade: float
    told: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with a radius, and an interval upwards and downwards where there is one."""

    x: float
    y: float
    radius: float
    top: float
    bottom: float
    told: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """The program's scores over people's, and their means along people's."""

    grid: Grid
    cells: tuple[Cell, ...]
    means: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """The differences over the means (Bland and Altman), with their mean and 95 % limits."""

    grid: Grid
    cells: tuple[Cell, ...]
    mean: float
    low: float
    high: float
    mean_at: float
    low_at: float
    high_at: float


def scatter(rated: Sequence[Rated]) -> Scatter:
    """People's score to the right, the program's upwards; means by tenths of people's."""
    points = [(one.human, one.machine) for one in rated]
    grid = Grid.of(points)
    parts: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for human, machine in points:
        parts[int(human * _MEANS + 0.5)].append((human, machine))
    means = []
    for part in sorted(parts):
        x, y = (fmean(side) for side in zip(*parts[part], strict=True))
        told = f"{len(parts[part]):,} answers: people {x:.2f}, program {y:.2f} on average"
        means.append(Dot(grid.along(x), grid.up(y), 4.0, grid.up(y), grid.up(y), told))
    cells = _cells(points, grid, lambda x, y: f"people {x:.2f}, program {y:.2f}")
    return Scatter(grid, cells, tuple(means))


def differences(rated: Sequence[Rated]) -> Differences:
    """The mean of both sides to the right, the program's minus people's upwards from -1 to 1."""
    off = [one.off for one in rated]
    points = [((one.human + one.machine) / 2, (one.off + 1) / 2) for one in rated]
    grid = Grid.of(points)
    mean = fmean(off)
    spread = _LIMIT * stdev(off) if len(off) > 1 else 0.0
    low, high = mean - spread, mean + spread
    cells = _cells(points, grid, lambda x, y: f"mean {x:.2f}, difference {2 * y - 1:+.2f}")
    heights = [grid.up((min(max(one, -1.0), 1.0) + 1) / 2) for one in (mean, low, high)]
    return Differences(grid, cells, mean, low, high, *heights)


def reliable(found: Reliability) -> tuple[Dot, ...]:
    """Confidence to the right, the share of right scores upwards, with its interval."""
    most = max(one.right.n for one in found.bins)
    dots = []
    for one in found.bins:
        right = one.right.value or 0.0
        low = right if one.right.low is None else one.right.low
        high = right if one.right.high is None else one.right.high
        radius = round(max(_LARGEST * sqrt(one.right.n / most), _SMALLEST), 1)
        told = f"{100 * one.confidence:.0f} % sure, {100 * right:.0f} % right of {one.right.n:,}"
        x, y = FINE.along(one.confidence), FINE.up(right)
        dots.append(Dot(x, y, radius, FINE.up(high), FINE.up(low), told))
    return tuple(dots)


def shades(counts: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """0 to 10 for each count: its share of its row, so that rare scores can be seen too."""
    return tuple(tuple(round(10 * each / max(sum(row), 1)) for each in row) for row in counts)


def _cells(points: Points, grid: Grid, told: Callable[[float, float], str]) -> tuple[Cell, ...]:
    """The cells of the grid that have points."""
    counts = Counter((int(x * grid.steps + 0.5), int(y * grid.steps + 0.5)) for x, y in points)
    most = max(counts.values())
    return tuple(
        Cell(
            round(column * grid.side, 2),
            round(SIDE - (row + 1) * grid.side, 2),
            round(grid.side, 2),
            number,
            round(_FAINTEST + (_DARKEST - _FAINTEST) * sqrt(number / most), 3),
            f"{number:,}: {told(column / grid.steps, row / grid.steps)}",
        )
        for (column, row), number in sorted(counts.items())
    )
