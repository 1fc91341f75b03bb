"""How far a run is: a bar on a terminal, else a line every so often."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from answerbot.cli.notices import is_verbose, notice, printable, tell, written_by
from answerbot.cli.showing import counted, dollars, shortened
from answerbot.domain.errors import AwaitedError, NotFinishedError, StoppedError
from answerbot.domain.prices import UNKNOWN, Cost
from answerbot.domain.speed import Speed

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from answerbot.adapters.ledger import Ledger

EVERY = 15.0
"""Seconds between two lines where there is no bar."""

_ECHO = 3  # columns; the terminal itself writes ^C there
_NARROW = 60  # columns; on fewer there is room for the count and the time left alone


class Shown(Protocol):
    """What shows how far a run is, and can be made to pause."""

    def start(self) -> None:
        """It is shown."""
        ...

    def stop(self) -> None:
        """It is not shown any more."""
        ...


@dataclass
class Progress:
    """How far a run is; `total` is None where nobody knows it.

    Called with what was done last, it is one further. `errors` are those of the things that were
    done that failed. `ledger` tells what was paid, and whether anything had to be asked for.
    """

    what: str
    total: int | None
    ledger: Ledger | None = None
    done: int = 0
    errors: int = 0
    last: str = ""
    clock: Callable[[], float] = time.monotonic
    _speed: Speed = field(init=False)

    def __post_init__(self) -> None:
        self._speed = Speed(self.clock())

    def __call__(self, last: str) -> None:
        """One more is done."""
        self.done += 1
        self.last = last
        self._speed.note(self.done, self.clock(), asking=self._asking)

    def fail(self, error: NotFinishedError) -> None:
        """One of those done failed; what was stopped, or has to be awaited, did not."""
        if not isinstance(error, (AwaitedError, StoppedError)):
            self.errors += 1

    def resume(self) -> None:
        """The speed counts from now."""
        self._speed = Speed(self.clock(), self.done)

    @property
    def rate(self) -> float:
        """So many a second, of late."""
        return self._speed.rate(self.clock())

    @property
    def left(self) -> float | None:
        """Seconds until all is done; None where nobody can tell yet."""
        return None if self.total is None else self._speed.left(self.total, self.clock())

    @property
    def cost(self) -> Cost:
        """US dollars paid so far."""
        return self.ledger.cost if self.ledger else Decimal(0)

    @property
    def count(self) -> str:
        """'412/1,000'."""
        if self.total is None:
            return f"{self.done:,}" if self.done else ""
        return f"{self.done:,}/{self.total:,}"

    @property
    def facts(self) -> list[str]:
        """The rate, the cost and the errors, as far as there are any."""
        facts = [_rate(self.rate)] if self.done else []
        if self._asking:
            facts.append("cost unknown" if self.cost == UNKNOWN else dollars(self.cost))
        if self.errors:
            facts.append(counted(self.errors, "error"))
        return facts

    @property
    def line(self) -> str:
        """'grading: 412 of 1,000, 63/s, $0.4123, 2 errors, about 10 s left'."""
        of = "" if self.total is None else f" of {self.total:,}"
        left = [] if self.left is None else [f"about {_rough(self.left)} left"]
        return ", ".join([f"{self.what}: {self.done:,}{of}", *self.facts, *left])

    @property
    def fields(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "what": self.what,
            "done": self.done,
            "total": self.total,
            "errors": self.errors,
            "per_second": round(self.rate, 3),
            "cost_usd": self.cost if self.cost == UNKNOWN else float(self.cost),
            "seconds_left": None if self.left is None else round(self.left, 1),
        }

    @property
    def _asking(self) -> bool:
        return self.ledger is not None and self.ledger.calls["endpoint"] > 0


def _rate(rate: float) -> str:
    if rate >= 9.95:  # '10/s', and not '10.0/s'
        return f"{rate:,.0f}/s"
    return f"{rate:.1f}/s" if rate >= 1 else f"{60 * rate:.1f}/min"


def _rough(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@contextmanager
def lines(progress: Progress) -> Iterator[None]:
    """A line on stderr every `EVERY` seconds; with -v a line of JSON."""
    telling = asyncio.get_running_loop().create_task(_keep_telling(progress))
    try:
        yield
    finally:
        telling.cancel()


async def _keep_telling(progress: Progress) -> None:
    while True:
        await asyncio.sleep(EVERY)
        if is_verbose():
            tell("progress", **progress.fields)
        else:
            notice(progress.line)


@contextmanager
def bar(progress: Progress) -> Iterator[Shown]:
    """A bar on stderr, drawn four times a second; other lines go above it."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(stderr=True)
    drawn = Live(
        console=console,
        get_renderable=lambda: _drawn(progress, console.width - _ECHO),
        transient=True,
        refresh_per_second=4,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    above = written_by(lambda line: console.print(Text(line), soft_wrap=True))
    with drawn as shown, above:
        yield shown


def _drawn(progress: Progress, width: int) -> Table:
    """One line, so wide: what does not fit is cut off."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    meter = ProgressBar(progress.total, progress.done, pulse=progress.total is None)
    cells: list[tuple[RenderableType, int | None]] = [
        (Text(progress.what), None),
        (meter, 1),
        (Text(progress.count, style="progress.download"), None),
        (Text("  ".join(progress.facts)), None),
        (Text(_clock(progress.left), style="progress.remaining"), None),
        (Text(shortened(printable(progress.last))), 1),
    ]
    if width < _NARROW:
        cells = [cells[0], cells[2], cells[4]]
    line = Table.grid(padding=(0, 1), expand=True)
    line.width = width
    for _, ratio in cells:
        line.add_column(no_wrap=True, overflow="ellipsis", ratio=ratio)
    line.add_row(*(cell for cell, _ in cells))
    return line


def _clock(left: float | None) -> str:
    if left is None:
        return ""
    minutes, seconds = divmod(round(left), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02} left"
