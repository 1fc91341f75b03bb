"""Words in one form each, at their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerbot.domain.lemmas import lemma, sentences, words_of
from tests.domain.lemmas import lemmas_of


@pytest.mark.parametrize(
    "words",
    [
        "forget forgets forgot forgotten forgetting",
        "shrink shrinks shrank shrunk shrinking",
        "keep keeps kept keeping",
        "matrix matrices",
        "behaviour behavior",
        "not no never without cannot isn't don't",
        "small smaller tiny",
        "network network's",
    ],
)
def test_forms_of_a_word_have_one_lemma(words: str) -> None:
    assert len({lemma(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("long short-term memory", "LSTM"),
        ("Backpropagation through time", "BPTT"),
        ("GRUs", "GRU"),
        ("time-step", "timestep"),
        ("σ", "sigma"),
        ("O(n²)", "O(n^2)"),
        ("ga\u200bte", "gate"),
        ("don’t", "don't"),
    ],
)
def test_two_ways_to_write_a_thing_are_the_same(one: str, other: str) -> None:
    assert lemmas_of(one) == lemmas_of(other)


def test_words_know_where_they_stand() -> None:
    text = "The **gates** of a long short-term memory."
    assert [text[w.start : w.end] for w in words_of(text)] == [
        "The",
        "gates",
        "of",
        "a",
        "long short-term memory",
    ]


def test_items_are_sentences_and_what_a_page_does_not_show_is_none() -> None:
    text = (
        "First one. Second one:\n- an item\n- <b>another</b>\n\n"
        "<!-- hidden words -->\n```py\ncode = 1\n```\nLast one."
    )
    assert [tuple(w.written for w in s.words) for s in sentences(text)] == [
        ("first", "one"),
        ("second", "one"),
        ("an", "item"),
        ("another",),
        ("last", "one"),
    ]


@given(st.text(max_size=300))
def test_any_text_can_be_read_and_no_word_reaches_over_its_end(text: str) -> None:
    for sentence in sentences(text):
        assert all(0 <= word.start < word.end <= len(text) for word in sentence.words)
        starts = [word.start for word in sentence.words]
        assert starts == sorted(starts)
