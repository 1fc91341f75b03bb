"""The words of a text as a grader reads them: whatever they are disguised as."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache

from answerbot.domain.sentences import Span

_INVISIBLE = frozenset(
    map(
        chr,
        [
            0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF,
            *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
            *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080),
        ],
    )
)  # fmt: skip
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏԛԝαοεικνρτυ", "aeopcyxijsdhlqwaoeiknptu")
_LEET = str.maketrans("013457@$", "oieastas")
_WORD = re.compile(r"[^\W_]+(?:['’@$][^\W_]+)*|[^\w\s\-‐‑]+|\n")
_ASCII_WORD = re.compile(_WORD.pattern, re.ASCII)  # twice as fast
_INNER = "'@$"
_LOOSE = re.compile(r"['@$](?:(?<![^\W_].)|(?![^\W_]))", re.ASCII)


class Visible:
    """A text without what is not seen."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.origins: Sequence[int] | None = None
        """Where each of its characters stands, if not there."""
        if not text.isascii() and not _INVISIBLE.isdisjoint(text):
            self.origins = [at for at, character in enumerate(text) if character not in _INVISIBLE]
            self.text = "".join(text[at] for at in self.origins)

    def origin(self, start: int, end: int) -> Span:
        """Where a part of it stands."""
        if self.origins is None:
            return Span(start, end)
        return Span(self.origins[start], self.origins[end - 1] + 1)


class Words:
    """The words of a text in their order: in small letters, without disguise; '.' for marks."""

    def __init__(self, texts: Sequence[str], places: Callable[[], Sequence[Span]]) -> None:
        self.texts = texts
        self._places = places

    @cached_property
    def places(self) -> Sequence[Span]:
        """Where each word stands: asked for only where one belongs to a phrase."""
        return self._places()


# What one has to look at letter by letter: words that may be spelled out, with marks between. What
# stands between two letters is first, as the search is fast up to a set of characters only then.
_SPELLED = re.compile(
    r"[\W_](?<=(?<![^\W_])[^\W\d_][\W_])(?:(?<=[*|/.])[^\W\d_]|[^\W\d_](?:[\W_][^\W\d_]){2})"
)


def words_of(visible: Visible) -> Words:
    """The words of the text, with those put together that are spelled out letter by letter."""
    pattern = _ASCII_WORD if visible.text.isascii() else _WORD
    if visible.origins is not None or _SPELLED.search(visible.text):
        spelled = _put_together(visible, pattern)
        return Words([word for word, _, _ in spelled], lambda: [Span(*at) for _, *at in spelled])
    if visible.text.isascii():
        words = list(map(_plain, _ascii_words(visible.text)))
    else:
        words = list(map(_plain, pattern.findall(visible.text)))

    def places() -> Sequence[Span]:
        found = list(pattern.finditer(visible.text))
        return [Span(*found[at].span()) for at in _marks_once([_plain(one[0]) for one in found])]

    return Words([words[at] for at in _marks_once(words)], places)


def _marks_once(words: Sequence[str]) -> Sequence[int]:
    """Where words stand, and the first of marks in a row."""
    return [at for at, word in enumerate(words) if word != "." or not at or words[at - 1] != "."]


def _ascii_words(text: str) -> Sequence[str]:
    """What the pattern of words finds, in small letters, each mark by itself: far faster."""
    if any(mark in text for mark in _INNER):
        text = _LOOSE.sub(".", text)
    return text.translate(_ASCII_MARKS).replace(".", " . ").split()


def _as_mark(character: str) -> str:
    if character.isalnum() or character in _INNER:
        return character.lower()
    return " " if character in "-_" or (character.isspace() and character != "\n") else "."


_ASCII_MARKS = {code: _as_mark(chr(code)) for code in range(128)}


_Word = tuple[str, int, int]
"""(small letters without disguise, or '.' for a mark; start; end)."""


def _put_together(visible: Visible, pattern: re.Pattern[str]) -> list[_Word]:
    words: list[_Word] = []
    letters: list[_Word] = []
    for found in pattern.finditer(visible.text):
        start, end = found.span()
        written = found[0]
        if visible.origins is not None:
            start, end = visible.origin(start, end)
        if len(written) == 1:
            if written.isalpha():
                if letters and start - letters[-1][2] > 1:
                    words += _together(letters)
                    letters = []
                letters.append((_plain(written), start, end))
                continue
            after = visible.text[found.end() : found.end() + 1]
            if letters and written in "*|/." and after.isalpha():
                continue
        if letters:
            words += _together(letters)
            letters = []
        word = _plain(written)
        if word != "." or not words or words[-1][0] != ".":
            words.append((word, start, end))
    return words + _together(letters)


def _together(letters: list[_Word]) -> list[_Word]:
    if len(letters) < 4:
        return letters
    return [("".join(letter[0] for letter in letters), letters[0][1], letters[-1][2])]


@lru_cache(maxsize=4096)
def _plain(word: str) -> str:
    if not word[0].isalnum():
        return "."
    word = word.casefold()
    if word.isascii():
        return word if word.isalpha() else _unleeted(word)
    word = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    if any(map(str.isascii, word)):
        bare = "".join(
            c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)
        )
        return bare.translate(_LOOKALIKES)
    return word


def _unleeted(word: str) -> str:
    letters = sum(map(str.isalpha, word))
    return word.translate(_LEET) if letters >= 2 and not word[-1].isdigit() else word
