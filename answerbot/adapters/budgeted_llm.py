"""Bound what is spent: stop before the attempt that could exceed the budget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

from answerbot.domain.errors import BudgetError, EndpointError, InputError, Problem, StoppedError
from answerbot.domain.llm import (
    LLM,
    ChargedReplyError,
    Reply,
    Request,
    TransientError,
    Usage,
)
from answerbot.domain.prices import Price, most_input_tokens


class BudgetedLLM:
    """Never more spent than `budget` dollars.

    An attempt is made only if all that is spent, all that is in flight at its worst, and this
    attempt at its worst stay within the budget. At its worst a reply has `max_output_tokens`. Until
    then it waits for attempts in flight, which mostly cost less than that.

    Raises (on `complete`):
        BudgetError: the attempt could exceed the budget whatever those in flight cost; it was not
            made.
        InputError: nobody knows the price, or the length of the reply is not bounded.
    """

    def __init__(self, llm: LLM, budget: Decimal, price_of: Callable[[str], Price | None]) -> None:
        self._llm = llm
        self._budget = budget
        self._price_of = price_of
        self._reserved = Decimal(0)
        self._turn = asyncio.Lock()
        self._booked = asyncio.Event()
        self.spent = Decimal(0)

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind, if the budget allows it at its worst."""
        price = require_price(request.model, self._price_of)
        worst = price.cost(_most(request))
        await self._reserve(request, worst)
        paid = worst  # until it is known better: a call that was broken off may be charged
        try:
            reply = await self._llm.complete(request)
            paid = price.cost(reply.usage) if reply.usage else worst
        except ChargedReplyError as error:
            paid = price.cost(error.usage) if error.usage else worst
            raise
        except TransientError as error:
            paid = worst if error.charged else Decimal(0)
            raise
        except (EndpointError, StoppedError):
            paid = Decimal(0)
            raise
        finally:
            self._book(worst, paid)
        return reply

    async def _reserve(self, request: Request, worst: Decimal) -> None:
        async with self._turn:  # in order of arrival: a dear call is not passed over for ever
            while self.spent + self._reserved + worst > self._budget:
                if self.spent + worst > self._budget:
                    raise BudgetError(self._refusal(request, worst))
                self._booked.clear()
                await self._booked.wait()
            self._reserved += worst

    def _book(self, reserved: Decimal, paid: Decimal) -> None:
        self._reserved -= reserved
        self.spent += paid
        self._booked.set()

    def _refusal(self, request: Request, worst: Decimal) -> Problem:
        what = (
            f"{request.label or 'the next call'} could cost ${worst:.4f}, which is more than is "
            f"left of the budget of ${self._budget} (spent ${self.spent:.4f}); it was not asked"
        )
        return Problem(what, hint="raise --budget; what was paid for is kept")


def require_price(model: str, price_of: Callable[[str], Price | None]) -> Price:
    """The price of the model.

    Raises:
        InputError: nobody knows it.
    """
    price = price_of(model)
    if price is None:
        what = f"the price of model {model!r} is unknown, so a budget cannot be kept"
        hint = (
            f'name it in answerbot.toml: [prices."{model}"] with input and output in USD per '
            "million tokens (0 where it is free), or leave the budget out"
        )
        raise InputError(Problem(what, hint=hint))
    return price


def _most(request: Request) -> Usage:
    if request.max_output_tokens is None:
        what = "a budget cannot be kept where the length of a reply is not bounded"
        raise InputError(Problem(what, hint="set [model] max_output_tokens"))
    return Usage(input_tokens=most_input_tokens(request), output_tokens=request.max_output_tokens)
