"""The whole stack over a real socket: modes, the store, the budget, what a replay needs."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from answerbot.adapters.config import load_config
from answerbot.adapters.confirmed_llm import ConfirmedLLM
from answerbot.adapters.recordings import write_recordings
from answerbot.adapters.store import Store, StoreError
from answerbot.cli.stack import Stack, build_stack, without_password
from answerbot.domain.errors import (
    BudgetError,
    EndpointError,
    InputError,
    MissingRecordingError,
    StoppedError,
)
from answerbot.domain.llm import LLM, Request
from answerbot.domain.prices import UNKNOWN
from tests.adapters.requests import recording, request
from tests.endpoint import Answer, Body, Endpoint, refused, said

pytestmark = pytest.mark.enable_socket

USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}


def stack(**settings: Any) -> Stack:
    flags = {f"model.{name}": value for name, value in settings.items()}
    return build_stack(load_config(flags={"model.live": "gpt-4o-mini"} | flags), keeping=True)


def asked(text: str = "What is an RNN?", model: str = "gpt-4o-mini") -> Request:
    return request(text, model=model)


@pytest.fixture
def live(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """The endpoint, and the environment that names it."""
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = lambda _: said("Live.", usage=USAGE)
    return endpoint


@pytest.fixture
def recorded(tmp_path: Path) -> None:
    """One reply of each of the two models, to different questions."""
    write_recordings(
        tmp_path / "bank/recordings/rnn.jsonl",
        [
            recording(asked("Old?", "local-assistant"), "Replay model."),
            recording(asked("New?", "gpt-4o-mini"), "Live model."),
        ],
    )


async def ask(llm: LLM, *texts: str) -> list[str]:
    return [(await llm.complete(asked(text))).text for text in texts]


async def test_without_an_endpoint_it_is_a_replay_and_says_so_in_one_line(recorded: None) -> None:
    async with stack() as built:
        assert built.endpoint is None
        assert built.announcement is not None
        assert "replaying recordings" in built.announcement
        assert "\n" not in built.announcement
        assert built.settings.model == "local-assistant"
        assert await ask(built.llm, "Old?", "New?") == ["Replay model.", "Live model."]
        with pytest.raises(MissingRecordingError):
            await ask(built.llm, "Else?")
        assert built.ledger.cost == 0


async def test_auto_asks_only_for_what_no_disk_holds(live: Endpoint, recorded: None) -> None:
    async with stack() as built:
        assert (built.endpoint, built.announcement) == (live.url, None)
        assert built.settings.model == "gpt-4o-mini"
        texts = await ask(built.llm, "Old?", "New?", "Else?", "Else?")
        assert texts == ["Replay model.", "Live model.", "Live.", "Live."]
        assert built.ledger.calls == {"recording": 2, "store": 1, "endpoint": 1}
    assert len(live.bodies) == 1
    async with stack() as again:
        assert await ask(again.llm, "Else?") == ["Live."]
        assert (await again.free.complete(asked("Else?"))).text == "Live."
        with pytest.raises(MissingRecordingError):
            await again.free.complete(asked("Never asked?"))
    assert len(live.bodies) == 1


async def test_live_counts_only_replies_of_the_live_model(live: Endpoint, recorded: None) -> None:
    async with stack(mode="live") as built:
        assert await ask(built.llm, "Old?", "New?") == ["Live.", "Live model."]
    assert [body["messages"][0]["content"] for body in live.bodies] == ["Old?"]


async def test_replay_asks_nothing_though_an_endpoint_is_configured(
    live: Endpoint, recorded: None
) -> None:
    async with stack() as built:
        await ask(built.llm, "Else?")
    async with stack(mode="replay") as built:
        assert built.endpoint is None
        assert await ask(built.llm, "New?") == ["Live model."]
        with pytest.raises(MissingRecordingError):
            await ask(built.llm, "Else?")  # the store does not count either
    assert len(live.bodies) == 1


def test_live_without_an_endpoint_is_an_error_with_a_hint() -> None:
    with pytest.raises(InputError, match="none is configured") as caught:
        stack(mode="live")
    assert "OPENAI_API_KEY" in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["localhost:8000", "http://", "http:///v1", "http://[::1", "http://localhost:80000/v1"],
)
def test_an_address_that_is_none_is_an_error(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    with pytest.raises(InputError, match=f"no address: '{re.escape(address)}'"):
        stack()


async def test_a_crash_between_reply_and_use_loses_nothing_that_was_paid(live: Endpoint) -> None:
    class CrashError(BaseException): ...

    built = stack()

    def crash(_: str) -> None:
        raise CrashError

    built.ledger.price_of = crash
    with pytest.raises(CrashError):
        await ask(built.llm, "Else?")
    async with stack() as again:
        assert await ask(again.llm, "Else?") == ["Live."]
    assert len(live.bodies) == 1
    await built.aclose()


async def test_what_was_used_replays_without_the_endpoint(
    live: Endpoint, recorded: None, tmp_path: Path
) -> None:
    async with stack() as built:
        before = await ask(built.llm, "Else?", "Old?")
        needed = built.ledger.recordings()
    assert [one.source for one in needed] == [live.url, "http://127.0.0.1/v1"]
    write_recordings(tmp_path / "bank/recordings/rnn.jsonl", needed)
    async with stack(mode="replay") as replay:
        assert await ask(replay.llm, "Else?", "Old?") == before


async def test_calls_in_flight_are_bounded(live: Endpoint) -> None:
    async with stack(max_concurrency=3) as built:
        await asyncio.gather(*(ask(built.llm, f"Question {number}?") for number in range(20)))
    assert live.most_at_once <= 3
    assert len(live.bodies) == 20


async def test_failures_that_pass_are_asked_again(live: Endpoint) -> None:
    answers = [
        refused(429, "slow down"),
        refused(500, "oops"),
        Answer("<html>bad gateway</html>", 502),
        Answer(said("Cut.").body, cut=True),
        said("At last."),
    ]
    live.script(*answers)
    async with stack() as built:
        assert await ask(built.llm, "Else?") == ["At last."]
    assert len(live.bodies) == 5


async def test_an_endpoint_that_goes_on_failing_is_an_error(live: Endpoint) -> None:
    live.reply = lambda _: refused(503, "overloaded")
    async with stack() as built:
        with pytest.raises(EndpointError, match=r"answered 503: overloaded \(tried 6 times\)"):
            await ask(built.llm, "Else?")
    assert len(live.bodies) == 6


async def test_a_refusal_for_longer_than_the_patience_ends_the_run_however_short_that_is(
    live: Endpoint,
) -> None:
    live.reply = lambda _: Answer({}, 429, {"Retry-After": "60"})
    async with stack(patience=30.0) as built:
        with pytest.raises(EndpointError):
            await ask(built.llm, "One?")
        with pytest.raises(EndpointError, match="wants to be left alone for 60 seconds"):
            await ask(built.llm, "Two?")
    assert len(live.bodies) == 1


async def test_cost_and_tokens_are_those_of_the_endpoint(live: Endpoint) -> None:
    async with stack() as built:
        await ask(built.llm, "Else?")
        # gpt-4o-mini: $0.15 a million read, $0.60 written; 1000 and 100 tokens
        assert built.ledger.cost == Decimal("0.00021")


async def test_the_cost_of_a_model_without_a_price_is_unknown(live: Endpoint) -> None:
    async with stack(live="local-model") as built:
        await built.llm.complete(asked("Else?", "local-model"))
        assert built.ledger.cost == UNKNOWN


async def test_the_budget_holds_for_calls_in_flight_together(live: Endpoint) -> None:
    # At most 50 tokens written at $0.60 and some 10 read at $0.15 a million: about $0.00003 each.
    usage = {"prompt_tokens": 5, "completion_tokens": 50, "total_tokens": 55}
    live.reply = lambda _: said("Live.", usage=usage)
    async with stack(budget=0.0001) as built:
        results = await asyncio.gather(
            *(ask(built.llm, f"Question {number}?") for number in range(30)),
            return_exceptions=True,
        )
        assert built.ledger.cost != UNKNOWN
        assert built.ledger.cost <= Decimal("0.0001")
    stopped = [result for result in results if isinstance(result, BudgetError)]
    assert len(stopped) == 30 - len(live.bodies)
    assert 0 < len(live.bodies) <= 3


async def test_who_waits_for_the_budget_asks_nothing_once_no_more_is_wanted(
    live: Endpoint,
) -> None:
    stopped: list[bool] = []

    def stop_meanwhile(_: Body) -> Answer:
        stopped.append(True)
        return said("Live.", usage={"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6})

    def confirmed(paid: LLM) -> LLM:
        return ConfirmedLLM(paid, lambda: True, lambda: bool(stopped))

    live.reply = stop_meanwhile
    flags = {"model.live": "gpt-4o-mini", "model.budget": 0.00004}  # room for one at a time
    async with build_stack(load_config(flags=flags), before_paying=confirmed) as built:
        results = await asyncio.gather(
            *(ask(built.llm, f"Question {number}?") for number in range(3)), return_exceptions=True
        )
    assert [type(result) for result in results] == [list, StoppedError, StoppedError]
    assert len(live.bodies) == 1


def test_a_budget_without_a_price_is_an_error_before_any_call(live: Endpoint) -> None:
    with pytest.raises(InputError, match="the price of model 'local-model' is unknown"):
        stack(live="local-model", budget=1.0)
    assert live.bodies == []


def test_a_store_that_cannot_be_written_is_an_error_before_any_call(
    live: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSWERBOT_STORE", str(tmp_path))
    with pytest.raises(StoreError):
        stack()
    assert live.bodies == []


async def test_who_stands_before_what_costs_money_is_not_asked_about_the_rest(
    live: Endpoint, recorded: None
) -> None:
    class Declined:
        async def complete(self, request: Request) -> Any:
            raise StoppedError("declined")

    async with build_stack(
        load_config(flags={"model.live": "gpt-4o-mini"}), before_paying=lambda _: Declined()
    ) as built:
        assert await ask(built.llm, "New?") == ["Live model."]
        with pytest.raises(StoppedError):
            await ask(built.llm, "Else?")
    assert live.bodies == []


async def test_the_key_is_sent_and_kept_nowhere(
    live: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = "correct-horse-battery"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    path = tmp_path / "store.sqlite3"
    monkeypatch.setenv("ANSWERBOT_STORE", str(path))
    async with stack() as built:
        await ask(built.llm, "Else?")
        assert key not in repr(built.ledger.entries)
    assert live.keys == [f"Bearer {key}"]
    assert Store(path).count() == 1
    assert all(key.encode() not in file.read_bytes() for file in tmp_path.glob("store*"))


async def test_what_the_endpoint_supports_is_remembered_by_the_next_run(live: Endpoint) -> None:
    def reply(body: Body) -> Answer:
        if "max_completion_tokens" in body:
            return refused(400, "Unknown parameter: 'max_completion_tokens'")
        return said("Live.")

    live.reply = reply
    for text in ("One?", "Two?"):
        async with stack() as built:
            await ask(built.llm, text)
    assert ["max_tokens" in body for body in live.bodies] == [False, True, True]


def test_a_replay_imports_nothing_that_only_an_endpoint_needs() -> None:
    code = (
        "import sys; from answerbot.adapters.config import load_config;"
        "from answerbot.cli.stack import build_stack; build_stack(load_config());"
        "heavy = ('openai', 'aiohttp', 'httpx2', 'genai_prices', 'tenacity', 'sqlite3');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_address_is_shown_without_a_password() -> None:
    address = "https://someone:hunter2@llm.example:8443/v1?code=hunter2"
    assert without_password(address) == "https://llm.example:8443/v1"


@pytest.mark.parametrize(
    "address", ["someone:hunter2@llm.example/v1", "llm.example/v1?code=hunter2"]
)
def test_an_address_with_a_secret_in_it_is_refused_before_anything_is_asked(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"https://{address}")
    with pytest.raises(InputError, match="has a name, a password or a query in it") as caught:
        stack()
    assert "hunter2" not in str(caught.value)
