"""What `check` shows, in every form: terminal, JSON, JUnit, Markdown, annotations on GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from answerbot.domain.check import CheckReport

Form = Literal["terminal", "json", "junit", "markdown"]


def render(form: Form, report: CheckReport, *, words: bool = False) -> str:
    """The report in this form; text that UTF-8 can write.

    With `words` lists have no end: every disagreement with the labels, with the judge's reason.
    JSON and JUnit always have all of them.
    """
    return _form(form, report, words=words).encode("utf-8", "backslashreplace").decode()


def annotations(report: CheckReport) -> list[str]:
    """The lines that GitHub takes for notes on the files; none outside of its runners.

    They go to stderr, as stdout may be a document; a runner reads both.
    """
    from answerbot.cli.check_reports import github

    return github.annotations(report) if github.runs_here() else []


def _form(form: Form, report: CheckReport, *, words: bool) -> str:
    match form:
        case "terminal":
            from answerbot.cli.check_reports.terminal import as_terminal

            return as_terminal(report, words=words)
        case "json":
            from answerbot.cli.check_reports.as_json import as_json

            return as_json(report)
        case "junit":
            from answerbot.cli.check_reports.as_junit import as_junit

            return as_junit(report)
        case "markdown":
            from answerbot.cli.check_reports.as_markdown import as_markdown

            return as_markdown(report, words=words)
