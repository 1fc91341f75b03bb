import asyncio

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import EndpointError
from answerbot.domain.references import Library, Reference
from answerbot.domain.subject import Subject
from answerbot.workflows.crosscheck import (
    READS,
    Checked,
    CrossCheck,
    Unchecked,
    cross_check,
    cross_check_all,
)
from tests.workflows.scripted import MakeSession

ANSWER = "Clipping scales the gradient down. It cures vanishing gradients."
SUBJECT = Subject(QuestionId("bank/1"), "What is gradient clipping?", ANSWER)
REFERENCE = Reference(
    QuestionId("rnn-100/24"),
    "What is gradient clipping?",
    "A method to prevent exploding gradients.",
)
RIGHT = {"quote": "Clipping scales the gradient down", "reason": "", "verdict": "right", "fix": ""}
WRONG = {
    "quote": "It cures vanishing gradients",
    "reason": "Clipping only bounds large gradients.",
    "verdict": "wrong",
    "fix": "It prevents exploding gradients.",
}


def beside(**changes: str) -> dict[str, str]:
    return {
        "explanation": "The remedy is for the other problem.",
        "kind": "contradiction",
        "answer_quote": "It cures vanishing gradients",
        "reference_id": "rnn-100/24",
        "reference_quote": "prevent exploding gradients",
        "wrong": "draft",
        "fix": "It prevents exploding gradients.",
        **changes,
    }


def check(make_session: MakeSession, script: dict[str, object]) -> CrossCheck:
    session, _ = make_session(script)
    return asyncio.run(cross_check(SUBJECT, [REFERENCE], session, checks=READS["full"]))


def test_both_reads_report_what_they_find_with_offsets(make_session: MakeSession) -> None:
    result = check(
        make_session,
        {
            "bank/1 check claims": {"claims": [RIGHT, WRONG], "attacks": [], "missing": []},
            "bank/1 check references": {"findings": []},
        },
    )
    assert result.checks == ("references", "claims")
    (finding,) = result.findings
    assert (finding.kind, finding.wrong, finding.is_error) == ("false_claim", "draft", True)
    assert finding.claim is not None
    assert ANSWER[finding.claim.start : finding.claim.end] == "It cures vanishing gradients"


def test_a_misleading_claim_is_held_against_the_answer_as_a_wrong_one_is(
    make_session: MakeSession,
) -> None:
    result = check(
        make_session,
        {
            "bank/1 check claims": {
                "claims": [{**WRONG, "verdict": "misleading"}],
                "attacks": [],
                "missing": [],
            },
            "bank/1 check references": {"findings": []},
        },
    )
    assert [(f.kind, f.wrong) for f in result.findings] == [("false_claim", "draft")]


def test_an_attack_that_holds_up_counts_once_beside_the_claim_it_repeats(
    make_session: MakeSession,
) -> None:
    attack = {**WRONG, "quote": "cures vanishing gradients", "verdict": "misleading"}
    other = {**RIGHT, "quote": "scales the gradient down", "verdict": "misleading"}
    result = check(
        make_session,
        {
            "bank/1 check claims": {
                "claims": [RIGHT, WRONG],
                "attacks": [attack, other, RIGHT],
                "missing": [],
            },
            "bank/1 check references": {"findings": []},
        },
    )
    claims = [finding.claim.quote for finding in result.findings if finding.claim]
    assert claims == ["It cures vanishing gradients", "scales the gradient down"]


def test_what_the_question_asks_for_and_the_answer_lacks_is_an_omission(
    make_session: MakeSession,
) -> None:
    missing = {"why": "The threshold is asked for.", "sentence": "Above the norm c, scale to c."}
    result = check(
        make_session,
        {
            "bank/1 check claims": {"claims": [RIGHT], "attacks": [], "missing": [missing]},
            "bank/1 check references": {"findings": []},
        },
    )
    (finding,) = result.findings
    assert (finding.kind, finding.claim, finding.reference_id) == ("omission", None, None)
    assert finding.fix == "Above the norm c, scale to c."


def test_a_doubtful_claim_blames_nobody(make_session: MakeSession) -> None:
    result = check(
        make_session,
        {
            "bank/1 check claims": {
                "claims": [{**WRONG, "verdict": "doubtful"}],
                "attacks": [],
                "missing": [],
            },
            "bank/1 check references": {"findings": []},
        },
    )
    assert [(f.kind, f.wrong) for f in result.findings] == [("unsupported_claim", "unclear")]


def test_a_wrong_reference_is_a_dispute_and_no_error_of_the_answer(
    make_session: MakeSession,
) -> None:
    result = check(
        make_session,
        {
            "bank/1 check claims": {"claims": [], "attacks": [], "missing": []},
            "bank/1 check references": {"findings": [beside(wrong="reference")]},
        },
    )
    (finding,) = result.findings
    assert finding.is_dispute
    assert not finding.is_error
    assert finding.reference_quote == "prevent exploding gradients"


def test_only_a_contradiction_can_be_the_references_fault(make_session: MakeSession) -> None:
    unsupported = beside(
        kind="unsupported_claim", wrong="reference", reference_id="", reference_quote=""
    )
    result = check(
        make_session,
        {
            "bank/1 check claims": {"claims": [], "attacks": [], "missing": []},
            "bank/1 check references": {
                "findings": [beside(kind="omission", wrong="reference"), unsupported]
            },
        },
    )
    assert [f.wrong for f in result.findings] == ["draft", "unclear"]
    assert result.findings[0].claim is None
    assert result.findings[1].reference_id is None


def test_what_no_reference_supports_and_the_model_knows_to_be_wrong_is_a_false_claim(
    make_session: MakeSession,
) -> None:
    false = beside(kind="unsupported_claim", wrong="draft", reference_id="", reference_quote="")
    result = check(
        make_session,
        {
            "bank/1 check claims": {"claims": [], "attacks": [], "missing": []},
            "bank/1 check references": {"findings": [false]},
        },
    )
    assert [(f.kind, f.wrong) for f in result.findings] == [("false_claim", "draft")]


def test_a_quote_that_stands_nowhere_is_asked_for_again_and_believed_then(
    make_session: MakeSession,
) -> None:
    session, llm = make_session(
        {
            "bank/1 check claims": {
                "claims": [{**WRONG, "quote": "clipping heals"}],
                "attacks": [],
                "missing": [],
            },
            "bank/1 check claims (follow-up)": {"claims": [WRONG], "attacks": [], "missing": []},
            "bank/1 check references": {"findings": []},
        }
    )
    result = asyncio.run(cross_check(SUBJECT, [REFERENCE], session, checks=READS["full"]))
    assert len(result.findings) == 1
    assert result.dropped == 0
    assert "'clipping heals'" in llm.requests[-1].messages[-1].content


def test_a_quote_that_still_stands_nowhere_is_dropped_and_counted(
    make_session: MakeSession,
) -> None:
    invented = [
        beside(answer_quote="clipping heals"),
        beside(reference_quote="clipping heals"),
        beside(reference_id="rnn-100/99"),
        beside(),
    ]
    result = check(
        make_session,
        {
            "bank/1 check claims": {"claims": [], "attacks": [], "missing": []},
            "bank/1 check references": {"findings": invented},
            "bank/1 check references (follow-up)": {"findings": invented},
        },
    )
    assert len(result.findings) == 1
    assert result.dropped == 3


def test_the_quote_of_a_claim_that_is_right_need_not_be_found(make_session: MakeSession) -> None:
    result = check(
        make_session,
        {
            "bank/1 check claims": {
                "claims": [{**RIGHT, "quote": "about scaling"}],
                "attacks": [],
                "missing": [],
            },
            "bank/1 check references": {"findings": []},
        },
    )
    assert result == CrossCheck(("references", "claims"), (), 0)


def test_without_references_there_is_one_read_less(make_session: MakeSession) -> None:
    session, llm = make_session(
        {"bank/1 check claims": {"claims": [], "attacks": [], "missing": []}}
    )
    result = asyncio.run(cross_check(SUBJECT, [], session, checks=READS["full"]))
    assert result.checks == ("claims",)
    assert len(llm.requests) == 1


def test_an_answer_is_not_compared_with_itself(make_session: MakeSession) -> None:
    own = Subject(REFERENCE.id, REFERENCE.question, REFERENCE.answer)
    session, _ = make_session(
        {"rnn-100/24 check claims": {"claims": [], "attacks": [], "missing": []}}
    )
    library = Library([REFERENCE])
    (outcome,) = asyncio.run(
        cross_check_all([own], library, session, checks=READS["full"], at_once=1)
    )
    assert isinstance(outcome, Checked)
    assert outcome.result.checks == ("claims",)


def test_a_dead_endpoint_fails_the_rest_without_asking_again(make_session: MakeSession) -> None:
    subjects = [Subject(QuestionId(f"bank/{n}"), "What?", "That.") for n in range(1, 4)]
    session, llm = make_session({"bank/1 check claims": EndpointError("gone")})
    outcomes = asyncio.run(
        cross_check_all(subjects, Library([]), session, checks=READS["full"], at_once=1)
    )
    assert all(isinstance(outcome, Unchecked) for outcome in outcomes)
    assert len(llm.requests) == 1
