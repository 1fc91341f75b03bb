"""Which question a text means: the same in other clothes, much alike, or another one."""

from __future__ import annotations

import pytest

from answerbot.domain.bank import Question, QuestionId, parse_bank
from answerbot.domain.known import Known, words

QUESTIONS = (
    "What areRecurrent Neural Networks (RNNs)?",
    "What is the vanishing gradient problem in RNNs?",
    "What are the advantages of LSTMs over vanilla RNNs?",
    "How does gradient clipping help RNNs?",
    "Why does gradient clipping help RNNs?",
    "Explain one-to-many RNNs.",
    "Compare bidirectional RNNs with others.",
    "What is the role of the hidden state in RNNs?",
    "What is padding for RNNs of fixed length 10?",
    "What do RNNs do in finance?",
)


def known_of(*texts: str, threshold: float = 85) -> Known:
    text = "".join(f"## Q{i}. {asked}\n\nText.\n\n" for i, asked in enumerate(texts, start=1))
    bank = parse_bank(text, "rnn.md")
    return Known({question.id: question for question in bank.questions}, threshold)


KNOWN = known_of(*QUESTIONS)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("What are recurrent neural networks (RNNs)?", 1),
        ("**WHAT ARE RECURRENT NEURAL NETWORKS [RNNS]**", 1),
        ("What  is the\nvanishing gradient problem in RNNs", 2),
        ("Whatis thevanishing gradient-problem inRNNs ?", 2),
        ("“What is the vanishing gradient problem in RNNs?”", 2),
        ("What is the vanishing\u00a0gradient\u200b problem in \uff32\uff2e\uff2e\uff53?", 2),
        ("_Explain one to many RNNs_", 6),
    ],
)
def test_case_space_punctuation_and_emphasis_make_no_difference(text: str, number: int) -> None:
    assert KNOWN.exactly(text) == [f"rnn/{number}"]


@pytest.mark.parametrize("text", ["", " ", "?!", "What is C?", "What are RNNs?"])
def test_a_text_that_is_no_question_is_exactly_none(text: str) -> None:
    assert not KNOWN.exactly(text)


def test_symbols_that_make_another_name_are_kept() -> None:
    assert words("What is C++?") != words("What is C#?") != words("What is C?")
    assert words("R&D") == words("R and D")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("What is the vanishing gradient problem?", 2),
        ("What is teh vanishing gradeint problem in RNNs?", 2),
        ("What are advantages of an LSTM over vanilla RNNs", 3),
        ("How does gradient cliping help RNNs?", 4),
        ("What's the role of hidden states in RNNs?", 8),
    ],
)
def test_what_differs_by_fillers_inflections_and_typing_errors_is_meant(
    text: str, number: int
) -> None:
    best = KNOWN.alike(text)[0]
    assert best.id == f"rnn/{number}"
    assert best.same
    assert 85 <= best.score < 100
    assert KNOWN.meant(text) == f"rnn/{number}"
    assert not KNOWN.rivals(KNOWN.alike(text))


@pytest.mark.parametrize(
    "text",
    [
        "What are the disadvantages of LSTMs over vanilla RNNs?",
        "What are the advantages of GRUs over vanilla RNNs?",
        "What are the advantages of vanilla RNNs over LSTMs?",
        "When does gradient clipping help RNNs?",
        "How does gradient clipping not help RNNs?",
        "Explain many-to-one RNNs.",
        "Compare unidirectional RNNs with others.",
        "What is the rule of the hidden state in RNNs?",
        "What is padding for RNNs of fixed length 100?",
        "What do RNNs do in France?",
        "What is the vanishing gradient problem in RNNs, and how does an LSTM help?",
    ],
)
def test_a_telling_word_that_differs_makes_another_question(text: str) -> None:
    assert KNOWN.meant(text) is None


def test_a_part_of_another_language_or_an_endless_text_means_nothing() -> None:
    for text in ("Was ist das Problem verschwindender Gradienten?", "何ですか", "RNN " * 100_000):
        assert KNOWN.meant(text) is None


def test_the_threshold_decides() -> None:
    text = "Please describe the vanishing gradient problem"
    strict, loose = known_of(*QUESTIONS), known_of(*QUESTIONS, threshold=60)
    assert strict.meant(text) is None
    assert loose.meant(text) == "rnn/2"


def test_questions_with_one_text_are_in_the_order_of_all() -> None:
    known = known_of("What is A?", "What is B?", "What is a")
    assert known.exactly("what is a?") == ["rnn/1", "rnn/3"]


def test_a_question_that_is_as_much_alike_is_a_rival_unless_it_serves_the_same() -> None:
    questions = (
        "What is the role of gates in LSTM cells?",
        "What is the role of a gate in an LSTM cell?",
    )
    text = "What is the role of gates in an LSTM cell?"
    known = known_of(*questions)
    best, *_ = known.alike(text)
    rivals = known.rivals(known.alike(text))
    assert {best.id, *(rival.id for rival in rivals)} == {"rnn/1", "rnn/2"}
    same = Known(known.questions, serves=lambda _: "gates")
    assert not same.rivals(same.alike(text))


def test_ids_are_found_at_the_start_whatever_their_bank_is_called() -> None:
    question = known_of("What is A?").questions[QuestionId("rnn/1")]
    stems = ("a.b (c)", "rnn", "rnn-2")
    known = Known({QuestionId(f"{stem}/1"): question for stem in stems})
    assert known.meant("a.b (c)/1 What is A?") == "a.b (c)/1"
    assert known.meant("**[rnn-2/7]**: What?") == "rnn-2/7"
    assert known.meant("Question rnn/01") == "rnn/1"
    for text in ("rnn/1/2", "rnn/1st", "xrnn/1", "see rnn/1", "rnn / 1", "other/1"):
        assert known.meant(text) is None


def test_nothing_known_means_nothing() -> None:
    known = Known({})
    assert known.meant("rnn/1") is None
    assert known.meant("What is A?") is None
    assert isinstance(known.questions, dict)
    assert not any(isinstance(question, Question) for question in known.questions.values())
