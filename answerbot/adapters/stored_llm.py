"""Answer requests from the store, and save there what an endpoint replies before it is used."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from answerbot.adapters.ledger import Note
from answerbot.adapters.store import Store
from answerbot.domain.llm import LLM, ChargedReplyError, Reply, Request
from answerbot.domain.recording import Recording

_LOGGER = logging.getLogger("answerbot")


class StoredLLM:
    """Replies that were paid for before, else those of the endpoint behind, saved at once.

    A request is looked up under each of `models` in turn. Equal requests that are in flight
    together are asked once. `source` names the endpoint in what is saved. A reply that was paid for
    and cannot be used is noted and not saved.
    """

    def __init__(
        self,
        store: Store,
        models: Sequence[str],
        endpoint: LLM,
        *,
        source: str,
        note: Note | None = None,
    ) -> None:
        self._store = store
        self._models = tuple(models)
        self._endpoint = endpoint
        self._source = source
        self._note = note
        self._in_flight: dict[str, asyncio.Task[Recording]] = {}

    async def complete(self, request: Request) -> Reply:
        """The stored reply, or that of the endpoint, which is then stored."""
        for model in self._models:
            if recording := self._store.get(request.for_model(model).key):
                return self._noted(request, recording, paid=False)
        task = self._in_flight.get(request.key)
        if first := task is None:
            task = asyncio.create_task(self._ask(request))
            self._in_flight[request.key] = task
            task.add_done_callback(lambda _: self._in_flight.pop(request.key, None))
        # One waiter that is cancelled must not take the reply from the others, nor from the store.
        return self._noted(request, await asyncio.shield(task), paid=first)

    async def aclose(self, *, wait: bool = True) -> None:
        """What was in flight has come in and is saved, or has failed, or is broken off."""
        if not wait:
            for task in self._in_flight.values():
                task.cancel()
        await asyncio.gather(*self._in_flight.values(), return_exceptions=True)

    async def _ask(self, request: Request) -> Recording:
        began = time.monotonic()
        try:
            reply = await self._endpoint.complete(request)
        except ChargedReplyError as error:
            if self._note:
                lost = Reply(text="", model=request.model, usage=error.usage)
                self._note(request, self._recording(request, lost), "unusable")
            raise
        _LOGGER.debug("%s: %.1f s", request.label, time.monotonic() - began)
        recording = self._recording(request, reply)
        self._store.save(recording)
        return recording

    def _recording(self, request: Request, reply: Reply) -> Recording:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return Recording.of(request, reply, recorded_at=now, source=self._source)

    def _noted(self, request: Request, recording: Recording, *, paid: bool) -> Reply:
        if self._note:
            self._note(request, recording, "endpoint" if paid else "store")
        return recording.answer()
