"""What goes to stderr: notices, errors, progress; and how much of it.

Every layer speaks through `logging.getLogger("answerbot")` (or a child of it):

    warning, error   shown always
    info             what a user should know: 'no endpoint configured: replaying recordings'
    debug            shown with -v: each reply that is used, each attempt at a request

`-q` leaves warnings out too: stderr then holds errors only. With `-v` each line of stderr is a JSON
object (docs/telling.md has its fields); those of a record's `fields` stand in it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from time import time
from typing import Any, TextIO

_LOGGER = logging.getLogger("answerbot")
_DIRECTION = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def printable(text: str) -> str:
    """The text with control and direction characters as escapes: a terminal obeys none of them."""
    return "".join(
        character.encode("unicode_escape").decode() if _is_control(character) else character
        for character in text
    )


def _is_control(character: str) -> bool:
    if character in "\n\t":
        return False
    return unicodedata.category(character) in {"Cc", "Cs"} or character in _DIRECTION


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


_write: Callable[[str], None] = _print


@contextmanager
def written_by(write: Callable[[str], None]) -> Iterator[None]:
    """Meanwhile each line for stderr is written so: past a bar that is drawn there."""
    global _write
    _write = write
    try:
        yield
    finally:
        _write = _print


def to_stderr(text: str, level: str = "error") -> None:
    """Print one error or notice; `level` is told with -v alone."""
    _write(_json_line(time(), level, _message(text)) if is_verbose() else printable(text))


def note(line: str) -> None:
    """Print a line that GitHub Actions reads: with -v, too, as it is."""
    _write(printable(line))


def tell(event: str, **fields: Any) -> None:
    """Print one line of JSON; nothing without -v."""
    _LOGGER.debug(event, extra={"fields": {"event": event} | fields})


def _message(text: str) -> dict[str, Any]:
    return {"event": "message", "message": text}


def _json_line(when: float, level: str, fields: Mapping[str, Any]) -> str:
    told = datetime.fromtimestamp(when, UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"time": told, "level": level} | dict(fields), ensure_ascii=False)
    return "".join(f"\\u{ord(one):04x}" if _is_control(one) else one for one in line)


def notice(text: str) -> None:
    """Print what a user should know; nothing where `-q` was given."""
    _LOGGER.info(text)


class _Stderr(logging.Handler):
    """Writes to what `sys.stderr` is when the notice is given."""

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if not is_verbose():
            to_stderr(text)
            return
        fields = getattr(record, "fields", _message(text))
        _write(_json_line(record.created, record.levelname.lower(), fields))


def show_notices() -> None:
    """Notices of level info and above go to stderr, and nowhere else."""
    _LOGGER.handlers = [_Stderr()]
    _LOGGER.propagate = False
    _LOGGER.setLevel(logging.INFO)


def be_quiet() -> None:
    """From here on stderr has errors only."""
    _LOGGER.setLevel(logging.ERROR)


def be_verbose() -> None:
    """From here on stderr has every detail, as lines of JSON."""
    _LOGGER.setLevel(logging.DEBUG)


def is_verbose() -> bool:
    """Whether stderr has lines of JSON."""
    return _LOGGER.isEnabledFor(logging.DEBUG)


def is_wordy() -> bool:
    """Whether stderr has notices."""
    return _LOGGER.isEnabledFor(logging.INFO)


def is_plain(stream: TextIO) -> bool:
    """Whether colour, bars and questions are unwelcome: a pipe, NO_COLOR, TERM=dumb."""
    return (
        not stream.isatty()
        or bool(os.environ.get("NO_COLOR"))
        or os.environ.get("TERM", "dumb") == "dumb"
    )


def bars_are_welcome() -> bool:
    """Whether a progress bar may be drawn on stderr."""
    return is_wordy() and not is_verbose() and not is_plain(sys.stderr)
