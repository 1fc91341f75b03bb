"""Where phrases to a grader stand in a text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache, cached_property, lru_cache
from itertools import accumulate

from answerbot.domain.address.english import CLAIMED, ENGLISH
from answerbot.domain.address.languages import LANGUAGES
from answerbot.domain.address.phrase import Needed
from answerbot.domain.address.reading import Words
from answerbot.domain.address.telltale import FAR, is_telltale
from answerbot.domain.sentences import Span

_SUSPECT = (*ENGLISH, *LANGUAGES)
_PHRASES = (*_SUSPECT, *CLAIMED)


def phrases_in(words: Words) -> Iterator[tuple[Span, bool]]:
    """(where, suspect) of every phrase."""
    if not _possible(words.texts):
        return  # as most answers
    for begin, end in _passages(words):
        passage = _Passage(words, begin, end)
        for number in sorted(_possible(passage.texts) & _told(passage.texts)):
            for span in passage.matches(number):
                yield span, number < len(_SUSPECT)


def _passages(words: Words) -> Iterator[tuple[int, int]]:
    """Ranges of the words in which a phrase may stand."""
    begin = end = -1
    for at in [at for at, word in enumerate(words.texts) if is_telltale(word)]:
        if end < 0 or at - FAR > end:
            if end >= 0:
                yield begin, end
            begin = max(at - FAR, 0)
        end = at + FAR
    if end >= 0:
        yield begin, end


class _Passage:
    """Some words of a text with single spaces between."""

    def __init__(self, words: Words, begin: int, end: int) -> None:
        self.texts = words.texts[begin:end]
        self._words = words
        self._begin = begin
        self._joined = " ".join(self.texts)

    def matches(self, number: int) -> Iterator[Span]:
        """Where the words of a phrase stand in the text."""
        for match in _pattern(number).finditer(self._joined):
            if span := self._span(match.start(), match.end()):
                yield span

    def _span(self, start: int, end: int) -> Span | None:
        """Where the words between two offsets of all that is joined stand, if they are words."""
        first, behind = bisect_left(self._offsets, start), bisect_left(self._offsets, end)
        said = [at for at in range(first, behind) if self.texts[at] != "."]
        if not said:
            return None
        places = self._words.places
        return Span(places[self._begin + said[0]].start, places[self._begin + said[-1]].end)

    @cached_property
    def _offsets(self) -> list[int]:
        return [0, *accumulate(len(word) + 1 for word in self.texts)]


@cache
def _pattern(number: int) -> re.Pattern[str]:
    """Compiled when it is first looked for: all of them take longer than most answers need."""
    return _PHRASES[number].compiled()


# Which phrases are worth looking for?


def _possible(texts: Iterable[str]) -> Set[int]:
    """The phrases for which all words are there that they need."""
    answered = frozenset().union(*map(_answers, set(texts)))
    return {
        number
        for one in answered
        for number, needed in _needing().get(one, ())
        if needed <= answered
    }


@lru_cache(maxsize=4096)
def _answers(word: str) -> frozenset[Needed]:
    """What is needed that the word is one of."""
    beginnings = (f"{word[:length]}*" for length in range(1, len(word) + 1))
    return frozenset().union(*(_answered_by().get(one, ()) for one in (word, *beginnings)))


@cache
def _answered_by() -> Mapping[str, Set[Needed]]:
    """What is needed, by each of its words."""
    answered: defaultdict[str, set[Needed]] = defaultdict(set)
    for needed in frozenset().union(*(phrase.needed() for phrase in _PHRASES)):
        for word in needed:
            answered[word].add(needed)
    return answered


@cache
def _needing() -> Mapping[Needed, Sequence[tuple[int, frozenset[Needed]]]]:
    """The phrases and all that they need, by what the fewest words answer of it."""
    needing: defaultdict[Needed, list[tuple[int, frozenset[Needed]]]] = defaultdict(list)
    for number, phrase in enumerate(_PHRASES):
        needed = phrase.needed()
        needing[min(needed, key=len)].append((number, needed))
    return needing


def _told(texts: Iterable[str]) -> Set[int]:
    """The phrases that telltale words among these may be part of."""
    return frozenset().union(*map(_told_by, filter(is_telltale, set(texts))))


@lru_cache(maxsize=4096)
def _told_by(word: str) -> frozenset[int]:
    """Told by the first letters of a word, or all of a few."""
    if word.isalpha() and len(word) < 4 and (found := _holding(word, whole=True)):
        return found
    for letters in (word[:4], word[:3], word[:2]):
        if found := _holding(letters):
            return found
    return frozenset(range(len(_PHRASES)))


def _holding(letters: str, *, whole: bool = False) -> frozenset[int]:
    """The phrases whose patterns hold the letters where a word begins, or as a whole word."""
    return frozenset(
        number
        for number, phrase in enumerate(_PHRASES)
        if any(
            not _is_letter(phrase.pattern[at - 1 : at])
            and not (whole and _is_letter(phrase.pattern[at + len(letters) :][:1]))
            for at in _places(phrase.pattern, letters)
        )
    )


def _places(pattern: str, letters: str) -> Iterator[int]:
    at = pattern.find(letters)
    while at >= 0:
        yield at
        at = pattern.find(letters, at + 1)


def _is_letter(character: str) -> bool:
    return "a" <= character <= "z"
