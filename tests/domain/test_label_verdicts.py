from dataclasses import replace

import pytest

from answerbot.domain.errors import InputError
from answerbot.domain.label_verdicts import label_of, translated
from answerbot.domain.labels import Label
from tests.domain.test_labels import problems
from tests.rated import label
from tests.rubrics import CLIPPING

ALL = {"what": "met", "why": "met", "when": "met"}


def saying(rater: str = "", criterion: str = "", **verdicts: str) -> Label:
    return replace(label([], verdicts=verdicts), rater=rater, criterion=criterion)


def test_a_yes_is_met_of_a_criterion_and_present_of_a_misconception() -> None:
    assert translated(saying(what="yes", cure="yes"), CLIPPING).verdicts == {
        "what": "met",
        "cure": "present",
    }
    assert translated(saying(what="no", cure="no"), CLIPPING).verdicts == {
        "what": "not_met",
        "cure": "absent",
    }


def test_without_a_rubric_every_part_is_a_criterion() -> None:
    assert translated(saying(a="yes", b="no"), None).verdicts == {"a": "met", "b": "not_met"}


@pytest.mark.parametrize(
    ("verdict", "hint"),
    [
        ({"cure": "met"}, "write 1 or present, 0 or absent"),
        ({"what": "present"}, "write 1 or met, 0 or not_met; partial"),
        ({"what": "level_1"}, "write 1 or met, 0 or not_met; partial"),
        ({"why": "partial"}, "write 1 or met, 0 or not_met; level_1; level_2"),
        ({"why": "level_3"}, "write 1 or met, 0 or not_met; level_1; level_2"),
        ({"when": "partial"}, "write 1 or met, 0 or not_met"),
    ],
)
def test_a_verdict_that_the_part_does_not_have_is_told(verdict: dict[str, str], hint: str) -> None:
    with pytest.raises(InputError) as caught:
        translated(saying(**verdict), CLIPPING)
    ((id_, said),) = verdict.items()
    assert problems(caught) == [f"labels.jsonl:1: {id_}: '{said}' is no verdict that it has"]
    assert caught.value.problems[0].hint == hint


def test_the_only_criterion_of_a_row_has_the_verdicts_of_a_criterion() -> None:
    with pytest.raises(InputError, match="right: 'present' is no verdict that it has"):
        translated(saying(right="present", criterion="right"), None)


def test_a_misconception_costs_what_the_rubric_says() -> None:
    assert label_of([saying(**ALL, cure="absent")], CLIPPING).scores == (10,)
    assert label_of([saying(**ALL, cure="present")], CLIPPING).scores == (8,)


def test_verdicts_come_to_a_score_for_each_rater() -> None:
    ann, bob = saying("ann", **ALL), saying("bob", **ALL | {"when": "not_met"})
    found = label_of([ann, bob], CLIPPING)
    assert (found.scores, found.most) == ((10, 8), 10)
    assert found.verdicts == {"what": "met", "why": "met"}
    found = label_of([saying("ann", a="met", b="partial"), saying("bob", a="met", b="met")], None)
    assert (found.scores, found.most) == ((1.5, 2), 2)


def test_raters_may_share_the_criteria_among_them() -> None:
    ann, bob = saying("ann", what="met"), saying("bob", why="met", when="not_met")
    assert label_of([ann, bob], CLIPPING).scores == (8,)
    assert label_of([saying("ann", a="met"), saying("bob", b="not_met")], None).scores == (1,)


def test_a_score_that_somebody_gives_goes_before_what_verdicts_come_to() -> None:
    given = replace(label([3], most=4), rater="bob")
    found = label_of([saying("ann", **ALL), given], CLIPPING)
    assert (found.scores, found.most) == ((3,), 4)


def test_without_every_verdict_there_is_no_score() -> None:
    for rows in (
        [saying(what="met", why="met")],
        [saying("ann", **ALL), saying("bob", when="not_met")],
    ):
        with pytest.raises(InputError, match="there is no score, and no verdict on when"):
            label_of(rows, CLIPPING)
    with pytest.raises(InputError, match="without a rubric nobody knows what 'level_1' is worth"):
        label_of([saying(a="level_1")], None)
