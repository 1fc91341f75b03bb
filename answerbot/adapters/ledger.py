"""What a run used: how many replies came from where, their tokens, and what they cost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from answerbot.domain.llm import Request, Usage
from answerbot.domain.prices import UNKNOWN, Cost, Price
from answerbot.domain.recording import Recording

_LOGGER = logging.getLogger("answerbot")

Origin = Literal["recording", "store", "endpoint"]
Noted = Literal[Origin, "unusable"]
"""An unusable reply is the endpoint's, and paid for, and answers nothing."""

Note = Callable[[Request, Recording, Noted], None]
"""Called with the request as it was asked, the recording that answers it, and whence that is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One reply that was used.

    `request` is what was asked for; `recording.request` may differ from it in the model.
    """

    request: Request
    recording: Recording
    origin: Origin


@dataclass(slots=True)
class _Sum:
    """What came from one place; `uncounted` are the replies whose tokens nobody counted."""

    replies: int = 0
    uncounted: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0

    def add(self, usage: Usage | None) -> None:
        self.replies += 1
        if usage is None:
            self.uncounted += 1
            return
        self.input_tokens += usage.input_tokens
        self.output_tokens += usage.output_tokens
        self.cached_tokens += usage.cached_tokens

    def merge(self, other: _Sum) -> None:
        self.replies += other.replies
        self.uncounted += other.uncounted
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens
        self.cached_tokens += other.cached_tokens


def _nothing() -> dict[Origin, _Sum]:
    return {"recording": _Sum(), "store": _Sum(), "endpoint": _Sum()}


def _unknown(_: str) -> None:
    """The price of any model, where what was paid is reckoned already."""


@dataclass
class Ledger:
    """The account of a run, kept as sums: its size does not grow with the run.

    `price_of` tells the price of a model, None where nobody knows it. Where `keeping`, `entries`
    are the replies that were used, in the order in which they came; `models` made them. `cost` is
    what was paid in this run, 'unknown' where one price or token count is.
    """

    price_of: Callable[[str], Price | None]
    keeping: bool = False
    entries: list[Entry] = field(default_factory=list)
    models: set[str] = field(default_factory=set)
    cost: Cost = Decimal(0)
    _sums: dict[Origin, _Sum] = field(default_factory=_nothing)
    _looking_up: bool = False

    def note(self, request: Request, recording: Recording, origin: Noted) -> None:
        """Add one reply; one that could not be used counts as well, and no replay needs it."""
        if self._looking_up:
            return
        _log(request, recording, origin)
        usage = recording.reply.usage
        used_from: Origin = "endpoint" if origin == "unusable" else origin
        self._sums[used_from].add(usage)
        if used_from == "endpoint":
            self._pay(recording.request.model, usage)
        if origin == "unusable":
            return
        self.models.add(recording.request.model)
        if self.keeping:
            self.entries.append(Entry(request, recording, used_from))

    def merge(self, other: Ledger) -> None:
        """What was noted elsewhere is noted here, too."""
        for origin, told in other._sums.items():
            self._sums[origin].merge(told)
        self.models |= other.models
        if self.cost == UNKNOWN or other.cost == UNKNOWN:
            self.cost = UNKNOWN
        else:
            self.cost += other.cost
        if self.keeping:
            self.entries += other.entries

    def handed_over(self) -> Ledger:
        """What was noted so far, to be merged elsewhere; from here on it is noted anew."""
        noted = replace(self, price_of=_unknown)
        self.entries, self.models, self.cost, self._sums = [], set(), Decimal(0), _nothing()
        return noted

    @contextmanager
    def looking_up(self) -> Iterator[None]:
        """What is found meanwhile is for a plan: the run has used none of it."""
        self._looking_up = True
        try:
            yield
        finally:
            self._looking_up = False

    @property
    def calls(self) -> dict[Origin, int]:
        """How many replies came from where; all three origins are there."""
        return {origin: told.replies for origin, told in self._sums.items()}

    def usage(self, *origins: Origin) -> tuple[Usage, int]:
        """The tokens of the replies from there (of all, where none is named).

        The second value counts the replies whose tokens nobody counted.
        """
        sums = [told for origin, told in self._sums.items() if not origins or origin in origins]
        tokens = Usage(
            input_tokens=sum(told.input_tokens for told in sums),
            output_tokens=sum(told.output_tokens for told in sums),
            cached_tokens=sum(told.cached_tokens for told in sums),
        )
        return tokens, sum(told.uncounted for told in sums)

    def recordings(self) -> list[Recording]:
        """The recordings that a replay of this run needs, each once, in order of first use."""
        return list({entry.recording.key: entry.recording for entry in self.entries}.values())

    def _pay(self, model: str, usage: Usage | None) -> None:
        if self.cost == UNKNOWN:
            return
        price = self.price_of(model) if usage else None
        self.cost = self.cost + price.cost(usage) if price and usage else UNKNOWN


def _log(request: Request, recording: Recording, origin: Noted) -> None:
    if _LOGGER.isEnabledFor(logging.DEBUG):
        fields = {
            "event": "reply",
            "key": recording.key,
            "label": request.label,
            "origin": origin,
        }
        _LOGGER.debug("reply", extra={"fields": fields})
