"""Run a workflow: Ctrl-C finishes what is in flight, a plan stands before money is spent."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from answerbot.cli.notices import bars_are_welcome, notice, to_stderr

T = TypeVar("T")


@dataclass
class Stop:
    """Whether the user asked to stop; true from the first Ctrl-C on."""

    asked: bool = False

    def __call__(self) -> bool:
        """Whether to begin nothing more."""
        return self.asked


def run_to_end(work: Callable[[Stop], Coroutine[Any, Any, T]]) -> T:
    """The result of the workflow.

    The first Ctrl-C tells it to begin nothing more; the second one breaks it off.

    Raises:
        KeyboardInterrupt: it was broken off.
    """
    stop = Stop()

    async def watched() -> T:
        task = asyncio.create_task(work(stop))

        def interrupt() -> None:
            if stop.asked:
                task.cancel()
                return
            stop.asked = True
            to_stderr("finishing what is in flight; Ctrl-C again to break off")

        loop = asyncio.get_running_loop()
        try:
            loop.add_signal_handler(signal.SIGINT, interrupt)
        except (NotImplementedError, RuntimeError):
            return await task  # not on this system, or not in the main thread
        try:
            return await task
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    return asyncio.run(watched())


def once_confirmed(plan: Callable[[], str], *, yes: bool) -> Callable[[], bool]:
    """Shows the plan on stderr, and where a person sits there asks once whether to go on."""

    def confirm() -> bool:
        if yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
            notice(plan())
            return True
        to_stderr(plan())
        print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    return confirm


@contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[str], None]]:
    """A bar on a terminal; called with what was done last, it advances by one."""
    if not bars_are_welcome() or not total:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, last="")
        yield lambda last: bar.update(task, advance=1, last=last)
