"""What a model costs: as the configuration says, else as the price list in genai-prices has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from answerbot.domain.llm import Usage
from answerbot.domain.prices import FlatPrice, Price

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """A price of the list that comes with genai-prices; nothing is fetched."""

    model: str
    provider: str

    def cost(self, usage: Usage) -> Decimal:
        """US dollars for so many tokens."""
        import genai_prices

        tokens = genai_prices.Usage(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cached_tokens,
        )
        found = genai_prices.calc_price(tokens, self.model, provider_id=self.provider)
        return Decimal(found.total_price)


def price_list(
    configured: Mapping[str, FlatPrice], endpoint: str | None
) -> Callable[[str], Price | None]:
    """A function that tells the price of a model at this endpoint, None where nobody knows it.

    An endpoint that the list does not have (a proxy, a server of one's own) is taken to charge
    what OpenAI does for a model of the same name.
    """

    @cache  # it is asked for with each reply, and to look a model up takes a while
    def price_of(model: str) -> Price | None:
        return configured.get(model) or _listed(model, endpoint)

    return price_of


def _listed(model: str, endpoint: str | None) -> Price | None:
    from genai_prices.data_snapshot import get_snapshot

    snapshot = get_snapshot()
    try:
        provider = snapshot.find_provider(None, None, endpoint).id
    except LookupError:
        provider = "openai"
    try:
        _, found = snapshot.find_provider_model(model, None, provider, None)
    except LookupError:
        return None
    return _flat(found) or ListedPrice(model, provider)


def _flat(model: ModelInfo) -> FlatPrice | None:
    """The price of the list where text costs the same always; to reckon with it takes no time."""
    from genai_prices.types import ModelPrice

    if not isinstance(model.prices, ModelPrice):
        return None
    prices = {name: price for name, price in vars(model.prices).items() if price is not None}
    if not all(name.endswith(("_mtok", "_searches_kcount")) for name in prices):
        return None
    input_, output, cached = (
        prices.get(f"{name}_mtok") for name in ("input", "output", "cache_read")
    )
    if not isinstance(input_, Decimal) or not isinstance(output, Decimal):
        return None
    return (
        FlatPrice(input_, output, cached) if cached is None or isinstance(cached, Decimal) else None
    )
