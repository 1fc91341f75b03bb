"""Sentences, lists and words in no order."""

from __future__ import annotations

import random

import pytest

from answerbot.domain.lemmas import sentences
from answerbot.domain.prose import is_list, is_long_list, is_prose, is_shuffled, skeleton

PROSE = (
    "The gradient that reaches an early step is a product of one factor for each step, so it "
    "shrinks with the distance when these factors are smaller than one. A network can then hardly "
    "learn what depends on inputs that are far away, and gates help because they add to the state "
    "instead of multiplying it. Clipping does not help, as it only makes large gradients smaller."
)


def test_prose_is_neither_a_list_nor_shuffled() -> None:
    read = sentences(PROSE)
    assert is_prose(read)
    assert not any(is_list(PROSE, sentence) for sentence in read)
    assert not is_shuffled(PROSE, read)


@pytest.mark.parametrize("seed", range(10))
def test_shuffled_prose_is_noticed(seed: int) -> None:
    words = PROSE.split()
    random.Random(seed).shuffle(words)
    text = " ".join(words)
    assert is_shuffled(text, sentences(text))


@pytest.mark.parametrize(
    "text",
    [
        "gates, cell state, additive update, forget gate, gradient",
        "gates cell state additive update forget gate gradient",
        "the gates and the cell state and the forget gate and the gradient",
        "It is about gates, cells, sums, updates, gradients and products.",
    ],
)
def test_words_without_anything_said_about_them_are_a_list(text: str) -> None:
    [sentence] = sentences(text)
    assert is_list(text, sentence)


def test_a_sentence_may_name_a_few_things_but_not_a_dozen() -> None:
    few = "It is countered by gates, clipping, skip connections, or attention."
    many = "It is about gates, cells, sums, updates, gradients, steps, products, time and weights."
    assert not is_long_list(few, sentences(few)[0])
    assert is_long_list(many, sentences(many)[0])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Das Gatter entscheidet, welche Teile des Zustands behalten und welche vergessen werden.",
        "Les portes décident quelles parties de la mémoire sont conservées ou oubliées.",
        "门控单元决定保留哪些信息。",
        "gates cell state gradient",
    ],
)
def test_what_is_not_english_is_no_prose(text: str) -> None:
    assert not is_prose(sentences(text))


def test_sentences_from_one_mould_have_one_skeleton() -> None:
    text = "It is about the gates and the cell. It is about the weights and the gradient."
    one, other = sentences(text)
    assert skeleton(one) == skeleton(other)
