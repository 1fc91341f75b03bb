from __future__ import annotations

import hashlib
import json
from functools import cache

import jsonschema
import pytest

from answerbot.cli.reports import render
from answerbot.cli.reports.as_json import document, schema
from answerbot.cli.reports.summary import Report
from answerbot.domain.errors import Problem
from tests.cli.reports.made import (
    ANSWER,
    HOSTILE,
    LOST,
    REVIEW,
    graded,
    hostile,
    one_candidate,
    ungraded,
)


@cache
def validator() -> jsonschema.Draft202012Validator:
    """Of the schema, which is proved to be one."""
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def test_an_answer_has_what_the_contract_says() -> None:
    report = Report(
        (
            graded(
                2,
                ("partial", "level_2", "not_met"),
                quotes={"hot-water": ["Pour water"]},
                slip="Boil the leaves again",
                flags=[REVIEW],
            ),
        ),
        usage={"replies": {"recording": 1}},
    )
    (grade,) = document(report)["grades"]
    assert {key: grade[key] for key in ("candidate", "question_id", "place", "status")} == {
        "candidate": "Ada",
        "question_id": "tea/2",
        "place": "answers/ada.md:20",
        "status": "review",
    }
    assert (grade["answer"], grade["rubric"]) == (ANSWER, "tea")
    assert grade["answer_hash"] == hashlib.sha256(ANSWER.encode()).hexdigest()
    assert [grade[key] for key in ("score", "possible", "fraction", "passed")] == [
        2,
        10,
        0.2,
        False,
    ]
    assert grade["verdicts"] == [
        {
            "criterion": "hot-water",
            "verdict": "partial",
            "level": None,
            "points": 2,
            "possible": 4,
            "evidence": [{"quote": "Pour water", "start": 0, "end": 10}],
            "reason": "So.",
            "agreement": 1.0,
            "human": False,
            "would_have_earned": "Water just off the boil.",
        },
        {
            "criterion": "three-minutes",
            "verdict": "partial",
            "level": 2,
            "points": 2,
            "possible": 3,
            "evidence": [],
            "reason": "So.",
            "agreement": 1.0,
            "human": False,
            "would_have_earned": "Three minutes.",
        },
        {
            "criterion": "take-the-leaves-out",
            "verdict": "not_met",
            "level": None,
            "points": 0,
            "possible": 3,
            "evidence": [],
            "reason": "So.",
            "agreement": 1.0,
            "human": False,
            "would_have_earned": "The leaves come out after that.",
        },
    ]
    assert grade["misconceptions"] == [
        {
            "criterion": "boil-the-leaves",
            "verdict": "present",
            "points": -2,
            "evidence": [{"quote": "Boil the leaves again", "start": 66, "end": 87}],
            "reason": "No.",
            "agreement": 1.0,
            "human": False,
        }
    ]
    assert grade["flags"] == [
        {
            "kind": "split-vote",
            "what": "the votes differ on hot-water",
            "review": True,
            "about": [],
        }
    ]
    assert grade["feedback"].startswith("2 of 10 points")


def test_answers_that_are_left_out_and_notices_have_their_places() -> None:
    report = Report((graded(1),), unmatched=(LOST,), notices=(Problem("b.md is empty"),))
    value = document(report)
    assert value["unmatched"] == [
        {"place": "answers/ada.md:90", "what": "no question of the bank is 'What is cocoa?'"}
    ]
    assert value["notices"] == [{"place": None, "what": "b.md is empty"}]
    validator().validate(value)


def test_no_grade_is_null_and_says_why() -> None:
    (grade,) = document(Report((ungraded(1, "no reply"),)))["grades"]
    assert grade["status"] == "ungraded"
    assert (grade["score"], grade["fraction"], grade["passed"]) == (None, None, None)
    assert (grade["reason"], grade["code"], grade["verdicts"]) == ("no reply", "", [])


def test_an_estimate_is_no_grade_of_the_judge() -> None:
    (grade,) = document(Report((graded(1, estimate=True, flags=[REVIEW]),)))["grades"]
    assert (grade["status"], grade["estimate"], grade["passed"]) == ("estimated", True, None)


def test_the_schema_is_one_and_every_document_keeps_it() -> None:
    for report in (
        one_candidate(usage={"input_tokens": 5}),
        Report(()),
        one_candidate(pass_mark=50),
    ):
        validator().validate(json.loads(render("json", report)))


@pytest.mark.parametrize(
    "change",
    [
        {"status": "ungraded"},
        {"status": "estimated"},
        {"score": None},
        {"status": "perfect"},
        {"extra": 1},
        {"fraction": 1.2},
    ],
)
def test_the_schema_refuses_what_the_contract_excludes(change: dict[str, object]) -> None:
    value = document(Report((graded(1),)))
    value["grades"][0] |= change
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(value)


def test_without_solutions_nothing_tells_a_better_answer() -> None:
    text = render("json", one_candidate(solutions=False))
    assert "The leaves stay in" not in text
    assert "would_have_earned" not in text
    assert "just off the boil" in text, "the candidate's own words stay"
    assert "Water just off" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_strings_of_the_document(text: str) -> None:
    written = render("json", hostile(text))
    written.encode()
    grade = json.loads(written)["grades"][0]
    assert grade["question"] == text
    validator().validate(json.loads(written))
