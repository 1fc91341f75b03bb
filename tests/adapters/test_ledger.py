from __future__ import annotations

from decimal import Decimal

from answerbot.adapters.ledger import Ledger
from answerbot.domain.llm import Reply, Usage
from answerbot.domain.prices import UNKNOWN, FlatPrice
from answerbot.domain.recording import Recording
from tests.adapters.requests import recording, request

PRICES = {"small": FlatPrice(Decimal(1), Decimal(10))}


def test_only_what_was_asked_in_this_run_costs() -> None:
    ledger = Ledger(PRICES.get)
    ledger.note(request(), recording(request()), "recording")
    ledger.note(request("a"), recording(request("a")), "store")
    assert ledger.cost == 0
    ledger.note(request("b"), recording(request("b")), "endpoint")
    assert ledger.cost == Decimal("0.0002")  # 100 tokens at $1, 10 at $10 a million
    assert ledger.calls == {"recording": 1, "store": 1, "endpoint": 1}
    assert ledger.usage() == (Usage(input_tokens=300, output_tokens=30), 0)
    assert ledger.usage("endpoint") == (Usage(input_tokens=100, output_tokens=10), 0)


def test_an_unknown_price_or_count_makes_the_cost_unknown() -> None:
    priceless = Ledger(PRICES.get)
    priceless.note(request(model="llama"), recording(request(model="llama")), "endpoint")
    assert priceless.cost == UNKNOWN
    uncounted = Ledger(PRICES.get)
    reply = Reply(text="Yes.", model="small")
    uncounted.note(request(), Recording.of(request(), reply, recorded_at="", source=""), "endpoint")
    assert uncounted.cost == UNKNOWN
    assert uncounted.usage() == (Usage(input_tokens=0, output_tokens=0), 1)


def test_an_unusable_reply_costs_and_counts_and_is_no_recording() -> None:
    ledger = Ledger(PRICES.get)
    ledger.note(request(), recording(request(), ""), "unusable")
    assert ledger.cost == Decimal("0.0002")  # 100 tokens at $1, 10 at $10 a million
    assert ledger.calls == {"recording": 0, "store": 0, "endpoint": 1}
    assert ledger.usage("endpoint") == (Usage(input_tokens=100, output_tokens=10), 0)
    assert (ledger.entries, ledger.recordings()) == ([], [])


def test_the_recordings_that_a_replay_needs_are_listed_once_in_order_of_use() -> None:
    ledger = Ledger(PRICES.get)
    first, second = recording(request("a")), recording(request("b"))
    for used in (second, first, second):
        ledger.note(used.request, used, "store")
    assert ledger.recordings() == [second, first]
