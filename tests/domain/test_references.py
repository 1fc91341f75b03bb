"""Retrieval, held against judgements that were made by reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from answerbot.adapters.config import load_config
from answerbot.cli.loading import load_library
from answerbot.domain.bank import QuestionId
from answerbot.domain.references import Library, Reference

JUDGEMENTS = Path(__file__).parents[1] / "data" / "references.judgements.yaml"


@dataclass(frozen=True)
class Judged:
    id: str
    question: str
    answers: frozenset[str]
    related: frozenset[str]

    @property
    def is_uncovered(self) -> bool:
        return not self.answers and not self.related


def judged(part: str) -> list[Judged]:
    entries = yaml.load(JUDGEMENTS.read_text("utf-8"), yaml.CSafeLoader)[part]
    return [
        Judged(e["id"], e["question"], frozenset(e["answers"]), frozenset(e["related"]))
        for e in entries
    ]


ALL = [entry for part in ("bank", "others", "fresh") for entry in judged(part)]


@pytest.fixture(scope="module")
def curated() -> Library:
    return load_library(load_config(Path(__file__).parents[2], environment={}))


def found(library: Library, question: str, k: int = 5) -> list[str]:
    return [hit.reference.id for hit in library.nearest(question, k)]


def hit_rate(library: Library, entries: Sequence[Judged]) -> float:
    direct = [entry for entry in entries if entry.answers]
    return sum(not entry.answers.isdisjoint(found(library, entry.question)) for entry in direct) / (
        len(direct)
    )


def made(*texts: tuple[str, str]) -> Library:
    return Library(
        [Reference(QuestionId(f"made/{n}"), q, a) for n, (q, a) in enumerate(texts, start=1)]
    )


def test_the_judgements_name_references_that_exist(curated: Library) -> None:
    known = {reference.id for reference in curated.references}
    assert len(known) == 135
    assert all(entry.answers | entry.related <= known for entry in ALL)
    assert not any(entry.answers & entry.related for entry in ALL)


def test_all_questions_of_the_bank_are_judged() -> None:
    ids = {entry.id for entry in judged("bank")}
    assert ids == {f"rnn-theory-22/{n}" for n in range(1, 23)} | {
        f"rnn-theory-50/{n}" for n in range(1, 51)
    }


def test_a_direct_answer_is_in_the_top_five_for_95_percent(curated: Library) -> None:
    assert hit_rate(curated, ALL) >= 0.95


def test_a_direct_answer_is_in_the_top_five_for_95_percent_of_the_bank(curated: Library) -> None:
    assert hit_rate(curated, judged("bank")) >= 0.95


@pytest.mark.parametrize("entry", [e for e in ALL if e.is_uncovered], ids=lambda e: e.id)
def test_what_nothing_covers_comes_back_uncovered(entry: Judged, curated: Library) -> None:
    assert found(curated, entry.question) == []


def test_most_of_what_is_found_bears_on_the_question(curated: Library) -> None:
    right = wrong = 0
    for entry in ALL:
        ids = set(found(curated, entry.question))
        right += len(ids & (entry.answers | entry.related))
        wrong += len(ids - entry.answers - entry.related)
    assert right / (right + wrong) >= 0.8


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("What is BPTT?", "What is backpropagation through time?"),
        ("What is an LSTM?", "What is long short-term memory?"),
        ("What are GRUs?", "What are gated recurrent units?"),
        ("What is an ESN?", "What is an echo state network?"),
        ("Explain seq2seq models.", "Explain sequence-to-sequence models."),
        ("How are RNNs used in NLP?", "How are RNNs used in natural language processing?"),
        ("What is ACT?", "What is adaptive computation time?"),
        ("What is an NTM?", "What is a neural Turing machine?"),
        ("What is SCST?", "What is self-critical sequence training?"),
        ("Explain RL with an RNN.", "Explain reinforcement learning with a recurrent network."),
        ("What is TBPTT?", "What is truncated back-propagation through time?"),
        ("What is a BiRNN?", "What is a bidirectional recurrent neural network?"),
    ],
)
def test_an_abbreviation_finds_what_its_long_form_finds(
    short: str, long: str, curated: Library
) -> None:
    assert found(curated, short)
    assert found(curated, short) == found(curated, long)


def test_an_abbreviation_that_is_an_english_word_counts_in_capitals_only(curated: Library) -> None:
    assert found(curated, "What is ACT?") == ["rnn-100/91"]
    assert "rnn-100/91" not in found(curated, "When does one act?")


def test_a_field_of_which_nothing_is_known_defines_its_own_abbreviations() -> None:
    library = made(
        ("What is the enthalpy of vaporization (EOV)?", "The heat that evaporates a mole."),
        ("How does a Rankine cycle work?", "It boils, expands, condenses and pumps water."),
        ("What does the COP (Coefficient of Performance) tell?", "Heat moved for work put in."),
    )
    assert found(library, "Define EOV.") == ["made/1"]
    assert found(library, "Which coefficients of performance are usual?") == ["made/3"]
    assert found(library, "Explain the Rankine cycle.") == ["made/2"]
    assert found(library, "What is a recurrent neural network?") == []


def test_a_definition_in_the_texts_wins_over_the_built_in_one() -> None:
    library = made(
        ("What is artemisinin combination therapy (ACT)?", "A treatment of malaria."),
        ("What is adaptive computation time?", "Something else here."),
    )
    assert found(library, "What is ACT?") == ["made/1"]


def test_words_that_every_reference_has_do_not_make_a_question_covered() -> None:
    library = made(
        *[(f"What is the {w} of an engine?", f"The {w}.") for w in ["crank", "cam", "rod"]]
    )
    assert found(library, "What is the warranty of an engine?") == []
    assert found(library, "What is the cam of an engine?") == ["made/2"]


def test_the_same_question_scores_one_and_stands_first(curated: Library) -> None:
    for reference in curated.references:
        best = curated.nearest(reference.question)[0]
        assert best.score == pytest.approx(1.0), reference.question


def test_scores_fall_and_stay_between_0_and_1(curated: Library) -> None:
    for entry in ALL:
        scores = [hit.score for hit in curated.nearest(entry.question, 20)]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < score <= 1 for score in scores)


def test_fewer_are_the_first_of_more(curated: Library) -> None:
    question = "What are LSTMs?"
    assert found(curated, question, 2) == found(curated, question, 20)[:2]
    assert found(curated, question, 0) == []


def test_excluded_references_are_passed_over_and_others_move_up(curated: Library) -> None:
    own = QuestionId("rnn-100/9")
    hits = curated.nearest("What is teacher forcing?", exclude={own})
    assert hits[0].reference.id == "essential-15/10"
    assert own not in [hit.reference.id for hit in hits]


def test_one_of_two_things_asked_is_enough(curated: Library) -> None:
    ids = found(curated, "Explain beam search and how to cook risotto.")
    assert "rnn-100/64" in ids


def test_the_order_of_the_references_does_not_matter(curated: Library) -> None:
    backwards = Library(curated.references[::-1])
    for entry in ALL:
        one, other = curated.nearest(entry.question, 50), backwards.nearest(entry.question, 50)
        assert {h.reference.id: h.score for h in one} == {h.reference.id: h.score for h in other}


def test_a_library_knows_its_references() -> None:
    library = made(("What is a?", "b"), ("What is c?", "d"))
    assert len(library) == 2
    second = library.get(QuestionId("made/2"))
    assert second is library.references[1]
    assert library.get(QuestionId("made/3")) is None


@pytest.mark.parametrize("question", ["", "  ", "???", "What is it?", "\x00", "¿", "🙂"])
def test_a_question_without_content_is_uncovered(question: str, curated: Library) -> None:
    assert curated.nearest(question) == ()


def test_an_empty_library_covers_nothing() -> None:
    assert Library([]).nearest("What is an RNN?") == ()
    assert made(("", ""), ("What?", "")).nearest("What is an RNN?") == ()


def test_a_single_reference_is_found() -> None:
    library = made(("What is entropy?", "A measure of disorder."))
    assert found(library, "Define entropy.") == ["made/1"]
    assert found(library, "Define enthalpy.") == []


def test_other_scripts_are_read() -> None:
    library = made(("Qu’est-ce que l’entropie ?", "Désordre."), ("Что такое энтропия?", "Мера."))
    assert found(library, "Что такое энтропия?") == ["made/2"]
    assert found(library, "QU'EST-CE QUE L'ENTROPIE") == ["made/1"]


@given(st.text(max_size=200))
def test_no_question_breaks_the_search(question: str) -> None:
    library = made(("What is a GRU?", "A gated recurrent unit (GRU)."), ("1D CNN?", "(X) (XY)"))
    assert all(0 < hit.score <= 1 for hit in library.nearest(question))


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=5))
def test_no_reference_breaks_the_index(texts: list[tuple[str, str]]) -> None:
    library = made(*texts)
    for question, _ in texts:
        assert len(library.nearest(question)) <= 5
