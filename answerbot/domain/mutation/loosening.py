"""Rubrics gone vague: would an exemplar notice, if a criterion asked for no more than its name?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from answerbot.domain.check import Case
from answerbot.domain.english import stem
from answerbot.domain.mutation.reading import Reading, ReadMutant
from answerbot.domain.mutation.scoring import graded
from answerbot.domain.rubric import Criterion, Rubric

READERS = 2
"""So many exemplars are read again for each criterion: those that come nearest to meeting it."""

_WORD = re.compile(r"[^\W_]+")


def loosened_mutants(rubric: Rubric, cases: Sequence[Case]) -> Iterator[ReadMutant]:
    """For each criterion the rubric with a vaguer one in its place.

    The judge reads exemplars that do not fully meet the criterion; none is made where all do.
    """
    for criterion in rubric.criteria:
        below = [case for case in cases if _verdict(case, criterion) != "met"]
        nearest = sorted(below, key=lambda case: _likeness(case, criterion), reverse=True)
        mutant = _loosened(rubric, criterion)
        readings = [Reading(case, mutant, case.exemplar.answer.strip()) for case in nearest]
        if readings:
            yield ReadMutant(
                "loosen",
                f"loosen-{criterion.id}",
                f'{criterion.id} loosened to "{vaguer(criterion)}"',
                tuple(readings[:READERS]),
                aims=(criterion.id,),
            )


def vaguer(criterion: Criterion) -> str:
    """What the criterion would state if its name were all there is of it."""
    return f"Says something on the subject of '{criterion.id.replace('-', ' ')}', however vague."


def _loosened(rubric: Rubric, criterion: Criterion) -> Rubric:
    vague = criterion.model_copy(
        update={
            "states": vaguer(criterion),
            "partial": None,
            "levels": (),
            "accepts": (),
            "rejects": (),
        }
    )
    criteria = tuple(vague if one is criterion else one for one in rubric.criteria)
    return rubric.model_copy(update={"criteria": criteria})


def _verdict(case: Case, criterion: Criterion) -> str:
    return (case.verdicts or case.exemplar.verdicts)[criterion.id]


def _likeness(case: Case, criterion: Criterion) -> tuple[float, bool, int]:
    """By the words of the criterion's name that the answer has, then by what it earns."""
    named = _stems(criterion.id)
    shared = len(named & _stems(case.exemplar.answer)) / len(named)
    grade = graded(case.rubric, case.verdicts or case.exemplar.verdicts)
    return shared, _verdict(case, criterion) != "not_met", grade.earned


def _stems(text: str) -> set[str]:
    return {stem(word.lower()) for word in _WORD.findall(text)}
