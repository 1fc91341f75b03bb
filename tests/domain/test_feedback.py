from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Location
from answerbot.domain.evidence import Evidence
from answerbot.domain.feedback import feedback
from answerbot.domain.grade import Flag, Outcome, Slip, Ungraded, Verdict, score
from answerbot.domain.rubric import CriterionVerdict
from answerbot.domain.submission import Graded, Submission
from tests.rubrics import CLIPPING

TEXT = "Large gradients are shrunk, and small ones grow."
SUBMISSION = Submission("Ann", QuestionId("bank/1"), "What is it?", TEXT, Location("a.md", 3))
WORDS = Evidence("Large gradients are shrunk", 0, 26)


def graded(outcome: Outcome, *, estimate: bool = False) -> Graded:
    return Graded(SUBMISSION, CLIPPING, outcome, estimate)


def outcome(
    *values: CriterionVerdict, wrong: bool = False, flags: tuple[Flag, ...] = ()
) -> Outcome:
    reasons = ("It says so.", "It does not say why", "")
    verdicts = [
        Verdict(criterion, value, (WORDS,) if value == "met" else (), reason)
        for criterion, value, reason in zip(CLIPPING.criteria, values, reasons, strict=True)
    ]
    slips = [Slip(CLIPPING.misconceptions[0], (Evidence("small ones grow", 32, 47),), "No.")]
    return score(CLIPPING, verdicts, slips if wrong else (), flags)


def test_the_candidate_is_told_the_result_the_best_and_the_worst_in_three_sentences() -> None:
    told = feedback(graded(outcome("met", "not_met", "not_met")))
    assert told.summary == (
        "4 of 10 points: 1 of 3 criteria met. What counted most: “Large gradients are shrunk” "
        "(4 points). Most was lost on why (4 points): It does not say why."
    )


def test_what_is_missed_comes_dearest_first_with_what_would_have_earned_it() -> None:
    missed = feedback(graded(outcome("met", "level_2", "not_met"))).missed
    assert [(one.criterion, one.points_lost) for one in missed] == [("when", 2), ("why", 1)]
    assert missed[0].would_have_earned == "It happens between the backward pass and the update."


def test_a_wrong_statement_is_told_before_an_omission() -> None:
    summary = feedback(graded(outcome("met", "met", "not_met", wrong=True))).summary
    assert summary.endswith("A wrong statement counts 2 points less: “small ones grow”: No.")


def test_without_solutions_neither_states_nor_reasons_are_told() -> None:
    told = feedback(graded(outcome("met", "not_met", "not_met", wrong=True)), solutions=False)
    assert told.missed == ()
    for secret in ("why", "No.", *(criterion.states for criterion in CLIPPING.criteria)):
        assert secret not in told.summary


def test_a_reason_without_end_is_told_with_its_first_sentence() -> None:
    verdicts = [Verdict(c, "not_met", (), "It is not. " * 200) for c in CLIPPING.criteria]
    summary = feedback(graded(score(CLIPPING, verdicts))).summary
    assert summary.endswith("Most was lost on what (4 points): It is not.")


def test_a_cap_an_estimate_and_a_review_are_told() -> None:
    near = Flag("near-pass-mark", "near")
    summary = feedback(graded(outcome("not_met", "met", "met", flags=(near,)))).summary
    assert "5 of 10 points, until a person has looked at it" in summary
    assert "capped" in summary
    estimate = feedback(graded(outcome("met", "met", "met"), estimate=True)).summary
    assert estimate.startswith("Estimated without a model: 10 of 10 points")


def test_an_empty_answer_is_told_to_be_one() -> None:
    blank = Flag("blank", "there is no answer", review=False)
    told = feedback(graded(outcome("not_met", "not_met", "not_met", flags=(blank,))))
    assert told.summary.startswith("0 of 10 points: 0 of 3 criteria met. There is no answer.")


def test_what_was_not_graded_has_no_points() -> None:
    told = feedback(graded(Ungraded("the endpoint failed")))
    assert told.summary == "This answer was not graded: the endpoint failed"
