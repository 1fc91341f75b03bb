import json
from typing import Any

from answerbot.domain.errors import MissingRecordingError
from answerbot.domain.grade import Ungraded
from answerbot.domain.llm import Reply, Request
from answerbot.domain.recording import Recording
from answerbot.domain.rubric import Exemplar
from answerbot.workflows.check_rubrics import (
    judge_exemplars,
    label_of,
    lost_evidence,
    why_unanswered,
)
from tests.rubrics import CLIPPING
from tests.workflows.scripted import MakeSession

FULL = CLIPPING.exemplars[0]


def reply(exemplar: Exemplar, **quotes: str) -> dict[str, Any]:
    """A reply that gives the exemplar its labels; what is met is quoted as told, or in full."""

    def claim(id_: str) -> dict[str, Any]:
        verdict = exemplar.verdicts[id_]
        said = [quotes.get(id_, exemplar.answer.strip())]
        return {
            "id": id_,
            "reason": "So.",
            "quotes": [] if verdict in ("not_met", "absent") else said,
            "verdict": verdict,
        }

    return {
        "criteria": [claim(one.id) for one in CLIPPING.criteria],
        "misconceptions": [claim(one.id) for one in CLIPPING.misconceptions],
    }


async def test_each_exemplar_is_judged_under_its_own_name(make_session: MakeSession) -> None:
    script = {label_of(CLIPPING, one): reply(one) for one in CLIPPING.exemplars}
    session, llm = make_session(script)
    trial = await judge_exemplars(CLIPPING, "What is clipping?", session)
    assert [case.exemplar.id for case in trial.cases] == [one.id for one in CLIPPING.exemplars]
    assert trial.cases[0].verdicts == FULL.verdicts
    assert {request.label for request in llm.requests} == set(script)
    assert (trial.unanswered, trial.failures) == ({}, ())


async def test_an_exemplar_without_a_recording_costs_the_others_nothing(
    make_session: MakeSession,
) -> None:
    script: dict[str, Any] = {label_of(CLIPPING, one): reply(one) for one in CLIPPING.exemplars}
    script[label_of(CLIPPING, FULL)] = MissingRecordingError("none")
    session, _ = make_session(script)
    trial = await judge_exemplars(CLIPPING, "What is clipping?", session)
    assert [bool(case.verdicts) for case in trial.cases] == [False, True, True, True]
    assert {id_: one.label for id_, one in trial.unanswered.items()} == {
        "full": label_of(CLIPPING, FULL)
    }
    assert trial.state.exemplars["full"].judged is None


async def test_a_reply_that_is_of_no_use_is_no_grade_and_told(make_session: MakeSession) -> None:
    script: dict[str, Any] = {label_of(CLIPPING, one): reply(one) for one in CLIPPING.exemplars}
    script[label_of(CLIPPING, FULL)] = "nonsense"
    script[f"{label_of(CLIPPING, FULL)} (corrected)"] = "nonsense"
    session, _ = make_session(script)
    trial = await judge_exemplars(CLIPPING, "What is clipping?", session)
    assert isinstance(trial.cases[0].outcome, Ungraded)
    assert len(trial.failures) == 1


async def test_the_state_tells_another_reply_from_another_request(
    make_session: MakeSession,
) -> None:
    async def judged(question: str, **quotes: str) -> Any:
        script = {label_of(CLIPPING, one): reply(one) for one in CLIPPING.exemplars}
        script[label_of(CLIPPING, FULL)] = reply(FULL, **quotes)
        session, _ = make_session(script)
        return (await judge_exemplars(CLIPPING, question, session)).state

    first = await judged("What is clipping?")
    reworded = await judged("What is clipping?", when="after backprop and before the step")
    asked = await judged("What does clipping do?")
    before, other, later = (one.exemplars["full"].judged for one in (first, reworded, asked))
    assert before.request == other.request != later.request
    assert before.reply != other.reply
    assert before.reply == later.reply
    assert first.question == reworded.question != asked.question


async def test_a_reply_that_is_asked_about_again_leaves_the_request_what_it_was(
    make_session: MakeSession,
) -> None:
    async def judged(**script: Any) -> Any:
        whole: dict[str, Any] = {label_of(CLIPPING, e): reply(e) for e in CLIPPING.exemplars}
        session, _ = make_session(whole | script)
        return (await judge_exemplars(CLIPPING, "What is clipping?", session)).state

    label = label_of(CLIPPING, FULL)
    plain = (await judged()).exemplars["full"].judged
    misquoted = {label: reply(FULL, when="never"), f"{label} (follow-up)": reply(FULL)}
    again = (await judged(**misquoted)).exemplars["full"].judged
    assert plain.request == again.request
    assert plain.reply != again.reply


def recording(request: Request, **changes: Any) -> Recording:
    changed = Request.model_validate(request.sent() | changes)
    return Recording.of(changed, Reply(text="{}", model="m"), recorded_at="", source="")


def test_why_nobody_recorded_a_request_is_told_by_the_recordings_of_the_same_exemplar() -> None:
    def turns(*roles: str) -> list[dict[str, str]]:
        return [{"role": role, "content": role} for role in roles]

    asked = Request.model_validate({"model": "new", "messages": turns("system", "user")})
    later = Request.model_validate(
        {"model": "new", "messages": turns("system", "user", "assistant", "user")}
    )
    gone = why_unanswered(asked, [])
    model = why_unanswered(asked, [recording(asked, model="old")])
    further = why_unanswered(later, [recording(asked)])
    assert gone is not None
    assert model is not None
    assert further is not None
    assert (gone.what, gone.kind) == ("the recording is gone", "recording")
    assert "the model old" in model.what
    assert "further request" in further.what
    assert why_unanswered(asked, [recording(asked, temperature=0.5)]) is None


def test_what_rested_on_words_that_are_gone_is_named() -> None:
    said = reply(FULL, what="A gradient above a norm is shrunk", when="before the step")
    shorter = "A gradient above a norm is shrunk to it after backprop."
    assert lost_evidence(json.dumps(said), shorter) == ["why", "when"]
    assert lost_evidence(json.dumps(said), FULL.answer) == []
    assert lost_evidence("nonsense", shorter) == []
