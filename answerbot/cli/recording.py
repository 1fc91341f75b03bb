"""`--record`: the replies that a run used become recordings, for a replay of the same work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from answerbot.adapters.locks import alone_in
from answerbot.adapters.recordings import load_recordings, write_recordings
from answerbot.cli.stack import Stack
from answerbot.domain.bank import QuestionId


def keep_recordings(
    path: Path, stack: Stack, places: Mapping[QuestionId, int], done: Collection[QuestionId]
) -> None:
    """The file holds what the work on `done` used, and what it held for all other questions.

    `places` are the questions of the file with their order. What another file of the folder holds
    already is not held twice.
    """
    used = [
        entry.recording.model_copy(update={"label": entry.request.label})
        for entry in stack.ledger.entries
        if question_of(entry.request.label) in places and question_of(entry.request.label) in done
    ]
    mine = [one for one in used if not _stands_elsewhere(one.key, path, stack)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone_in(path.parent):
        kept = [one for one in load_recordings([path]).all() if question_of(one.label) not in done]
        if mine or kept:
            labels = {one.label for one in (*kept, *mine)}
            order = sorted(labels, key=lambda one: _place(one, places))
            write_recordings(path, (*kept, *mine), order)


def add_recordings(path: Path, stack: Stack, order: Mapping[QuestionId, int]) -> None:
    """The file holds what it held, and each reply that this run used for the work in `order`.

    Nothing is taken out: a label may stand for the answers of two people of one name, or for votes
    that this run did not need.
    """
    used = [
        entry.recording.model_copy(update={"label": entry.request.label})
        for entry in stack.ledger.entries
        if question_of(entry.request.label) in order
    ]
    mine = {one.key: one for one in used if not _stands_elsewhere(one.key, path, stack)}
    if not mine:
        return
    with alone_in(path.parent):
        kept = [one for one in load_recordings([path]).all() if one.key not in mine]
        labels = {one.label for one in (*kept, *mine.values())}
        written = sorted(labels, key=lambda label: _place(label, order))
        write_recordings(path, (*kept, *mine.values()), written)


def question_of(label: str) -> QuestionId:
    """The question that a label names: 'rnn-theory-50/2 draft'."""
    return QuestionId(label.split(" ", 1)[0])


def _stands_elsewhere(key: str, path: Path, stack: Stack) -> bool:
    if key not in stack.recordings:
        return False
    file = Path(stack.recordings.location(key).path).resolve()
    return file != path.resolve() and file.parent == path.resolve().parent


def _place(label: str, places: Mapping[QuestionId, int]) -> tuple[int, int, str]:
    """In the order of the questions, then of the work on each."""
    step = label.partition(" ")[2]
    number = int("".join(filter(str.isdigit, step)) or 0)
    later = 2 * number + step.startswith("revise")
    return places.get(question_of(label), len(places)), later, step
