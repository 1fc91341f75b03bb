"""What goes to stderr: notices, errors, progress; and how much of it.

Every layer speaks through `logging.getLogger("answerbot")` (or a child of it):

    warning, error   shown always
    info             what a user should know: 'no endpoint configured: replaying recordings'
    debug            shown with -v: recording keys, timings

`-q` leaves warnings out too: stderr then holds errors only.
"""

from __future__ import annotations

import logging
import os
import sys
import unicodedata
from typing import TextIO

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


def to_stderr(text: str) -> None:
    """Print one error or notice."""
    print(printable(text), file=sys.stderr, flush=True)


def notice(text: str) -> None:
    """Print what a user should know; nothing where `-q` was given."""
    _LOGGER.info(text)


class _Stderr(logging.Handler):
    """Writes to what `sys.stderr` is when the notice is given."""

    def emit(self, record: logging.LogRecord) -> None:
        to_stderr(self.format(record))


def show_notices() -> None:
    """Notices of level info and above go to stderr, and nowhere else."""
    _LOGGER.handlers = [_Stderr()]
    _LOGGER.propagate = False
    _LOGGER.setLevel(logging.INFO)


def be_quiet() -> None:
    """From here on stderr has errors only."""
    _LOGGER.setLevel(logging.ERROR)


def be_verbose() -> None:
    """From here on stderr has every detail."""
    _LOGGER.setLevel(logging.DEBUG)


def is_plain(stream: TextIO) -> bool:
    """Whether colour, bars and questions are unwelcome: a pipe, NO_COLOR, TERM=dumb."""
    return (
        not stream.isatty()
        or bool(os.environ.get("NO_COLOR"))
        or os.environ.get("TERM", "dumb") == "dumb"
    )


def bars_are_welcome() -> bool:
    """Whether a progress bar may be drawn on stderr."""
    return _LOGGER.isEnabledFor(logging.INFO) and not is_plain(sys.stderr)
