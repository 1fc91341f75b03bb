"""What `check` shows, in every form: terminal, JSON, JUnit, Markdown, annotations on GitHub."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from answerbot.domain.check import CheckReport
    from answerbot.domain.mutation.report import MutationReport

Form = Literal["terminal", "json", "junit", "markdown"]


def render(
    form: Form,
    report: "CheckReport",
    mutants: "MutationReport | None" = None,
    *,
    words: bool = False,
) -> str:
    """The report in this form, with that on mutants where there is one; text that UTF-8 can write.

    JUnit says of mutants only whether their gate is passed. With `words` lists have no end: every
    disagreement with the labels, with the judge's reason. JSON and JUnit always have all of them.
    Nothing in what goes to stdout commands GitHub's runner.
    """
    text = _form(form, report, mutants, words=words).encode("utf-8", "backslashreplace").decode()
    return _for_the_log(form, text)


def save(
    form: Form,
    path: Path,
    report: "CheckReport",
    mutants: "MutationReport | None" = None,
    *,
    words: bool = False,
) -> None:
    """The file holds the report; the summary of a step on GitHub has it below what it had."""
    from answerbot.adapters.files import write_atomically
    from answerbot.cli.check_reports import github

    text = render(form, report, mutants, words=words)
    if github.is_step_summary(path):
        github.append(path, text)
    else:
        write_atomically(path, text)


def annotations(report: "CheckReport") -> list[str]:
    """The lines that GitHub takes for notes on the files; none outside of its runners.

    They go to stderr, as stdout may be a document; a runner reads both.
    """
    from answerbot.cli.check_reports import github

    return github.notes(report) if github.runs_here() else []


def _for_the_log(form: Form, text: str) -> str:
    from answerbot.cli.check_reports import github

    if not github.runs_here():
        return text
    match form:
        case "terminal":
            return github.harmless(text)
        case "json":
            return github.harmless_json(text)
    return text


def _form(
    form: Form, report: "CheckReport", mutants: "MutationReport | None", *, words: bool
) -> str:
    match form:
        case "terminal":
            from answerbot.cli.check_reports.terminal import as_terminal

            # What came of mutants stands first: the last line says whether the check passed.
            told = f"{_of_mutants(form, mutants, words=words)}\n" if mutants else ""
            return told + as_terminal(report, words=words)
        case "json":
            from answerbot.cli.check_reports.as_json import as_json

            return as_json(report, mutants)
        case "junit":
            from answerbot.cli.check_reports.as_junit import as_junit

            return as_junit(report)
        case "markdown":
            from answerbot.cli.check_reports.as_markdown import as_markdown

            told = f"\n{_of_mutants(form, mutants, words=words)}" if mutants else ""
            return as_markdown(report, words=words) + told


def _of_mutants(form: Form, mutants: "MutationReport", *, words: bool) -> str:
    from answerbot.cli.check_reports.mutants import as_markdown, as_terminal

    return (as_markdown if form == "markdown" else as_terminal)(mutants, words=words)
