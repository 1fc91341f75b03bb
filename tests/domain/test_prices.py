from __future__ import annotations

from decimal import Decimal

from answerbot.domain.llm import Usage
from answerbot.domain.prices import FlatPrice, most_input_tokens
from tests.adapters.requests import request


def test_cached_tokens_are_charged_at_their_own_price() -> None:
    price = FlatPrice(Decimal(2), Decimal(10), Decimal("0.5"))
    usage = Usage(input_tokens=1000, output_tokens=100, cached_tokens=400)
    # 600 fresh at $2, 400 cached at $0.50, 100 written at $10, all for a million
    assert price.cost(usage) == Decimal("0.0024")


def test_cached_tokens_without_a_price_are_charged_as_fresh_ones() -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=0, cached_tokens=500_000)
    assert FlatPrice(Decimal(2), Decimal(10)).cost(usage) == 2


def test_a_request_is_at_most_half_as_many_tokens_as_bytes_and_a_few_a_message() -> None:
    text = "Σ" * 1000  # two bytes each
    assert 1000 <= most_input_tokens(request(text)) <= 1050
