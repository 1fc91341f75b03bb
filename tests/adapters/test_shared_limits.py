from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from answerbot.adapters import shared_limits
from answerbot.adapters.limits import Limits
from answerbot.adapters.pacing import Pacer
from answerbot.adapters.purse import OwnPurse, Purse
from answerbot.adapters.shared_limits import Answers, Call, MemberLimits, SharedLimits
from answerbot.adapters.turns import Line
from answerbot.domain.errors import EndpointError


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_limits, "PATIENCE", 0.01)


class Run:
    """Limits and those who share them; `bundles` are the calls as they travelled."""

    def __init__(self, most: int = 8, budget: int = 100) -> None:
        self.now = 0.0
        self.pacer = Pacer(most)
        self.purse = OwnPurse(Decimal(budget))
        limits = Limits(Line(self.pacer, clock=lambda: self.now), self.purse)
        self.keeper = SharedLimits(limits, clock=lambda: self.now)
        self.bundles: list[Sequence[Call]] = []
        self.lost: list[str] = []

    def member(self, name: str, hear: Callable[[], bool] = lambda: True) -> MemberLimits:
        """One more; while it does not `hear` it says nothing either."""

        def send(calls: Sequence[Call]) -> None:
            self.bundles.append(calls)
            if hear():
                self.keeper.take(name, calls)

        async def receive() -> Answers:
            await soon(hear)
            return await self.keeper.answers(name)

        return MemberLimits(send, receive, lambda: self.lost.append(name), self.purse.budget)


def purse_of(member: MemberLimits) -> Purse:
    assert member.limits.purse is not None
    return member.limits.purse


async def soon(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not what():  # noqa: ASYNC110 - it happens on the keeper's side
            await asyncio.sleep(0.001)


async def test_all_members_together_have_no_more_places_than_there_are() -> None:
    run = Run(most=3)
    turns = [run.member(name).limits.turns for name in ("a/1", "b/1")]
    waiting = [asyncio.create_task(turns[n % 2].take(0.0)) for n in range(5)]
    await soon(lambda: sum(task.done() for task in waiting) == 3)
    await asyncio.sleep(0.05)
    assert (sum(task.done() for task in waiting), run.pacer.on_their_way) == (3, 3)
    first = next(n for n, task in enumerate(waiting) if task.done())
    turns[first % 2].end(waiting[first].result())
    await soon(lambda: sum(task.done() for task in waiting) == 4)
    for task in waiting:
        task.cancel()


async def test_what_is_called_in_one_step_travels_together() -> None:
    run = Run()
    turns = run.member("a/1").limits.turns
    tickets = await asyncio.gather(*(turns.take(0.0) for _ in range(3)))
    assert [len(calls) for calls in run.bundles] == [3]
    for ticket in tickets:
        turns.answered(ticket, 5, 1)
        turns.end(ticket)
    await soon(lambda: run.pacer.on_their_way == 0)
    assert [len(calls) for calls in run.bundles] == [3, 6]


async def test_one_purse_is_enough_for_all() -> None:
    run = Run(budget=10)
    mine, others = purse_of(run.member("a/1")), purse_of(run.member("b/1"))
    assert await mine.reserve(Decimal(6)) is None
    waiting = asyncio.create_task(others.reserve(Decimal(6)))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    mine.book(Decimal(6), Decimal(3))
    assert await waiting is None
    others.book(Decimal(6), Decimal(5))
    assert await mine.reserve(Decimal(3)) == Decimal(8)


async def test_the_headers_that_one_member_hears_hold_for_all() -> None:
    run = Run()
    turns, others = run.member("a/1").limits.turns, run.member("b/1").limits.turns
    ticket = await turns.take(0.0)
    said = {"X-RateLimit-Remaining-Requests": "0", "X-RateLimit-Reset-Requests": "1h"}
    turns.hear(ticket, said | {"Date": "today"})
    turns.end(ticket)
    await soon(lambda: run.pacer.on_their_way == 0)
    waiting = asyncio.create_task(others.take(0.0))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    waiting.cancel()


async def test_who_no_longer_waits_keeps_no_place_and_no_money() -> None:
    run = Run(most=1, budget=10)
    member = run.member("a/1")
    first = await member.limits.turns.take(0.0)
    reserved = await purse_of(member).reserve(Decimal(6))
    tasks = [
        asyncio.create_task(member.limits.turns.take(0.0)),
        asyncio.create_task(purse_of(member).reserve(Decimal(6))),
    ]
    await asyncio.sleep(0.02)
    for task in tasks:
        task.cancel()
    member.limits.turns.end(first)
    assert reserved is None
    purse_of(member).book(Decimal(6), Decimal(1))
    last = asyncio.create_task(member.limits.turns.take(0.0))
    await asyncio.wait_for(last, 5)
    assert await asyncio.wait_for(purse_of(member).reserve(Decimal(9)), 5) is None


async def test_what_a_silent_member_had_is_free_again_and_its_money_spent() -> None:
    run = Run(most=1, budget=10)
    hears = True
    silent = run.member("a/1", lambda: hears)
    await silent.limits.turns.take(0.0)
    await purse_of(silent).reserve(Decimal(4))
    hears = False
    waiting = asyncio.create_task(run.member("b/1").limits.turns.take(0.0))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    run.now += shared_limits.SILENCE + 1
    await asyncio.wait_for(waiting, 5)
    assert (run.purse.spent, run.lost) == (Decimal(4), [])
    hears = True
    await soon(lambda: run.lost == ["a/1"])


async def test_a_member_that_begins_anew_in_the_same_place_takes_the_place_of_the_dead() -> None:
    run = Run(most=1)
    await run.member("a/1", lambda: True).limits.turns.take(0.0)
    ticket = await asyncio.wait_for(run.member("a/2").limits.turns.take(0.0), 5)
    assert (ticket.requests, run.pacer.on_their_way) == (2, 1)


async def test_every_member_hears_that_the_user_wants_to_stop() -> None:
    run = Run()
    members = [run.member(name) for name in ("a/1", "b/1")]
    for member in members:
        await member.limits.turns.take(0.0)
    run.keeper.stopping = True
    await soon(lambda: all(member.stopping for member in members))


async def test_what_one_member_found_out_of_the_endpoint_all_hear_before_their_next_turn() -> None:
    run = Run(most=1)
    member, other = run.member("a/1"), run.member("b/1")
    heard: list[EndpointError] = []
    other.on_broken = heard.append
    ticket = await member.limits.turns.take(0.0)
    waiting = asyncio.create_task(other.limits.turns.take(0.0))
    await asyncio.sleep(0.02)
    member.give_up(EndpointError("no such model", status=404))
    member.limits.turns.end(ticket)
    await asyncio.wait_for(waiting, 5)
    assert str(heard[0]) == "no such model"
    assert run.keeper.gives_up()


async def test_a_member_that_cannot_reach_the_keeper_is_lost() -> None:
    lost = asyncio.Event()

    async def receive() -> Answers:
        raise ConnectionError("gone")

    member = MemberLimits(lambda _: None, receive, lost.set, None)
    assert member.limits.purse is None
    waiting = asyncio.create_task(member.limits.turns.take(0.0))
    await asyncio.wait_for(lost.wait(), 5)
    waiting.cancel()
