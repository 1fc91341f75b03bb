"""Text of a table, CSV or JSON Lines -> rows, each with its line, and what is wrong with others."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NoReturn

from answerbot.domain.errors import InputError, Location, Problem


class BadLineError(Exception):
    """A line that cannot be read, why, and what to do; `BadLines` collects them."""

    def __init__(self, what: str, hint: str) -> None:
        self.what, self.hint = what, hint


class BadLines:
    """What is wrong with lines; a file that is something else altogether does not fill a screen."""

    _MOST = 20

    def __init__(self, path: str) -> None:
        self._path = path
        self._problems: list[Problem] = []
        self._more = 0

    def add(self, line: int, what: str, hint: str) -> None:
        """One more line is wrong."""
        if len(self._problems) < self._MOST:
            self._problems.append(Problem(what, Location(self._path, line), hint))
        else:
            self._more += 1

    def raise_if_any(self) -> None:
        """Nothing was wrong.

        Raises:
            InputError: something was, with the first lines.
        """
        if self._more:
            what = f"{self._more:,} more lines of the file are wrong"
            self._problems.append(Problem(what, Location(self._path), "mend the first ones first"))
        if self._problems:
            raise InputError(*self._problems)


def json_rows(text: str, bad: BadLines, shape: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    """(line, object) of each line that is not empty; `shape` is the hint for those without one."""
    for line, written in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not written.strip():
            continue
        try:
            yield line, json_object(written, shape)
        except BadLineError as error:
            bad.add(line, error.what, error.hint)


def json_object(written: str, shape: str) -> Mapping[str, object]:
    """The object that is written there.

    Raises:
        BadLineError: it is none, with `shape` as the hint.
    """
    try:
        value = json.loads(
            written, object_pairs_hook=_without_duplicates, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at").removesuffix(": ")
        raise BadLineError(f"no JSON: {what} at column {error.colno}", shape) from None
    except ValueError:
        raise BadLineError("a number has too many digits", shape) from None
    except RecursionError:
        raise BadLineError("the JSON is nested too deeply", shape) from None
    if not isinstance(value, dict):
        raise BadLineError("the line is JSON, but no object", shape)
    return value


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise BadLineError(f"the key {shortened(twice)} is there twice", "delete one of them")
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadLineError(f"no JSON: {name} is no JSON value", "write null, or leave the key out")


def csv_rows(text: str, bad: BadLines) -> Iterator[tuple[int, list[str]]]:
    """(line that the row begins at, fields) of each row that is not empty.

    Commas, semicolons or tabs separate the fields.
    """
    text = text.removeprefix("\ufeff")
    first = text.lstrip().partition("\n")[0]
    lines = io.StringIO(text, newline="")
    for line, row in csv_records(lines, delimiter_in(first), longest=len(text)):
        if isinstance(row, BadLineError):
            bad.add(line, row.what, row.hint)
        else:
            yield line, row


def csv_records(
    lines: Iterable[str], delimiter: str, *, longest: int
) -> Iterator[tuple[int, list[str] | BadLineError]]:
    """(line that the row begins at, its fields) of each row that is not empty.

    The first row that is wrong is the last one. No field has more than `longest` characters.
    """
    # The limit guards against an unclosed quote; `strict` tells of that in any case.
    csv.field_size_limit(max(csv.field_size_limit(), longest))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            hint = 'write a quote inside a quoted field twice (""), and close every quote'
            yield line, BadLineError(f"the row that begins here is no CSV: {error}", hint)
            return
        if any(field.strip() for field in row):
            yield line, row


def delimiter_in(header: str) -> str:
    """What separates the fields of the first line with anything on it."""
    return max(",;\t", key=header.count)


def kind_of(value: object) -> str:
    """What a JSON value is, in words: 'a list'."""
    kinds: Sequence[tuple[type, str]] = (
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number"),
        (list, "a list"),
        (dict, "an object"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "null")


def has_surrogate(text: str) -> bool:
    """Whether the text has half of a surrogate pair, which cannot be written."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def shortened(text: str) -> str:
    """The beginning of the text in quotes, for a message."""
    line = " ".join(text[:400].split())
    return f"'{line}'" if len(line) <= _SHORT else f"'{line[: _SHORT - 1]}…'"


_SHORT = 72
