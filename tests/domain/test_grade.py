import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerbot.domain.bank import QuestionId
from answerbot.domain.grade import Slip, Verdict, score
from answerbot.domain.rubric import Criterion, CriterionVerdict, Misconception, Rubric

RUBRIC = Rubric(
    id="gates",
    title="Gates",
    questions=(QuestionId("b/1"),),
    cap=50,
    criteria=(
        Criterion(id="what", points=4, states="x", partial="y", essential=True),
        Criterion(id="why", points=3, states="x", partial="y"),
        Criterion(id="when", points=3, states="x"),
    ),
    misconceptions=(Misconception(id="wrong", points=-2, states="x"),),
)
VERDICTS: tuple[CriterionVerdict, ...] = ("not_met", "partial", "met")


def verdicts(*values: CriterionVerdict) -> list[Verdict]:
    return [Verdict(c, v, (), "") for c, v in zip(RUBRIC.criteria, values, strict=True)]


@pytest.mark.parametrize(
    ("values", "slips", "earned"),
    [
        (("met", "met", "met"), 0, 10),
        (("met", "partial", "not_met"), 0, 5),
        (("partial", "met", "met"), 0, 8),
        (("not_met", "met", "met"), 0, 5),
        (("met", "met", "met"), 1, 8),
        (("not_met", "not_met", "not_met"), 1, 0),
    ],
)
def test_points_add_up(values: tuple[CriterionVerdict, ...], slips: int, earned: int) -> None:
    found = [Slip(RUBRIC.misconceptions[0], (), "")] * slips
    grade = score(RUBRIC, verdicts(*values), found)
    assert (grade.earned, grade.possible) == (earned, 10)


@given(st.lists(st.sampled_from(VERDICTS), min_size=3, max_size=3), st.integers(0, 2))
def test_a_better_verdict_never_lowers_the_score(values: list[CriterionVerdict], at: int) -> None:
    before = score(RUBRIC, verdicts(*values)).earned
    values[at] = VERDICTS[min(VERDICTS.index(values[at]) + 1, 2)]
    assert 0 <= before <= score(RUBRIC, verdicts(*values)).earned <= RUBRIC.possible


def test_verdicts_of_another_rubric_are_refused() -> None:
    with pytest.raises(ValueError, match="one to one"):
        score(RUBRIC, verdicts("met", "met", "met")[:2])
