"""Graded answers as rows of results, one by one: `schema` says what stands in them."""

from __future__ import annotations

import json
from typing import Any

from answerbot.cli.reports import as_json
from answerbot.cli.reports.summary import Report
from answerbot.domain.baseline import digest
from answerbot.domain.rubric import Rubric
from answerbot.domain.submission import Graded


class Rows:
    """Makes the row of each answer; the answers of `report` play no part, how it is shown does."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._hashes: dict[str, str] = {}

    def row(self, one: Graded) -> dict[str, Any]:
        """All that the JSON report says of the answer, and what it takes to join and to audit."""
        place = one.submission.place
        return {
            "version": 1,
            "id": one.submission.id,
            **as_json.grade_json(self._report, one),
            "rubric_hash": self._hash(one.rubric) if one.rubric else None,
            "file": place.path,
            "line": place.line,
            "models": list(one.models),
            "keys": list(one.keys),
        }

    def _hash(self, rubric: Rubric) -> str:
        if rubric.id not in self._hashes:
            self._hashes[rubric.id] = hash_of_rubric(rubric)
        return self._hashes[rubric.id]


def as_rows(report: Report) -> str:
    """All answers of the report as JSON Lines."""
    rows = Rows(report)
    return "".join(f"{json.dumps(rows.row(one), ensure_ascii=False)}\n" for one in report.graded)


def schema() -> dict[str, Any]:
    """The JSON Schema that every row keeps: that of an answer in the JSON report, and some more."""
    report = as_json.schema()
    grade = report["$defs"]["grade"]
    return {
        "$schema": report["$schema"],
        "title": "A row of results of answerbot grade",
        "$defs": report["$defs"],
        **grade,
        "required": [*grade["required"], *_MORE],
        "properties": grade["properties"] | _MORE,
    }


_MORE: dict[str, dict[str, Any]] = {
    "version": {"const": 1},
    "id": {"description": "What the row of the answer calls itself.", "type": ["string", "null"]},
    "rubric_hash": {
        "description": "Of all that a grade depends on; not of exemplars.",
        "type": ["string", "null"],
        "pattern": "^[0-9a-f]{16}$",
    },
    "file": {"description": "The file of the answer.", "type": "string"},
    "line": {"description": "Its line there; its row, in Parquet.", "type": "integer"},
    "models": {"description": "Who judged it.", "type": "array", "items": {"type": "string"}},
    "keys": {
        "description": "Those of the requests that were answered.",
        "type": "array",
        "items": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
}


def hash_of_rubric(rubric: Rubric) -> str:
    """A hash of all that a grade depends on: not of exemplars, nor of the questions served."""
    return digest(rubric.model_dump_json(exclude={"questions", "exemplars"}))
