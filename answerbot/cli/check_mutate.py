"""`answerbot check --mutate`: whether the exemplars, and the judge, notice what goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from answerbot.adapters.config import Config
from answerbot.adapters.recorded_llm import RecordedLLM
from answerbot.adapters.recordings import load_recordings
from answerbot.cli.asking import asking
from answerbot.cli.check_run import Outcome, likely_cost, plan_of
from answerbot.cli.check_suite import Suite
from answerbot.cli.loading import load_prompts
from answerbot.cli.recording import keep_recordings, question_of
from answerbot.cli.running import Watch
from answerbot.cli.stack import Stack
from answerbot.domain.bank import QuestionId
from answerbot.domain.check import Gate, Refresh
from answerbot.domain.errors import (
    InputError,
    MissingRecordingError,
    NotFinishedError,
    Problem,
)
from answerbot.domain.llm import LLM, Request
from answerbot.domain.mutation.report import MutationReport, scored
from answerbot.workflows.check_rubrics import Trial
from answerbot.workflows.mutate import ReadMutants, read_mutants
from answerbot.workflows.session import Session, together

FOLDER = "mutants"
"""The folder, within that of the recordings, that only mutants are read from."""

_NAMED = 8
"""The most rubrics that a command names, and that are recorded without being named."""


@dataclass(frozen=True)
class Mutated:
    """What became of the mutants; `failures` are what kept the endpoint from reading more."""

    report: MutationReport
    failures: tuple[NotFinishedError, ...] = ()


class _Unrecorded:
    """Has no reply, and loses no time over it: most mutants were never recorded."""

    async def complete(self, request: Request) -> NoReturn:
        raise MissingRecordingError(f"no recording of {request.label!r}")


async def mutate_suite(
    suite: Suite, outcome: Outcome, config: Config, watch: Watch, *, record: bool, yes: bool
) -> Mutated:
    """The mutants of the suite's rubrics, of which `outcome` has the exemplars.

    Those that the judge has to read are read from recordings; with `record` the others by the
    endpoint, and kept.

    Raises:
        InputError: `record`, and of many rubrics none was chosen.
    """
    if record and suite.whole and len(suite.sources) > _NAMED:
        what = "--mutate --record asks for some twenty replies a rubric: name a few rubrics"
        raise InputError(Problem(what, hint="answerbot check --mutate --record RUBRIC..."))
    folder = suite.recordings / FOLDER
    replayed = _replay(folder, outcome.stack, _Unrecorded())
    session = Session(replayed, load_prompts(config), outcome.stack.settings, watch)
    found = [await _read(trial, suite, session) for trial in outcome.trials]
    if record and any(one.missing for one in found):
        found = await _recorded(found, outcome.trials, suite, config, watch, yes=yes)
    report = MutationReport(
        tuple(scored(trial.rubric, trial.cases) for trial in outcome.trials),
        tuple(one.read for one in found),
        _refresh(found, outcome.stack, config),
    )
    return Mutated(report, tuple(error for one in found for error in one.failures))


def kill_rate(report: MutationReport, config: Config) -> Gate:
    """Whether the exemplars notice as many of the mutants that points decide as they have to."""
    floor = config.check.kill_rate
    what = f"{report.rate} mutants noticed, at least {floor:g} %"
    return Gate("kill-rate", report.rate.percent >= floor, what)


def _replay(folder: Path, stack: Stack, behind: LLM) -> RecordedLLM:
    recordings = load_recordings([folder])
    return RecordedLLM(recordings, stack.models, behind, note=stack.ledger.note)


async def _read(trial: Trial, suite: Suite, session: Session) -> ReadMutants:
    question = suite.questions[trial.rubric.questions[0]]
    return await read_mutants(trial.rubric, trial.cases, question, session)


async def _recorded(
    found: Sequence[ReadMutants],
    trials: Sequence[Trial],
    suite: Suite,
    config: Config,
    watch: Watch,
    *,
    yes: bool,
) -> list[ReadMutants]:
    """As before, and what nobody had recorded read by the endpoint.

    A rubric's recordings are written as soon as all its mutants are read.
    """
    folder = suite.recordings / FOLDER
    async with asking(config, watch, yes=yes, quiet=True, keeping=True) as run:
        run.plan = plan_of([request for one in found for request in one.missing], run.stack)
        session = replace(run.session, llm=_replay(folder, run.stack, run.stack.llm))

        async def again(one: ReadMutants, trial: Trial) -> ReadMutants:
            if not one.missing:
                return one
            fresh = await _read(trial, suite, session)
            for error in fresh.failures:
                advance.fail(error)
            advance(trial.rubric.id)
            keep_read(folder / f"{trial.rubric.id}.jsonl", fresh, run.stack)
            return fresh.as_far_as(one)

        incomplete = sum(bool(one.missing) for one in found)
        with watch.progress(incomplete, "reading mutants") as advance:
            fresh = await together(*map(again, found, trials))
        run.stack.keep_unusable(error for one in fresh for error in one.failures)
    return fresh


def keep_read(path: Path, mutants: ReadMutants, stack: Stack) -> None:
    """The file holds what the mutants were read from, and nothing of mutants that are no more."""
    order = {QuestionId(id_): number for number, id_ in enumerate(mutants.ids)}
    before = {question_of(one.label) for one in load_recordings([path]).all()}
    done = {QuestionId(id_) for id_ in mutants.done}
    keep_recordings(path, stack, order, done | (before - order.keys()))


def _refresh(found: Sequence[ReadMutants], stack: Stack, config: Config) -> Refresh | None:
    missing = [request for one in found for request in one.missing]
    if not missing:
        return None
    names = [one.rubric.id for one in found if one.missing]
    named = names if len(names) <= _NAMED else ["RUBRIC..."]
    return Refresh(
        len(missing) + sum(one.unknown for one in found),
        likely_cost(missing, stack, config.model.live),
        " ".join(["answerbot check --mutate --record", *named]),
    )
