"""Rubrics gone wrong in one place, where the verdicts that are known decide who notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from answerbot.domain.grade import Grade, labelled
from answerbot.domain.rubric import Criterion, Rubric

Verdicts = Mapping[str, str]
"""The verdict of every criterion and misconception, by id."""

Kind = Literal["drop", "invert", "swap", "merge", "delete", "pass-mark", "essential"]

SHIFT = 10
"""By so many per cent the pass mark is moved."""

_INVERTED = {"met": "not_met", "not_met": "met"}


@dataclass(frozen=True, slots=True, eq=False)
class RubricMutant:
    """A rubric with one thing wrong; `reading` makes its verdicts of those by the right rubric."""

    kind: Kind
    parts: tuple[str, ...]
    what: str
    rubric: Rubric
    reading: Callable[[Verdicts], Verdicts]


def rubric_mutants(rubric: Rubric) -> Iterator[RubricMutant]:
    """Every rubric that differs in one place so that only points, or passing, can change."""
    for criterion in rubric.criteria:
        yield _dropped(rubric, criterion)
        yield _inverted(rubric, criterion)
        if criterion.essential:
            yield _not_essential(rubric, criterion)
    for one, other in combinations(rubric.criteria, 2):
        if one.points != other.points:
            yield _swapped(rubric, one, other)
        yield _merged(rubric, one, other)
    for misconception in rubric.misconceptions:
        left = tuple(one for one in rubric.misconceptions if one is not misconception)
        what = f"misconception {misconception.id} deleted"
        mutant = _with(rubric, misconceptions=left)
        yield RubricMutant("delete", (misconception.id,), what, mutant, _as_it_is)
    for mark in (rubric.pass_mark + SHIFT, rubric.pass_mark - SHIFT):
        what = f"pass mark {rubric.pass_mark} → {mark}"
        yield RubricMutant("pass-mark", (), what, _with(rubric, pass_mark=mark), _as_it_is)


def _dropped(rubric: Rubric, criterion: Criterion) -> RubricMutant:
    left = tuple(one for one in rubric.criteria if one is not criterion)
    what = f"{criterion.id} dropped"
    return RubricMutant("drop", (criterion.id,), what, _with(rubric, criteria=left), _as_it_is)


def _inverted(rubric: Rubric, criterion: Criterion) -> RubricMutant:
    id_ = criterion.id

    def reading(verdicts: Verdicts) -> Verdicts:
        return {**verdicts, id_: _INVERTED.get(verdicts[id_], verdicts[id_])}

    return RubricMutant("invert", (id_,), f"{id_} inverted", rubric, reading)


def _not_essential(rubric: Rubric, criterion: Criterion) -> RubricMutant:
    mutant = _replaced(rubric, {criterion.id: criterion.model_copy(update={"essential": False})})
    what = f"{criterion.id} no longer essential"
    return RubricMutant("essential", (criterion.id,), what, mutant, _as_it_is)


def _swapped(rubric: Rubric, one: Criterion, other: Criterion) -> RubricMutant:
    changed = {
        one.id: one.model_copy(update={"points": other.points}),
        other.id: other.model_copy(update={"points": one.points}),
    }
    what = f"points of {one.id} and {other.id} swapped"
    return RubricMutant("swap", (one.id, other.id), what, _replaced(rubric, changed), _as_it_is)


def _merged(rubric: Rubric, one: Criterion, other: Criterion) -> RubricMutant:
    """The first stands for both: it is met where both are, and worth what both are."""
    both = one.model_copy(
        update={
            "points": one.points + other.points,
            "essential": one.essential or other.essential,
            "partial": None,
            "levels": (),
        }
    )
    left = tuple(
        both if criterion is one else criterion
        for criterion in rubric.criteria
        if criterion is not other
    )

    def reading(verdicts: Verdicts) -> Verdicts:
        met = verdicts[one.id] == verdicts[other.id] == "met"
        return {**verdicts, one.id: "met" if met else "not_met"}

    what = f"{one.id} and {other.id} merged"
    return RubricMutant("merge", (one.id, other.id), what, _with(rubric, criteria=left), reading)


def _replaced(rubric: Rubric, changed: Mapping[str, Criterion]) -> Rubric:
    return _with(rubric, criteria=tuple(changed.get(one.id, one) for one in rubric.criteria))


def _with(rubric: Rubric, **changed: Any) -> Rubric:
    """The rubric with other parts, be it one that nobody could load."""
    return rubric.model_copy(update=changed)


def _as_it_is(verdicts: Verdicts) -> Verdicts:
    return verdicts


def graded(rubric: Rubric, verdicts: Verdicts) -> Grade:
    """The grade that these verdicts get; verdicts on what the rubric does not have are passed over.

    Raises:
        KeyError: one is missing.
    """
    return labelled(rubric, verdicts)


def notices(mutant: RubricMutant, verdicts: Verdicts, rubric: Rubric, grade: Grade) -> bool:
    """Whether an answer with these verdicts, graded so by the right rubric, is graded otherwise.

    By the share of the points; where the pass mark was moved, by passing.
    """
    other = graded(mutant.rubric, mutant.reading(verdicts))
    if mutant.kind == "pass-mark":
        return grade.reaches(rubric.pass_mark) != other.reaches(mutant.rubric.pass_mark)
    return grade.earned * other.possible != other.earned * grade.possible
