"""Grouping, held against judgements that were made by reading."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from answerbot.adapters.config import load_config
from answerbot.cli.loading import read_banks
from answerbot.domain.bank import QuestionId
from answerbot.domain.duplicates import find_duplicates

REPOSITORY = Path(__file__).parents[2]
Pair = tuple[str, str]


def pairs(groups: Iterable[Iterable[str]]) -> set[Pair]:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


JUDGED = yaml.load(
    (REPOSITORY / "tests/data/duplicates.judgements.yaml").read_text(encoding="utf-8"),
    yaml.CSafeLoader,
)
SAME, APART = pairs(JUDGED["same"]), pairs(JUDGED["apart"])
EITHER = pairs(JUDGED["either"]) - SAME


def texts(*, curated: bool) -> list[tuple[QuestionId, str]]:
    config = load_config(REPOSITORY, environment={})
    files = [*config.question_files(), *(config.reference_files() if curated else ())]
    banks = read_banks(files, config.placeholders)
    return [(question.id, question.text) for bank in banks for question in bank.questions]


@pytest.fixture(scope="module")
def in_questions() -> set[Pair]:
    return pairs(find_duplicates(texts(curated=False)))


@pytest.fixture(scope="module")
def in_all() -> set[Pair]:
    return pairs(find_duplicates(texts(curated=True)))


def groups_of(*questions: str) -> list[list[str]]:
    """The groups of these questions, and of others that make words common or rare."""
    asked = [(QuestionId(text), text) for text in questions]
    subjects = ["SVMs", "random forests", "k-means", "boosting", "kernels", "priors"]
    asked += [(QuestionId(f"other/{s}"), f"Describe {s}.") for s in subjects]
    return [[str(id_) for id_ in group] for group in find_duplicates(asked)]


def test_the_judgements_name_questions_that_exist_and_agree() -> None:
    known = {id_ for id_, _ in texts(curated=True)}
    assert len(known) == 207
    assert {id_ for pair in SAME | EITHER | APART for id_ in pair} <= known
    assert not APART & (SAME | EITHER)


def test_the_two_question_files_overlap_where_a_reader_says_so(in_questions: set[Pair]) -> None:
    ids = {id_ for id_, _ in texts(curated=False)}
    assert {pair for pair in SAME if ids.issuperset(pair)} <= in_questions


def test_most_of_what_asks_the_same_is_found_in_all_files(in_all: set[Pair]) -> None:
    assert len(SAME & in_all) / len(SAME) >= 0.85


def test_no_pair_is_joined_that_a_reader_would_keep_apart(
    in_questions: set[Pair], in_all: set[Pair]
) -> None:
    assert in_questions <= SAME | EITHER
    assert in_all <= SAME | EITHER


@pytest.mark.parametrize("pair", sorted(APART), ids=" ".join)
def test_look_alikes_stay_apart(pair: Pair, in_all: set[Pair]) -> None:
    assert pair not in in_all


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is overfitting?", "Can you explain overfitting?"),
        ("What is BPTT?", "How does backpropagation through time work?"),
        ("What are GRUs and when would you use them?", "Describe gated recurrent units."),
        ("Compare bagging and stacking.", "How does stacking differ from bagging?"),
        ("What are the drawbacks of pruning?", "What limitations does pruning have?"),
        ("WHAT IS ENTROPY", "what is entropy?"),
    ],
)
def test_other_words_for_the_same_question_are_joined(one: str, other: str) -> None:
    assert groups_of(one, other) == [[one, other]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What are the advantages of LSTMs?", "What are the limitations of LSTMs?"),
        ("What is an LSTM?", "What are the limitations of LSTMs?"),
        ("What is the vanishing gradient?", "What is the exploding gradient?"),
        ("What is precision?", "What is the difference between precision and recall?"),
        ("What is L1 regularization?", "What is L2 regularization?"),
        ("What is TCP?", "What is UDP?"),
    ],
)
def test_questions_that_differ_in_a_word_that_matters_stay_apart(one: str, other: str) -> None:
    assert groups_of(one, other) == []


def test_look_alikes_do_not_join_through_a_third_question() -> None:
    third = "How do vanishing and exploding gradients of networks differ?"
    joined = groups_of(
        "What are vanishing gradients of networks?",
        third,
        "What are exploding gradients of networks?",
    )
    assert all(len(group) < 3 for group in joined)


def test_each_question_is_in_one_group_at_most_and_order_is_kept(in_all: set[Pair]) -> None:
    asked = texts(curated=True)
    position = {id_: i for i, (id_, _) in enumerate(asked)}
    groups = find_duplicates(asked)
    members = [position[id_] for group in groups for id_ in group]
    assert len(members) == len(set(members))
    assert all(len(group) > 1 for group in groups)
    assert all(group == sorted(group, key=position.__getitem__) for group in groups)
    assert groups == sorted(groups, key=lambda group: position[group[0]])


def test_the_order_of_the_questions_does_not_matter(in_all: set[Pair]) -> None:
    assert pairs(find_duplicates(texts(curated=True)[::-1])) == in_all


def test_many_copies_are_one_group() -> None:
    asked = [(QuestionId(f"copies/{n}"), "What is entropy?") for n in range(5000)]
    assert [len(group) for group in find_duplicates(asked)] == [5000]


@pytest.mark.parametrize("asked", [[], ["What is entropy?"], ["", ""], ["What?", "Why?"]])
def test_what_asks_nothing_twice_has_no_groups(asked: list[str]) -> None:
    assert find_duplicates([(QuestionId(f"q/{n}"), t) for n, t in enumerate(asked)]) == []
