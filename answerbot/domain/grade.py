"""Claim -> Verdict -> Grade; the only arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from answerbot.domain.evidence import Evidence
from answerbot.domain.rubric import Criterion, CriterionVerdict, Misconception, Rubric


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the program believes of one criterion: every quote was found in the answer."""

    criterion: Criterion
    verdict: CriterionVerdict
    evidence: tuple[Evidence, ...]
    reason: str

    @property
    def points(self) -> int:
        """Whole points; a partial verdict earns half, rounded down."""
        if self.verdict == "met":
            return self.criterion.points
        return self.criterion.points // 2 if self.verdict == "partial" else 0


@dataclass(frozen=True, slots=True)
class Slip:
    """A misconception that the answer states, with the words that state it."""

    misconception: Misconception
    evidence: tuple[Evidence, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Grade:
    """Points out of possible, and what they rest on; `flags` say what a human should look at."""

    earned: int
    possible: int
    verdicts: tuple[Verdict, ...]
    slips: tuple[Slip, ...]
    flags: tuple[str, ...] = ()

    @property
    def fraction(self) -> float:
        """0 to 1."""
        return self.earned / self.possible


def score(
    rubric: Rubric,
    verdicts: Iterable[Verdict],
    slips: Iterable[Slip] = (),
    flags: Iterable[str] = (),
) -> Grade:
    """Add up the points: within 0..possible, capped where an essential criterion is not met.

    Raises:
        ValueError: verdicts and criteria do not match one to one.
    """
    verdicts, slips = tuple(verdicts), tuple(slips)
    if [v.criterion.id for v in verdicts] != [c.id for c in rubric.criteria]:
        raise ValueError("verdicts and criteria do not match one to one")
    earned = sum(v.points for v in verdicts) + sum(s.misconception.points for s in slips)
    if any(v.criterion.essential and v.verdict == "not_met" for v in verdicts):
        earned = min(earned, rubric.possible * rubric.cap // 100)
    return Grade(max(earned, 0), rubric.possible, verdicts, slips, tuple(flags))
