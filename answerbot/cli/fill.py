"""`answerbot fill`: the blanks of a question bank get answers."""

from __future__ import annotations

import sys
from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from answerbot.cli.options import (
    BatchFlags,
    EndpointFlags,
    Json,
    ModeFlags,
    Only,
    configured,
    with_flags,
)
from answerbot.domain.errors import AnswerbotError, InputError, Location, Problem

if TYPE_CHECKING:
    from answerbot.adapters.config import Config
    from answerbot.cli.fill_plan import Work
    from answerbot.cli.running import Watch
    from answerbot.cli.stack import Stack
    from answerbot.domain.bank import Question
    from answerbot.workflows.fill import Outcome
    from answerbot.workflows.session import Session


@with_flags
def fill(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Question files; without any, those of the configuration.", readable=False
        ),
    ] = None,
    only: Only = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Ask for at most so many answers.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="DIR", help="Write filled copies there, not the files."
        ),
    ] = None,
    style: Annotated[
        Literal["concise", "standard", "deep"] | None,
        typer.Option("--style", help="How long answers are."),
    ] = None,
    checks: Annotated[
        Literal["none", "references", "full"] | None,
        typer.Option("--checks", help="What answers are checked by."),
    ] = None,
    mode: ModeFlags = ModeFlags(),
    endpoint: EndpointFlags = EndpointFlags(),
    batches: BatchFlags = BatchFlags(),
    force: Annotated[
        bool, typer.Option("--force", help="Fill anew what answerbot wrote, edited or not.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if something would change.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="As --check, and show what would change.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the replies used as the bank's recordings.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.md", help="Write a report.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Fill the blanks of question banks: draft, cross-check, revise, write back.

    Nothing but the blanks is touched, and no answer that a person wrote or edited. Without an
    endpoint (OPENAI_API_KEY, OPENAI_BASE_URL) recorded replies are used. A second run goes on where
    the first one stopped.
    """
    config = configured(
        endpoint,
        mode,
        batches,
        fill__style=style,
        fill__checks=checks,
    )
    from answerbot.adapters.files import write_atomically
    from answerbot.cli import fill_show
    from answerbot.cli.fill_plan import plan, result, write
    from answerbot.cli.notices import to_stderr
    from answerbot.cli.running import run_to_end

    works = plan(
        _targets(files or [], output, config),
        config.placeholders,
        only=only or (),
        limit=limit,
        force=force,
    )
    if report and not report.parent.is_dir():
        raise InputError(Problem("--report: there is no such folder", Location(str(report.parent))))
    outcomes, stack = run_to_end(
        lambda watch: _run(works, config, watch, yes=endpoint.yes, keeping=record)
    )
    run = fill_show.Run(works, outcomes, stack, config, writes=not (check or diff))
    for work in works:
        if run.writes:
            try:
                changes = write(work, run.filled(work), config.placeholders)
            except AnswerbotError as error:  # of one file, which must not cost the others theirs
                to_stderr(str(error))
                run.unwritten.append(error)
                continue
        else:
            text = result(work, run.filled(work))
            changes = bool(run.filled(work)) and text != work.before
            if diff and not as_json:
                sys.stdout.write(fill_show.difference(work, text))
        if changes:
            run.changed.append(work.target)
    if as_json:
        print(fill_show.as_json(run))
    elif not diff:
        fill_show.summary(run)
    if record and run.writes:
        fill_show.record(run)
    if report:
        write_atomically(report, fill_show.report(run))
    return fill_show.exit_code(run)


def _targets(files: list[Path], output: Path | None, config: Config) -> dict[Path, Path]:
    """Each question file, and where its answers are written.

    A configured question file goes to the configured folder, any other file is filled in place.
    """
    configured = config.question_files()
    sources = files or list(configured)
    if not sources:
        raise InputError(
            Problem(
                "there is no question file",
                hint="name one, or start a bank with `answerbot init`",
            )
        )
    ours = {realpath(path) for path in configured}

    if output and output.exists() and not output.is_dir():
        raise InputError(Problem("--output: this is a file, not a folder", Location(str(output))))

    def target(source: Path) -> Path:
        folder = output or (config.filled_folder() if realpath(source) in ours else None)
        return folder / source.name if folder else source

    return {source: target(source) for source in sources}


async def _run(
    works: list[Work], config: Config, watch: Watch, *, yes: bool, keeping: bool
) -> tuple[list[Outcome], Stack]:
    """Answer what is to be answered, and rebuild for free what was answered before."""
    from answerbot.cli import fill_show
    from answerbot.cli.asking import asking
    from answerbot.cli.fill_plan import without_misfits
    from answerbot.cli.loading import load_library, load_rubrics
    from answerbot.workflows.fill import Filled, Options, Unfilled, fill_all

    ask = [question for work in works for question in work.ask]
    rebuild = [question for work in works for question in work.rebuild]
    library, rubrics = load_library(config), load_rubrics(config)
    options = Options(config.fill.style, config.fill.checks)
    async with asking(config, watch, yes=yes, keeping=keeping) as run:
        run.plan = fill_show.plan_text(len(ask), run.stack, config)
        with watch.progress(len(ask) + len(rebuild), "filling") as advance:

            def on_done(outcome: Outcome) -> None:
                mark = outcome.provenance.state if isinstance(outcome, Filled) else "not filled"
                if isinstance(outcome, Unfilled):
                    advance.fail(outcome.error)
                advance(f"{outcome.question.id} {mark}")

            async def fill_by(session: Session, questions: list[Question]) -> list[Outcome]:
                return await fill_all(
                    questions,
                    library,
                    rubrics,
                    session,
                    options,
                    at_once=run.at_once,
                    on_done=on_done,
                )

            rebuilt = await fill_by(run.free, rebuild)
            asked = await fill_by(run.session, ask)
        outcomes = without_misfits(works, [*rebuilt, *asked])
        run.stack.keep_unusable(one.error for one in outcomes if isinstance(one, Unfilled))
    return outcomes, run.stack
