"""What `grade` shows, in every form: terminal, JSON, CSV, Markdown, HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from answerbot.cli.reports.summary import Report

Kind = Literal["terminal", "json", "csv", "markdown", "html", "rows"]

_BYTE_ORDER_MARK = "\ufeff"


def render(kind: Kind, report: Report) -> str:
    """The report in this form, as it goes to stdout; text that UTF-8 can write."""
    return _form(kind, report).encode("utf-8", "backslashreplace").decode()


def as_file(kind: Kind, report: Report) -> str:
    """The report in this form, as it goes to a file.

    CSV starts with a byte order mark there: without one Excel takes UTF-8 for another encoding.
    """
    text = render(kind, report)
    return _BYTE_ORDER_MARK + text if kind == "csv" else text


def _form(kind: Kind, report: Report) -> str:
    match kind:
        case "terminal":
            from answerbot.cli.reports.terminal import as_terminal

            return as_terminal(report)
        case "json":
            from answerbot.cli.reports.as_json import as_json

            return as_json(report)
        case "csv":
            from answerbot.cli.reports.as_csv import as_csv

            return as_csv(report)
        case "markdown":
            from answerbot.cli.reports.as_markdown import as_markdown

            return as_markdown(report)
        case "html":
            from answerbot.cli.reports.as_html import as_html

            return as_html(report)
        case "rows":
            from answerbot.cli.reports.as_rows import as_rows

            return as_rows(report)
