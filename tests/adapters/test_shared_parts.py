"""Parts of work, and who asks for them."""

from __future__ import annotations

import asyncio

from answerbot.adapters.shared_parts import SharedParts


def test_a_part_is_waited_for_and_can_be_had_again_until_it_is_forgotten() -> None:
    async def come() -> list[bytes | None]:
        parts = SharedParts()
        second = asyncio.create_task(parts.part(1))
        parts.give(0, b"a")
        await asyncio.sleep(0)
        assert not second.done()
        parts.give(1, b"b")
        found = [await parts.part(0), await second, await parts.part(0), await parts.part(1)]
        parts.forget(0)
        return [*found, await parts.part(0), await parts.part(1)]

    assert asyncio.run(come()) == [b"a", b"b", b"a", b"b", b"", b"b"]


def test_the_end_is_told_to_who_waits_for_more() -> None:
    async def come() -> bytes | None:
        parts = SharedParts()
        parts.give(0, b"a")
        second = asyncio.create_task(parts.part(1))
        await asyncio.sleep(0)
        parts.give(1, None)
        return await second

    assert asyncio.run(come()) is None
