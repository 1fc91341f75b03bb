import asyncio

import pytest

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import ReplyError
from answerbot.domain.grade import Grade
from answerbot.workflows.crosscheck import Subject
from answerbot.workflows.judge import judge
from tests.workflows.scripted import MakeSession
from tests.workflows.test_fill import RUBRIC

ANSWER = "Clipping rescales large gradients. It prevents explosion."
SUBJECT = Subject(QuestionId("bank/1"), "What is clipping?", ANSWER)


def reply(
    quotes: list[str],
    verdict: str = "met",
    slip: str = "absent",
    ids: tuple[str, ...] = ("what", "why"),
) -> dict[str, object]:
    return {
        "criteria": [
            {"id": ids[0], "reason": "", "quotes": ["rescales large gradients"], "verdict": "met"},
            {"id": ids[1], "reason": "", "quotes": quotes, "verdict": verdict},
        ],
        "misconceptions": [{"id": "cure", "reason": "", "quotes": [], "verdict": slip}],
    }


def graded(make_session: MakeSession, *replies: dict[str, object]) -> Grade:
    labels = ("bank/1 x judge", "bank/1 x judge (follow-up)")
    session, _ = make_session(dict(zip(labels, replies, strict=False)))
    return asyncio.run(judge(SUBJECT, RUBRIC, session, step="x"))


def test_a_criterion_counts_with_words_that_stand_in_the_answer(make_session: MakeSession) -> None:
    grade = graded(make_session, reply(["prevents explosion"]))
    assert (grade.earned, grade.possible, grade.flags) == (4, 4, ())
    evidence = grade.verdicts[1].evidence[0]
    assert ANSWER[evidence.start : evidence.end] == "prevents explosion"


def test_met_without_a_quote_is_not_met(make_session: MakeSession) -> None:
    grade = graded(make_session, reply([]))
    assert grade.earned == 2
    assert grade.flags == ("criterion why: called met, counted as not_met",)


def test_a_quote_that_stands_nowhere_is_asked_for_again_then_flagged(
    make_session: MakeSession,
) -> None:
    invented = reply(["explosion is history"])
    assert graded(make_session, invented, reply(["prevents explosion"])).earned == 4
    grade = graded(make_session, invented, invented)
    assert grade.earned == 2
    assert any("explosion is history" in flag for flag in grade.flags)


def test_partial_counts_only_where_the_rubric_says_what_is_partial(
    make_session: MakeSession,
) -> None:
    assert graded(make_session, reply(["prevents explosion"], "partial")).earned == 2


def test_a_misconception_without_words_of_the_answer_costs_nothing(
    make_session: MakeSession,
) -> None:
    assert graded(make_session, reply(["prevents explosion"], slip="present")).earned == 4


def test_a_reply_that_does_not_match_the_rubric_is_refused(make_session: MakeSession) -> None:
    odd = reply(["prevents explosion"], ids=("why", "what"))
    session, _ = make_session({"bank/1 x judge": odd, "bank/1 x judge (corrected)": odd})
    with pytest.raises(ReplyError, match="exactly these ids"):
        asyncio.run(judge(SUBJECT, RUBRIC, session, step="x"))
