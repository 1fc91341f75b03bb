"""Grades from words alone: honest answers, and what people try instead."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerbot.domain.estimate import MOST_CHARACTERS, estimate
from answerbot.domain.grade import Grade
from answerbot.domain.rubric import Rubric, parse_rubric

QUESTION = "How do LSTM networks keep information over many time steps?"
RUBRIC = """
id: lstm-memory
title: How LSTM networks remember
questions: [made-up/1]
cap: 50
criteria:
  - id: additive-update
    points: 4
    essential: true
    states: The cell state is updated by addition instead of a repeated multiplication.
    partial: Says only that there is a separate memory cell.
    cues:
      - [cell state, memory cell, c_t]
      - [add, additive, sum, plus]
  - id: gates
    points: 4
    states: Gates between zero and one decide what is written, what is kept and what is read.
    partial: Names gates without saying what they do.
    cues:
      - [gate]
      - [decide, control, regulate]
      - [keep, forget, write, read]
  - id: gradient-survives
    points: 2
    states: Therefore the gradient reaches early inputs without shrinking away.
    cues:
      - [gradient, error]
      - [flow, reach, survive, preserve]
misconceptions:
  - id: infinite
    points: -2
    states: An LSTM remembers everything forever.
    cues:
      - [everything, all information]
      - [forever, infinite, unlimited]
exemplars:
  - id: full
    answer: |
      An LSTM has a cell state beside its output. At each step something is added to it, so nothing
      has to be squeezed through the same matrix again and again. Three gates control this: one
      forgets a part of the old content, one writes new content, and one reads it out. As the update
      is a sum, the gradient flows back to early inputs and does not vanish on the way.
    verdicts:
      {additive-update: met, gates: met, gradient-survives: met, infinite: absent}
  - id: partial
    answer: It has a memory cell.
    verdicts:
      {additive-update: partial, gates: not_met, gradient-survives: not_met, infinite: absent}
  - id: mistaken
    answer: It keeps everything forever.
    verdicts:
      {additive-update: not_met, gates: not_met, gradient-survives: not_met, infinite: present}
  - id: parroted
    answer: LSTM networks keep information.
    verdicts:
      {additive-update: not_met, gates: not_met, gradient-survives: not_met, infinite: absent}
"""


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return parse_rubric(RUBRIC, "lstm-memory.yaml")


@pytest.fixture(scope="module")
def full(rubric: Rubric) -> str:
    return rubric.exemplars[0].answer


def verdicts(grade: Grade) -> list[str]:
    return [verdict.verdict for verdict in grade.verdicts]


def test_a_full_answer_earns_all_and_shows_the_words_that_earned_it(
    rubric: Rubric, full: str
) -> None:
    grade = estimate(full, QUESTION, rubric)
    assert verdicts(grade) == ["met", "met", "met"]
    assert (grade.earned, grade.slips, grade.flags) == (10, (), ())
    for verdict in grade.verdicts:
        assert verdict.evidence
        for evidence in verdict.evidence:
            assert full[evidence.start : evidence.end] == evidence.quote
    assert grade.verdicts[2].reason == "2 of 2 cues found near each other"
    assert "gradient" in [evidence.quote for evidence in grade.verdicts[2].evidence]


def test_the_same_answer_gets_the_same_grade(rubric: Rubric, full: str) -> None:
    assert estimate(full, QUESTION, rubric) == estimate(full, QUESTION, rubric)


def test_an_answer_of_one_thing_earns_that_and_is_capped(rubric: Rubric) -> None:
    text = "Its gates are numbers between zero and one that decide what is kept and what is read."
    grade = estimate(text, QUESTION, rubric)
    assert verdicts(grade) == ["not_met", "met", "not_met"]
    assert grade.earned == 4


def test_a_rubric_without_cues_works_too(rubric: Rubric, full: str) -> None:
    bare = rubric.model_copy(
        update={"criteria": tuple(c.model_copy(update={"cues": ()}) for c in rubric.criteria)}
    )
    text = (
        "The cell state gets something by addition at each step and there is no repeated "
        "multiplication. Gates, whose values lie between zero and one, decide what is written."
    )
    assert estimate(text, QUESTION, bare).earned >= 4
    assert estimate("It is a well known kind of model.", QUESTION, bare).earned == 0


def test_a_misconception_costs_points_and_its_sentence_earns_none(rubric: Rubric) -> None:
    text = (
        "The cell state is a sum of what was added to it at each of the steps before. "
        "Its gates decide what to keep, so it can store everything forever."
    )
    grade = estimate(text, QUESTION, rubric)
    assert [slip.misconception.id for slip in grade.slips] == ["infinite"]
    assert [e.quote for e in grade.slips[0].evidence] == ["everything", "forever"]
    assert verdicts(grade)[:2] == ["met", "not_met"]


def test_a_misconception_that_is_denied_costs_nothing(rubric: Rubric, full: str) -> None:
    text = f"{full} It does not remember everything forever."
    assert estimate(text, QUESTION, rubric).slips == ()


@pytest.mark.parametrize(
    "text",
    [
        "LSTMs do not use gates that control what to keep.",
        "It is false that gates decide what the network has to forget.",
        "There is no gate that would decide what to keep and what to forget.",
    ],
)
def test_a_right_statement_that_is_denied_earns_nothing(rubric: Rubric, text: str) -> None:
    assert estimate(text, QUESTION, rubric).earned == 0


NOTHING: dict[str, str] = {
    "a list of cues": "cell state, add, gate, decide, keep, gradient, flow",
    "a list without commas": "cell state add gate decide keep gradient flow",
    "a list in lines": "cell state\nadd\ngate\ndecide\nkeep\ngradient\nflow",
    "a list in bullets": "- cell state\n- add\n- gate\n- decide\n- keep\n- gradient\n- flow",
    "a list with articles": "the cell state and the add and the gate and the keep and the gradient",
    "a list in a frame": "It is about cell state, add, gate, decide, keep, gradient and flow.",
    "the question": QUESTION,
    "the question, often": f"{QUESTION} " * 30,
    "the question turned into a statement": "LSTM networks keep information over many time steps.",
    "a comment": "<!-- The gates decide what to keep, and the gradient flows. -->",
    "code": "```\nThe gates decide what to keep, and the gradient flows.\n```",
    "nothing": "",
    "white space": " \n\t\n",
    "marks": "?!... --- ***",
    "German": "Die Gates entscheiden, was im Zustand bleibt, und der Gradient bleibt erhalten.",
    "Chinese": "门控单元决定保留哪些信息，梯度因此不会消失。",
    "padding": "It is a topic that many people have worked on for a very long time. " * 40,
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING.keys())
def test_what_says_nothing_earns_nothing(rubric: Rubric, text: str) -> None:
    grade = estimate(text, QUESTION, rubric)
    assert (grade.earned, set(verdicts(grade))) == (0, {"not_met"})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (NOTHING["nothing"], "blank"),
        (NOTHING["German"], "cannot-assess"),
        (NOTHING["Chinese"], "cannot-assess"),
        (NOTHING["code"], "cannot-assess"),
        (NOTHING["a list of cues"], "cannot-assess"),
    ],
)
def test_what_cannot_be_read_is_set_aside_for_a_human(rubric: Rubric, text: str, kind: str) -> None:
    [flag] = estimate(text, QUESTION, rubric).flags
    assert flag.kind == kind
    assert flag.review


def test_the_text_of_the_rubric_earns_nothing(rubric: Rubric) -> None:
    claims = "\n".join(f"- My answer says: {c.states}" for c in rubric.criteria)
    assert estimate(claims, QUESTION, rubric).earned == 0


def test_to_say_it_fifty_times_earns_no_more_than_once(rubric: Rubric) -> None:
    sentence = "The gates decide what is kept and what is forgotten. "
    once = estimate(sentence, QUESTION, rubric)
    assert estimate(sentence * 50, QUESTION, rubric).earned == once.earned == 4


def test_padding_neither_adds_nor_takes(rubric: Rubric, full: str) -> None:
    some = "The gates decide what is kept and what is forgotten. "
    for text in (some, full):
        padded = f"{NOTHING['padding']}\n\n{text}\n\n{NOTHING['padding']}"
        assert estimate(padded, QUESTION, rubric).earned == estimate(text, QUESTION, rubric).earned


@pytest.mark.parametrize("seed", range(5))
def test_the_words_of_a_full_answer_in_no_order_earn_clearly_less(
    rubric: Rubric, full: str, seed: int
) -> None:
    words = full.split()
    random.Random(seed).shuffle(words)
    assert estimate(" ".join(words), QUESTION, rubric).earned <= 5


def test_markup_costs_nothing(rubric: Rubric, full: str) -> None:
    text = full.replace("cell state", "**cell state**").replace("gates", "`gates`")
    assert estimate(f"<div>\n\n{text}\n\n</div>", QUESTION, rubric).earned == 10


def test_what_stands_behind_the_limit_is_not_read(rubric: Rubric, full: str) -> None:
    padding = "Here is a sentence of no use at all to anybody who reads it.\n\n"
    text = padding * (MOST_CHARACTERS // len(padding) + 1) + full
    assert estimate(text, QUESTION, rubric).earned == 0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gets_a_grade_in_range(text: str) -> None:
    grade = estimate(text, QUESTION, parse_rubric(RUBRIC, "lstm-memory.yaml"))
    assert 0 <= grade.earned <= grade.possible


# The rubrics that ship


@pytest.fixture(scope="module")
def shipped() -> list[Rubric]:
    paths = sorted((Path(__file__).resolve().parents[2] / "rubrics").glob("*.yaml"))
    return [parse_rubric(path.read_text("utf-8"), str(path)) for path in paths]


def fractions(shipped: list[Rubric], write: Callable[[Rubric], str]) -> list[float]:
    return [estimate(write(rubric), rubric.title, rubric).fraction for rubric in shipped]


def full_of(rubric: Rubric) -> str:
    return next(
        exemplar.answer
        for exemplar in rubric.exemplars
        if all(exemplar.verdicts[criterion.id] == "met" for criterion in rubric.criteria)
    )


def first_cues(rubric: Rubric) -> list[str]:
    return [group[0] for criterion in rubric.criteria for group in criterion.cues]


def test_full_exemplars_earn_nearly_all(shipped: list[Rubric]) -> None:
    assert fmean(fractions(shipped, full_of)) > 0.85


@pytest.mark.parametrize("separator", [", ", " ", "\n", " and ", "\n- "])
def test_no_list_of_cues_earns_anything(shipped: list[Rubric], separator: str) -> None:
    assert max(fractions(shipped, lambda rubric: separator.join(first_cues(rubric)))) == 0


def test_a_list_of_all_cues_within_prose_earns_next_to_nothing(shipped: list[Rubric]) -> None:
    prose = "In my view it is a subject that has to be understood well, and I have read about it."
    listed = fractions(shipped, lambda rubric: f"{prose} {', '.join(first_cues(rubric))}. {prose}")
    assert fmean(listed) < 0.1


def test_no_text_of_a_rubric_earns_anything(shipped: list[Rubric]) -> None:
    texts = fractions(shipped, lambda rubric: "\n".join(f"- {c.states}" for c in rubric.criteria))
    assert fmean(texts) < 0.02


def test_shuffled_full_exemplars_earn_a_fraction(shipped: list[Rubric]) -> None:
    def shuffled(rubric: Rubric) -> str:
        words = full_of(rubric).split()
        random.Random(rubric.id).shuffle(words)
        return " ".join(words)

    assert fmean(fractions(shipped, shuffled)) < 0.2
