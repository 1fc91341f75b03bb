import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import BudgetError, Location, MissingRecordingError
from answerbot.domain.grade import Grade, Ungraded
from answerbot.domain.rubric import Rubric
from answerbot.domain.submission import Graded, Submission
from answerbot.workflows.grade import Grading, grade_all, subject_of
from answerbot.workflows.judge import Judging
from tests.rubrics import CLIPPING
from tests.workflows.scripted import MakeSession
from tests.workflows.test_judge import ANSWER, reply

QUESTION = "What is gradient clipping?"


def rubric_of(id_: QuestionId) -> Rubric | None:
    return CLIPPING if id_ == "bank/1" else None


GRADING = Grading(rubric_of, lambda _: "", Judging(), ("_[To be filled]_",))


def submission(candidate: str, text: str = ANSWER, id_: str = "bank/1") -> Submission:
    return Submission(candidate, QuestionId(id_), QUESTION, text, Location("answers.md", 3))


def graded(
    make_session: MakeSession,
    script: Mapping[str, object],
    submissions: Sequence[Submission],
    grading: Grading = GRADING,
) -> list[Graded]:
    session, _ = make_session(script)
    return asyncio.run(grade_all(submissions, grading, session, at_once=4))


def test_grades_come_in_the_order_of_the_answers(make_session: MakeSession) -> None:
    script = {"Ann/bank/1 judge": reply(), "Bob/bank/1 judge": reply(when=("not_met",))}
    found = graded(make_session, script, [submission("Ann"), submission("Bob")])
    assert [(one.submission.candidate, one.status) for one in found] == [
        ("Ann", "graded"),
        ("Bob", "graded"),
    ]
    assert [one.outcome.earned for one in found if isinstance(one.outcome, Grade)] == [10, 8]


def test_what_needs_no_judge_asks_nobody(make_session: MakeSession) -> None:
    odd = [
        submission("blank", " \n"),
        submission("placeholder", "_[To be filled]_"),
        submission("echo", "What is gradient clipping?"),
        submission("huge", "so " * 9000),
        submission("unknown", id_="bank/2"),
    ]
    found = graded(make_session, {}, odd)
    for one in found[:3]:
        assert isinstance(one.outcome, Grade), one.submission.candidate
        assert (one.outcome.earned, one.status, one.estimate) == (0, "graded", False)
    for one in found[3:]:
        assert isinstance(one.outcome, Ungraded), one.submission.candidate
        assert one.status == "ungraded"


def test_one_that_fails_costs_no_other_its_grade(make_session: MakeSession) -> None:
    script = {"Ann/bank/1 judge": BudgetError("no money"), "Bob/bank/1 judge": reply()}
    ann, bob = graded(make_session, script, [submission("Ann"), submission("Bob")])
    assert ann.outcome == Ungraded("no money", code="budget")
    assert isinstance(bob.outcome, (Grade, Ungraded))  # an empty purse may stop it, too


def test_a_missing_judgement_is_estimated_only_where_that_is_allowed(
    make_session: MakeSession,
) -> None:
    missing = {"Ann/bank/1 judge": MissingRecordingError("none")}
    (strict,) = graded(make_session, missing, [submission("Ann")])
    assert strict.outcome == Ungraded("none", code="no-recording")
    allowed = replace(GRADING, estimate_missing=True)
    (guess,) = graded(make_session, missing, [submission("Ann")], allowed)
    assert (guess.status, guess.estimate) == ("estimated", True)
    (asked,) = graded(make_session, {}, [submission("Ann")], replace(GRADING, estimated=True))
    assert asked == guess


def test_recordings_tell_whose_answer_to_what_was_judged() -> None:
    assert subject_of(submission("Ann B. Example")).id == "Ann-B.-Example/bank/1"
