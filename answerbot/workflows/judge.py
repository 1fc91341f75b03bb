"""Judge an answer by a rubric: answer x rubric -> Grade | Ungraded.

The model's claims are untrusted: what counts is the words of the answer that they rest on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from answerbot.domain.evidence import Evidence, find_quote
from answerbot.domain.grade import Flag, Outcome, Ungraded
from answerbot.domain.rubric import Criterion, Misconception, Rubric
from answerbot.domain.screening import Ground, Objection, admit, oddities, shared
from answerbot.domain.subject import Subject
from answerbot.domain.votes import Judgement, Opinion, Suspicion, is_near, settle
from answerbot.workflows.prompts import JudgeInputs, fence_for
from answerbot.workflows.session import Session, together

OUTPUT_TOKENS = 400
"""What a judgement takes, as `benchmarks/grade.py` measures it."""


class _Claim(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    reason: str
    quotes: tuple[str, ...]


class CriterionClaim(_Claim):
    """What the judge says of one criterion. Untrusted."""

    verdict: Literal["met", "partial", "level_1", "level_2", "level_3", "not_met", "cannot_assess"]


class MisconceptionClaim(_Claim):
    """What the judge says of one misconception. Untrusted."""

    verdict: Literal["present", "absent"]


class JudgeReply(BaseModel):
    """One claim for each criterion and each misconception that was asked about, in order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    criteria: tuple[CriterionClaim, ...]
    misconceptions: tuple[MisconceptionClaim, ...]


@dataclass(frozen=True, slots=True)
class Votes:
    """How many independent readings an answer gets: `first`, and `more` where these are in doubt.

    In doubt is a reading that calls a criterion not met, or comes near the pass mark.
    """

    first: int = 1
    more: int = 0


@dataclass(frozen=True, slots=True)
class Judging:
    """How answers are judged; `margin` as `settle` has it."""

    votes: Votes = Votes()
    per_criterion: bool = False
    margin: int | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """What one request asks about."""

    label: str
    criteria: Sequence[Criterion]
    misconceptions: Sequence[Misconception]


async def judge(
    subject: Subject, rubric: Rubric, session: Session, how: Judging, *, step: str = ""
) -> Outcome:
    """The grade that the words of the answer support.

    A quote that is not in the answer is asked for again once. A criterion without words that are
    evidence is not met, a misconception without any is absent; both are flagged.

    Raises:
        NotFinishedError: no usable reply could be had.
    """
    votes = how.votes
    judgements = await _judgements(subject, rubric, session, how, range(votes.first), step)
    if votes.more and _in_doubt(rubric, judgements, how.margin or 0):
        further = range(votes.first, votes.first + votes.more)
        judgements += await _judgements(subject, rubric, session, how, further, step)
    return settle(rubric, judgements, how.margin)


def requests_for(rubric: Rubric, how: Judging) -> tuple[int, int]:
    """How many requests one answer takes, at least and at most, without any that are repeated."""
    parts = len(_parts(rubric, how))
    return parts * how.votes.first, parts * (how.votes.first + how.votes.more)


async def _judgements(
    subject: Subject,
    rubric: Rubric,
    session: Session,
    how: Judging,
    samples: Iterable[int],
    step: str,
) -> list[Judgement]:
    ground = Ground.of(subject.question, rubric, session.prompts.wording("judge"))

    async def one(sample: int) -> Judgement:
        name = f"{step} judge".strip() + (f" {sample + 1}" if sample else "")
        asking = session.sampling(sample)
        parts = _parts(rubric, how)
        replies = await together(*(_ask(subject, rubric, part, asking, name) for part in parts))
        reply = JudgeReply(
            criteria=tuple(claim for one in replies for claim in one.criteria),
            misconceptions=tuple(claim for one in replies for claim in one.misconceptions),
        )
        return _believed(reply, subject, ground, rubric)

    return await together(*map(one, samples))


def _in_doubt(rubric: Rubric, judgements: Sequence[Judgement], margin: int) -> bool:
    if any(o.verdict in (None, "not_met") for one in judgements for o in one.opinions):
        return True
    outcome = settle(rubric, judgements)
    return isinstance(outcome, Ungraded) or is_near(outcome.earned, rubric, margin)


def _parts(rubric: Rubric, how: Judging) -> list[_Part]:
    if not how.per_criterion:
        return [_Part("", rubric.criteria, rubric.misconceptions)]
    return [
        *(_Part(f" {criterion.id}", (criterion,), ()) for criterion in rubric.criteria),
        _Part(" misconceptions", (), rubric.misconceptions),
    ]


async def _ask(
    subject: Subject, rubric: Rubric, part: _Part, session: Session, name: str
) -> JudgeReply:
    """The model's claims; quotes that stand nowhere have been asked for again."""
    inputs = JudgeInputs(
        rubric.title,
        part.criteria,
        part.misconceptions,
        subject.question,
        subject.answer,
        fence_for(subject.answer),
    )

    def faults(reply: JudgeReply) -> list[str]:
        return _mismatches(reply, part)

    asked = await session.ask(inputs, f"{subject.id} {name}{part.label}", JudgeReply, faults)
    if unfound := _unfound(asked.value, subject.answer):
        asked = await session.follow_up(
            asked,
            "These quotes are not in the answer:\n"
            + "".join(f"- {quote!r}\n" for quote in unfound)
            + "Send the whole reply again. Copy every quote exactly and contiguously; a criterion "
            "that no words of the answer meet is not met.",
            faults,
        )
    return asked.value


def _mismatches(reply: JudgeReply, part: _Part) -> list[str]:
    """Where the reply and the rubric do not go one to one."""
    faults = []
    for name, said, wanted in (
        ("criteria", reply.criteria, part.criteria),
        ("misconceptions", reply.misconceptions, part.misconceptions),
    ):
        ids = [one.id for one in wanted]
        if [claim.id for claim in said] != ids:
            faults.append(f"{name}: exactly these ids in this order: {', '.join(ids) or 'none'}")
    if not faults:
        for criterion, claim in zip(part.criteria, reply.criteria, strict=True):
            if claim.verdict not in _ANY_CRITERION and claim.verdict not in criterion.steps:
                known = ("met", *criterion.steps, "not_met", "cannot_assess")
                faults.append(f"{criterion.id}: the verdict is one of {', '.join(known)}")
    return faults


_ANY_CRITERION = ("met", "not_met", "cannot_assess")
_NEGATIVE = ("not_met", "absent", "cannot_assess")


def _unfound(reply: JudgeReply, answer: str) -> list[str]:
    """The quotes that points depend on and that stand nowhere."""
    claims: tuple[CriterionClaim | MisconceptionClaim, ...] = (
        *reply.criteria,
        *reply.misconceptions,
    )
    return [
        quote
        for claim in claims
        if claim.verdict not in _NEGATIVE
        for quote in claim.quotes
        if find_quote(answer, quote) is None
    ]


def _believed(reply: JudgeReply, subject: Subject, ground: Ground, rubric: Rubric) -> Judgement:
    """What is left of the claims when only words that are evidence count."""
    answer = subject.answer
    opinions, suspicions, flags = [], [], [*oddities(answer)]
    for criterion, claim in zip(rubric.criteria, reply.criteria, strict=True):
        evidence, doubts = _support(claim, "not_met", answer, ground, criterion.states)
        verdict = None if claim.verdict == "cannot_assess" else claim.verdict
        believed = verdict if evidence or verdict is None else "not_met"
        opinions.append(Opinion(believed, evidence, claim.reason))
        flags += doubts
    for misconception, said in zip(rubric.misconceptions, reply.misconceptions, strict=True):
        evidence, doubts = _support(said, "absent", answer, ground, misconception.states)
        suspicions.append(Suspicion(bool(evidence), evidence, said.reason))
        flags += doubts
    flags += shared(rubric.criteria, [opinion.evidence for opinion in opinions])
    return Judgement(tuple(opinions), tuple(suspicions), tuple(flags))


def _support(
    claim: CriterionClaim | MisconceptionClaim,
    otherwise: str,
    answer: str,
    ground: Ground,
    wanted: str,
) -> tuple[tuple[Evidence, ...], list[Flag]]:
    """The quotes of a positive claim that are evidence, and flags for what is wrong with others.

    Where none is left the claim counts as `otherwise`, and a flag says why.
    """
    if claim.verdict in _NEGATIVE:
        return (), []
    evidence: list[Evidence] = []
    flags: list[Flag] = []
    why = "no words of the answer were quoted"
    for quote in claim.quotes:
        found = admit(answer, quote, ground, wanted)
        if found is None:
            why = "its quote is not in the answer"
            what = f"{claim.id}: a quote of the judge's is not in the answer"
            flags.append(Flag("unverified-quote", what, detail=repr(quote), about=(claim.id,)))
        elif isinstance(found, Objection):
            why = found.reason
        else:
            evidence.append(found)
    if not evidence:
        what = f"{claim.id}: called {claim.verdict}, counted as {otherwise}: {why}"
        flags.append(Flag("no-evidence", what, about=(claim.id,)))
    return tuple(evidence), flags
