"""Files of decisions: JSON Lines that are only ever added to."""

from __future__ import annotations

import os
from pathlib import Path

from answerbot.adapters.files import sync_folder
from answerbot.domain.decisions import Decisions, Entry, line_of, read_entry
from answerbot.domain.errors import InputError, Location, NotFinishedError, Problem


def read_decisions(path: Path) -> tuple[Decisions, list[Problem]]:
    """What stands of a file, and its lines that hold no decision, such as one that a crash tore.

    Raises:
        InputError: the file is not there or cannot be read.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, line in enumerate(_read(path).split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            # A line that was torn within a character spoils no other.
            entries.append(read_entry(line.decode(errors="replace"), Location(str(path), number)))
        except InputError as error:
            problems += error.problems
    return Decisions(entries), problems


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"the decisions cannot be read: {error.strerror or error}"
        hint = "`answerbot review` writes them; check the name"
        raise InputError(Problem(what, Location(str(path)), hint)) from None


def append_decisions(path: Path, *entries: Entry) -> None:
    """The entries stand at the end of the file, on disk, and nothing that stood there is lost.

    Each process that appends does so in one go, so that several may. What a crash left of a line
    becomes a line of its own.

    Raises:
        NotFinishedError: they could not be written.
    """
    content = "".join(f"{line_of(entry)}\n" for entry in entries).encode()
    try:
        new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            _write(descriptor, b"\n" + content if _is_torn(descriptor) else content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            sync_folder(path.parent)
    except OSError as error:
        raise NotFinishedError(
            Problem(
                f"the decision cannot be written: {error.strerror or error}",
                Location(str(path)),
                "make room or give permission, and decide again",
            )
        ) from error


def _is_torn(descriptor: int) -> bool:
    """Whether the file does not end with the end of a line."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
