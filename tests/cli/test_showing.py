"""What a run tells of itself in the end."""

from __future__ import annotations

from decimal import Decimal

import pytest

from answerbot.adapters.config import load_config
from answerbot.adapters.ledger import Origin
from answerbot.cli.showing import seconds, took, usage_json
from answerbot.cli.stack import Stack, build_stack
from answerbot.domain.llm import Reply, Usage
from answerbot.domain.prices import FlatPrice
from answerbot.domain.recording import Recording
from tests.adapters.requests import recording, request

PRICE = FlatPrice(Decimal(1), Decimal(10), Decimal("0.5"))


@pytest.fixture
def stack() -> Stack:
    """Nothing was asked yet, and every model has a price."""
    stack = build_stack(load_config(flags={"model.mode": "replay"}))
    stack.ledger.price_of = lambda _: PRICE
    return stack


def use(stack: Stack, text: str, origin: Origin, cached: int = 0) -> None:
    used = Usage(input_tokens=1000, output_tokens=100, cached_tokens=cached)
    reply = Reply(text="Yes.", model="small", usage=used)
    one = Recording.of(request(text), reply, recorded_at="", source="")
    stack.ledger.note(request(text), one, origin)


def answer(stack: Stack, key: str, took: float, *failures: bool) -> None:
    """An answered attempt after failed ones; of these it is told whether they were throttled."""
    for throttled in failures:
        stack.traffic.begin(key)
        stack.traffic.failed(key, throttled=throttled)
    stack.traffic.begin(key)
    stack.traffic.answered(key, took)


def test_a_replay_tells_replies_alone(stack: Stack) -> None:
    stack.ledger.note(request(), recording(request()), "recording")
    assert took(stack) == "1 reply (1 recorded)"


def test_a_run_tells_tokens_cost_retries_and_latencies(stack: Stack) -> None:
    use(stack, "a", "store")
    use(stack, "b", "endpoint", cached=800)
    use(stack, "c", "endpoint")
    answer(stack, "b", 1.0, False, True)
    answer(stack, "c", 20.0)
    # 1,200 fresh tokens at $1, 800 cached at $0.50, 200 written at $10, all for a million
    assert took(stack) == (
        "3 replies (1 stored, 2 asked for); 2,000 tokens in (800 cached), 200 out, $0.0036; "
        "1 retry, 1 refused as too many; half came within 1.0 s, 95 % within 20 s"
    )


def test_without_failures_none_are_told(stack: Stack) -> None:
    use(stack, "a", "endpoint")
    answer(stack, "a", 0.5)
    assert took(stack) == (
        "1 reply (1 asked for); 1,000 tokens in, 100 out, $0.0020; "
        "half came within 0.50 s, 95 % within 0.50 s"
    )


def test_the_document_has_the_same(stack: Stack) -> None:
    use(stack, "a", "store")
    use(stack, "b", "endpoint", cached=800)
    answer(stack, "b", 2.0, False, True)
    usage = usage_json(stack)
    assert usage.pop("latency_seconds") == {
        "p50": pytest.approx(2.0, rel=0.01),
        "p95": pytest.approx(2.0, rel=0.01),
    }
    assert usage == {
        "replies": {"recording": 0, "store": 1, "endpoint": 1},
        "input_tokens": 2000,
        "cached_tokens": 800,
        "output_tokens": 200,
        "cost_usd": 0.0016,
        "attempts": 3,
        "retries": 1,
        "throttled": 1,
    }


def test_where_nothing_was_asked_no_latency_is_told(stack: Stack) -> None:
    assert usage_json(stack)["latency_seconds"] is None


@pytest.mark.parametrize(
    ("number", "text"), [(0.2134, "0.21 s"), (2.134, "2.1 s"), (21.34, "21 s"), (213.4, "213 s")]
)
def test_seconds_have_two_digits_or_so(number: float, text: str) -> None:
    assert seconds(number) == text
