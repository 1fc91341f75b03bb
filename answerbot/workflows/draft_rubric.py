"""Draft a rubric for questions that ask the same thing; a human edits it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from answerbot.domain.bank import Question
from answerbot.domain.references import Library
from answerbot.domain.rubric import NoRubricError, Rubric, rubric_of
from answerbot.workflows.prompts import RubricInputs, fence_for
from answerbot.workflows.session import Session

NEAREST = 4


class _Draft(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DraftCriterion(_Draft):
    """A criterion as the model proposes it."""

    id: str
    points: int
    states: str
    partial: str | None
    accepts: tuple[str, ...]
    rejects: tuple[str, ...]
    essential: bool
    cues: tuple[tuple[str, ...], ...]


class DraftMisconception(_Draft):
    """A misconception as the model proposes it."""

    id: str
    points: int
    states: str
    cues: tuple[tuple[str, ...], ...]


class DraftLabel(_Draft):
    """The verdict that an exemplar should get."""

    id: str
    verdict: Literal["met", "partial", "not_met", "present", "absent"]


class DraftExemplar(_Draft):
    """A sample answer as the model proposes it."""

    id: str
    answer: str
    verdicts: tuple[DraftLabel, ...]


class RubricDraft(_Draft):
    """A rubric as the model proposes it; `draft_rubric` checks it."""

    id: str
    title: str
    pass_mark: int
    cap: int
    criteria: tuple[DraftCriterion, ...]
    misconceptions: tuple[DraftMisconception, ...]
    exemplars: tuple[DraftExemplar, ...]


async def draft_rubric(
    questions: Sequence[Question], answer: str, library: Library, session: Session
) -> Rubric:
    """A rubric that loads; `answer` is the bank's answer to the first question, '' for none.

    Raises:
        NotFinishedError: no usable reply could be had.
    """
    first = questions[0]
    near = library.nearest(first.text, NEAREST)
    inputs = RubricInputs(
        [question.text for question in questions],
        answer,
        [hit.reference for hit in near],
        fence_for(answer),
    )

    def faults(reply: RubricDraft) -> list[str]:
        try:
            rubric_of(_values(reply, questions))
        except NoRubricError as error:
            return [what for _, what in error.faults]
        return []

    label = f"{first.id} rubric"
    asked = await session.ask(inputs, label, RubricDraft, faults)
    return rubric_of(_values(asked.value, questions))


def _values(draft: RubricDraft, questions: Sequence[Question]) -> dict[str, Any]:
    values = draft.model_dump()
    for exemplar in values["exemplars"]:
        exemplar["verdicts"] = {label["id"]: label["verdict"] for label in exemplar["verdicts"]}
    values["pass"] = values.pop("pass_mark")
    return values | {"questions": tuple(question.id for question in questions)}
