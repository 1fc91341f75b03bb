from __future__ import annotations

import asyncio
import logging

import pytest

from answerbot.adapters.pacing import START, Pacer, Ticket
from answerbot.adapters.turns import Line


class Clock:
    """Shows the time that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "answerbot")
    return caplog


async def refuse(line: Line, retry_after: float | None = None) -> None:
    ticket = await line.take(0)
    line.refused(ticket, retry_after)
    line.end(ticket)


async def test_answers_make_room_for_more() -> None:
    clock = Clock()
    line = Line(Pacer(64), clock=clock)
    first = [await line.take(0) for _ in range(START)]
    waiting = [asyncio.create_task(line.take(0)) for _ in range(64)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    clock.now = 0.2
    for ticket in first:
        line.answered(ticket, None, 0)
        line.end(ticket)
    await asyncio.sleep(0)
    assert sum(task.done() for task in waiting) > START
    for task in waiting:
        task.cancel()


async def test_who_goes_just_when_it_is_their_turn_keeps_no_place() -> None:
    line = Line(Pacer(1))
    first = await line.take(0)
    waiting = asyncio.create_task(line.take(0))
    await asyncio.sleep(0)
    line.end(first)
    waiting.cancel()  # its turn has come, and it has not heard of that
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wait_for(line.take(0), 5)


async def test_refusals_that_last_are_told_once(told: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    line = Line(Pacer(8), clock=clock)
    for clock.now in (0.0, 4.0):
        await refuse(line)
    assert told.messages == []
    for clock.now in (40.0, 80.0, 120.0):
        await refuse(line)
    [message] = told.messages
    assert "asks to slow down" in message
    assert "requests a second" in message


async def test_a_long_pause_is_told_when_it_begins(told: pytest.LogCaptureFixture) -> None:
    line = Line(Pacer(8), clock=Clock())
    await refuse(line, retry_after=60.0)
    [message] = told.messages
    assert "60 s" in message


async def test_a_short_pause_is_not_worth_a_word(told: pytest.LogCaptureFixture) -> None:
    line = Line(Pacer(8), clock=Clock())
    await refuse(line, retry_after=1.0)
    assert told.messages == []


async def hear_nothing_left(line: Line, reset: str) -> asyncio.Task[Ticket]:
    """The first request ends with headers that leave nothing; the second waits."""
    ticket = await line.take(0)
    line.hear(ticket, {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": reset})
    line.end(ticket)
    waiting = asyncio.create_task(line.take(0))
    await asyncio.sleep(0)
    return waiting


@pytest.mark.parametrize(
    ("reset", "words"),
    [("20s", "nothing for 20 s"), ("1d", "for 86400 s; one request now and then")],
)
async def test_headers_that_leave_nothing_for_long_are_told_of_once(
    told: pytest.LogCaptureFixture, reset: str, words: str
) -> None:
    line = Line(Pacer(8, patience=600), clock=Clock())
    waiting = [await hear_nothing_left(line, reset), asyncio.create_task(line.take(0))]
    await asyncio.sleep(0)
    [message] = told.messages
    assert words in message
    assert line.pause >= 20
    for task in waiting:
        task.cancel()


async def test_headers_that_leave_nothing_for_a_moment_are_not_worth_a_word(
    told: pytest.LogCaptureFixture,
) -> None:
    waiting = await hear_nothing_left(Line(Pacer(8), clock=Clock()), "2s")
    assert told.messages == []
    waiting.cancel()


async def test_while_a_request_is_on_its_way_or_nobody_waits_there_is_no_pause() -> None:
    clock = Clock()
    line = Line(Pacer(8), clock=clock)
    assert line.pause == 0
    first = await line.take(0)
    second = await line.take(0)
    line.refused(first, 60.0)
    line.end(first)
    waiting = asyncio.create_task(line.take(0))
    await asyncio.sleep(0)
    assert line.pause == 0
    line.end(second)
    assert line.pause == 60
    clock.now = 60.0
    assert line.pause == 0
    waiting.cancel()
