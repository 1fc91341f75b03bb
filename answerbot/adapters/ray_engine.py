"""Ray: work in several processes of this machine, or on many machines.

Items of work are taken in parts; each part is a block of a Ray data set, which is read while the
work goes on. Workers are actors to which Ray gives parts, and which it starts anew where one dies:
its parts are then worked on again. Beside them there is one more actor, the keeper, of whom they
ask whose turn it is, and of whom Ray has the parts.
"""

from __future__ import annotations

import logging
import os
import pickle
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import chain, count, islice
from logging.handlers import QueueHandler
from queue import SimpleQueue
from secrets import token_hex
from typing import Any
from uuid import uuid4

from answerbot.adapters.limits import Limits
from answerbot.adapters.shared_limits import Answers, Call, MemberLimits, SharedLimits
from answerbot.adapters.shared_parts import SharedParts
from answerbot.domain.errors import AnswerbotError, NotFinishedError, Problem
from answerbot.domain.extras import require

ADDRESS = "RAY_ADDRESS"
"""The environment variable that names a cluster."""

_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # it would call home
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_ENABLE_AUTO_CONNECT": "0",  # what still asks when Ray has ended would start it anew
}
_LOGGER = logging.getLogger("answerbot")
_AT_ONCE = 10_000  # calls of the keeper that wait: each worker has one
_MOST_PARTS = 64  # that a worker has in hand

Work = Callable[[list[Any]], Awaitable[Any]]
"""What a worker makes of the items of a part."""


@dataclass(frozen=True)
class Job:
    """What the workers do.

    `begin` is called once in each worker, with its part in the limits, with `given`, and with
    whether it is on another machine than the driver; what it returns does the work. `secrets` go
    into the environment of workers, by no way that Ray shows or writes anywhere. `limits` makes the
    limits that the workers share.
    """

    begin: Callable[[MemberLimits, Any, bool], Work]
    given: Any
    secrets: Mapping[str, str]
    limits: Callable[[Callable[[], bool]], Limits]
    budget: Decimal | None = None


def require_ray() -> None:
    """Ray is there.

    Raises:
        InputError: it is not installed.
    """
    os.environ.update(_SETTINGS)
    if not os.environ.get(ADDRESS):
        # It listens to the whole network, and does for anybody without a token whatever they want.
        os.environ.update({"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token_hex(32)})
    require("ray.data", "--engine ray needs Ray Data", "ray")


class Crew:
    """Workers of a run, `parts` of work in hand of each.

    So many are `ahead` of the results: read, and not yet handed over.
    """

    def __init__(self, job: Job, workers: int, parts: int, ahead: int) -> None:
        import ray

        self._workers = workers
        self._parts = min(parts, _MOST_PARTS)
        self._ahead = max(ahead, 2 * workers * self._parts)
        self._stopped = False
        here = ray.get_runtime_context().get_node_id()
        beside = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(here, soft=False)
        keeper = ray.remote(_Keeper).options(
            num_cpus=0, max_concurrency=_AT_ONCE, scheduling_strategy=beside
        )
        self._keeper = keeper.remote()
        level = _LOGGER.getEffectiveLevel()
        given = ray.put((job.begin, job.given, job.budget, level, here))
        # Not given to the constructor: Ray keeps what that is called with.
        ray.get(self._keeper.hold.remote(job.limits, dict(job.secrets), [given], level))

    def results(self, parts: Iterable[Sequence[Any]]) -> Iterator[Any]:
        """What became of each part, in their order; parts are read as the work goes on.

        There are no more of them once the crew is to `stop`.

        Raises:
            AnswerbotError: a worker could not begin.
            NotFinishedError: Ray gave up.
        """
        import ray

        written = map(pickle.dumps, map(list, parts))
        if (first := next(written, None)) is None:
            return
        left = enumerate(chain([first], written, [None]))

        def feed(number: int) -> None:
            for place, part in islice(left, number):
                self._keeper.give.remote(place, None if self._stopped else part)

        feed(self._ahead)
        try:
            for place, row in enumerate(self._worked_on().iter_rows()):
                self._keeper.forget.remote(place)
                feed(1)
                found = pickle.loads(row["result"])
                if isinstance(found, AnswerbotError):
                    raise found
                yield found
        except ray.exceptions.RayError as error:
            hint = "run again: what was paid for is kept; Ray's own logs are in /tmp/ray"
            what = f"Ray gave up: {str(error).splitlines()[0]}"
            raise NotFinishedError(Problem(what, hint=hint)) from error

    def _worked_on(self) -> Any:
        """The data set of results, each of one part."""
        import ray

        parts = ray.data.read_datasource(_parts_of(self._keeper), override_num_blocks=1, num_cpus=0)
        return parts.map_batches(
            _Worker,
            fn_constructor_args=(self._keeper,),
            batch_size=1,
            batch_format="pyarrow",
            zero_copy_batch=True,
            compute=ray.data.ActorPoolStrategy(
                size=self._workers,
                max_tasks_in_flight_per_actor=self._parts,
                max_concurrent_calls_per_actor=self._parts,
            ),
        )

    def stop(self) -> None:
        """Workers ask for nothing more, and get no further parts."""
        self._stopped = True
        self._keeper.stop.remote()

    async def pass_on(self) -> None:
        """What workers have told since the last time is told here."""
        import ray

        with suppress(ray.exceptions.RayError):  # whoever waits for results hears of that
            for record in await self._keeper.told.remote():
                _LOGGER.handle(record)


@contextmanager
def started(workers: int) -> Iterator[bool]:
    """Ray runs: the cluster that the environment names, else this machine alone; is it a cluster?

    Raises:
        NotFinishedError: it does not start, or the cluster cannot be reached.
    """
    import ray
    from ray.data import DataContext

    address = os.environ.get(ADDRESS, "")
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        with _stderr_closed():
            ray.init(
                address or "local",
                num_cpus=None if address else workers,
                include_dashboard=None if address else False,
                log_to_driver=False,
                logging_level=logging.CRITICAL,
            )
    except (ConnectionError, RuntimeError, ValueError) as error:
        what = f"Ray does not start: {str(error).splitlines()[0]}"
        hint = f"look at {ADDRESS}" if address else None
        raise NotFinishedError(Problem(what, hint=hint)) from error
    context = DataContext.get_current()
    context.execution_options.preserve_order = True
    context.target_max_block_size = 1  # byte: each part is a block, however small, and goes on
    try:
        yield bool(address)
    finally:
        ray.shutdown()


@contextmanager
def _stderr_closed() -> Iterator[None]:
    """Nothing is written there meanwhile: below Python Ray tells how much it is going to tell."""
    sys.stderr.flush()
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _parts_of(keeper: Any) -> Any:
    """What Ray reads the parts from, in one task, which waits for each of them."""
    from ray.data import Datasource, ReadTask
    from ray.data.block import BlockMetadata

    class Parts(Datasource):  # type: ignore[misc]  # Ray is not there for whoever checks types
        def get_read_tasks(self, *_: Any, **__: Any) -> list[Any]:
            return [ReadTask(partial(_blocks, keeper), BlockMetadata(None, None, None, None))]

        def estimate_inmemory_data_size(self) -> None:
            return None

    return Parts()


def _blocks(keeper: Any) -> Iterator[Any]:
    """The parts, as blocks of one row each."""
    import pyarrow as pa
    import ray

    for place in count():
        part = ray.get(keeper.part.remote(place))
        if part is None:
            return
        yield pa.table({"part": pa.array([part], pa.large_binary())})


class _Keeper:
    """The actor that keeps what the workers share."""

    async def hold(
        self,
        limits: Callable[[Callable[[], bool]], Limits],
        secrets: Mapping[str, str],
        given: list[Any],
        level: int,
    ) -> None:
        self._secrets, self._given = secrets, given
        self._shared = SharedLimits(limits(lambda: self._shared.gives_up()))
        self._told: SimpleQueue[logging.LogRecord] = SimpleQueue()
        self._parts = SharedParts()
        _log_to(self._told, level)

    async def job(self) -> tuple[Mapping[str, str], list[Any]]:
        return self._secrets, self._given

    async def give(self, place: int, part: bytes | None) -> None:
        self._parts.give(place, part)

    async def part(self, place: int) -> bytes | None:
        return await self._parts.part(place)

    async def forget(self, place: int) -> None:
        self._parts.forget(place)

    async def take(self, name: str, calls: Sequence[Call]) -> None:
        self._shared.take(name, calls)

    async def answers(self, name: str) -> Answers:
        return await self._shared.answers(name)

    async def stop(self) -> None:
        self._shared.stopping = True

    async def tell(self, record: logging.LogRecord) -> None:
        self._told.put(record)

    async def told(self) -> list[logging.LogRecord]:
        return [self._told.get() for _ in range(self._told.qsize())]


class _KeepersEar:
    """The queue of a logger, as far as that knows: all goes to the keeper at once."""

    def __init__(self, keeper: Any) -> None:
        self._keeper = keeper
        self._last: Any = None

    def put_nowait(self, record: logging.LogRecord) -> None:
        self._last = self._keeper.tell.remote(record)

    async def heard(self) -> None:
        """The keeper has all that was told so far."""
        if self._last is not None:
            await self._last


def _log_to(queue: Any, level: int) -> None:
    """What this process tells goes there, and nowhere else."""
    _LOGGER.handlers, _LOGGER.propagate = [QueueHandler(queue)], False
    _LOGGER.setLevel(level)


class _Worker:
    """The actor that works on parts; several at once, on one event loop."""

    def __init__(self, keeper: Any) -> None:
        import ray

        secrets, (given,) = ray.get(keeper.job.remote())
        os.environ.update(secrets)
        self._begin, self._given, self._budget, level, driver = ray.get(given)
        self._told = _KeepersEar(keeper)
        _log_to(self._told, level)
        self._elsewhere = ray.get_runtime_context().get_node_id() != driver
        self._keeper = keeper
        self._work: Work | None = None

    async def __call__(self, block: Any) -> dict[str, list[bytes]]:
        (part,) = block["part"]
        try:
            found = await self._begun()(pickle.loads(part.as_py()))
        except AnswerbotError as error:
            found = error
        await self._told.heard()
        return {"result": [pickle.dumps(found)]}

    def _begun(self) -> Work:
        if self._work is None:
            import ray

            # A worker that Ray starts anew keeps its id.
            name = f"{ray.get_runtime_context().get_actor_id()}/{uuid4().hex}"
            keeper = self._keeper

            async def heard() -> Answers:
                answers = await keeper.answers.remote(name)
                assert isinstance(answers, Answers)
                return answers

            member = MemberLimits(
                lambda calls: keeper.take.remote(name, calls), heard, _die, self._budget
            )
            self._work = self._begin(member, self._given, self._elsewhere)
        return self._work


def _die() -> None:
    """Ray starts a worker that ends so anew, as long as the run goes on."""
    os._exit(1)
