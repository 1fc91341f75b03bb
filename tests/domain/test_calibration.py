import pytest

from answerbot.domain.calibration import Scale, scale_of
from tests.rated import rated


@pytest.mark.parametrize(
    ("most", "scores", "steps"),
    [
        (1, [0, 1, 1], 1),
        (1, [0, 0.5, 1], 2),
        (1, [0, 0.33, 0.67, 1], 3),
        (3.5, [0.5, 1.5, 2, 3.5], 7),
        (10, [0, 3, 7, 9, 10], 10),
        (100, [17, 43, 99], 100),
        (5, [5, 5], 1),
    ],
)
def test_the_scale_is_the_coarsest_that_the_scores_lie_on(
    most: float, scores: list[float], steps: int
) -> None:
    assert scale_of(most, scores) == Scale(most, steps)


def test_one_odd_score_in_many_makes_no_finer_scale() -> None:
    assert scale_of(1, [0, 0.25, 0.5, 0.75, 1] * 10 + [0.37]).steps == 4


def test_scores_of_a_short_scale_are_listed_and_of_a_long_one_told() -> None:
    assert Scale(2, 4).in_words == "0, 0.5, 1, 1.5, 2"
    assert Scale(1, 3).in_words == "0, 0.3333, 0.6667, 1"
    assert Scale(20, 40).in_words == "0 to 20 in steps of 0.5"


def test_a_score_between_the_steps_may_not_be_given() -> None:
    thirds = Scale(1, 3)
    assert thirds.has(0.33)
    assert thirds.has(1)
    assert not thirds.has(0.5)
    assert not thirds.has(1.33)


def test_half_a_step_is_taken_upwards() -> None:
    assert [Scale(1, 2).level(x) for x in (0, 0.2, 0.25, 0.7, 0.75, 1)] == [0, 0, 1, 1, 2, 2]


def test_the_program_is_off_by_fractions_of_the_highest_score() -> None:
    one = rated(1, 3)
    assert (one.human, one.machine, one.off) == (0.25, 0.75, 0.5)
