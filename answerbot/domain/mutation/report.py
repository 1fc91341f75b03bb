"""What became of all mutants: who was noticed, and how many of how many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from answerbot.domain.check import Case, Refresh
from answerbot.domain.mutation.missing import Missing, holes
from answerbot.domain.mutation.reading import HARMLESS, Read, ReadKind
from answerbot.domain.mutation.scoring import RubricMutant, graded, notices, rubric_mutants
from answerbot.domain.rubric import Rubric


@dataclass(frozen=True, slots=True)
class Rate:
    """So many noticed of so many that could be."""

    noticed: int
    possible: int

    @property
    def percent(self) -> float:
        """100 where there was nothing to notice."""
        return 100 * self.noticed / self.possible if self.possible else 100.0

    def __str__(self) -> str:
        return f"{self.noticed:,} of {self.possible:,} ({self.percent:.1f} %)"


@dataclass(frozen=True, slots=True)
class Scored:
    """A rubric's mutants that points alone decide.

    `equivalent` are those that no answer whatever could show, which do not count.
    """

    rubric: Rubric
    mutants: tuple[RubricMutant, ...]
    unnoticed: tuple[RubricMutant, ...]
    equivalent: tuple[RubricMutant, ...]
    missing: tuple[Missing, ...]

    @property
    def rate(self) -> Rate:
        """How many of the mutants an exemplar notices."""
        possible = len(self.mutants) - len(self.equivalent)
        return Rate(possible - len(self.unnoticed), possible)


def scored(rubric: Rubric, cases: Sequence[Case]) -> Scored:
    """Which mutants the exemplars notice by the verdicts that they got; unjudged ones by labels."""
    verdicts = [case.verdicts or case.exemplar.verdicts for case in cases]
    known = [(one, graded(rubric, one)) for one in verdicts]
    mutants = tuple(rubric_mutants(rubric))
    left = [m for m in mutants if not any(notices(m, one, rubric, grade) for one, grade in known)]
    found = holes(rubric, left)
    return Scored(
        rubric,
        mutants,
        tuple(mutant for mutant in left if mutant not in found.equivalent),
        found.equivalent,
        found.missing,
    )


@dataclass(frozen=True)
class MutationReport:
    """All mutants of all rubrics; `read` has those of each rubric that the judge read, in order."""

    scored: tuple[Scored, ...]
    read: tuple[tuple[Read, ...], ...]
    refresh: Refresh | None = None

    @property
    def rate(self) -> Rate:
        """Of the mutants that points decide, how many an exemplar notices."""
        return _sum(one.rate for one in self.scored)

    @property
    def read_rate(self) -> Rate:
        """Of the mutants that were read, how many showed what they should."""
        return read_rate(one for each in self.read for one in each)

    @property
    def unread(self) -> int:
        """How many mutants nobody has read."""
        return sum(one.noticed is None for each in self.read for one in each)

    def kinds(self) -> Iterator[tuple[ReadKind, Rate, int]]:
        """Of each kind that was read: the rate, and how many moved a verdict beside."""
        every = [one for each in self.read for one in each if one.noticed is not None]
        for kind in dict.fromkeys(one.mutant.kind for one in every):
            some = [one for one in every if one.mutant.kind == kind]
            beside = sum(bool(one.beside) for one in some) if kind not in HARMLESS else 0
            yield kind, read_rate(some), beside

    def worst_first(self) -> list[tuple[Scored, tuple[Read, ...]]]:
        """The rubrics with what was read of each, those that notice least first."""
        both = zip(self.scored, self.read, strict=True)
        return sorted(both, key=lambda one: (one[0].rate.percent, read_rate(one[1]).percent))


def read_rate(results: Iterable[Read]) -> Rate:
    """Of those that were read, how many showed what they should."""
    told = [one.noticed for one in results if one.noticed is not None]
    return Rate(sum(told), len(told))


def _sum(rates: Iterable[Rate]) -> Rate:
    every = list(rates)
    return Rate(sum(one.noticed for one in every), sum(one.possible for one in every))
