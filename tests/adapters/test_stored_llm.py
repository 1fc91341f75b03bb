from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from answerbot.adapters.kept import KeptReply
from answerbot.adapters.ledger import Ledger
from answerbot.adapters.locks import Claims
from answerbot.adapters.scripted_llm import ScriptedLLM
from answerbot.adapters.store import Store, StoreError
from answerbot.adapters.stored_llm import StoredLLM
from answerbot.domain.errors import EndpointError, Problem, StoppedError
from answerbot.domain.llm import LLM, ChargedReplyError, RawReply, Reply, Request, Usage
from answerbot.domain.prices import FlatPrice
from answerbot.domain.recording import Recording
from tests.adapters.requests import USAGE, recording, request


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store.sqlite3")


def stored(store: Store, endpoint: LLM, *models: str, ledger: Ledger | None = None) -> StoredLLM:
    note = ledger.note if ledger else None
    return StoredLLM(store, models or ("small",), endpoint, source="http://here/v1", note=note)


async def test_a_reply_is_in_the_store_before_anyone_has_it(store: Store) -> None:
    seen = []

    def note(asked: Request, *_: object) -> None:
        seen.append(Store(store.path).get(asked.key))

    llm = StoredLLM(store, ["small"], ScriptedLLM(["Yes."]), source="here", note=note)
    await llm.complete(request())
    assert seen[0] is not None
    assert seen[0].reply.text == "Yes."
    assert seen[0].source == "here"


async def test_nothing_is_asked_for_twice_by_one_run_or_the_next(store: Store) -> None:
    first = ScriptedLLM(["Yes."])
    llm = stored(store, first)
    assert (await llm.complete(request())).text == "Yes."
    assert (await llm.complete(request())).text == "Yes."
    assert (await stored(store, ScriptedLLM([])).complete(request())).text == "Yes."
    assert len(first.requests) == 1


async def test_no_more_are_asked_for_than_may_be_lost_while_replies_are_being_saved(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk, go_on = threading.Event(), store.save

    def save(*recordings: Recording) -> int:
        on_disk.wait()
        return go_on(*recordings)

    monkeypatch.setattr(store, "save", save)
    endpoint = ScriptedLLM(["Yes."] * 5)
    llm = StoredLLM(store, ["small"], endpoint, source="here", most=2)
    asked = [asyncio.create_task(llm.complete(request(f"Question {at}?"))) for at in range(5)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(endpoint.requests) == 2
    on_disk.set()
    assert [reply.text for reply in await asyncio.gather(*asked)] == ["Yes."] * 5


async def test_who_waited_for_a_place_asks_nothing_once_the_run_is_to_stop(store: Store) -> None:
    stop = False
    first = asyncio.Event()

    class Slow(ScriptedLLM):
        async def complete(self, request: Request) -> Reply:
            await first.wait()
            return await super().complete(request)

    endpoint = Slow(["Yes."])
    llm = StoredLLM(store, ["small"], endpoint, source="here", most=1, stopping=lambda: stop)
    asked = [asyncio.create_task(llm.complete(request(f"Question {at}?"))) for at in range(2)]
    for _ in range(5):
        await asyncio.sleep(0)
    stop = True
    first.set()
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in done] == [Reply, StoppedError]


async def test_replies_of_the_other_configured_model_count_too(store: Store) -> None:
    await stored(store, ScriptedLLM(["Old."]), "old").complete(request(model="old"))
    llm = stored(store, ScriptedLLM(["New."]), "new", "old")
    assert (await llm.complete(request(model="new"))).text == "Old."
    only_new = stored(store, ScriptedLLM(["New."]), "new")
    assert (await only_new.complete(request(model="new"))).text == "New."


async def test_equal_requests_in_flight_are_asked_once_and_paid_once(store: Store) -> None:
    endpoint = ScriptedLLM(["Yes.", "Other."])
    ledger = Ledger(lambda _: None)
    llm = stored(store, endpoint, ledger=ledger)
    replies = await asyncio.gather(
        *(llm.complete(request()) for _ in range(3)), llm.complete(request("Another?"))
    )
    assert [reply.text for reply in replies] == ["Yes.", "Yes.", "Yes.", "Other."]
    assert len(endpoint.requests) == 2
    assert ledger.calls == {"recording": 0, "store": 2, "endpoint": 2}


async def test_a_reply_that_is_paid_for_and_unusable_is_counted_once_and_is_no_recording(
    store: Store,
) -> None:
    used = Usage(input_tokens=100, output_tokens=50)
    endpoint = ScriptedLLM([ChargedReplyError("cut off", usage=used, code="cut-off")])
    ledger = Ledger({"small": FlatPrice(Decimal(1), Decimal(10))}.get)
    llm = stored(store, endpoint, ledger=ledger)
    await asyncio.gather(*(llm.complete(request()) for _ in range(2)), return_exceptions=True)
    assert ledger.cost == Decimal("0.0006")  # 100 tokens at $1, 50 at $10 a million
    assert ledger.usage("endpoint") == (used, 0)
    assert (ledger.calls["endpoint"], ledger.recordings(), store.count()) == (1, [], 0)


async def test_what_was_paid_before_a_failure_is_counted(store: Store) -> None:
    failure = EndpointError("401")
    failure.usage = USAGE
    ledger = Ledger(lambda _: None)
    llm = stored(store, ScriptedLLM([failure, EndpointError("401")]), ledger=ledger)
    for _ in range(2):
        with pytest.raises(EndpointError):
            await llm.complete(request())
    assert ledger.usage("endpoint") == (USAGE, 0)
    assert ledger.calls["endpoint"] == 1


def useless(text: str, code: str = "unreadable") -> ChargedReplyError:
    """The error of a reply that came so and was of no use."""
    raw = RawReply(status=200, headers={"x-request-id": "42"}, body=text)
    return ChargedReplyError(Problem("it is of no use"), usage=None, code=code, raw=raw)


def completion(text: str, finish: str = "stop") -> str:
    choice = {"finish_reason": finish, "message": {"content": text}}
    return json.dumps({"choices": [choice], "model": "small-1"})


async def test_a_reply_of_no_use_is_kept_as_it_came_and_not_asked_for_again(store: Store) -> None:
    body = completion("The loop of a", finish="length")
    with pytest.raises(ChargedReplyError) as caught:
        await stored(store, ScriptedLLM([useless(body, "cut-off")])).complete(request())
    assert "`answerbot store prune --unusable`" in str(caught.value)
    kept = store.find(request().key)
    assert isinstance(kept, KeptReply)
    assert (kept.outcome, kept.raw.body, kept.source) == ("cut-off", body, "http://here/v1")
    ledger = Ledger(lambda _: None)
    for _ in range(2):
        with pytest.raises(ChargedReplyError, match="was cut off at 50 tokens") as again:
            await stored(store, ScriptedLLM([]), ledger=ledger).complete(request())
        assert (again.value.code, again.value.keys) == ("cut-off", (request().key,))
    assert ledger.calls["endpoint"] == 0


async def test_what_a_mended_program_can_read_is_a_reply_that_was_paid_for(store: Store) -> None:
    endpoint = ScriptedLLM([useless(completion("A network with a loop."))])
    with pytest.raises(ChargedReplyError):
        await stored(store, endpoint).complete(request())
    ledger = Ledger(lambda _: None)
    reply = await stored(store, ScriptedLLM([]), ledger=ledger).complete(request())
    assert (reply.text, reply.model) == ("A network with a loop.", "small-1")
    assert ledger.calls == {"recording": 0, "store": 1, "endpoint": 0}
    assert store.unusable() == {}
    saved = store.get(request().key)
    assert saved is not None
    assert saved.reply.text == "A network with a loop."


async def test_a_failure_reaches_everyone_who_waits_and_is_not_kept(store: Store) -> None:
    endpoint = ScriptedLLM([EndpointError("down"), "Yes."])
    llm = stored(store, endpoint)
    failed = await asyncio.gather(
        *(llm.complete(request()) for _ in range(2)), return_exceptions=True
    )
    assert [type(result) for result in failed] == [EndpointError, EndpointError]
    assert (await llm.complete(request())).text == "Yes."


async def test_a_reply_that_cannot_be_saved_is_not_used(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise StoreError("the disk is full")

    monkeypatch.setattr(store, "save", full)
    llm = stored(store, ScriptedLLM(["One.", "Two."]))
    results = await asyncio.gather(
        llm.complete(request("One?")), llm.complete(request("Two?")), return_exceptions=True
    )
    assert [type(result) for result in results] == [StoreError, StoreError]


async def test_what_comes_while_a_commit_is_under_way_is_committed_together(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []
    save = store.save

    def counting(*recordings: Recording) -> int:
        commits.append(len(recordings))
        return save(*recordings)

    monkeypatch.setattr(store, "save", counting)
    llm = stored(store, ScriptedLLM(lambda _: "Yes."))
    await asyncio.gather(*(llm.complete(request(f"{number}?")) for number in range(50)))
    assert sum(commits) == store.count() == 50
    assert len(commits) <= 25


class _Elsewhere(Claims):
    """Another process holds the key, until it is done."""

    def __init__(self, done: Callable[[], bool]) -> None:
        self._done = done

    def take(self, key: str) -> bool:
        return self._done()

    def let_go(self, key: str) -> None: ...

    def close(self) -> None: ...


async def test_what_another_process_asks_for_is_waited_for_and_not_asked_again(
    store: Store,
) -> None:
    looks = iter([False, False, True])

    def done() -> bool:
        if now := next(looks):
            store.save(recording(request(), "Theirs."))
        return now

    endpoint, ledger = ScriptedLLM([]), Ledger(lambda _: None)
    llm = StoredLLM(
        store, ["small"], endpoint, source="here", note=ledger.note, claims=_Elsewhere(done)
    )
    assert (await llm.complete(request())).text == "Theirs."
    assert endpoint.requests == []
    assert ledger.calls["store"] == 1


class _Noting(Claims):
    """Knows which keys are claimed."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.closed = False

    def take(self, key: str) -> bool:
        self.held.add(key)
        return True

    def let_go(self, key: str) -> None:
        self.held.remove(key)

    def close(self) -> None:
        self.closed = True


async def test_a_claim_is_let_go_of_when_the_reply_is_there_and_when_none_came(
    store: Store,
) -> None:
    claims = _Noting()
    script = ScriptedLLM([Reply(text="Yes.", model="small"), EndpointError("gone")])
    llm = StoredLLM(store, ["small"], script, source="http://here/v1", claims=claims)
    await llm.complete(request("one"))
    with pytest.raises(EndpointError):
        await llm.complete(request("two"))
    assert claims.held == set()
    await llm.aclose()
    assert claims.closed


async def test_who_waits_for_another_process_gives_up_when_no_more_is_wanted(store: Store) -> None:
    llm = StoredLLM(
        store,
        ["small"],
        ScriptedLLM([]),
        source="here",
        claims=_Elsewhere(lambda: False),
        stopping=lambda: True,
    )
    with pytest.raises(StoppedError):
        await llm.complete(request())


class _Slow:
    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def complete(self, request: Request) -> Reply:
        await self.go_on.wait()
        return Reply(text="Late.", model=request.model)


async def test_a_reply_under_way_is_saved_though_nobody_waits_for_it_any_more(
    store: Store,
) -> None:
    slow = _Slow()
    llm = stored(store, slow)
    waiting = asyncio.create_task(llm.complete(request()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    slow.go_on.set()
    await llm.aclose()
    kept = store.get(request().key)
    assert kept is not None
    assert kept.reply.text == "Late."


async def test_what_is_under_way_can_be_broken_off(store: Store) -> None:
    llm = stored(store, _Slow())
    waiting = asyncio.create_task(llm.complete(request()))
    await asyncio.sleep(0)
    await llm.aclose(wait=False)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert store.count() == 0


async def test_what_came_before_a_run_was_broken_off_is_saved_when_it_has_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    save = store.save

    def slowly(*recordings: Recording) -> int:
        begun.set()
        go_on.wait(5)
        return save(*recordings)

    monkeypatch.setattr(store, "save", slowly)
    llm = stored(store, ScriptedLLM([Reply(text="Yes.", model="small")]))
    waiting = asyncio.create_task(llm.complete(request()))
    await asyncio.to_thread(begun.wait, 5)
    ending = asyncio.create_task(llm.aclose(wait=False))
    await asyncio.sleep(0.01)
    assert not ending.done()
    go_on.set()
    await ending
    assert store.count() == 1
    await asyncio.gather(waiting, return_exceptions=True)
