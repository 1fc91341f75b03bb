"""How much of what a text should say do its words cover, and in the order they should stand in?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from answerbot.domain.bm25 import rarity
from answerbot.domain.cues import Passage
from answerbot.domain.english import STOP_WORDS
from answerbot.domain.lemmas import Word, words_of

_LENGTHS = (1, 2, 3)  # what belongs together is said in so many sentences on end
_NEIGHBOURS = 3  # so many content words on count as the neighbours of one
_NEAR = 8  # and within so many words, light ones included


@dataclass(frozen=True, slots=True)
class Target:
    """What should be said: the weight of each content lemma, and which stand near which."""

    weights: Mapping[str, float]
    pairs: frozenset[tuple[str, str]]

    def weight(self, lemmas: Iterable[str]) -> float:
        """What those of the lemmas weigh that the target has, each once."""
        return sum(self.weights[lemma] for lemma in self.weights.keys() & set(lemmas))


@dataclass(frozen=True, slots=True)
class Covered:
    """How much of a target is covered, by the best part of a text, and in order.

    `together` is the weight covered over the square roots of the target's weight and of the number
    of words of substance that it takes, as in the cosine of two texts. `ordered` is a share.
    """

    together: float
    ordered: float


def content(text: str) -> list[str]:
    """The lemmas that say something, in their order."""
    return content_of(words_of(text))


def content_of(words: Iterable[Word]) -> list[str]:
    """The lemmas of those words that say something."""
    return [w.lemma for w in words if len(w.written) > 1 and w.written not in STOP_WORDS]


def rarities(texts: Iterable[Iterable[str]]) -> dict[str, float]:
    """How much each lemma tells, 1 that of one text alone, from how many of the texts have it."""
    seen = [set(lemmas) for lemmas in texts]
    counts = Counter(lemma for lemmas in seen for lemma in lemmas)
    most = rarity(1, len(seen))
    return {lemma: rarity(count, len(seen)) / most for lemma, count in counts.items()}


def target(lemmas: Iterable[str], question: frozenset[str], weights: Mapping[str, float]) -> Target:
    """What a text of these lemmas says besides the words of the question."""
    lemmas = [lemma for lemma in lemmas if lemma not in question]
    return Target({lemma: weights.get(lemma, 1.0) for lemma in lemmas}, frozenset(_pairs(lemmas)))


def _pairs(lemmas: list[str]) -> Iterable[tuple[str, str]]:
    for number, first in enumerate(lemmas):
        for second in lemmas[number + 1 : number + 1 + _NEIGHBOURS]:
            if first != second:
                yield first, second


def fullest_sentence(passage: Passage, wanted: Target) -> frozenset[int]:
    """The number of the sentence that has most of the target; empty where none has any."""
    weights: Counter[int] = Counter()
    for lemma, weight in wanted.weights.items():
        for sentence in {passage.sentence(place) for place in passage.places.get(lemma, ())}:
            weights[sentence] += weight  # type: ignore[assignment]
    return frozenset(sentence for sentence, _ in weights.most_common(1))


def covered(passage: Passage, wanted: Target, negative: bool = False) -> Covered:
    """What of the target the passage covers; what is denied only where the target is `negative`."""
    total = sum(wanted.weights.values())
    if not total:
        return Covered(0.0, 0.0)
    at = sorted(
        (place, lemma)
        for lemma in wanted.weights
        for place in passage.places.get(lemma, ())
        if not passage.is_listed(place) and (negative or not passage.is_denied(place, place))
    )
    by_sentence: dict[int, set[str]] = {}
    for place, lemma in at:
        by_sentence.setdefault(passage.sentence(place), set()).add(lemma)
    together = max(
        (
            wanted.weight(chain(*(by_sentence.get(first + i, ()) for i in range(length))))
            / math.sqrt(passage.said(first, length))
            for first in by_sentence
            for length in _LENGTHS
        ),
        default=0.0,
    )
    in_order = {
        (first, second)
        for number, (place, first) in enumerate(at)
        for other, second in at[number + 1 : number + 1 + _NEIGHBOURS]
        if other - place <= _NEAR and (first, second) in wanted.pairs
    }
    ordered = len(in_order) / len(wanted.pairs) if wanted.pairs else 0.0
    return Covered(together / math.sqrt(total), ordered)
