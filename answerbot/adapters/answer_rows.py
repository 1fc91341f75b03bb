"""Files of rows of answers, read row by row: JSON Lines, CSV, Parquet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import IO, TYPE_CHECKING, AnyStr

from answerbot.adapters.files import (
    refuse_other_encodings,
    told_if_unreadable,
)
from answerbot.adapters.parquet import require_pyarrow
from answerbot.domain.answers import (
    OF_RESULTS,
    SHAPE,
    clean_name,
    fields_of,
    header_of,
    is_report,
    stated_in,
    stem_of,
)
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.row_matching import Row, RowFile
from answerbot.domain.rows import (
    BadLineError,
    csv_records,
    delimiter_in,
    has_surrogate,
    json_object,
)

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

JSON_LINES = (".jsonl", ".ndjson")
TABLES = (".csv", ".tsv")
PARQUET = (".parquet",)
ROWS = (*JSON_LINES, *TABLES, *PARQUET)
"""How the names of files of rows end."""

LONGEST = 16 * 2**20
"""The most bytes of a line, and characters of a field; what is longer is a row's own problem."""

_BATCH = 256  # rows
_BUFFER = 2**20
_NOT_UTF8 = "save the file as UTF-8, e.g. iconv -f WINDOWS-1252 -t UTF-8"

_TABLE = "write the columns question, answer and candidate, and a row for each answer"
_COLUMNS = f'{_TABLE}; an answer that nobody gave is ""'

_Fields = Mapping[str, object] | BadLineError


def row_file(path: Path) -> RowFile:
    """The file, to be gone through row by row; nothing of it is read yet.

    Its rows raise:
        InputError: the file cannot be read, lacks a column, or has no row.
    """
    candidate = clean_name(stem_of(str(path))) or "candidate"
    return RowFile(str(path), candidate, partial(read_rows, path))


def read_rows(path: Path) -> Iterator[Row]:
    """The answers of the file, and what is wrong with the rows that hold none, in their order.

    In Parquet the lines of locations are numbers of rows, counted from 1.

    Raises:
        InputError: the file cannot be read, lacks a column, or has no row.
    """
    empty, shape = True, _shape_of(path)
    with told_if_unreadable(path):
        for line, fields in _reader_for(path)(path):
            empty = False
            yield _row(fields, str(path), line, shape)
    if empty:
        raise InputError(Problem("the file has no answer", Location(str(path)), shape))


def is_row_report(path: Path) -> bool:
    """Whether the file holds rows of results, and not of answers.

    Raises:
        InputError: the file cannot be read.
    """
    with told_if_unreadable(path):
        if path.suffix.lower() not in PARQUET:
            with path.open("rb") as file:
                return is_report(file.readline(LONGEST).decode(errors="replace"))
        with _parquet(path) as parquet:
            return set(OF_RESULTS) <= set(parquet.schema_arrow.names)


def _reader_for(path: Path) -> Callable[[Path], Iterator[tuple[int, _Fields]]]:
    ending = path.suffix.lower()
    return _of_parquet if ending in PARQUET else _of_csv if ending in TABLES else _of_json_lines


def _shape_of(path: Path) -> str:
    """What a file of this form looks like, as a hint."""
    ending = path.suffix.lower()
    return _COLUMNS if ending in PARQUET else _TABLE if ending in TABLES else SHAPE


def _row(fields: _Fields, path: str, line: int, shape: str) -> Row:
    try:
        if isinstance(fields, BadLineError):
            raise fields
        return stated_in(fields, path, line, shape)
    except BadLineError as error:
        return Problem(error.what, Location(path, line), error.hint)


def _of_json_lines(path: Path) -> Iterator[tuple[int, _Fields]]:
    with path.open("rb") as file:
        refuse_other_encodings(path, file.read(4))
        file.seek(0)
        for line, written in _lines(file, b"\n"):
            fields = _object(written.removeprefix(b"\xef\xbb\xbf") if line == 1 else written)
            if fields is not None:
                yield line, fields


def _object(written: bytes) -> _Fields | None:
    """What a line holds; None where that is nothing."""
    if not written.strip():
        return None
    try:
        if len(written) > LONGEST:
            what = f"the line is longer than {LONGEST:,} bytes"
            raise BadLineError(what, "shorten the answer")
        return json_object(written.decode(), SHAPE)
    except UnicodeDecodeError as error:
        what = f"the line is not UTF-8: byte 0x{written[error.start]:02x} does not belong there"
        return BadLineError(what, _NOT_UTF8)
    except BadLineError as error:
        return error


def _lines(file: IO[AnyStr], end: AnyStr) -> Iterator[tuple[int, AnyStr]]:
    """(number, line); of a line that is too long the beginning, which is too long too."""
    for number in count(1):
        written = file.readline(LONGEST + 1)
        if not written:
            return
        rest = written
        while len(rest) > LONGEST and not rest.endswith(end):
            rest = file.readline(LONGEST + 1)
        yield number, written


def _of_csv(path: Path) -> Iterator[tuple[int, _Fields]]:
    with path.open("rb") as start:
        refuse_other_encodings(path, start.read(4))
    # What is not UTF-8 costs its own row alone.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lines = _short_lines(file)
        before = _until_header(lines, path)
        separator = delimiter_in(before[-1] if before else "")
        header: Sequence[str] | None = None
        for line, row in csv_records(chain(before, lines), separator, longest=LONGEST):
            if header is None:
                header = header_of(_told(row, path, line), str(path), line)
            else:
                yield line, _of_table(header, row)


def _short_lines(file: IO[str]) -> Iterator[str]:
    for _, line in _lines(file, "\n"):
        if len(line) > LONGEST:
            raise csv.Error(f"a line has more than {LONGEST:,} characters")
        yield line


def _until_header(lines: Iterator[str], path: Path) -> list[str]:
    """The empty lines at the beginning, and the first that is not.

    Raises:
        InputError: that one is too long.
    """
    before = []
    try:
        for line in lines:
            before.append(line)
            if line.strip():
                break
    except csv.Error as error:
        raise InputError(Problem(str(error), Location(str(path)), "write a row a line")) from None
    return before


def _told(row: list[str] | BadLineError, path: Path, line: int) -> list[str]:
    if isinstance(row, BadLineError):
        raise InputError(Problem(row.what, Location(str(path), line), row.hint))
    return row


def _of_table(header: Sequence[str], row: list[str] | BadLineError) -> _Fields:
    if isinstance(row, BadLineError):
        return BadLineError(f"{row.what}; nothing below it is read", row.hint)
    text = "".join(row)
    if has_surrogate(text):
        return BadLineError("the row is not UTF-8", _NOT_UTF8)
    if "\0" in text:
        return BadLineError("the row is binary: it has a NUL byte", "write text")
    try:
        return fields_of(header, row)
    except BadLineError as error:
        return error


def _of_parquet(path: Path) -> Iterator[tuple[int, _Fields]]:
    with _parquet(path) as file:
        columns = _columns(file, path)
        wanted = list(columns.values())
        number = 0
        for batch in file.iter_batches(_BATCH, columns=wanted, use_threads=False):
            for row in range(batch.num_rows):
                number += 1
                yield number, _of_batch(batch, row, columns)


@contextmanager
def _parquet(path: Path) -> Iterator[pq.ParquetFile]:
    require_pyarrow()
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # With a buffer a column of a row group is not read as a whole.
        with pq.ParquetFile(
            path, pre_buffer=False, buffer_size=_BUFFER, page_checksum_verification=True
        ) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # it is the system that says no, and not Arrow
        what = f"the file is no Parquet, or is damaged: {str(error).splitlines()[0]}"
        raise InputError(Problem(what, Location(str(path)), "write it anew")) from None


def _columns(file: pq.ParquetFile, path: Path) -> dict[str, str]:
    """The columns that are read: what they are called in the file, by our names for them.

    Raises:
        InputError: one is missing, is there twice, or holds no text.
    """
    import pyarrow as pa

    schema = file.schema_arrow
    hint = "name the columns question, answer and candidate"
    header = header_of(schema.names, str(path), 0, hint)
    wanted = [name for name in ("question", "answer", "candidate", "id") if name in header]
    columns: dict[str, str] = {name: schema.names[header.index(name)] for name in wanted}
    for name, column in columns.items():
        type_ = schema.field(column).type
        held = type_.value_type if pa.types.is_dictionary(type_) else type_
        wrong = _wrong_id(held) if name == "id" else _wrong_text(held)
        if wrong:
            what = f"the column {name!r} is of type {type_}, {wrong}"
            raise InputError(Problem(what, Location(str(path)), "write it as strings"))
    return columns


def _wrong_text(type_: pa.DataType) -> str:
    """What a column that should hold text does not hold; '' where it does."""
    import pyarrow.types as is_

    kinds = (is_.is_string, is_.is_large_string, is_.is_string_view, is_.is_null)
    return "" if any(kind(type_) for kind in kinds) else "not text"


def _wrong_id(type_: pa.DataType) -> str:
    import pyarrow.types as is_

    if is_.is_integer(type_) or is_.is_floating(type_) or not _wrong_text(type_):
        return ""
    return "neither text nor whole numbers"


def _of_batch(batch: pa.RecordBatch, row: int, columns: Mapping[str, str]) -> _Fields:
    try:
        return {name: batch.column(column)[row].as_py() for name, column in columns.items()}
    except UnicodeDecodeError:
        return BadLineError("the row is not UTF-8", "write its text as UTF-8")
