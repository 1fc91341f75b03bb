import pytest

from answerbot.domain.calibration import Scale
from answerbot.domain.calibration_bias import (
    by_length,
    by_level,
    confusion,
    of_each_question,
    reliability,
    worst,
)
from tests.rated import rated


def test_quarters_by_length_hold_all_answers_and_do_not_overlap() -> None:
    rows = [rated(2, 2 + (n > 30), line=n, answer="word " * n) for n in range(1, 41)]
    slices = by_length(rows)
    assert [one.n for one in slices] == [10, 10, 10, 10]
    assert slices[0].name == "1 to 10 words"
    assert slices[-1].name == "31 to 40 words"
    assert [one.bias.value for one in slices] == [0, 0, 0, 0.25]


def test_answers_of_one_length_are_not_cut_by_it() -> None:
    assert by_length([rated(1, 1), rated(2, 2)]) == []


def test_each_score_of_a_short_scale_is_a_level() -> None:
    slices = by_level([rated(0, 1), rated(0, 1), rated(4, 3)])
    assert [(one.name, one.n, one.bias.value) for one in slices] == [
        ("score 0", 2, 0.25),
        ("score 4", 1, -0.25),
    ]


def test_of_several_scales_the_levels_are_parts_of_the_highest_score() -> None:
    rows = [
        rated(0, 0, scale=Scale(1, 1)),
        rated(3, 3, scale=Scale(10, 10)),
        rated(5, 5, scale=Scale(10, 10)),
        rated(9, 9, scale=Scale(10, 10)),
        rated(10, 10, scale=Scale(10, 10)),
    ]
    names = ["nothing", "up to a third", "up to two thirds", "less than all", "all"]
    assert [one.name for one in by_level(rows)] == names


def test_questions_are_told_from_too_low_to_too_high() -> None:
    rows = [rated(2, 3, question="b"), rated(2, 1, question="a"), rated(2, 2, question="c")]
    assert [one.name for one in of_each_question(rows)] == ["a", "c", "b"]
    assert of_each_question(rows)[0].about == "What is a?"


def test_confidence_is_compared_with_how_often_it_was_right() -> None:
    sure = [rated(2, 2 if n < 3 else 1, confidence=0.95) for n in range(4)]
    unsure = [rated(2, 2 if n < 1 else 1, confidence=0.55) for n in range(4)]
    found = reliability([*sure, *unsure, rated(1, 1)])
    assert found is not None
    assert [one.confidence for one in found.bins] == pytest.approx([0.55, 0.95])
    assert [one.right.value for one in found.bins] == [0.25, 0.75]
    assert found.error == pytest.approx((0.3 * 4 + 0.2 * 4) / 8)
    assert reliability([rated(1, 1)]) is None


def test_the_matrix_counts_pairs_of_scores() -> None:
    rows = [rated(0, 0), rated(0, 1), rated(4, 4), rated(4, 3.6)]
    found = confusion(rows)
    assert found.names == ("0", "1", "2", "3", "4")
    assert found.counts[0] == (1, 1, 0, 0, 0)
    assert found.counts[4] == (0, 0, 0, 0, 2)


def test_several_scales_share_a_matrix_of_quarters() -> None:
    found = confusion([rated(1, 0, scale=Scale(1, 1)), rated(5, 7, scale=Scale(10, 10))])
    assert found.names == ("0 %", "25 %", "50 %", "75 %", "100 %")
    assert found.counts[4][0] == 1
    assert found.counts[2][3] == 1


def test_the_worst_come_first_and_none_that_agrees() -> None:
    rows = [rated(2, 2, line=1), rated(0, 4, line=2), rated(3, 2, line=3), rated(4, 0, line=4)]
    assert [one.label.place.line for one in worst(rows)] == [2, 4, 3]
    assert len(worst(rows, 1)) == 1
