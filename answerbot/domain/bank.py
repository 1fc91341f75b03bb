"""Markdown text <-> Bank, Question, Gap (the span an answer goes into)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

QuestionId = NewType("QuestionId", str)
"""`<file stem>/<number>`, e.g. `rnn-theory-50/2`."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Where an answer goes: `text[start:end]` is replaced by `before + answer + after`.

    `start` and `end` are offsets in characters of the bank's text. `before` is what has to stand
    between the question and its answer and does not yet ('' after `**Answer:** `).
    """

    start: int
    end: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that stands in the file.

    `text` is the answer with its line ends as `\\n` and blank space around it removed;
    `start` and `end` are the offsets of the span that holds it, and of the provenance comment
    where there is one; `note` is the inside of that comment (`<!-- answerbot: NOTE -->`).
    """

    text: str
    start: int
    end: int
    line: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a reader understands it. Exactly one of `answer` and `gap` is set."""

    id: QuestionId
    number: int
    text: str
    line: int
    answer: Answer | None
    gap: Gap | None
    difficulty: str | None = None


@dataclass(frozen=True, slots=True)
class Bank:
    """One file of questions: `text` is the whole file, every character of it."""

    path: str
    text: str
    dialect: str
    questions: tuple[Question, ...]
