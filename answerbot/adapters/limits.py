"""What bounds the requests of a run, of however many processes it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from answerbot.adapters.config import Config
from answerbot.adapters.pacing import Pacer
from answerbot.adapters.purse import OwnPurse, Purse
from answerbot.adapters.turns import Line, Turns


@dataclass(frozen=True)
class Limits:
    """When a request may go out, and what it may cost; `purse` is None where that is not bounded.

    `pause` tells for how many seconds the endpoint wants nothing. All are used on one event loop.
    """

    turns: Turns
    purse: Purse | None
    pause: Callable[[], float] = lambda: 0.0


def own_limits(config: Config, stopping: Callable[[], bool] = lambda: False) -> Limits:
    """The limits that the configuration sets, for a run of one process.

    Nobody waits for anything but a place once `stopping` says so.
    """
    model = config.model
    pacer = Pacer(
        model.max_concurrency,
        model.requests_per_minute,
        model.tokens_per_minute,
        patience=model.patience,
    )
    purse = None if config.budget is None else OwnPurse(config.budget)
    line = Line(pacer, stopping=stopping)
    return Limits(line, purse, lambda: line.pause)
