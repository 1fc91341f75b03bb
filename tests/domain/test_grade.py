import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerbot.domain.grade import Slip, Verdict, score
from answerbot.domain.rubric import CriterionVerdict, Misconception, Rubric
from tests.rubrics import CLIPPING

STEPS: tuple[tuple[CriterionVerdict, ...], ...] = (
    ("not_met", "partial", "met"),
    ("not_met", "level_1", "level_2", "met"),
    ("not_met", "met"),
)
"""The verdicts of each criterion, from the worst to the best."""


def verdicts(*values: CriterionVerdict, rubric: Rubric = CLIPPING) -> list[Verdict]:
    return [Verdict(c, v, (), "") for c, v in zip(rubric.criteria, values, strict=True)]


def slips(number: int, points: int = -2) -> list[Slip]:
    return [Slip(Misconception(id="wrong", points=points, states="x"), (), "")] * number


@pytest.mark.parametrize(
    ("values", "wrong", "earned", "capped"),
    [
        (("met", "met", "met"), 0, 10, False),
        (("met", "level_1", "not_met"), 0, 5, False),
        (("met", "level_2", "not_met"), 0, 7, False),
        (("partial", "met", "met"), 0, 8, False),
        (("not_met", "met", "met"), 0, 5, True),
        (("not_met", "level_1", "not_met"), 0, 1, False),
        (("met", "met", "met"), 1, 8, False),
        (("not_met", "met", "met"), 1, 4, False),
        (("not_met", "not_met", "not_met"), 1, 0, False),
    ],
)
def test_points_add_up(
    values: tuple[CriterionVerdict, ...], wrong: int, earned: int, capped: bool
) -> None:
    grade = score(CLIPPING, verdicts(*values), slips(wrong))
    assert (grade.earned, grade.possible, grade.capped) == (earned, 10, capped)
    assert grade.fraction == earned / 10


readings = st.tuples(*(st.integers(0, len(steps) - 1) for steps in STEPS))
rubrics = st.tuples(st.integers(0, 100), st.tuples(st.booleans(), st.booleans(), st.booleans()))


@given(readings, st.integers(0, 2), st.integers(0, 3), st.integers(-5, -1), rubrics)
def test_a_score_is_within_bounds_and_monotone_in_each_criterion(
    reading: tuple[int, ...],
    at: int,
    wrong: int,
    cost: int,
    variant: tuple[int, tuple[bool, ...]],
) -> None:
    cap, essential = variant
    rubric = CLIPPING.model_copy(
        update={
            "cap": cap,
            "criteria": tuple(
                criterion.model_copy(update={"essential": must})
                for criterion, must in zip(CLIPPING.criteria, essential, strict=True)
            ),
        }
    )

    def earned(steps: tuple[int, ...], mistakes: int) -> int:
        values = [of[step] for of, step in zip(STEPS, steps, strict=True)]
        grade = score(rubric, verdicts(*values, rubric=rubric), slips(mistakes, cost))
        missing = any(must and not step for must, step in zip(essential, steps, strict=True))
        assert 0 <= grade.earned <= (10 * cap // 100 if missing else 10)
        return grade.earned

    better = tuple(
        min(step + (place == at), len(STEPS[place]) - 1) for place, step in enumerate(reading)
    )
    assert earned(reading, wrong) <= earned(better, wrong)
    assert earned(reading, wrong + 1) <= earned(reading, wrong)


def test_verdicts_of_another_rubric_are_refused() -> None:
    with pytest.raises(ValueError, match="one to one"):
        score(CLIPPING, verdicts("met", "met", "met")[:2])
