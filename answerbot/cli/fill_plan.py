"""Which answers `fill` writes, into which files, and which it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from os.path import realpath
from pathlib import Path

from answerbot.adapters.files import read_bank, read_text, write_atomically
from answerbot.adapters.locks import alone_in
from answerbot.cli.loading import read_banks, selected
from answerbot.domain.bank import Bank, Question, QuestionId, parse_bank, write_answers
from answerbot.domain.errors import ASK_ANEW, InputError, Location, Problem, ReplyError
from answerbot.domain.filling import (
    Standing,
    answers_of,
    continue_copy,
    is_plain_copy,
    standing,
    written,
)
from answerbot.workflows.fill import Filled, Outcome, Unfilled


@dataclass(frozen=True)
class Work:
    """One file: `bank` is what filling goes on from, `target` where the result goes.

    `before` is the target's text when it was read, None where there was no such file. New answers
    are written into `ground`, together with those `kept`. `ask` are the questions to answer,
    `rebuild` those with an untouched answer of ours, which is rebuilt where that costs nothing.
    """

    source: Path
    target: Path
    bank: Bank
    before: str | None
    ground: Bank
    kept: Mapping[QuestionId, str]
    ask: tuple[Question, ...]
    rebuild: tuple[Question, ...]

    @cached_property
    def standings(self) -> Mapping[QuestionId, Standing]:
        """Whose each answer is at the start."""
        return {question.id: standing(question) for question in self.bank.questions}


def plan(
    targets: Mapping[Path, Path],
    placeholders: tuple[str, ...],
    *,
    only: Sequence[str] = (),
    limit: int | None = None,
    force: bool = False,
) -> list[Work]:
    """What is to be done for each file; `targets` names where the answers of each are written.

    `only` names question ids, `*` and `?` allowed; `limit` bounds the questions asked, of all files
    together; `force` fills anew what the program wrote, also where it was edited since.

    Raises:
        InputError: a file is no bank, two would be written to one place, an id is unknown.
    """
    _refuse_collisions(targets)
    works = []
    for bank, (source, target) in zip(
        read_banks(targets, placeholders), targets.items(), strict=True
    ):
        if target == source:
            works.append(_work(source, target, bank, bank.text, force))
        elif not target.exists():
            works.append(_work(source, target, bank, None, force))
        else:
            copy = read_bank(target, placeholders)
            if is_plain_copy(bank, copy):
                # Written anew from the source, it is the same as one that never was there before.
                work = _work(source, target, copy, copy.text, force)
                works.append(replace(work, ground=bank, kept=answers_of(copy)))
            else:
                merged = continue_copy(bank, copy, placeholders, force)
                works.append(_work(source, target, merged, copy.text, force))
    return _limited(_selected(works, only), limit)


def _refuse_collisions(targets: Mapping[Path, Path]) -> None:
    taken: dict[str, Path] = {}
    for source, target in targets.items():
        if (first := taken.setdefault(realpath(target), source)) is not source:
            what = f"it would be written to {target}, as {first} would"
            raise InputError(Problem(what, Location(str(source)), "give one of them another name"))


def _work(source: Path, target: Path, bank: Bank, before: str | None, force: bool) -> Work:
    standings = {question.id: standing(question) for question in bank.questions}
    wanted = {"gap", "ours", "edited"} if force else {"gap"}
    return Work(
        source,
        target,
        bank,
        before,
        ground=bank,
        kept={},
        ask=tuple(q for q in bank.questions if standings[q.id] in wanted),
        rebuild=() if force else tuple(q for q in bank.questions if standings[q.id] == "ours"),
    )


def _selected(works: Sequence[Work], only: Sequence[str]) -> list[Work]:
    questions = [question for work in works for question in work.bank.questions]
    chosen = {question.id for question in selected(questions, only)}

    def those(questions: Sequence[Question]) -> tuple[Question, ...]:
        return tuple(question for question in questions if question.id in chosen)

    return [replace(work, ask=those(work.ask), rebuild=those(work.rebuild)) for work in works]


def _limited(works: Sequence[Work], limit: int | None) -> list[Work]:
    if limit is None:
        return list(works)
    limited = []
    for work in works:
        limited.append(replace(work, ask=work.ask[:limit]))
        limit -= len(limited[-1].ask)
    return limited


def result(work: Work, filled: Sequence[Filled]) -> str:
    """The text of the target with these answers in it."""
    return write_answers(work.ground, {**work.kept, **_notes(filled)})


def _notes(filled: Sequence[Filled]) -> dict[QuestionId, str]:
    return {one.question.id: f"{one.text}\n\n{one.provenance.comment()}" for one in filled}


def without_misfits(works: Sequence[Work], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes, where an answer that its file would be misread with is a failure.

    The others are not held up by it.
    """
    filled = {one.question.id: one for one in outcomes if isinstance(one, Filled)}
    misfits: dict[QuestionId, Unfilled] = {}
    for work in works:
        mine = [filled[q.id] for q in work.bank.questions if q.id in filled]
        misfits |= {one.question.id: one for one in _misfits(work, mine)}
    return [misfits.get(one.question.id, one) for one in outcomes]


def _misfits(work: Work, filled: Sequence[Filled]) -> list[Unfilled]:
    try:
        result(work, filled)
    except InputError as error:
        if len(filled) > 1:
            half = len(filled) // 2
            return [*_misfits(work, filled[:half]), *_misfits(work, filled[half:])]
        hint = f"write this answer by hand; the reply is {ASK_ANEW}"
        problems = [replace(problem, hint=hint) for problem in error.problems]
        return [
            Unfilled(one.question, ReplyError(*problems, keys=(one.provenance.key,)))
            for one in filled
        ]
    return []


def write(work: Work, filled: Sequence[Filled], placeholders: tuple[str, ...]) -> bool:
    """The target holds these answers; tells whether it had to be changed.

    An answer that somebody changed in the file since it was read stays as they have it, and so does
    what another run wrote: one at a time reads the file again and replaces it.

    Raises:
        InputError: the file was deleted or spoilt meanwhile; it is left as it is.
    """
    if not filled:
        return False
    folder = Path(realpath(work.target)).parent
    folder.mkdir(parents=True, exist_ok=True)
    with alone_in(folder):
        return _write(work, filled, placeholders)


def _write(work: Work, filled: Sequence[Filled], placeholders: tuple[str, ...]) -> bool:
    before = read_text(work.target) if work.target.exists() else None
    if before is None and work.before is not None:
        hint = "the answers are kept: put the file back and run the same command again"
        what = "the file was deleted while it was being filled"
        raise InputError(Problem(what, Location(str(work.target)), hint))
    if before is None or before == work.before:
        text = result(work, filled)
    else:
        now = parse_bank(before, str(work.target), placeholders)
        begun = {(q.id, q.text, _content(q)) for q in work.bank.questions}
        still = {q.id for q in now.questions if (q.id, q.text, _content(q)) in begun}
        text = write_answers(now, _notes([one for one in filled if one.question.id in still]))
    if text == before:
        return False
    write_atomically(work.target, text)
    return True


def _content(question: Question) -> str | None:
    return written(question) if question.answer else None
