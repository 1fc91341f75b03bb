from typing import Any

import pytest

from answerbot.domain.baseline import Judged
from answerbot.domain.regression import Cause, Comparison, compare
from tests.states import CRITERIA, exemplar_state, judged, rubric_state


def one_exemplar(outcome: Judged | None, **labels: str) -> dict[str, Any]:
    return {"full": exemplar_state(outcome, answer="words", **labels)}


def with_criterion(id_: str, **changes: Any) -> dict[str, Any]:
    return CRITERIA | {id_: CRITERIA[id_] | changes}


def test_the_same_state_is_unchanged() -> None:
    assert compare(rubric_state(), rubric_state()) == Comparison(known=True)
    assert compare(rubric_state(), rubric_state()).unchanged


def test_a_rubric_that_the_baseline_lacks_has_exemplars_to_add() -> None:
    found = compare(None, rubric_state())
    assert (found.known, found.added, found.stale) == (False, ("full",), ())


def test_an_exemplar_of_a_new_rubric_without_a_recording_is_stale() -> None:
    found = compare(None, rubric_state(exemplars=one_exemplar(None)))
    assert [(one.exemplar, one.causes[0].kind) for one in found.stale] == [("full", "exemplar")]


def test_points_that_were_edited_account_for_a_score_and_ask_for_no_recording() -> None:
    after = rubric_state(
        criteria=with_criterion("keeps", points=2), exemplars=one_exemplar(judged(8))
    )
    found = compare(rubric_state(), after)
    (change,) = found.scores
    assert (str(change.before), str(change.after)) == ("10/10 pass", "8/8 pass")
    assert [(cause.kind, cause.what) for cause in change.causes] == [
        ("points", "criterion keeps: points 4 → 2")
    ]
    assert change.explained
    assert change.causes[0].trail == ("criteria", 0)
    assert (found.verdicts, found.stale) == ((), ())


def test_a_pass_mark_that_was_edited_accounts_for_a_pass() -> None:
    outcome = judged(7, resets="not_met")
    before = rubric_state(exemplars=one_exemplar(outcome, resets="not_met"))
    failed = outcome.model_copy(update={"passed": False})
    edited = {"pass": 80, "exemplars": one_exemplar(failed, resets="not_met")}
    (change,) = compare(before, rubric_state(**edited)).scores
    assert (str(change.before), str(change.after)) == ("7/10 pass", "7/10 fail")
    assert [cause.what for cause in change.causes] == ["pass mark 60 → 80"]


def test_a_score_that_no_edit_accounts_for_is_the_scoring_code_s() -> None:
    # The baseline holds 9 points for verdicts that come to 10: the code added up otherwise then.
    before = rubric_state(exemplars=one_exemplar(judged(9)))
    (change,) = compare(before, rubric_state()).scores
    assert [cause.kind for cause in change.causes] == ["scoring-code"]
    assert not change.explained


def test_points_and_scoring_code_that_changed_at_once_are_both_named() -> None:
    before = rubric_state(exemplars=one_exemplar(judged(9)))
    after = rubric_state(
        criteria=with_criterion("keeps", points=2), exemplars=one_exemplar(judged(8))
    )
    (change,) = compare(before, after).scores
    assert [cause.kind for cause in change.causes] == ["scoring-code", "points"]
    assert not change.explained


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        (judged(7, writes="not_met", reply="other"), "judge-noise"),
        (judged(7, writes="not_met"), "judging-code"),
        (judged(7, writes="not_met", reply="other", model="another"), "model"),
    ],
)
def test_a_verdict_on_the_same_request_changes_by_noise_code_or_model(now: Any, kind: str) -> None:
    (change,) = compare(rubric_state(), rubric_state(exemplars=one_exemplar(now))).verdicts
    assert (change.part, change.before, change.after) == ("writes", "met", "not_met")
    assert change.flipped
    assert [cause.kind for cause in change.causes] == [kind]


@pytest.mark.parametrize(
    ("edit", "kind", "trail"),
    [
        ({"criteria": with_criterion("writes", text="x")}, "rubric-text", ("criteria", 1)),
        ({"title": "x"}, "rubric-text", ("title",)),
        ({"question": "x"}, "question", ("questions", 0)),
        ({"prompt": "x"}, "prompt-template", ()),
        ({"schema": "x"}, "reply-schema", ()),
        ({"settings": "x"}, "settings", ()),
    ],
)
def test_an_edit_of_what_the_judge_reads_is_the_cause(
    edit: dict[str, Any], kind: str, trail: tuple[str | int, ...]
) -> None:
    now = judged(7, writes="not_met", reply="other", asked="otherwise")
    after = rubric_state(**edit, exemplars=one_exemplar(now))
    (change,) = compare(rubric_state(), after).verdicts
    assert [(cause.kind, cause.trail) for cause in change.causes] == [(kind, trail)]
    stale = compare(rubric_state(), rubric_state(**edit, exemplars=one_exemplar(None))).stale
    assert [(one.kind, one.trail) for one in stale[0].causes] == [(kind, trail)]


def test_what_changes_without_an_edit_of_the_rubric_is_not_explained() -> None:
    for now in (
        judged(7, writes="not_met", reply="other"),
        judged(7, writes="not_met"),
        judged(7, writes="not_met", reply="other", model="another"),
    ):
        after = rubric_state(exemplars=one_exemplar(now))
        (change,) = compare(rubric_state(), after).scores
        assert not change.explained


def test_points_that_did_nothing_are_no_cause_beside_a_text_that_did() -> None:
    # The exemplar never met 'resets', so that its points change nothing in it but what is possible.
    outcome = judged(7, resets="not_met")
    before = rubric_state(exemplars=one_exemplar(outcome, resets="not_met"))
    now = judged(4, resets="not_met", writes="not_met", reply="other", asked="otherwise")
    criteria = with_criterion("writes", text="x")
    after = rubric_state(
        criteria=criteria,
        misconceptions={"erases": {"points": -1, "text": "e"}},
        exemplars=one_exemplar(now, resets="not_met"),
    )
    (change,) = compare(before, after).scores
    assert [cause.kind for cause in change.causes] == ["rubric-text"]


def test_a_criterion_that_came_accounts_for_the_score_of_an_answer_that_no_judge_reads() -> None:
    blank = dict.fromkeys(CRITERIA, "not_met") | {"erases": "absent"}
    before = rubric_state(exemplars={"blank": exemplar_state(judged(0, **blank), **blank)})
    more = {"new": {"points": 2, "text": "n"}}
    after = rubric_state(
        criteria=CRITERIA | more,
        exemplars={
            "blank": exemplar_state(judged(0, **blank, new="not_met"), **blank, new="not_met")
        },
    )
    (change,) = compare(before, after).scores
    assert (str(change.before), str(change.after)) == ("0/10 fail", "0/12 fail")
    assert [cause.what for cause in change.causes] == ["criterion new was added"]
    assert change.explained


def test_no_recording_without_an_edit_has_the_cause_that_the_recordings_tell() -> None:
    (stale,) = compare(rubric_state(), rubric_state(exemplars=one_exemplar(None))).stale
    gone = Cause("recording", "the recording is gone")
    assert stale.because(gone).causes == (gone,)
    edited = compare(rubric_state(), rubric_state(title="x", exemplars=one_exemplar(None)))
    assert [one.kind for one in edited.stale[0].because(gone).causes] == ["rubric-text"]


def test_edited_points_do_not_make_a_recording_stale_nor_a_verdict_another() -> None:
    points = with_criterion("keeps", points=2)
    now = judged(5, writes="not_met", reply="other")
    after = rubric_state(criteria=points, exemplars=one_exemplar(now))
    found = compare(rubric_state(), after)
    assert [cause.kind for cause in found.verdicts[0].causes] == ["judge-noise"]
    assert [cause.kind for cause in found.scores[0].causes] == ["points", "judge-noise"]


def test_an_edited_answer_is_named_for_that_exemplar_alone() -> None:
    two = {"full": exemplar_state(judged()), "other": exemplar_state(judged())}
    edited = two | {"other": exemplar_state(None, answer="other words")}
    found = compare(rubric_state(exemplars=two), rubric_state(exemplars=edited))
    (stale,) = found.stale
    assert stale.exemplar == "other"
    assert [cause.trail for cause in stale.causes] == [("exemplars", 1, "answer")]


def test_a_new_label_makes_a_verdict_wrong_that_is_the_same() -> None:
    after = rubric_state(exemplars=one_exemplar(judged(), writes="partial"))
    (change,) = compare(rubric_state(), after).verdicts
    assert (change.before, change.after, change.expected) == ("met", "met", "partial")
    assert change.flipped
    assert [cause.kind for cause in change.causes] == ["label"]
    assert change.causes[0].what == "exemplar full should get partial for writes, not met"


def test_a_verdict_that_was_wrong_and_is_right_now_has_not_flipped() -> None:
    was_wrong = judged(7, writes="not_met", reply="other", asked="otherwise")
    before = rubric_state(exemplars=one_exemplar(was_wrong), prompt="x")
    (change,) = compare(before, rubric_state()).verdicts
    assert change.is_right
    assert not change.flipped


def test_criteria_that_come_go_and_move_are_edits() -> None:
    reordered = {id_: CRITERIA[id_] for id_ in ("writes", "keeps")} | {"new": CRITERIA["resets"]}
    after = rubric_state(criteria=reordered, exemplars=one_exemplar(None))
    assert [edit.what for edit in compare(rubric_state(), after).edits] == [
        "criterion new was added",
        "criterion resets was taken out",
        "the order of the criteria",
    ]


def test_exemplars_that_come_and_go_are_told() -> None:
    other = {"other": exemplar_state(judged())}
    found = compare(rubric_state(), rubric_state(exemplars=other))
    assert (found.added, found.removed) == (("other",), ("full",))


def test_a_request_that_no_edit_accounts_for_is_made_otherwise_by_the_code() -> None:
    (stale,) = compare(rubric_state(), rubric_state(exemplars=one_exemplar(None))).stale
    assert [cause.kind for cause in stale.causes] == ["judging-code"]


def test_an_exemplar_that_lost_its_grade_has_lost_its_verdicts() -> None:
    ungraded = judged(None, reply="nonsense")
    found = compare(rubric_state(), rubric_state(exemplars=one_exemplar(ungraded)))
    assert {change.after for change in found.verdicts} == {"none"}
    assert [str(change.after) for change in found.scores] == ["no grade"]
