"""How well two who grade the same answers agree, with intervals that say how sure that is.

Every figure has the middle 95 % of what it is in 2,000 resamples, drawn with a fixed seed. Where
rows hang together (the verdicts of one answer, the answers to one question) `groups` names what
they belong to, and whole groups are drawn: rows that hang together tell less than as many others.

A figure is a function of sums over rows, so a resample is a vector of weights, and all resamples
are one product of matrices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2_000
SEED = 4
FEWEST_DISCORDANT = 6
"""Below so many pairs no outcome of the test could tell."""

EXACT_BELOW = 25
"""Below so many discordant pairs the binomial test is exact; from there chi-squared will do."""

_INTERVAL = (2.5, 97.5)
_AT_ONCE = 1_000_000  # weights in memory as floating-point numbers
_NO_VARIANCE = 1e-12  # of values that span 1

Vector = NDArray[np.float64]
Codes = NDArray[np.intp]
Labels = Sequence[Hashable]
Numbers = Sequence[float] | NDArray[np.floating] | NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Figure:
    """A statistic of `n` rows with its 95 % interval; None where it is not defined.

    There is no interval where all rows belong to one group.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Paired:
    """How many of the same items turned worse and better, and how likely chance does that."""

    worse: int
    better: int
    p: float | None
    method: Literal["exact", "chi-squared", "too few to tell"]


def accuracy(expected: Labels, actual: Labels, groups: Labels | None = None) -> Figure:
    """The share of rows with the same label."""
    same = [one == other for one, other in zip(expected, actual, strict=True)]
    return _mean(np.asarray(same, dtype=float), groups)


def kappa(expected: Labels, actual: Labels, groups: Labels | None = None) -> Figure:
    """Cohen's kappa of labels without an order; undefined where all labels are one."""
    codes, labels = _coded(expected, actual)
    first, second = np.eye(labels)[codes[0]], np.eye(labels)[codes[1]]

    def of(sums: Vector) -> Vector:
        n = sums[:, 0]
        chance = (sums[:, 2 : 2 + labels] * sums[:, 2 + labels :]).sum(axis=1) / n**2
        above: Vector = (sums[:, 1] / n - chance) / _or_undefined(1 - chance)
        return above

    return _of_sums([_ones(expected), codes[0] == codes[1], *first.T, *second.T], of, groups)


def weighted_kappa(expected: Numbers, actual: Numbers, groups: Labels | None = None) -> Figure:
    """Quadratic weighted kappa; a disagreement weighs the squared distance of the two values.

    The values count as they are, not as ranks among those that occur.
    """
    x, y = _scaled(expected, actual)

    def of(sums: Vector) -> Vector:
        n, sum_x, sum_y, squares, products = sums.T
        by_chance = _or_undefined(squares - 2 * sum_x * sum_y / n)
        above: Vector = 1 - (squares - 2 * products) / by_chance
        return above

    return _of_sums([_ones(x), x, y, x * x + y * y, x * y], of, groups)


def mean_absolute_error(expected: Numbers, actual: Numbers, groups: Labels | None = None) -> Figure:
    """By how much the values differ, on average."""
    return _mean(np.abs(_difference(expected, actual)), groups)


def root_mean_squared_error(
    expected: Numbers, actual: Numbers, groups: Labels | None = None
) -> Figure:
    """The root of the mean squared difference."""
    squared = _difference(expected, actual) ** 2
    return _of_sums([_ones(squared), squared], lambda s: np.sqrt(s[:, 1] / s[:, 0]), groups)


def mean_difference(expected: Numbers, actual: Numbers, groups: Labels | None = None) -> Figure:
    """By how much the actual values are higher, on average: the bias."""
    return _mean(_difference(expected, actual), groups)


def within(expected: Numbers, actual: Numbers, step: float, groups: Labels | None = None) -> Figure:
    """The share of rows whose values are at most `step` apart."""
    near = np.abs(_difference(expected, actual)) <= step * (1 + 1e-9)
    return _mean(near.astype(float), groups)


def pearson(expected: Numbers, actual: Numbers, groups: Labels | None = None) -> Figure:
    """Pearson's correlation; undefined where one side has one value only."""
    (x,), (y,) = _scaled(expected), _scaled(actual)
    _length(x, y)

    def of(sums: Vector) -> Vector:
        n, sum_x, sum_y, xx, yy, xy = sums.T
        return _correlation(xx / n, yy / n, xy / n, sum_x / n, sum_y / n)

    return _of_sums([_ones(x), x, y, x * x, y * y, x * y], of, groups)


def spearman(expected: Numbers, actual: Numbers, groups: Labels | None = None) -> Figure:
    """Spearman's correlation of ranks, ties sharing theirs; ranked anew in every resample."""
    n = _length(expected, actual)
    first, second = _Ranked(expected), _Ranked(actual)
    units, of_rows = _units(groups, n)

    def of(weights: Vector) -> Vector:
        weights = np.ascontiguousarray(weights.T)  # a row of it is then what is moved and added
        weights = weights if groups is None else weights[of_rows]
        total = weights.sum(axis=0)
        x, xx = first.ranks(weights, total)
        y, yy = second.ranks(weights, total)
        x *= weights
        x *= y
        found: Vector = x.sum(axis=0) / np.sqrt(_or_undefined(xx) * _or_undefined(yy))
        return found

    return _figure(n, units, of)


def precision(
    expected: Labels, actual: Labels, label: Hashable, groups: Labels | None = None
) -> Figure:
    """The share of rows actually given the label that were expected to have it."""
    return _of_sums(
        _hits(expected, actual, label), lambda s: s[:, 0] / _or_undefined(s[:, 2]), groups
    )


def recall(
    expected: Labels, actual: Labels, label: Hashable, groups: Labels | None = None
) -> Figure:
    """The share of rows expected to have the label that were given it."""
    return _of_sums(
        _hits(expected, actual, label), lambda s: s[:, 0] / _or_undefined(s[:, 1]), groups
    )


def f1(expected: Labels, actual: Labels, label: Hashable, groups: Labels | None = None) -> Figure:
    """The harmonic mean of precision and recall of the label."""
    return _of_sums(_hits(expected, actual, label), _f1, groups)


def macro_f1(expected: Labels, actual: Labels, groups: Labels | None = None) -> Figure:
    """The mean over labels of their F1, rare labels counting as much as frequent ones.

    A resample that lacks a label is averaged over those that it has.
    """
    labels = list(dict.fromkeys([*expected, *actual]))
    columns = [_ones(expected)]
    columns += [column for label in labels for column in _hits(expected, actual, label)]

    def of(sums: Vector) -> Vector:
        each = np.stack([_f1(sums[:, at : at + 3]) for at in range(1, sums.shape[1], 3)])
        found: Vector = np.nansum(each, axis=0) / np.isfinite(each).sum(axis=0)
        return found

    return _of_sums(columns, of, groups)


def mcnemar(before_right: Sequence[bool], after_right: Sequence[bool]) -> Paired:
    """McNemar's two-sided test of whether as many turned right as turned wrong."""
    pairs = list(zip(before_right, after_right, strict=True))
    worse = sum(before and not after for before, after in pairs)
    better = sum(after and not before for before, after in pairs)
    discordant = worse + better
    if discordant < FEWEST_DISCORDANT:
        return Paired(worse, better, None, "too few to tell")
    if discordant < EXACT_BELOW:
        tail = sum(math.comb(discordant, fewer) for fewer in range(min(worse, better) + 1))
        return Paired(worse, better, min(1.0, 2 * tail / 2**discordant), "exact")
    corrected = max(abs(worse - better) - 1, 0)
    p = math.erfc(math.sqrt(corrected**2 / discordant / 2))
    return Paired(worse, better, p, "chi-squared")


class _Ranked:
    """Values whose ranks are asked for under changing weights."""

    def __init__(self, values: Numbers) -> None:
        values = np.asarray(values, dtype=float)
        self._order = np.argsort(values, kind="stable")
        _, self._starts = np.unique(values[self._order], return_index=True)
        self._levels = np.unique(values, return_inverse=True)[1]

    def ranks(self, weights: Vector, total: Vector) -> tuple[Vector, Vector]:
        """(distance of each row's rank from the middle rank, sum of the squares of all).

        A row of `weights` tells how often that row occurs in each resample; rows of the same value
        share the mean of their ranks, and ranks go from -1/2 to 1/2.
        """
        counts = np.add.reduceat(weights[self._order], self._starts, axis=0)
        levels = np.cumsum(counts, axis=0)
        levels -= counts / 2
        levels /= total
        levels -= 0.5
        return levels[self._levels], np.einsum("ij,ij,ij->j", counts, levels, levels)


def _mean(values: Vector, groups: Labels | None) -> Figure:
    return _of_sums([_ones(values), values], lambda s: s[:, 1] / s[:, 0], groups)


def _hits(expected: Labels, actual: Labels, label: Hashable) -> list[Vector]:
    """(given and expected, expected, given), for each row."""
    _length(expected, actual)
    wanted = np.asarray([one == label for one in expected], dtype=float)
    given = np.asarray([one == label for one in actual], dtype=float)
    return [wanted * given, wanted, given]


def _f1(hits: Vector) -> Vector:
    return 2 * hits[:, 0] / _or_undefined(hits[:, 1] + hits[:, 2])


def _correlation(xx: Vector, yy: Vector, xy: Vector, x: Vector, y: Vector) -> Vector:
    """Of means of squares and products, and of means."""
    spread = _or_undefined(xx - x**2) * _or_undefined(yy - y**2)
    return np.clip((xy - x * y) / np.sqrt(spread), -1.0, 1.0)


def _of_sums(
    columns: Sequence[Vector | NDArray[np.bool_]],
    of: Callable[[Vector], Vector],
    groups: Labels | None,
) -> Figure:
    """The figure that is a function `of` the sums of the columns."""
    rows = np.stack(columns, axis=1).astype(float)
    units, of_rows = _units(groups, len(rows))
    if groups is None:
        summed = rows
    else:
        summed = np.stack([np.bincount(of_rows, column, units) for column in rows.T], axis=1)
    return _figure(len(rows), units, lambda weights: of(weights @ summed))


def _figure(n: int, units: int, statistic: Callable[[Vector], Vector]) -> Figure:
    """The statistic of all rows, and the middle of what it is of the resamples."""
    if not n:
        return Figure(None, None, None, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(np.ones((1, units)))[0])
        if not math.isfinite(value):
            return Figure(None, None, None, n)
        if units == 1:
            return Figure(value, None, None, n)
        parts = np.array_split(_resamples(units), 1 + RESAMPLES * n // _AT_ONCE)
        resampled = np.concatenate([statistic(part.astype(float)) for part in parts])
    low, high = np.percentile(resampled[np.isfinite(resampled)], _INTERVAL)
    return Figure(value, float(low), float(high), n)


@lru_cache(maxsize=2)  # the statistics of a report are mostly of the same rows
def _resamples(units: int) -> NDArray[np.uint16]:
    """How often each unit is drawn, a row a resample."""
    draws = np.random.default_rng(SEED)
    counts = np.empty((RESAMPLES, units), dtype=np.uint16)
    for part in np.array_split(counts, 1 + counts.size // _AT_ONCE):
        drawn = draws.integers(units, size=part.shape)
        drawn += units * np.arange(len(part))[:, None]
        part[:] = np.bincount(drawn.ravel(), minlength=part.size).reshape(part.shape)
    return counts


def _units(groups: Labels | None, n: int) -> tuple[int, Codes]:
    """What is drawn: (how many, which one each row belongs to)."""
    if groups is None:
        return n, np.arange(n)
    _length(groups, range(n))
    numbers: dict[Hashable, int] = {}
    of_rows = np.asarray([numbers.setdefault(group, len(numbers)) for group in groups], dtype=int)
    return len(numbers), of_rows


def _coded(expected: Labels, actual: Labels) -> tuple[tuple[Codes, Codes], int]:
    _length(expected, actual)
    numbers: dict[Hashable, int] = {}
    first, second = (
        np.asarray([numbers.setdefault(label, len(numbers)) for label in labels], dtype=int)
        for labels in (expected, actual)
    )
    return (first, second), len(numbers)


def _scaled(*sides: Numbers) -> list[Vector]:
    """The values of all sides, moved and scaled alike so that together they span 0 to 1."""
    vectors = [np.asarray(side, dtype=float) for side in sides]
    _length(*vectors)
    together = np.concatenate(vectors)
    if not together.size:
        return vectors
    least = together.min()
    span = float(np.ptp(together)) or 1.0
    return [(vector - least) / span for vector in vectors]


def _difference(expected: Numbers, actual: Numbers) -> Vector:
    _length(expected, actual)
    difference: Vector = np.asarray(actual, dtype=float) - np.asarray(expected, dtype=float)
    return difference


def _or_undefined(values: Vector) -> Vector:
    """The values, NaN where they are so small that they are 0 but for rounding."""
    return np.where(np.abs(values) > _NO_VARIANCE, values, np.nan)


def _ones(like: Sequence[object] | Numbers) -> Vector:
    return np.ones(len(like))


def _length(*sides: Sequence[object] | Numbers) -> int:
    """How many rows all sides have.

    Raises:
        ValueError: they do not have equally many.
    """
    lengths = {len(side) for side in sides}
    if len(lengths) > 1:
        raise ValueError("as many are expected as there are")
    return lengths.pop()
