"""Answer requests from the store, and save there what an endpoint replies before it is used."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from math import inf

from answerbot.adapters.chat import read_reply
from answerbot.adapters.kept import KeptReply
from answerbot.adapters.ledger import Note
from answerbot.adapters.locks import Claims
from answerbot.adapters.store import Store
from answerbot.domain.errors import (
    ASK_ANEW,
    BudgetError,
    EndpointError,
    Problem,
    StoppedError,
)
from answerbot.domain.llm import LLM, ChargedReplyError, RawReply, Reply, Request, Usage
from answerbot.domain.recording import Recording

_LOGGER = logging.getLogger("answerbot")
_GLANCE = 0.1  # seconds between two looks at whether another process is done
_SILENCE = 5.0  # seconds of waiting for another process before it is told
_FEW = 8  # requests at once: with so few, each reply is saved as soon as it comes
_APART = 0.01  # seconds between two commits where there are more
_AT_A_TIME = 4  # so many go on before what is to be sent and read has its turn


class StoredLLM:
    """Replies that were paid for before, else those of the endpoint behind, saved at once.

    A request is looked up under each of `models` in turn. Equal requests that are in flight
    together are asked once: those of one run always, those of several processes where they share
    `claims`. `source` names the endpoint in what is saved. No more than `most` are asked for and
    not yet saved, so that is the most that a crash loses. A reply that was paid for and cannot be
    used is kept as it came: it is read again, perhaps by a program that makes more of it, and not
    asked for again.

    Raises (on `complete`):
        ChargedReplyError: what came, now or earlier, is of no use.
        StoppedError: it would have to wait, for another process or its turn, and `stopping` says
            not to.
        StoreError: the reply could not be saved.
    """

    def __init__(
        self,
        store: Store,
        models: Sequence[str],
        endpoint: LLM,
        *,
        source: str,
        note: Note | None = None,
        claims: Claims | None = None,
        most: int | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._models = tuple(models)
        self._endpoint = endpoint
        self._source = source
        self._note = note
        self._claims = claims
        self._places = nullcontext() if most is None else asyncio.Semaphore(most)
        self._stopping = stopping
        self._told = False
        self._in_flight: dict[str, asyncio.Task[tuple[Recording, bool]]] = {}
        self._saver = _Saver(store, lambda: len(self._in_flight) > _FEW)

    async def complete(self, request: Request) -> Reply:
        """The stored reply, or that of the endpoint, which is then stored."""
        if held := self._held(request):
            return self._noted(request, held, paid=False)
        task = self._in_flight.get(request.key)
        if first := task is None:
            task = asyncio.create_task(self._have(request))
            self._in_flight[request.key] = task
            task.add_done_callback(lambda _: self._in_flight.pop(request.key, None))
        # One waiter that is cancelled must not take the reply from the others, nor from the store.
        recording, paid = await asyncio.shield(task)
        return self._noted(request, recording, paid=first and paid)

    async def aclose(self, *, wait: bool = True) -> None:
        """What was in flight has come in and is saved, or has failed, or is broken off."""
        if not wait:
            for task in self._in_flight.values():
                task.cancel()
        await asyncio.gather(*self._in_flight.values(), return_exceptions=True)
        await self._saver.aclose()
        if self._claims:
            self._claims.close()

    def _held(self, request: Request) -> Recording | None:
        found = (self._store.get(request.key_for(model), request) for model in self._models)
        return next(filter(None, found), None)

    def _known(self, request: Request) -> Recording | None:
        """What is held by now, or what was of no use when it came, as this program reads it."""
        kept = None
        for model in dict.fromkeys((*self._models, request.model)):
            found = self._store.find(request.key_for(model), request)
            if isinstance(found, Recording):
                return found
            if model == request.model:
                kept = found
        return self._reread(request, kept) if kept else None

    def _reread(self, request: Request, kept: KeptReply) -> Recording:
        try:
            reply = read_reply(request, kept.raw.body)
        except ChargedReplyError as error:
            raise _standing(error, request) from None
        recording = Recording.of(request, reply, recorded_at=kept.recorded_at, source=kept.source)
        self._store.save(recording)
        return recording

    async def _have(self, request: Request) -> tuple[Recording, bool]:
        """The reply, and whether it was paid for just now."""
        if self._claims is None:
            if known := self._known(request):
                return known, False
            return await self._ask(request), True
        await self._claim(self._claims, request)
        try:
            # Meanwhile another process may have had it.
            if known := self._known(request):
                return known, False
            return await self._ask(request), True
        finally:
            self._claims.let_go(request.key)

    async def _claim(self, claims: Claims, request: Request) -> None:
        began = time.monotonic()
        while not claims.take(request.key):
            if self._stopping():
                raise StoppedError("stopped while another run asked for the same")
            if not self._told and time.monotonic() - began > _SILENCE:
                self._told = True
                _LOGGER.info("waiting for another run, which asks for the same replies just now")
            await asyncio.sleep(_GLANCE)

    async def _ask(self, request: Request) -> Recording:
        async with self._places:
            if self._stopping():
                raise StoppedError("stopped before the next request")
            return await self._paid(request)

    async def _paid(self, request: Request) -> Recording:
        try:
            reply = await self._endpoint.complete(request)
        except (BudgetError, EndpointError) as error:
            if error.usage:
                self._note_lost(request, error.usage)
            raise
        except ChargedReplyError as error:
            self._note_lost(request, error.usage)
            if error.raw is None:
                raise
            await self._keep(request, error.raw, error.code)
            raise _standing(error, request) from error
        recording = self._recording(request, reply)
        await self._saver.save(recording)
        return recording

    def _note_lost(self, request: Request, usage: Usage | None) -> None:
        """The account tells what was paid for a reply of no use."""
        if self._note:
            lost = Reply(text="", model=request.model, usage=usage)
            self._note(request, self._recording(request, lost), "unusable")

    async def _keep(self, request: Request, raw: RawReply, outcome: str) -> None:
        kept = KeptReply(
            key=request.key,
            label=request.label,
            request=request.model_copy(update={"label": ""}),
            raw=raw,
            outcome=outcome,
            recorded_at=_now(),
            source=self._source,
        )
        await asyncio.to_thread(self._store.keep, kept)

    def _recording(self, request: Request, reply: Reply) -> Recording:
        return Recording.of(request, reply, recorded_at=_now(), source=self._source)

    def _noted(self, request: Request, recording: Recording, *, paid: bool) -> Reply:
        if self._note:
            self._note(request, recording, "endpoint" if paid else "store")
        return recording.answer()


def _standing(error: ChargedReplyError, request: Request) -> ChargedReplyError:
    """The error of a reply that is kept: it stands until a person says otherwise."""
    first = error.problems[0]
    hint = f"{first.hint}; it is {ASK_ANEW}"
    return ChargedReplyError(
        Problem(first.what, first.location, hint),
        usage=error.usage,
        code=error.code,
        keys=(request.key,),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class _Saver:
    """Saves what comes while an earlier commit is under way together, and none of it twice.

    A commit waits for the disk, a thousandth of a second or more; meanwhile the run goes on. It
    costs about as much however many it saves, so those of a `busy` run keep some time apart.
    """

    def __init__(self, store: Store, busy: Callable[[], bool]) -> None:
        self._store = store
        self._busy = busy
        self._waiting: list[tuple[Recording, asyncio.Future[None]]] = []
        self._next: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._last = -inf

    async def save(self, recording: Recording) -> None:
        """The reply is on disk."""
        saved: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((recording, saved))
        if self._next is None:
            self._next = asyncio.create_task(self._commit())
        # Who breaks off does not take the reply from the store, nor from the others.
        await saved

    async def aclose(self) -> None:
        """All that was given is on disk, or has failed."""
        if self._next is not None:
            await self._next
        async with self._one_at_a_time:
            pass

    async def _commit(self) -> None:
        async with self._one_at_a_time:
            if self._busy():
                await asyncio.sleep(self._last + _APART - time.monotonic())
            batch, self._waiting, self._next = self._waiting, [], None
            saving = asyncio.to_thread(self._store.save, *(recording for recording, _ in batch))
            (outcome,) = await asyncio.gather(saving, return_exceptions=True)
            self._last = time.monotonic()
        for number, (_, saved) in enumerate(batch, start=1):
            if saved.done():
                continue  # broken off
            if isinstance(outcome, BaseException):
                saved.set_exception(outcome)
            else:
                saved.set_result(None)
            if number % _AT_A_TIME == 0:
                # Else nothing would be sent or read before all of them are judged.
                await asyncio.sleep(0)
