"""What a run used: every reply, where it came from, and what it cost."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from answerbot.domain.llm import Request, Usage
from answerbot.domain.prices import Cost, Price, total
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


@dataclass
class Ledger:
    """The replies that a run used, in the order in which they came.

    `price_of` tells the price of a model, None where nobody knows it. `unusable` are the replies
    that were paid for and could not be used: they count, and no replay needs them.
    """

    price_of: Callable[[str], Price | None]
    entries: list[Entry] = field(default_factory=list)
    unusable: list[Entry] = field(default_factory=list)

    def note(self, request: Request, recording: Recording, origin: Noted) -> None:
        """Add one reply."""
        _LOGGER.debug("%s: %s %s", request.label, origin, recording.key)
        if origin == "unusable":
            self.unusable.append(Entry(request, recording, "endpoint"))
        else:
            self.entries.append(Entry(request, recording, origin))

    @property
    def calls(self) -> dict[Origin, int]:
        """How many replies came from where; all three origins are there."""
        counts = Counter(entry.origin for entry in self._all())
        return {
            "recording": counts["recording"],
            "store": counts["store"],
            "endpoint": counts["endpoint"],
        }

    def usage(self, *origins: Origin) -> tuple[Usage, int]:
        """The tokens of the replies from there (of all, where none is named).

        The second value counts the replies whose tokens nobody counted.
        """
        tokens, uncounted = Usage(input_tokens=0, output_tokens=0), 0
        for entry in self._all():
            if origins and entry.origin not in origins:
                continue
            if entry.recording.reply.usage is None:
                uncounted += 1
            else:
                tokens += entry.recording.reply.usage
        return tokens, uncounted

    @property
    def cost(self) -> Cost:
        """US dollars paid in this run; 'unknown' where one price or token count is."""
        return total(self.cost_of(entry) for entry in self._all())

    def cost_of(self, entry: Entry) -> Cost:
        """US dollars paid for one reply; what came from disk was free this time."""
        if entry.origin != "endpoint":
            return Decimal(0)
        usage = entry.recording.reply.usage
        price = self.price_of(entry.recording.request.model) if usage else None
        return price.cost(usage) if price and usage else "unknown"

    def recordings(self) -> list[Recording]:
        """The recordings that a replay of this run needs, each once, in order of first use."""
        return list({entry.recording.key: entry.recording for entry in self.entries}.values())

    def _all(self) -> list[Entry]:
        return [*self.entries, *self.unusable]
