"""Untrusted text made visible: what hides, reorders or commands shows as its escape."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from answerbot.domain.hidden import joins

_UNUSUAL = re.compile(r"[^\n\t\x20-\x7e]")
_SOFT_HYPHEN = "\u00ad"


def visible(text: str, show: Callable[[str], str] | None = None) -> str:
    """The text with hidden characters escaped, or as `show` puts each; line breaks stay.

    Hidden are control characters, halves of surrogate pairs, and what formats without being seen:
    direction marks, zero-width spaces, tags. Soft hyphens stay, and joiners where scripts and
    emoji need them.
    """
    put = show or escaped

    def seen(match: re.Match[str]) -> str:
        character = match[0]
        if not _is_hidden(character) or joins(text, match.start()):
            return character
        return put(character)

    return _UNUSUAL.sub(seen, text)


def one_line(text: str) -> str:
    """The text, visible, with every run of white space as one space."""
    return visible(" ".join(text.split()))


def escaped(character: str) -> str:
    r"""The character as its code: `\x1b`, `\u202e`."""
    return character.encode("unicode_escape").decode()


def _is_hidden(character: str) -> bool:
    if character in "\u2028\u2029":
        return True
    return character != _SOFT_HYPHEN and unicodedata.category(character) in {"Cc", "Cf", "Cs"}
