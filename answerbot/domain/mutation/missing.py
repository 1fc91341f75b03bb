"""Mutants that no exemplar notices -> the exemplars that would, as few as may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from answerbot.domain.grade import Grade
from answerbot.domain.mutation.scoring import RubricMutant, Verdicts, graded, notices
from answerbot.domain.rubric import Criterion, CriterionVerdict, Rubric


@dataclass(frozen=True, slots=True)
class Missing:
    """An exemplar that a rubric lacks: the verdicts that it should get, and what it would notice.

    `percent` is its share of the points.
    """

    verdicts: Verdicts
    percent: int
    passes: bool
    notices: tuple[str, ...]

    @property
    def what(self) -> str:
        """The exemplar in words: 'an answer that meets a and b, states m and earns 60 %'."""
        said = list(self.verdicts.items())
        met = [id_ for id_, verdict in said if verdict == "met"]
        steps = [f"{id_} ({one})" for id_, one in said if one.startswith(("partial", "level"))]
        unmet = [id_ for id_, verdict in said if verdict == "not_met"]
        stated = [id_ for id_, verdict in said if verdict == "present"]
        meets = f"meets {_listed(met + steps) or 'nothing'}"
        if unmet and (met or steps):
            meets += f" but not {_listed(unmet, 'or')}"
        states = [f"states {_listed(stated)}"] if stated else []
        return f"an answer that {_listed([meets, *states, f'earns {self.percent} %'])}"


def _listed(names: Sequence[str], joint: str = "and") -> str:
    *others, last = names or [""]
    return f"{', '.join(others)} {joint} {last}" if others else last


class _Pattern(NamedTuple):
    verdicts: Verdicts
    grade: Grade


@dataclass(frozen=True, slots=True)
class Holes:
    """Which mutants nobody could ever notice, and what is missing to notice the others."""

    equivalent: tuple[RubricMutant, ...]
    missing: tuple[Missing, ...]


def holes(rubric: Rubric, unnoticed: Sequence[RubricMutant]) -> Holes:
    """What would notice the mutants that no exemplar does; the greediest pattern first.

    Of patterns that notice equally many, one that states few misconceptions and meets much is
    preferred. Steps between met and not met are tried where these two do not do.
    """
    if not unnoticed:
        return Holes((), ())
    plain = _noticing(rubric, unnoticed, _patterns(rubric))
    seen = {number for _, numbers in plain for number in numbers}
    left = [number for number in range(len(unnoticed)) if number not in seen]
    stepped = [found for number in left if (found := _first(rubric, unnoticed[number], number))]
    possible = seen | {number for _, numbers in stepped for number in numbers}
    return Holes(
        tuple(one for number, one in enumerate(unnoticed) if number not in possible),
        tuple(_cover(rubric, unnoticed, [*plain, *stepped])),
    )


_Noticing = tuple[_Pattern, frozenset[int]]


def _patterns(rubric: Rubric) -> Iterator[_Pattern]:
    """Every way to be judged without steps: those that meet much and state little come first."""
    for beside in _stated(rubric):
        for met in product(("met", "not_met"), repeat=len(rubric.criteria)):
            yield _pattern(rubric, met, beside)


def _stated(rubric: Rubric) -> list[tuple[str, ...]]:
    """Every choice of misconceptions, the smallest first."""
    every = product(("absent", "present"), repeat=len(rubric.misconceptions))
    return sorted(every, key=lambda one: one.count("present"))


def _pattern(rubric: Rubric, met: Iterable[str], beside: Iterable[str]) -> _Pattern:
    ids = [one.id for one in rubric.criteria] + [one.id for one in rubric.misconceptions]
    verdicts = dict(zip(ids, [*met, *beside], strict=True))
    return _Pattern(verdicts, graded(rubric, verdicts))


class _Sum(NamedTuple):
    """What scoring knows of verdicts on parts that a mutant leaves alone, and those on the others.

    `missed` tells that an essential criterion is not met.
    """

    points: int = 0
    missed: bool = False
    aimed: tuple[str, ...] = ()


def _telling(rubric: Rubric, aims: Sequence[str]) -> Iterator[_Pattern]:
    """Of all patterns, steps and all, in order, the first with each sum.

    A mutant of these parts is noticed by all patterns with the same sum or by none.
    """
    met = _sums_of_criteria(rubric, aims)
    seen = set()
    for beside in _stated(rubric):
        slips = _sum_of_slips(rubric, beside, aims)
        for one, verdicts in met.items():
            both = _Sum(one.points + slips.points, one.missed, one.aimed + slips.aimed)
            if both not in seen:
                seen.add(both)
                yield _pattern(rubric, verdicts, beside)


def _sums_of_criteria(rubric: Rubric, aims: Sequence[str]) -> dict[_Sum, tuple[str, ...]]:
    """All that the criteria can add up to, each with the first verdicts that do."""
    sums: dict[_Sum, tuple[str, ...]] = {_Sum(): ()}
    for criterion in rubric.criteria:
        longer: dict[_Sum, tuple[str, ...]] = {}
        for one, verdicts in sums.items():
            for verdict in ("met", *criterion.steps, "not_met"):
                longer.setdefault(_with(one, criterion, verdict, aims), (*verdicts, verdict))
        sums = longer
    return sums


def _with(one: _Sum, criterion: Criterion, verdict: CriterionVerdict, aims: Sequence[str]) -> _Sum:
    if criterion.id in aims:
        return one._replace(aimed=(*one.aimed, verdict))
    missed = one.missed or (criterion.essential and verdict == "not_met")
    return one._replace(points=one.points + criterion.points_for(verdict), missed=missed)


def _sum_of_slips(rubric: Rubric, beside: Sequence[str], aims: Sequence[str]) -> _Sum:
    each = list(zip(rubric.misconceptions, beside, strict=True))
    return _Sum(
        sum(one.points for one, label in each if label == "present" and one.id not in aims),
        aimed=tuple(label for one, label in each if one.id in aims),
    )


def _noticing(
    rubric: Rubric, mutants: Sequence[RubricMutant], patterns: Iterator[_Pattern]
) -> list[_Noticing]:
    """Of each pattern that notices any, the numbers of the mutants that it notices.

    The last one is the first that notices all of them, where one does.
    """
    found = []
    for pattern in patterns:
        numbers = frozenset(
            number
            for number, mutant in enumerate(mutants)
            if notices(mutant, pattern.verdicts, rubric, pattern.grade)
        )
        if numbers:
            found.append((pattern, numbers))
        if len(numbers) == len(mutants):
            return found  # no other needs a look
    return found


def _first(rubric: Rubric, mutant: RubricMutant, number: int) -> _Noticing | None:
    """The first pattern, steps and all, that notices the mutant; None: none can."""
    for pattern in _telling(rubric, mutant.parts):
        if notices(mutant, pattern.verdicts, rubric, pattern.grade):
            return pattern, frozenset((number,))
    return None


def _cover(
    rubric: Rubric, mutants: Sequence[RubricMutant], found: Sequence[_Noticing]
) -> Iterator[Missing]:
    left = {number for _, numbers in found for number in numbers}
    while left:
        pattern, numbers = max(found, key=lambda one: len(one[1] & left))
        grade = pattern.grade
        yield Missing(
            pattern.verdicts,
            round(100 * grade.fraction),
            grade.reaches(rubric.pass_mark),
            tuple(mutants[number].what for number in sorted(numbers & left)),
        )
        left -= numbers
