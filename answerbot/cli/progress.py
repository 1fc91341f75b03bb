"""How far a run is: a bar on a terminal, else a line every so often."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from answerbot.cli.notices import is_verbose, notice, printable, tell, written_by
from answerbot.cli.showing import counted, dollars, shortened
from answerbot.domain.errors import AwaitedError, NotFinishedError, StoppedError
from answerbot.domain.prices import UNKNOWN, Cost
from answerbot.domain.speed import Silence, Speed

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from answerbot.adapters.ledger import Ledger
    from answerbot.domain.traffic import Traffic

EVERY = 15.0
"""Seconds between two lines where there is no bar."""

_ECHO = 3  # columns; the terminal itself writes ^C there
_STYLES = {
    "count": "progress.download",
    "left": "progress.remaining",
    "instead": "progress.remaining",
}
_METER = 10  # columns; of fewer nobody reads how far it is
_QUIET = 5.0  # seconds; so long nobody wonders where replies are
_TWICE = 2  # times what is usual is unusual


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
    done that failed. `ledger` tells what was paid, and whether anything had to be asked for,
    `traffic` how long replies take, `pause` for how many seconds the endpoint wants nothing. `asks`
    says that something is being asked for by now, `ends` that nothing more is begun.
    """

    what: str
    total: int | None
    ledger: Ledger | None = None
    traffic: Traffic | None = None
    pause: Callable[[], float] = lambda: 0.0
    asks: bool = False
    ends: bool = False
    done: int = 0
    errors: int = 0
    last: str = ""
    clock: Callable[[], float] = time.monotonic
    _speed: Speed = field(init=False)
    _silence: Silence = field(init=False)

    def __post_init__(self) -> None:
        self._speed, self._silence = Speed(self.clock()), Silence(self.clock())

    def __call__(self, last: str) -> None:
        """One more is done."""
        self.done += 1
        self.last = last
        self._speed.note(self.done, self.clock(), asking=self._asked)
        self._quiet()

    def fail(self, error: NotFinishedError) -> None:
        """One of those done failed; what was stopped, or has to be awaited, did not."""
        if not isinstance(error, (AwaitedError, StoppedError)):
            self.errors += 1

    def resume(self) -> None:
        """Time counts from now."""
        self._speed, self._silence = Speed(self.clock(), self.done), Silence(self.clock())

    @property
    def rate(self) -> float:
        """So many a second, of late; 0 where nothing comes."""
        return self._speed.rate if self.silent is None else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until all is done; None where nobody can tell."""
        if self.total is None or self.ends or self.silent is not None:
            return None
        return self._speed.left(self.total)

    @property
    def silent(self) -> float | None:
        """Seconds that no reply has come for; None where that is no longer than is usual here."""
        seconds = self._quiet()
        if seconds < _QUIET or not (self.asks or self._asked):
            return None
        took = self.traffic.latencies.percentile(95) if self.traffic else None
        apart = 1 / self._speed.rate if self._speed.rate else 0.0
        return seconds if seconds >= _TWICE * max(took or 0.0, apart) else None

    def _quiet(self) -> float:
        replies = sum(self.ledger.calls.values()) if self.ledger else 0
        return self._silence.seconds(self.done + replies, self.clock())

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
    def pace(self) -> str:
        """'63/s'; '' where nothing comes."""
        return _rate(self.rate) if self.rate else ""

    @property
    def paid(self) -> str:
        """'$0.4123'; '' where nothing had to be asked for."""
        if not self._asked:
            return ""
        return "cost unknown" if self.cost == UNKNOWN else dollars(self.cost)

    @property
    def failed(self) -> str:
        """'2 errors'; '' where there are none."""
        return counted(self.errors, "error") if self.errors else ""

    @property
    def line(self) -> str:
        """'grading: 412 of 1,000, 63/s, $0.4123, 2 errors, about 10 s left'."""
        of = "" if self.total is None else f" of {self.total:,}"
        left = "" if self.left is None else f"about {_rough(self.left)} left"
        facts = (self.pace, self.paid, self.failed, left, self._instead)
        return ", ".join([f"{self.what}: {self.done:,}{of}", *filter(None, facts)])

    @property
    def cells(self) -> dict[str, str]:
        """The same, cell by cell, for a line on a terminal; what there is not is left out."""
        cells = {
            "what": self.what,
            "count": self.count,
            "pace": self.pace,
            "paid": self.paid,
            "failed": self.failed,
            "left": "" if self.left is None else _clock(self.left),
            "instead": self._instead,
        }
        return {name: text for name, text in cells.items() if text}

    @property
    def _instead(self) -> str:
        """What is told in the place of the time left; '' where that can be told, or nothing."""
        if self.silent is None:
            return "ending" if self.ends else ""
        if pause := self.pause():
            return f"waits {_rough(pause)} for the endpoint's limit"
        return f"no reply for {_rough(self.silent)}"

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
            "seconds_silent": None if self.silent is None else round(self.silent, 1),
        }

    @property
    def _asked(self) -> bool:
        return self.ledger is not None and self.ledger.calls["endpoint"] > 0


def _rate(rate: float) -> str:
    if rate >= 9.95:  # '10/s', and not '10.0/s'
        return f"{rate:,.0f}/s"
    return f"{rate:.1f}/s" if rate >= 1 else f"{60 * rate:.1f}/min"


def _rough(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 59.5:
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


def fitting(cells: Mapping[str, str], width: int) -> dict[str, str]:
    """The cells that a line of this width has room for, one blank apart.

    What it has none for goes in this order: the time left, the rate, the errors, the name, what
    stands in the place of the time left. The count and the cost always stand.
    """
    found = dict(cells)
    for name in ("left", "pace", "failed", "what", "instead"):
        if _width(found) <= width:
            break
        found.pop(name, None)
    return found


def _width(cells: Mapping[str, str]) -> int:
    return len(" ".join(cells.values()))


def _drawn(progress: Progress, width: int) -> Table:
    """One line, so wide; where there is room a bar stands in it, then also what was done last."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    cells = fitting(progress.cells, width)
    room = width - _width(progress.cells)
    wide = min(max(room, 0) // (_METER + 1), 2)
    row: list[tuple[RenderableType, int | None]] = [
        (Text(text, style=_STYLES.get(name, "")), None) for name, text in cells.items()
    ]
    if wide:
        meter = ProgressBar(progress.total, progress.done, pulse=progress.total is None)
        row.insert(1, (meter, room // wide - 1))
    if wide > 1:
        row.append((Text(shortened(printable(progress.last))), room - room // wide - 1))
    line = Table.grid(padding=(0, 1))
    for _, columns in row:
        line.add_column(no_wrap=True, overflow="ellipsis", width=columns)
    line.add_row(*(cell for cell, _ in row))
    return line


def _clock(left: float) -> str:
    minutes, seconds = divmod(round(left), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02} left"
