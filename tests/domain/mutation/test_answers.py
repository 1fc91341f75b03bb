import pytest

from answerbot.domain.check import Case
from answerbot.domain.mutation.answers import answer_mutants, model_answer, reordered
from answerbot.domain.mutation.filler import FILLER, padded
from answerbot.domain.mutation.loosening import loosened_mutants, vaguer
from answerbot.domain.mutation.negating import negated
from answerbot.domain.mutation.reading import ReadMutant
from answerbot.domain.screening import oddities
from tests.domain.mutation.made import FULL, QUOTES, TIDES, judged, unjudged

FIRST = (
    "It comes from the Moon, whose pull is stronger on the near side of the Earth. This makes\n"
    "two bulges of water; the Earth turns below them. "
)


@pytest.fixture
def mutants() -> dict[str, ReadMutant]:
    return {one.name: one for one in answer_mutants(judged(TIDES, FULL, QUOTES))}


def answer_of(mutant: ReadMutant) -> str:
    (reading,) = mutant.readings
    return reading.answer


def test_each_proof_is_taken_out_and_denied_once(mutants: dict[str, ReadMutant]) -> None:
    assert list(mutants) == [
        *(f"remove-{id_}" for id_ in QUOTES),
        *(f"negate-{id_}" for id_ in QUOTES),
        "pad",
        "reorder",
        "paraphrase",
    ]


def test_all_sentences_that_prove_a_criterion_go_and_no_others(
    mutants: dict[str, ReadMutant],
) -> None:
    mutant = mutants["remove-two-bulges"]
    assert answer_of(mutant) == (
        "It comes from the Moon, whose pull is stronger on the near side of the Earth. "
        "The Sun is a second cause."
    )
    assert (mutant.aims, mutant.spared) == (("two-bulges",), ())


def test_only_the_clause_that_proves_a_criterion_is_denied(mutants: dict[str, ReadMutant]) -> None:
    mutant = mutants["negate-two-bulges"]
    assert answer_of(mutant) == (
        "It comes from the Moon, whose pull is stronger on the near side of the Earth. "
        "It is not true that this makes\ntwo bulges of water; the Earth turns below them. "
        "So it is not true that there are two high tides a day.\nThe Sun is a second cause."
    )
    assert mutant.spared == ("wind",)


def test_criteria_that_one_sentence_proves_are_aimed_at_together() -> None:
    quotes = QUOTES | {"sun": QUOTES["moon"]}
    named = {one.name: one for one in answer_mutants(judged(TIDES, FULL, quotes))}
    assert named["remove-moon-sun"].aims == ("moon", "sun")
    assert "remove-sun" not in named


def test_a_criterion_that_loses_one_of_its_sentences_may_move() -> None:
    quotes = QUOTES | {"sun": [*QUOTES["moon"], *QUOTES["sun"]]}
    named = {one.name: one for one in answer_mutants(judged(TIDES, FULL, quotes))}
    assert named["remove-moon"].aims == ("moon",)
    assert named["remove-moon"].spared == ("sun",)


def test_an_answer_is_never_taken_out_whole() -> None:
    every = {id_: [FULL.answer.strip()] for id_ in QUOTES}
    names = [one.name for one in answer_mutants(judged(TIDES, FULL, every))]
    assert "negate-moon-two-bulges-sun" in names
    assert not [name for name in names if name.startswith("remove")]


def test_the_model_answer_is_the_first_that_was_found_to_be_full() -> None:
    full = judged(TIDES, FULL, QUOTES)
    short = judged(TIDES, FULL, QUOTES, sun="not_met")
    wrong = judged(TIDES, FULL, QUOTES, wind="present")
    assert model_answer([short, wrong, full]) is full
    assert model_answer(unjudged(TIDES)) is None


def test_padding_leaves_the_words_and_makes_them_a_third(mutants: dict[str, ReadMutant]) -> None:
    answer = FULL.answer.strip()
    long = answer_of(mutants["pad"])
    assert answer in long
    assert 3 * len(answer) <= len(long) <= 4 * len(answer)
    assert len(padded("x" * 5_000)) >= 15_000


def test_filler_speaks_to_nobody() -> None:
    assert list(oddities(" ".join(FILLER))) == []


def test_sentences_are_reordered_half_by_half(mutants: dict[str, ReadMutant]) -> None:
    assert answer_of(mutants["reorder"]) == (
        f"So there are two high tides a day.\nThe Sun is a second cause. {FIRST.strip()}"
    )


@pytest.mark.parametrize("answer", ["One sentence.", "- one\n- two", "A.\n\nB.", "1. A.\n2. B."])
def test_what_is_no_paragraph_is_not_reordered(answer: str) -> None:
    assert reordered(answer) is None


@pytest.mark.parametrize(
    ("statement", "denial"),
    [
        ("The state is a vector.", "The state is not a vector."),
        ("Clipping can help.", "Clipping cannot help."),
        ("The gate scales the state.", "It is not true that the gate scales the state."),
        ("So the gate opens.", "So it is not true that the gate opens."),
        ("LSTMs have gates.", "It is not true that LSTMs have gates."),
        ("c_t is a sum.", "c_t is not a sum."),
        ("the state fades", "it is not true that the state fades"),
        (
            "It is small, and the sum is large.",
            "It is not true that it is small, and the sum is large.",
        ),
    ],
)
def test_a_statement_is_denied_by_its_form(statement: str, denial: str) -> None:
    assert negated(statement) == denial


def test_a_loosened_criterion_asks_for_its_name_alone() -> None:
    mutants = {one.name: one for one in loosened_mutants(TIDES, unjudged(TIDES))}
    assert list(mutants) == ["loosen-moon", "loosen-two-bulges", "loosen-sun"]
    loose = mutants["loosen-two-bulges"].readings[0].rubric.criteria[1]
    assert loose.states == "Says something on the subject of 'two bulges', however vague."
    assert loose.points == 4
    assert vaguer(TIDES.criteria[1]) == loose.states


def test_those_that_come_nearest_to_a_criterion_are_read_again() -> None:
    def readers(name: str, cases: list[Case]) -> list[str]:
        mutants = {one.name: one for one in loosened_mutants(TIDES, cases)}
        return [reading.case.exemplar.id for reading in mutants[name].readings]

    # 'mistaken' has the word; of the others 'partly' earns most.
    assert readers("loosen-sun", unjudged(TIDES)) == ["mistaken", "partly"]
    assert readers("loosen-moon", unjudged(TIDES)) == ["mistaken", "parroted"]
