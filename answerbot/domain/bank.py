"""Markdown text <-> Bank, Question, Gap (the span an answer goes into)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NewType

from answerbot.domain.dialects import (
    DIALECTS,
    LONGEST_QUESTION,
    Dialect,
    Entry,
    Fault,
    Kind,
    Mark,
    Outline,
    scan,
    with_newlines_in_place,
)
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.spacing import repair

QuestionId = NewType("QuestionId", str)
"""`<file stem>/<number>`, e.g. `rnn-theory-50/2`."""

DEFAULT_PLACEHOLDERS: tuple[str, ...] = (
    "_[To be filled]_",
    "To be filled in",
    "To be answered",
    "To be added",
    "To be written",
    "To be done",
    "To be determined",
    "Your answer here",
    "Write your answer here",
    "Answer goes here",
    "Coming soon",
    "TBD",
    "TBA",
    "TO" + "DO",
    "TO" + "-DO",
    "WIP",
    "...",
    "…",
    "???",
)
"""What stands where an answer is missing; case, emphasis and brackets around it do not matter."""


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
    r"""An answer that stands in the file.

    `text` is the answer with its line ends as `\n`, the blank space around it removed, and the
    indentation of its first line removed from every line that has it; `start` and `end` are the
    offsets of the span that holds it, and of the provenance comment where there is one; `note` is
    the inside of that comment (`<!-- answerbot: NOTE -->`).
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
    placeholders: tuple[str, ...] = DEFAULT_PLACEHOLDERS


def parse_bank(text: str, path: str, placeholders: Sequence[str] = DEFAULT_PLACEHOLDERS) -> Bank:
    """Read every question of the file, with its answer or the gap that one goes into.

    Raises:
        InputError: something in the file cannot be understood; it tells all that is wrong.
    """
    outline = _scanned(text, path)
    dialect = next((dialect for dialect in DIALECTS if dialect.recognises(outline)), None)
    known = _Placeholders(placeholders)
    entries, faults = _entries(outline, dialect, known)
    faults += _duplicates(entries)
    if faults or dialect is None or not entries:
        raise _unreadable(path, faults)
    stem = _stem(path)
    questions = tuple(_question(entry, stem, text, outline, known) for entry in entries)
    return Bank(path, text, dialect.name, questions, tuple(placeholders))


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of a file, whatever is wrong with the rest of it.

    `numbered` has the indices of those of `questions` that their writer numbered; two may have the
    same number. `marks` are the lines that structure the text.
    """

    questions: tuple[Question, ...]
    numbered: frozenset[int]
    faults: tuple[Fault, ...]
    marks: tuple[Mark, ...]
    dialect: str


def read_questions(
    text: str,
    path: str,
    placeholders: Sequence[str],
    dialects: Sequence[Dialect],
    meant: Callable[[str], object],
) -> Reading:
    """Read the questions that can be read; what is wrong with others does not matter to these.

    `meant` gives the known question that a text means, or None. The text is read in the dialect in
    which most known questions are answered: one heading in an answer cannot change it. A heading,
    or line, of a lower level than the question above it is part of its answer, unless it means a
    known question that is not asked at the level at which most are.

    Raises:
        InputError: the file is empty, or there is no question in it that could be read.
    """
    outline = _scanned(text, path)
    known = _Placeholders(placeholders)

    def fits(dialect: Dialect) -> tuple[int, int, bool]:
        asked, answered = set(), set()
        for entry in dialect.read(outline)[0]:
            meaning = meant(_asked(entry.text)) if len(entry.text) <= LONGEST_QUESTION else None
            if meaning is not None:
                asked.add(meaning)
                if not known.matches(text[entry.start : entry.end].strip()):
                    answered.add(meaning)
        return len(answered), len(asked), dialect.recognises(outline)

    dialect = max(dialects, key=fits)
    entries, faults = _entries(outline, dialect, known)
    parts = _parts_of_answers(entries, meant)
    if parts:
        outline.marks = [mark for mark in outline.marks if mark.line not in parts]
        entries, faults = _entries(outline, dialect, known)
    if not entries:
        raise _unreadable(path, faults)
    unread = {fault.line for fault in faults if fault.opens}
    entries = [entry for entry in entries if entry.line not in unread]
    return Reading(
        tuple(_question(entry, _stem(path), text, outline, known) for entry in entries),
        frozenset(i for i, entry in enumerate(entries) if entry.numbered),
        tuple(sorted(faults, key=lambda fault: fault.line)),
        tuple(outline.marks),
        dialect.name,
    )


def _scanned(text: str, path: str) -> Outline:
    if not text.strip("\ufeff \t\r\n\f\v"):
        raise InputError(
            Problem(
                "the file is empty", Location(path), "write a question into it, or leave it out"
            )
        )
    return scan(text)


def _entries(
    outline: Outline, dialect: Dialect | None, known: _Placeholders
) -> tuple[list[Entry], list[Fault]]:
    entries, faults = dialect.read(outline) if dialect else ([], [])
    return entries, [*outline.faults, *faults, *_unasked(entries, known)]


def _parts_of_answers(entries: Sequence[Entry], meant: Callable[[str], object]) -> set[int]:
    """The lines of what looks like a question below another one, and is part of its answer."""
    levels = [entry.level or _PLAIN_LINE for entry in entries]
    if len(set(levels)) < 2:
        return set()
    meanings = [meant(_asked(entry.text)) for entry in entries]
    known = Counter(level for level, meaning in zip(levels, meanings, strict=True) if meaning)
    usual = max(known, key=lambda level: (known[level], -level), default=_PLAIN_LINE)
    asked = {meaning for level, meaning in zip(levels, meanings, strict=True) if level == usual}
    parts: set[int] = set()
    above = _PLAIN_LINE
    for entry, meaning, level in zip(entries, meanings, levels, strict=True):
        if level > above and (meaning is None or (level != usual and meaning in asked)):
            parts.add(entry.line)
        else:
            above = level
    return parts


_PLAIN_LINE = 7
"""The level of a line that is no heading: below all of those."""


def _unreadable(path: str, faults: Sequence[Fault]) -> InputError:
    if not faults:
        return InputError(
            Problem(
                "the file has no question",
                Location(path),
                "write '## Question 1', a blank line and the question, or see docs/banks.md",
            )
        )
    return InputError(
        *(
            Problem(fault.what, Location(path, fault.line), fault.hint)
            for fault in sorted(faults, key=lambda fault: fault.line)
        )
    )


def write_answers(bank: Bank, answers: Mapping[QuestionId, str]) -> str:
    r"""Return the file's text with the answers in their gaps, or in place of the answers there.

    An answer is Markdown with `\n`; it may end with a provenance comment on a line of its own. It
    gets the line ends of the file; no other character of the file changes. The result has been
    read back: it has the same questions, and the answers that were written.

    Raises:
        InputError: an answer is empty or a placeholder, or the file would be misread with it.
        KeyError: the bank has no such question.
    """
    by_id = {question.id: question for question in bank.questions}
    written = {id_: _normalised(answer) for id_, answer in answers.items()}
    newline, lines = _newline(bank.text), with_newlines_in_place(bank.text)
    pieces, end = [], len(bank.text)
    for question in sorted((by_id[id_] for id_ in written), key=_span, reverse=True):
        _check_writable(bank, question, written[question.id])
        start, stop = _span(question)
        new = _fitted(lines, question, written[question.id])
        pieces += [bank.text[stop:end], new.replace("\n", newline)]
        end = start
    text = "".join(reversed([*pieces, bank.text[:end]]))
    _prove(bank, written, text)
    return text


class _Placeholders:
    """Tells a placeholder from an answer."""

    def __init__(self, placeholders: Collection[str]) -> None:
        self._bare = {bare for bare in map(_bare, map(_without_item, placeholders)) if bare}
        self._longest = 2 * max(map(len, placeholders), default=0) + 16

    def matches(self, text: str) -> bool:
        text = _without_item(text.strip())
        in_bold = _IN_BOLD.match(text)
        text = in_bold[2].strip() if in_bold else text
        if len(text) > self._longest and text.strip("_"):
            return False
        return not text or (len(text) > 1 and not text.strip("_")) or _bare(text) in self._bare


def _bare(text: str) -> str:
    bare = " ".join(text.split()).strip(" *_[](){}<>~").casefold()
    return bare.rstrip(".:!") or bare


_IN_BOLD = re.compile(r"(\*\*|__)(?i:answer|ans|solution)[ \t]*:((?:(?!\1).)*+)\1\Z")
_ITEM = re.compile(r"(?:[-*+](?=\s|\Z)|[0-9]{1,9}[.)](?=[ \t]))[ \t]*(?:\[[ \t]?\])?")


def _without_item(text: str) -> str:
    """The text without the mark of a list's item in front of it."""
    found = _ITEM.match(text)
    return text[found.end() :].strip() if found else text


def _unasked(entries: Sequence[Entry], known: _Placeholders) -> list[Fault]:
    faults = []
    for entry in entries:
        if known.matches(entry.text):
            what = "a placeholder stands where the question should"
            faults.append(Fault(entry.line, what, "write the question", opens=True))
        elif len(entry.text) > LONGEST_QUESTION:
            what = f"the question is {len(entry.text):,} characters long"
            hint = "write **Answer:** where its answer begins"
            faults.append(Fault(entry.line, what, hint, opens=True))
    return faults


def _duplicates(entries: Sequence[Entry]) -> list[Fault]:
    first: dict[int, int] = {}
    faults = []
    for entry in entries:
        line = first.setdefault(entry.number, entry.line)
        if line != entry.line:
            faults.append(
                Fault(
                    entry.line,
                    f"question {entry.number} is there twice",
                    f"give each question a number of its own; the first is at line {line}",
                )
            )
    return faults


def _question(
    entry: Entry, stem: str, text: str, outline: Outline, known: _Placeholders
) -> Question:
    answer, gap = _answer_or_gap(entry, text, outline, known)
    return Question(
        id=QuestionId(f"{stem}/{entry.number}"),
        number=entry.number,
        text=repair(_asked(entry.text)),
        line=entry.line,
        answer=answer,
        gap=gap,
        difficulty=entry.difficulty,
    )


def _answer_or_gap(
    entry: Entry, text: str, outline: Outline, known: _Placeholders
) -> tuple[Answer | None, Gap | None]:
    start, end, note = _without_comments(entry, text, outline)
    if start >= end and note is None:
        return None, _empty_gap(entry, text)
    span_end = note.end if note else end
    if not entry.in_list:
        start = _with_code_indentation(outline.text, start)
    if known.matches(text[start:end]):
        label = "**Answer:** " if _IN_BOLD.match(text, start, end) else ""
        return None, Gap(start, span_end, label, _after(text, span_end))
    body = _unindented(text[start:end], _indentation(outline.text, start))
    words = text[note.at : note.to].strip().removeprefix(_PROVENANCE).strip() if note else None
    return Answer(body, start, span_end, outline.line_at(start), words), None


_PROVENANCE = "answerbot:"
_BLANK = " \t\r\n"
"""What Markdown knows as blank; a form feed is a character like others."""


def _without_comments(entry: Entry, text: str, outline: Outline) -> tuple[int, int, Mark | None]:
    """Where the visible answer starts and ends, and the provenance comment that follows it."""
    marks = outline.marks
    start, end = _trimmed(text, entry.start, entry.end)
    below: Mark | None = None
    while text.endswith("-->", start, end):
        mark = _comment(marks, end, _end_of)
        if mark is None or mark.start < start:
            break
        below = mark
        start, end = _trimmed(text, start, mark.start)
    while text.startswith("<!--", start, end):
        mark = _comment(marks, start, _start_of)
        if mark is None:
            break
        start, end = _trimmed(text, mark.end, end)
    if below is None or not text[below.at : below.to].lstrip().startswith(_PROVENANCE):
        return start, end, None
    return start, end, below


def _end_of(mark: Mark) -> int:
    return mark.end


def _start_of(mark: Mark) -> int:
    return mark.start


def _comment(marks: Sequence[Mark], offset: int, side: Callable[[Mark], int]) -> Mark | None:
    """The comment that starts, or ends, at the offset."""
    i = bisect_right(marks, offset, key=side) - 1
    if i >= 0 and side(marks[i]) == offset and marks[i].kind is Kind.COMMENT:
        return marks[i]
    return None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inside = text[start:end]
    stripped = inside.lstrip()
    start += len(inside) - len(stripped)
    return start, start + len(stripped.rstrip())


def _with_code_indentation(text: str, start: int) -> int:
    """Where the answer starts when the margin of its first line makes that line code."""
    line_start = _line_start(text, start)
    margin = text[line_start:start]
    code = not margin.strip(" \t") and ("\t" in margin or len(margin) > 3)
    return line_start if code else start


def _empty_gap(entry: Entry, text: str) -> Gap:
    at = entry.start
    if text[at - 1 : at + 1] == "\r\n":
        at -= 1
    before = entry.lead
    if not before and text[at - 1] not in " \t":
        before = " "
    return Gap(at, at, before, _after(text, at))


def _after(text: str, at: int) -> str:
    """What has to stand between an answer that ends here and the line below it."""
    rest, below = _LINE_AND_NEXT.match(text, at).groups()  # type: ignore[union-attr]
    if rest.strip():
        return "\n\n"
    return "\n" if below and below.strip() else ""


_LINE_AND_NEXT = re.compile(r"([^\r\n]*)(?:(?:\r\n|\r|\n)([^\r\n]*))?")


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


_MARGIN = re.compile(r"[ \t]*(?:[-*+][ \t]+(?=\S))?")


def _indentation(text: str, at: int) -> str:
    """What further lines of an answer that starts here are indented by: its item's margin."""
    found = _MARGIN.match(text, _line_start(text, at), at)
    return re.sub(r"[^\t]", " ", found[0]) if found else ""


def _unindented(text: str, indentation: str) -> str:
    text = _with_newlines(text)
    return text.replace("\n" + indentation, "\n") if indentation else text


def _with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _newline(text: str) -> str:
    """The line end that the file uses first."""
    found = re.search(r"\r\n|\r|\n", text)
    return found[0] if found else "\n"


_AROUND = re.compile(r"(\*\*\*|\*\*|__|\*|_)(?=\S)(.*\S)\1\Z", re.DOTALL)
_LINK_AROUND = re.compile(r"\A\[?(?=[^\[\]]*?\w)([^\[\]]*+)\]\([^()\s]*\)([*_]*)\Z")
_QUOTED = re.compile(r"^>[ \t]?", re.MULTILINE)
_BLOCKS = re.compile(r"\n[ \t]*\n|^[ \t]*(?:```|~~~|[-*+] |\||[0-9]+[.)] )", re.MULTILINE)


def _asked(text: str) -> str:
    """The question, on one line where it is one paragraph, without emphasis around all of it."""
    text = _with_newlines(text).strip()
    if text.startswith(">"):
        text = _QUOTED.sub("", text)
    if "\n" not in text or not _BLOCKS.search(text):
        text = " ".join(text.split())
    if "](" in text:
        text = _LINK_AROUND.sub(r"\1\2", text)
    found = _AROUND.match(text)
    if found and found[1] not in found[2]:
        return found[2]
    return _without_stray_mark(text)


def _without_stray_mark(text: str) -> str:
    """Drop the end of an emphasis that began before the question did: `**3. What is it?**`."""
    first, newline, rest = text.partition("\n")
    for mark in ("**", "__"):
        if first.endswith(mark) and first.count(mark) == 1 and first != mark:
            return first[:-2].rstrip() + newline + rest
    return text


def _stem(path: str) -> str:
    name = re.split(r"[/\\]", path)[-1]
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name


def _span(question: Question) -> tuple[int, int]:
    place = question.answer or question.gap
    assert place is not None, "a question has an answer or a gap"
    return place.start, place.end


_NOTE_BELOW = re.compile(rf"(?:\A|\n)[ \t]*<!--\s*{_PROVENANCE}((?:(?!-->).)*+)-->\Z", re.DOTALL)
_STARTS_BLOCK = re.compile(
    r"(?:[-*+]|[0-9]{1,9}[.)])[ \t]|```|~~~|\||\$\$|#{1,6}[ \t]|>|</?[A-Za-z!]"
    r"|(?:[-*_][ \t]*){3,}$|[^\n]*\n[ \t]*[-:|][-:| \t]*$",
    re.MULTILINE,
)


def _normalised(answer: str) -> str:
    return _with_newlines(answer).strip()


def _split_note(answer: str) -> tuple[str, str | None]:
    found = _NOTE_BELOW.search(answer)
    return (answer[: found.start()].rstrip(), found[1].strip()) if found else (answer, None)


def _fitted(text: str, question: Question, answer: str) -> str:
    """The answer with what has to stand around it: a block starts on a line of its own."""
    start, _ = _span(question)
    before, after = (question.gap.before, question.gap.after) if question.gap else ("", "")
    line = (text[_line_start(text, start) : start] + before).rpartition("\n")[2]
    if line.strip(_BLANK) and _STARTS_BLOCK.match(answer):
        before = before.rstrip(" ") + "\n\n"
    indentation = _indentation(text, start) if "\n\n**" not in before else ""
    lines = (before + answer).split("\n")
    rest = [indentation + line if line else line for line in lines[1:]]
    return "\n".join([lines[0], *rest]) + after


def _check_writable(bank: Bank, question: Question, answer: str) -> None:
    body, _ = _split_note(answer)
    if _Placeholders(bank.placeholders).matches(body):
        raise _unwritable(bank, question, "is empty or a placeholder")
    if "\x00" in answer or any("\ud800" <= character <= "\udfff" for character in answer):
        raise _unwritable(bank, question, "contains a character that no text file can hold")


def _unwritable(bank: Bank, question: Question, why: str) -> InputError:
    return InputError(
        Problem(
            f"the answer to be written for {question.id} {why}",
            Location(bank.path, question.line),
            "nothing was written; change that answer",
        )
    )


def _prove(bank: Bank, written: Mapping[QuestionId, str], text: str) -> None:
    """Check that the text has the same questions, the written answers, and the others unchanged."""
    try:
        again = parse_bank(text, bank.path, bank.placeholders).questions
    except InputError as error:
        ids = ", ".join(list(written)[:3]) + (", ..." if len(written) > 3 else "")
        raise InputError(
            *(
                Problem(
                    f"with the new answers ({ids}) the file could not be read: {problem.what}",
                    Location(bank.path),
                    "nothing was written; an answer holds a line that reads as something else",
                )
                for problem in error.problems
            )
        ) from error
    before = bank.questions
    changed = before[0]
    for i, question in enumerate(before):
        changed = question if question.id in written else changed
        if i >= len(again) or _identity(question) != _identity(again[i]):
            raise _unwritable(bank, changed, _MISREAD)
        if _content(again[i]) != (
            _split_note(written[question.id]) if question.id in written else _content(question)
        ):
            raise _unwritable(bank, changed, _MISREAD)
    if len(again) > len(before):
        raise _unwritable(bank, changed, _MISREAD)


_MISREAD = "would be read as something else: it holds a heading, a rule or a line like a question"


def _identity(question: Question) -> tuple[QuestionId, str, str | None]:
    return question.id, question.text, question.difficulty


def _content(question: Question) -> tuple[str, str | None] | None:
    return (question.answer.text, question.answer.note) if question.answer else None
