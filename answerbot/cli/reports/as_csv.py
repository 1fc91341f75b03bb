"""A report as a table for a spreadsheet: one row a criterion, one a misconception."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from answerbot.cli.reports.characters import visible
from answerbot.cli.reports.summary import Report, mark_of, why_ungraded
from answerbot.domain.grade import Grade, Slip, Ungraded, Verdict
from answerbot.domain.submission import Graded

COLUMNS = (
    "candidate",
    "question_id",
    "status",
    "estimate",
    "score",
    "possible",
    "fraction",
    "passed",
    "kind",
    "criterion",
    "verdict",
    "level",
    "points",
    "criterion_possible",
    "agreement",
    "evidence",
    "reason",
    "would_have_earned",
    "flags",
    "place",
    "human",
    "calibrated",
    "code",
)
"""Stable: new ones come last."""
# What makes a spreadsheet take a cell for a formula or a command, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BREAKS = ("\t", "\r", "\n")


def as_csv(report: Report) -> str:
    """The table of `--csv`: no cell of it is a formula."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for one in report.graded:
        common = _common(report, one)
        for row in _rows(report, one):
            writer.writerow({name: _cell(value) for name, value in (common | row).items()})
    return text.getvalue()


_Row = dict[str, str | int | float | bool | None]


def _common(report: Report, one: Graded) -> _Row:
    row: _Row = {
        "candidate": one.submission.candidate,
        "question_id": one.submission.question_id,
        "status": one.status,
        "estimate": one.estimate,
        "place": str(one.submission.place),
        "reason": why_ungraded(one),
    }
    if isinstance(one.outcome, Ungraded):
        row["code"] = one.outcome.code
    if isinstance(one.outcome, Grade):
        row |= {
            "score": one.outcome.earned,
            "possible": one.outcome.possible,
            "fraction": round(one.outcome.fraction, 4),
            "calibrated": one.calibrated,
            "passed": report.passed(one),
            "flags": "; ".join(map(report.told, one.outcome.flags)),
        }
    return row


def _rows(report: Report, one: Graded) -> Iterator[_Row]:
    if not isinstance(one.outcome, Grade):
        yield {}
        return
    for verdict in one.outcome.verdicts:
        yield _verdict(report, verdict)
    for slip in one.outcome.slips:
        yield {
            "kind": "misconception",
            "criterion": slip.misconception.id,
            "verdict": "present",
            "points": slip.misconception.points,
            **_grounds(report, slip),
        }


def _verdict(report: Report, verdict: Verdict) -> _Row:
    mark, level = mark_of(verdict.verdict)
    criterion = verdict.criterion
    lost = verdict.points < criterion.points
    return {
        "kind": "criterion",
        "criterion": criterion.id,
        "verdict": mark,
        "level": level,
        "points": verdict.points,
        "criterion_possible": criterion.points,
        "would_have_earned": criterion.states if lost and report.solutions else None,
        **_grounds(report, verdict),
    }


def _grounds(report: Report, part: Verdict | Slip) -> _Row:
    return {
        "agreement": round(part.agreement, 4),
        "human": part.human,
        "evidence": "\n".join(evidence.quote for evidence in part.evidence),
        "reason": report.reason(part),
    }


def _cell(value: str | float | bool | None) -> str | float:
    """The value as a spreadsheet shows it; text it would execute follows an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return value
    dangerous = value.startswith(_BREAKS) or value.lstrip().startswith(_FORMULA)
    return f"'{visible(value)}" if dangerous else visible(value)
