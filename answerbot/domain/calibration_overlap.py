"""Answer x reference -> a fraction, without any model and without a rubric: words in common."""

from __future__ import annotations

import re
from functools import lru_cache

from answerbot.domain.english import STOP_WORDS, stem

_WORD = re.compile(r"[^\W_]+")
_stem = lru_cache(maxsize=65536)(stem)


def overlap(answer: str, wanted: str) -> float:
    """The share of the wanted words that the answer has, from 0 to 1."""
    looked_for = _words(wanted)
    return len(_words(answer) & looked_for) / len(looked_for) if looked_for else 0.0


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    said = _WORD.findall(text.casefold())
    return frozenset(_stem(word) for word in said if word not in STOP_WORDS)
