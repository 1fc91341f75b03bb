import asyncio
from collections.abc import Mapping

import pytest

from answerbot.domain.bank import Gap, Question, QuestionId
from answerbot.domain.errors import BudgetError, NotFinishedError, ReplyError
from answerbot.domain.provenance import digest
from answerbot.domain.references import Library, Reference
from answerbot.domain.rubric import Criterion, Rubric
from answerbot.workflows.fill import Filled, Options, Unfilled, fill, fill_all
from tests.rubrics import CLIPPING
from tests.workflows.scripted import MakeSession

DRAFT = "Clipping rescales large gradients. It cures vanishing gradients."
MENDED = "Clipping rescales large gradients. It prevents explosion."
QUESTION = Question(QuestionId("bank/1"), 1, "What is gradient clipping?", 3, None, Gap(0, 0))
REFERENCE = Reference(
    QuestionId("ref/1"), "What is gradient clipping?", "It caps exploding gradients."
)
NOTHING: dict[str, object] = {"claims": [], "attacks": [], "missing": []}
AGREED: dict[str, object] = {"findings": []}


def wrong(quote: str, verdict: str = "wrong") -> dict[str, object]:
    reading = {"quote": quote, "reason": "No.", "verdict": verdict, "fix": "Say otherwise."}
    return {"claims": [reading], "attacks": [], "missing": []}


def revision(answer: str, *actions: str) -> dict[str, object]:
    responses = [
        {"finding": number, "reason": "Because.", "action": action}
        for number, action in enumerate(actions, start=1)
    ]
    return {"responses": responses, "answer": answer}


def run(
    make_session: MakeSession,
    script: Mapping[str, object],
    *,
    rubric: Rubric | None = None,
    options: Options = Options(),  # noqa: B008 - immutable
    references: tuple[Reference, ...] = (REFERENCE,),
) -> tuple[Filled, list[str]]:
    session, llm = make_session({f"bank/1 {step}": reply for step, reply in script.items()})
    filled = asyncio.run(fill(QUESTION, Library(references), rubric, session, options))
    return filled, [request.label.removeprefix("bank/1 ") for request in llm.requests]


def test_a_draft_that_no_check_objects_to_is_accepted_as_it_is(make_session: MakeSession) -> None:
    filled, asked = run(
        make_session,
        {
            "draft": {"answer": MENDED},
            "check-1 references": AGREED,
            "check-1 claims": NOTHING,
        },
    )
    assert filled.text == MENDED
    assert filled.provenance.state == "accepted"
    assert filled.provenance.checks == ("references", "claims")
    assert filled.provenance.digest == digest(MENDED)
    assert [hit.reference for hit in filled.references] == [REFERENCE]
    assert asked == ["draft", "check-1 references", "check-1 claims"]


def test_the_draft_is_written_closed_book(make_session: MakeSession) -> None:
    session, llm = make_session({"bank/1 draft": {"answer": MENDED}})
    asyncio.run(fill(QUESTION, Library([REFERENCE]), None, session, Options(checks="none")))
    assert not any(REFERENCE.answer in m.content for m in llm.requests[0].messages)


def test_a_mistake_is_revised_and_the_revision_checked_again(make_session: MakeSession) -> None:
    filled, asked = run(
        make_session,
        {
            "draft": {"answer": DRAFT},
            "check-1 references": AGREED,
            "check-1 claims": wrong("cures vanishing gradients"),
            "revise-1": revision(MENDED, "fixed"),
            "check-2 references": AGREED,
            "check-2 claims": NOTHING,
        },
    )
    assert filled.text == MENDED
    assert filled.provenance.state == "accepted"
    assert asked[-2:] == ["check-2 references", "check-2 claims"]
    assert [look.text for look in filled.rounds] == [DRAFT, MENDED]


def test_what_is_still_called_wrong_after_two_revisions_is_for_a_human(
    make_session: MakeSession,
) -> None:
    filled, asked = run(
        make_session,
        {
            "draft": {"answer": DRAFT},
            "check-1 references": AGREED,
            "check-1 claims": wrong("cures vanishing gradients"),
            "revise-1": revision("It cures fading.", "fixed"),
            "check-2 references": AGREED,
            "check-2 claims": wrong("cures fading"),
            "revise-2": revision("It heals fading.", "fixed"),
            "check-3 references": AGREED,
            "check-3 claims": wrong("heals fading"),
        },
    )
    assert filled.text == "It heals fading."
    assert filled.provenance.state == "needs review"
    assert filled.provenance.why == 'called wrong: "heals fading"'
    assert asked.count("revise-1") == asked.count("revise-2") == 1
    assert len(asked) == 9


def test_where_the_reviser_rejects_what_a_check_calls_wrong_a_human_decides(
    make_session: MakeSession,
) -> None:
    filled, asked = run(
        make_session,
        {
            "draft": {"answer": DRAFT},
            "check-1 references": AGREED,
            "check-1 claims": wrong("rescales large gradients"),
            "revise-1": revision(DRAFT, "rejected"),
        },
    )
    assert filled.text == DRAFT
    assert filled.provenance.state == "needs review"
    assert "checks disagree" in filled.provenance.why
    assert asked[-1] == "revise-1"


def test_a_doubt_that_the_reviser_is_certain_about_is_settled(make_session: MakeSession) -> None:
    filled, _ = run(
        make_session,
        {
            "draft": {"answer": MENDED},
            "check-1 references": AGREED,
            "check-1 claims": wrong("prevents explosion", "doubtful"),
            "revise-1": revision(MENDED, "rejected"),
        },
    )
    assert filled.provenance.state == "accepted"


def test_a_rejected_finding_is_not_sent_to_the_reviser_again(make_session: MakeSession) -> None:
    two = {
        "claims": [*_claims(wrong("rescales large")), *_claims(wrong("cures vanishing"))],
        "attacks": [],
        "missing": [],
    }
    filled, asked = run(
        make_session,
        {
            "draft": {"answer": DRAFT},
            "check-1 references": AGREED,
            "check-1 claims": two,
            "revise-1": revision(MENDED, "rejected", "fixed"),
            "check-2 references": AGREED,
            "check-2 claims": wrong("rescales large gradients"),
        },
    )
    assert "revise-2" not in asked
    assert filled.provenance.state == "needs review"


def _claims(reply: dict[str, object]) -> list[object]:
    claims = reply["claims"]
    assert isinstance(claims, list)
    return claims


def test_a_wrong_reference_is_reported_and_the_answer_left_alone(
    make_session: MakeSession,
) -> None:
    dispute = {
        "explanation": "The reference is wrong.",
        "kind": "contradiction",
        "answer_quote": "rescales large gradients",
        "reference_id": "ref/1",
        "reference_quote": "caps exploding",
        "wrong": "reference",
        "fix": "It rescales.",
    }
    filled, asked = run(
        make_session,
        {
            "draft": {"answer": MENDED},
            "check-1 references": {"findings": [dispute]},
            "check-1 claims": NOTHING,
        },
    )
    assert filled.text == MENDED
    assert filled.provenance.state == "accepted"
    assert [f.reference_id for f in filled.disputes] == ["ref/1"]
    assert "revise-1" not in asked


def test_what_is_missing_is_added_once_and_holds_nothing_up_after_that(
    make_session: MakeSession,
) -> None:
    omission = {
        "explanation": "The threshold is missing.",
        "kind": "omission",
        "answer_quote": "",
        "reference_id": "ref/1",
        "reference_quote": "caps",
        "wrong": "draft",
        "fix": "Name the threshold.",
    }
    filled, asked = run(
        make_session,
        {
            "draft": {"answer": MENDED},
            "check-1 references": {"findings": [omission]},
            "check-1 claims": NOTHING,
            "revise-1": revision(MENDED + " Above a threshold.", "fixed"),
            "check-2 references": {"findings": [omission]},
            "check-2 claims": NOTHING,
        },
    )
    assert filled.text.endswith("Above a threshold.")
    assert filled.provenance.state == "accepted"
    assert "revise-2" not in asked


@pytest.mark.parametrize(
    ("checks", "asked"),
    [
        ("none", ["draft"]),
        ("references", ["draft", "check-1 references"]),
        ("full", ["draft", "check-1 references", "check-1 claims"]),
    ],
)
def test_fewer_checks_cost_fewer_requests_and_the_note_says_which(
    make_session: MakeSession, checks: str, asked: list[str]
) -> None:
    options = Options(checks=checks)  # type: ignore[arg-type]
    filled, labels = run(
        make_session,
        {"draft": {"answer": MENDED}, "check-1 references": AGREED, "check-1 claims": NOTHING},
        options=options,
    )
    assert labels == asked
    passed = ", ".join(label.split()[1] for label in asked[1:]) or "none"
    assert f"checks: {passed};" in filled.provenance.note()


RUBRIC = CLIPPING.model_copy(
    update={
        "criteria": (
            Criterion(id="what", points=2, states="Gradients above a norm are scaled down."),
            Criterion(id="why", points=3, states="No single step throws the weights off."),
            Criterion(id="which", points=1, states="It is about gradients, not weights."),
        )
    }
)


def judged(why: str, cure: str) -> dict[str, object]:
    words = {
        "what": "rescales large gradients",
        "why": "prevents explosion",
        "which": "large gradients",
    }
    verdicts = {"what": "met", "why": why, "which": "met"}
    return {
        "criteria": [
            {"id": id_, "reason": "R.", "quotes": [words[id_]], "verdict": verdict}
            for id_, verdict in verdicts.items()
        ],
        "misconceptions": [
            {
                "id": "cure",
                "reason": "R.",
                "quotes": ["It cures vanishing gradients"],
                "verdict": cure,
            }
        ],
    }


def test_what_the_rubric_misses_is_revised_and_the_grade_stands_in_the_note(
    make_session: MakeSession,
) -> None:
    filled, asked = run(
        make_session,
        {
            "draft": {"answer": DRAFT},
            "check-1 claims": NOTHING,
            "check-1 judge": judged("not_met", "present"),
            "revise-1": revision(MENDED, "fixed", "fixed"),
            "check-2 claims": NOTHING,
            "check-2 judge": judged("met", "absent"),
        },
        rubric=RUBRIC,
        references=(),
    )
    assert filled.provenance.state == "accepted"
    assert filled.provenance.checks == ("claims", "rubric 6/6")
    assert asked.index("check-1 judge") < asked.index("revise-1")
    kinds = [finding.kind for finding in filled.rounds[0].findings]
    assert kinds == ["omission", "false_claim"]


def test_an_answer_below_the_pass_mark_of_its_rubric_is_for_a_human(
    make_session: MakeSession,
) -> None:
    filled, _ = run(
        make_session,
        {
            "draft": {"answer": DRAFT},
            "check-1 claims": NOTHING,
            "check-1 judge": judged("not_met", "absent"),
            "revise-1": revision(DRAFT, "rejected"),
        },
        rubric=RUBRIC,
        references=(),
    )
    assert filled.provenance.state == "needs review"
    assert filled.provenance.why == "rubric: 3 of 6 points"


def test_an_answer_that_github_would_not_render_is_sent_back_once(
    make_session: MakeSession,
) -> None:
    filled, asked = run(
        make_session,
        {"draft": {"answer": "# Title\n\nText."}, "draft (corrected)": {"answer": MENDED}},
        options=Options(checks="none"),
    )
    assert filled.text == MENDED
    assert asked == ["draft", "draft (corrected)"]


def test_a_second_unusable_draft_fails_the_question(make_session: MakeSession) -> None:
    with pytest.raises(ReplyError, match="empty"):
        run(
            make_session,
            {"draft": {"answer": " "}, "draft (corrected)": {"answer": ""}},
            options=Options(checks="none"),
        )


def test_a_reviser_that_skips_a_finding_or_changes_nothing_is_asked_again(
    make_session: MakeSession,
) -> None:
    filled, asked = run(
        make_session,
        {
            "draft": {"answer": DRAFT},
            "check-1 claims": wrong("cures vanishing"),
            "revise-1": revision(DRAFT, "fixed"),
            "revise-1 (corrected)": revision(MENDED, "fixed"),
            "check-2 claims": NOTHING,
        },
        references=(),
    )
    assert filled.text == MENDED
    assert "revise-1 (corrected)" in asked


def questions(count: int) -> list[Question]:
    return [
        Question(QuestionId(f"bank/{n}"), n, "What is clipping?", n, None, Gap(0, 0))
        for n in range(1, count + 1)
    ]


def fill_many(
    make_session: MakeSession, replies: list[object], at_once: int = 1
) -> tuple[list[Filled | Unfilled], int]:
    script = {f"bank/{n} draft": reply for n, reply in enumerate(replies, start=1)}
    session, llm = make_session(script)
    outcomes = asyncio.run(
        fill_all(
            questions(len(replies)),
            Library([]),
            lambda _: None,
            session,
            Options(checks="none"),
            at_once=at_once,
        )
    )
    return outcomes, len(llm.requests)


def test_one_question_that_fails_does_not_fail_the_others(make_session: MakeSession) -> None:
    good = {"answer": MENDED}
    outcomes, asked = fill_many(make_session, [good, ReplyError("odd"), good])
    assert [type(outcome) for outcome in outcomes] == [Filled, Unfilled, Filled]
    assert asked == 3


@pytest.mark.parametrize("at_once", [1, 3])
def test_when_the_money_is_spent_no_more_work_begins(
    make_session: MakeSession, at_once: int
) -> None:
    good = {"answer": MENDED}
    replies: list[object] = [good, BudgetError("spent"), *[good] * 20]
    outcomes, asked = fill_many(make_session, replies, at_once)
    unfilled = [outcome for outcome in outcomes if isinstance(outcome, Unfilled)]
    assert all(isinstance(outcome.error, NotFinishedError) for outcome in unfilled)
    assert asked <= 2 + at_once
    assert len(unfilled) == len(replies) - (asked - 1)
