"""Does the text really contain this quote?"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
# Emphasis is how words look, not what they say; models quote without it.
_DROPPED = frozenset("*\u00ad\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote that was found: `text[start:end] == quote`, offsets in characters."""

    quote: str
    start: int
    end: int


def find_quote(text: str, quote: str) -> Evidence | None:
    """The first place where `text` has `quote`: exact, else normalised; None where it has not.

    Normalised: Unicode NFKC, case folded, runs of white space as one space, typographic quotes
    and dashes as plain ones, emphasis and zero-width characters left out. `Evidence.quote` is the
    text's own wording. A quote without a letter or digit is nowhere.
    """
    wanted = quote.strip()
    if not any(map(str.isalnum, wanted)):
        return None
    start = text.find(wanted)
    if start >= 0:
        return Evidence(wanted, start, start + len(wanted))
    needle, _ = _normalised(wanted)
    haystack, origins = _normalised(text)
    at = haystack.find(needle)
    if at < 0:
        return None
    start, end = origins[at][0], origins[at + len(needle) - 1][1]
    return Evidence(text[start:end], start, end)


def _normalised(text: str) -> tuple[str, Sequence[tuple[int, int]]]:
    """The normalised text, and for each of its characters the span of `text` that it came from."""
    characters: list[str] = []
    origins: list[tuple[int, int]] = []
    position = 0
    while position < len(text):
        end = position + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        cluster = text[position:end]
        plain = unicodedata.normalize("NFKC", cluster).translate(_SAME).casefold()
        for character in plain:
            if character in _DROPPED:
                continue
            if character.isspace():
                if not characters or characters[-1] == " ":
                    continue
                character = " "
            characters.append(character)
            origins.append((position, end))
        position = end
    while characters and characters[-1] == " ":
        characters.pop()
        origins.pop()
    return "".join(characters), origins
