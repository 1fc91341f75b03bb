"""`answerbot calibrate`: how far the grades of the program agree with those of people."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerbot.cli.options import (
    BatchFlags,
    DryRun,
    EndpointFlags,
    Json,
    ModeFlags,
    Record,
    configured,
    refuse_asking,
    with_flags,
)
from answerbot.domain.errors import InputError, Location, NotFinishedError, Problem, StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from answerbot.adapters.config import Config
    from answerbot.cli.calibrate_plan import Work
    from answerbot.cli.calibrate_reports import Form
    from answerbot.cli.running import Watch
    from answerbot.cli.stack import Stack
    from answerbot.domain.calibration import Rated
    from answerbot.domain.calibration_fit import Fitted
    from answerbot.domain.calibration_report import CalibrationReport


class Fit(StrEnum):
    """The kinds of mappings that can be fitted."""

    isotonic = "isotonic"
    linear = "linear"


def _column(flag: str, help_: str) -> typer.models.OptionInfo:
    info: typer.models.OptionInfo = typer.Option(flag, metavar="COLUMN", help=help_)
    return info


@with_flags
def calibrate(
    labels: Annotated[
        list[Path], typer.Argument(help="Answers that people graded: CSV or JSON Lines.")
    ],
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write a report: .html, .md or .json; may be repeated.",
        ),
    ] = None,
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
    fit: Annotated[
        Fit | None,
        typer.Option("--fit", help="Fit a mapping to people's scores, and try it on others."),
    ] = None,
    save_mapping: Annotated[
        Path | None,
        typer.Option(
            "--save-mapping", metavar="FILE.json", help="Keep it for `grade --calibration`."
        ),
    ] = None,
    dry_run: DryRun = False,
    mode: ModeFlags = ModeFlags(),
    endpoint: EndpointFlags = EndpointFlags(),
    batches: BatchFlags = BatchFlags(),
    record: Record = None,
) -> int:
    """Compare the program's grades with people's: agreement, bias, the worst disagreements.

    An answer is graded by the rubric of its question where one serves it, else beside the
    reference answer, on the scale of the human scores.
    """
    config = configured(endpoint, mode, batches)
    if estimate:
        refuse_asking(mode, batches)
    from answerbot.cli.calibrate_plan import plan, refuse_unfittable
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
    outputs = _outputs(output or [], labels)
    if dry_run and outputs:
        raise InputError(Problem("--dry-run writes no report: -o does not go with it"))
    if record:
        refuse_unwritable_recordings(record)
    _refuse_mapping(fit, save_mapping)
    work = plan(labels, columns, config, estimated=estimate, step=step or None)
    if fit:
        refuse_unfittable(work)
    if dry_run:
        return run_to_end(lambda watch: _forecast(work, config, watch, as_json=as_json))
    rated, failures, stack = run_to_end(
        lambda watch: _run(work, config, watch, yes=endpoint.yes, keeping=record is not None)
    )
    if record:
        _keep(record, work, stack)
    if all(one.fraction is None for one in rated):
        raise NotFinishedError(*_nothing_graded(rated))
    if any(isinstance(error, StoppedError) for error in failures):
        outputs, save_mapping = _not_written(outputs, save_mapping)
    report = _report(rated, fit, work, config, stack)
    _show(report, stack, outputs, as_json=as_json)
    if save_mapping and report.fitted:
        _save(save_mapping, report.fitted)
    if report.ungraded:
        return max((error.exit_code for error in failures), default=NotFinishedError.exit_code)
    return 0


def _refuse_mapping(fit: Fit | None, save_mapping: Path | None) -> None:
    """Tell before anything is asked and paid for that no mapping can be fitted or kept.

    Raises:
        InputError: what fits is not installed, or the file cannot be written.
    """
    from answerbot.cli.outputs import refuse_unwritable
    from answerbot.domain.calibration_fit import require_scikit_learn

    if save_mapping and fit is None:
        raise InputError(Problem("--save-mapping saves what --fit finds", hint="add --fit"))
    if save_mapping:
        refuse_unwritable([save_mapping], "--save-mapping")
    if fit:
        require_scikit_learn()


def _not_written(
    outputs: dict[Path, Form], save_mapping: Path | None
) -> tuple[dict[Path, Form], None]:
    """Nothing is written of a run that was stopped, and that is told."""
    from answerbot.cli.notices import notice

    for path in (*outputs, *([save_mapping] if save_mapping else [])):
        notice(f"not written, as the run was stopped: {path}")
    return {}, None


def _nothing_graded(rated: Sequence[Rated]) -> Iterator[Problem]:
    """Why there is nothing to report: each reason once, at its first answer."""
    reasons: dict[str, Location] = {}
    for one in rated:
        reasons.setdefault(one.problem, one.label.place)
    yield Problem(
        "no answer was graded",
        hint="--estimate needs no model; --record keeps replies for a later replay",
    )
    yield from (Problem(what, place) for what, place in list(reasons.items())[:3])


def _outputs(paths: Sequence[Path], labels: Sequence[Path]) -> dict[Path, Form]:
    """The form of each report, by its name.

    Raises:
        InputError: a name tells no form, it cannot be written, or the labels stand there.
    """
    from answerbot.cli.calibrate_reports import FORMS
    from answerbot.cli.outputs import refuse_unwritable

    for path in paths:
        if path.suffix.lower() not in FORMS:
            hint = f"name it {', '.join(FORMS)}"
            raise InputError(Problem("-o: no report has this ending", Location(str(path)), hint))
        if path.resolve() in {one.resolve() for one in labels}:
            what = "-o: the report would replace the labels"
            raise InputError(Problem(what, Location(str(path)), "name another file"))
    refuse_unwritable(paths, "-o")
    return {path: FORMS[path.suffix.lower()] for path in paths}


def _report(
    rated: Sequence[Rated], kind: Fit | None, work: Work, config: Config, stack: Stack
) -> CalibrationReport:
    from answerbot.cli.calibrate_plan import basis_of, model_of
    from answerbot.domain.calibration import graded_ones
    from answerbot.domain.calibration_fit import fit
    from answerbot.domain.calibration_report import calibration_report

    fitted = None
    if kind:
        fitted = fit(graded_ones(rated), kind.value, basis_of(work, config, stack))
    return calibration_report(rated, model_of(stack), fitted)


def _save(path: Path, fitted: Fitted) -> None:
    from answerbot.adapters.files import write_atomically
    from answerbot.cli.notices import notice
    from answerbot.domain.calibration_mapping import written_mapping

    write_atomically(path, written_mapping(fitted.mapping))
    notice(f"written: {path}")


def _show(
    report: CalibrationReport, stack: Stack, outputs: dict[Path, Form], *, as_json: bool
) -> None:
    from answerbot.adapters.files import write_atomically
    from answerbot.cli.calibrate_reports import render
    from answerbot.cli.showing import took

    print(render("json" if as_json else "terminal", report), end="", flush=True)
    for path, form in outputs.items():
        write_atomically(path, render(form, report))
    if not as_json:
        print(f"\n{took(stack)}")
        for path in outputs:
            print(f"written: {path}")


async def _run(
    work: Work, config: Config, watch: Watch, *, yes: bool, keeping: bool
) -> tuple[list[Rated], list[NotFinishedError], Stack]:
    from answerbot.cli.asking import asking, tell_what_ended
    from answerbot.cli.calibrate_plan import forecast
    from answerbot.workflows.calibrate import rate_all

    failures: list[NotFinishedError] = []
    quiet = work.grading.estimated
    async with asking(config, watch, yes=yes, quiet=quiet, keeping=keeping) as run:
        if run.stack.endpoint and not work.grading.estimated:
            expected = await forecast(work, run)
            run.plan, run.most_input = expected.line, expected.most_input
        with watch.progress(len(work.items), "grading") as advance:

            def failed(error: NotFinishedError) -> None:
                failures.append(error)
                advance.fail(error)

            rated = await rate_all(
                work.items,
                work.grading,
                run.session,
                at_once=run.at_once,
                on_done=lambda one: advance(str(one.label.place)),
                on_failed=failed,
            )
        run.stack.keep_unusable(failures)
    tell_what_ended(failures)
    return rated, failures, run.stack


async def _forecast(work: Work, config: Config, watch: Watch, *, as_json: bool) -> int:
    from answerbot.cli.asking import asking, in_flight
    from answerbot.cli.calibrate_plan import forecast

    async with asking(config, watch, yes=False, quiet=True) as run:
        expected = await forecast(work, run)
        run.most_input = expected.most_input
        print(expected.json if as_json else expected.text + in_flight(config, run))
    return 0


def _keep(path: Path, work: Work, stack: Stack) -> None:
    from answerbot.cli.recording import add_recordings
    from answerbot.workflows.grade import subject_of

    numbered = enumerate(work.items)
    add_recordings(path, stack, {subject_of(one.submission).id: at for at, one in numbered})
