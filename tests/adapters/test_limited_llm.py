from __future__ import annotations

import asyncio

from answerbot.adapters.limited_llm import LimitedLLM
from answerbot.domain.llm import Reply, Request
from tests.adapters.requests import request


class _Gated:
    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.at_once = self.most_at_once = self.calls = 0

    async def complete(self, request: Request) -> Reply:
        self.calls += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.open.wait()
        self.at_once -= 1
        return Reply(text="Yes.", model=request.model)


async def test_no_more_than_so_many_are_in_flight() -> None:
    gated = _Gated()
    llm = LimitedLLM(gated, 4)
    tasks = [asyncio.create_task(llm.complete(request())) for _ in range(20)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert gated.at_once == 4
    gated.open.set()
    replies = await asyncio.gather(*tasks)
    assert [reply.text for reply in replies] == ["Yes."] * 20
    assert (gated.calls, gated.most_at_once) == (20, 4)


async def test_a_request_that_is_cancelled_makes_room() -> None:
    gated = _Gated()
    llm = LimitedLLM(gated, 1)
    first, second = (asyncio.create_task(llm.complete(request())) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    gated.open.set()
    assert (await second).text == "Yes."
