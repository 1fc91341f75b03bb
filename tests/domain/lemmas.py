from __future__ import annotations

from answerbot.domain.lemmas import words_of


def lemmas_of(text: str) -> tuple[str, ...]:
    """The lemmas of a text, in their order."""
    return tuple(word.lemma for word in words_of(text))
