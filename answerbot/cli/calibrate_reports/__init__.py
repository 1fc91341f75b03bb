"""What `calibrate` shows, in every form: terminal, JSON, Markdown, HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from answerbot.domain.calibration_report import CalibrationReport

Form = Literal["terminal", "json", "markdown", "html"]

FORMS: dict[str, Form] = {
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
}
"""The form of a report by the ending of its file."""


def render(form: Form, report: CalibrationReport) -> str:
    """The report in this form; text that UTF-8 can write."""
    return _form(form, report).encode("utf-8", "backslashreplace").decode()


def _form(form: Form, report: CalibrationReport) -> str:
    match form:
        case "terminal":
            from answerbot.cli.calibrate_reports.terminal import as_terminal

            return as_terminal(report)
        case "json":
            from answerbot.cli.calibrate_reports.as_json import as_json

            return as_json(report)
        case "markdown":
            from answerbot.cli.calibrate_reports.as_markdown import as_markdown

            return as_markdown(report)
        case "html":
            from answerbot.cli.calibrate_reports.as_html import as_html

            return as_html(report)
