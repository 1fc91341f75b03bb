"""Bytes in, atomic bytes out: files of questions as text that keeps every character."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from answerbot.domain.bank import DEFAULT_PLACEHOLDERS, Bank, parse_bank
from answerbot.domain.errors import InputError, Location, NotFinishedError, Problem

_UTF8_HINT = "save it as UTF-8, e.g. iconv -f {encoding} -t UTF-8 {path} > new{ending}"
_OTHER_ENCODINGS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def read_bank(path: Path, placeholders: Sequence[str] = DEFAULT_PLACEHOLDERS) -> Bank:
    """Read the questions of a file.

    Raises:
        InputError: the file cannot be read, is no UTF-8 text, or cannot be understood.
    """
    return parse_bank(read_text(path), str(path), placeholders)


def read_text(path: Path) -> str:
    """Read a UTF-8 file character by character as it is: line ends and byte order mark included.

    Raises:
        InputError: the file is not there, cannot be read, or is no UTF-8 text.
    """
    with told_if_unreadable(path):
        content = path.read_bytes()
    return _decoded(path, content)


@contextlib.contextmanager
def told_if_unreadable(path: Path) -> Iterator[None]:
    """The file is read in here.

    Raises:
        InputError: it is not there, or cannot be read.
    """
    try:
        yield
    except FileNotFoundError:
        raise _unreadable(path, "there is no such file", "check the name") from None
    except IsADirectoryError:
        raise _unreadable(
            path, "this is a folder", f"name the files in it, e.g. {path}/*.md"
        ) from None
    except PermissionError:
        raise _unreadable(
            path, "no permission to read the file", f"chmod u+r {path}, or ask its owner"
        ) from None
    except OSError as error:
        raise _unreadable(
            path, f"the file cannot be read: {error.strerror or error}", "check the name"
        ) from None


def write_atomically(path: Path, text: str) -> None:
    """Put the text into the file, whole or not at all, with the mode that the file had.

    A symbolic link stays, and its target is written.

    Raises:
        NotFinishedError: the file could not be written; it is as it was.
    """
    target = Path(os.path.realpath(path))
    content = text.encode()
    try:
        _replace(target, content)
    except OSError as error:
        raise NotFinishedError(
            Problem(
                f"the file cannot be written: {error.strerror or error}",
                Location(str(path)),
                "nothing of it was changed; make room or give permission, and run again",
            )
        ) from error


def _replace(target: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:64]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - it is a descriptor
            temporary.chmod(mode_for(target))
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(target.parent)


def mode_for(target: Path) -> int:
    """The mode that the file has, or would get."""
    try:
        return target.stat().st_mode & 0o7777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def sync_folder(folder: Path) -> None:
    """The names in the folder are on disk."""
    if sys.platform == "win32":
        return  # a folder cannot be opened there
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refuse_other_encodings(path: Path, beginning: bytes) -> None:
    """The file does not begin with the mark of another encoding.

    Raises:
        InputError: it does.
    """
    for mark, encoding in _OTHER_ENCODINGS.items():
        if beginning.startswith(mark):
            raise _unreadable(
                path,
                f"the file is {encoding}, not UTF-8",
                _UTF8_HINT.format(encoding=encoding, path=path, ending=path.suffix),
            )


def _decoded(path: Path, content: bytes) -> str:
    refuse_other_encodings(path, content)
    nul = content.find(b"\x00")
    if nul >= 0:
        raise _unreadable(
            path,
            "the file is binary: it has a NUL byte",
            "name a text file; a UTF-16 one has to be saved as UTF-8 first",
            _line(content, nul),
        )
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _unreadable(
            path,
            f"the file is not UTF-8: byte 0x{content[error.start]:02x} does not belong there",
            _UTF8_HINT.format(encoding="WINDOWS-1252", path=path, ending=path.suffix),
            _line(content, error.start),
        ) from None


def _line(content: bytes, offset: int) -> int:
    before = content[:offset]
    return 1 + before.count(b"\n") + before.replace(b"\r\n", b"").count(b"\r")


def _unreadable(path: Path, what: str, hint: str, line: int = 0) -> InputError:
    return InputError(Problem(what, Location(str(path), line), hint))
