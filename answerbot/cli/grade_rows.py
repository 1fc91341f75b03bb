"""`answerbot grade` from rows to rows: answers are read, and results written, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from answerbot.adapters.config import Config
from answerbot.adapters.result_rows import has_results, is_parquet, writing_rows
from answerbot.cli.asking import asking, in_flight, tell_what_ended
from answerbot.cli.notices import notice, to_stderr
from answerbot.cli.outputs import left_alone
from answerbot.cli.reports.summary import Report
from answerbot.cli.reports.totals import Totals
from answerbot.cli.row_work import Finish, RowWork, forecast_rows, plan_rows
from answerbot.cli.running import Watch, run_to_end
from answerbot.cli.showing import counted, took
from answerbot.cli.stack import Stack
from answerbot.domain.calibration_mapping import Mapping
from answerbot.domain.decisions import Decisions
from answerbot.domain.errors import (
    AwaitedError,
    NotFinishedError,
    Problem,
    ReplyError,
    StoppedError,
)
from answerbot.domain.row_matching import RowFile
from answerbot.domain.submission import Graded
from answerbot.workflows.grade import grade_in_turn


@dataclass(frozen=True)
class Order:
    """What the command line asks for."""

    files: Sequence[RowFile]
    outputs: Sequence[Path]
    config: Config
    only: Sequence[str] = ()
    estimated: bool = False
    pass_mark: int | None = None
    solutions: bool = True
    decisions: Decisions = field(default_factory=Decisions)
    mapping: Mapping | None = None
    remarks: Sequence[Problem] = ()
    dry_run: bool = False
    yes: bool = False
    ray_workers: int = 0

    def finish(self) -> Finish:
        """What makes rows of results of what was graded."""
        report = Report((), pass_mark=self.pass_mark, solutions=self.solutions)
        return Finish(report, self.decisions, self.config.grade.margin, self.mapping)


@dataclass
class Outcome:
    """What a run came to.

    `failure` is the highest exit code of answers that could not be judged; `unusable` are the
    errors of replies that were of no use, `ended` is what ended the run. Where replies are
    `awaited` no more rows are written. `earlier` are the files that held results before, and hold
    them until the run `replaces` them.
    """

    totals: Totals = field(default_factory=Totals)
    failure: int = 0
    stopped: bool = False
    awaited: bool = False
    unusable: list[ReplyError] = field(default_factory=list)
    ended: NotFinishedError | None = None
    earlier: Sequence[Path] = ()
    complete: bool = False

    def replaces(self) -> bool:
        """Whether earlier results go: something was judged, or all is done and nothing failed."""
        done = self.complete and self.totals.rows > 0 and not self.failure
        return self.totals.judged > 0 or done

    def missing(self, work: RowWork) -> int:
        """How many answers were there before the run and not any more."""
        return work.total - self.totals.rows if self.complete else 0

    def leaves(self, path: Path) -> bool:
        """Whether earlier results stay in the file."""
        return path in self.earlier and not self.replaces()

    def failed(self, error: NotFinishedError) -> None:
        """One answer could not be judged."""
        self.failure = max(self.failure, error.exit_code)
        self.awaited = self.awaited or isinstance(error, AwaitedError)
        if error.stops_all:
            self.ended = self.ended or error.with_traceback(None)
        if isinstance(error, ReplyError):
            # Without its traceback, which would keep the answer and all that was made of it.
            self.unusable.append(error.with_traceback(None))


def grade_rows(order: Order) -> int:
    """Grade all rows and write the results as they come; tells the exit code."""
    work = plan_rows(order.files, order.config, only=order.only, estimated=order.estimated)
    for problem in work.survey.problems:
        to_stderr(str(problem))
    for remark in (*order.remarks, *work.survey.notices):
        notice(str(remark))
    if order.dry_run:
        return run_to_end(lambda watch: _forecast(work, watch))
    finish = order.finish()
    outcome, stack = run_to_end(lambda watch: _run(order, work, finish, watch))
    _tell(order, work, finish, outcome, stack)
    return _exit_code(outcome, work, order.pass_mark)


async def _forecast(work: RowWork, watch: Watch) -> int:
    async with asking(work.config, watch, yes=False, quiet=True) as run:
        expected = await forecast_rows(work, run)
        run.most_input = expected.of_sample.most_input
        print(expected.text + in_flight(work.config, run))
    return NotFinishedError.exit_code if work.survey.bad else 0


async def _run(order: Order, work: RowWork, finish: Finish, watch: Watch) -> tuple[Outcome, Stack]:
    outcome = Outcome(earlier=[path for path in order.outputs if has_results(path)])
    async with asking(work.config, watch, yes=order.yes, quiet=order.estimated) as run:
        if run.stack.endpoint:
            expected = await forecast_rows(work, run)
            run.plan, run.most_input = expected.line, expected.of_sample.most_input
        try:
            with ExitStack() as files, watch.progress(work.total, "grading") as advance:
                writers = [
                    files.enter_context(writing_rows(path, outcome.replaces))
                    for path in order.outputs
                ]

                def done(graded: Graded) -> None:
                    if outcome.awaited:
                        return
                    row = finish.row(graded)
                    outcome.totals.add(row)
                    for write in writers:
                        write(row)

                def ready(graded: Graded) -> None:
                    advance(f"{graded.submission.candidate} {graded.status}")

                def failed(error: NotFinishedError) -> None:
                    outcome.failed(error)
                    advance.fail(error)

                if order.ray_workers:
                    from answerbot.cli.grade_ray import grade_with_ray

                    def come(graded: Graded) -> None:
                        ready(graded)
                        done(graded)

                    await grade_with_ray(
                        work,
                        run,
                        watch,
                        order.ray_workers,
                        yes=order.yes,
                        on_done=come,
                        on_failed=failed,
                    )
                else:
                    await grade_in_turn(
                        work.submissions(),
                        work.grading_in(run.stack),
                        run.session,
                        at_once=run.at_once,
                        on_done=done,
                        on_failed=failed,
                        on_ready=ready,
                    )
                run.stack.require_replies()
                outcome.complete = True
        except StoppedError:
            outcome.stopped = True
        finally:
            run.stack.keep_unusable(outcome.unusable)
    tell_what_ended([outcome.ended] if outcome.ended else [])
    return outcome, run.stack


def _tell(order: Order, work: RowWork, finish: Finish, outcome: Outcome, stack: Stack) -> None:
    """Say on stdout what it came to, and on stderr what is to be known besides."""
    totals = outcome.totals
    for problem in finish.obsolete.told():
        notice(str(problem))
    if totals.estimated:
        what = f"{totals.estimated:,} of {totals.rows:,} answers are estimated, not judged"
        notice(what if order.estimated else f"{what}: no recording judges them")
    if order.mapping:
        _doubt(order.mapping, order.config, stack)
    if totals.rows or not outcome.stopped:
        print(totals.text, end="")
    if work.survey.bad:
        bad = counted(work.survey.bad, "more row" if totals.rows else "row")
        print(f"{bad} could not be read, or matched to a question")
    if missing := outcome.missing(work):
        what = f"{counted(missing, 'answer')} went from the files while they were graded"
        to_stderr(str(Problem(what, hint="run again: what was paid for is in the store")))
    print(f"\n{took(stack)}")
    for path in order.outputs:
        if outcome.leaves(path) and not outcome.stopped:
            notice(left_alone(path))
        elif not outcome.stopped:
            print(f"written: {path}")
        elif is_parquet(path) or not totals.rows or outcome.leaves(path):
            notice(f"not written, as the run was stopped: {path}")
        else:
            what = f"{path} has the first {totals.rows:,} of {work.total:,} answers"
            notice(f"stopped: {what}; the same command goes on, and pays for nothing twice")


def _doubt(mapping: Mapping, config: Config, stack: Stack) -> None:
    """Say why the mapping may not hold."""
    from answerbot.cli.calibrate_plan import models_of, prompt_of
    from answerbot.domain.calibration_applied import doubts

    for doubt in doubts(mapping, models_of(stack), prompt_of(mapping.basis.method, config)):
        notice(doubt)


def _exit_code(outcome: Outcome, work: RowWork, pass_mark: int | None) -> int:
    """As `grade` has it: 3 where something has no grade, 1 where something did not pass, else 0."""
    totals = outcome.totals
    if outcome.stopped:
        return StoppedError.exit_code
    if totals.ungraded or work.survey.bad or outcome.missing(work):
        return outcome.failure or NotFinishedError.exit_code
    if pass_mark is None:
        return 0
    if totals.estimated:
        return NotFinishedError.exit_code
    return 1 if totals.failing else 0
