"""What every command that asks a model does: build the stack, show the plan, tell what ended it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice

from answerbot.adapters.config import Config
from answerbot.adapters.confirmed_llm import ConfirmedLLM
from answerbot.adapters.recordings import Recordings
from answerbot.cli.loading import load_prompts
from answerbot.cli.notices import notice, to_stderr
from answerbot.cli.running import Watch
from answerbot.cli.showing import counted, dollars
from answerbot.cli.stack import Stack, batched, build_stack
from answerbot.domain.errors import NotFinishedError, StoppedError
from answerbot.domain.llm import Usage
from answerbot.workflows.session import Session

ALL_AT_ONCE = 1_000_000
"""How much work is begun at once where all of it is to travel in the same batch."""

_IN_BATCHES = (
    "; in batches, whose replies may take a day; the cost is that of single requests, and batches "
    "may cost less"
)


@dataclass
class Asking:
    """A run that may ask: `session` pays where it must, `free` answers from disk alone.

    `plan` is what a person is told before the first request is paid for. No request is known to
    have more than `most_input` tokens.
    """

    stack: Stack
    session: Session
    free: Session
    at_once: int
    plan: str = ""
    most_input: int = 0


@asynccontextmanager
async def asking(
    config: Config,
    watch: Watch,
    *,
    yes: bool,
    quiet: bool = False,
    recordings: Recordings | None = None,
    keeping: bool = False,
) -> AsyncIterator[Asking]:
    """The stack that the configuration asks for, as `build_stack` has it, until the work is done.

    A `quiet` run does not say that recordings are replayed. One that is `keeping` keeps all replies
    until then, to be recorded.

    Raises:
        InputError, NotFinishedError: as `build_stack`.
        AwaitedError: the work is done as far as it goes, and replies are to come from elsewhere.
    """
    in_batches = watch.in_batches = batched(config)

    def plan() -> str:
        ways = _IN_BATCHES if in_batches else ""
        return run.plan + ways + in_flight(config, run) + _under_way(run.stack, in_batches)

    confirm = watch.once_confirmed(plan, yes=yes)
    async with build_stack(
        config,
        before_paying=lambda llm: ConfirmedLLM(llm, confirm, watch),
        stopping=watch,
        recordings=recordings,
        keeping=keeping,
    ) as stack:
        if stack.announcement and not quiet:
            notice(stack.announcement)
        watch.ledger, watch.traffic, watch.pause = stack.ledger, stack.traffic, stack.pause
        prompts = load_prompts(config)
        run = Asking(
            stack=stack,
            session=Session(stack.llm, prompts, stack.settings, watch),
            free=Session(stack.free, prompts, stack.settings, watch),
            at_once=ALL_AT_ONCE if in_batches else config.model.max_concurrency,
        )
        yield run
        stack.require_replies()


def in_flight(config: Config, run: Asking) -> str:
    """The end of a plan, where the budget has room for fewer requests at once than are allowed."""
    budget, longest = config.budget, config.model.max_output_tokens
    price = run.stack.price_of(config.model.live) if run.stack.endpoint else None
    if price is None or budget is None or longest is None or batched(config):
        return ""
    worst = price.cost(Usage(input_tokens=run.most_input, output_tokens=longest))
    if worst * config.model.max_concurrency <= budget:
        return ""
    most = counted(int(budget / worst), "request")
    return (
        f"; the budget of ${budget.normalize():f} lets at most {most} "
        f"be in flight, as each may cost {dollars(worst)} (max_output_tokens)"
    )


def _under_way(stack: Stack, waits: bool) -> str:
    """Which batches are under way at this endpoint, and what becomes of what they hold."""
    from answerbot.adapters.batch_book import BatchBook

    batches = BatchBook(stack.store).under_way() if stack.store else []
    held = [one.id or one.name for one in batches if one.endpoint == stack.endpoint]
    if not held:
        return ""
    what = (
        "what it holds is waited for, and not paid for again"
        if waits
        else "--batch waits for it, without that the requests in it are paid for twice"
    )
    return f"; under way is batch {', '.join(held)}: {what}"


def tell_what_ended(failures: Iterable[NotFinishedError]) -> None:
    """The error that ended the run is on stderr, with what to do about it."""
    ended = (one for one in failures if one.stops_all and not isinstance(one, StoppedError))
    for first in islice(ended, 1):
        to_stderr(str(first))
