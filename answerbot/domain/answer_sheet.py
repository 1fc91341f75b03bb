"""A bank's Markdown with a candidate's answers in it -> AnswersFile.

Nothing but the form tells where an answer ends, so what might belong to an answer and might not
is told, and that answer is not graded.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence

from answerbot.domain.answers import (
    LONGEST_NAME,
    AnswersFile,
    Stated,
    clean_name,
    stem_of,
)
from answerbot.domain.bank import Question, Reading, read_questions
from answerbot.domain.dialects import DIALECTS, Kind, Mark, with_newlines_in_place
from answerbot.domain.dialects.entry import asks
from answerbot.domain.dialects.ids import IdHeadings
from answerbot.domain.dialects.outline import Outline, front_matter_end
from answerbot.domain.english import stem
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.known import Known, words
from answerbot.domain.rows import shortened


def read_sheet(text: str, path: str, known: Known, placeholders: Sequence[str]) -> AnswersFile:
    """Read the answers below the questions of a bank; a gap is a blank answer.

    Raises:
        InputError: the file is empty, or no question in it can be read.
    """
    dialects = (IdHeadings(known.stems), *DIALECTS)
    reading = read_questions(text, path, placeholders, dialects, known.meant)
    sheet = _Sheet(text, path, reading)
    doubts, problems = sheet.doubts(), sheet.unread()
    strays, notices = sheet.strays(doubts)
    answers = tuple(
        _stated(question, i in reading.numbered, doubts.get(i) or strays.get(i))
        for i, question in enumerate(reading.questions)
    )
    swallowed: list[Stated] = []
    problems += _above(sheet, known, placeholders)
    for i, question, problem in _inside(sheet, known):
        if i in doubts:
            line = problem.location.line if problem.location else 0
            swallowed.append(Stated(question, None, "", line, line, problem=problem))
        else:
            notices.append(problem)
    name, more = _candidate(sheet, known)
    return AnswersFile(path, name, (*answers, *swallowed), tuple(problems), (*more, *notices))


def _stated(question: Question, numbered: bool, problem: Problem | None) -> Stated:
    answer = question.answer
    return Stated(
        question=question.text,
        number=question.number if numbered else None,
        text=answer.text if answer else "",
        line=question.line,
        answer_line=answer.line if answer else question.line,
        problem=problem,
    )


def _start(mark: Mark) -> int:
    return mark.start


class _Sheet:
    """A text, what was read of it, and where its lines start."""

    def __init__(self, text: str, path: str, reading: Reading) -> None:
        self.text = with_newlines_in_place(text).replace("\ufeff", " ", 1)
        self.path = path
        self.reading = reading
        self.questions = reading.questions
        self._lines = [0, *(found.end() for found in re.finditer("\n", self.text))]
        self._asked_at = [question.line for question in self.questions]

    def offset(self, line: int) -> int:
        return self._lines[line - 1]

    def line(self, offset: int) -> int:
        return bisect_right(self._lines, offset)

    def marks(self, start: int, end: int) -> Sequence[Mark]:
        first = bisect_left(self.reading.marks, start, key=_start)
        return self.reading.marks[first : bisect_left(self.reading.marks, end, key=_start)]

    def problem(self, what: str, line: int, hint: str) -> Problem:
        return Problem(what, Location(self.path, line), hint)

    def doubts(self) -> dict[int, Problem]:
        """What is wrong inside answers, by the index of the question."""
        found: dict[int, Problem] = {}
        for fault in self.reading.faults:
            i = bisect_right(self._asked_at, fault.line) - 1
            if not fault.opens and i >= 0:
                what = f"{fault.what}, so the answer to {self.named(i)} is not graded"
                found.setdefault(i, self.problem(what, fault.line, fault.hint))
        return found

    def unread(self) -> list[Problem]:
        """What is wrong where a question should have started, or above all questions."""
        first = min(self._asked_at, default=0)
        return [
            self.problem(f"{fault.what}; no answer was read here", fault.line, fault.hint)
            for fault in self.reading.faults
            if fault.opens or fault.line < first
        ]

    def strays(self, doubts: Mapping[int, Problem]) -> tuple[dict[int, Problem], list[Problem]]:
        """Text between the end of an answer and the next question, by the question above it.

        Below cards that were copied from a page it is the page's footer, and only told.
        """
        problems: dict[int, Problem] = {}
        notices: list[Problem] = []
        openings = sorted(fault.line for fault in self.reading.faults if fault.opens)
        for i, question in enumerate(self.questions):
            place = question.answer or question.gap
            assert place is not None, "a question has an answer or a gap"
            opening = bisect_right(openings, question.line)
            below = [*self._asked_at[i + 1 : i + 2], *openings[opening : opening + 1]]
            end = self.offset(min(below)) if below else len(self.text)
            at = None if i in doubts else self._stray(place.end, end)
            if at is None:
                continue
            if self.reading.dialect == "cards":
                what = "the text from here on belongs to no answer"
                notices.append(self.problem(what, self.line(at), _STRAY))
            else:
                what = (
                    "it is not clear whether this belongs to the answer above, so the answer to "
                    f"{self.named(i)} is not graded"
                )
                problems[i] = self.problem(what, self.line(at), _STRAY)
        return problems, notices

    def named(self, i: int) -> str:
        return shortened(self.questions[i].text)

    def _stray(self, start: int, end: int) -> int | None:
        """Where the first words stand that are no heading, comment or link into the page."""
        pieces, position = [], start
        for mark in self.marks(start, end):
            if mark.kind in (Kind.HEADING, Kind.RULE, Kind.COMMENT, Kind.DIFFICULTY):
                pieces.append((position, mark.start))
                position = max(position, mark.end)
        for begin, stop in [*pieces, (position, end)]:
            blanked = _NOT_WORDS.sub(lambda found: " " * len(found[0]), self.text[begin:stop])
            found = _LETTER.search(blanked)
            if found:
                return begin + found.start()
        return None


_STRAY = (
    "where it belongs to the answer, give the heading above it more # than the questions have, or "
    "leave out the rule; else delete it"
)
_NOT_WORDS = re.compile(r"<[^<>\n]*>|\[[^\]\n]*\]\(#[^()\s]*\)")
_LETTER = re.compile(r"[^\W_]")


def _above(sheet: _Sheet, known: Known, placeholders: Sequence[str]) -> list[Problem]:
    """Answered questions above the first one that was read: they are written in another form."""
    if not sheet.questions:
        return []
    first = sheet.questions[0].line
    above = sheet.text[: sheet.offset(first)]
    try:
        reading = read_questions(above, sheet.path, placeholders, DIALECTS, known.meant)
    except InputError:
        return []
    hint = "write all questions of the file in one form, see docs/banks.md"
    return [
        sheet.problem(
            f"the question {shortened(question.text)} is written in another form than those from "
            f"line {first} on; its answer was not read",
            question.line,
            hint,
        )
        for question in reading.questions
        if question.answer and known.meant(question.text)
    ]


def _inside(sheet: _Sheet, known: Known) -> Iterator[tuple[int, str, Problem]]:
    """(index of the answer, known question on a line of it, that it was read as text)."""
    for i, question in enumerate(sheet.questions):
        if question.answer is None:
            continue
        start, end = question.answer.start, question.answer.end
        for found in _LIKE_A_QUESTION.finditer(sheet.text, start, end):
            line = _TAG.sub("", found[0])
            written = line[_OPENING.match(line).end() :]  # type: ignore[union-attr]
            if known.exactly(written) and words(written) != words(question.text):
                what = (
                    f"the question {shortened(written.strip('*_ '))} stands inside the answer to "
                    f"{sheet.named(i)}, and was read as text"
                )
                hint = (
                    "nothing, if that is meant; else write it like the other questions, and close "
                    "the code block or comment that it stands in"
                )
                yield i, written.strip(), sheet.problem(what, sheet.line(found.start()), hint)


_LIKE_A_QUESTION = re.compile(
    r"^(?!>)[ \t]*(?:(?:#|\*\*|__|<|[0-9]{1,9}[.):]|Q)[^\n]{8,400}|[^\n]{8,400}\?[*_ \t]*)$",
    re.MULTILINE,
)
_TAG = re.compile(r"<[^<>]*>")
_OPENING = re.compile(
    r"[#\s*_]*(?:(?:question|q)?\s*[0-9]{1,9}\s*[.):]+\s*)?",
    re.IGNORECASE,
)


def _candidate(sheet: _Sheet, known: Known) -> tuple[str, list[Problem]]:
    """Whose answers these are: front matter, else the title, else the name of the file."""
    name, line = _in_front_matter(sheet.text)
    if len(name) > LONGEST_NAME:
        what = f"the candidate's name has {len(name):,} characters; the file's name serves instead"
        hint = f"write at most {LONGEST_NAME}"
        return _of_file(sheet.path), [sheet.problem(what, line, hint)]
    if name:
        return name, []
    name, notices = _in_title(sheet, known)
    return name or _of_file(sheet.path), notices


def _of_file(path: str) -> str:
    return clean_name(stem_of(path)) or "candidate"


_FIELD = re.compile(r"^(candidate|name)[ \t]*[:=][ \t]*(.*)$", re.MULTILINE | re.IGNORECASE)
_QUOTED = re.compile(r"(?P<quote>[\"'])(?P<inside>.*?)(?P=quote)")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")


def _in_front_matter(text: str) -> tuple[str, int]:
    found: dict[str, tuple[str, int]] = {}
    for field in _FIELD.finditer(text, 0, front_matter_end(text)):
        quoted = _QUOTED.match(field[2])
        name = clean_name(quoted["inside"] if quoted else _COMMENT.sub("", field[2]))
        if name and not name.startswith(("|", ">", "[", "{")):
            found.setdefault(field[1].lower(), (name, text.count("\n", 0, field.start()) + 1))
    return found.get("candidate") or found.get("name") or ("", 0)


_LONGEST_TITLE = 80
_ANSWERS_OF = re.compile(
    r"(?:candidate|name|student|answers?)[ \t]*:[ \t]*(?P<after>.+)"
    r"|(?:the[ \t]+)?(?:answers|submission)[ \t]+(?:of|by|from)[ \t]+(?P<of>.+)"
    r"|(?P<before>.+?)['’]s?[ \t]+(?:answers|submission)",
    re.IGNORECASE,
)
_NO_NAME = frozenset(
    """
    answer answers assessment assignment bank basics chapter course exam examination exercise
    exercises faq homework interview interviews introduction part practice problem problems q qa
    question questions quiz section sheet solution solutions test theory topic topics unit week
    """.split()  # noqa: SIM905 - a list literal would be one word a line
)


_JOINING = frozenset(["and", "for", "in", "of", "on", "the", "to"])


def _in_title(sheet: _Sheet, known: Known) -> tuple[str, list[Problem]]:
    """The name that the title above the questions is; '' where it tells what is asked.

    That a title is passed over is told, unless it reads like the title of a bank.
    """
    first = min((question.line for question in sheet.questions), default=0)
    outline = Outline(sheet.text)
    title = next((m for m in sheet.reading.marks if m.kind is Kind.HEADING and m.level == 1), None)
    if title is None or title.line >= first or asks(outline, title):
        return "", []
    written = clean_name(sheet.text[title.at : title.to]).strip("*_` ")
    found = _ANSWERS_OF.fullmatch(written)
    name = next(filter(None, found.groups())) if found else written
    said = words(name)
    if not said or _is_of_bank(name, said, known):
        return "", []
    if len(name) <= _LONGEST_TITLE and _NO_NAME.isdisjoint(said) and not _is_topic(name, known):
        return name, []
    what = (
        f"the title {shortened(name)} is not taken for the candidate's name; the file's name serves"
    )
    hint = "where it is a name, write '# Candidate: ...' or a line 'candidate: ...' in front matter"
    return "", [sheet.problem(what, title.line, hint)]


def _is_of_bank(title: str, said: Sequence[str], known: Known) -> bool:
    """Whether every word of a title is one of its kind, a term that is asked about, or a number."""
    abbreviations = {word.casefold() for word in re.findall(r"[A-Z]{2,}", title)}
    asked = {stem(word) for word in known.vocabulary}
    others = set(said) - _NO_NAME - _JOINING - abbreviations
    return not _NO_NAME.isdisjoint(said) and all(
        word.isdecimal() or stem(word) in asked for word in others
    )


def _is_topic(title: str, known: Known) -> bool:
    """Whether a title is made of words of the questions, other than names that occur in them."""
    if not known.vocabulary.issuperset(words(title)):
        return False
    parts = title.split()
    if len(parts) > 3 or not all(part.istitle() for part in parts):
        return True
    asked = " ".join(question.text for question in known.questions.values())
    return any(re.search(rf"\b(?:{p.lower()}|{p.upper()})\b", asked) for p in map(re.escape, parts))
