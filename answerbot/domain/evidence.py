"""Does the text really contain this quote?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
_MOST = 100
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
    return next(find_quotes(text, quote), None)


def find_quotes(text: str, quote: str) -> Iterator[Evidence]:
    """Every place where `text` has `quote`, none overlapping: the exact ones, then the normalised.

    Of each kind the first hundred.
    """
    wanted = quote.strip()
    if not any(map(str.isalnum, wanted)):
        return
    exact = set()
    for start in _places(text, wanted):
        exact.add(start)
        yield Evidence(wanted, start, start + len(wanted))
    needle, _ = _normalised(wanted)
    haystack, origins = _normalised_once(text)
    for at in _places(haystack, needle):
        start, end = origins[at][0], origins[at + len(needle) - 1][1]
        if start not in exact:
            yield Evidence(text[start:end], start, end)


def _places(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted) if wanted else -1
    for _ in range(_MOST):
        if at < 0:
            return
        yield at
        at = text.find(wanted, at + len(wanted))


@lru_cache(maxsize=8)
def _normalised_once(text: str) -> tuple[str, Sequence[tuple[int, int]]]:
    return _normalised(text)


def _normalised(text: str) -> tuple[str, Sequence[tuple[int, int]]]:
    """The normalised text, and for each of its characters the span of `text` that it came from."""
    if text.isascii():
        return _normalised_ascii(text)
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


_ASCII = re.compile(r"\s[\s*]*|[^\s*]")


def _normalised_ascii(text: str) -> tuple[str, Sequence[tuple[int, int]]]:
    found = [(match[0], match.start()) for match in _ASCII.finditer(text.translate(_SAME).lower())]
    characters = [" " if run[0].isspace() else run for run, _ in found]
    origins = [(start, start + len(run)) for run, start in found]
    first = 1 if characters[:1] == [" "] else 0
    behind = len(characters) - (1 if characters[first:][-1:] == [" "] else 0)
    return "".join(characters[first:behind]), origins[first:behind]
