import pytest

from answerbot.domain.baseline import (
    Baseline,
    criterion_state,
    misconception_state,
    parse_baseline,
    rescored,
    write_baseline,
)
from answerbot.domain.errors import InputError
from answerbot.domain.rubric import Criterion, Level, Misconception
from tests.states import exemplar_state, judged, rubric_state


def test_a_written_baseline_is_read_back_as_it_was() -> None:
    baseline = Baseline(rubrics={"gates": rubric_state(), "cells": rubric_state(cap=30)})
    assert parse_baseline(write_baseline(baseline), "baseline.json") == baseline


def test_labels_that_the_judge_did_not_give_survive_the_file() -> None:
    wrong = exemplar_state(judged(keeps="not_met"))
    state = rubric_state(exemplars={"full": wrong})
    text = write_baseline(Baseline(rubrics={"gates": state}))
    assert '"expected": {"keeps": "met"}' in text
    assert parse_baseline(text, "baseline.json").rubrics["gates"].exemplars["full"] == wrong


def test_an_exemplar_that_nobody_judged_survives_the_file() -> None:
    unjudged = exemplar_state(None)
    state = rubric_state(exemplars={"full": unjudged})
    text = write_baseline(Baseline(rubrics={"gates": state}))
    assert parse_baseline(text, "baseline.json").rubrics["gates"].exemplars["full"] == unjudged


def test_each_criterion_and_each_exemplar_has_a_line_of_its_own() -> None:
    lines = write_baseline(Baseline(rubrics={"gates": rubric_state()})).splitlines()
    for name in ("keeps", "writes", "erases", "full"):
        assert sum(line.startswith(f'    "{name}": ') for line in lines) == 1


def test_the_same_baseline_is_written_the_same_whatever_the_order_of_rubrics() -> None:
    one, other = rubric_state(), rubric_state(cap=30)
    forward = write_baseline(Baseline(rubrics={"a": one, "b": other}))
    assert forward == write_baseline(Baseline(rubrics={"b": other, "a": one}))


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2}', '{"rubrics": {"a": {"pass": 60}}}'])
def test_a_file_that_holds_no_baseline_is_named_with_a_way_out(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_baseline(text, "rubrics/baseline.json")
    problem = caught.value.problems[0]
    assert str(problem).startswith("rubrics/baseline.json: no baseline: ")
    assert "--bless" in (problem.hint or "")


def test_how_a_criterion_is_wrapped_in_its_file_is_no_edit() -> None:
    def state(text: str) -> str:
        return criterion_state(Criterion(id="a", points=2, states=text)).text

    assert state("Says this\nand that.") == state("Says this and\n  that.")
    assert state("Says this and that.") != state("Says this or that.")


def test_what_counts_and_what_does_not_are_told_apart() -> None:
    base = {"id": "a", "points": 2, "states": "Says it."}
    texts = {
        criterion_state(Criterion.model_validate(base | more)).text
        for more in (
            {},
            {"accepts": ("this",)},
            {"rejects": ("this",)},
            {"partial": "this"},
            {"levels": (Level(points=1, states="this"),)},
        )
    }
    assert len(texts) == 5


def test_points_are_no_part_of_the_text() -> None:
    two = Criterion(id="a", points=2, states="Says it.")
    assert criterion_state(two).text == criterion_state(two.model_copy(update={"points": 3})).text
    slip = Misconception(id="b", points=-2, states="Claims it.")
    cheap = slip.model_copy(update={"points": -1})
    assert misconception_state(slip).text == misconception_state(cheap).text


def test_old_verdicts_are_scored_by_the_points_of_the_state() -> None:
    # keeps 4 essential, writes 3 with a partial step of 1, resets 3 with levels 1 and 2; erases -2.
    state = rubric_state()
    verdicts = {"keeps": "met", "writes": "partial", "resets": "level_2", "erases": "present"}
    grade = rescored(state, verdicts)
    assert grade is not None
    assert (grade.earned, grade.possible) == (4 + 1 + 2 - 2, 10)


def test_a_cap_holds_when_old_verdicts_are_scored() -> None:
    verdicts = {"keeps": "not_met", "writes": "met", "resets": "met", "erases": "absent"}
    grade = rescored(rubric_state(cap=50), verdicts)
    assert grade is not None
    assert (grade.earned, grade.capped) == (5, True)


def test_verdicts_of_another_rubric_are_not_scored() -> None:
    assert rescored(rubric_state(), {"keeps": "met"}) is None
