"""Draft, cross-check, self-grade, revise: one question after another, many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from answerbot.domain.bank import Question, QuestionId
from answerbot.domain.errors import NotFinishedError
from answerbot.domain.findings import Finding, without_repeats
from answerbot.domain.grade import Grade, Ungraded
from answerbot.domain.provenance import Provenance, digest
from answerbot.domain.references import Hit, Library
from answerbot.domain.rubric import Rubric
from answerbot.domain.style import Style, faults
from answerbot.domain.subject import Subject
from answerbot.workflows.crosscheck import (
    NEAREST,
    READS,
    Checks,
    CrossCheck,
    cross_check,
)
from answerbot.workflows.judge import Judging, judge
from answerbot.workflows.prompts import (
    LENGTHS,
    DraftInputs,
    FindingText,
    RevisionInputs,
    fence_for,
)
from answerbot.workflows.session import Session, both, each

ROUNDS = 2
"""How often an answer is revised at most."""


class Draft(BaseModel):
    """An answer as the model wrote it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer: str


class Response(BaseModel):
    """What the reviser made of one finding."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    finding: int
    reason: str
    action: Literal["fixed", "rejected"]


class Revision(BaseModel):
    """What became of each finding, and the answer after it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    responses: tuple[Response, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Options:
    """How answers are written and what they are checked by."""

    style: Style = "standard"
    checks: Checks = "full"


@dataclass(frozen=True, slots=True)
class Round:
    """One look at a text: what was found, and how the reviser answered the findings it got."""

    text: str
    checked: CrossCheck
    grade: Grade | Ungraded | None
    findings: tuple[Finding, ...]
    responses: tuple[tuple[Finding, Response], ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """An answer, how it came about, and what a human should still look at."""

    question: Question
    text: str
    provenance: Provenance
    references: tuple[Hit, ...]
    rounds: tuple[Round, ...]

    @property
    def disputes(self) -> tuple[Finding, ...]:
        """References that were found wrong."""
        return without_repeats(
            finding for look in self.rounds for finding in look.findings if finding.is_dispute
        )


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A question that got no answer, and why."""

    question: Question
    error: NotFinishedError


Outcome = Filled | Unfilled


async def fill_all(
    questions: Sequence[Question],
    library: Library,
    rubrics: Callable[[QuestionId], Rubric | None],
    session: Session,
    options: Options,
    *,
    at_once: int,
    on_done: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """An outcome for each question, in their order."""

    async def work(question: Question) -> Outcome:
        return await fill(question, library, rubrics(question.id), session, options)

    return await each(questions, work, Unfilled, at_once=at_once, on_done=on_done)


async def fill(
    question: Question,
    library: Library,
    rubric: Rubric | None,
    session: Session,
    options: Options,
) -> Filled:
    """An answer that was checked as `options` say, and revised while that helped.

    Raises:
        NotFinishedError: a step could not be had.
    """
    text, key = await _draft(question, session, options)
    references = library.nearest(question.text, NEAREST, exclude=(question.id,))
    rounds: list[Round] = []
    rejected: list[Finding] = []
    pass_mark = rubric.pass_mark if rubric else 0
    for number in range(ROUNDS + 1):
        look = await _look(question, text, references, rubric, session, options, number)
        rounds.append(look)
        open_findings = [
            finding
            for finding in look.findings
            if _calls_for_revision(finding, number)
            and not any(finding.echoes(other) for other in rejected)
        ]
        if not open_findings or number == ROUNDS:
            break
        revision, key_of_revision = await _revise(
            question, text, open_findings, session, options, number
        )
        answered = tuple(zip(open_findings, revision.responses, strict=True))
        rounds[-1] = Round(look.text, look.checked, look.grade, look.findings, answered)
        rejected += [finding for finding, said in answered if said.action == "rejected"]
        if revision.answer == text:
            break
        text, key = revision.answer, key_of_revision
    return Filled(
        question,
        text,
        _provenance(text, key, rounds, rejected, pass_mark),
        references,
        tuple(rounds),
    )


async def _draft(question: Question, session: Session, options: Options) -> tuple[str, str]:
    """The model's own answer, closed book, and the key of its request."""
    asked = await session.ask(
        DraftInputs(question.text, LENGTHS[options.style]),
        f"{question.id} draft",
        Draft,
        lambda reply: faults(reply.answer, options.style),
    )
    return asked.value.answer.strip(), asked.key


async def _look(
    question: Question,
    text: str,
    references: Sequence[Hit],
    rubric: Rubric | None,
    session: Session,
    options: Options,
    number: int,
) -> Round:
    """Cross-check and self-grade the text."""
    subject = Subject(question.id, question.text, text)
    step = f"check-{number + 1}"
    nearest = [hit.reference for hit in references]

    async def self_grade() -> Grade | Ungraded | None:
        if rubric is None or options.checks != "full":
            return None
        return await judge(subject, rubric, session, Judging(), step=step)

    checked, grade = await both(
        cross_check(subject, nearest, session, checks=READS[options.checks], step=step),
        self_grade(),
    )
    missed = _missed(grade) if isinstance(grade, Grade) else ()
    return Round(text, checked, grade, without_repeats((*checked.findings, *missed)))


def _missed(grade: Grade) -> tuple[Finding, ...]:
    """What the rubric asks for and the text lacks, as findings."""
    omissions = (
        Finding(
            kind="omission",
            wrong="draft",
            claim=None,
            reference_id=None,
            reference_quote=None,
            explanation=f"The rubric's criterion '{v.criterion.id}' is {v.verdict}: {v.reason}",
            fix=v.criterion.states.strip(),
        )
        for v in grade.verdicts
        if v.verdict != "met"
    )
    slips = (
        Finding(
            kind="false_claim",
            wrong="draft",
            claim=slip.evidence[0],
            reference_id=None,
            reference_quote=None,
            explanation=f"A misconception that the rubric names: {slip.reason}",
            fix=f"Do not say: {slip.misconception.states.strip()}",
        )
        for slip in grade.slips
    )
    return (*omissions, *slips)


def _calls_for_revision(finding: Finding, number: int) -> bool:
    """A dispute is for the reference's keeper; what is merely missing is added once."""
    if finding.is_dispute:
        return False
    return number == 0 or finding.kind != "omission"


async def _revise(
    question: Question,
    text: str,
    findings: Sequence[Finding],
    session: Session,
    options: Options,
    number: int,
) -> tuple[Revision, str]:
    """The reviser's response to each finding, the text after it, and the key of its request."""

    def wrong_with(reply: Revision) -> list[str]:
        wanted = list(range(1, len(findings) + 1))
        if [response.finding for response in reply.responses] != wanted:
            return [
                f"responses: exactly one for each of the findings 1 to {len(findings)}, in order"
            ]
        found = faults(reply.answer, options.style)
        fixed = any(response.action == "fixed" for response in reply.responses)
        if fixed and reply.answer.strip() == text:
            found.append("A finding is called fixed and the answer has not changed.")
        return found

    inputs = RevisionInputs(
        question.text,
        LENGTHS[options.style],
        [FindingText.of(finding) for finding in findings],
        text,
        fence_for(text),
    )
    label = f"{question.id} revise-{number + 1}"
    asked = await session.ask(inputs, label, Revision, wrong_with)
    answer = asked.value.answer.strip()
    return asked.value.model_copy(update={"answer": answer}), asked.key


def _provenance(
    text: str,
    key: str,
    rounds: Sequence[Round],
    rejected: Sequence[Finding],
    pass_mark: int,
) -> Provenance:
    last = rounds[-1]
    checks: tuple[str, ...] = last.checked.checks
    if isinstance(last.grade, Grade):
        checks += (f"rubric {last.grade.earned}/{last.grade.possible}",)
    why = _why(last, rejected, pass_mark)
    return Provenance(
        state="needs review" if why else "accepted",
        checks=checks,
        key=key[:12],
        digest=digest(text),
        why=why,
    )


def _why(last: Round, rejected: Sequence[Finding], pass_mark: int) -> str:
    """What is left open after the last look: '' where nothing is.

    A claim that one step calls wrong and another right is for a human. A claim that was only
    doubted is settled by a reviser who is certain of it.
    """
    reasons = []
    for finding in last.findings:
        settled = any(finding.echoes(other) for other in rejected)
        if finding.is_error:
            reasons.append(
                f'checks disagree on "{_short(finding)}"'
                if settled
                else f'called wrong: "{_short(finding)}"'
            )
        elif finding.wrong == "unclear" and not settled:
            reasons.append(f'unconfirmed: "{_short(finding)}"')
    if isinstance(last.grade, Ungraded):
        reasons.append(f"rubric: {last.grade.reason}")
    elif last.grade:
        if not last.grade.reaches(pass_mark):
            reasons.append(f"rubric: {last.grade.earned} of {last.grade.possible} points")
        # The answer is the model's own: one formula may well say three things.
        flags = [flag for flag in last.grade.flags if flag.kind != "same-evidence"]
        reasons += [f"rubric: {flag}" for flag in flags if flag.review]
    return "; ".join(reasons)


def _short(finding: Finding, width: int = 60) -> str:
    words = " ".join(finding.claim.quote.split()) if finding.claim else finding.explanation
    return words if len(words) <= width else words[: width - 1].rstrip() + "…"
