"""What a model at an endpoint supports, and what a refusal teaches about that."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, get_args

from answerbot.adapters.refusals import Refusal

Rung = Literal["json_schema", "tools", "json_object", "text"]
"""A way to ask for a structured reply, the best first."""

RUNGS: tuple[Rung, ...] = get_args(Rung)

# How a server words that it refuses what we sent on a rung.
_REFUSED: dict[Rung, tuple[str, ...]] = {
    "json_schema": ("response_format", "json_schema", "schema", "structured", "grammar", "guided"),
    "tools": ("tool", "function", "schema"),
    "json_object": ("response_format", "json_object", "json mode", "json"),
    "text": (),
}
_REFUSALS = frozenset({400, 404, 405, 415, 422, 500, 501})
_PARAMETERS = ("max_completion_tokens", "temperature", "seed")


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a model at an endpoint turned out to support."""

    rung: Rung = "json_schema"
    refused: frozenset[str] = field(default_factory=frozenset)
    """Parameters that are not sent; for `max_completion_tokens`, `max_tokens` is."""
    proven: bool = False
    """Whether a reply of the right shape came in this way."""

    def to_json(self) -> str:
        """One line, for a store."""
        kept = {"rung": self.rung, "refused": sorted(self.refused), "proven": self.proven}
        return json.dumps(kept)

    @classmethod
    def from_json(cls, text: str | None) -> Abilities:
        """What `to_json` wrote; the best is assumed of what is not known."""
        try:
            value = json.loads(text or "{}")
            rung, refused = value.get("rung"), value.get("refused", [])
            known = frozenset(name for name in refused if name in _PARAMETERS)
        except (ValueError, AttributeError, TypeError):
            return cls()
        if rung not in RUNGS:
            return cls(refused=known)
        return cls(rung, known, proven=value.get("proven") is True)

    def next_rung(self) -> Abilities | None:
        """The same with the next best way to ask for a structured reply, if one is left."""
        below = RUNGS[RUNGS.index(self.rung) + 1 :]
        return replace(self, rung=below[0], proven=False) if below else None

    def last_rung(self) -> Abilities:
        """The same, and a structured reply is asked for in words alone."""
        return replace(self, rung=RUNGS[-1], proven=False)

    def after_refusal(
        self, refusal: Refusal, sent: Collection[str], *, structured: bool
    ) -> Abilities | None:
        """What to try next, if one of the members `sent` was refused, or the shape asked for.

        `structured` tells that a reply of some shape was asked for.
        """
        status = refusal.status
        if status not in _REFUSALS:
            return None
        said = f"{refusal.param} {refusal.message}".lower()
        for name in _PARAMETERS:
            if name in sent and re.search(rf"\b{name}\b", said):
                return replace(self, refused=self.refused | {name})
        if not structured:
            return None
        uninformative = status in (400, 422) and len(said.strip()) < len("bad request.....")
        if uninformative or any(word in said for word in _REFUSED[self.rung]):
            return self.next_rung()
        return None

    def joined(self, began: Abilities, found: Abilities) -> Abilities:
        """These, and what a request that `began` with others has `found`, at their best."""
        # Of requests that found it out side by side, the one that got the best is right.
        lower = RUNGS.index(found.rung) > RUNGS.index(self.rung)
        stays = self.proven and not began.proven and (lower or not found.proven)
        return replace(self if stays else found, refused=found.refused | self.refused)


class AbilityMemory(Protocol):
    """Where it is remembered what an endpoint supports."""

    def ability(self, endpoint: str, model: str) -> str | None:
        """What was remembered last, or None."""
        ...

    def remember_ability(self, endpoint: str, model: str, value: str) -> None:
        """This is remembered."""
        ...
