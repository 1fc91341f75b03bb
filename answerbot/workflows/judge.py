"""Judge an answer by a rubric: answer x rubric -> Grade."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from answerbot.domain.evidence import Evidence, find_quote
from answerbot.domain.grade import Grade, Slip, Verdict, score
from answerbot.domain.rubric import CriterionVerdict, Rubric
from answerbot.workflows.crosscheck import Subject
from answerbot.workflows.prompts import JudgeInputs, fence_for
from answerbot.workflows.session import Session


class _Claim(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    reason: str
    quotes: tuple[str, ...]


class CriterionClaim(_Claim):
    """What the judge says of one criterion. Untrusted."""

    verdict: CriterionVerdict


class MisconceptionClaim(_Claim):
    """What the judge says of one misconception. Untrusted."""

    verdict: Literal["present", "absent"]


class JudgeReply(BaseModel):
    """One claim for each criterion and each misconception of the rubric, in its order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    criteria: tuple[CriterionClaim, ...]
    misconceptions: tuple[MisconceptionClaim, ...]


async def judge(subject: Subject, rubric: Rubric, session: Session, *, step: str) -> Grade:
    """The grade that the quotes found in the answer support.

    Quotes that are not found are asked for again once. A criterion without a quote that is found is
    not met, a misconception without one is absent; both are flagged.

    Raises:
        NotFinishedError: no usable reply could be had.
    """
    inputs = JudgeInputs(
        rubric.title,
        rubric.criteria,
        rubric.misconceptions,
        subject.question,
        subject.answer,
        fence_for(subject.answer),
    )

    def faults(reply: JudgeReply) -> list[str]:
        return _mismatches(reply, rubric)

    asked = await session.ask(inputs, f"{subject.id} {step} judge", JudgeReply, faults)
    unfound = _unfound(asked.value, subject.answer)
    if unfound:
        asked = await session.follow_up(
            asked,
            "These quotes are not in the answer:\n"
            + "".join(f"- {quote!r}\n" for quote in unfound)
            + "Send the whole reply again. Copy every quote exactly and contiguously; a criterion "
            "that no words of the answer meet is not met.",
            faults,
        )
    reply = asked.value
    verdicts = _verdicts(reply, rubric, subject.answer)
    flags = [f"quote not in the answer: {quote!r}" for quote in _unfound(reply, subject.answer)]
    flags += [
        f"criterion {verdict.criterion.id}: called {claim.verdict}, counted as {verdict.verdict}"
        for verdict, claim in zip(verdicts, reply.criteria, strict=True)
        if verdict.verdict != claim.verdict
    ]
    slips = _slips(reply, rubric, subject.answer)
    return score(rubric, verdicts, slips, flags)


def _mismatches(reply: JudgeReply, rubric: Rubric) -> list[str]:
    """Where the reply and the rubric do not go one to one."""
    faults = []
    for name, said, wanted in (
        ("criteria", reply.criteria, rubric.criteria),
        ("misconceptions", reply.misconceptions, rubric.misconceptions),
    ):
        ids = [part.id for part in wanted]
        if [claim.id for claim in said] != ids:
            faults.append(f"{name}: exactly these ids in this order: {', '.join(ids) or 'none'}")
    return faults


def _unfound(reply: JudgeReply, answer: str) -> list[str]:
    return [
        quote
        for claim in (*reply.criteria, *reply.misconceptions)
        for quote in claim.quotes
        if find_quote(answer, quote) is None
    ]


def _evidence(claim: _Claim, answer: str) -> tuple[Evidence, ...]:
    found = (find_quote(answer, quote) for quote in claim.quotes)
    return tuple(evidence for evidence in found if evidence)


def _verdicts(reply: JudgeReply, rubric: Rubric, answer: str) -> list[Verdict]:
    verdicts = []
    for criterion, claim in zip(rubric.criteria, reply.criteria, strict=True):
        evidence = _evidence(claim, answer)
        verdict = claim.verdict if evidence else "not_met"
        if verdict == "partial" and criterion.partial is None:
            verdict = "not_met"
        verdicts.append(Verdict(criterion, verdict, evidence, claim.reason))
    return verdicts


def _slips(reply: JudgeReply, rubric: Rubric, answer: str) -> list[Slip]:
    pairs = zip(rubric.misconceptions, reply.misconceptions, strict=True)
    return [
        Slip(misconception, evidence, claim.reason)
        for misconception, claim in pairs
        if claim.verdict == "present" and (evidence := _evidence(claim, answer))
    ]
