"""Mutants that no exemplar notices -> the exemplars that would, as few as may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from answerbot.domain.grade import Grade
from answerbot.domain.mutation.scoring import RubricMutant, Verdicts, graded, notices
from answerbot.domain.rubric import Rubric


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
    plain = _noticing(rubric, unnoticed, _patterns(rubric, lambda _: ("met", "not_met")))
    seen = {number for _, numbers in plain for number in numbers}
    left = [number for number in range(len(unnoticed)) if number not in seen]
    stepped = [found for number in left if (found := _first(rubric, unnoticed[number], number))]
    possible = seen | {number for _, numbers in stepped for number in numbers}
    return Holes(
        tuple(one for number, one in enumerate(unnoticed) if number not in possible),
        tuple(_cover(rubric, unnoticed, [*plain, *stepped])),
    )


_Noticing = tuple[_Pattern, frozenset[int]]


def _patterns(rubric: Rubric, verdicts_of: Callable[[str], Sequence[str]]) -> Iterator[_Pattern]:
    """Every way to be judged: those that meet much and state little come first."""
    criteria = [one.id for one in rubric.criteria]
    misconceptions = [one.id for one in rubric.misconceptions]
    stated = sorted(
        product(("absent", "present"), repeat=len(misconceptions)),
        key=lambda one: one.count("present"),
    )
    for beside in stated:
        for met in product(*map(verdicts_of, criteria)):
            verdicts = dict(zip([*criteria, *misconceptions], [*met, *beside], strict=True))
            yield _Pattern(verdicts, graded(rubric, verdicts))


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
    steps = {one.id: ("met", *one.steps, "not_met") for one in rubric.criteria}
    for pattern in _patterns(rubric, steps.__getitem__):
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
