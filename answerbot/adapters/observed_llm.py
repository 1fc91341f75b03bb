"""See every attempt that goes to an endpoint: count it, and tell it where somebody listens."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from answerbot.adapters.spent import OtherWayError
from answerbot.domain.errors import EndpointError, NotFinishedError
from answerbot.domain.llm import LLM, ChargedReplyError, Reply, Request, TransientError, Usage
from answerbot.domain.traffic import Traffic

_LOGGER = logging.getLogger("answerbot")
_OK = 200


class ObservedLLM:
    """The model behind; each attempt is counted in `traffic`.

    With debug messages on, each is logged when it has ended, its fields in the record's `fields`.
    Stands directly before the client: what waits for its turn does not count as time.
    """

    def __init__(
        self, llm: LLM, traffic: Traffic, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._llm = llm
        self._traffic = traffic
        self._clock = clock

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind."""
        number = self._traffic.begin(request.key)
        began = self._clock()
        try:
            reply = await self._llm.complete(request)
        except ChargedReplyError as error:  # it came, and is of no use
            seconds = self._clock() - began
            self._traffic.answered(request.key, seconds)
            _log(request, number, seconds, _OK, error.usage, error)
            raise
        except BaseException as error:
            throttled = isinstance(error, TransientError) and error.throttled
            self._traffic.failed(request.key, throttled=throttled)
            _log(request, number, self._clock() - began, *_known_of(error), error)
            raise
        seconds = self._clock() - began
        self._traffic.answered(request.key, seconds)
        _log(request, number, seconds, _OK, reply.usage)
        return reply


def _known_of(error: BaseException) -> tuple[int | None, Usage | None]:
    """The status, and what earlier ways of asking within the attempt took."""
    if isinstance(error, OtherWayError):
        return _OK, error.usage
    return (error.status, error.usage) if isinstance(error, EndpointError) else (None, None)


def _log(
    request: Request,
    number: int,
    seconds: float,
    status: int | None,
    usage: Usage | None,
    error: BaseException | None = None,
) -> None:
    if not _LOGGER.isEnabledFor(logging.DEBUG):
        return
    fields: dict[str, Any] = {
        "event": "attempt",
        "key": request.key,
        "label": request.label,
        "model": request.model,
        "attempt": number,
        "status": status,
        "seconds": round(seconds, 3),
        "input_tokens": usage.input_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
        "cached_tokens": usage.cached_tokens if usage else None,
        "fault": error.code if isinstance(error, NotFinishedError) else None,
        "error": str(error) or type(error).__name__ if error else None,
    }
    _LOGGER.debug("attempt", extra={"fields": fields})
