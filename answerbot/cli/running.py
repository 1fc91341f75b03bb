"""Run a workflow: Ctrl-C finishes what is in flight, a plan stands before money is spent."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any, TypeVar

from answerbot.cli.notices import bars_are_welcome, notice, printable, to_stderr

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")


@dataclass
class Watch:
    """The person at the terminal: what they see of a run, and whether they want it to end.

    Called, it tells whether to begin nothing more: true from the first Ctrl-C on.
    """

    stopping: bool = False
    _bar: Progress | None = None

    def __call__(self) -> bool:
        """Whether to begin nothing more."""
        return self.stopping

    @contextmanager
    def progress(self, total: int, what: str) -> Iterator[Callable[[str], None]]:
        """A bar on a terminal; called with what was done last, it advances by one."""
        if not bars_are_welcome() or not total:
            yield lambda _: None
            return
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[last]}", markup=False),
        )
        console = Console(stderr=True)
        with Progress(
            *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
        ) as bar:
            self._bar = bar
            task = bar.add_task(what, total=total, last="")
            try:
                yield lambda last: bar.update(task, advance=1, last=printable(last))
            finally:
                self._bar = None

    def once_confirmed(self, plan: Callable[[], str], *, yes: bool) -> Callable[[], bool]:
        """Shows the plan, and where a person sits there asks once whether to go on."""

        def confirm() -> bool:
            if yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
                with self._quiet_bar():
                    notice(plan())
                return True
            with self._quiet_bar():
                to_stderr(plan())
                return _answer("Go on? [y/N] ").lower() in ("y", "yes")

        return confirm

    def interrupt(self, task: asyncio.Task[Any]) -> None:
        """Begin nothing more; the second time, break off."""
        if self.stopping:
            task.cancel()
            return
        self.stopping = True
        with self._quiet_bar():
            to_stderr("finishing what is in flight; Ctrl-C again to break off")

    @contextmanager
    def _quiet_bar(self) -> Iterator[None]:
        """The bar is off the screen meanwhile."""
        if self._bar is None:
            yield
            return
        self._bar.stop()
        yield
        self._bar.start()


def _answer(question: str) -> str:
    """The line that the person types; Ctrl-C ends the program at once, as nothing is under way.

    It does so from the moment on at which the question can be read.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        print(question, end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip()
    finally:
        signal.signal(signal.SIGINT, before)


def run_to_end(work: Callable[[Watch], Coroutine[Any, Any, T]]) -> T:
    """The result of the workflow.

    The first Ctrl-C tells it to begin nothing more; the second one breaks it off.

    Raises:
        KeyboardInterrupt: it was broken off.
    """
    watch = Watch()

    async def watched() -> T:
        task = asyncio.create_task(work(watch))
        if sys.platform == "win32" or current_thread() is not main_thread():
            return await task  # signals cannot be handled there
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, watch.interrupt, task)
        try:
            return await task
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    return asyncio.run(watched())
