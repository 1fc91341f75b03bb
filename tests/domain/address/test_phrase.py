from __future__ import annotations

import pytest

from answerbot.domain.address.english import CLAIMED, ENGLISH
from answerbot.domain.address.languages import LANGUAGES
from answerbot.domain.address.phrase import Needed, Phrase
from tests.domain.address.patterns import words_needed


def test_a_pattern_needs_a_word_of_each_choice_that_it_leaves() -> None:
    needed = words_needed(r"(?:give|award) (?:\S+ )?me(?: \S+){0,4}? (?:full marks?|credit\w+)")
    assert list(map(set, needed)) == [
        {"give", "award"},
        {"me"},
        {"full", "credit*"},
        {"mark", "marks", "credit*"},
    ]


@pytest.mark.parametrize("pattern", [r"\S+", "(?:one|two)?", r"(?: \w+){0,2}"])
def test_what_any_word_matches_needs_none(pattern: str) -> None:
    assert not words_needed(pattern)


@pytest.mark.parametrize("phrase", [*ENGLISH, *LANGUAGES, *CLAIMED], ids=lambda one: one.needs[:40])
def test_a_phrase_stands_nowhere_without_the_words_that_it_needs(phrase: Phrase) -> None:
    told = words_needed(phrase.pattern)
    for needed in phrase.needed():
        assert any(_covers(needed, words) for words in told), f"may be needed: {told}"


def _covers(needed: Needed, words: frozenset[str]) -> bool:
    """Whether whatever is one of the words is one of those needed."""
    beginnings = tuple(word.rstrip("*") for word in needed if word.endswith("*"))
    return all(word in needed or word.rstrip("*").startswith(beginnings) for word in words)
