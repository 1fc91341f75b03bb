"""A calibration report as one JSON document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from answerbot.domain.agreement import Figure
from answerbot.domain.calibration import Rated
from answerbot.domain.calibration_bias import Slice
from answerbot.domain.calibration_measures import Measure
from answerbot.domain.calibration_report import CalibrationReport


def as_json(report: CalibrationReport) -> str:
    """The document of `--json`; a figure that is not defined is null, and so is its interval."""
    document = {
        "version": 1,
        "kind": "calibration",
        "answers": len(report.rated),
        "graded": len(report.graded),
        "questions": report.questions,
        "raters": report.raters,
        "methods": report.methods,
        "model": report.model or None,
        "intervals_of": "questions" if report.questions_drawn else "answers",
        "agreement": {
            "program": _figures(report.program),
            "people": _figures(report.people),
            "mean": _figures(report.mean),
        },
        "criteria": [asdict(one) for one in report.criteria],
        "bias": {
            "length": list(map(_slice, report.lengths)),
            "score": list(map(_slice, report.levels)),
            "question": list(map(_slice, report.of_questions)),
        },
        "reliability": asdict(report.reliability) if report.reliability else None,
        "confusion": asdict(report.confusion),
        "mapping": report.fitted.mapping.model_dump() if report.fitted else None,
        "worst": list(map(_rated, report.worst)),
        "ungraded": [{**_place(one), "why": one.problem} for one in report.ungraded],
        "grades": [_grade(one) for one in report.graded],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _figures(figures: Mapping[Measure, Figure]) -> dict[str, Any]:
    return {name: asdict(figure) for name, figure in figures.items()}


def _slice(one: Slice) -> dict[str, Any]:
    return asdict(one)


def _place(one: Rated) -> dict[str, Any]:
    return {
        "path": one.label.place.path,
        "line": one.label.place.line,
        "question_id": one.label.question_id,
    }


def _grade(one: Rated) -> dict[str, Any]:
    """One answer's two grades, as fractions of the highest score."""
    return {
        **_place(one),
        "max_score": one.scale.most,
        "human": one.human,
        "scores": list(one.label.scores),
        "program": one.fraction,
        "confidence": one.confidence,
        "by": one.by,
    }


def _rated(one: Rated) -> dict[str, Any]:
    return {
        **_grade(one),
        "question": one.label.question,
        "answer": one.label.answer,
        "human_reason": one.label.reason,
        "reason": one.reason,
        "quotes": list(one.quotes),
        "flags": list(one.flags),
    }
