from __future__ import annotations

import logging

import pytest

from answerbot.adapters.pacing import Pacer
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
