"""What a run may spend: reserved before an attempt, and booked when it has ended."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Protocol


class Purse(Protocol):
    """Holds the budget; what is spent and what is reserved are never more than that."""

    @property
    def budget(self) -> Decimal:
        """US dollars."""

    async def reserve(self, worst: Decimal) -> Decimal | None:
        """So much is reserved: None; or what is spent, where that leaves too little for ever."""

    def book(self, reserved: Decimal, paid: Decimal) -> None:
        """Of what was reserved so much is spent, and the rest is there again."""


class OwnPurse:
    """The purse of one process; who finds too little in it waits for what others have reserved."""

    def __init__(self, budget: Decimal) -> None:
        self.budget = budget
        self.spent = Decimal(0)
        self._reserved = Decimal(0)
        self._turn = asyncio.Lock()
        self._booked = asyncio.Event()

    async def reserve(self, worst: Decimal) -> Decimal | None:
        """So much is reserved: None; or what is spent, where that leaves too little for ever."""
        async with self._turn:  # in order of arrival: a dear call is not passed over for ever
            while self.spent + self._reserved + worst > self.budget:
                if self.spent + worst > self.budget:
                    return self.spent
                self._booked.clear()
                await self._booked.wait()
            self._reserved += worst
        return None

    def book(self, reserved: Decimal, paid: Decimal) -> None:
        """Of what was reserved so much is spent, and the rest is there again."""
        self._reserved -= reserved
        self.spent += paid
        self._booked.set()
