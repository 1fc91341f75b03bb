import asyncio

import pytest

from answerbot.domain.bank import Question, QuestionId
from answerbot.domain.errors import ReplyError
from answerbot.domain.references import Library, Reference
from answerbot.domain.rubric import Rubric
from answerbot.workflows.draft_rubric import draft_rubric
from tests.rubrics import CLIPPING
from tests.workflows.scripted import MakeSession

QUESTIONS = [
    Question(QuestionId("bank/1"), 1, "What is gradient clipping?", 1, None, None),
    Question(QuestionId("old/7"), 7, "What does clipping gradients do?", 1, None, None),
]
LIBRARY = Library(
    [Reference(QuestionId("ref/1"), "What is gradient clipping?", "It caps gradients.")]
)
PARTIAL = {"level_1": "partial", "level_2": "partial"}


def drafted(**changes: object) -> dict[str, object]:
    """A draft of the rubric that the tests grade by, with half points in place of levels."""
    whole = CLIPPING.model_dump(mode="json", by_alias=False)
    for criterion in whole["criteria"]:
        if criterion.pop("levels"):
            criterion["partial"] = "Training gets more stable."
    for exemplar in whole["exemplars"]:
        labels = exemplar["verdicts"].items()
        exemplar["verdicts"] = [{"id": id_, "verdict": PARTIAL.get(v, v)} for id_, v in labels]
    del whole["questions"]
    return {**whole, **changes}


def draft(make_session: MakeSession, script: dict[str, object], answer: str = "") -> Rubric:
    session, _ = make_session(script)
    return asyncio.run(draft_rubric(QUESTIONS, answer, LIBRARY, session))


def test_a_draft_becomes_a_rubric_for_all_the_questions(make_session: MakeSession) -> None:
    rubric = draft(make_session, {"bank/1 rubric": drafted()})
    assert rubric.questions == ("bank/1", "old/7")
    assert (rubric.pass_mark, rubric.possible) == (60, 10)
    assert rubric.criteria[1].partial == "Training gets more stable."
    assert rubric.exemplars[1].verdicts["why"] == "partial"


def test_a_draft_that_is_no_rubric_is_sent_back_with_all_that_is_wrong(
    make_session: MakeSession,
) -> None:
    session, llm = make_session(
        {"bank/1 rubric": drafted(exemplars=[]), "bank/1 rubric (corrected)": drafted()}
    )
    asyncio.run(draft_rubric(QUESTIONS, "", LIBRARY, session))
    assert "exemplars: Tuple should have at least 4 items" in llm.requests[1].messages[-1].content
    with pytest.raises(ReplyError, match="exemplars"):
        draft(
            make_session,
            {
                "bank/1 rubric": drafted(exemplars=[]),
                "bank/1 rubric (corrected)": drafted(exemplars=[]),
            },
        )


def test_the_model_sees_the_questions_the_banks_answer_and_the_references(
    make_session: MakeSession,
) -> None:
    session, llm = make_session({"bank/1 rubric": drafted()})
    asyncio.run(draft_rubric(QUESTIONS, "It rescales {{ gradients }}.", LIBRARY, session))
    said = llm.requests[0].messages[-1].content
    for words in (
        *(q.text for q in QUESTIONS),
        "It rescales {{ gradients }}.",
        "It caps gradients.",
    ):
        assert words in said
