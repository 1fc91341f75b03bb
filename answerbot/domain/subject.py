"""Subject: an answer that a model is asked about, with its question."""

from __future__ import annotations

from dataclasses import dataclass

from answerbot.domain.bank import QuestionId


@dataclass(frozen=True, slots=True)
class Subject:
    """The answer, and the question it answers; `id` is the question's."""

    id: QuestionId
    question: str
    answer: str
