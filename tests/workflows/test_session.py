"""Work on many items: at once, and in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from answerbot.domain.errors import BudgetError, EndpointError, NotFinishedError, StoppedError
from answerbot.workflows.session import in_turn


class Line:
    """Items that are done when they are told to be."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.read = 0
        self.under_way: set[int] = set()
        self.done: list[int | str] = []
        self._gates = [asyncio.Event() for _ in range(number)]

    def items(self) -> Iterator[int]:
        for item in range(self.number):
            self.read += 1
            yield item

    async def work(self, item: int) -> int | str:
        self.under_way.add(item)
        await self._gates[item].wait()
        self.under_way.discard(item)
        return item

    def begin(self, *, at_once: int, ahead: int = 100) -> asyncio.Task[None]:
        return asyncio.create_task(
            in_turn(
                self.items(), self.work, _failed, self.done.append, at_once=at_once, ahead=ahead
            )
        )

    async def finish(self, *items: int) -> None:
        for item in items:
            self._gates[item].set()
        for _ in range(5):
            await asyncio.sleep(0)


def _failed(item: int, error: NotFinishedError) -> int | str:
    return f"{item}: {error.problems[0].what}"


async def results(
    work: Callable[[int], Awaitable[int | str]], items: range, *, at_once: int = 1
) -> list[int | str]:
    done: list[int | str] = []
    await in_turn(items, work, _failed, done.append, at_once=at_once)
    return done


async def test_what_is_done_is_handed_over_in_the_order_of_the_items() -> None:
    line = Line(4)
    run = line.begin(at_once=4)
    await line.finish(1, 2)
    assert line.done == []
    await line.finish(0)
    assert line.done == [0, 1, 2]
    await line.finish(3)
    await run
    assert line.done == [0, 1, 2, 3]


async def test_no_more_are_under_way_than_are_allowed_at_once() -> None:
    line = Line(5)
    run = line.begin(at_once=2)
    await line.finish()
    assert line.under_way == {0, 1}
    await line.finish(1)
    assert line.under_way == {0, 2}
    await line.finish(0, 2, 3, 4)
    await run


async def test_one_that_takes_long_holds_up_those_far_ahead_of_it_alone() -> None:
    line = Line(20)
    run = line.begin(at_once=2, ahead=4)
    await line.finish(*range(1, 20))
    assert line.done == []
    assert line.read <= 6
    assert line.under_way == {0}
    await line.finish(0)
    await run
    assert line.done == list(range(20))


async def test_items_are_read_when_there_is_room_for_them() -> None:
    line = Line(1000)
    run = line.begin(at_once=3)
    await line.finish()
    assert line.read <= 4
    await line.finish(*range(1000))
    await run
    assert line.done == list(range(1000))


async def test_one_that_fails_does_not_fail_the_rest() -> None:
    async def work(item: int) -> int | str:
        if item == 1:
            raise NotFinishedError("no reply")
        return item

    assert await results(work, range(3)) == [0, "1: no reply", 2]


@pytest.mark.parametrize("error", [BudgetError("no money"), EndpointError("no money")])
async def test_after_an_error_that_all_would_meet_nothing_more_is_begun(
    error: NotFinishedError,
) -> None:
    begun = []

    async def work(item: int) -> int | str:
        begun.append(item)
        if item == 1:
            raise error
        return item

    assert await results(work, range(4)) == [0, "1: no money", "2: no money", "3: no money"]
    assert begun == [0, 1]


async def test_a_run_that_is_stopped_hands_over_all_before_and_nothing_after() -> None:
    ended = []

    async def work(item: int) -> int | str:
        await asyncio.sleep(0)
        if item == 2:
            raise StoppedError("enough")
        await asyncio.sleep(0)
        ended.append(item)
        return item

    done: list[int | str] = []
    with pytest.raises(StoppedError):
        await in_turn(range(1000), work, _failed, done.append, at_once=4)
    assert done == [0, 1]
    assert 3 in ended  # it was under way, and is waited for


async def test_what_is_under_way_is_waited_for_where_a_result_cannot_be_written() -> None:
    line = Line(3)

    def full(_: int | str) -> None:
        raise NotFinishedError("the disk is full")

    run = asyncio.create_task(in_turn(line.items(), line.work, _failed, full, at_once=3))
    await line.finish(0)
    assert not run.done()
    await line.finish(1, 2)
    with pytest.raises(NotFinishedError, match="full"):
        await run


async def test_each_is_told_when_it_is_there_and_handed_over_when_it_is_its_turn() -> None:
    line = Line(3)
    ready: list[int | str] = []
    run = asyncio.create_task(
        in_turn(
            line.items(), line.work, _failed, line.done.append, at_once=3, on_ready=ready.append
        )
    )
    await line.finish(2)
    await line.finish(1)
    assert (ready, line.done) == ([2, 1], [])
    await line.finish(0)
    await run
    assert (ready, line.done) == ([2, 1, 0], [0, 1, 2])


async def test_what_is_under_way_is_broken_off_with_the_run() -> None:
    line = Line(3)
    run = line.begin(at_once=3)
    await line.finish()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert line.done == []
