from __future__ import annotations

from decimal import Decimal

import genai_prices
import pytest
from genai_prices.data_snapshot import get_snapshot

from answerbot.adapters.prices import price_list
from answerbot.domain.llm import Usage
from answerbot.domain.prices import FlatPrice

MILLION = Usage(input_tokens=1_000_000, output_tokens=0)
OPENAI = "https://api.openai.com/v1"


def test_the_configured_price_goes_before_the_listed_one() -> None:
    mine = FlatPrice(Decimal(7), Decimal(8))
    assert price_list({"gpt-4o-mini": mine}, OPENAI)("gpt-4o-mini") is mine


@pytest.mark.parametrize("endpoint", [OPENAI, "http://127.0.0.1:8000/v1", None])
def test_a_listed_model_has_its_list_price_also_behind_a_proxy(endpoint: str | None) -> None:
    price = price_list({}, endpoint)("gpt-4o-mini")
    assert price is not None
    assert price.cost(MILLION) == Decimal("0.15")
    assert price.cost(Usage(input_tokens=0, output_tokens=1_000_000)) == Decimal("0.6")


def test_cached_tokens_are_cheaper_where_the_list_says_so() -> None:
    price = price_list({}, OPENAI)("gpt-4o-mini")
    assert price is not None
    cached = Usage(input_tokens=1_000_000, output_tokens=0, cached_tokens=1_000_000)
    assert price.cost(cached) == Decimal("0.075")


def test_every_price_is_what_the_list_makes_of_it() -> None:
    used = Usage(input_tokens=300_000, output_tokens=1234, cached_tokens=100_000)
    listed = genai_prices.Usage(input_tokens=300_000, output_tokens=1234, cache_read_tokens=100_000)
    models = [one.id for one in get_snapshot().find_provider(None, "openai", None).models]
    priced = {model: price for model in models if (price := price_list({}, OPENAI)(model))}
    assert len(priced) > 50
    for model, price in priced.items():
        want = genai_prices.calc_price(listed, model, provider_id="openai").total_price
        assert price.cost(used) == want, model


@pytest.mark.parametrize("model", ["local-assistant", "llama3", "qwen2.5:7b"])
def test_an_unlisted_model_has_no_price_and_not_a_price_of_zero(model: str) -> None:
    assert price_list({}, "http://127.0.0.1:8000/v1")(model) is None
