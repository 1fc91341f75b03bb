"""Decisions that a test says itself, about answers that it made."""

from __future__ import annotations

from itertools import count

from answerbot.domain.decisions import Decision, Label, key_of_answer, parts_of, wording_of
from answerbot.domain.submission import Graded

_numbers = count(1)


def decision(
    graded: Graded,
    criterion: str,
    after: Label | None,
    *,
    comment: str | None = None,
    before: Label | None = "not_met",
    **changed: str,
) -> Decision:
    """What Eve decided about a criterion of the answer; `changed` are fields that differ."""
    assert graded.rubric is not None
    candidate, question, answer = key_of_answer(graded.submission)
    wordings = {part.id: wording_of(part) for part in parts_of(graded.rubric)}
    number = next(_numbers)
    made = Decision(
        at=f"2026-01-01T00:00:00.{number:06d}+00:00",
        by="eve",
        id=f"d{number}",
        candidate=candidate,
        question=question,
        answer=answer,
        rubric=graded.rubric.id,
        criterion=criterion,
        wording=wordings.get(criterion, "0" * 16),
        before=before,
        after=after,
        comment=comment,
    )
    return made.model_copy(update=changed)
