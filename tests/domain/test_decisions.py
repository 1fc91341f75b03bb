from __future__ import annotations

from dataclasses import replace

import pytest

from answerbot.domain.baseline import criterion_state, misconception_state
from answerbot.domain.decisions import (
    Decisions,
    Entry,
    Undo,
    believed,
    hash_of,
    honour_all,
    labels_of,
    line_of,
    read_entry,
    wording_of,
)
from answerbot.domain.errors import InputError, Location
from answerbot.domain.grade import Flag, Grade, Ungraded
from answerbot.domain.submission import Graded
from tests.cli.reports.made import ANSWER, TEA, graded, ungraded
from tests.decided import decision

HERE = Location("d.jsonl", 1)
SPLIT = Flag("split-vote", "hot-water: the votes differ", about=("hot-water",))
WHOLE = Flag("addresses-grader", "speaks to the grader")


def honoured(one: Graded, *entries: Entry, margin: int = 0) -> Graded:
    """The answer after these decisions, none of which is told to be obsolete."""
    (result,), problems = honour_all([one], Decisions(entries), margin)
    assert problems == []
    return result


def grade_of(one: Graded) -> Grade:
    assert isinstance(one.outcome, Grade)
    return one.outcome


def test_an_entry_is_read_back_from_its_line() -> None:
    made = decision(graded(), "hot-water", "met", comment="“Boiling” is enough: é\u2028")
    undo = Undo(at="2026-01-01T00:00:00+00:00", by="eve", undo=made.id)
    for entry in (made, undo):
        assert "\n" not in line_of(entry)
        assert read_entry(line_of(entry), HERE) == entry


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"version": 2, "undo": "x"}', '"met"'])
def test_a_line_that_is_no_decision_is_an_error_with_its_place(line: str) -> None:
    with pytest.raises(InputError, match=r"d\.jsonl:1: this line is no decision"):
        read_entry(line, HERE)


def test_a_decided_verdict_replaces_the_judges_and_is_scored_anew() -> None:
    one = graded(1, ("met", "met", "not_met"), flags=[SPLIT])
    result = honoured(one, decision(one, "hot-water", "partial", comment="It only says hot."))
    grade = grade_of(result)
    assert grade.earned == 2 + 3
    assert [verdict.human for verdict in grade.verdicts] == [True, False, False]
    assert grade.verdicts[0].reason == "It only says hot."
    assert (one.status, result.status) == ("review", "graded")


def test_a_cap_counts_by_the_decided_verdict() -> None:
    one = graded(1, ("met", "met", "met"))
    grade = grade_of(honoured(one, decision(one, "hot-water", "not_met")))
    assert (grade.earned, grade.capped) == (5, True)


def test_of_a_confirmed_verdict_evidence_and_reason_stay() -> None:
    one = graded(1, quotes={"hot-water": ["just off the boil"]}, reasons={"hot-water": "It says."})
    (verdict, *_) = grade_of(honoured(one, decision(one, "hot-water", "met"))).verdicts
    assert verdict.reason == "It says."
    assert [each.quote for each in verdict.evidence] == ["just off the boil"]


def test_of_an_overturned_verdict_neither_reason_nor_evidence_stays() -> None:
    one = graded(1, quotes={"hot-water": ["just off the boil"]}, reasons={"hot-water": "It says."})
    (verdict, *_) = grade_of(honoured(one, decision(one, "hot-water", "not_met"))).verdicts
    assert (verdict.reason, verdict.evidence) == ("", ())


def test_a_misconception_that_is_not_stated_costs_nothing_and_is_told() -> None:
    one = graded(1, slip="Boil the leaves again")
    grade = grade_of(honoured(one, decision(one, "boil-the-leaves", "absent")))
    assert (grade_of(one).earned, grade.earned, grade.slips) == (8, 10, ())
    assert [(flag.kind, flag.review) for flag in grade.flags] == [("decided", False)]


def test_a_misconception_that_the_judge_did_not_see_costs_its_points() -> None:
    one = graded(1)
    grade = grade_of(
        honoured(one, decision(one, "boil-the-leaves", "present", comment="Last sentence."))
    )
    (slip,) = grade.slips
    assert (grade.earned, slip.human, slip.reason) == (8, True, "Last sentence.")


def test_one_of_two_doubts_leaves_the_answer_for_review() -> None:
    other = Flag("no-evidence", "three-minutes: called met", about=("three-minutes",))
    one = graded(1, flags=[SPLIT, other])
    result = honoured(one, decision(one, "hot-water", "met"))
    assert result.status == "review"
    assert [flag for flag in grade_of(result).flags if flag.review] == [other]


def test_a_doubt_about_two_criteria_goes_when_both_are_decided() -> None:
    same = Flag("same-evidence", "the same words", about=("hot-water", "three-minutes"))
    one = graded(1, flags=[same])
    first = decision(one, "hot-water", "met")
    assert honoured(one, first).status == "review"
    assert honoured(one, first, decision(one, "three-minutes", "not_met")).status == "graded"


def test_a_doubt_about_the_whole_answer_goes_when_all_of_it_is_decided() -> None:
    one = graded(1, slip="Boil the leaves again", flags=[WHOLE])
    some = [decision(one, criterion.id, "met") for criterion in TEA.criteria]
    assert honoured(one, *some).status == "review"
    result = honoured(one, *some, decision(one, "boil-the-leaves", "present"))
    assert result.status == "graded"
    assert grade_of(result).flags == (replace(WHOLE, review=False),)


def test_near_the_pass_mark_goes_by_the_points_as_they_are_now() -> None:
    near = Flag("near-pass-mark", "6 of 10 points is near the pass mark of 60 %")
    one = graded(1, ("met", "level_2", "not_met"), flags=[near])
    assert honoured(one, decision(one, "three-minutes", "met"), margin=5).status == "graded"
    result = honoured(one, decision(one, "three-minutes", "level_2"), margin=5)
    assert [flag.kind for flag in grade_of(result).flags] == ["near-pass-mark"]


def test_a_later_decision_replaces_an_earlier_one_and_keeps_its_comment() -> None:
    one = graded(1)
    entries = [
        decision(one, "hot-water", "not_met", comment="No."),
        decision(one, "hot-water", "partial"),
    ]
    (verdict, *_) = grade_of(honoured(one, *entries)).verdicts
    assert (verdict.verdict, verdict.reason) == ("partial", "No.")


def test_what_was_taken_back_counts_as_never_decided() -> None:
    one = graded(1, flags=[SPLIT])
    made = decision(one, "hot-water", "not_met")
    assert honoured(one, made, Undo(at="2026-01-02", undo=made.id)) == one


def test_what_was_taken_back_uncovers_what_stood_before() -> None:
    one = graded(1)
    first, second = decision(one, "hot-water", "partial"), decision(one, "hot-water", "not_met")
    result = honoured(one, first, second, Undo(at="2026-01-02", undo=second.id))
    assert believed(result)["hot-water"] == "partial"


def test_a_remark_decides_nothing() -> None:
    one = graded(1, flags=[SPLIT])
    assert honoured(one, decision(one, "hot-water", None, comment="Odd.")) == one


@pytest.mark.parametrize("old", [{"wording": "0" * 16}, {"rubric": "coffee"}])
def test_a_remark_revives_no_verdict_of_an_earlier_wording(old: dict[str, str]) -> None:
    one = graded(1, ("not_met", "met", "met"), flags=[SPLIT])
    made = decision(one, "hot-water", "met").model_copy(update=old)
    remark = decision(one, "hot-water", None, comment="Odd.")
    (result,), problems = honour_all([one], Decisions([made, remark]), 0)
    assert result == one
    assert len(problems) == 1


def test_a_remark_under_an_earlier_wording_takes_no_verdict_away() -> None:
    one = graded(1, flags=[SPLIT])
    made = decision(one, "hot-water", "partial")
    remark = decision(one, "hot-water", None, comment="Odd.", wording="0" * 16)
    assert believed(honoured(one, made, remark))["hot-water"] == "partial"


def test_honouring_twice_is_as_good_as_once() -> None:
    one = graded(1, ("met", "not_met", "met"), slip="Boil the leaves again", flags=[SPLIT, WHOLE])
    entries = [
        decision(one, "hot-water", "partial", comment="Hot."),
        decision(one, "boil-the-leaves", "absent"),
    ]
    once = honoured(one, *entries)
    assert honoured(once, *entries) == once


def test_an_answer_that_has_changed_keeps_the_judges_verdicts_and_that_is_told() -> None:
    old, new = graded(1, flags=[SPLIT]), graded(1, flags=[SPLIT], text=ANSWER + " So.")
    (result,), problems = honour_all([new], Decisions([decision(old, "hot-water", "not_met")]), 0)
    assert result == new
    assert [str(problem).splitlines()[0] for problem in problems] == [
        "answers/ada.md:10: Ada, tea/1: the answer has changed since a person decided about it; "
        "the decisions are not applied"
    ]


def test_of_two_answers_under_one_name_the_decided_one_is_meant() -> None:
    one, other = graded(1), graded(1, text=ANSWER + " So.", path="b/ada.md")
    results, problems = honour_all(
        [one, other], Decisions([decision(one, "hot-water", "partial")]), 0
    )
    assert [believed(each)["hot-water"] for each in results] == ["partial", "met"]
    assert problems == []


def test_decisions_about_answers_that_are_not_graded_now_say_nothing() -> None:
    other = graded(2, candidate="Bob")
    results, problems = honour_all(
        [graded(1)], Decisions([decision(other, "hot-water", "not_met")]), 0
    )
    assert (results, problems) == ([graded(1)], [])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"criterion": "cold-milk"}, "the rubric tea has no such criterion any more"),
        ({"wording": "0" * 16}, "the criterion says something else now"),
        ({"after": "level_3"}, "level_3 is no verdict that the criterion has"),
        ({"rubric": "coffee"}, "it goes by the rubric coffee, and tea serves the question"),
    ],
)
def test_a_decision_that_the_rubric_has_outgrown_is_told_and_not_applied(
    change: dict[str, str], told: str
) -> None:
    one = graded(1, flags=[SPLIT])
    made = decision(one, "hot-water", "not_met").model_copy(update=change)
    (result,), problems = honour_all([one], Decisions([made]), 0)
    assert result == one
    (problem,) = problems
    assert problem.what.endswith(told)
    assert problem.location == one.submission.place


def test_an_estimate_stays_one_until_all_of_it_is_decided() -> None:
    one = graded(1, ("met", "not_met", "not_met"), slip="Boil the leaves again", estimate=True)
    entries = [
        decision(one, "hot-water", "met"),
        decision(one, "three-minutes", "level_1"),
        decision(one, "take-the-leaves-out", "not_met"),
    ]
    partly = honoured(one, *entries)
    assert (partly.status, grade_of(partly).earned) == ("estimated", 3)
    assert honoured(one, *entries, decision(one, "boil-the-leaves", "absent")).status == "graded"


def test_a_person_can_grade_what_nobody_could() -> None:
    one = ungraded(1, "the judge gave no usable reply")
    entries = [
        decision(one, "hot-water", "met", before=None),
        decision(one, "three-minutes", "level_2", before=None),
    ]
    assert isinstance(honoured(one, *entries).outcome, Ungraded)
    result = honoured(one, *entries, decision(one, "take-the-leaves-out", "met", before=None))
    assert (result.status, grade_of(result).earned) == ("graded", 9)


def test_a_question_without_a_rubric_is_left_alone() -> None:
    one = Graded(graded(1).submission, None, Ungraded("no rubric serves it"))
    made = decision(graded(1), "hot-water", "met")
    assert honoured(one, made) == one


def test_points_are_no_wording() -> None:
    criterion = TEA.criteria[0]
    assert wording_of(criterion.model_copy(update={"points": 9})) == wording_of(criterion)


@pytest.mark.parametrize(
    "change",
    [
        {"states": "Hot."},
        {"partial": "Warm."},
        {"accepts": ("Near the boil.",)},
        {"rejects": ("Lukewarm.",)},
    ],
)
def test_all_that_the_judge_reads_is_wording(change: dict[str, object]) -> None:
    criterion = TEA.criteria[0]
    assert wording_of(criterion.model_copy(update=change)) != wording_of(criterion)


def test_a_wording_that_comes_to_be_refused_outdates_the_verdict() -> None:
    one = graded(1)
    first, *others = TEA.criteria
    stricter = first.model_copy(update={"rejects": ("Hot water, without any temperature.",)})
    rubric = TEA.model_copy(update={"criteria": (stricter, *others)})
    made = decision(one, "hot-water", "not_met")
    _, (problem,) = honour_all([replace(one, rubric=rubric)], Decisions([made]), 0)
    assert problem.what.endswith("the criterion says something else now")


def test_decisions_and_the_baseline_tell_wordings_apart_alike() -> None:
    assert [wording_of(one) for one in TEA.criteria] == [
        criterion_state(one).text for one in TEA.criteria
    ]
    assert [wording_of(one) for one in TEA.misconceptions] == [
        misconception_state(one).text for one in TEA.misconceptions
    ]


def test_the_verdicts_that_there_are_come_best_first() -> None:
    assert labels_of(TEA.criteria[1]) == ("met", "level_2", "level_1", "not_met")
    assert labels_of(TEA.misconceptions[0]) == ("absent", "present")


def test_half_a_surrogate_pair_is_no_obstacle() -> None:
    one = graded(1, candidate="\ud800Ada", text="\ud800 water")
    made = decision(one, "hot-water", "partial")
    line_of(made).encode()
    assert believed(honoured(one, read_entry(line_of(made), HERE)))["hot-water"] == "partial"
    assert len(hash_of("\ud800")) == 64
