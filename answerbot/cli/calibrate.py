"""`answerbot calibrate`: how far the grades of the program agree with those of people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerbot.cli.options import (
    Budget,
    Json,
    Live,
    MaxConcurrency,
    Model,
    Replay,
    Timeout,
    Yes,
    configured,
)
from answerbot.domain.errors import InputError, NotFinishedError, Problem

if TYPE_CHECKING:
    from answerbot.adapters.config import Config
    from answerbot.cli.calibrate_plan import Work
    from answerbot.cli.running import Watch
    from answerbot.cli.stack import Stack
    from answerbot.domain.calibration import Rated


def _column(flag: str, help_: str) -> typer.models.OptionInfo:
    info: typer.models.OptionInfo = typer.Option(flag, metavar="COLUMN", help=help_)
    return info


def calibrate(
    labels: Annotated[
        list[Path], typer.Argument(help="Answers that people graded: CSV or JSON Lines.")
    ],
    as_json: Json = False,
    question: Annotated[str | None, _column("--question", "The question's text.")] = None,
    question_id: Annotated[str | None, _column("--question-id", "The question's id.")] = None,
    reference: Annotated[str | None, _column("--reference", "A reference answer.")] = None,
    guidance: Annotated[
        str | None, _column("--guidance", "What the people were told to look for.")
    ] = None,
    answer: Annotated[str | None, _column("--answer", "The answer.")] = None,
    scores: Annotated[
        list[str] | None, _column("--score", "A human score; may be repeated, once a rater.")
    ] = None,
    max_score: Annotated[
        str | None,
        typer.Option("--max-score", metavar="COLUMN|NUMBER", help="The highest score."),
    ] = None,
    rater: Annotated[
        str | None, _column("--rater", "Who gave the score, where each has rows of their own.")
    ] = None,
    reason: Annotated[str | None, _column("--reason", "What people said of the answer.")] = None,
    step: Annotated[
        float | None, typer.Option("--step", min=0, help="The step between two human scores.")
    ] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Estimate by the words alone; ask no model.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be asked and cost; grade nothing.")
    ] = False,
    live: Live = False,
    replay: Replay = False,
    model: Model = None,
    budget: Budget = None,
    max_concurrency: MaxConcurrency = None,
    timeout: Timeout = None,
    yes: Yes = False,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="FILE.jsonl", help="Keep the replies used there."),
    ] = None,
) -> int:
    """Compare the program's grades with people's: agreement, bias, the worst disagreements.

    An answer is graded by the rubric of its question where one serves it, else beside the
    reference answer, on the scale of the human scores.
    """
    config = configured(
        live=live,
        replay=replay,
        model=model,
        budget=budget,
        max_concurrency=max_concurrency,
        timeout=timeout,
    )
    if estimate and (live or replay):
        raise InputError(Problem("--estimate asks no model: --live and --replay do not go with it"))
    from answerbot.cli.calibrate_plan import plan
    from answerbot.cli.outputs import refuse_unwritable_recordings
    from answerbot.cli.running import run_to_end
    from answerbot.domain.labels import columns_named

    columns = columns_named(
        question=question,
        question_id=question_id,
        reference=reference,
        guidance=guidance,
        answer=answer,
        scores=tuple(scores) if scores else None,
        max_score=max_score,
        rater=rater,
        reason=reason,
    )
    if record:
        refuse_unwritable_recordings(record)
    work = plan(labels, columns, config, estimated=estimate, step=step or None)
    if dry_run:
        return run_to_end(lambda watch: _forecast(work, config, watch, as_json=as_json))
    rated, failures, stack = run_to_end(lambda watch: _run(work, config, watch, yes=yes))
    if record:
        _keep(record, work, stack)
    _show(rated)
    return max((error.exit_code for error in failures), default=0)


def _show(rated: list[Rated]) -> None:
    from answerbot.domain.agreement import accuracy, kappa, macro_f1, pearson
    from answerbot.domain.calibration import graded_ones

    graded = graded_ones(rated)
    groups = [one.label.question_id for one in graded]
    human, machine = [one.human for one in graded], [one.fraction or 0.0 for one in graded]
    levels = [one.levels for one in graded]
    print(len(rated), len(graded))
    for figure in (
        pearson(human, machine, groups),
        *(
            f([x for x, _ in levels], [y for _, y in levels], groups)
            for f in (accuracy, kappa, macro_f1)
        ),
    ):
        print(figure)


async def _run(
    work: Work, config: Config, watch: Watch, *, yes: bool
) -> tuple[list[Rated], list[NotFinishedError], Stack]:
    from answerbot.adapters.confirmed_llm import ConfirmedLLM
    from answerbot.cli.calibrate_plan import forecast
    from answerbot.cli.loading import load_prompts
    from answerbot.cli.notices import notice
    from answerbot.cli.stack import build_stack
    from answerbot.workflows.calibrate import rate_all
    from answerbot.workflows.session import Session

    failures: list[NotFinishedError] = []
    told = ""
    confirm = watch.once_confirmed(lambda: told, yes=yes)
    stack = build_stack(
        config, before_paying=lambda llm: ConfirmedLLM(llm, confirm, watch), stopping=watch
    )
    async with stack:
        if stack.announcement and not work.grading.estimated:
            notice(stack.announcement)
        session = Session(stack.llm, load_prompts(config), stack.settings, watch)
        if stack.endpoint and not work.grading.estimated:
            told = (await forecast(work, session, stack)).line
        with watch.progress(len(work.items), "grading") as advance:
            rated = await rate_all(
                work.items,
                work.grading,
                session,
                at_once=config.model.max_concurrency,
                on_done=lambda one: advance(str(one.label.place)),
                on_failed=failures.append,
            )
        stack.forget_unusable(failures)
    return rated, failures, stack


async def _forecast(work: Work, config: Config, watch: Watch, *, as_json: bool) -> int:
    from answerbot.cli.calibrate_plan import forecast
    from answerbot.cli.loading import load_prompts
    from answerbot.cli.stack import build_stack
    from answerbot.workflows.session import Session

    async with build_stack(config, stopping=watch) as stack:
        session = Session(stack.free, load_prompts(config), stack.settings, watch)
        expected = await forecast(work, session, stack)
        print(expected.json if as_json else expected.text)
    return 0


def _keep(path: Path, work: Work, stack: Stack) -> None:
    from answerbot.cli.recording import add_recordings
    from answerbot.workflows.grade import subject_of

    numbered = enumerate(work.items)
    add_recordings(path, stack, {subject_of(one.submission).id: at for at, one in numbered})
