"""Text of an answers file -> AnswersFile: what was answered, and to which question it says."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.hidden import joins

LONGEST_NAME = 200
"""The most characters that the name of a candidate may have."""


@dataclass(frozen=True, slots=True)
class Stated:
    """An answer, and what is said of the question that it belongs to.

    `question` is the question's text, or its id; `number` stands only where the writer gave one.
    `line` is the question's, `answer_line` the answer's. `candidate` is None where only the file
    tells. `problem` tells why the answer cannot be graded whatever question it belongs to.
    """

    question: str
    number: int | None
    text: str
    line: int
    answer_line: int
    candidate: str | None = None
    problem: Problem | None = None


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


def shortened(text: str) -> str:
    """The beginning of the text in quotes, for a message."""
    line = " ".join(text[:400].split())
    return f"'{line}'" if len(line) <= _SHORT else f"'{line[: _SHORT - 1]}…'"


_SHORT = 72


def is_report(text: str) -> bool:
    """Whether the text is a report of grades, as Markdown or CSV, and not a file of answers."""
    text = text.removeprefix("\ufeff")
    columns = set(re.split(r"[,;\t]", text.partition("\n")[0].replace('"', "").strip()))
    if columns >= _OF_REPORTS and "answer" not in columns:
        return True
    return bool(_REPORT_TITLE.match(text) and _REPORT_TABLE.search(text))


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
    bad = _BadLines(path)
    answers: list[Stated] = []
    for line, written in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not written.strip():
            continue
        try:
            answers.append(_row(_object(written), path, line))
        except _BadLineError as error:
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
    text = text.removeprefix("\ufeff")
    # The limit guards against an unclosed quote; `strict` tells of that in any case.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    bad = _BadLines(path)
    answers: list[Stated] = []
    header: list[str] | None = None
    for line, row in _csv_rows(text, bad):
        if not any(field.strip() for field in row):
            continue
        if header is None:
            header = _header(row, path, line)
            continue
        try:
            answers.append(_row(_fields(header, row), path, line))
        except _BadLineError as error:
            bad.add(line, error.what, error.hint)
    bad.raise_if_any()
    return _table(answers, path, "question,answer,candidate")


class _BadLineError(Exception):
    def __init__(self, what: str, hint: str) -> None:
        self.what, self.hint = what, hint


class _BadLines:
    """What is wrong with lines; a file that is something else altogether does not fill a screen."""

    _MOST = 20

    def __init__(self, path: str) -> None:
        self._path = path
        self._problems: list[Problem] = []
        self._more = 0

    def add(self, line: int, what: str, hint: str) -> None:
        if len(self._problems) < self._MOST:
            self._problems.append(Problem(what, Location(self._path, line), hint))
        else:
            self._more += 1

    def raise_if_any(self) -> None:
        if self._more:
            what = f"{self._more:,} more lines of the file are wrong"
            self._problems.append(Problem(what, Location(self._path), "mend the first ones first"))
        if self._problems:
            raise InputError(*self._problems)


_SHAPE = 'write {"question": id or text, "answer": text, "candidate": name} on each line'


def _object(written: str) -> Mapping[str, object]:
    try:
        value = json.loads(
            written, object_pairs_hook=_without_duplicates, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        raise _BadLineError(f"no JSON: {error.msg} at column {error.colno}", _SHAPE) from None
    except ValueError:
        raise _BadLineError("a number has too many digits", _SHAPE) from None
    except RecursionError:
        raise _BadLineError("the JSON is nested too deeply", _SHAPE) from None
    if not isinstance(value, dict):
        raise _BadLineError("the line is JSON, but no object", _SHAPE)
    return value


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise _BadLineError(f"the key {shortened(twice)} is there twice", "delete one of them")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _BadLineError(f"no JSON: {name} is no JSON value", "write null, or leave the key out")


def _csv_rows(text: str, bad: _BadLines) -> Iterator[tuple[int, list[str]]]:
    """(line that the row begins at, fields) of each row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            hint = 'write a quote inside a quoted field twice (""), and close every quote'
            bad.add(line, f"the row that begins here is no CSV: {error}", hint)
            return
        yield line, row


def _delimiter(text: str) -> str:
    """What separates the fields of the first line with anything on it."""
    first = text.lstrip().partition("\n")[0]
    return max(",;\t", key=first.count)


def _header(row: Sequence[str], path: str, line: int) -> list[str]:
    header = [name.strip().casefold() for name in row]
    problems = [
        Problem(
            f"the file has no column {name!r}",
            Location(path, line),
            "name the columns in the first row: question,answer,candidate",
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


def _fields(header: Sequence[str], row: Sequence[str]) -> Mapping[str, object]:
    if any(field.strip() for field in row[len(header) :]):
        raise _BadLineError(
            f"the row has {len(row)} fields, the header {len(header)}",
            'put fields that hold a separator in quotes: "..."',
        )
    needed = [name for name in ("question", "answer", "candidate") if name in header]
    missing = [name for name in needed if header.index(name) >= len(row)]
    if missing:
        raise _BadLineError(
            f"the row is too short: it has no {' and no '.join(missing)}",
            "separate empty fields as well; a line break in a field needs quotes around the field",
        )
    return {name: row[header.index(name)] for name in needed}


def _row(fields: Mapping[str, object], path: str, line: int) -> Stated:
    question = _string(fields, "question").strip()
    answer = _string(fields, "answer")
    candidate = _string(fields, "candidate") if fields.get("candidate") is not None else ""
    if not question:
        raise _BadLineError("the question is empty", "write the question's id or its text")
    name = clean_name(candidate)
    problem = None
    if len(name) > LONGEST_NAME:
        what = f"the candidate's name has {len(name):,} characters"
        problem = Problem(what, Location(path, line), f"write at most {LONGEST_NAME}")
    elif _has_surrogate(question + answer):
        what = "the answer has half of a surrogate pair, which no text can hold"
        problem = Problem(what, Location(path, line), "write the whole character")
    text = answer.replace("\r\n", "\n").replace("\r", "\n") if "\r" in answer else answer
    return Stated(question, None, text, line, line, name[:LONGEST_NAME] or None, problem)


def _string(fields: Mapping[str, object], key: str) -> str:
    if key not in fields:
        raise _BadLineError(f"the key {key!r} is missing", _SHAPE)
    value = fields[key]
    if not isinstance(value, str):
        raise _BadLineError(f"{key!r} is {_kind(value)}, not a string", _SHAPE)
    return value


def _kind(value: object) -> str:
    kinds: Sequence[tuple[type, str]] = (
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number"),
        (list, "a list"),
        (dict, "an object"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "null")


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _table(answers: Sequence[Stated], path: str, example: str) -> AnswersFile:
    if not answers:
        raise InputError(Problem("the file has no answer", Location(path), f"write {example}"))
    candidate = clean_name(stem_of(path)) or "candidate"
    return AnswersFile(path, candidate, tuple(answers), rows=True)
