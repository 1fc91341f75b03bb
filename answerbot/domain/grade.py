"""Claim -> Verdict -> Grade | Ungraded; the only arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from answerbot.domain.evidence import Evidence
from answerbot.domain.rubric import Criterion, CriterionVerdict, Misconception, Rubric

FlagKind = Literal[
    "blank",
    "repeats-question",
    "unverified-quote",
    "no-evidence",
    "cannot-assess",
    "split-vote",
    "near-pass-mark",
    "addresses-grader",
    "hidden-characters",
    "same-evidence",
    "decided",
]


@dataclass(frozen=True, slots=True)
class Flag:
    """What a reader of the grade should know; `review` sets the item aside for a human.

    `detail` is what the judge said, which may give a right answer away. `about` are the ids of the
    criteria and misconceptions in doubt; empty where the answer as a whole is.
    """

    kind: FlagKind
    what: str
    review: bool = True
    detail: str = ""
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.told()

    def told(self, *, solutions: bool = True) -> str:
        """The flag in one line; without `solutions` nothing of what the judge said."""
        return f"{self.what}: {self.detail}" if self.detail and solutions else self.what


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the program believes of one criterion: every quote was found in the answer.

    `agreement` is the share of the votes that said so, 1.0 where there was one vote. `human` tells
    that a person decided.
    """

    criterion: Criterion
    verdict: CriterionVerdict
    evidence: tuple[Evidence, ...]
    reason: str
    agreement: float = 1.0
    human: bool = False

    @property
    def points(self) -> int:
        """Whole points of this criterion."""
        return self.criterion.points_for(self.verdict)


@dataclass(frozen=True, slots=True)
class Slip:
    """A misconception that the answer states, with the words that state it."""

    misconception: Misconception
    evidence: tuple[Evidence, ...]
    reason: str
    agreement: float = 1.0
    human: bool = False


@dataclass(frozen=True, slots=True)
class Grade:
    """Points out of possible, and what they rest on; `capped` tells that a cap cut them."""

    earned: int
    possible: int
    verdicts: tuple[Verdict, ...]
    slips: tuple[Slip, ...]
    flags: tuple[Flag, ...] = ()
    capped: bool = False

    @property
    def fraction(self) -> float:
        """0 to 1."""
        return self.earned / self.possible

    def reaches(self, percent: int) -> bool:
        """Whether so many per cent of the possible points were earned."""
        return 100 * self.earned >= percent * self.possible

    @property
    def needs_review(self) -> bool:
        """Whether a human should decide."""
        return any(flag.review for flag in self.flags)


@dataclass(frozen=True, slots=True)
class Ungraded:
    """No grade could be given, and why; this is no 0.

    `detail` is what the judge said; `code` names the reason for programs, as in docs/faults.md.
    """

    reason: str
    detail: str = ""
    code: str = ""


Outcome = Grade | Ungraded


def score(
    rubric: Rubric,
    verdicts: Iterable[Verdict],
    slips: Iterable[Slip] = (),
    flags: Iterable[Flag] = (),
) -> Grade:
    """Add up the points: within 0..possible, capped where an essential criterion is not met.

    Raises:
        ValueError: verdicts and criteria do not match one to one.
    """
    verdicts, slips = tuple(verdicts), tuple(slips)
    if [v.criterion.id for v in verdicts] != [c.id for c in rubric.criteria]:
        raise ValueError("verdicts and criteria do not match one to one")
    earned = sum(v.points for v in verdicts) + sum(s.misconception.points for s in slips)
    ceiling = rubric.possible
    if any(v.criterion.essential and v.verdict == "not_met" for v in verdicts):
        ceiling = rubric.possible * rubric.cap // 100
    return Grade(
        max(min(earned, ceiling), 0),
        rubric.possible,
        verdicts,
        slips,
        tuple(flags),
        capped=earned > ceiling,
    )


def labelled(rubric: Rubric, verdicts: Mapping[str, str]) -> Grade:
    """The grade that verdicts on all criteria and misconceptions come to, whoever gave them."""
    return score(
        rubric,
        [Verdict(c, verdicts[c.id], (), "") for c in rubric.criteria],  # type: ignore[arg-type]
        [Slip(m, (), "") for m in rubric.misconceptions if verdicts[m.id] == "present"],
    )
