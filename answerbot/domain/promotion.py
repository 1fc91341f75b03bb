"""A decided answer becomes an exemplar of its rubric: text put into the file, nothing else touched.

The new text is spliced in behind the last exemplar, and before anybody writes it, it is read again:
the rubric has to be the same with one exemplar more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from answerbot.domain.bank import QuestionId
from answerbot.domain.decisions import Label, believed, hash_of
from answerbot.domain.errors import InputError
from answerbot.domain.rubric import Exemplar, Rubric, parse_rubric
from answerbot.domain.strict_yaml import events, read_yaml
from answerbot.domain.submission import Graded

_DIGITS = 8
_NARROW = 2


class NoExemplarError(ValueError):
    """The answer cannot become an exemplar; the message says why."""


def exemplar_of(graded: Graded, asked: QuestionId) -> Exemplar:
    """The answer with the verdicts that are believed, under an id that no other answer has.

    `asked` is the question that the rubric's exemplars answer. The id tells nothing of the
    candidate.

    Raises:
        NoExemplarError: a verdict is not known or in doubt, there is no answer, or it is one to
            another question.
    """
    if (answered := graded.submission.question_id) != asked:
        raise NoExemplarError(
            f"it answers {answered}, and the exemplars of the rubric are judged as answers to "
            f"{asked}, the first of its questions"
        )
    if graded.status == "estimated":
        raise NoExemplarError("some of its verdicts are estimates; decide all of them")
    if graded.status != "graded":
        raise NoExemplarError("not all of it is decided")
    if not graded.submission.text.strip():
        raise NoExemplarError("there is no answer")
    text = graded.submission.text
    return Exemplar(
        id=f"reviewed-{hash_of(text)[:_DIGITS]}", answer=text, verdicts=dict(believed(graded))
    )


def promote(text: str, path: str, exemplar: Exemplar) -> str:
    """The rubric's file with the exemplar as its last; every other character is as it was.

    The id gets more digits where another exemplar has it.

    Raises:
        NoExemplarError: the rubric has this answer already, or the file is written in a way that
            nothing can be put into.
        InputError: the text is no rubric.
    """
    rubric = parse_rubric(text, path)
    if same := next((one for one in rubric.exemplars if _is_same(one, exemplar)), None):
        differs = "" if same.verdicts == exemplar.verdicts else ", with other verdicts"
        raise NoExemplarError(f"it is the exemplar {same.id} already{differs}")
    exemplar = exemplar.model_copy(update={"id": _free_id(exemplar, rubric)})
    place = _place(text)
    for addition in _additions(exemplar, place):
        written = text[: place.offset] + addition + text[place.offset :]
        if _adds_only(written, path, text, rubric, exemplar):
            return written
    raise NoExemplarError("the file is written so that nothing can be added to its exemplars")


def _is_same(one: Exemplar, other: Exemplar) -> bool:
    """Whether the answers are alike but for the ends of their lines."""
    return _plain(one.answer) == _plain(other.answer)


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _free_id(exemplar: Exemplar, rubric: Rubric) -> str:
    taken = {one.id for one in rubric.exemplars}
    digest = hash_of(exemplar.answer)
    longer = (f"reviewed-{digest[:digits]}" for digits in range(_DIGITS + 1, 52))
    return next(id_ for id_ in (exemplar.id, *longer) if id_ not in taken)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an exemplar goes: in a list of lines, or (`flow`) between brackets.

    `dash` is the column of the list's dashes, `keys` that of its items' keys, `before` what has to
    stand in front of a new line.
    """

    offset: int
    flow: bool
    dash: int
    keys: int
    newline: str
    before: str


def _place(text: str) -> _Place:
    """Behind the last exemplar."""
    inside = _Exemplars(text)
    last = inside.end
    newline = "\r\n" if "\r\n" in text else "\n"
    if inside.flow:
        return _Place(last, True, 0, 0, newline, ", ")
    end = last
    if text[last - 1 : last] != "\n":  # the rest of the line is a comment, or nothing
        found = text.find("\n", last)
        end = len(text) if found < 0 else found + 1
    before = "" if text[end - 1 : end] == "\n" else newline
    return _Place(end, False, inside.dash, inside.keys, newline, before)


class _Exemplars:
    """What the parser says of the list of exemplars: where it starts, and what ends in it."""

    def __init__(self, text: str) -> None:
        self.end = 0
        depth, key = 0, ""
        opened: yaml.SequenceStartEvent | None = None
        first: yaml.Event | None = None
        for event in events(text):
            if opened is not None:
                first = first or event
                if depth == _NARROW and isinstance(event, yaml.SequenceEndEvent):
                    break
                if isinstance(event, yaml.ScalarEvent) or _closes_flow(event, text):
                    self.end = _mark(event.end_mark).index
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth == _NARROW and key == "exemplars":
                    assert isinstance(event, yaml.SequenceStartEvent)
                    opened = event
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            key = event.value if isinstance(event, yaml.ScalarEvent) and depth == 1 else ""
        assert opened is not None, "a rubric has exemplars"
        assert first is not None, "a rubric has exemplars"
        self.flow = bool(opened.flow_style)
        self.dash = _mark(opened.start_mark).column
        self.keys = _mark(first.start_mark).column


def _mark(mark: Any) -> Any:
    assert mark is not None, "the parser knows where it is"
    return mark


def _closes_flow(event: yaml.Event, text: str) -> bool:
    """Whether it is a bracket; the end of a block is wherever the next thing begins."""
    end = _mark(event.end_mark).index
    return isinstance(event, yaml.CollectionEndEvent) and text[end - 1 : end] in ("}", "]")


def _additions(exemplar: Exemplar, place: _Place) -> Iterable[str]:
    """Ways to write the exemplar, the one that reads best first."""
    if place.flow:
        labels = ", ".join(f"{id_}: {label}" for id_, label in exemplar.verdicts.items())
        answer = _quoted(exemplar.answer)
        yield f"{place.before}{{id: {exemplar.id}, answer: {answer}, verdicts: {{{labels}}}}}"
        return
    for answer in (*_blocks(exemplar.answer, place.keys + _NARROW), _quoted(exemplar.answer)):
        dash = " " * place.dash + "-"
        lines = [
            f"{dash.ljust(place.keys)}id: {exemplar.id}",
            f"{' ' * place.keys}answer: {answer}",
            f"{' ' * place.keys}verdicts:",
            *_labels(exemplar.verdicts, place.keys + _NARROW),
        ]
        yield place.before + "".join(f"{line}\n" for line in lines).replace("\n", place.newline)


def _labels(verdicts: Mapping[str, Label], column: int) -> list[str]:
    return [f"{' ' * column}{id_}: {label}" for id_, label in verdicts.items()]


def _blocks(text: str, column: int) -> Iterable[str]:
    """The text as a block, where a block can hold it."""
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    head = "|-" if ends == 0 else "|" if ends == 1 else "|+"
    if body[:1] in (" ", "\n"):
        head = f"{head[0]}{_NARROW}{head[1:]}"
    lines = [f"{' ' * column}{line}" if line else "" for line in body.split("\n")]
    yield "\n".join([head, *lines, *[""] * max(ends - 1, 0)])


_UNSAFE = re.compile(r'[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|["\\\u2028\u2029]')
_SHORT = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def _quoted(text: str) -> str:
    """The text in double quotes, on one line."""
    return f'"{_UNSAFE.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if short := _SHORT.get(character):
        return short
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\U{code:08x}"


def _adds_only(written: str, path: str, text: str, before: Rubric, exemplar: Exemplar) -> bool:
    """Whether the file means what it meant, and one exemplar more."""
    try:
        values = dict(read_yaml(written, path, "rubric").values)
        after = parse_rubric(written, path)
    except InputError:
        return False
    old = dict(read_yaml(text, path, "rubric").values)
    *exemplars, new = values.pop("exemplars")
    return (
        tuple(exemplars) == old.pop("exemplars")
        and values == old
        and after.exemplars == (*before.exemplars, exemplar)
        and new["answer"] == exemplar.answer
    )
