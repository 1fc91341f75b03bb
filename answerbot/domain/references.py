"""Reference, Library; which references bear on a question."""

from __future__ import annotations

from dataclasses import dataclass

from answerbot.domain.bank import QuestionId


@dataclass(frozen=True, slots=True)
class Reference:
    """A curated question with its answer."""

    id: QuestionId
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A reference that bears on a question, and how much: 0 to 1, 1 asks the very same."""

    reference: Reference
    score: float
