"""`answerbot check`: what an edit of a rubric, a prompt or the scoring code does to grades."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerbot.cli.options import (
    BatchFlags,
    EndpointFlags,
    Json,
    ModeFlags,
    configured,
    with_flags,
)
from answerbot.domain.errors import InputError, NotFinishedError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from answerbot.cli.check_reports import Form
    from answerbot.domain.check import CheckReport
    from answerbot.domain.mutation.report import MutationReport


@with_flags
def check(
    rubrics: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUBRIC]...", help="Ids or files; all rubrics where none is named."
        ),
    ] = None,
    bless: Annotated[
        bool, typer.Option("--bless", help="Accept the present state into the baseline.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Ask the endpoint for the recordings that are missing.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what lint can mend without changing a grade.")
    ] = False,
    mutate: Annotated[
        bool,
        typer.Option("--mutate", help="Break rubrics and answers on purpose: who notices?"),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--check", help="With --bless or --fix: write nothing, exit 1 if it would."),
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="As --check, and show what would change.")
    ] = False,
    words: Annotated[
        bool, typer.Option("--words", help="Show every disagreement, with the judge's reason.")
    ] = False,
    as_json: Json = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML, for CI.")
    ] = None,
    markdown: Annotated[
        Path | None,
        typer.Option("--markdown", metavar="FILE", help="Write a summary for a pull request."),
    ] = None,
    endpoint: EndpointFlags = EndpointFlags(),
    batches: BatchFlags = BatchFlags(),
) -> int:
    """Check rubrics: lint, exemplars judged from recordings, scores against the baseline.

    Nothing is asked of any endpoint without --record.
    """
    if not record and (batches.batch or batches.batch_dir):
        raise InputError(Problem("--batch and --batch-dir go with --record: nothing else asks"))
    config = configured(endpoint, ModeFlags(replay=not record), batches)
    if (dry_run or diff) and not (bless or fix):
        raise InputError(Problem("--check and --diff go with --bless or --fix"))
    from answerbot.cli.check_run import judge_suite, report_on
    from answerbot.cli.check_suite import read_suite
    from answerbot.cli.check_write import blessed, mended
    from answerbot.cli.notices import to_stderr
    from answerbot.cli.outputs import refuse_inputs
    from answerbot.cli.running import run_to_end

    files = _files(junit, markdown)
    suite = read_suite(config, rubrics or ())
    refuse_inputs(
        files, [*(Path(one.path) for one in suite.sources), suite.baseline_path], "what is checked"
    )
    for flag, asked in (("--bless", bless), ("--record", record), ("--fix", fix)):
        if asked:
            suite.require_own(flag)
    write, differences = not (dry_run or diff), diff and not as_json
    would_write = fix and mended(suite, write=write, diff=differences)
    if fix and write:
        suite = read_suite(config, rubrics or ())
    outcome = run_to_end(
        lambda watch: judge_suite(suite, config, watch, record=record, yes=endpoint.yes)
    )
    report = report_on(suite, outcome, config, blessing=bless)
    mutants, failures = None, outcome.failures
    if mutate:
        from answerbot.cli.check_mutate import kill_rate, mutate_suite

        mutated = run_to_end(
            lambda watch: mutate_suite(
                suite, outcome, config, watch, record=record, yes=endpoint.yes
            )
        )
        mutants, failures = mutated.report, (*failures, *mutated.failures)
        for error in mutated.failures:
            to_stderr(str(error))
        report = replace(report, gates=(*report.gates, kill_rate(mutants, config)))
    _show(report, mutants, files, as_json=as_json, words=words)
    if bless:
        would_write |= blessed(suite, report, write=write, diff=differences)
    return _exit_code(report, failures, would_write=would_write and not write)


def _files(junit: Path | None, markdown: Path | None) -> dict[Path, Form]:
    """The form of each file that is to be written.

    Raises:
        InputError: one cannot be written, or both are one.
    """
    from answerbot.cli.outputs import refuse_unwritable

    files: dict[Path, Form] = {}
    if junit:
        refuse_unwritable([junit], "--junit")
        files[junit] = "junit"
    if markdown:
        refuse_unwritable([markdown], "--markdown")
        if junit and junit.resolve() == markdown.resolve():
            raise InputError(Problem("--junit and --markdown name the same file"))
        files[markdown] = "markdown"
    return files


def _show(
    report: CheckReport,
    mutants: MutationReport | None,
    files: dict[Path, Form],
    *,
    as_json: bool,
    words: bool,
) -> None:
    from answerbot.cli.check_reports import annotations, render, save
    from answerbot.cli.notices import note

    for line in annotations(report):
        note(line)
    form: Form = "json" if as_json else "terminal"
    print(render(form, report, mutants, words=words), end="", flush=True)
    for path, written in files.items():
        save(written, path, report, mutants, words=words)


def _exit_code(
    report: CheckReport, failures: Sequence[NotFinishedError], *, would_write: bool
) -> int:
    """3 where an endpoint failed, 1 where a gate fails or something would be written, else 0."""
    if failures:
        return max(error.exit_code for error in failures)
    return 1 if report.failed or would_write else 0
