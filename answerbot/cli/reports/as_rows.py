"""Graded answers as rows of results, one by one: `row.schema.json` says what stands in them."""

from __future__ import annotations

import json
from typing import Any

from answerbot.cli.reports.as_json import grade_json
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
            **grade_json(self._report, one),
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


def hash_of_rubric(rubric: Rubric) -> str:
    """A hash of all that a grade depends on: not of exemplars, nor of the questions served."""
    return digest(rubric.model_dump_json(exclude={"questions", "exemplars"}))
