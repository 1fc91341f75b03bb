import random
from math import log

import pytest

from answerbot.domain.bm25 import BM25, rarity

CELL, GATE, STATE, DROPOUT = range(4)
TEXTS = [[CELL, STATE], [CELL, GATE, GATE], [STATE], [CELL, STATE]]


def test_a_term_of_every_text_tells_next_to_nothing() -> None:
    assert rarity(4, 4) == pytest.approx(log(1 + 0.5 / 4.5))
    assert rarity(1, 4) == pytest.approx(log(1 + 3.5 / 1.5))


def test_each_term_has_its_rarity() -> None:
    found = BM25(TEXTS, 4).rarities
    assert found == pytest.approx([rarity(3, 4), rarity(1, 4), rarity(3, 4), rarity(0, 4)])


def test_a_rare_term_says_more_than_a_frequent_one() -> None:
    assert BM25(TEXTS, 4).best({CELL: 1, GATE: 1, STATE: 1}, 1) == [1]


def test_of_two_texts_with_a_term_the_shorter_is_the_better() -> None:
    assert BM25(TEXTS, 4).best({STATE: 1}, 1) == [2]


def test_texts_that_are_just_as_good_as_the_last_come_too() -> None:
    assert sorted(BM25(TEXTS, 4).best({STATE: 1}, 2)) == [0, 2, 3]


def test_texts_with_none_of_the_terms_are_not_found() -> None:
    index = BM25(TEXTS, 4)
    assert index.best({GATE: 1}, 10) == [1]
    assert index.best({DROPOUT: 1}, 10) == []
    assert index.best({}, 10) == []


def test_without_texts_nothing_is_found() -> None:
    assert BM25([], 1).best({0: 1}, 5) == []
    assert BM25([[], []], 1).best({0: 1}, 5) == []


def test_the_best_are_those_that_scoring_every_text_finds() -> None:
    draw = random.Random(5)
    often = [1 / (term + 1) for term in range(60)]
    texts = [draw.choices(range(60), often, k=draw.randint(1, 30)) for _ in range(200)]
    index, average = BM25(texts, 60), sum(map(len, texts)) / len(texts)
    tells = [rarity(sum(term in text for text in texts), len(texts)) for term in range(60)]

    def score(text: list[int], weights: dict[int, float]) -> float:
        damping = 1.5 * (0.25 + 0.75 * len(text) / average)
        counts = {term: text.count(term) for term in weights}
        return sum(weights[term] * tells[term] * n / (n + damping) for term, n in counts.items())

    for _ in range(20):
        weights = {term: draw.choice([0.4, 1.0]) for term in draw.choices(range(60), often, k=6)}
        scores = [score(text, weights) for text in texts]
        tenth = sorted(scores)[-10]
        found = index.best(weights, 10)
        assert {i for i, one in enumerate(scores) if one > tenth + 1e-6} <= set(found)
        assert len(found) >= 10
        assert all(scores[i] > tenth - 1e-6 for i in found)
