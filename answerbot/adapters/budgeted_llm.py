"""Bound what is spent: stop before the attempt that could exceed the budget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

from answerbot.adapters.purse import Purse
from answerbot.adapters.spent import OtherWayError, Spent
from answerbot.domain.errors import BudgetError, EndpointError, InputError, Problem, StoppedError
from answerbot.domain.llm import (
    LLM,
    ChargedReplyError,
    Reply,
    Request,
    Usage,
)
from answerbot.domain.prices import Price, most_input_tokens


class BudgetedLLM:
    """Never more spent than the purse holds.

    An attempt is made only if the purse has room for it at its worst. At its worst a reply has
    `max_output_tokens`. Until then it waits for attempts in flight, which mostly cost less than
    that. What is to be asked in another way is one more attempt. A request that `finds_out` how to
    ask goes alone, and others that would find it out, too, wait before they are paid for.

    Raises (on `complete`):
        BudgetError: the attempt could exceed the budget whatever those in flight cost; it was not
            made.
        InputError: nobody knows the price, or the length of the reply is not bounded.
    """

    def __init__(
        self,
        llm: LLM,
        purse: Purse,
        price_of: Callable[[str], Price | None],
        finds_out: Callable[[Request], bool] = lambda _: False,
    ) -> None:
        self._llm = llm
        self._purse = purse
        self._price_of = price_of
        self._finds_out = finds_out
        self._finding_out = asyncio.Lock()

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind, if the budget allows it at its worst."""
        if self._finds_out(request):
            async with self._finding_out:
                if self._finds_out(request):
                    return await self._in_any_way(request)
        return await self._in_any_way(request)

    async def _in_any_way(self, request: Request) -> Reply:
        spent = Spent()
        while True:
            try:
                return spent.on(await self._attempt(request))
            except OtherWayError as ignored:
                spent.add(ignored.usage)
            except (BudgetError, EndpointError, ChargedReplyError) as error:
                spent.tell(error)
                raise

    async def _attempt(self, request: Request) -> Reply:
        price = require_price(request.model, self._price_of)
        worst = price.cost(_most(request))
        spent = await self._purse.reserve(worst)
        if spent is not None:
            raise BudgetError(self._refusal(request, worst, spent))
        paid = worst  # until it is known better: a call that was broken off may be charged
        try:
            reply = await self._llm.complete(request)
            paid = price.cost(reply.usage) if reply.usage else worst
        except (ChargedReplyError, OtherWayError) as error:
            paid = price.cost(error.usage) if error.usage else worst
            raise
        except EndpointError as error:
            paid = price.cost(error.usage) if error.usage else Decimal(0)
            paid += worst if error.charged else 0
            raise
        except StoppedError:
            paid = Decimal(0)
            raise
        finally:
            self._purse.book(worst, paid)
        return reply

    def _refusal(self, request: Request, worst: Decimal, spent: Decimal) -> Problem:
        # Without the amounts, which differ: many answers share the reason, and it is told once.
        what = (
            f"{request.label or 'the next call'} could cost more than is left of the budget of "
            f"${self._purse.budget.normalize():f}; it was not asked"
        )
        hint = (
            f"${spent:.4f} is spent, and the longest reply makes it ${worst:.4f} more: raise "
            "--budget, or lower [model] max_output_tokens; what was paid for is kept"
        )
        return Problem(what, hint=hint)


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
