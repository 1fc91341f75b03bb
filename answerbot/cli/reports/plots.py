"""The numbers behind the plots of a report: how totals and a question's scores are distributed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from answerbot.cli.reports.summary import Group
from answerbot.domain.grade import Grade

_BINS = 10
_LARGEST = 9.0
_SMALLEST = 2.5


@dataclass(frozen=True)
class Bin:
    """Candidates whose totals are from `low` to below `high` per cent (the last: all of 100)."""

    low: int
    high: int
    judged: int
    estimated: int
    judged_height: float
    estimated_height: float

    @property
    def number(self) -> int:
        """How many there are."""
        return self.judged + self.estimated


@dataclass(frozen=True)
class Bubble:
    """Answers with the same share of the points: where in per cent, how many, how large to draw."""

    at: float
    number: int
    radius: float
    estimated: bool


@dataclass(frozen=True)
class Strip:
    """A question's scores along a line from 0 to 100 per cent."""

    bubbles: tuple[Bubble, ...]
    mean: float
    low: float
    high: float


def histogram(groups: Iterable[Group]) -> tuple[Bin, ...]:
    """Candidates by total, in ten bins; heights are per cent of the tallest."""
    judged: Counter[int] = Counter()
    estimated: Counter[int] = Counter()
    for group in groups:
        if group.possible:
            place = min(group.earned * _BINS // group.possible, _BINS - 1)
            (estimated if group.estimates else judged)[place] += 1
    tallest = max((judged[n] + estimated[n] for n in range(_BINS)), default=0) or 1
    return tuple(
        Bin(
            100 * place // _BINS,
            100 * (place + 1) // _BINS,
            judged[place],
            estimated[place],
            round(100 * judged[place] / tallest, 2),
            round(100 * estimated[place] / tallest, 2),
        )
        for place in range(_BINS)
    )


def strip(group: Group) -> Strip | None:
    """How a question's scores lie, and the band of one standard deviation; None without scores."""
    if group.mean is None:
        return None
    spread = group.spread or 0
    counts = Counter(
        (one.outcome.fraction, one.estimate)
        for one in group.graded
        if isinstance(one.outcome, Grade)
    )
    return Strip(
        tuple(_bubbles(counts)),
        _per_cent(group.mean),
        _per_cent(max(group.mean - spread, 0)),
        _per_cent(min(group.mean + spread, 1)),
    )


def _bubbles(counts: Counter[tuple[float, bool]]) -> Sequence[Bubble]:
    most = max(counts.values())
    return [
        Bubble(
            _per_cent(fraction),
            number,
            round(max(_LARGEST * sqrt(number / max(most, 4)), _SMALLEST), 1),
            estimated,
        )
        for (fraction, estimated), number in sorted(counts.items())
    ]


def _per_cent(fraction: float) -> float:
    return round(100 * fraction, 2)
