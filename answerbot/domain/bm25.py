"""BM25: which of many texts have most of the terms asked for, rare terms telling more."""

from __future__ import annotations

import heapq
import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

_SATURATION = 1.5
"""How slowly a term that a text repeats stops to count for more; k1."""

_LENGTH = 0.75
"""How much of a text's length counts against it; b."""


def rarity(count: int, of: int) -> float:
    """How much a term tells that `count` of `of` texts have: near 0 when all of them do.

    Source: the inverse document frequency of Lucene's BM25.
    """
    return math.log(1 + (of - count + 0.5) / (count + 0.5))


class BM25:
    """Texts, given as the numbers of their terms, from 0 to below `terms`.

    Of each term is kept which texts have it and what it adds to their scores, so a search looks at
    the texts that have a term of it and at no others.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009); Lucene's variant,
    without the constant factor.
    """

    def __init__(self, texts: Sequence[Sequence[int]], terms: int) -> None:
        self._texts = [array("I") for _ in range(terms)]
        self._gains = [array("f") for _ in range(terms)]
        average = fmean(map(len, texts)) if texts else 0.0
        for number, text in enumerate(texts):
            damping = _SATURATION * (1 - _LENGTH + _LENGTH * len(text) / (average or 1.0))
            for term, count in Counter(text).items():
                self._texts[term].append(number)
                self._gains[term].append(count / (count + damping))
        self._highest = array("f", [max(gains, default=0.0) for gains in self._gains])
        self.rarities = [rarity(len(having), len(texts)) for having in self._texts]

    def best(self, weights: Mapping[int, float], n: int) -> list[int]:
        """The `n` texts that have most of the weighted terms, and those that have just as much."""
        told = {term: weight * self.rarities[term] for term, weight in weights.items()}
        terms = sorted(told, key=told.__getitem__, reverse=True)
        most = [told[term] * self._highest[term] for term in terms]
        scores: defaultdict[int, float] = defaultdict(float)
        complete = False  # the best texts are among those found, whatever the other terms add
        for at, term in enumerate(terms):
            complete = complete or _least(scores, n) > sum(most[at:])
            for text, gain in zip(self._texts[term], self._gains[term], strict=True):
                if not complete or text in scores:
                    scores[text] += told[term] * gain
        least = _least(scores, n)
        return [text for text, score in scores.items() if score >= least]


def _least(scores: Mapping[int, float], n: int) -> float:
    """The least of the `n` highest scores; 0 where there are fewer."""
    return heapq.nlargest(n, scores.values())[-1] if len(scores) >= n else 0.0
