"""Files of answers that people graded -> Labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from answerbot.adapters.files import read_text
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.labels import Columns, Label, read_labels_csv, read_labels_json_lines

_JSON_LINES = (".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv")


def read_labels(paths: Sequence[Path], columns: Columns) -> list[Label]:
    """The labels of all files, in their order.

    Raises:
        InputError: files are not there or cannot be read as labels, with the problems of all.
    """
    problems: list[Problem] = []
    labels: list[Label] = []
    for path in paths:
        try:
            labels += _read(path, columns)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    return labels


def _read(path: Path, columns: Columns) -> list[Label]:
    ending = path.suffix.lower()
    if ending not in (*_JSON_LINES, *_TABLES):
        hint = f"labels are files that end with {', '.join((*_TABLES, *_JSON_LINES))}"
        raise InputError(Problem("this is no file of labels", Location(str(path)), hint))
    read = read_labels_csv if ending in _TABLES else read_labels_json_lines
    return read(read_text(path), str(path), columns)
