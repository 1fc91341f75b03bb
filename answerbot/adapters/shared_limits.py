"""The limits of a run that is made of several processes: kept by one, and asked for by the others.

SharedLimits    the keeper's side: holds the limits, takes calls, gives answers
MemberLimits    a member's side: the same limits for whoever asks there

What carries calls and answers is another's. Both come in bundles, so that a thousand requests a
second are few messages: what a member calls within one step of its loop travels together.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from answerbot.adapters.limits import Limits
from answerbot.adapters.pacing import Ticket
from answerbot.domain.errors import EndpointError

PATIENCE = 1.0
"""Seconds that a member waits for an answer before it hears that there is none."""

SILENCE = 60.0
"""Seconds after which a member that says nothing is taken for dead."""

_LIMIT = "x-ratelimit-"


@dataclass(frozen=True, slots=True)
class Call:
    """What a member wants or tells; `number` is that of the answer, None where none is wanted."""

    name: str
    values: tuple[Any, ...]
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of calls, by their numbers.

    `stopping`: the user wants no further requests. `broken`: how every further request would end.
    The keeper takes who is not `alive` for dead.
    """

    found: tuple[tuple[int, Any], ...] = ()
    stopping: bool = False
    broken: EndpointError | None = None
    alive: bool = True


@dataclass
class _Member:
    """What the keeper holds of a member: what it waits for, and what it would leave behind."""

    heard_at: float
    answers: list[tuple[int, Any]] = field(default_factory=list)
    waiting: set[asyncio.Task[None]] = field(default_factory=set)
    tickets: dict[int, Ticket] = field(default_factory=dict)
    reserved: Counter[Decimal] = field(default_factory=Counter)
    news: asyncio.Event = field(default_factory=asyncio.Event)


class SharedLimits:
    """The limits, for members who are told apart by their names; used on one event loop.

    What a member that died had in flight is no longer on its way, and counts as paid at its worst.
    A member is dead that says nothing, and one whose name up to the last / a new member has.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.stopping = False
        self._broken: EndpointError | None = None
        self._limits = limits
        self._clock = clock
        self._members: dict[str, _Member] = {}
        self._dead: set[str] = set()

    def gives_up(self) -> bool:
        """Whether nobody should wait any more: all is stopped, or a member's circuit is broken."""
        return self.stopping or self._broken is not None

    def take(self, name: str, calls: Sequence[Call]) -> None:
        """The member's calls are dealt with, in their order."""
        if name in self._dead:
            return
        member = self._member(name)
        for call in calls:
            if call.number is None:
                self._tell(member, call)
            else:
                task = asyncio.create_task(self._answer(member, call, call.number))
                member.waiting.add(task)
                task.add_done_callback(member.waiting.discard)

    async def answers(self, name: str) -> Answers:
        """What there is to say to the member, as soon as there is something; soon in any case."""
        if name in self._dead:
            return Answers(alive=False)
        member = self._member(name)
        oldest = member.heard_at - SILENCE
        self._bury(other for other, one in self._members.items() if one.heard_at < oldest)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await member.news.wait()
        member.news.clear()
        found, member.answers = tuple(member.answers), []
        return Answers(found, self.stopping, self._broken)

    def _member(self, name: str) -> _Member:
        if name not in self._members:
            place = name.rpartition("/")[0]
            self._bury(one for one in self._members if one.rpartition("/")[0] == place)
            self._members[name] = _Member(self._clock())
        member = self._members[name]
        member.heard_at = self._clock()
        return member

    async def _answer(self, member: _Member, call: Call, number: int) -> None:
        if call.name == "take":
            ticket = await self._limits.turns.take(*call.values)
            member.tickets[ticket.requests] = ticket
            found: Any = ticket
        else:
            (worst,) = call.values
            assert self._limits.purse is not None, "only a purse is asked for money"
            found = await self._limits.purse.reserve(worst)
            if found is None:
                member.reserved[worst] += 1
        member.answers.append((number, found))
        member.news.set()

    def _break(self, error: EndpointError) -> None:
        self._broken = self._broken or error
        for member in self._members.values():
            member.news.set()

    def _tell(self, member: _Member, call: Call) -> None:
        if call.name == "break":
            self._break(call.values[0])
            return
        if call.name == "book":
            reserved, paid = call.values
            if self._limits.purse is not None and member.reserved[reserved]:
                member.reserved[reserved] -= 1
                self._limits.purse.book(reserved, paid)
            return
        ticket: Ticket = call.values[0]
        if ticket.requests in member.tickets:
            getattr(self._limits.turns, call.name)(*call.values)
        if call.name == "end":
            member.tickets.pop(ticket.requests, None)

    def _bury(self, names: Iterable[str]) -> None:
        for name in list(names):
            self._dead.add(name)
            member = self._members.pop(name)
            for task in member.waiting:
                task.cancel()
            for ticket in member.tickets.values():
                self._limits.turns.end(ticket)
            if self._limits.purse is not None:
                for worst in member.reserved.elements():
                    self._limits.purse.book(worst, worst)


Send = Callable[[Sequence[Call]], None]
Receive = Callable[[], Awaitable[Answers]]


class MemberLimits:
    """The limits that another process keeps; `stopping` is what that one says.

    `on_broken` is called, maybe more than once, where a member found out that every request would
    end so. `send` carries calls there at once, `receive` waits for answers. `lost` is called where
    there will be none, as the keeper is gone or takes this process for dead. Used on one event
    loop.
    """

    def __init__(
        self, send: Send, receive: Receive, lost: Callable[[], None], budget: Decimal | None
    ) -> None:
        self.stopping = False
        self.on_broken: Callable[[EndpointError], None] = lambda _: None
        self._send = send
        self._receive = receive
        self._lost = lost
        self._numbers = count()
        self._unsent: list[Call] = []
        self._awaited: dict[int, tuple[Call, asyncio.Future[Any]]] = {}
        self._listening: asyncio.Task[None] | None = None
        purse = None if budget is None else _MemberPurse(self, budget)
        self.limits = Limits(_MemberTurns(self), purse)

    async def ask(self, name: str, *values: Any) -> Any:
        """The keeper's answer."""
        call = Call(name, values, next(self._numbers))
        answer = asyncio.get_running_loop().create_future()
        self._awaited[call.number or 0] = call, answer
        self._add(call)
        return await answer

    def tell(self, name: str, *values: Any) -> None:
        """The keeper hears of it."""
        self._add(Call(name, values))

    def give_up(self, error: EndpointError) -> None:
        """All members hear that every further request would end so."""
        self.tell("break", error)

    def _add(self, call: Call) -> None:
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._send_all)
        self._unsent.append(call)

    def _send_all(self) -> None:
        calls, self._unsent = self._unsent, []
        self._send(calls)

    async def _listen(self) -> None:
        while (answers := await self._heard()).alive:
            self.stopping = answers.stopping
            if answers.broken:
                self.on_broken(answers.broken)
            for number, found in answers.found:
                self._hand_over(number, found)
        self._lost()

    async def _heard(self) -> Answers:
        try:
            return await self._receive()
        except Exception:  # noqa: BLE001  whatever it was, the keeper cannot be reached
            return Answers(alive=False)

    def _hand_over(self, number: int, found: Any) -> None:
        call, answer = self._awaited.pop(number)
        if not answer.done():
            answer.set_result(found)
        elif isinstance(found, Ticket):  # who waited is not there any more
            self.tell("end", found)
        elif found is None:
            self.tell("book", *call.values, Decimal(0))


@dataclass(frozen=True)
class _MemberTurns:
    """The turns that the keeper gives."""

    _member: MemberLimits
    counts_tokens: bool = True  # nobody here knows whether they matter

    async def take(self, tokens: float) -> Ticket:
        ticket = await self._member.ask("take", tokens)
        assert isinstance(ticket, Ticket)
        return ticket

    def hear(self, ticket: Ticket, headers: Mapping[str, str]) -> None:
        named = {key.lower(): value for key, value in headers.items()}
        said = {key: value for key, value in named.items() if _LIMIT in key}
        if said:
            self._member.tell("hear", ticket, said)

    def answered(self, ticket: Ticket, tokens: int | None, written: int) -> None:
        self._member.tell("answered", ticket, tokens, written)

    def refused(self, ticket: Ticket, retry_after: float | None) -> None:
        self._member.tell("refused", ticket, retry_after)

    def end(self, ticket: Ticket) -> None:
        self._member.tell("end", ticket)


@dataclass(frozen=True)
class _MemberPurse:
    """The purse that the keeper holds."""

    _member: MemberLimits
    budget: Decimal

    async def reserve(self, worst: Decimal) -> Decimal | None:
        spent = await self._member.ask("reserve", worst)
        assert spent is None or isinstance(spent, Decimal)
        return spent

    def book(self, reserved: Decimal, paid: Decimal) -> None:
        self._member.tell("book", reserved, paid)
