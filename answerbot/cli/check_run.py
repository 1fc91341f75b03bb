"""Check rubrics: judge the exemplars, compare with the baseline, lint, and report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from answerbot.adapters.config import Config
from answerbot.adapters.recordings import Recordings, load_recordings
from answerbot.cli.asking import asking
from answerbot.cli.check_suite import Suite
from answerbot.cli.notices import notice
from answerbot.cli.recording import keep_recordings, question_of
from answerbot.cli.running import Watch
from answerbot.cli.showing import counted, dollars, shown, took, usage_json
from answerbot.cli.stack import Stack
from answerbot.domain.check import Checked, CheckReport, Refresh, statistics
from answerbot.domain.errors import InputError, NotFinishedError, Problem
from answerbot.domain.gates import Limits, gates
from answerbot.domain.lint import Complaint, Source, lint
from answerbot.domain.llm import Request, Usage
from answerbot.domain.prices import likely_input_tokens
from answerbot.domain.regression import Stale, compare
from answerbot.workflows.check_rubrics import (
    Trial,
    judge_exemplars,
    label_of,
    lost_evidence,
    submission_of,
    why_unanswered,
)
from answerbot.workflows.grade import subject_of
from answerbot.workflows.judge import OUTPUT_TOKENS
from answerbot.workflows.session import Session, together

_NAMED = 6


@dataclass(frozen=True)
class Outcome:
    """The exemplars judged; `failures` are what kept the endpoint from judging more."""

    trials: tuple[Trial, ...]
    stack: Stack
    failures: tuple[NotFinishedError, ...] = ()

    @property
    def missing(self) -> list[Request]:
        """The requests that nobody recorded."""
        return [request for trial in self.trials for request in trial.unanswered.values()]


async def judge_suite(
    suite: Suite, config: Config, watch: Watch, *, record: bool, yes: bool
) -> Outcome:
    """Every exemplar judged from recordings; with `record` the others by the endpoint, and kept.

    Raises:
        InputError: `record`, and no endpoint is configured.
    """
    recordings = load_recordings([suite.recordings])
    async with asking(
        config, watch, yes=yes, quiet=True, recordings=recordings, keeping=record
    ) as run:
        stack = run.stack
        if record and stack.endpoint is None:
            hint = "set OPENAI_API_KEY, or OPENAI_BASE_URL for an endpoint of your own"
            raise InputError(Problem("--record asks an endpoint and none is configured", hint=hint))
        trials = [await _judged(source, suite, run.free) for source in suite.sources]
        found = Outcome(tuple(trials), stack)
        if not record:
            return found
        run.plan = plan_of(found.missing, stack)
        recorded = await _recorded(found, suite, run.session, watch)
        notice(f"{took(stack)}; recordings stand in {shown(suite.recordings)}")
        return recorded


async def _judged(source: Source, suite: Suite, session: Session) -> Trial:
    question = suite.questions[source.rubric.questions[0]]
    return await judge_exemplars(source.rubric, question, session)


async def _recorded(found: Outcome, suite: Suite, session: Session, watch: Watch) -> Outcome:
    """As before, and the rubrics with missing recordings judged by the endpoint.

    A rubric's recordings are written as soon as all its exemplars are judged.
    """

    async def again(source: Source, trial: Trial) -> Trial:
        if trial.unanswered:
            trial = (await _judged(source, suite, session)).as_far_as(trial)
            for error in trial.failures:
                advance.fail(error)
            advance(source.rubric.id)
        keep_judged(suite, trial, found.stack)
        return trial

    incomplete = sum(bool(trial.unanswered) for trial in found.trials)
    with watch.progress(incomplete, "judging") as advance:
        trials = await together(*map(again, suite.sources, found.trials))
    failures = [error for trial in trials for error in trial.failures]
    found.stack.keep_unusable(failures)
    return Outcome(tuple(trials), found.stack, tuple(failures))


def keep_judged(suite: Suite, trial: Trial, stack: Stack) -> None:
    """The rubric's file of recordings holds what judged its exemplars, and nothing of others."""
    order = {
        subject_of(submission_of(trial.rubric, one, "")).id: number
        for number, one in enumerate(trial.rubric.exemplars)
    }
    done = {label for label, case in zip(order, trial.cases, strict=True) if case.verdicts}
    path = suite.recordings / f"{trial.rubric.id}.jsonl"
    gone = {question_of(one.label) for one in load_recordings([path]).all()} - order.keys()
    keep_recordings(path, stack, order, done | gone)


def report_on(suite: Suite, outcome: Outcome, config: Config, *, blessing: bool) -> CheckReport:
    """What the check found; where the state is to be blessed, changes fail nothing."""
    checked = tuple(
        _checked(source, trial, suite, outcome.stack.recordings)
        for source, trial in zip(suite.sources, outcome.trials, strict=True)
    )
    complaints = (*suite.invalid, *_complaints(suite.sources, checked))
    figures = statistics(checked) if any(one.verdicts for c in checked for one in c.cases) else None
    known = {source.rubric.id for source in suite.sources} | {
        complaint.location.path.rpartition("/")[2].removesuffix(".yaml")
        for complaint in suite.invalid
    }
    removed = tuple(id_ for id_ in suite.baseline.rubrics if suite.whole and id_ not in known)
    limits = _limits(config, blessing=blessing)
    return CheckReport(
        checked=checked,
        complaints=complaints,
        statistics=figures,
        gates=tuple(gates(checked, complaints, figures, limits, removed)),
        refresh=_refresh(checked, outcome, config),
        removed=removed,
        accepting=blessing,
        usage=usage_json(outcome.stack),
    )


def _checked(source: Source, trial: Trial, suite: Suite, recordings: Recordings) -> Checked:
    before = suite.baseline.rubrics.get(source.rubric.id)
    found = compare(before, trial.state)
    stale = tuple(_explained(one, trial, recordings) for one in found.stale)
    return Checked(
        source.rubric,
        source.document,
        trial.cases,
        before,
        trial.state,
        replace(found, stale=stale),
    )


def _explained(stale: Stale, trial: Trial, recordings: Recordings) -> Stale:
    """With what the recordings of the same exemplar tell of it: words lost, another model."""
    exemplar = next(one for one in trial.rubric.exemplars if one.id == stale.exemplar)
    recorded = list(recordings.labelled(label_of(trial.rubric, exemplar)))
    if request := trial.unanswered.get(exemplar.id):
        stale = stale.because(why_unanswered(request, recorded))
    lost = lost_evidence(recorded[0].reply.text, exemplar.answer) if recorded else []
    return stale.without(lost)


def _complaints(sources: Sequence[Source], checked: Sequence[Checked]) -> list[Complaint]:
    """What lint says, now that the words are known that proved each criterion."""
    return [
        complaint
        for source, one in zip(sources, checked, strict=True)
        for complaint in lint(
            replace(source, evidence={case.exemplar.id: case.evidence for case in one.cases})
        )
    ]


def _limits(config: Config, *, blessing: bool) -> Limits:
    chosen = config.check
    return Limits(
        lint=chosen.lint,
        stale=chosen.stale,
        baseline=chosen.baseline and not blessing,
        flips=chosen.flips and not blessing,
        scores="off" if blessing else chosen.scores,
        agreement=chosen.agreement,
    )


def _refresh(checked: Sequence[Checked], outcome: Outcome, config: Config) -> Refresh | None:
    if not outcome.missing:
        return None
    names = [one.rubric.id for one in checked if one.comparison.stale]
    named = names if len(names) <= _NAMED else []
    cost = likely_cost(outcome.missing, outcome.stack, config.model.live)
    command = " ".join(["answerbot check --record", *named])
    return Refresh(len(outcome.missing), cost, command)


def likely_cost(requests: Sequence[Request], stack: Stack, model: str) -> str:
    """About what the requests cost with this model, in dollars."""
    price = stack.price_of(model)
    if price is None:
        return f"price of {model} unknown"
    usage = Usage(
        input_tokens=sum(map(likely_input_tokens, requests)),
        output_tokens=OUTPUT_TOKENS * len(requests),
    )
    cost: Decimal = price.cost(usage)
    return f"about {dollars(cost)} with {model}"


def plan_of(requests: Sequence[Request], stack: Stack) -> str:
    """What a person is told before the requests are paid for."""
    return (
        f"asking {stack.settings.model} at {stack.endpoint}: "
        f"{counted(len(requests), 'request')}; "
        f"cost {likely_cost(requests, stack, stack.settings.model)}"
    )
