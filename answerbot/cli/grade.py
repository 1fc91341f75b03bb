"""`answerbot grade`: score answers by the rubrics of their questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerbot.cli.options import (
    BatchFlags,
    DryRun,
    EndpointFlags,
    EngineFlags,
    Json,
    ModeFlags,
    Only,
    Record,
    configured,
    refuse_asking,
    with_flags,
)
from answerbot.cli.outputs import (
    refuse_inputs,
    refuse_unwritable,
    refuse_unwritable_recordings,
)
from answerbot.domain.errors import InputError, Location, NotFinishedError, Problem, StoppedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from answerbot.adapters.config import Config
    from answerbot.cli.grade_plan import Work
    from answerbot.cli.reports import Kind
    from answerbot.cli.reports.summary import Report
    from answerbot.cli.running import Watch
    from answerbot.cli.stack import Stack
    from answerbot.domain.calibration_mapping import Mapping
    from answerbot.domain.decisions import Decisions
    from answerbot.domain.row_matching import RowFile
    from answerbot.domain.submission import Graded

FORMS: dict[str, Kind] = {
    ".json": "json",
    ".csv": "csv",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "rows",
    ".parquet": "rows",
}


@with_flags
def grade(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files of answers (Markdown, text, JSON Lines, CSV, Parquet), or folders."
        ),
    ],
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write a report (.html, .md, .csv, .json) or rows (.jsonl, .parquet); repeatable.",
        ),
    ] = None,
    as_json: Json = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="CSV on stdout, a row a criterion.")
    ] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Markdown on stdout.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="HTML on stdout.")] = False,
    only: Only = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Estimate by the words alone; ask no model.")
    ] = False,
    votes: Annotated[
        str | None,
        typer.Option(
            "--votes", metavar="N|N+M", help="Judge N times; M times more only where in doubt."
        ),
    ] = None,
    per_criterion: Annotated[
        bool, typer.Option("--per-criterion", help="One request a criterion, not one an answer.")
    ] = False,
    pass_mark: Annotated[
        int | None,
        typer.Option(
            "--pass-mark", metavar="PERCENT", min=0, max=100, help="Exit 1 unless all reach it."
        ),
    ] = None,
    no_solutions: Annotated[
        bool, typer.Option("--no-solutions", help="Do not tell what would have earned points.")
    ] = False,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions", metavar="FILE.jsonl", help="Honour what people decided in `review`."
        ),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            "--calibration", metavar="FILE.json", help="Apply a mapping that `calibrate` saved."
        ),
    ] = None,
    dry_run: DryRun = False,
    mode: ModeFlags = ModeFlags(),
    endpoint: EndpointFlags = EndpointFlags(),
    batches: BatchFlags = BatchFlags(),
    engine: EngineFlags = EngineFlags(),
    record: Record = None,
) -> int:
    """Grade answers against rubrics: points with the words that earned them, and what was missed.

    A file is one candidate's, unless a column names them. Without an endpoint recorded judgements
    are used, and where there is none an estimate is given and marked as one.
    """
    config = configured(
        endpoint,
        mode,
        batches,
        grade__votes=votes,
        grade__per_criterion=per_criterion or None,
    )
    decided, unreadable = _decisions(decisions, config)
    if estimate:
        refuse_asking(mode, batches)
    form = _form_on_stdout(
        {"json": as_json, "csv": as_csv, "markdown": as_markdown, "html": as_html}
    )
    outputs = _outputs(output or [])
    if record:
        refuse_unwritable_recordings(record)
    mapping = _mapping(calibration, estimated=estimate) if calibration else None
    rows = _rows(paths, outputs) if form == "terminal" and not record else None
    if ray_workers := engine.ray_workers:
        _refuse_for_ray(config, estimate=estimate, rows=rows is not None)
    if rows:
        from answerbot.cli.grade_rows import Order, grade_rows

        files, passed_over = rows
        return grade_rows(
            Order(
                files,
                tuple(outputs),
                config,
                only=only or (),
                estimated=estimate,
                pass_mark=pass_mark,
                solutions=not no_solutions,
                decisions=decided,
                mapping=mapping,
                remarks=(*passed_over, *unreadable),
                dry_run=dry_run,
                yes=endpoint.yes,
                ray_workers=ray_workers,
            )
        )
    from answerbot.cli.grade_plan import plan
    from answerbot.cli.notices import notice, to_stderr
    from answerbot.cli.running import run_to_end
    from answerbot.domain.decisions import honour_all
    from answerbot.domain.matching import brief

    work = plan(paths, config, only=only or (), estimated=estimate)
    refuse_inputs(
        outputs, [*paths, *(Path(one.place.path) for one in work.submissions)], "the answers"
    )
    for problem in brief(work.problems):
        to_stderr(str(problem))
    for remark in (*work.notices, *unreadable):
        notice(str(remark))
    if dry_run and outputs:
        raise InputError(Problem("--dry-run writes no report: -o does not go with it"))
    if dry_run:
        return run_to_end(lambda watch: _forecast(work, config, watch, as_json=as_json))
    judged, failures, stack = run_to_end(
        lambda watch: _run(work, config, watch, yes=endpoint.yes, keeping=record is not None)
    )
    graded, obsolete = honour_all(judged, decided, config.grade.margin)
    for problem in obsolete:
        notice(str(problem))
    if estimated := sum(one.estimate for one in graded):
        what = f"{estimated} of {len(graded)} answers are estimated, not judged"
        notice(what if estimate else f"{what}: no recording judges them")
    if record:
        _keep(record, work, stack)
    if stopped := any(isinstance(error, StoppedError) for error in failures):
        for path in outputs:
            notice(f"not written, as the run was stopped: {path}")
    remarks = (*work.notices, *unreadable, *obsolete)
    report = _report(graded, work, stack, pass_mark, remarks, solutions=not no_solutions)
    if mapping:
        report = _calibrated(report, mapping, config, stack)
    _show(report, stack, form, {} if stopped else _worth_writing(report, failures, outputs))
    return _exit_code(graded, failures, work, pass_mark)


def _mapping(path: Path, *, estimated: bool) -> Mapping:
    """The mapping to apply.

    Raises:
        InputError: the file holds none, or one that was fitted on grades of another kind.
    """
    from answerbot.adapters.files import read_text
    from answerbot.domain.calibration_applied import require_fit
    from answerbot.domain.calibration_mapping import parse_mapping

    mapping = parse_mapping(read_text(path), str(path))
    require_fit(mapping, estimated=estimated)
    return mapping


def _calibrated(report: Report, mapping: Mapping, config: Config, stack: Stack) -> Report:
    """The report with calibrated fractions, and a notice where they may not hold."""
    from answerbot.cli.calibrate_plan import models_of, prompt_of
    from answerbot.cli.notices import notice
    from answerbot.domain.calibration_applied import calibrated, doubts

    for doubt in doubts(mapping, models_of(stack), prompt_of(mapping.basis.method, config)):
        notice(doubt)
    graded = tuple(calibrated(one, mapping) for one in report.graded)
    return replace(report, graded=graded, calibration=mapping.told)


def _decisions(named: Path | None, config: Config) -> tuple[Decisions, list[Problem]]:
    """What people decided, and lines that say nothing; a file of the configuration may be to come.

    Raises:
        InputError: the file that the command line names is not there.
    """
    from answerbot.adapters.decision_files import read_decisions
    from answerbot.domain.decisions import Decisions

    path = named or config.decisions_file()
    if path is None or (named is None and not path.exists()):
        return Decisions(), []
    return read_decisions(path)


def _form_on_stdout(asked: dict[Kind, bool]) -> Kind:
    forms: list[Kind] = [form for form, wanted in asked.items() if wanted]
    if len(forms) > 1:
        what = f"--{forms[0]} and --{forms[1]} both want stdout"
        raise InputError(Problem(what, hint="write one to a file with -o"))
    return forms[0] if forms else "terminal"


def _outputs(paths: Sequence[Path]) -> dict[Path, Kind]:
    """The form of each report, by its name.

    Raises:
        InputError: a name tells no form, or its folder is not there.
    """
    refuse_unwritable(paths, "-o")
    for path in paths:
        if path.suffix.lower() not in FORMS:
            hint = f"name it {', '.join(FORMS)}"
            raise InputError(Problem("-o: no report has this ending", Location(str(path)), hint))
        if path.suffix.lower() == ".parquet":
            from answerbot.adapters.parquet import require_pyarrow

            require_pyarrow()
    return {path: FORMS[path.suffix.lower()] for path in paths}


def _rows(
    paths: Sequence[Path], outputs: dict[Path, Kind]
) -> tuple[list[RowFile], list[Problem]] | None:
    """The files, and what was passed over, where answers and results all are rows; else None.

    Raises:
        InputError: files are not there, or a result would replace one.
    """
    from answerbot.adapters.answer_files import row_files

    if not outputs or any(kind != "rows" for kind in outputs.values()):
        return None
    if rows := row_files(paths):
        refuse_inputs(outputs, [*paths, *(Path(file.path) for file in rows[0])], "the answers")
    return rows


def _refuse_for_ray(config: Config, *, estimate: bool, rows: bool) -> None:
    """Ray can do what was asked for.

    Raises:
        InputError: it is not installed, or something else was asked for that does not go with it.
    """
    from answerbot.adapters.ray_engine import require_ray
    from answerbot.cli.stack import batched

    what, hint = None, None
    if estimate or config.model.mode == "replay":
        what = "--engine ray is for asking a model: --estimate and --replay do not go with it"
    elif batched(config):
        what = "--engine ray sends each request by itself: batches do not go with it"
    elif not rows:
        what = "--engine ray grades rows into rows, and nothing else"
        hint = "read .parquet, .jsonl or .csv, and write them with -o results.parquet or .jsonl"
    if what:
        raise InputError(Problem(what, hint=hint))
    require_ray()


async def _run(
    work: Work, config: Config, watch: Watch, *, yes: bool, keeping: bool
) -> tuple[list[Graded], list[NotFinishedError], Stack]:
    from answerbot.cli.asking import asking, tell_what_ended
    from answerbot.cli.grade_plan import forecast
    from answerbot.workflows.grade import grade_all

    failures: list[NotFinishedError] = []
    quiet = work.grading.estimated
    async with asking(config, watch, yes=yes, quiet=quiet, keeping=keeping) as run:
        if run.stack.endpoint:
            expected = await forecast(work, run)
            run.plan, run.most_input = expected.line, expected.most_input
        with watch.progress(len(work.submissions), "grading") as advance:

            def failed(error: NotFinishedError) -> None:
                failures.append(error)
                advance.fail(error)

            graded = await grade_all(
                work.submissions,
                work.grading_in(run.stack),
                run.session,
                at_once=run.at_once,
                on_done=lambda one: advance(f"{one.submission.candidate} {one.status}"),
                on_failed=failed,
            )
        run.stack.keep_unusable(failures)
    tell_what_ended(failures)
    return graded, failures, run.stack


async def _forecast(work: Work, config: Config, watch: Watch, *, as_json: bool) -> int:
    from answerbot.cli.asking import asking, in_flight
    from answerbot.cli.grade_plan import forecast

    async with asking(config, watch, yes=False, quiet=True) as run:
        expected = await forecast(work, run)
        run.most_input = expected.most_input
        print(expected.json if as_json else expected.text + in_flight(config, run))
    return 3 if work.problems else 0


def _keep(path: Path, work: Work, stack: Stack) -> None:
    from answerbot.cli.recording import add_recordings
    from answerbot.workflows.grade import subject_of

    add_recordings(
        path, stack, {subject_of(one).id: number for number, one in enumerate(work.submissions)}
    )


def _report(
    graded: Sequence[Graded],
    work: Work,
    stack: Stack,
    pass_mark: int | None,
    notices: tuple[Problem, ...],
    *,
    solutions: bool,
) -> Report:
    from answerbot.cli.reports.summary import Report
    from answerbot.cli.showing import usage_json

    return Report(
        tuple(graded),
        pass_mark=pass_mark,
        solutions=solutions,
        usage=usage_json(stack),
        unmatched=work.problems,
        notices=notices,
    )


def _show(report: Report, stack: Stack, form: Kind, outputs: dict[Path, Kind]) -> None:
    from answerbot.adapters.files import write_atomically
    from answerbot.cli.reports import as_file, render
    from answerbot.cli.showing import took

    print(render(form, report), end="", flush=True)
    for path, kind in outputs.items():
        if kind == "rows":
            _write_rows(path, report)
        else:
            write_atomically(path, as_file(kind, report))
    if form == "terminal":
        print(f"\n{took(stack)}")
        for path in outputs:
            print(f"written: {path}")


def _worth_writing(
    report: Report, failures: Sequence[NotFinishedError], outputs: dict[Path, Kind]
) -> dict[Path, Kind]:
    """The files to write: where no answer could be judged, what was there before stays."""
    from answerbot.adapters.result_rows import has_results
    from answerbot.cli.notices import notice
    from answerbot.cli.outputs import left_alone
    from answerbot.cli.reports.summary import is_unanswered

    judged = any(one.status != "ungraded" and not is_unanswered(one) for one in report.graded)
    if judged or (report.graded and not failures):
        return outputs
    earlier = [path for path in outputs if has_results(path)]
    for path in earlier:
        notice(left_alone(path))
    return {path: kind for path, kind in outputs.items() if path not in earlier}


def _write_rows(path: Path, report: Report) -> None:
    from answerbot.adapters.result_rows import writing_rows
    from answerbot.cli.reports.as_rows import Rows

    rows = Rows(report)
    with writing_rows(path) as write:
        for one in report.graded:
            write(rows.row(one))


def _exit_code(
    graded: Sequence[Graded],
    failures: Sequence[NotFinishedError],
    work: Work,
    pass_mark: int | None,
) -> int:
    """3 where something could not be graded, 1 where something did not pass, else 0.

    Where passing was asked for, an estimate is no answer.
    """
    from answerbot.domain.grade import Grade

    stopped = any(isinstance(error, StoppedError) for error in failures)
    if stopped or (failures and any(one.status == "ungraded" for one in graded)):
        return max(error.exit_code for error in failures)
    if work.problems or any(one.status == "ungraded" for one in graded):
        return NotFinishedError.exit_code
    if pass_mark is None:
        return 0
    if any(one.estimate for one in graded):
        return NotFinishedError.exit_code
    passed = all(
        isinstance(one.outcome, Grade) and one.outcome.reaches(pass_mark) for one in graded
    )
    return 0 if passed else 1
