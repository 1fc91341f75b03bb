"""Rows of results, written as they come: JSON Lines and Parquet."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from answerbot.adapters.files import mode_for, sync_folder
from answerbot.adapters.locks import is_mine
from answerbot.adapters.parquet import require_pyarrow
from answerbot.domain.errors import Location, NotFinishedError, Problem

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

Row = Mapping[str, Any]
Write = Callable[[Row], None]
"""Called with each row."""

_BATCH = 256  # rows; so many stand in memory as they came
_HELD = 2**20  # bytes of lines that are held back in memory; more are on disk
_ROW_GROUP = 4096  # rows; so many stand in memory in the form of the file


def writing_rows(
    path: Path, replaces: Callable[[], bool] = lambda: True
) -> AbstractContextManager[Write]:
    """A file of rows, JSON Lines or Parquet as its name tells, open until all are written.

    A line of JSON Lines is in the file at once, and what was there before goes with the first one;
    the lines are whole however the run ends, unless the machine itself goes down. Parquet takes the
    place of the file when all rows are written, and not before. Where something is there before, it
    stays until `replaces` says that the rows are worth more; lines are held back as long.

    Raises:
        NotFinishedError: the file cannot be written, or another run writes to it.
    """
    return _writing_parquet(path, replaces) if is_parquet(path) else _writing_lines(path, replaces)


def has_results(path: Path) -> bool:
    """Whether something is in the file that results would replace."""
    return path.exists() and path.stat().st_size > 0


def is_parquet(path: Path) -> bool:
    """Whether the name is that of a file of Parquet."""
    return path.suffix.lower() == ".parquet"


@contextmanager
def _writing_lines(path: Path, replaces: Callable[[], bool]) -> Iterator[Write]:
    folder = str(Path(os.path.realpath(path)).parent)
    with SpooledTemporaryFile(_HELD, dir=folder) as held:
        lines = _Lines(path, replaces, held)
        try:
            lines.claim()
            yield lines.write
            lines.finish()
        finally:
            lines.close()


class _Lines:
    """A file of lines, made with the first of them that counts; those before it are held back."""

    def __init__(self, path: Path, replaces: Callable[[], bool], held: IO[bytes]) -> None:
        self._path = path
        self._replaces = replaces
        self._held = held
        self._file: BinaryIO | None = None
        self._begun = False
        self._size = 0

    def claim(self) -> None:
        """A file that is there is nobody else's; there it stays as it is for now."""
        try:
            if self._path.exists():
                self._file = _mine(self._path, self._path)
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def write(self, row: Row) -> None:
        line = json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        try:
            if self._counts():
                self._append(line)
            else:
                self._held.write(line)
        except OSError as error:
            self._cut()
            raise _unwritable(self._path, error) from error

    def finish(self) -> None:
        """All lines are on disk, also where there are none."""
        try:
            if self._counts():
                os.fsync(self._opened().fileno())
                sync_folder(Path(os.path.realpath(self._path)).parent)
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _counts(self) -> bool:
        """Whether lines go into the file from now on."""
        if not self._begun and self._may_begin():
            self._begun = True
            self._opened().truncate(0)
            self._held.seek(0)
            for line in self._held:
                self._append(line)
        return self._begun

    def _may_begin(self) -> bool:
        return self._file is None or not has_results(self._path) or self._replaces()

    def _append(self, line: bytes) -> None:
        _write_all(self._opened().fileno(), line)
        self._size += len(line)

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._file = _mine(self._path, self._path)
        return self._file

    def _cut(self) -> None:
        """No part of a line is left."""
        if self._file is not None and self._begun:
            with suppress(OSError):
                self._file.truncate(self._size)


def _write_all(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


@contextmanager
def _writing_parquet(path: Path, replaces: Callable[[], bool]) -> Iterator[Write]:
    require_pyarrow()
    import pyarrow.parquet as pq

    part = _part_of(path, replaces)
    with part as file, pq.ParquetWriter(file, schema(), compression="zstd") as writer:
        groups = _RowGroups(writer)
        yield groups.write
        groups.finish()


@contextmanager
def _part_of(path: Path, replaces: Callable[[], bool]) -> Iterator[BinaryIO]:
    """What is written in here takes the place of the file afterwards, if the block does not raise.

    Where something is there before, it `replaces` that only if it says so then.

    Until then it stands in a file beside it, which the next run takes over if this one is killed.
    """
    target = Path(os.path.realpath(path))
    part = target.with_name(f".{target.name[:200]}.part")
    try:
        with _mine(part, path) as file:
            try:
                file.truncate(0)
                os.fchmod(file.fileno(), mode_for(target))
                yield file
                file.flush()
                os.fsync(file.fileno())
                if has_results(target) and not replaces():
                    part.unlink()
                else:
                    part.replace(target)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        sync_folder(target.parent)
    except OSError as error:
        raise _unwritable(path, error) from error


def _mine(file: Path, results: Path) -> BinaryIO:
    """The file, and nobody else's until it is closed.

    Raises:
        NotFinishedError: another run writes to it.
    """
    opened = os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666), "wb")
    if not (is_mine(opened.fileno()) and _has_name(opened, file)):
        opened.close()
        what = "another run is writing results to this file"
        hint = "wait for it to end, or name another file"
        raise NotFinishedError(Problem(what, Location(str(results)), hint))
    return opened


def _has_name(opened: BinaryIO, file: Path) -> bool:
    """Whether that is the file: who had it may have ended meanwhile, and named it otherwise."""
    try:
        return os.path.samestat(os.fstat(opened.fileno()), file.stat())
    except FileNotFoundError:
        return False


def _unwritable(path: Path, error: OSError) -> NotFinishedError:
    what = f"the results cannot be written: {error.strerror or error}"
    hint = "make room or give permission, and run again: what was paid for is in the store"
    return NotFinishedError(Problem(what, Location(str(path)), hint))


class _RowGroups:
    """Gathers rows for row groups."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer
        self._rows: list[Row] = []
        self._batches: list[pa.RecordBatch] = []

    def write(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) == _BATCH:
            self._pack()
        if len(self._batches) * _BATCH == _ROW_GROUP:
            self._write_group()

    def finish(self) -> None:
        self._pack()
        self._write_group()

    def _pack(self) -> None:
        if self._rows:
            self._batches.append(packed(self._rows))
            self._rows = []

    def _write_group(self) -> None:
        if self._batches:
            import pyarrow as pa

            self._writer.write_table(pa.Table.from_batches(self._batches))
            self._batches = []


def packed(rows: Sequence[Row]) -> pa.RecordBatch:
    """The rows in the form of `schema`; what they do not have is null."""
    import pyarrow as pa

    try:
        return pa.RecordBatch.from_pylist(list(rows), schema())
    except UnicodeEncodeError:
        return pa.RecordBatch.from_pylist([_plain(row) for row in rows], schema())


def _plain(value: Any) -> Any:
    """The same with halves of surrogate pairs, which UTF-8 does not have, as escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def schema() -> pa.Schema:
    """The columns of results in Parquet: those of a row of JSON Lines, nested in the same way."""
    import pyarrow as pa

    text, whole, number, truth = pa.string(), pa.int64(), pa.float64(), pa.bool_()
    grounds = {
        "evidence": pa.list_(pa.struct({"quote": text, "start": whole, "end": whole})),
        "reason": text,
        "agreement": number,
        "human": truth,
    }
    verdict = {
        "criterion": text,
        "verdict": text,
        "level": whole,
        "points": whole,
        "possible": whole,
        **grounds,
        "would_have_earned": text,
    }
    misconception = {"criterion": text, "verdict": text, "points": whole, **grounds}
    flag = {"kind": text, "what": text, "review": truth, "about": pa.list_(text)}
    return pa.schema(
        {
            "version": whole,
            "id": text,
            "candidate": text,
            "question_id": text,
            "question": text,
            "answer": text,
            "answer_hash": text,
            "rubric": text,
            "rubric_hash": text,
            "place": text,
            "file": text,
            "line": whole,
            "status": text,
            "estimate": truth,
            "calibrated": number,
            "unanswered": truth,
            "score": whole,
            "possible": whole,
            "fraction": number,
            "passed": truth,
            "capped": truth,
            "reason": text,
            "code": text,
            "verdicts": pa.list_(pa.struct(verdict)),
            "misconceptions": pa.list_(pa.struct(misconception)),
            "flags": pa.list_(pa.struct(flag)),
            "feedback": text,
            "models": pa.list_(text),
            "keys": pa.list_(text),
        }
    )
