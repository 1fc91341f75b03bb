"""Hold an answer against the nearest references, and claim by claim against what the model knows.

Two reads in two prompts: many mistakes contradict no reference, and some references confirm a
mistake. What a read says is believed as far as its quotes are found; a read with a quote that is
not found is asked for again once, then the finding is dropped and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import NotFinishedError
from answerbot.domain.evidence import find_quote
from answerbot.domain.findings import Finding, Kind, Wrong, without_repeats
from answerbot.domain.references import Library, Reference
from answerbot.domain.subject import Subject
from answerbot.workflows.prompts import ClaimsInputs, ReferencesInputs, fence_for
from answerbot.workflows.session import Session, each, together

Check = Literal["references", "claims"]
Checks = Literal["none", "references", "full"]

READS: Mapping[Checks, tuple[Check, ...]] = {
    "none": (),
    "references": ("references",),
    "full": ("references", "claims"),
}
"""Which reads a choice of checks means."""

NEAREST = 4
"""How many references an answer is compared with at most."""

M = TypeVar("M", bound=BaseModel)


class _ReplyPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClaimReading(_ReplyPart):
    """What the model says of one claim of the answer. Untrusted."""

    quote: str
    reason: str
    verdict: Literal["right", "wrong", "misleading", "doubtful"]
    fix: str


class MissingReading(_ReplyPart):
    """What the model says the question asks for and the answer lacks. Untrusted."""

    why: str
    sentence: str


class ClaimsReply(_ReplyPart):
    """Every claim of the answer, the weakest ones attacked, and what is not there."""

    claims: tuple[ClaimReading, ...]
    attacks: tuple[ClaimReading, ...]
    missing: tuple[MissingReading, ...]


class ReferenceReading(_ReplyPart):
    """What the model says of the answer beside a reference. Untrusted."""

    explanation: str
    kind: Kind
    answer_quote: str
    reference_id: str
    reference_quote: str
    wrong: Literal["draft", "reference", "unclear"]
    fix: str


class ReferencesReply(_ReplyPart):
    """Where the answer and the references disagree."""

    findings: tuple[ReferenceReading, ...]


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """What the reads found; `dropped` counts findings whose quotes stand nowhere."""

    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer that was checked."""

    subject: Subject
    result: CrossCheck


@dataclass(frozen=True, slots=True)
class Unchecked:
    """An answer that could not be checked, and why."""

    subject: Subject
    error: NotFinishedError


Outcome = Checked | Unchecked


async def cross_check_all(
    subjects: Sequence[Subject],
    library: Library,
    session: Session,
    *,
    checks: Collection[Check],
    at_once: int,
    on_done: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """An outcome for each answer, in their order; none is compared with itself."""

    async def work(subject: Subject) -> Outcome:
        hits = library.nearest(subject.question, NEAREST, exclude=(subject.id,))
        references = [hit.reference for hit in hits]
        return Checked(subject, await cross_check(subject, references, session, checks=checks))

    return await each(subjects, work, Unchecked, at_once=at_once, on_done=on_done)


async def cross_check(
    subject: Subject,
    references: Sequence[Reference],
    session: Session,
    *,
    checks: Collection[Check],
    step: str = "check",
) -> CrossCheck:
    """Read the answer in each of the ways that `checks` names.

    Without references there is nothing to compare with, and that read is left out of the result.

    Raises:
        NotFinishedError: a read could not be had; the other one has ended by then.
    """
    reads = []
    if "references" in checks and references:
        reads.append(_against_references(subject, references, session, step))
    if "claims" in checks:
        reads.append(_claim_by_claim(subject, session, step))
    done = await together(*reads)
    return CrossCheck(
        tuple(check for read in done for check in read.checks),
        without_repeats(finding for read in done for finding in read.findings),
        sum(read.dropped for read in done),
    )


async def _against_references(
    subject: Subject, references: Sequence[Reference], session: Session, step: str
) -> CrossCheck:
    fence = fence_for(subject.answer)
    inputs = ReferencesInputs(subject.question, references, subject.answer, fence)
    known = {reference.id: reference for reference in references}

    def verify(reply: ReferencesReply) -> tuple[list[Finding], list[str]]:
        return _sorted_out(
            reply.findings, lambda reading: _finding_beside(reading, subject.answer, known)
        )

    label = f"{subject.id} {step} references"
    findings, dropped = await _verified(inputs, label, ReferencesReply, verify, session)
    return CrossCheck(("references",), findings, dropped)


async def _claim_by_claim(subject: Subject, session: Session, step: str) -> CrossCheck:
    inputs = ClaimsInputs(subject.question, subject.answer, fence_for(subject.answer))

    def verify(reply: ClaimsReply) -> tuple[list[Finding], list[str]]:
        objections = [one for one in (*reply.claims, *reply.attacks) if one.verdict != "right"]
        found, unfound = _sorted_out(objections, lambda one: _finding_in(one, subject.answer))
        once = [
            finding
            for place, finding in enumerate(found)
            if not any(finding.echoes(earlier) for earlier in found[:place])
        ]
        return [*once, *map(_finding_of_missing, reply.missing)], unfound

    label = f"{subject.id} {step} claims"
    findings, dropped = await _verified(inputs, label, ClaimsReply, verify, session)
    return CrossCheck(("claims",), findings, dropped)


async def _verified(
    inputs: ClaimsInputs | ReferencesInputs,
    label: str,
    reply_type: type[M],
    verify: Callable[[M], tuple[list[Finding], list[str]]],
    session: Session,
) -> tuple[tuple[Finding, ...], int]:
    """The findings whose quotes are found, and how many were dropped after asking once more."""
    asked = await session.ask(inputs, label, reply_type)
    findings, unfound = verify(asked.value)
    if unfound:
        asked = await session.follow_up(
            asked,
            "These quotes were not found where you say they stand:\n"
            + "".join(f"- {quote}\n" for quote in unfound)
            + "Send the whole reply again. Copy every quote exactly and contiguously, character by "
            "character; leave out a finding that has no such words.",
        )
        findings, unfound = verify(asked.value)
    return tuple(findings), len(unfound)


R = TypeVar("R")


def _sorted_out(
    readings: Sequence[R], believe: Callable[[R], Finding | str]
) -> tuple[list[Finding], list[str]]:
    """Findings that hold, and what is wrong with the quotes of those that do not."""
    results = [believe(reading) for reading in readings]
    return (
        [result for result in results if isinstance(result, Finding)],
        [result for result in results if isinstance(result, str)],
    )


def _finding_in(reading: ClaimReading, answer: str) -> Finding | str:
    claim = find_quote(answer, reading.quote)
    if claim is None:
        return f"{reading.quote!r}, in the answer"
    wrong = reading.verdict != "doubtful"
    return Finding(
        kind="false_claim" if wrong else "unsupported_claim",
        wrong="draft" if wrong else "unclear",
        claim=claim,
        reference_id=None,
        reference_quote=None,
        explanation=reading.reason,
        fix=reading.fix,
    )


def _finding_of_missing(reading: MissingReading) -> Finding:
    return Finding(
        kind="omission",
        wrong="draft",
        claim=None,
        reference_id=None,
        reference_quote=None,
        explanation=reading.why,
        fix=reading.sentence,
    )


def _finding_beside(
    reading: ReferenceReading, answer: str, references: Mapping[QuestionId, Reference]
) -> Finding | str:
    claim = find_quote(answer, reading.answer_quote)
    if claim is None and reading.kind != "omission":
        return f"{reading.answer_quote!r}, in the answer"
    reference = references.get(QuestionId(reading.reference_id))
    beside = None
    if reading.kind in ("contradiction", "omission"):
        if reference is None:
            return f"{reading.reference_quote!r}, as there is no reference {reading.reference_id!r}"
        beside = find_quote(reference.answer, reading.reference_quote) or find_quote(
            reference.question, reading.reference_quote
        )
        if beside is None:
            return f"{reading.reference_quote!r}, in {reading.reference_id}"
    kind, wrong = _judged(reading)
    return Finding(
        kind=kind,
        wrong=wrong,
        claim=claim if reading.kind != "omission" else None,
        reference_id=reference.id if reference and beside else None,
        reference_quote=beside.quote if beside else None,
        explanation=reading.explanation,
        fix=reading.fix,
    )


def _judged(reading: ReferenceReading) -> tuple[Kind, Wrong]:
    """What kind of finding it is, and who is wrong.

    Only a contradiction can be the reference's fault. What nothing supports is not yet wrong,
    unless the model says that it is: then it is a false claim.
    """
    if reading.kind == "contradiction":
        return "contradiction", reading.wrong
    if reading.kind == "unsupported_claim" and reading.wrong != "draft":
        return "unsupported_claim", "unclear"
    return ("omission" if reading.kind == "omission" else "false_claim"), "draft"
