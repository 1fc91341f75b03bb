"""Whose answer is it, and what does a filled copy start from?"""

from __future__ import annotations

from collections import Counter
from typing import Literal

from answerbot.domain.bank import Bank, Question, QuestionId, parse_bank, write_answers
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.provenance import read_note

Standing = Literal["gap", "ours", "edited", "human"]
"""`gap`: no answer yet. `ours`: written by the program and untouched. `edited`: written by the
program and changed since. `human`: with no note of the program."""


def standing(question: Question) -> Standing:
    """Whose the answer of a question is."""
    if question.answer is None:
        return "gap"
    provenance = read_note(question.answer.note)
    if provenance is None:
        return "human"
    return "ours" if provenance.covers(question.answer.text) else "edited"


def written(question: Question) -> str:
    """The answer with its provenance comment, as `write_answers` takes it."""
    assert question.answer is not None
    note = question.answer.note
    return question.answer.text + (f"\n\n<!-- answerbot: {note} -->" if note else "")


def is_plain_copy(source: Bank, copy: Bank) -> bool:
    """Whether the copy is the source with answers in it, and nothing else."""
    return _asked(source) == _asked(copy) and write_answers(source, answers_of(copy)) == copy.text


def answers_of(bank: Bank) -> dict[QuestionId, str]:
    """Every answer of the bank, as `write_answers` takes it."""
    return {question.id: written(question) for question in bank.questions if question.answer}


def continue_copy(source: Bank, copy: Bank, placeholders: tuple[str, ...], force: bool) -> Bank:
    """What filling goes on from, where `copy` is an earlier filled copy of `source`.

    The copy as it stands, while both ask the same questions. Else the source with the answers of
    the copy, so that a question that was added since gets its answer.

    Raises:
        InputError: words of the copy would be lost; not with `force`.
    """
    if _asked(source) == _asked(copy):
        return copy
    texts = {question.id: question.text for question in source.questions}
    kept = {
        question.id: written(question)
        for question in copy.questions
        if question.answer and texts.get(question.id) == question.text
    }
    merged = write_answers(source, kept)
    if not force and (lost := _first_lost_line(copy.text, merged)):
        raise InputError(
            Problem(
                f"the questions have changed in {source.path}, and this line would be lost",
                Location(copy.path, lost),
                f"take it over into {source.path}, or let --force drop what the source lacks",
            )
        )
    return parse_bank(merged, copy.path, placeholders)


def _asked(bank: Bank) -> list[tuple[QuestionId, str]]:
    return [(question.id, question.text) for question in bank.questions]


def _first_lost_line(before: str, after: str) -> int | None:
    """The number of the first line of `before` that `after` has not as often; blank lines aside."""
    there = Counter(line.strip() for line in after.split("\n"))
    for number, line in enumerate(before.split("\n"), start=1):
        words = line.strip()
        if words and not there[words]:
            return number
        there[words] -= 1
    return None
