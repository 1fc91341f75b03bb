"""Mutants that the judge has to read, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from answerbot.domain.check import Case, verdicts_of
from answerbot.domain.grade import Grade, Outcome, Ungraded
from answerbot.domain.rubric import Rubric

ReadKind = Literal["loosen", "remove", "negate", "pad", "reorder", "paraphrase"]

HARMLESS: tuple[ReadKind, ...] = ("pad", "reorder", "paraphrase")
"""What changes nothing that an answer says: no verdict may move."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the judge reads: an answer made of the case's, by a rubric that may be a vaguer one.

    `to_paraphrase` tells that a model has to put the answer in other words first.
    """

    case: Case
    rubric: Rubric
    answer: str
    to_paraphrase: bool = False


@dataclass(frozen=True, slots=True)
class ReadMutant:
    """A mutant of a rubric or of an answer; `name` is one word for recordings.

    The verdicts on all of `aims` have to move, those on `spared` may. Of a loosened rubric any one
    of the readings has to show it.
    """

    kind: ReadKind
    name: str
    what: str
    readings: tuple[Reading, ...]
    aims: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """The verdict on an exemplar, that on its mutant, and what the judge said of the latter."""

    exemplar: str
    part: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoGrade:
    """The mutant of an exemplar got no grade: why, and what the judge said."""

    exemplar: str
    why: str
    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    """A mutant that was read; `noticed` is None where nobody has read it yet.

    `noticed`: what should move moved; of harmless mutants, nothing did. `kept` is what should have
    moved and did not, `beside` what moved and should not have. What got no grade shows nothing.
    """

    mutant: ReadMutant
    noticed: bool | None
    kept: tuple[Move, ...] = ()
    beside: tuple[Move, ...] = ()
    ungraded: tuple[NoGrade, ...] = ()


def read(mutant: ReadMutant, outcomes: Sequence[Outcome | None]) -> Read:
    """What came of the mutant, by the outcome of each of its readings; None: nobody read it."""
    both = list(zip(mutant.readings, outcomes, strict=True))
    ungraded = tuple(
        NoGrade(reading.case.exemplar.id, outcome.reason, outcome.detail)
        for reading, outcome in both
        if isinstance(outcome, Ungraded)
    )
    moves = [
        list(_moves(reading, outcome)) for reading, outcome in both if isinstance(outcome, Grade)
    ]
    allowed = {*mutant.aims, *mutant.spared}
    beside = tuple(m for one in moves for m in one if m.before != m.after and m.part not in allowed)
    aimed = [[move for move in one if move.part in mutant.aims] for one in moves]
    moved = [all(move.before != move.after for move in one) for one in aimed]
    noticed = any(moved) if mutant.kind == "loosen" else all(moved) and not ungraded
    if None in outcomes and not (mutant.kind == "loosen" and noticed):
        return Read(mutant, None)
    if mutant.kind in HARMLESS:
        return Read(mutant, not (beside or ungraded), beside=beside, ungraded=ungraded)
    kept = tuple(move for one in aimed for move in one if move.before == move.after)
    return Read(mutant, noticed, () if noticed else kept, beside, ungraded)


def _moves(reading: Reading, grade: Grade) -> Iterator[Move]:
    """Every verdict on the exemplar, beside that on the mutant."""
    before: Mapping[str, str] = reading.case.verdicts or reading.case.exemplar.verdicts
    reasons = Case(reading.rubric, reading.case.exemplar, grade).reasons
    for part, after in verdicts_of(reading.rubric, grade).items():
        yield Move(reading.case.exemplar.id, part, before[part], after, reasons.get(part, ""))
