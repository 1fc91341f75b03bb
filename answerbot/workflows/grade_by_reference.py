"""Grade an answer that no rubric serves, beside a reference answer and on the human scale.

The model's claims are untrusted: a score rests on words that the answer has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from answerbot.domain.calibration import Scale
from answerbot.domain.evidence import Evidence, find_quote
from answerbot.domain.grade import Flag
from answerbot.domain.screening import addressed, oddities
from answerbot.domain.subject import Subject
from answerbot.workflows.prompts import ByReferenceInputs, fence_for
from answerbot.workflows.session import Session


class ReferenceGrade(BaseModel):
    """What the model says the answer is worth. Untrusted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str
    quotes: tuple[str, ...]
    score: float
    confidence: int = Field(ge=0, le=100)


@dataclass(frozen=True, slots=True)
class Guide:
    """What an answer is graded by where there is no rubric."""

    reference: str
    guidance: str
    scale: Scale


@dataclass(frozen=True, slots=True)
class Scored:
    """A score from 0 to the scale's highest, and the words of the answer that it rests on."""

    score: float
    confidence: float
    reason: str
    evidence: tuple[Evidence, ...]
    flags: tuple[Flag, ...] = ()


async def grade_by_reference(subject: Subject, guide: Guide, session: Session) -> Scored:
    """The score that the words of the answer support; 0 where no quote can be found in it.

    A quote that is not in the answer is asked for again once.

    Raises:
        NotFinishedError: no usable reply could be had.
    """
    inputs = ByReferenceInputs(
        subject.question,
        guide.reference,
        guide.guidance,
        guide.scale.in_words,
        subject.answer,
        fence_for(subject.answer),
    )

    def faults(reply: ReferenceGrade) -> Sequence[str]:
        if not guide.scale.has(reply.score):
            return (f"score: one of {guide.scale.in_words}",)
        if reply.score and not reply.quotes:
            return ("quotes: the words of the answer that earn the score",)
        return ()

    asked = await session.ask(inputs, f"{subject.id} grade", ReferenceGrade, faults)
    if unfound := _unfound(asked.value, subject.answer):
        asked = await session.follow_up(
            asked,
            "These quotes are not in the answer:\n"
            + "".join(f"- {quote!r}\n" for quote in unfound)
            + "Send the whole reply again. Copy every quote exactly and contiguously; where no "
            "words of the answer earn anything the score is 0.",
            faults,
        )
    return _believed(asked.value, subject.answer)


def _unfound(reply: ReferenceGrade, answer: str) -> list[str]:
    """The quotes that the score depends on and that stand nowhere."""
    if not reply.score:
        return []
    return [quote for quote in reply.quotes if find_quote(answer, quote) is None]


def _believed(reply: ReferenceGrade, answer: str) -> Scored:
    found = [find_quote(answer, quote) for quote in reply.quotes]
    evidence = tuple(one for one in found if one and not addressed(answer, one))
    flags = list(oddities(answer))
    score = reply.score
    if score and not evidence:
        what = f"a score of {score:g} counted as 0: no words of the answer bear it"
        flags.append(Flag("no-evidence", what))
        score = 0.0
    return Scored(score, reply.confidence / 100, reply.reason, evidence, tuple(flags))
