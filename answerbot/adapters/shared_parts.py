"""Parts of work on their way from the process that reads them to those that work on them."""

from __future__ import annotations

import asyncio


class SharedParts:
    """Parts by their places, which are numbers from 0 on; used on one event loop.

    A part can be had more than once, as whoever had it may have died. Once it is forgotten its work
    is done: who still goes through all of them gets it empty.
    """

    def __init__(self) -> None:
        self._parts: dict[int, bytes | None] = {}
        self._forgotten = 0
        self._news = asyncio.Event()

    def give(self, place: int, part: bytes | None) -> None:
        """The part is there; one that is None is the end."""
        self._parts[place] = part
        self._news.set()

    def forget(self, place: int) -> None:
        """The work on this part, and on all before it, is done."""
        self._parts.pop(place, None)
        self._forgotten = place + 1

    async def part(self, place: int) -> bytes | None:
        """The part, as soon as it is there."""
        while place not in self._parts:
            if place < self._forgotten:
                return b""
            self._news.clear()
            await self._news.wait()
        return self._parts[place]
