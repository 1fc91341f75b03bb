"""Rows of several raters -> one label for each answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from answerbot.domain.errors import InputError, Problem
from answerbot.domain.labels import Label


def numbered(rows: Sequence[Label]) -> list[Label]:
    """The rows with an id for each question.

    One that has none is the question that has its text elsewhere, else it gets an id of its own.
    """
    given = {row.question_id for row in rows}
    free = (id_ for number in count(1) if (id_ := f"q{number}") not in given)
    ids: dict[str, str] = {}
    for row in rows:
        if row.question_id and row.question:
            ids.setdefault(row.question, row.question_id)
    for row in rows:
        if not row.question_id and row.question not in ids:
            ids[row.question] = next(free)
    return [row if row.question_id else replace(row, question_id=ids[row.question]) for row in rows]


def by_answer(rows: Sequence[Label]) -> list[list[Label]]:
    """The rows about each answer, by the names of their raters; one without a rater stays alone.

    A rater who grades the same words twice has two answers before them. Raters who were told to
    look for different things did not grade the same.
    """
    seen: Counter[tuple[object, ...]] = Counter()
    answers: dict[tuple[object, ...], list[Label]] = {}
    for number, row in enumerate(rows):
        about = _about(row)
        turn: object = number
        if row.rater:
            turn = ("turn", seen[(*about, row.rater)])
            seen[(*about, row.rater)] += 1
        answers.setdefault((*about, turn), []).append(row)
    return [sorted(each, key=lambda row: row.rater) for each in answers.values()]


def _about(row: Label) -> tuple[object, ...]:
    asked = (row.question_id, row.question, row.reference)
    return (*asked, row.guidance, row.criterion, row.answer)


def merged(rows: Sequence[Label]) -> Label:
    """What all raters of one answer say of it, without verdicts that they are divided on.

    Raises:
        InputError: they give scores of different highest scores.
    """
    if len(rows) == 1:
        return rows[0]
    return replace(
        rows[0],
        place=min(row.place for row in rows),
        scores=tuple(score for row in rows for score in row.scores),
        most=_most(rows),
        verdicts=_verdicts(rows),
        reason="\n".join(dict.fromkeys(row.reason for row in rows if row.reason)),
        rater="",
    )


def _most(rows: Sequence[Label]) -> float | None:
    """The highest score of those who give one."""
    scored = sorted((row for row in rows if row.scores), key=lambda row: row.place)
    if not scored:
        return rows[0].most
    first = scored[0]
    problems = [
        Problem(
            f"the highest score is {_told(row.most)}; for the same answer it is "
            f"{_told(first.most)} at {first.place}",
            row.place,
            "give all scores of an answer on one scale",
        )
        for row in scored
        if row.most != first.most
    ]
    if problems:
        raise InputError(*problems)
    return first.most


def _told(most: float | None) -> str:
    return "not given" if most is None else f"{most:g}"


def _verdicts(rows: Sequence[Label]) -> dict[str, str]:
    """The verdict that more raters gave than any other; none where there is no such one."""
    criteria = dict.fromkeys(id_ for row in rows for id_ in row.verdicts)
    counts = {
        id_: Counter(row.verdicts[id_] for row in rows if id_ in row.verdicts).most_common(2)
        for id_ in criteria
    }
    return {
        id_: first[0]
        for id_, (first, *others) in counts.items()
        if all(number < first[1] for _, number in others)
    }
