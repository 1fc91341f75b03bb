"""Abbreviations that texts define, and terms that make one of many spellings."""

from __future__ import annotations

import pytest

from answerbot.domain.terms import Terms
from answerbot.domain.vocabulary import DEFAULT, Vocabulary, definitions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is a Gated Recurrent Unit (GRU)?", [("GRU", "Gated Recurrent Unit")]),
        ("between LSTM and GRU (Gated Recurrent Unit) cells", [("GRU", "Gated Recurrent Unit")]),
        ("backpropagation through time (BPTT) works", [("BPTT", "backpropagation through time")]),
        ("Recurrent Neural Networks (RNNs) are", [("RNN", "Recurrent Neural Network")]),
        (
            "the self-critical sequence training (SCST)",
            [("SCST", "self-critical sequence training")],
        ),
        ("often uses stochastic gradient descent (SGD)", [("SGD", "stochastic gradient descent")]),
        ("gates (input, forget, output) of it", []),
        ("as we said (NASA)", []),
        ("see the appendix (A)", []),
        ("no parentheses", []),
        ("(RNN)", []),
    ],
)
def test_definitions_are_read_from_texts(text: str, found: list[tuple[str, str]]) -> None:
    assert definitions(text) == found


def test_the_most_frequent_definition_counts() -> None:
    texts = ["support vector machine (SVM)"] * 2 + ["some very minor (SVM)"]
    learned = Vocabulary().learned_from(texts)
    assert learned.long_forms == {"SVM": ("support vector machine",)}


def test_a_long_form_that_is_known_leaves_the_other_long_forms() -> None:
    learned = DEFAULT.learned_from(["Recurrent neural networks (RNNs) have loops."])
    assert learned == DEFAULT


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Can you describe how GRUs work?", ["GRU"]),
        ("What are gated recurrent units?", ["GRU"]),
        ("Long Short-Term Memory", ["LSTM"]),
        ("LSTM/GRU", ["LSTM", "GRU"]),
        ("GRU-D", ["GRU-D"]),
        ("an RNN's gates", ["RNN", "gat"]),
        ("how many on one side", ["sid"]),
        ("Encoder–decoder", ["seq2seq"]),
        ("Ｇradients", ["gradi"]),
        ("What is it?", []),
        ("", []),
    ],
)
def test_texts_have_terms(text: str, terms: list[str]) -> None:
    assert Terms(DEFAULT).of(text) == terms


def test_words_that_say_nothing_alone_say_something_together() -> None:
    terms = Terms(DEFAULT)
    assert terms.of("many-to-one") == terms.of("many to one") != terms.of("one-to-many")
    assert terms.of("many") == terms.of("one") == []


def test_a_vocabulary_of_ones_own_replaces_the_built_in_one() -> None:
    terms = Terms(Vocabulary({"COP": ("coefficient of performance",)}))
    assert terms.of("coefficients of performance") == ["COP"]
    assert terms.of("LSTM") == ["lstm"]


def test_related_terms_are_given_for_those_present() -> None:
    terms = Terms(Vocabulary(related={"step size": ("learning rate",)}))
    given = terms.of("learning rate")
    step, size = terms.of("step size")
    assert dict(terms.related([step, size])) == {step: tuple(given), size: tuple(given)}
    assert dict(terms.related([step])) == {}
