"""Text of an answers file -> AnswersFile: what was answered, and to which question it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.hidden import joins
from answerbot.domain.rows import (
    BadLineError,
    BadLines,
    csv_rows,
    has_surrogate,
    json_rows,
    kind_of,
)

LONGEST_NAME = 200
"""The most characters that the name of a candidate may have."""

_EXACT = 2.0**53  # from here on numbers with a point in them leave whole ones out


@dataclass(frozen=True, slots=True)
class Stated:
    """An answer, and what is said of the question that it belongs to.

    `question` is the question's text, or its id; `number` stands only where the writer gave one.
    `line` is the question's, `answer_line` the answer's. `candidate` is None where only the file
    tells. `problem` tells why the answer cannot be graded whatever question it belongs to. `id` is
    what a row calls itself, None where it does not.
    """

    question: str
    number: int | None
    text: str
    line: int
    answer_line: int
    candidate: str | None = None
    problem: Problem | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """What a file of answers holds.

    `candidate` is whose file it is. `problems` are what could not be read, besides the answers
    that carry their own problem; `notices` cost no answer. `rows` tells that each answer is a row,
    so that no heading can end it.
    """

    path: str
    candidate: str
    answers: tuple[Stated, ...]
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    rows: bool = False


def stem_of(path: str) -> str:
    """The file's name without folders and ending."""
    name = path.replace("\\", "/").rpartition("/")[2]
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name


def clean_name(name: str) -> str:
    """The name on one line, with the codes of characters that no one sees in their places.

    So no two names become one, nor one another's, that differ in such characters alone. Joiners
    stay where scripts and emoji need them.
    """
    text = " ".join(unicodedata.normalize("NFC", name).split())
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character)[0] == "C" and not joins(text, at)
        else character
        for at, character in enumerate(text)
    )


CODES = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
"""What `clean_name` writes for a character that no one sees."""


def is_report(text: str) -> bool:
    """Whether the text is a report of grades, as Markdown or rows, and not a file of answers."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0].strip()
    columns = columns_in(first)
    if columns >= _OF_REPORTS and "answer" not in columns:
        return True
    if first.startswith("{") and all(f'"{key}":' in first for key in OF_RESULTS):
        return True
    return bool(_REPORT_TITLE.match(text) and _REPORT_TABLE.search(text))


def columns_in(first: str) -> set[str]:
    """What the columns are called, where this is the first line of a table."""
    names = re.split(r"[,;\t]", first.replace('"', ""))
    return {name.strip().casefold() for name in names}


OF_RESULTS = ("answer_hash", "rubric_hash", "verdicts", "misconceptions")
"""Keys that stand in each row of results, and in no row of answers."""

_OF_REPORTS = {"candidate", "question_id", "criterion", "verdict"}
_REPORT_TITLE = re.compile(r"# Grades[ \t]*\r?\n")
_REPORT_TABLE = re.compile(
    r"^\| *(?:Question *\| *Points|Candidate) *\||^No answers\.\s*$", re.MULTILINE
)


def read_json_lines(text: str, path: str) -> AnswersFile:
    r"""Read `{"question": id or text, "answer": text, "candidate": name}`, one object a line.

    Other keys are ignored; `candidate` may be left out. An answer is exactly its string, line ends
    as `\n`.

    Raises:
        InputError: lines are no such objects, with the first of them; or there is none at all.
    """
    bad = BadLines(path)
    answers: list[Stated] = []
    for line, fields in json_rows(text, bad, SHAPE):
        try:
            answers.append(stated_in(fields, path, line))
        except BadLineError as error:
            bad.add(line, error.what, error.hint)
    bad.raise_if_any()
    return _table(answers, path, '{"question": "rnn-theory-50/2", "answer": "..."}')


def read_csv(text: str, path: str) -> AnswersFile:
    r"""Read rows below a header that names `question`, `answer` and, if need be, `candidate`.

    Commas, semicolons or tabs separate the fields. An answer is exactly its field, line ends as
    `\n`. Other columns are ignored, and so are rows of empty fields.

    Raises:
        InputError: columns are missing, rows have too few or too many fields, or there is no row.
    """
    bad = BadLines(path)
    answers: list[Stated] = []
    header: list[str] | None = None
    for line, row in csv_rows(text, bad):
        if header is None:
            header = header_of(row, path, line)
            continue
        try:
            answers.append(stated_in(fields_of(header, row), path, line))
        except BadLineError as error:
            bad.add(line, error.what, error.hint)
    bad.raise_if_any()
    return _table(answers, path, "question,answer,candidate")


SHAPE = 'write {"question": id or text, "answer": text, "candidate": name} on each line'
"""What a line of JSON Lines looks like, as a hint."""


_COLUMNS = "name the columns in the first row: question,answer,candidate"


def header_of(row: Sequence[str], path: str, line: int, hint: str = _COLUMNS) -> list[str]:
    """The names of a table's columns.

    Raises:
        InputError: there is no question or no answer among them, or one of them is there twice.
    """
    header = [name.strip().casefold() for name in row]
    problems = [
        Problem(
            f"the file has no column {name!r}",
            Location(path, line),
            hint,
        )
        for name in ("question", "answer")
        if name not in header
    ]
    problems += [
        Problem(f"the column {name!r} is there twice", Location(path, line), "rename one of them")
        for name in ("question", "answer", "candidate")
        if header.count(name) > 1
    ]
    if problems:
        raise InputError(*problems)
    return header


def fields_of(header: Sequence[str], row: Sequence[str]) -> Mapping[str, object]:
    """The fields of a row by the names of their columns.

    Raises:
        BadLineError: it has more than the header, or not all that are needed.
    """
    if any(field.strip() for field in row[len(header) :]):
        raise BadLineError(
            f"the row has {len(row)} fields, the header {len(header)}",
            'put fields that hold a separator in quotes: "..."',
        )
    needed = [name for name in ("question", "answer", "candidate") if name in header]
    missing = [name for name in needed if header.index(name) >= len(row)]
    if missing:
        raise BadLineError(
            f"the row is too short: it has no {' and no '.join(missing)}",
            "separate empty fields as well; a line break in a field needs quotes around the field",
        )
    wanted = [*needed, "id"] if "id" in header[: len(row)] else needed
    return {name: row[header.index(name)] for name in wanted}


def stated_in(fields: Mapping[str, object], path: str, line: int, shape: str = SHAPE) -> Stated:
    r"""The answer that a row states; it is exactly its field, line ends as `\n`.

    `shape` is the hint for a row that holds something else.

    Raises:
        BadLineError: it states none.
    """
    question = _string(fields, "question", shape).strip()
    answer = _string(fields, "answer", shape)
    candidate = _string(fields, "candidate", shape) if fields.get("candidate") is not None else ""
    if not question:
        raise BadLineError("the question is empty", "write the question's id or its text")
    name, id_ = clean_name(candidate), _id(fields.get("id"))
    problem = None
    if len(name) > LONGEST_NAME:
        what = f"the candidate's name has {len(name):,} characters"
        problem = Problem(what, Location(path, line), f"write at most {LONGEST_NAME}")
    elif has_surrogate(question + answer + (id_ or "")):
        what = "the answer has half of a surrogate pair, which no text can hold"
        problem = Problem(what, Location(path, line), "write the whole character")
    text = answer.replace("\r\n", "\n").replace("\r", "\n") if "\r" in answer else answer
    name = name[:LONGEST_NAME]
    return Stated(question, None, text, line, line, name or None, problem, id_)


def _id(value: object) -> str | None:
    """What the row calls itself, as text; None where it does not.

    Raises:
        BadLineError: it is neither text nor a whole number.
    """
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)  # columns with gaps often hold whole numbers so
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadLineError("'id' is neither text nor a whole number", "write it as text")


def _string(fields: Mapping[str, object], key: str, shape: str) -> str:
    if key not in fields:
        raise BadLineError(f"the key {key!r} is missing", shape)
    value = fields[key]
    if not isinstance(value, str):
        raise BadLineError(f"{key!r} is {kind_of(value)}, not a string", shape)
    return value


def _table(answers: Sequence[Stated], path: str, example: str) -> AnswersFile:
    if not answers:
        raise InputError(Problem("the file has no answer", Location(path), f"write {example}"))
    candidate = clean_name(stem_of(path)) or "candidate"
    return AnswersFile(path, candidate, tuple(answers), rows=True)
