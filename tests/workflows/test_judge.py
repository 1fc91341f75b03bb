import asyncio
from collections.abc import Mapping, Sequence

import pytest

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import ReplyError
from answerbot.domain.grade import Grade, Outcome, Ungraded
from answerbot.domain.subject import Subject
from answerbot.workflows.judge import Judging, Votes, judge, requests_for
from tests.rubrics import CLIPPING
from tests.workflows.scripted import MakeSession

ANSWER = (
    "A gradient whose norm is above a limit gets shortened to that limit. One odd batch can no "
    "longer throw the parameters far off. This is done after backprop, before the step is taken."
)
WHAT = "whose norm is above a limit gets shortened to that limit"
WHY = "no longer throw the parameters far off"
WHEN = "after backprop, before the step is taken"
SUBJECT = Subject(QuestionId("bank/1"), "What is gradient clipping?", ANSWER)


def claim(id_: str, verdict: str, *quotes: str) -> dict[str, object]:
    return {"id": id_, "reason": f"{id_}: {verdict}.", "quotes": quotes, "verdict": verdict}


def reply(
    what: Sequence[str] = ("met", WHAT),
    why: Sequence[str] = ("met", WHY),
    when: Sequence[str] = ("met", WHEN),
    cure: Sequence[str] = ("absent",),
) -> dict[str, object]:
    return {
        "criteria": [claim("what", *what), claim("why", *why), claim("when", *when)],
        "misconceptions": [claim("cure", *cure)],
    }


def outcome(
    make_session: MakeSession, script: Mapping[str, object], how: Judging | None = None
) -> Outcome:
    session, _ = make_session({f"bank/1 {label}": value for label, value in script.items()})
    return asyncio.run(judge(SUBJECT, CLIPPING, session, how or Judging()))


def graded(
    make_session: MakeSession, script: Mapping[str, object], how: Judging | None = None
) -> Grade:
    grade = outcome(make_session, script, how)
    assert isinstance(grade, Grade)
    return grade


def test_a_criterion_counts_with_words_that_stand_in_the_answer(make_session: MakeSession) -> None:
    grade = graded(make_session, {"judge": reply()})
    assert (grade.earned, grade.possible, grade.flags) == (10, 10, ())
    for verdict, words in zip(grade.verdicts, (WHAT, WHY, WHEN), strict=True):
        (evidence,) = verdict.evidence
        assert ANSWER[evidence.start : evidence.end] == words


def test_met_without_a_quote_is_not_met(make_session: MakeSession) -> None:
    grade = graded(make_session, {"judge": reply(why=("met",))})
    assert grade.earned == 6
    assert [flag.kind for flag in grade.flags] == ["no-evidence"]
    assert grade.needs_review


def test_a_quote_that_stands_nowhere_is_asked_for_again_then_flagged(
    make_session: MakeSession,
) -> None:
    invented = reply(why=("met", "explosions are history"))
    mended = graded(make_session, {"judge": invented, "judge (follow-up)": reply()})
    assert (mended.earned, mended.flags) == (10, ())
    grade = graded(make_session, {"judge": invented, "judge (follow-up)": invented})
    assert grade.earned == 6
    assert [flag.kind for flag in grade.flags] == ["unverified-quote", "no-evidence"]


def test_a_found_quote_beside_an_unfound_one_counts_and_is_flagged(
    make_session: MakeSession,
) -> None:
    half = reply(why=("met", WHY, "explosions are history"))
    grade = graded(make_session, {"judge": half, "judge (follow-up)": half})
    assert grade.earned == 10
    assert [flag.kind for flag in grade.flags] == ["unverified-quote"]


def test_a_quote_put_together_from_distant_places_is_none(make_session: MakeSession) -> None:
    for stitched in (
        "A gradient whose norm is above a limit ... before the step is taken",
        "A gradient before the step is taken",
    ):
        said = reply(when=("met", stitched))
        grade = graded(make_session, {"judge": said, "judge (follow-up)": said})
        assert grade.earned == 8


def test_a_step_that_the_criterion_does_not_have_is_sent_back(make_session: MakeSession) -> None:
    odd = reply(when=("partial", WHEN))
    grade = graded(make_session, {"judge": odd, "judge (corrected)": reply(why=("level_1", WHY))})
    assert grade.earned == 4 + 1 + 2
    with pytest.raises(ReplyError, match="when: the verdict is one of met, not_met"):
        outcome(make_session, {"judge": odd, "judge (corrected)": odd})


def test_a_misconception_without_words_of_the_answer_costs_nothing(
    make_session: MakeSession,
) -> None:
    grade = graded(make_session, {"judge": reply(cure=("present",))})
    assert (grade.earned, grade.slips) == (10, ())
    assert grade.needs_review
    found = graded(make_session, {"judge": reply(cure=("present", WHEN))})
    assert (found.earned, len(found.slips)) == (8, 1)


def test_a_reply_that_does_not_match_the_rubric_is_refused(make_session: MakeSession) -> None:
    odd = {**reply(), "misconceptions": []}
    with pytest.raises(ReplyError, match="exactly these ids in this order: cure"):
        outcome(make_session, {"judge": odd, "judge (corrected)": odd})


def test_what_cannot_be_assessed_is_for_a_human(make_session: MakeSession) -> None:
    grade = graded(make_session, {"judge": reply(when=("cannot_assess",))})
    assert (grade.earned, grade.needs_review) == (8, True)
    nothing = reply(("cannot_assess",), ("cannot_assess",), ("cannot_assess",))
    assert isinstance(outcome(make_session, {"judge": nothing}), Ungraded)


def test_votes_are_asked_for_with_sample_numbers_of_their_own(make_session: MakeSession) -> None:
    session, llm = make_session(
        {
            "bank/1 judge": reply(),
            "bank/1 judge 2": reply(when=("not_met",)),
            "bank/1 judge 3": reply(),
        }
    )
    grade = asyncio.run(judge(SUBJECT, CLIPPING, session, Judging(Votes(3))))
    assert isinstance(grade, Grade)
    assert sorted(request.sample for request in llm.requests) == [0, 1, 2]
    assert len({request.key for request in llm.requests}) == 3
    assert grade.earned == 10
    assert grade.verdicts[2].agreement == pytest.approx(2 / 3)
    assert [flag.kind for flag in grade.flags] == ["split-vote"]


@pytest.mark.parametrize(
    ("first", "votes"),
    [
        (reply(), 1),
        (reply(when=("not_met",)), 3),
        (reply(when=("cannot_assess",)), 3),
        (reply(what=("partial", WHAT), why=("level_1", WHY)), 3),  # 5 of 10, where 6 pass
    ],
)
def test_more_votes_are_asked_for_only_where_the_first_is_in_doubt(
    make_session: MakeSession, first: dict[str, object], votes: int
) -> None:
    session, llm = make_session(
        {"bank/1 judge": first, "bank/1 judge 2": reply(), "bank/1 judge 3": reply()}
    )
    asyncio.run(judge(SUBJECT, CLIPPING, session, Judging(Votes(1, 2), margin=10)))
    assert len(llm.requests) == votes


def test_criteria_can_be_asked_about_one_by_one(make_session: MakeSession) -> None:
    whole = reply(cure=("present", WHEN))
    criteria, misconceptions = whole["criteria"], whole["misconceptions"]
    assert isinstance(criteria, list)
    script: dict[str, object] = {
        f"judge {one['id']}": {"criteria": [one], "misconceptions": []} for one in criteria
    }
    script["judge misconceptions"] = {"criteria": [], "misconceptions": misconceptions}
    how = Judging(per_criterion=True)
    assert graded(make_session, script, how) == graded(make_session, {"judge": whole})
    assert requests_for(CLIPPING, how) == (4, 4)
    assert requests_for(CLIPPING, Judging(Votes(1, 2))) == (1, 3)
