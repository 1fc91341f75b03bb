"""Which cues of a rubric does a text have, near each other?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from answerbot.domain.english import STOP_WORDS
from answerbot.domain.lemmas import Sentence, Word, words_of
from answerbot.domain.negation import denied
from answerbot.domain.rubric import Cues

WINDOW_SENTENCES = 2
"""The cues of one criterion are looked for in so many sentences on end."""

WINDOW_WORDS = 60
"""And within so many words: a sentence may be of any length."""

MOST_PLACES = 40
"""A word counts no further time: the work stays linear in the length of the text."""

_SLACK = 2  # how many words may stand between those of a phrase
_LIGHT = frozenset(
    "a an the of to in on at by for is are be it its and or that this as".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Group:
    """Phrases of which one has to occur, as lemmas.

    Each goes with whether it says something that the question does not. What is denied does not
    count where the group is `deniable`.
    """

    phrases: tuple[tuple[tuple[str, ...], bool], ...]
    deniable: bool


class Hit(NamedTuple):
    """An alternative of a group of cues that a text has: its words, as a range of numbers."""

    group: int
    first: int
    last: int
    own: bool
    """Whether it says something that the question does not."""


@dataclass(frozen=True, slots=True)
class Found:
    """How many of the groups stand near each other, and the words that show it."""

    groups: int
    of: int
    hits: tuple[Hit, ...]


class Passage:
    """The sentences of a text that count, as words with numbers.

    `lists` is where the sentences start that only enumerate.
    """

    def __init__(
        self, text: str, sentences: Sequence[Sentence], lists: frozenset[int] = frozenset()
    ) -> None:
        self.text = text
        self.sentences = tuple(sentences)
        self.words: tuple[Word, ...] = tuple(w for s in sentences for w in s.words)
        self._sentence_of = [n for n, s in enumerate(sentences) for _ in s.words]
        self._substance = [
            sum(len(w.written) > 1 and w.written not in STOP_WORDS for w in s.words)
            for s in sentences
        ]
        self._lists = lists
        self._listed = [s.start in lists for s in sentences]
        self._denied: dict[tuple[int, int], bool] = {}
        self.places: dict[str, list[int]] = {}
        for number, word in enumerate(self.words):
            places = self.places.setdefault(word.lemma, [])
            if len(places) < MOST_PLACES:
                places.append(number)

    def without(self, sentences: Collection[int]) -> Passage:
        """The passage less the sentences of these numbers."""
        if not sentences:
            return self
        kept = [sentence for n, sentence in enumerate(self.sentences) if n not in sentences]
        return Passage(self.text, kept, self._lists)

    def is_denied(self, first: int, last: int) -> bool:
        """Whether these words are denied."""
        if (first, last) not in self._denied:
            start, end = self.words[first].start, self.words[last].end
            self._denied[first, last] = denied(self.text, start, end)
        return self._denied[first, last]

    def sentence(self, word: int) -> int:
        """The number of the sentence that the word stands in."""
        return self._sentence_of[word]

    def said(self, first: int, length: int) -> int:
        """How many words of substance so many sentences have, 1 at least."""
        return max(1, sum(self._substance[first : first + length]))

    def is_listed(self, word: int) -> bool:
        """Whether the word stands in an enumeration."""
        return self._listed[self._sentence_of[word]]

    def span(self, hit: Hit) -> tuple[int, int]:
        """Where the words stand in the text."""
        return self.words[hit.first].start, self.words[hit.last].end


def groups_of(cues: Cues, question: frozenset[str], negative: bool = False) -> tuple[Group, ...]:
    """The groups of cues of a criterion, for a question of these lemmas.

    Where a phrase is a denial itself, or what the criterion states is `negative`, words that are
    denied may be just what is sought.
    """
    groups = []
    for group in cues:
        phrases = dict.fromkeys(filter(None, map(phrase, group)))
        deniable = not negative and not any("not" in lemmas for lemmas in phrases)
        own = tuple((lemmas, not question.issuperset(lemmas)) for lemmas in phrases)
        groups.append(Group(own, deniable))
    return tuple(groups)


def phrase(cue: str) -> tuple[str, ...]:
    """The lemmas of a cue, light words left out where others are left."""
    words = words_of(cue)
    heavy = tuple(word.lemma for word in words if word.written not in _LIGHT)
    return heavy or tuple(word.lemma for word in words)


def find_cues(passage: Passage, groups: Sequence[Group]) -> Found:
    """The stretch of the passage that has most of the groups.

    Words of the question alone show nothing; of what is enumerated one group counts.
    """
    hits = {
        hit
        for number, group in enumerate(groups)
        for hit in _hits(passage, number, group)
        if not (group.deniable and passage.is_denied(hit.first, hit.last))
    }
    best = Found(0, len(groups), ())
    for window in _windows(passage, sorted(hits, key=lambda h: (h.first, h.last, h.group, h.own))):
        shown = _shown(passage, window)
        if len(shown) > best.groups:
            best = Found(len(shown), len(groups), tuple(shown.values()))
    return best


def _hits(passage: Passage, number: int, group: Group) -> Iterator[Hit]:
    for lemmas, own in group.phrases:
        if all(lemma in passage.places for lemma in lemmas):
            for first, last in _places(passage, lemmas):
                yield Hit(number, first, last, own)


def _places(passage: Passage, lemmas: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where the lemmas, which the passage has, stand in any order with few words between."""
    if len(lemmas) == 1:
        yield from ((place, place) for place in passage.places[lemmas[0]])
        return
    rarest = min((passage.places[lemma] for lemma in lemmas), key=len)
    reach = len(lemmas) - 1 + _SLACK
    for place in rarest:
        low, high = max(place - reach, 0), place + reach + 1
        near = [word.lemma for word in passage.words[low:high]]
        at = [
            min(
                (low + i for i, lemma in enumerate(near) if lemma == wanted),
                key=lambda n: abs(n - place),
                default=-1,
            )
            for wanted in lemmas
        ]
        first, last = min(at), max(at)
        together = first >= 0 and last - first <= reach
        if together and passage.sentence(first) == passage.sentence(last):
            yield first, last


def _windows(passage: Passage, hits: Sequence[Hit]) -> Iterator[Sequence[Hit]]:
    """The hits that are near enough to each other, for each hit as the last."""
    first = 0
    for last, hit in enumerate(hits):
        while (
            hit.last - hits[first].first >= WINDOW_WORDS
            or passage.sentence(hit.first) - passage.sentence(hits[first].first) >= WINDOW_SENTENCES
        ):
            first += 1
        yield hits[first : last + 1]


def _shown(passage: Passage, window: Sequence[Hit]) -> Mapping[int, Hit]:
    """A hit for each group that the window shows; none where all is the question's."""
    said: dict[int, Hit] = {}
    listed: dict[int, Hit] = {}
    for hit in window:
        shown = listed if passage.is_listed(hit.first) else said
        if hit.group not in shown or (hit.own and not shown[hit.group].own):
            shown[hit.group] = hit
    rest = sorted(listed.keys() - said.keys(), key=lambda group: (not listed[group].own, group))
    said |= {group: listed[group] for group in rest[:1]}
    return said if any(hit.own for hit in said.values()) else {}
