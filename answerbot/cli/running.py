"""Run a workflow: Ctrl-C finishes what is in flight, a plan stands before money is spent."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any, TypeVar

from answerbot.cli.notices import bars_are_welcome, is_wordy, notice, to_stderr

if TYPE_CHECKING:
    from answerbot.adapters.ledger import Ledger
    from answerbot.cli.progress import Progress, Shown
    from answerbot.domain.traffic import Traffic

T = TypeVar("T")

_BATCHES_GO_ON = "beginning nothing more, batches that are under way go on"


@dataclass
class Watch:
    """The person at the terminal: what they see of a run, and whether they want it to end.

    Called, it tells whether to begin nothing more: true from the first Ctrl-C on. `ledger` is the
    account of the run that they see, `traffic` what went to the endpoint in it, `pause` tells for
    how many seconds that wants nothing. A run in batches tells of these itself, and has no bar.
    """

    stopping: bool = False
    ledger: Ledger | None = None
    traffic: Traffic | None = None
    pause: Callable[[], float] = lambda: 0.0
    in_batches: bool = False
    _progress: Progress | None = None
    _shown: Shown | None = None

    def __call__(self) -> bool:
        """Whether to begin nothing more."""
        return self.stopping

    @contextmanager
    def progress(self, total: int | None, what: str) -> Iterator[Progress]:
        """A bar on a terminal, else a line every so often; called with what was done last."""
        from answerbot.cli.progress import Progress, bar, lines

        progress = self._progress = Progress(what, total, self.ledger, self.traffic, self.pause)
        shown: AbstractContextManager[Shown | None] = nullcontext()
        if is_wordy() and total != 0 and not self.in_batches:
            shown = bar(progress) if bars_are_welcome() else lines(progress)
        with shown as self._shown:
            try:
                yield progress
            finally:
                self._progress = self._shown = None

    def once_confirmed(self, plan: Callable[[], str], *, yes: bool) -> Callable[[], bool]:
        """Shows the plan, and where a person sits there asks once whether to go on."""

        def confirm() -> bool:
            if yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
                with self._interlude():
                    notice(plan())
                return True
            with self._interlude():
                to_stderr(plan(), "info")
                return _answer("Go on? [y/N] ").lower() in ("y", "yes")

        def confirmed() -> bool:
            agreed = confirm()
            if self._progress is not None:
                self._progress.asks = agreed
            return agreed

        return confirmed

    def interrupt(self, task: asyncio.Task[Any]) -> None:
        """Begin nothing more; the second time, break off."""
        if self.stopping:
            with self._interlude():
                to_stderr("broken off; the same command goes on from what had come", "info")
            task.cancel()
            return
        self.stopping = True
        if self._progress is not None:
            self._progress.ends = True
        with self._interlude():
            what = _BATCHES_GO_ON if self.in_batches else "finishing what is in flight"
            to_stderr(f"{what}; Ctrl-C again to break off", "info")

    @contextmanager
    def _interlude(self) -> Iterator[None]:
        """No bar is on the screen meanwhile, and the time does not count."""
        if self._shown is None or self._progress is None:
            yield
            return
        self._shown.stop()
        yield
        self._progress.resume()
        self._shown.start()


def _answer(question: str) -> str:
    """The line that the person types; Ctrl-C is an empty one.

    It is so from the moment on at which the question can be read.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    wakeup = signal.set_wakeup_fd(-1)  # or asyncio, too, would hear of Ctrl-C
    try:
        print(question, end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip()
    except KeyboardInterrupt:
        print(file=sys.stderr, flush=True)
        return ""
    finally:
        signal.set_wakeup_fd(wakeup)
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
