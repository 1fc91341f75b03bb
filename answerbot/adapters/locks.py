"""Locks between processes; the system lets go of them when a process ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_HELD_ELSEWHERE = {errno.EACCES, errno.EAGAIN}
_DIGITS = 15  # hexadecimal, so that a place in the file is below 2**60


class Claims:
    """Which process asks for which request: none is claimed by two processes at once.

    A claim is a lock on one byte of a file that stays empty; its place is told by the key. Within
    one process everything is free. Where the file system knows no locks, it is so everywhere.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self, key: str) -> bool:
        """Whether the request is this process's now, and no other's."""
        if sys.platform == "win32":
            return True
        file = self._opened()
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, int(key[:_DIGITS], 16))
        except OSError as error:
            return error.errno not in _HELD_ELSEWHERE
        return True

    def let_go(self, key: str) -> None:
        """Another process may claim the request."""
        if sys.platform == "win32" or self._file is None:
            return
        with suppress(OSError):  # where nothing could be locked
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, int(key[:_DIGITS], 16))

    def close(self) -> None:
        """Nothing is claimed any more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _opened(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        return self._file


def is_mine(file: int) -> bool:
    """Whether the open file is this one's to write until it is closed, and nobody else's."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _HELD_ELSEWHERE
    return True


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """No other process is in such a block with the same folder; one that is, is waited for.

    Where the file system knows no locks, nobody is waited for.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # network file systems lock no folders, or nothing
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
