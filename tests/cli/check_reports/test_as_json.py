from __future__ import annotations

import json
from functools import cache

import jsonschema
import pytest

from answerbot.cli.check_reports import render
from answerbot.cli.check_reports.as_json import document, schema
from tests.cli.check_reports import made
from tests.cli.check_reports.made import EVERY
from tests.cli.reports.made import HOSTILE


@cache
def validator() -> jsonschema.Draft202012Validator:
    """Of the schema, which is proved to be one."""
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


@pytest.mark.parametrize("name", EVERY)
def test_the_document_keeps_its_schema(name: str) -> None:
    report = json.loads(render("json", EVERY[name]()))
    validator().validate(report)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_keep_the_schema(text: str) -> None:
    report = json.loads(render("json", made.hostile(text)))
    validator().validate(report)


def test_the_schema_names_every_key_and_allows_no_other() -> None:
    for part in (schema(), *schema()["$defs"].values()):
        if "properties" in part:
            assert set(part["required"]) == set(part["properties"])
            assert part["additionalProperties"] is False


def test_a_changed_verdict_has_its_cause() -> None:
    (change,) = document(made.flipped())["verdict_changes"]
    assert change == {
        "rubric": "tea",
        "exemplar": "full",
        "part": "take-the-leaves-out",
        "before": "met",
        "after": "not_met",
        "expected": "met",
        "was_right": True,
        "is_right": False,
        "causes": [
            {
                "kind": "prompt-template",
                "what": "the judge's prompt",
                "path": None,
                "line": None,
            }
        ],
    }


def test_a_changed_score_has_the_line_of_the_edit() -> None:
    change = document(made.pointed())["score_changes"][1]
    assert change["exemplar"] == "some"
    assert change["before"] == {"score": 7, "possible": 10, "passed": True}
    assert change["after"] == {"score": 5, "possible": 8, "passed": True}
    assert change["explained"] is True
    assert change["causes"] == [
        {
            "kind": "points",
            "what": "criterion hot-water: points 4 → 2",
            "path": "rubrics/tea.yaml",
            "line": 7,
        }
    ]


def test_what_is_stale_has_no_score_and_no_zero() -> None:
    report = document(made.stale())
    assert report["passed"] is False
    assert report["statistics"] is None
    assert report["refresh"] == {
        "calls": 4,
        "cost": "about $0.02",
        "command": "answerbot check --record",
    }
    first = report["rubrics"][0]["exemplars"][0]
    assert (first["status"], first["score"], first["expected_score"]) == ("stale", None, 10)
    assert first["verdicts"] == {}


def test_a_runner_of_github_finds_no_command_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    report = made.hostile("##[add-mask]passed")
    plain = json.loads(render("json", report))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "##[" not in render("json", report)
    assert json.loads(render("json", report)) == plain
