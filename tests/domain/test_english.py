"""Stems and clauses of English questions."""

from __future__ import annotations

import pytest

from answerbot.domain.english import clauses, stands_alone, stem


@pytest.mark.parametrize(
    "words",
    [
        "initialize initializes initialized initializing initialization initialise",
        "quantize quantized quantization quantisation",
        "recurrent recurrence",
        "hierarchy hierarchies hierarchical",
        "deploy deploys deployed deploying deployment",
        "train trains trained training",
        "clip clipped clipping clips",
        "gate gates gated gating",
        "encode encoder encoders encoding",
        "generate generation generator generating generative",
        "sequence sequences sequential",
        "interpret interpretable interpretability",
        "classify classified classifier classification",
        "memory memories",
        "translate translation translations",
    ],
)
def test_inflections_and_near_derivations_have_one_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("transfer", "transformer"),
        ("vanishing", "exploding"),
        ("stateful", "stateless"),
        ("supervised", "unsupervised"),
        ("encoder", "decoder"),
        ("network", "netting"),
        ("precision", "process"),
        ("bias", "basis"),
    ],
)
def test_other_words_have_other_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize("word", ["gas", "bus", "seq2seq", "энтропия", "1d", "a", ""])
def test_what_is_short_or_no_english_word_stays(word: str) -> None:
    assert stem(word) == word


def test_a_question_that_joins_two_is_two_clauses() -> None:
    assert clauses("What are LSTMs, and how do they help?") == [
        "What are LSTMs",
        "how do they help?",
    ]
    assert clauses("What are LSTMs?") == ["What are LSTMs?"]
    assert clauses("") == []


def test_a_clause_that_points_back_does_not_stand_alone() -> None:
    assert not stands_alone("how do they help?")
    assert stands_alone("how does gating help?")
