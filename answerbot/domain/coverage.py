"""How much of what a text should say do its words cover, and in the order they should stand in?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from answerbot.domain.cues import Passage
from answerbot.domain.english import STOP_WORDS
from answerbot.domain.lemmas import words_of
from answerbot.domain.references import rarity

WINDOW_SENTENCES = 3
"""What belongs together is said in so many sentences on end."""

_NEIGHBOURS = 3  # so many content words on count as the neighbours of one
_NEAR = 8  # and within so many words, light ones included


@dataclass(frozen=True, slots=True)
class Target:
    """What should be said: the weight of each content lemma, and which stand near which."""

    weights: Mapping[str, float]
    pairs: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Covered:
    """Shares of a target from 0 to 1: by the whole text, by its best part, in order."""

    anywhere: float
    together: float
    ordered: float


def content(text: str) -> list[str]:
    """The lemmas that say something, in their order."""
    return [w.lemma for w in words_of(text) if w.written not in STOP_WORDS and len(w.written) > 1]


def rarities(texts: Iterable[str]) -> dict[str, float]:
    """How much each content lemma tells, from the number of texts that have it."""
    seen = [set(content(text)) for text in texts]
    counts = Counter(lemma for lemmas in seen for lemma in lemmas)
    return {lemma: rarity(count, len(seen)) for lemma, count in counts.items()}


def target(text: str, question: frozenset[str], weights: Mapping[str, float]) -> Target:
    """What the text says besides the words of the question."""
    lemmas = [lemma for lemma in content(text) if lemma not in question]
    return Target({lemma: weights.get(lemma, 1.0) for lemma in lemmas}, frozenset(_pairs(lemmas)))


def _pairs(lemmas: list[str]) -> Iterable[tuple[str, str]]:
    for number, first in enumerate(lemmas):
        for second in lemmas[number + 1 : number + 1 + _NEIGHBOURS]:
            if first != second:
                yield first, second


def covered(passage: Passage, wanted: Target) -> Covered:
    """The shares of the target that the passage covers."""
    total = sum(wanted.weights.values())
    if not total:
        return Covered(0.0, 0.0, 0.0)
    at = sorted(
        (place, lemma) for lemma in wanted.weights for place in passage.places.get(lemma, ())
    )
    by_sentence: dict[int, set[str]] = {}
    for place, lemma in at:
        by_sentence.setdefault(passage.sentence(place), set()).add(lemma)
    together = max(
        (
            _weight(wanted, *(by_sentence.get(first + i, ()) for i in range(WINDOW_SENTENCES)))
            for first in by_sentence
        ),
        default=0.0,
    )
    anywhere = _weight(wanted, *by_sentence.values())
    in_order = {
        (first, second)
        for number, (place, first) in enumerate(at)
        for other, second in at[number + 1 : number + 1 + _NEIGHBOURS]
        if other - place <= _NEAR and (first, second) in wanted.pairs
    }
    ordered = len(in_order) / len(wanted.pairs) if wanted.pairs else 0.0
    return Covered(anywhere / total, together / total, ordered)


def _weight(wanted: Target, *lemmas: Iterable[str]) -> float:
    return sum(wanted.weights[lemma] for lemma in set().union(*lemmas))
