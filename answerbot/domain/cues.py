"""Which cues of a rubric does a text have, near each other?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from answerbot.domain.lemmas import Sentence, Word, words_of
from answerbot.domain.rubric import Cues

WINDOW_SENTENCES = 2
"""The cues of one criterion are looked for in so many sentences on end."""

WINDOW_WORDS = 60
"""And within so many words: a sentence may be of any length."""

_SLACK = 2  # how many words may stand between those of a phrase
_LIGHT = frozenset(
    "a an the of to in on at by for is are be it its and or that this as".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Hit:
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

    `listed` are the sentences that only enumerate.
    """

    def __init__(
        self, text: str, sentences: Sequence[Sentence], listed: frozenset[int] = frozenset()
    ) -> None:
        self.text = text
        self.sentences = tuple(sentences)
        self.words: tuple[Word, ...] = tuple(w for s in sentences for w in s.words)
        self._ends = list(accumulate(len(s.words) for s in sentences))
        self._listed = listed
        self.places: dict[str, list[int]] = {}
        for number, word in enumerate(self.words):
            self.places.setdefault(word.lemma, []).append(number)

    def without(self, sentences: Collection[int]) -> Passage:
        """The passage less the sentences of these numbers."""
        if not sentences:
            return self
        kept = [number for number in range(len(self.sentences)) if number not in sentences]
        return Passage(
            self.text,
            [self.sentences[number] for number in kept],
            frozenset(at for at, number in enumerate(kept) if number in self._listed),
        )

    def sentence(self, word: int) -> int:
        """The number of the sentence that the word stands in."""
        return bisect_right(self._ends, word)

    def is_listed(self, word: int) -> bool:
        """Whether the word only stands in an enumeration."""
        return self.sentence(word) in self._listed

    def span(self, hit: Hit) -> tuple[int, int]:
        """Where the words stand in the text."""
        return self.words[hit.first].start, self.words[hit.last].end


@lru_cache(maxsize=20_000)
def phrase(cue: str) -> tuple[str, ...]:
    """The lemmas of a cue, light words left out where others are left."""
    words = words_of(cue)
    heavy = tuple(word.lemma for word in words if word.written not in _LIGHT)
    return heavy or tuple(word.lemma for word in words)


def find_cues(
    passage: Passage,
    cues: Cues,
    question: frozenset[str],
    denied: Callable[[int, int], bool],
) -> Found:
    """The stretch of the passage that has most of the groups of cues.

    Words of the question alone show nothing, nor do words for which `denied` holds; of an
    enumeration one group counts.
    """
    found = [
        hit for number, group in enumerate(cues) for hit in _group(passage, number, group, question)
    ]
    hits = sorted(
        {(hit.group, hit.first, hit.last): hit for hit in found}.values(),
        key=lambda hit: (hit.first, hit.last, hit.group),
    )
    hits = [hit for hit in hits if not denied(*passage.span(hit))]
    best = Found(0, len(cues), ())
    for window in _windows(passage, hits):
        shown = _shown(passage, window)
        if len(shown) > best.groups:
            best = Found(len(shown), len(cues), tuple(shown.values()))
    return best


def _group(
    passage: Passage, number: int, group: Sequence[str], question: frozenset[str]
) -> Iterator[Hit]:
    for cue in group:
        lemmas = phrase(cue)
        if lemmas:
            own = not question.issuperset(lemmas)
            for first, last in _places(passage, lemmas):
                yield Hit(number, first, last, own)


def _places(passage: Passage, lemmas: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where the lemmas stand, in any order, with few words between."""
    places = [passage.places.get(lemma, ()) for lemma in lemmas]
    rarest = min(places, key=len)
    if len(lemmas) == 1:
        yield from ((place, place) for place in rarest)
        return
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
    """A hit for each group that the window shows."""
    shown: dict[int, Hit] = {}
    enumerated: dict[int, Hit] = {}
    for hit in window:
        among = enumerated if passage.is_listed(hit.first) else shown
        if hit.group not in among or (hit.own and not among[hit.group].own):
            among[hit.group] = hit
    rest = {group: hit for group, hit in enumerated.items() if group not in shown}
    if rest:
        group = min(rest, key=lambda g: (not rest[g].own, g))
        shown[group] = rest[group]
    return shown if any(hit.own for hit in shown.values()) else {}
