"""What a person, or a program, sees of a run while it goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import re
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal

import pytest

from answerbot.adapters.ledger import Ledger
from answerbot.cli import notices, progress
from answerbot.cli.progress import Progress
from answerbot.cli.running import Watch
from answerbot.domain.errors import AwaitedError, EndpointError, StoppedError
from answerbot.domain.prices import FlatPrice
from answerbot.domain.traffic import Traffic
from tests.adapters.requests import recording, request

NOTHING = Ledger(lambda _: None)


class Clock:
    """Stands still unless it is moved on."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def paid(dollars: str) -> Ledger:
    """The account of a run that paid so much for one reply of 100 tokens and 10 written."""
    ledger = Ledger(lambda _: FlatPrice(Decimal(dollars) * 10_000, Decimal(0)))
    ledger.note(request(), recording(request()), "endpoint")
    return ledger


def after(seconds: float, done: int, ledger: Ledger = NOTHING, errors: int = 0) -> Progress:
    """Grading 1,000 answers; done at an even pace."""
    clock = Clock()
    made = Progress("grading", 1000, ledger, clock=clock)
    for number in range(done):
        clock.now += seconds / done
        if number < errors:
            made.fail(EndpointError("500"))
        made(f"candidate-{number}")
    return made


def test_the_line_tells_count_rate_cost_errors_and_time_left() -> None:
    line = after(10, 400, paid("0.4123"), errors=2).line
    assert line == "grading: 400 of 1,000, 40/s, $0.4123, 2 errors, about 15 s left"


def test_what_there_is_not_is_not_told() -> None:
    assert after(0, 0).line == "grading: 0 of 1,000"
    restarted = after(10, 100)
    restarted.resume()
    assert restarted.line == "grading: 100 of 1,000"
    assert after(2, 2).line == "grading: 2 of 1,000, 1.0/s"
    assert after(60, 20).line == "grading: 20 of 1,000, 20.0/min, about 49 min left"


def test_an_unknown_cost_is_no_cost_of_zero() -> None:
    ledger = Ledger(lambda _: None)
    ledger.note(request(), recording(request()), "endpoint")
    assert after(10, 400, ledger).line.startswith("grading: 400 of 1,000, 40/s, cost unknown, ")


def test_what_was_stopped_or_is_awaited_is_no_error() -> None:
    made = after(1, 1)
    made.fail(StoppedError("stopped before the next request"))
    made.fail(AwaitedError("a batch is under way"))
    assert made.errors == 0


def test_hours_are_told_as_hours() -> None:
    assert after(300, 20).line.endswith("about 4 h 5 min left")  # 980 more, 15 s each


def test_where_nobody_knows_how_many_there_are_no_time_left_is_told() -> None:
    clock = Clock()
    made = Progress("grading", None, NOTHING, clock=clock)
    for _ in range(20):
        clock.now += 0.1
        made("somebody")
    assert made.line == "grading: 20, 10/s"
    assert made.fields["seconds_left"] is None


def test_time_spent_on_a_question_does_not_count() -> None:
    made = after(10, 100)
    clock = made.clock
    assert isinstance(clock, Clock)
    clock.now += 60
    made.resume()
    for _ in range(100):
        clock.now += 0.1
        made("somebody")
    assert made.rate == pytest.approx(10)


def test_programs_get_the_same_in_fields() -> None:
    assert after(10, 400, paid("0.4123"), errors=2).fields == {
        "what": "grading",
        "done": 400,
        "total": 1000,
        "errors": 2,
        "per_second": 40.0,
        "cost_usd": 0.4123,
        "seconds_left": 15.0,
        "seconds_silent": None,
    }


def later(made: Progress, seconds: float) -> Progress:
    """The same, when nothing has come for so long."""
    assert isinstance(made.clock, Clock)
    made.clock.now += seconds
    return made


def test_where_no_reply_comes_that_is_told_and_no_time_left_that_grows() -> None:
    made = later(after(10, 400, paid("0.4123"), errors=2), 90)
    assert made.line == "grading: 400 of 1,000, $0.4123, 2 errors, no reply for 2 min"
    assert (made.fields["seconds_left"], made.fields["seconds_silent"]) == (None, 90.0)
    assert made.fields["per_second"] == 0
    made("candidate-400")
    assert made.silent is None
    assert made.left is not None


def test_a_pause_that_the_endpoint_wants_is_no_silence() -> None:
    made = later(after(10, 400, paid("0.4123")), 20)
    made.pause = lambda: 40.0
    assert made.line == "grading: 400 of 1,000, $0.4123, waits 40 s for the endpoint's limit"
    made.pause = lambda: 0.0
    assert made.line == "grading: 400 of 1,000, $0.4123, no reply for 20 s"


def test_the_time_left_does_not_grow_in_a_pause_that_is_not_told_yet() -> None:
    made = after(10, 400, paid("0.4123"))
    assert later(made, 4).left == pytest.approx(15)


def test_before_the_first_reply_it_is_told_once_the_plan_was_agreed_to() -> None:
    made = later(after(0, 0), 20)
    assert made.line == "grading: 0 of 1,000"
    made.asks = True
    assert made.line == "grading: 0 of 1,000, no reply for 20 s"


def test_no_more_is_made_of_a_pause_than_is_usual() -> None:
    assert later(after(10, 400, paid("1")), 4).silent is None
    assert later(after(300, 20, paid("1")), 29).silent is None  # one came every 15 s
    slow = after(10, 400, paid("1"))
    slow.traffic = Traffic()
    slow.traffic.answered("key", 60.0)
    assert later(slow, 110).silent is None
    assert later(slow, 20).silent is not None


def test_replies_are_news_where_nothing_is_done_yet() -> None:
    ledger = paid("1")
    made = later(after(10, 400, ledger), 90)
    assert made.silent
    ledger.note(request(), recording(request()), "endpoint")
    assert made.silent is None


def test_after_the_first_interrupt_no_time_is_told_for_what_will_not_be_begun() -> None:
    made = after(10, 400, paid("0.4123"))
    made.ends = True
    assert made.line == "grading: 400 of 1,000, 40/s, $0.4123, ending"


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A line every 10 ms; notices as at the start of a command."""
    monkeypatch.setattr(progress, "EVERY", 0.01)
    notices.show_notices()
    yield
    notices.show_notices()


async def some_work(total: int = 3) -> None:
    with Watch(ledger=NOTHING).progress(total, "grading") as done:
        for number in range(total):
            await asyncio.sleep(0.1)
            done(f"candidate-{number}")
        await asyncio.sleep(0.1)


@pytest.mark.usefixtures("often")
async def test_without_a_terminal_there_is_a_line_every_so_often(
    capsys: pytest.CaptureFixture[str],
) -> None:
    await some_work()
    printed = capsys.readouterr()
    assert printed.out == ""
    told = printed.err.splitlines()
    assert told[0] == "grading: 0 of 3"
    assert re.fullmatch(r"grading: 3 of 3, [0-9.]+/s, about 1 s left", told[-1])


@pytest.mark.usefixtures("often")
async def test_with_q_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    notices.be_quiet()
    await some_work()
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("often")
async def test_with_v_it_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    notices.be_verbose()
    await some_work()
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {one["event"] for one in told} == {"progress"}
    assert [told[0]["done"], told[-1]["done"]] == [0, 3]


async def test_a_short_run_tells_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    notices.show_notices()
    await some_work()
    assert capsys.readouterr().err == ""


class Terminal:
    """A terminal in place of stderr; somebody reads what is written there, or it would be full."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        self._theirs = os.fdopen(theirs, "w")
        self._written = bytearray()
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def plug_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """To be called by the test: before it begins, pytest puts its own stderr in place."""
        monkeypatch.setattr(sys, "stderr", self._theirs)
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")
        notices.show_notices()

    def unplug(self) -> str:
        """What was written, without colours and movements."""
        self._theirs.close()
        self._reading.join()
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._written.decode())

    def close(self) -> None:
        """There is no terminal any more."""
        self.unplug()
        os.close(self._ours)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # the other end is closed
            while some := os.read(self._ours, 4096):
                self._written += some


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


def drawn(columns: int, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the bar is in the end."""
    terminal.plug_in(monkeypatch)
    monkeypatch.setenv("COLUMNS", str(columns))
    with Watch(ledger=paid("0.4123")).progress(1000, "grading") as done:
        for number in range(412):
            if number < 2:
                done.fail(EndpointError("500"))
            done(f"Ada\x1b[31m\nLovelace {number}")
    lines = re.split(r"[\r\n]+", terminal.unplug())
    return next(line.rstrip() for line in reversed(lines) if line.strip())


def test_on_a_terminal_a_bar_tells_all_in_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert re.fullmatch(
        r"grading ━+[╸╺]?━* 412/1,000 [0-9,]+/s \$0.4123 2 errors 0:00:0[0-9] left "
        r"Ada\\x1b\[31m Lovelace 411",
        drawn(140, terminal, monkeypatch),
    )


@pytest.mark.parametrize("columns", [20, 40, 60, 80])
def test_on_a_narrow_terminal_it_stays_one_line(
    columns: int, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = drawn(columns, terminal, monkeypatch)
    assert len(line) <= columns
    assert re.search(r"412/1,000 .*\$0\.4123", line)
    assert ("━" in line) == (columns >= 80)


CELLS = {
    "what": "grading",
    "count": "412/1,000",
    "pace": "63/s",
    "paid": "$0.4123",
    "failed": "2 errors",
    "left": "0:00:09 left",
}


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (54, "grading 412/1,000 63/s $0.4123 2 errors 0:00:09 left"),
        (51, "grading 412/1,000 63/s $0.4123 2 errors"),
        (38, "grading 412/1,000 $0.4123 2 errors"),
        (33, "grading 412/1,000 $0.4123"),
        (24, "412/1,000 $0.4123"),
        (8, "412/1,000 $0.4123"),
    ],
)
def test_what_there_is_no_room_for_goes_in_turn_and_never_the_cost(width: int, told: str) -> None:
    assert " ".join(progress.fitting(CELLS, width).values()) == told


def test_that_no_reply_comes_is_told_on_a_narrow_terminal_too() -> None:
    cells = {**CELLS, "left": "", "pace": "", "instead": "no reply for 19 s"}
    shown = {name: text for name, text in cells.items() if text}
    told = " ".join(progress.fitting(shown, 37).values())
    assert told == "412/1,000 $0.4123 no reply for 19 s"


def test_a_notice_stands_above_the_bar_and_not_in_it(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.plug_in(monkeypatch)
    with Watch(ledger=NOTHING).progress(3, "grading"):
        notices.notice("waiting for another run: [red]no markup[/red] " + "and more " * 20)
    notices.notice("done")
    lines = [line.strip() for line in re.split(r"[\r\n]+", terminal.unplug())]
    assert "waiting for another run: [red]no markup[/red] " + "and more " * 19 + "and more" in lines
    assert lines[-2:] == ["done", ""]


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_where_bars_are_unwelcome_none_is_drawn_on_a_terminal_either(
    name: str, value: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.plug_in(monkeypatch)
    monkeypatch.setenv(name, value)
    asyncio.run(some_work())
    assert terminal.unplug() == ""
