"""Answers that a test says both sides graded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from answerbot.domain.calibration import Method, Rated, Scale
from answerbot.domain.errors import Location
from answerbot.domain.labels import Label

QUARTERS = Scale(4, 4)


def label(
    scores: Sequence[float],
    *,
    line: int = 1,
    question: str = "q1",
    answer: str = "It is so.",
    most: float = 4,
    verdicts: Mapping[str, str] | None = None,
    reason: str = "",
) -> Label:
    """A label at a line of a file."""
    return Label(
        Location("labels.jsonl", line),
        question,
        f"What is {question}?",
        "So it is.",
        "",
        answer,
        tuple(scores),
        most,
        verdicts or {},
        reason,
    )


def rated(
    human: float | Sequence[float],
    machine: float | None,
    *,
    scale: Scale = QUARTERS,
    line: int = 1,
    question: str = "q1",
    answer: str = "It is so.",
    confidence: float | None = None,
    people: Mapping[str, str] | None = None,
    program: Mapping[str, str] | None = None,
    by: Method = "reference",
    reason: str = "",
    human_reason: str = "",
    rubric: str = "",
    problem: str = "",
) -> Rated:
    """An answer with people's scores and the program's, both as points of the scale."""
    scores = [human] if isinstance(human, (int, float)) else human
    return Rated(
        label(
            scores,
            line=line,
            question=question,
            answer=answer,
            most=scale.most,
            verdicts=people,
            reason=human_reason,
        ),
        scale,
        by,
        None if machine is None else machine / scale.most,
        confidence,
        reason,
        (),
        program or {},
        (),
        problem,
        rubric,
    )
