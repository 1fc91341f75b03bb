"""A calibration report in Markdown: the tables, and the worst disagreements in a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answerbot.cli.calibrate_reports.tables import Table, headline, tables
from answerbot.cli.calibrate_reports.worst import score_of
from answerbot.cli.reports.as_markdown import escape
from answerbot.cli.showing import shortened
from answerbot.domain.calibration import Rated
from answerbot.domain.calibration_report import CalibrationReport

_LISTED = 20
_LONG = 300


def as_markdown(report: CalibrationReport) -> str:
    """The report of `-o FILE.md`."""
    lines = ["# Calibration", "", escape(headline(report)) + "."]
    for table in tables(report):
        lines += ["", f"## {table.title}", "", *_table(table)]
        if table.note:
            lines += ["", escape(table.note)]
    if report.worst:
        lines += ["", "## Where both sides differ most", "", *map(_worst, report.worst)]
    if report.ungraded:
        lines += ["", f"## Not graded: {len(report.ungraded):,}", "", *_ungraded(report)]
    return "\n".join(lines) + "\n"


def _table(table: Table) -> Iterator[str]:
    yield _row(table.header)
    yield "| --- |" + " ---: |" * (len(table.header) - 1)
    yield from map(_row, table.rows)


def _row(cells: Sequence[str]) -> str:
    """A row of a table; what stands behind its name are numbers, and nobody else's words."""
    name, *numbers = cells
    return "| " + " | ".join([escape(name), *numbers]) + " |"


def _worst(one: Rated) -> str:
    people, program = (escape(shortened(text, _LONG)) for text in (one.label.reason, one.reason))
    lines = [
        f"- {escape(str(one.label.place))}, question {escape(one.label.question_id)}: "
        f"people {score_of(one, one.human)}, program {score_of(one, one.machine)}",
        f"  - answer: {escape(shortened(one.label.answer, _LONG))}",
    ]
    lines += [f"  - people: {people}"] if people else []
    lines += [f"  - program: {program}"] if program else []
    return "\n".join(lines)


def _ungraded(report: CalibrationReport) -> Iterator[str]:
    for one in report.ungraded[:_LISTED]:
        yield f"- {escape(f'{one.label.place}: {shortened(one.problem, _LONG)}')}"
    if (more := len(report.ungraded) - _LISTED) > 0:
        yield f"- and {more:,} more"
