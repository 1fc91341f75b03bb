"""Price, Cost, and how many tokens a request comes to at most."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, Protocol

from answerbot.domain.llm import Request, Usage

UNKNOWN: Final = "unknown"

Cost = Decimal | Literal["unknown"]
"""US dollars, or 'unknown': where a price or the tokens are not known, never 0."""

_MILLION = Decimal(1_000_000)
_TOKENS_A_MESSAGE = 8
# English is about four bytes a token, formulas and other scripts less; two is on the safe side.
_BYTES_A_TOKEN_AT_LEAST = 2
_CHARACTERS_A_TOKEN = 4


class Price(Protocol):
    """What a model costs."""

    def cost(self, usage: Usage) -> Decimal:
        """US dollars for so many tokens."""
        ...


@dataclass(frozen=True, slots=True)
class FlatPrice:
    """US dollars per million tokens; `cached_input` is as `input` where it is None."""

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None

    def cost(self, usage: Usage) -> Decimal:
        """US dollars for so many tokens."""
        cached = self.input if self.cached_input is None else self.cached_input
        fresh_tokens = max(0, usage.input_tokens - usage.cached_tokens)
        return (
            fresh_tokens * self.input
            + usage.cached_tokens * cached
            + usage.output_tokens * self.output
        ) / _MILLION


def most_input_tokens(request: Request) -> int:
    """How many tokens the request is at most, for budgets."""
    size = sum(len(message.content.encode()) for message in request.messages)
    if request.reply_schema is not None:
        size += len(str(request.reply_schema.json_schema).encode())
    return size // _BYTES_A_TOKEN_AT_LEAST + _TOKENS_A_MESSAGE * (len(request.messages) + 1)


def likely_input_tokens(request: Request) -> int:
    """About how many tokens the request is, for plans."""
    return len(str(request.sent())) // _CHARACTERS_A_TOKEN
