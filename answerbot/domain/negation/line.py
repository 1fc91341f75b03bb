"""A sentence as words, in which phrases are looked for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from answerbot.domain.negation.phrases import DENYING, Phrase
from answerbot.domain.sentences import Sentence, Span

_TOKEN = re.compile(r"[^\W_]+(?:['’\-‐‑][^\W_]+)*|--+|[.,;:!?()\[\]—–|…❌✗✘]|(?<=\s)-(?=\s)")
_ALONE = {code: chr(code) if chr(code).isalnum() else " " for code in range(128)}


def denying(text: str) -> frozenset[str]:
    """What may deny something in a text, of which each sentence that denies has one in it.

    To see that at a glance is faster than to read the sentences.
    """
    small = text.lower()
    words = small.encode("ascii", "replace").decode("ascii").translate(_ALONE).split()
    marks = () if small.isascii() else small
    shortened = [ending for ending in ("n't", "n’t") if ending in small]
    return DENYING.intersection(words).union(DENYING.intersection(marks), shortened)


class Line:
    """A sentence as words with single spaces between, for patterns, and where each word stands."""

    def __init__(self, plain: str, sentence: Sentence) -> None:
        self.sentence = sentence
        self._plain = plain

    def may_deny(self, denying: Iterable[str]) -> bool:
        """False where the sentence denies nothing; `denying` is that of the text."""
        start, end = self.sentence.span
        small = self._plain[start:end].lower()
        return any(word in small for word in denying) and not DENYING.isdisjoint(self._different)

    @cached_property
    def joined(self) -> str:
        """The words and marks with spaces between, in small letters."""
        found = _TOKEN.findall(self._plain, *self.sentence.span)
        return " ".join(found).lower().replace("’", "'")

    @cached_property
    def words(self) -> Sequence[str]:
        """The words and marks."""
        return self.joined.split()

    @cached_property
    def _different(self) -> frozenset[str]:
        """Those of it; "n't" too, where one ends so."""
        return frozenset((*self.words, "n't") if "n't" in self.joined else self.words)

    @cached_property
    def _places(self) -> Sequence[tuple[int, int]]:
        found = _TOKEN.finditer(self._plain, *self.sentence.span)
        return [one.span() for one in found]

    @cached_property
    def _offsets(self) -> Sequence[int]:
        return [0, *accumulate(len(word) + 1 for word in self.words)]

    def index(self, offset: int) -> int:
        """The word at an offset of `joined`, or the one after it."""
        return bisect_left(self._offsets, offset)

    def matches(self, phrase: Phrase) -> Iterator[tuple[int, int]]:
        """The words first and behind last of each match."""
        if not phrase.needs.isdisjoint(self._different):
            for found in phrase.pattern.finditer(self.joined):
                yield self.index(found.start()), self.index(found.end())

    def has_at(self, phrase: Phrase, offset: int) -> re.Match[str] | None:
        """The match that begins at the offset of `joined`."""
        if phrase.needs.isdisjoint(self._different):
            return None
        return phrase.pattern.match(self.joined, offset)

    def span(self, first: int, behind: int) -> Span:
        """Where words stand in the text."""
        return Span(self._places[first][0], self._places[behind - 1][1])

    def begin(self, word: int) -> int:
        """Where a word begins in the text; the end of the sentence's last word for the next."""
        return self._places[word][0] if word < len(self._places) else self._places[-1][1]
