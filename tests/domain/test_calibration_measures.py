import pytest

from answerbot.domain.calibration import Scale
from answerbot.domain.calibration_measures import (
    against_people,
    among_people,
    by_criterion,
    by_question,
    of_the_mean,
)
from tests.rated import rated

PAIRS = [(0, 0), (1, 2), (2, 2), (3, 4), (4, 2), (4, 4)]
RATED = [rated(human, machine, line=n) for n, (human, machine) in enumerate(PAIRS)]


def test_agreement_with_people_is_that_of_the_pairs() -> None:
    found = {name: figure.value for name, figure in against_people(RATED).items()}
    # differences 0, 1, 0, 1, -2, 0 steps of a quarter
    assert found["accuracy"] == pytest.approx(3 / 6)
    assert found["within_one_step"] == pytest.approx(5 / 6)
    assert found["mae"] == pytest.approx(4 / 6 / 4)
    assert found["rmse"] == pytest.approx((6 / 6) ** 0.5 / 4)
    assert found["bias"] == pytest.approx(0)
    assert "macro_f1" not in found


def test_of_right_and_wrong_there_is_a_macro_f1_and_no_step() -> None:
    binary = [rated(h, m, scale=Scale(1, 1)) for h, m in ((0, 0), (1, 1), (1, 0), (0, 0))]
    found = against_people(binary)
    # of 0: precision 2/3, recall 1; of 1: precision 1, recall 1/2
    assert found["macro_f1"].value == pytest.approx((0.8 + 2 / 3) / 2)
    assert "within_one_step" not in found


def test_scores_that_lie_between_steps_are_taken_to_the_nearest_where_steps_count() -> None:
    found = against_people([rated(2, 2.4), rated(3, 2.4)])
    assert found["accuracy"].value == 0.5
    assert found["mae"].value == pytest.approx(0.5 / 4)


def test_many_questions_are_drawn_whole() -> None:
    few = [rated(1, 1, question=f"q{n}") for n in range(9)]
    assert not by_question(few)
    assert by_question([*few, rated(1, 1, question="q9")])


def test_two_people_are_compared_over_all_pairs() -> None:
    rows = [rated((0, 0, 4), 0, line=1), rated((4, 4, 4), 0, line=2), rated((2,), 0, line=3)]
    found = among_people(rows)
    # pairs: same, off, off; same, same, same; none
    assert found["accuracy"].n == 6
    assert found["accuracy"].value == pytest.approx(4 / 6)
    assert "bias" not in found
    assert among_people([rated(1, 1)]) == {}


def test_the_mean_is_that_of_the_other_questions() -> None:
    rows = [
        *(rated(0, 0, question="a") for _ in range(3)),
        rated(4, 0, question="b"),
        rated(2, 0, question="b"),
    ]
    found = of_the_mean(rows)
    # to 'a' it says 3/4, to 'b' 0: errors .75 three times, 1, .5
    assert found["mae"].value == pytest.approx((3 * 0.75 + 1 + 0.5) / 5)
    assert set(found) == {"rmse", "mae", "accuracy", "within_one_step"}


def test_with_one_question_the_mean_is_that_of_its_other_answers() -> None:
    found = of_the_mean([rated(0, 0), rated(4, 0)])
    assert found["mae"].value == pytest.approx(1)
    assert of_the_mean([rated(0, 0)]) == {}


def test_each_criterion_that_both_sides_judged_has_its_figures() -> None:
    rows = [
        rated(0, 0, people={"a": "met", "b": "met"}, program={"a": "met"}, rubric="tea"),
        rated(0, 0, people={"a": "not_met"}, program={"a": "met", "b": "met"}, rubric="tea"),
        rated(0, 0, people={"a": "met"}, program={"a": "not_met"}, rubric="tea"),
        rated(0, 0, people={"a": "met"}, program={"a": "met"}, rubric="tea"),
        rated(0, 0, people={"myth": "present"}, program={"myth": "absent"}, rubric="tea"),
    ]
    first, myth, together = by_criterion(rows)
    assert (first.name, first.label, first.accuracy.n) == ("tea: a", "met", 4)
    assert first.precision.value == pytest.approx(2 / 3)
    assert first.recall.value == pytest.approx(2 / 3)
    assert first.f1.value == pytest.approx(2 / 3)
    assert (myth.name, myth.label, myth.recall.value) == ("tea: myth", "present", 0)
    assert (together.name, together.accuracy.n) == ("all criteria", 4)


def test_an_answer_without_a_verdict_that_raters_share_is_in_no_figure_of_that_criterion() -> None:
    both = {"a": "met", "b": "met"}
    rows = [rated(0, 0, people=both, program=both), rated(0, 0, people={"b": "met"}, program=both)]
    assert [one.accuracy.n for one in by_criterion(rows)] == [1, 2, 3]
