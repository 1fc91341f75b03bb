"""A check's report as one JSON document: `check.schema.json` here says what is in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from answerbot.cli.check_reports.mutants import as_json as mutants_as_json
from answerbot.cli.check_reports.summary import edits_of, verdict
from answerbot.domain.agreement import Figure
from answerbot.domain.check import (
    Case,
    Checked,
    CheckReport,
    Disagreement,
    Discrimination,
    Gate,
    Refresh,
    Statistics,
    disagreements,
)
from answerbot.domain.errors import Location
from answerbot.domain.grade import Grade, Ungraded
from answerbot.domain.lint import Complaint
from answerbot.domain.mutation.report import MutationReport
from answerbot.domain.regression import Cause, Score, ScoreChange, Stale, VerdictChange

Json = dict[str, Any]


def as_json(report: CheckReport, mutants: MutationReport | None = None) -> str:
    """The document of `--json`."""
    return json.dumps(document(report, mutants), ensure_ascii=False, indent=2) + "\n"


def document(report: CheckReport, mutants: MutationReport | None = None) -> Json:
    """The document before it is written."""
    return {
        "version": 1,
        "passed": not report.failed,
        "verdict": verdict(report),
        "gates": [_gate(gate) for gate in report.gates],
        "complaints": [_complaint(one) for one in report.complaints],
        "stale": [_stale(*one) for one in report.stale()],
        "refresh": _refresh(report.refresh) if report.refresh else None,
        "verdict_changes": [_verdict_change(*one) for one in report.verdict_changes()],
        "score_changes": [_score_change(*one) for one in report.score_changes()],
        "disagreements": [_disagreement(one) for one in disagreements(report.cases)],
        "statistics": _statistics(report.statistics) if report.statistics else None,
        "rubrics": [_rubric(one) for one in report.checked],
        "removed": list(report.removed),
        "mutants": mutants_as_json(mutants) if mutants else None,
        "usage": dict(report.usage),
    }


def schema() -> Json:
    """The JSON Schema that every document keeps."""
    text = files("answerbot.cli.check_reports").joinpath("check.schema.json").read_text("utf-8")
    value: Json = json.loads(text)
    return value


def _gate(gate: Gate) -> Json:
    return {"name": gate.name, "on": gate.on, "passed": gate.passed, "what": gate.what}


def _complaint(one: Complaint) -> Json:
    return {
        "rule": one.rule,
        "severity": one.severity,
        "what": one.what,
        **_place(one.location),
        "hint": one.hint,
        "fixable": one.fix is not None,
    }


def _place(location: Location | None) -> Json:
    """The path, and the line where it is not the whole file."""
    if location is None:
        return {"path": None, "line": None}
    return {"path": location.path, "line": location.line or None}


def _causes(checked: Checked, causes: Sequence[Cause]) -> list[Json]:
    return [
        {"kind": edit.kind, "what": edit.what, **_place(edit.location)}
        for edit in edits_of(checked, causes)
    ]


def _stale(checked: Checked, stale: Stale) -> Json:
    return {
        "rubric": checked.rubric.id,
        "exemplar": stale.exemplar,
        "causes": _causes(checked, stale.causes),
    }


def _refresh(refresh: Refresh) -> Json:
    return {"calls": refresh.calls, "cost": refresh.cost, "command": refresh.command}


def _verdict_change(checked: Checked, change: VerdictChange) -> Json:
    return {
        "rubric": checked.rubric.id,
        "exemplar": change.exemplar,
        "part": change.part,
        "before": change.before,
        "after": change.after,
        "expected": change.expected,
        "was_right": change.was_right,
        "is_right": change.is_right,
        "causes": _causes(checked, change.causes),
    }


def _score_change(checked: Checked, change: ScoreChange) -> Json:
    return {
        "rubric": checked.rubric.id,
        "exemplar": change.exemplar,
        "before": _score(change.before),
        "after": _score(change.after),
        "explained": change.explained,
        "causes": _causes(checked, change.causes),
    }


def _score(score: Score) -> Json:
    return {"score": score.earned, "possible": score.possible, "passed": score.passed}


def _disagreement(one: Disagreement) -> Json:
    return {
        "rubric": one.case.rubric.id,
        "exemplar": one.case.exemplar.id,
        "part": one.part,
        "expected": one.expected,
        "actual": one.actual,
        "reason": one.case.reasons.get(one.part, ""),
    }


def _statistics(one: Statistics) -> Json:
    return {
        "criteria": _figure(one.criteria),
        "criteria_kappa": _figure(one.criteria_kappa),
        "misconceptions": _figure(one.misconceptions),
        "misconceptions_kappa": _figure(one.misconceptions_kappa),
        "scores_weighted_kappa": _figure(one.scores),
        "scores_mean_error": _figure(one.error),
        "scores_exact": one.exact,
        "paired": {
            "worse": one.paired.worse,
            "better": one.paired.better,
            "p": one.paired.p,
            "method": one.paired.method,
        },
        "discrimination": [_discrimination(each) for each in one.discrimination],
    }


def _figure(figure: Figure) -> Json:
    return {"value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n}


def _discrimination(one: Discrimination) -> Json:
    return {
        "rubric": one.rubric,
        "criterion": one.criterion,
        "correlation": one.value,
        "share_earned": one.met,
    }


def _rubric(checked: Checked) -> Json:
    comparison = checked.comparison
    return {
        "id": checked.rubric.id,
        "path": checked.document.path,
        "in_baseline": comparison.known,
        "edits": _causes(checked, comparison.edits),
        "added": list(comparison.added),
        "removed": list(comparison.removed),
        "exemplars": list(_exemplars(checked)),
    }


def _exemplars(checked: Checked) -> Iterable[Json]:
    for number, case in enumerate(checked.cases):
        place = checked.document.location(("exemplars", number))
        yield {"id": case.exemplar.id, "line": place.line or None, **_outcome(case)}


def _outcome(case: Case) -> Json:
    grade = case.outcome if isinstance(case.outcome, Grade) else None
    ungraded = case.outcome if isinstance(case.outcome, Ungraded) else None
    status = "graded" if grade else "stale" if case.outcome is None else "ungraded"
    return {
        "status": status,
        "reason": ungraded.reason if ungraded else None,
        "code": ungraded.code if ungraded else None,
        "score": grade.earned if grade else None,
        "expected_score": case.expected.earned,
        "possible": case.expected.possible,
        "passed": grade.reaches(case.rubric.pass_mark) if grade else None,
        "expected": dict(case.exemplar.verdicts),
        "verdicts": case.verdicts,
    }
