"""The numbers behind the plots of a calibration report, in the units of a square of 320 by 320."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from answerbot.domain.calibration import Rated
from answerbot.domain.calibration_bias import Reliability

SIDE = 320
_CELLS = 20
_FAINTEST, _DARKEST = 0.12, 0.92
_LARGEST, _SMALLEST = 11.0, 3.0
_LIMIT = 1.96  # standard deviations to both sides hold 95 % of what is spread normally


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
    """The program's scores over people's, and their mean for each score of people's."""

    cells: tuple[Cell, ...]
    means: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """The differences over the means (Bland and Altman), with their mean and 95 % limits."""

    cells: tuple[Cell, ...]
    mean: float
    low: float
    high: float
    mean_at: float
    low_at: float
    high_at: float


def scatter(rated: Sequence[Rated]) -> Scatter:
    """People's score to the right, the program's upwards."""
    points = [(one.human, one.machine) for one in rated]
    said: dict[float, list[float]] = defaultdict(list)
    for human, machine in points:
        said[round(human * _CELLS) / _CELLS].append(machine)
    most = max(map(len, said.values()))
    means = tuple(
        _dot(human, fmean(machine), len(machine) / most, f"mean {fmean(machine):.2f}")
        for human, machine in sorted(said.items())
    )
    return Scatter(_cells(points, "people {:.2f}, program {:.2f}"), means)


def differences(rated: Sequence[Rated]) -> Differences:
    """The mean of both sides to the right, the program's minus people's upwards from -1 to 1."""
    off = [one.off for one in rated]
    points = [((one.human + one.machine) / 2, (one.off + 1) / 2) for one in rated]
    mean = fmean(off)
    spread = _LIMIT * stdev(off) if len(off) > 1 else 0.0
    low, high = mean - spread, mean + spread
    return Differences(
        tuple(
            Cell(
                cell.x,
                cell.y,
                cell.side,
                cell.number,
                cell.shade,
                f"{cell.number:,}: difference {1 - 2 * (cell.y + cell.side / 2) / SIDE:+.2f}",
            )
            for cell in _cells(points, "{:.2f} {:.2f}")
        ),
        mean,
        low,
        high,
        *(_up((max(min(one, 1.0), -1.0) + 1) / 2) for one in (mean, low, high)),
    )


def reliable(found: Reliability) -> tuple[Dot, ...]:
    """Confidence to the right, the share of right scores upwards, with its interval."""
    most = max(one.right.n for one in found.bins)
    dots = []
    for one in found.bins:
        right = one.right.value or 0.0
        told = f"{one.confidence:.0%} sure, {right:.0%} right of {one.right.n:,}"
        low = right if one.right.low is None else one.right.low
        high = right if one.right.high is None else one.right.high
        dots.append(_dot(one.confidence, right, one.right.n / most, told, low, high))
    return tuple(dots)


def shades(counts: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """0 to 10 for each count: its share of its row, so that rare scores can be seen too."""
    return tuple(tuple(round(10 * each / max(sum(row), 1)) for each in row) for row in counts)


def _cells(points: Iterable[tuple[float, float]], told: str) -> tuple[Cell, ...]:
    """The cells that have points, between the lines of a grid, and on its edges within it."""
    counts = Counter(
        (min(round(x * _CELLS), _CELLS), min(round(y * _CELLS), _CELLS)) for x, y in points
    )
    most = max(counts.values())
    side = SIDE / (_CELLS + 1)
    return tuple(
        Cell(
            round(column * side, 2),
            round(SIDE - (row + 1) * side, 2),
            round(side, 2),
            number,
            round(_FAINTEST + (_DARKEST - _FAINTEST) * sqrt(number / most), 3),
            f"{number:,}: {told.format(column / _CELLS, row / _CELLS)}",
        )
        for (column, row), number in sorted(counts.items())
    )


def _dot(
    x: float, y: float, share: float, told: str, low: float | None = None, high: float | None = None
) -> Dot:
    return Dot(
        _along(x),
        _up(y),
        round(max(_LARGEST * sqrt(share), _SMALLEST), 1),
        _up(y if high is None else high),
        _up(y if low is None else low),
        told,
    )


def _along(fraction: float) -> float:
    """Where a fraction lies: in the middle of its cell."""
    inset = SIDE / (_CELLS + 1) / 2
    return round(inset + fraction * (SIDE - 2 * inset), 2)


def _up(fraction: float) -> float:
    return round(SIDE - _along(fraction), 2)
