"""Nothing more goes out where everything fails."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Callable

from answerbot.adapters.circuit import IN_A_ROW, Circuit
from answerbot.domain.errors import EndpointError, NotFinishedError
from answerbot.domain.llm import LLM, Reply, Request

_LOGGER = logging.getLogger("answerbot")
_GLANCE = 0.25  # seconds between two looks at whether to stop


class HeldBackError(NotFinishedError):
    """The request did not go out: the endpoint is being tried with another one."""


class Breaker:
    """What the adapters before and behind the line share: a circuit, and news of it.

    `on_broken` is called, maybe more than once, where the circuit breaks by what came of a request.
    """

    def __init__(
        self,
        circuit: Circuit,
        *,
        stopping: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.circuit = circuit
        self.stopping = stopping
        self.clock = clock
        self.on_broken: Callable[[EndpointError], None] = lambda _: None
        self._news = asyncio.Event()

    def gives_up(self) -> bool:
        """Whether nobody should wait any more: the circuit is broken, or the user wants to stop."""
        return self.circuit.broken is not None or self.stopping()

    async def passage(self) -> None:
        """A request may go out, as far as anybody knows."""
        while not self.gives_up() and (wait := self.circuit.wait(self.clock())) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(wait, _GLANCE))

    def give_up(self, error: EndpointError) -> None:
        """Nothing more goes out: another process of the run found out that it is of no use."""
        self.circuit.broken = self.circuit.broken or error
        self.tell()

    def tell(self) -> None:
        """Whoever waits looks again."""
        self._news.set()
        self._news = asyncio.Event()


class CircuitLLM:
    """The model behind, unless the circuit says no; it stands behind the line.

    Who waits in the line when everything fails goes no further than here.

    Raises (on `complete`):
        EndpointError: nothing more goes out in this run.
        HeldBackError: not now.
    """

    def __init__(self, llm: LLM, breaker: Breaker) -> None:
        self._llm = llm
        self._breaker = breaker
        self._numbers = itertools.count()

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind."""
        circuit, clock = self._breaker.circuit, self._breaker.clock
        if broken := circuit.broken:
            # Anew, as what somebody paid before it is no matter of the others.
            raise EndpointError(*broken.problems, status=broken.status, code=broken.code)
        if circuit.wait(clock()) > 0 and not self._breaker.stopping():
            raise HeldBackError(f"{request.label}: held back")
        number = next(self._numbers)
        circuit.begin(number)
        try:
            reply = await self._llm.complete(request)
            if circuit.is_outage:
                _LOGGER.info("the endpoint answers again")
            circuit.succeeded()
            return reply
        except NotFinishedError as error:
            known = circuit.is_outage
            circuit.failed(number, error, clock())
            if circuit.broken:
                self._breaker.on_broken(circuit.broken)
            if circuit.is_outage and not known:
                what = "%d requests in a row failed, so one at a time is tried: %s"
                _LOGGER.info(what, IN_A_ROW, error.problems[0].what)
            raise
        finally:
            circuit.end(number)
            self._breaker.tell()


class PatientLLM:
    """Waits, in front of the line, while the circuit lets nothing through.

    Raises (on `complete`):
        EndpointError: nothing more goes out in this run.
    """

    def __init__(self, llm: LLM, breaker: Breaker) -> None:
        self._llm = llm
        self._breaker = breaker

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind."""
        while True:
            await self._breaker.passage()
            with contextlib.suppress(HeldBackError):
                return await self._llm.complete(request)
