"""`answerbot grade --engine ray`: rows of answers are graded by workers that Ray runs.

The driver, which is the process that the user started, reads the rows, shows the plan and writes
the results. Workers grade parts of the rows, as one process would grade them all. From workers on
other machines the replies come back with the grades, so that the driver's store has all of them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress, islice

from answerbot.adapters.config import Config
from answerbot.adapters.confirmed_llm import ConfirmedLLM
from answerbot.adapters.ledger import Ledger
from answerbot.adapters.limits import own_limits
from answerbot.adapters.ray_engine import Crew, Job, started
from answerbot.adapters.recordings import Recordings
from answerbot.adapters.shared_limits import MemberLimits
from answerbot.cli.asking import Asking
from answerbot.cli.row_work import RowWork
from answerbot.cli.running import Watch
from answerbot.cli.stack import Whole, build_stack
from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import InputError, NotFinishedError, Problem, StoppedError
from answerbot.domain.llm import LLM, Reply, Request
from answerbot.domain.submission import Graded, Submission
from answerbot.domain.traffic import Traffic
from answerbot.workflows.grade import Grading, grade, grade_in_turn
from answerbot.workflows.prompts import Prompts
from answerbot.workflows.session import AHEAD, Session

_LARGEST = 64  # answers of a part; grades come back, and progress is told, part by part
_PARTS_EACH = 4  # for a worker at least, so that none is idle while another works on the last
_THEIRS = ("OPENAI_", "OTEL_")  # variables of the environment that workers are given
_GLANCE = 0.25  # seconds between two looks at whether to stop


@dataclass(frozen=True)
class _Given:
    """What workers have in common."""

    config: Config
    recordings: Recordings
    prompts: Prompts
    grading: Grading
    trace: str


@dataclass(frozen=True)
class _Part:
    """What became of a part: a `stopped` one lacks grades at its end."""

    graded: Sequence[Graded]
    failures: Sequence[NotFinishedError]
    stopped: bool
    ledger: Ledger
    traffic: Traffic


async def grade_with_ray(
    work: RowWork,
    run: Asking,
    watch: Watch,
    workers: int,
    *,
    yes: bool,
    on_done: Callable[[Graded], None],
    on_failed: Callable[[NotFinishedError], None],
) -> None:
    """Hand over what became of each answer, in their order.

    Raises:
        InputError: no endpoint is configured, so there is nothing to wait for together.
        NotFinishedError: Ray does not start, or gave up.
        StoppedError: the user wants no further requests; all before was handed over.
    """
    if run.stack.endpoint is None:
        what = "--engine ray asks an endpoint and none is configured"
        hint = "set OPENAI_API_KEY, or OPENAI_BASE_URL; recordings need no cluster"
        raise InputError(Problem(what, hint=hint))
    if not work.total:
        return
    if not watch.once_confirmed(lambda: run.plan, yes=yes)():
        raise StoppedError("not asked: the plan was declined")
    grading = work.grading_in(run.stack)
    with started(workers) as is_cluster:
        known = await _known(work, run, grading) if is_cluster else bytes(work.total)
        asked = compress(work.submissions(), (not one for one in known))
        size = max(1, min(_LARGEST, work.total // (workers * _PARTS_EACH)))
        crew = Crew(
            _job(work, run, grading),
            workers,
            parts=2 * run.at_once // (workers * size) + 2,
            ahead=AHEAD // size,
        )
        parts = _noted(crew, crew.results(_in_parts(asked, size)), run, watch)
        try:
            judged = _one_by_one(parts, on_failed)
            for submission, is_known in zip(work.submissions(), known, strict=False):
                if is_known:
                    on_done(await grade(submission, grading, run.free))
                elif one := await anext(judged, None):
                    on_done(one)
                elif watch():
                    raise StoppedError("stopped before the next part")
        except Exception:
            # As in a run of one process: what is under way is paid for.
            crew.stop()
            async for _ in parts:
                pass
            raise


async def _known(work: RowWork, run: Asking, grading: Grading) -> bytes:
    """For each answer 1, if the driver has all that its grade takes on disk, else 0."""
    if run.stack.store is None or not run.stack.store.count():
        return bytes(work.total)
    known = bytearray()
    with run.stack.ledger.looking_up():
        for submission in work.submissions():
            try:
                await grade(submission, grading, run.free)
                known.append(1)
            except NotFinishedError:
                known.append(0)
    return bytes(known)


def _job(work: RowWork, run: Asking, grading: Grading) -> Job:
    rubrics = {id_: rubric for id_ in work.chosen if (rubric := grading.rubrics(id_))}
    config = work.config
    given = _Given(
        config=config,
        recordings=run.stack.recordings,
        prompts=run.session.prompts,
        grading=replace(grading, rubrics=rubrics.get, references=_unread),
        trace=run.stack.trace,
    )
    secrets = {name: value for name, value in os.environ.items() if name.startswith(_THEIRS)}
    return Job(_begin, given, secrets, partial(own_limits, config), config.budget)


def _unread(_: QuestionId) -> str:
    """Estimates alone read the reference, and workers judge."""
    return ""


def _in_parts(answers: Iterator[Submission], size: int) -> Iterator[list[Submission]]:
    while part := list(islice(answers, size)):
        yield part


async def _noted(
    crew: Crew, results: Iterator[_Part], run: Asking, watch: Watch
) -> AsyncIterator[_Part]:
    """Each part, once what it took stands in the account and the store of the run."""
    while part := await _next(crew, results, watch):
        if (store := run.stack.store) and (replies := part.ledger.recordings()):
            await asyncio.to_thread(store.save, *replies)
        run.stack.ledger.merge(part.ledger)
        run.stack.traffic.merge(part.traffic)
        yield part


async def _next(crew: Crew, results: Iterator[_Part], watch: Watch) -> _Part | None:
    """The next part; meanwhile the workers hear of it when the user wants no further requests."""
    waiting = asyncio.ensure_future(asyncio.to_thread(next, results, None))
    while not waiting.done():
        if watch():
            crew.stop()
        await asyncio.wait({waiting}, timeout=_GLANCE)
        await crew.pass_on()
    return waiting.result()


async def _one_by_one(
    parts: AsyncIterator[_Part], on_failed: Callable[[NotFinishedError], None]
) -> AsyncIterator[Graded]:
    async for part in parts:
        for failure in part.failures:
            on_failed(failure)
        for one in part.graded:
            yield one
        if part.stopped:
            raise StoppedError("stopped before the next request")


def _begin(
    member: MemberLimits, given: _Given, elsewhere: bool
) -> Callable[[list[Submission]], Awaitable[_Part]]:
    return _Grader(member, given, elsewhere).grade


class _Grader:
    """What a worker has: a stack of its own, within the limits of all.

    From `elsewhere`, that is with a store of its own, replies go back with the grades.
    """

    def __init__(self, member: MemberLimits, given: _Given, elsewhere: bool) -> None:
        def stopping() -> bool:
            return member.stopping

        self._given = given
        self._stack = build_stack(
            given.config,
            # The plan was confirmed where the run began.
            before_paying=lambda llm: ConfirmedLLM(llm, lambda: True, stopping),
            stopping=stopping,
            recordings=given.recordings,
            keeping=elsewhere,
            whole=Whole(member.limits, given.trace),
        )
        # The first time it takes long, and nothing is on its way yet that would wait for it.
        self._stack.price_of(self._stack.settings.model)
        breaker = self._stack.breaker
        assert breaker is not None, "there is an endpoint"
        breaker.on_broken, member.on_broken = member.give_up, breaker.give_up
        llm = _UnlessHopeless(self._stack.llm)
        self._session = Session(llm, given.prompts, self._stack.settings, stopping)

    async def grade(self, answers: list[Submission]) -> _Part:
        """What becomes of a part."""
        graded: list[Graded] = []
        failures: list[NotFinishedError] = []
        stopped = False
        try:
            await grade_in_turn(
                answers,
                self._given.grading,
                self._session,
                at_once=self._given.config.model.max_concurrency,
                on_done=graded.append,
                on_failed=failures.append,
            )
        except StoppedError:
            stopped = True
        self._stack.mark_unusable(failures)
        await self._stack.deliver_spans()
        ledger, traffic = self._stack.ledger.handed_over(), self._stack.traffic.handed_over()
        return _Part(graded, failures, stopped, ledger, traffic)


class _UnlessHopeless:
    """The model behind, until an error that every further request would meet: that is raised then.

    Within a part that is so by itself; here it is so from part to part.
    """

    def __init__(self, llm: LLM) -> None:
        self._llm = llm
        self._error: NotFinishedError | None = None

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind."""
        if self._error is not None:
            raise self._error
        try:
            return await self._llm.complete(request)
        except NotFinishedError as error:
            if error.stops_all:
                self._error = error
            raise
