"""Rubrics gone vague: would an exemplar notice, if a criterion asked for no more than its name?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from answerbot.domain.check import Case
from answerbot.domain.english import stem
from answerbot.domain.mutation.reading import Reading, ReadMutant
from answerbot.domain.mutation.scoring import Verdicts, graded
from answerbot.domain.rubric import Criterion, Rubric

READERS = 2
"""So many exemplars are read again for each criterion: those that come nearest to meeting it."""

_WORD = re.compile(r"[^\W_]+")


def loosened_mutants(rubric: Rubric, cases: Sequence[Case]) -> Iterator[ReadMutant]:
    """For each criterion the rubric with a vaguer one in its place.

    The judge reads exemplars that do not fully meet the criterion; none is made where all do.
    """
    readers = [_Reader.of(case) for case in cases]
    for criterion in rubric.criteria:
        below = [one for one in readers if one.verdicts[criterion.id] != "met"]
        nearest = sorted(below, key=lambda one: one.nearness(criterion), reverse=True)
        mutant = _loosened(rubric, criterion)
        if nearest:
            yield ReadMutant(
                "loosen",
                f"loosen-{criterion.id}",
                f'{criterion.id} loosened to "{vaguer(criterion)}"',
                tuple(
                    Reading(one.case, mutant, one.case.exemplar.answer.strip())
                    for one in nearest[:READERS]
                ),
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


@dataclass(frozen=True, slots=True)
class _Reader:
    """An exemplar, the stems of its words, and what it came to."""

    case: Case
    stems: frozenset[str]
    verdicts: Verdicts
    earned: int

    @classmethod
    def of(cls, case: Case) -> _Reader:
        verdicts = case.verdicts or case.exemplar.verdicts
        earned = graded(case.rubric, verdicts).earned
        return cls(case, _stems(case.exemplar.answer), verdicts, earned)

    def nearness(self, criterion: Criterion) -> tuple[float, bool, int]:
        """By the words of the criterion's name that the answer has, then by what it earns."""
        named = _stems(criterion.id)
        shared = len(named & self.stems) / len(named)
        return shared, self.verdicts[criterion.id] != "not_met", self.earned


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word.lower()) for word in _WORD.findall(text))
