from __future__ import annotations

import pytest

from answerbot.cli.reports.summary import (
    Report,
    names_cut,
    percent,
    reasons_ungraded,
    short_names,
    tallied,
    why_review,
)
from answerbot.domain.grade import Flag
from tests.cli.reports.made import (
    REVIEW,
    blank,
    graded,
    many_candidates,
    one_candidate,
    ungraded,
)


def test_what_is_not_graded_counts_in_no_number() -> None:
    group = Report((graded(1), ungraded(2, "no reply"))).everything
    assert (group.earned, group.possible, group.fraction) == (10, 10, 1.0)
    assert (group.judged, group.ungraded) == (1, 1)


def test_a_group_without_a_grade_has_no_share_and_no_mean() -> None:
    group = Report((ungraded(1, "no reply"),)).everything
    assert (group.fraction, group.mean, group.spread) == (None, None, None)


def test_mean_and_spread_are_those_of_the_answers_to_a_question() -> None:
    # 10 and 4 points of 10: the mean is 0.7, both are 0.3 away.
    first, _ = many_candidates(people=2).questions
    assert first.mean == pytest.approx(0.7)
    assert first.spread == pytest.approx(0.3)


def test_a_single_answer_has_no_spread() -> None:
    group = Report((graded(1),)).everything
    assert (group.mean, group.spread) == (1.0, None)


def test_each_answer_counts_once_in_the_tally() -> None:
    assert tallied(one_candidate().everything) == (
        "7 answers: 1 passed, 1 not passed, 1 to review, 1 estimated (4/10 points), "
        "2 unanswered, 1 not graded"
    )
    assert tallied(Report((blank(1),), pass_mark=0).everything) == "1 answer: 1 unanswered"


def test_a_criterion_has_one_reason_for_review() -> None:
    invented = "hot-water: a quote of the judge's is not in the answer"
    lost = "hot-water: called met, counted as not_met: its quote is not in the answer"
    other = "three-minutes: a quote of the judge's is not in the answer"
    one = graded(
        1,
        flags=[
            Flag("unverified-quote", invented, detail="'scalding'"),
            Flag("no-evidence", lost),
            Flag("unverified-quote", other, detail="'180 s'"),
            Flag("unverified-quote", other, detail="'a while'"),
            REVIEW,
        ],
    )
    assert why_review(one, Report((one,))) == (lost, f"{other}: '180 s'", REVIEW.what)


def test_answers_without_a_grade_are_told_by_their_reason() -> None:
    ones = [ungraded(1, "401"), graded(2), ungraded(3, "no reply"), ungraded(4, "401")]
    assert reasons_ungraded(ones) == {"401": [ones[0], ones[3]], "no reply": [ones[2]]}


def test_a_reason_that_names_the_answer_is_the_same_for_all() -> None:
    missing = "no recording of 'Ada/tea/{} judge': there are none at all"
    cost = "Ada/tea/1 judge 2 could cost $2.0000, which is more than is left"
    ones = [*(ungraded(n, missing.format(n)) for n in (1, 2)), ungraded(3, cost)]
    assert reasons_ungraded(ones) == {
        "no recording of a judgement: there are none at all": ones[:2],
        "a judgement could cost $2.0000, which is more than is left": ones[2:],
    }
    other = ungraded(1, "see http://example.org/a/1 judge")
    assert reasons_ungraded([other]) == {"see http://example.org/a/1 judge": [other]}


def test_long_names_are_cut_where_they_are_told_apart() -> None:
    names = [f"Ada Lovelace (answers/spring/{room}/sheet.md)" for room in ("east", "west")]
    cut = names_cut([*names, "Bo"], 24)
    assert cut["Bo"] == "Bo"
    assert len(set(cut.values())) == 3
    # The ends differ from '…east/sheet.md)' on: 15 characters, the dots, and as many before.
    assert max(map(len, cut.values())) <= 2 * 15 + 1
    assert names_cut(["x" * 30, f"{'x' * 20}\n{'x' * 10}", f"{'x' * 20} {'x' * 10}"], 24)


def test_the_rubric_says_what_passes_unless_the_user_does() -> None:
    seven = graded(1, ("met", "met", "not_met"))
    assert Report((seven,)).passed(seven) is True
    assert Report((seven,), pass_mark=70).passed(seven) is True
    assert Report((seven,), pass_mark=71).passed(seven) is False


def test_an_estimate_neither_passes_nor_fails() -> None:
    one = graded(1, estimate=True)
    assert Report((one,)).passed(one) is None
    assert Report((one,)).everything.standings == {"estimated": 1}


def test_the_points_that_no_model_judged_are_told_apart() -> None:
    group = one_candidate().everything
    # Judged: 10, 2 + 2 - 2, 7, and two blank ones; estimated: 4.
    assert (group.earned, group.possible) == (23, 60)
    assert group.estimated_points == (4, 10)


def test_blank_answers_are_unanswered() -> None:
    assert [one.submission.question_id for one in one_candidate().everything.unanswered] == [
        "tea/6",
        "tea/7",
    ]


def test_two_candidates_of_one_name_are_told_apart_by_their_files() -> None:
    report = Report((graded(1, path="a.md"), graded(1, path="b.md"), graded(2, path="a.md")))
    assert [(group.name, len(group.graded)) for group in report.candidates] == [
        ("Ada (a.md)", 2),
        ("Ada (b.md)", 1),
    ]


def test_one_candidate_may_answer_in_several_files() -> None:
    report = Report((graded(1, path="a.md"), graded(2, path="b.md")))
    assert [group.name for group in report.candidates] == ["Ada"]


def test_questions_are_in_the_order_of_their_numbers() -> None:
    report = Report((graded(10), graded(9), graded(1), blank(2)))
    assert [group.name for group in report.questions] == ["tea/1", "tea/2", "tea/9", "tea/10"]


@pytest.mark.parametrize(
    ("fraction", "shown"),
    [(0, "0 %"), (0.001, "1 %"), (0.666, "67 %"), (0.999, "99 %"), (1, "100 %"), (None, "–")],
)
def test_only_all_points_are_a_hundred_per_cent(fraction: float | None, shown: str) -> None:
    assert percent(fraction) == shown


def test_columns_are_named_by_number_where_that_is_clear() -> None:
    assert short_names(["tea/1", "tea/12"]) == {"tea/1": "1", "tea/12": "12"}
    assert short_names(["tea/1", "cake/1"]) == {"tea/1": "#1", "cake/1": "#2"}
