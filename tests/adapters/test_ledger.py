from __future__ import annotations

import pickle
from decimal import Decimal

from answerbot.adapters.ledger import Ledger, Origin
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


def test_what_is_unknown_once_stays_unknown() -> None:
    ledger = Ledger(PRICES.get)
    ledger.note(request(model="llama"), recording(request(model="llama")), "endpoint")
    ledger.note(request(), recording(request()), "endpoint")
    assert ledger.cost == UNKNOWN


def test_an_unusable_reply_costs_and_counts_and_is_no_recording() -> None:
    ledger = Ledger(PRICES.get, keeping=True)
    ledger.note(request(), recording(request(), ""), "unusable")
    assert ledger.cost == Decimal("0.0002")  # 100 tokens at $1, 10 at $10 a million
    assert ledger.calls == {"recording": 0, "store": 0, "endpoint": 1}
    assert ledger.usage("endpoint") == (Usage(input_tokens=100, output_tokens=10), 0)
    assert (ledger.entries, ledger.recordings()) == ([], [])


def test_the_recordings_that_a_replay_needs_are_listed_once_in_order_of_use() -> None:
    ledger = Ledger(PRICES.get, keeping=True)
    first, second = recording(request("a")), recording(request("b"))
    for used in (second, first, second):
        ledger.note(used.request, used, "store")
    assert ledger.recordings() == [second, first]


def test_replies_are_kept_only_where_they_are_wanted() -> None:
    ledger = Ledger(PRICES.get)
    ledger.note(request(), recording(request()), "endpoint")
    assert ledger.entries == []
    assert ledger.models == {"small"}


def test_what_a_plan_looks_up_is_not_used() -> None:
    ledger = Ledger(PRICES.get, keeping=True)
    with ledger.looking_up():
        ledger.note(request(), recording(request()), "store")
    assert (ledger.calls["store"], ledger.entries, ledger.models) == (0, [], set())
    ledger.note(request(), recording(request()), "store")
    assert ledger.calls["store"] == 1


def test_cached_tokens_are_counted() -> None:
    ledger = Ledger(PRICES.get)
    used = Usage(input_tokens=100, output_tokens=10, cached_tokens=80)
    reply = Reply(text="Yes.", model="small", usage=used)
    origins: tuple[Origin, ...] = ("store", "endpoint")
    for origin in origins:
        one = Recording.of(request(origin), reply, recorded_at="", source="")
        ledger.note(request(origin), one, origin)
    assert ledger.usage()[0] == Usage(input_tokens=200, output_tokens=20, cached_tokens=160)


def test_what_is_handed_over_counts_where_it_is_merged_and_no_longer_where_it_was() -> None:
    away, home = (Ledger(PRICES.get, keeping=True) for _ in range(2))
    home.note(request("a"), recording(request("a")), "store")
    away.note(request("b"), recording(request("b")), "endpoint")
    home.merge(pickle.loads(pickle.dumps(away.handed_over())))
    assert home.calls == {"recording": 0, "store": 1, "endpoint": 1}
    assert home.cost == Decimal("0.0002")  # 100 tokens at $1, 10 at $10 a million
    assert home.recordings() == [recording(request("a")), recording(request("b"))]
    assert away.cost == 0
    assert away.recordings() == []
    away.note(request("c", model="llama"), recording(request("c", model="llama")), "endpoint")
    home.merge(away.handed_over())
    assert (home.cost, home.models) == (UNKNOWN, {"small", "llama"})
