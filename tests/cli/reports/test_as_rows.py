"""A row an answer: the shape of the JSON report, and what it takes to join and to audit."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import jsonschema
import pytest

from answerbot.adapters.result_rows import packed
from answerbot.cli.reports import render
from answerbot.cli.reports.as_json import document
from answerbot.cli.reports.as_rows import Rows, hash_of_rubric, schema
from answerbot.cli.reports.summary import Report
from tests.cli.reports.made import HOSTILE, TEA, graded, hostile, one_candidate


@cache
def validator() -> jsonschema.Draft202012Validator:
    """Of the schema, which is proved to be one."""
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def test_a_row_says_what_the_json_report_says_and_whose_it_is() -> None:
    report = one_candidate(pass_mark=50)
    rows = [Rows(report).row(one) for one in report.graded]
    for row, grade in zip(rows, document(report)["grades"], strict=True):
        validator().validate(row)
        assert {key: row[key] for key in grade} == grade
        assert (row["version"], row["file"], row["place"]) == (
            1,
            "answers/ada.md",
            f"answers/ada.md:{row['line']}",
        )


def test_a_row_tells_which_row_it_answers_and_who_judged_it() -> None:
    one = graded(1)
    submission = replace(one.submission, id="essay-7")
    one = replace(one, submission=submission, models=("small",), keys=("a" * 64, "b" * 64))
    row = Rows(Report(())).row(one)
    validator().validate(row)
    assert row["id"] == "essay-7"
    assert (row["models"], row["keys"]) == (["small"], ["a" * 64, "b" * 64])


def test_the_hash_of_a_rubric_is_of_what_a_grade_depends_on() -> None:
    first = hash_of_rubric(TEA)
    assert hash_of_rubric(TEA.model_copy(update={"exemplars": TEA.exemplars[:1]})) == first
    assert hash_of_rubric(TEA.model_copy(update={"questions": ("tea/9",)})) == first
    assert hash_of_rubric(TEA.model_copy(update={"cap": 40})) != first
    criterion = TEA.criteria[0].model_copy(update={"states": "Cold water."})
    other = TEA.model_copy(update={"criteria": (criterion, *TEA.criteria[1:])})
    assert hash_of_rubric(other) != first


def test_a_report_may_be_written_as_lines() -> None:
    report = one_candidate()
    lines = render("rows", report).splitlines()
    rows = Rows(report)
    assert [json.loads(line) for line in lines] == [rows.row(one) for one in report.graded]


@pytest.mark.parametrize("text", HOSTILE)
def test_words_of_others_stay_in_their_row(text: str) -> None:
    report = hostile(text)
    for line, one in zip(render("rows", report).split("\n"), report.graded, strict=False):
        row = json.loads(line)
        validator().validate(row)
        assert row["verdicts"] == [] or row["candidate"] == one.submission.candidate


def test_parquet_has_what_a_row_has() -> None:
    report = one_candidate()
    rows = [Rows(report).row(one) for one in report.graded]
    for row, read in zip(rows, packed(rows).to_pylist(), strict=True):
        assert row.keys() <= read.keys()
        assert all(read[key] is None for key in read.keys() - row.keys())
        assert _without_nulls(read) == _without_nulls(row)


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value
