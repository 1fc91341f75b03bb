"""What a dialect reads: entries, each a question and the region of the text for its answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from answerbot.domain.dialects.outline import Fault, Kind, Mark, Outline


@dataclass(frozen=True, slots=True)
class Entry:
    """A question and where its answer is, or would be.

    `text` is the question as it stands in the file. The answer stands in `[start, end)`, blank
    space and comments around it included; `lead` has to stand between `start` and a new answer.
    Where the question may be an item of a list, its answer may be indented.
    """

    number: int
    line: int
    text: str
    start: int
    end: int
    lead: str
    in_list: bool
    difficulty: str | None = None


class Dialect(Protocol):
    """One way of writing questions and answers down."""

    name: str

    def recognises(self, outline: Outline) -> bool:
        """Say whether the text is written in this dialect."""
        ...

    def read(self, outline: Outline) -> tuple[list[Entry], list[Fault]]:
        """Read every question, and say what is wrong with those that cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Opener:
    """The mark that a question starts at.

    `number` is -1 where the writer gave none; `text[at:to]` is the question, or its start, on the
    same line. `level` is a heading's, 0 on a plain line.
    """

    index: int
    number: int
    at: int
    to: int
    level: int


def asks(outline: Outline, mark: Mark) -> bool:
    """Say whether a heading ends with a question mark."""
    return mark.kind is Kind.HEADING and outline.text[mark.at : mark.to].rstrip("*_ \t").endswith(
        "?"
    )


LEVELS = r"(Easy|Medium|Hard|Beginner|Intermediate|Advanced)"
_DIFFICULTY_SUFFIX = re.compile(rf"[\[(]{LEVELS}[\])][ \t]*\Z", re.IGNORECASE)
_LEAD = "\n\n**Answer:** "
_PARAGRAPH_END = re.compile(r"\n[ \t]*(?=\n|\Z)")
_NOT_BLANK = re.compile(r"\S")
_CLOSED = r"[*_)\"'”’\]]*+(?=\s|\Z)"
_ASKING = re.compile(
    rf"[^?]*+(?:\?++(?!{_CLOSED})[^?]*+)*+\?++{_CLOSED}(?:\s++[^?.!:;]*+\?++{_CLOSED})*+"
)


def read_entries(outline: Outline, openers: Sequence[Opener]) -> tuple[list[Entry], list[Fault]]:
    """Read the entry of every opener: what stands from it to the next one, or to a boundary."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    number = 0
    ruled = len(openers) > 1
    above = _ask_in_headings(openers)
    faults += _unnumbered(outline, openers)
    for i, opener in enumerate(openers):
        last = i + 1 == len(openers)
        stop = len(outline.marks) if last else openers[i + 1].index
        body, end = _body(outline, opener, stop)
        body, end, was_ruled = _cut_rules(outline, body, end, footer=last and ruled)
        ruled = ruled and was_ruled
        number = number + 1 if opener.number < 0 else opener.number
        labels = _labels(body)
        if len(labels) > 1:
            faults += _second_answers(outline, labels)
        entry = None
        if opener.at < opener.to or not (opener.level and above):
            entry = _entry(outline, opener, number, body, labels[:1], end)
        if entry is None:
            faults.append(
                Fault(
                    outline.marks[opener.index].line,
                    "the heading has no question" if opener.level else "the number has no question",
                    "write the question below it, or delete it",
                )
            )
        else:
            entries.append(entry)
    return entries, faults


def _ask_in_headings(openers: Sequence[Opener]) -> bool:
    """Whether most questions stand in their headings: text below a bare one is its answer then."""
    headings = [opener for opener in openers if opener.level]
    return 2 * sum(opener.at < opener.to for opener in headings) > len(headings)


def _unnumbered(outline: Outline, openers: Sequence[Opener]) -> list[Fault]:
    """What is wrong with headings that ask, among the numbered ones and of their level."""
    levels = {opener.level for opener in openers}
    own = {opener.index for opener in openers}
    numbered = [opener for opener in openers if opener.number >= 0]
    if not numbered:
        return []
    return [
        Fault(
            mark.line,
            "the heading asks something, but has no number like the others",
            "number it like the others, or put it a level below its question",
        )
        for index, mark in enumerate(outline.marks)
        if index > numbered[0].index
        and index not in own
        and mark.level in levels
        and asks(outline, mark)
    ]


def _body(outline: Outline, opener: Opener, stop: int) -> tuple[Sequence[Mark], int]:
    """The marks that belong to the question, and the offset where its part of the text ends."""
    marks = outline.marks
    for index in range(opener.index + 1, stop):
        mark = marks[index]
        if mark.kind is Kind.HEADING and mark.level <= (opener.level or 6):
            stop = index
            break
    end = marks[stop].start if stop < len(marks) else len(outline.text)
    return marks[opener.index + 1 : stop], end


def _cut_rules(
    outline: Outline, body: Sequence[Mark], end: int, *, footer: bool
) -> tuple[Sequence[Mark], int, bool]:
    """Leave out the rules that separate questions, and what stands below the last of them."""
    text, ruled = outline.text, False
    if footer:
        rules = [i for i, mark in enumerate(body) if mark.kind is Kind.RULE]
        if rules:
            body, end = body[: rules[-1]], body[rules[-1]].start
    while body:
        mark = body[-1]
        if mark.kind is Kind.RULE and not _NOT_BLANK.search(text, mark.end, end):
            body, end, ruled = body[:-1], mark.start, True
        else:
            break
    return body, end, ruled


def _entry(
    outline: Outline,
    opener: Opener,
    number: int,
    body: Sequence[Mark],
    labels: Sequence[Mark],
    end: int,
) -> Entry | None:
    text = outline.text
    line = outline.marks[opener.index].line
    asked, difficulty = _split_difficulty(text[opener.at : opener.to])
    label = labels[0] if labels else None
    before = label.start if label else end
    for mark in body:
        if mark.kind is Kind.DIFFICULTY and mark.start < before:
            difficulty = text[mark.at : mark.to].strip(" \t*_") or difficulty
    after_opener = outline.marks[opener.index].end
    if label:
        parts = [asked, _without_metadata(text, body, after_opener, label.start)]
        asked, start = "\n\n".join(part for part in parts if part), label.at
    elif opener.level and asked:
        start = _after_metadata(text, body, after_opener, end)
    elif asked:
        asked, start = _split_paragraph(text, body, opener, end)
    else:
        begin, start = _first_paragraph(text, body, after_opener, end)
        asked = text[begin:start]
    asked = asked.strip()
    if not asked:
        return None
    lead = _LEAD if label is None else "\n\n" if label.level else ""
    return Entry(number, line, asked, start, end, lead, not opener.level, difficulty)


def _labels(body: Sequence[Mark]) -> list[Mark]:
    """The labels of answers; those below a labelled question belong to a dialogue."""
    labels = []
    for mark in body:
        if mark.kind is Kind.ANSWER:
            labels.append(mark)
        elif mark.kind is Kind.QUESTION:
            break
    return labels


def _second_answers(outline: Outline, labels: Sequence[Mark]) -> list[Fault]:
    """What is wrong where a label stands twice; one written otherwise is part of the answer."""
    words = [outline.text[mark.start : mark.at].strip() for mark in labels]
    return [
        Fault(
            mark.line,
            "the question has two answers",
            f"delete one, or its label; the first is at line {labels[0].line}",
        )
        for mark, word in zip(labels[1:2], words[1:2], strict=True)
        if word == words[0]
    ]


def _split_difficulty(asked: str) -> tuple[str, str | None]:
    found = _DIFFICULTY_SUFFIX.search(asked) if asked.rstrip().endswith((")", "]")) else None
    return (asked[: found.start()].rstrip(), found[1]) if found else (asked.strip(), None)


def _without_metadata(text: str, body: Sequence[Mark], start: int, end: int) -> str:
    """What is written between a question's opener and its answer's label, for people to read."""
    pieces, position = [], start
    for mark in body:
        if mark.start >= end:
            break
        if mark.kind in (Kind.DIFFICULTY, Kind.COMMENT, Kind.RULE):
            pieces.append(text[position : mark.start])
            position = mark.end
    pieces.append(text[position:end])
    return "".join(pieces).strip()


def _after_metadata(text: str, body: Sequence[Mark], start: int, end: int) -> int:
    for mark in body:
        if mark.kind not in (Kind.DIFFICULTY, Kind.RULE) or _NOT_BLANK.search(
            text, start, mark.start
        ):
            break
        start = mark.end
    return min(start, end)


def _first_paragraph(text: str, body: Sequence[Mark], start: int, end: int) -> tuple[int, int]:
    """Where the first paragraph starts and ends; comments, rules and metadata are none."""
    for mark in body:
        if mark.kind in (Kind.DIFFICULTY, Kind.COMMENT, Kind.RULE) and not _NOT_BLANK.search(
            text, start, mark.start
        ):
            start = mark.end
    found = _NOT_BLANK.search(text, start, end)
    if not found:
        return end, end
    begin = found.start()
    blank = _PARAGRAPH_END.search(text, begin, end)
    stop = blank.start() if blank else end
    for mark in body:
        if mark.start > begin:
            stop = min(stop, mark.start)
            break
        if mark.kind is Kind.CODE and mark.end > begin:
            stop = mark.end
    return begin, stop


def _split_paragraph(text: str, body: Sequence[Mark], opener: Opener, end: int) -> tuple[str, int]:
    """Tell question and answer apart where both may stand in one paragraph.

    With a paragraph below, the whole first one is the question, unless its first lines ask and the
    others do not. With none below, the answer follows the last sentence that asks.
    """
    blank = _PARAGRAPH_END.search(text, opener.to, end)
    stop = blank.start() if blank else end
    for mark in body:
        if mark.start > opener.to:
            stop = min(stop, mark.start)
            break
    paragraph = text[opener.at : stop]
    asking = _ASKING.match(paragraph)
    has_more = _NOT_BLANK.search(text, stop, end) is not None
    if asking and paragraph[asking.end() :].strip():
        at_line_end = paragraph[asking.end() :].lstrip(" \t").startswith("\n")
        if at_line_end or not has_more:
            return asking[0], opener.at + asking.end()
    elif not asking and not has_more:
        return text[opener.at : opener.to], opener.to
    return paragraph, stop
