import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from answerbot.domain.bank import QuestionId
from answerbot.domain.calibration import Rated, Scale
from answerbot.domain.errors import Location, MissingRecordingError
from answerbot.domain.labels import Label
from answerbot.domain.rubric import Rubric
from answerbot.domain.submission import Submission
from answerbot.workflows.calibrate import Item, rate, rate_all
from answerbot.workflows.grade import Grading
from answerbot.workflows.judge import Judging, Votes
from tests.rated import label
from tests.rubrics import CLIPPING
from tests.workflows.scripted import MakeSession
from tests.workflows.test_judge import ANSWER, reply

GRADING = Grading(
    rubrics=lambda _: CLIPPING, references=lambda _: "", judging=Judging(), placeholders=()
)
BESIDE = {"reason": "So.", "quotes": ["so"], "score": 2, "confidence": 90}


def item(answer: str = "It is so.", rubric: Rubric | None = None, **more: object) -> Item:
    one: Label = replace(label([2], question="bank/1", answer=answer), **more)  # type: ignore[arg-type]
    place = Location("labels.jsonl", 1)
    question = "What is gradient clipping?"
    submission = Submission("labels-1", QuestionId("bank/1"), question, answer, place)
    return Item(one, Scale(4, 4), submission, rubric)


def made(
    make_session: MakeSession, script: Mapping[str, object], one: Item, how: Grading = GRADING
) -> Rated:
    session, _ = make_session(script)
    return asyncio.run(rate(one, how, session))


def test_a_question_with_a_rubric_is_judged_by_it(make_session: MakeSession) -> None:
    script = {"labels-1/bank/1 judge": reply(when=("not_met",))}
    found = made(make_session, script, item(ANSWER, CLIPPING))
    assert (found.by, found.rubric, found.fraction) == ("rubric", "clipping", 0.8)
    assert found.verdicts == {"what": "met", "why": "met", "when": "not_met", "cure": "absent"}
    assert found.confidence is None
    assert "when: not_met (when: not_met.)" in found.reason


def test_several_votes_tell_how_sure_the_judge_is(make_session: MakeSession) -> None:
    script = {
        "labels-1/bank/1 judge": reply(),
        "labels-1/bank/1 judge 2": reply(),
        "labels-1/bank/1 judge 3": reply(when=("not_met",)),
    }
    votes = replace(GRADING, judging=Judging(Votes(3)))
    found = made(make_session, script, item(ANSWER, CLIPPING), votes)
    assert found.confidence == pytest.approx((1 + 1 + 2 / 3) / 3)


def test_one_without_a_rubric_is_graded_beside_the_reference(make_session: MakeSession) -> None:
    found = made(make_session, {"labels-1/bank/1 grade": BESIDE}, item())
    assert (found.by, found.fraction, found.confidence) == ("reference", 0.5, 0.9)
    assert (found.reason, found.quotes, found.verdicts) == ("So.", ("so",), {})


def test_where_the_score_is_about_one_criterion_it_is_its_verdict(
    make_session: MakeSession,
) -> None:
    script = {"labels-1/bank/1 grade": [BESIDE, BESIDE | {"score": 4}]}
    session, _ = make_session(script)
    one = item(criterion="right")
    found = [asyncio.run(rate(one, GRADING, session)).verdicts for _ in range(2)]
    assert found == [{"right": "partial"}, {"right": "met"}]


def test_no_model_is_asked_about_a_blank_answer_or_one_that_is_too_long(
    make_session: MakeSession,
) -> None:
    assert made(make_session, {}, item(" \n")).fraction == 0
    found = made(make_session, {}, item("word " * 9), replace(GRADING, longest=20))
    assert found.fraction is None
    assert found.problem == "45 characters are more than the 20 that are graded"


def test_an_estimate_goes_by_the_words_of_the_reference_or_by_the_rubric(
    make_session: MakeSession,
) -> None:
    how = replace(GRADING, estimated=True)
    one = item("Blue waves scatter.", reference="Short blue light scatters widely.")
    found = made(make_session, {}, one, how)
    # short, blue, light, scatters, widely: two of five
    assert (found.by, found.fraction) == ("overlap", 0.4)
    assert made(make_session, {}, item(ANSWER, CLIPPING), how).by == "estimate"


def test_an_answer_that_fails_costs_no_other_its_grade(make_session: MakeSession) -> None:
    missing = MissingRecordingError("no recording")
    session, _ = make_session({"labels-1/bank/1 grade": [missing, BESIDE]})
    failures: list[Exception] = []
    first, second = asyncio.run(
        rate_all([item(), item()], GRADING, session, at_once=1, on_failed=failures.append)
    )
    assert (first.fraction, first.problem) == (None, "no recording")
    assert second.fraction == 0.5
    assert failures == [missing]
