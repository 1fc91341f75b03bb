"""How well two who grade the same answers agree, with intervals that say how sure that is.

Every figure has the middle 95 % of what it is in 2,000 resamples, drawn with a fixed seed. Where
rows hang together (the verdicts of one answer, the answers to one question) `groups` names what
they belong to, and whole groups are drawn: rows that hang together tell less than as many others.

A figure is a function of sums over rows, so of a group only its sums are kept, and a resample adds
those of the groups drawn. Of labels these sums are how often each pair of labels occurs.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, chain, pairwise, repeat
from operator import itemgetter, mul
from random import Random
from typing import Any, Literal, TypeVar

RESAMPLES = 2_000
SEED = 4
FEWEST_DISCORDANT = 6
"""Below so many pairs no outcome of the test could tell."""

EXACT_BELOW = 25
"""Below so many discordant pairs the binomial test is exact; from there chi-squared will do."""

_INTERVAL = (0.025, 0.975)
_NO_VARIANCE = 1e-12  # of values that span 1

Labels = Sequence[Hashable]
Numbers = Sequence[float]
Value = TypeVar("Value", bound=Hashable)
Unit = list[tuple[Value, Value]]
"""What is drawn as a whole: the pairs of values of a row, or of the rows of a group."""
Pick = Callable[[Sequence[Any]], Sequence[Any]]
"""Takes of a value for each unit those of the units drawn."""


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

    def of(table: _Table) -> float:
        return sum(table.both.values()) / sum(table.expected.values())

    return _of_counts(_units(expected, actual, groups), of)


def kappa(expected: Labels, actual: Labels, groups: Labels | None = None) -> Figure:
    """Cohen's kappa of labels without an order; undefined where all labels are one."""

    def of(table: _Table) -> float | None:
        n = sum(table.expected.values())
        chance = sum(table.expected[one] * table.actual[one] for one in table.expected) / n**2
        return _ratio(sum(table.both.values()) / n - chance, 1 - chance)

    return _of_counts(_units(expected, actual, groups), of)


def weighted_kappa(expected: Numbers, actual: Numbers, groups: Labels | None = None) -> Figure:
    """Quadratic weighted kappa; a disagreement weighs the squared distance of the two values.

    The values count as they are, not as ranks among those that occur.
    """

    def of(n: float, x: float, y: float, squares: float, products: float) -> float | None:
        share = _ratio(squares - 2 * products, squares - 2 * x * y / n)
        return None if share is None else 1 - share

    x, y = _scaled(expected, actual)
    return _of_sums(_units(x, y, groups), lambda x, y: (1, x, y, x * x + y * y, x * y), of)


def mean_absolute_error(expected: Numbers, actual: Numbers, groups: Labels | None = None) -> Figure:
    """By how much the values differ, on average."""
    return _mean(_units(expected, actual, groups), lambda x, y: abs(y - x))


def root_mean_squared_error(
    expected: Numbers, actual: Numbers, groups: Labels | None = None
) -> Figure:
    """The root of the mean squared difference."""
    units = _units(expected, actual, groups)
    return _of_sums(units, lambda x, y: (1, (y - x) ** 2), lambda n, total: math.sqrt(total / n))


def mean_difference(expected: Numbers, actual: Numbers, groups: Labels | None = None) -> Figure:
    """By how much the actual values are higher, on average: the bias."""
    return _mean(_units(expected, actual, groups), lambda x, y: y - x)


def within(expected: Numbers, actual: Numbers, step: float, groups: Labels | None = None) -> Figure:
    """The share of rows whose values are at most `step` apart."""
    far = step * (1 + 1e-9)
    return _mean(_units(expected, actual, groups), lambda x, y: abs(y - x) <= far)


def pearson(expected: Numbers, actual: Numbers, groups: Labels | None = None) -> Figure:
    """Pearson's correlation; undefined where one side has one value only."""

    def of(n: float, x: float, y: float, xx: float, yy: float, xy: float) -> float | None:
        x, y = x / n, y / n
        return _correlation(xy / n - x * y, xx / n - x * x, yy / n - y * y)

    (x,), (y,) = _scaled(expected), _scaled(actual)
    return _of_sums(_units(x, y, groups), lambda x, y: (1, x, y, x * x, y * y, x * y), of)


def spearman(expected: Numbers, actual: Numbers, groups: Labels | None = None) -> Figure:
    """Spearman's correlation of ranks, ties sharing theirs; ranked anew in every resample."""
    units = _units(expected, actual, groups)
    pairs = dict.fromkeys(chain.from_iterable(units))
    numbers = {pair: number for number, pair in enumerate(pairs)}
    numbered = [[numbers[pair] for pair in unit] for unit in units]
    first, second = _Ranked([x for x, _ in pairs]), _Ranked([y for _, y in pairs])

    def of(drawn: Iterable[list[int]]) -> float | None:
        counts = Counter(chain.from_iterable(drawn))
        weights = list(map(counts.get, range(len(pairs)), repeat(0)))
        x, y = first.ranks(weights), second.ranks(weights)
        weighted = list(map(mul, weights, x))
        xy, xx = sum(map(mul, weighted, y)), sum(map(mul, weighted, x))
        return _correlation(xy, xx, sum(map(mul, map(mul, weights, y), y)))

    return _figure(units, (of(pick(numbered)) for pick in _resamples(len(units))))


def precision(
    expected: Labels, actual: Labels, label: Hashable, groups: Labels | None = None
) -> Figure:
    """The share of rows actually given the label that were expected to have it."""
    units = _units(expected, actual, groups)
    return _of_counts(units, lambda table: _ratio(table.both[label], table.actual[label]))


def recall(
    expected: Labels, actual: Labels, label: Hashable, groups: Labels | None = None
) -> Figure:
    """The share of rows expected to have the label that were given it."""
    units = _units(expected, actual, groups)
    return _of_counts(units, lambda table: _ratio(table.both[label], table.expected[label]))


def f1(expected: Labels, actual: Labels, label: Hashable, groups: Labels | None = None) -> Figure:
    """The harmonic mean of precision and recall of the label."""
    return _of_counts(_units(expected, actual, groups), lambda table: table.f1(label))


def macro_f1(expected: Labels, actual: Labels, groups: Labels | None = None) -> Figure:
    """The mean over labels of their F1, rare labels counting as much as frequent ones.

    A resample that lacks a label is averaged over those that it has.
    """

    def of(table: _Table) -> float:
        each = [table.f1(label) for label in table.expected | table.actual]
        defined = [one for one in each if one is not None]
        return sum(defined) / len(defined)

    return _of_counts(_units(expected, actual, groups), of)


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


def _units(
    expected: Sequence[Value], actual: Sequence[Value], groups: Labels | None
) -> list[Unit[Value]]:
    """What is drawn.

    Raises:
        ValueError: there are not equally many on all sides.
    """
    if len({len(side) for side in (expected, actual, groups) if side is not None}) > 1:
        raise ValueError("as many are expected as there are")
    pairs = zip(expected, actual, strict=True)
    if groups is None:
        return [[pair] for pair in pairs]
    units: dict[Hashable, Unit[Value]] = {}
    for group, pair in zip(groups, pairs, strict=True):
        units.setdefault(group, []).append(pair)
    return list(units.values())


class _Table:
    """How many rows were expected to have each label, were given it, and both."""

    def __init__(self, counts: Iterable[tuple[tuple[Hashable, Hashable], int]]) -> None:
        self.expected: defaultdict[Hashable, int] = defaultdict(int)
        self.actual: defaultdict[Hashable, int] = defaultdict(int)
        self.both: defaultdict[Hashable, int] = defaultdict(int)
        for (expected, actual), count in counts:
            self.expected[expected] += count
            self.actual[actual] += count
            if expected == actual:
                self.both[expected] += count

    def f1(self, label: Hashable) -> float | None:
        """The harmonic mean of precision and recall of the label."""
        return _ratio(2 * self.both[label], self.expected[label] + self.actual[label])


class _Ranked:
    """Values whose ranks are asked for under changing weights."""

    def __init__(self, values: Sequence[float]) -> None:
        self._order = sorted(range(len(values)), key=values.__getitem__)
        occurring = Counter(sorted(values))
        levels = {value: level for level, value in enumerate(occurring)}
        self._levels = [levels[value] for value in values]
        self._ends = [0, *accumulate(occurring.values())]

    def ranks(self, weights: Sequence[int]) -> list[float]:
        """How far each value's rank is from the middle one; ranks go from -1/2 to 1/2.

        A weight is how often there is that value; equal values share the mean of their ranks.
        """
        below = [0, *accumulate(map(weights.__getitem__, self._order))]
        half = 2 * below[-1]
        reached = pairwise(map(below.__getitem__, self._ends))
        ranks = [(low + high) / half - 0.5 for low, high in reached]
        return list(map(ranks.__getitem__, self._levels))


def _mean(units: Sequence[Unit[Value]], value: Callable[[Value, Value], float]) -> Figure:
    return _of_sums(units, lambda x, y: (1, value(x, y)), lambda n, total: total / n)


def _correlation(xy: float, xx: float, yy: float) -> float | None:
    """Of a covariance and two variances, none of them 0."""
    if min(xx, yy) <= _NO_VARIANCE:
        return None
    return min(max(xy / math.sqrt(xx * yy), -1.0), 1.0)


def _ratio(part: float, whole: float) -> float | None:
    """None where the whole is so small that it is 0 but for rounding."""
    return part / whole if abs(whole) > _NO_VARIANCE else None


def _of_counts(units: Sequence[Unit[Hashable]], of: Callable[[_Table], float | None]) -> Figure:
    """The figure that is a function `of` how often each pair of labels occurs."""
    return _figure(units, map(cache(of), _tables(tuple(map(tuple, units)))))


@lru_cache(maxsize=1)  # labels are looked at in several ways
def _tables(units: tuple[tuple[tuple[Hashable, Hashable], ...], ...]) -> list[_Table]:
    """The table of all rows, then those of the resamples; equal ones are one object.

    The counts of a unit are digits of one number, so one addition counts all pairs of labels.
    """
    pairs = dict.fromkeys(chain.from_iterable(units))
    base = 1 + len(units) * max(map(len, units), default=0)
    ones = {pair: base**place for place, pair in enumerate(pairs)}
    numbers = [sum(map(ones.__getitem__, unit)) for unit in units]

    @cache
    def table(number: int) -> _Table:
        return _Table((pair, number // one % base) for pair, one in ones.items())

    return [table(sum(pick(numbers))) for pick in _resamples(len(units))]


def _of_sums(
    units: Sequence[Unit[Value]],
    columns: Callable[[Value, Value], Sequence[float]],
    of: Callable[..., float | None],
) -> Figure:
    """The figure that is a function `of` the sums of the columns of each row."""
    summed = (map(sum, zip(*(columns(*pair) for pair in unit), strict=True)) for unit in units)
    table = list(zip(*summed, strict=True))
    picks = _resamples(len(units))
    return _figure(units, (of(*(sum(pick(column)) for column in table)) for pick in picks))


def _figure(units: Sequence[Unit[Value]], values: Iterator[float | None]) -> Figure:
    """The first of the values, which is that of all rows, with the middle of the others."""
    n = sum(map(len, units))
    value = next(values) if n else None
    if value is None or len(units) == 1:
        return Figure(value, None, None, n)
    low, high = _quantiles(sorted(one for one in values if one is not None))
    return Figure(value, low, high, n)


@lru_cache(maxsize=2)  # the statistics of a report are mostly of the same rows
def _resamples(units: int) -> list[Pick]:
    """All units, then what is drawn for each resample; one unit is not worth a draw."""
    draws, numbers = Random(SEED), list(range(units))
    samples = RESAMPLES if units > 1 else 0
    drawn = (draws.choices(numbers, k=units) for _ in range(samples))
    return [tuple, *(itemgetter(*one) for one in drawn)]


def _quantiles(found: Sequence[float]) -> list[float]:
    """The ends of the interval of what is sorted, between neighbours where they fall there."""
    ends = [share * (len(found) - 1) for share in _INTERVAL]
    return [found[int(end)] + (end % 1) * (found[math.ceil(end)] - found[int(end)]) for end in ends]


def _scaled(*sides: Numbers) -> list[list[float]]:
    """The values of all sides, moved and scaled alike so that together they span 0 to 1."""
    together = [value for side in sides for value in side]
    least = min(together, default=0.0)
    span = max(together, default=0.0) - least or 1.0
    return [[(value - least) / span for value in side] for side in sides]
