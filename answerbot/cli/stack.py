"""The stack of adapters that a run asks: recordings, store, limits, retries, client."""

from __future__ import annotations

import os
from asyncio import CancelledError
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from answerbot.adapters.config import Config, Mode
from answerbot.adapters.ledger import Ledger
from answerbot.adapters.prices import price_list
from answerbot.adapters.recorded_llm import RecordedLLM
from answerbot.adapters.recordings import Recordings, open_recordings
from answerbot.cli.command import COMMAND
from answerbot.cli.garbage import rare_collections
from answerbot.cli.notices import notice
from answerbot.cli.showing import counted
from answerbot.domain.errors import ASK_ANEW, AwaitedError, InputError, Problem, ReplyError
from answerbot.domain.llm import LLM, ModelSettings, Request
from answerbot.domain.prices import Price
from answerbot.domain.traffic import Traffic

if TYPE_CHECKING:
    from answerbot.adapters.circuit_llm import Breaker
    from answerbot.adapters.limits import Limits
    from answerbot.adapters.openai_llm import OpenAILLM
    from answerbot.adapters.store import Store
    from answerbot.adapters.stored_llm import StoredLLM
    from answerbot.adapters.tracing import Tracing
    from answerbot.adapters.turns import Turns

OPENAI = "https://api.openai.com/v1"
_FILES = "batch files"  # in the place of an address: a folder of this machine tells nobody anything


class Way(Protocol):
    """How requests that nothing on disk answers reach a model, until it is closed."""

    @property
    def llm(self) -> LLM:
        """What answers them."""
        ...

    @property
    def awaited(self) -> AwaitedError | None:
        """What the run ends with where replies are still to come from elsewhere."""
        ...

    async def aclose(self) -> None:
        """Nothing is under way any more."""
        ...


@dataclass(frozen=True)
class Whole:
    """What processes share that each are a part of a run: its limits, and the span they are in."""

    limits: Limits
    trace: str = ""


@dataclass
class Stack:
    """Everything that answers requests, and the account of it.

    `free` answers from disk alone, and a request that would have to be paid for is a miss.
    `endpoint` is the address without any password, None where nothing can be asked for;
    `pause` tells for how many seconds that wants nothing. `announcement` is what stderr should say
    before the work starts, None where that is nothing.
    """

    llm: LLM
    free: LLM
    ledger: Ledger
    settings: ModelSettings
    mode: Mode
    models: tuple[str, ...]
    recordings: Recordings
    price_of: Callable[[str], Price | None]
    endpoint: str | None = None
    announcement: str | None = None
    store: Store | None = None
    breaker: Breaker | None = None
    traffic: Traffic = field(default_factory=Traffic)
    pause: Callable[[], float] = lambda: 0.0
    _stored: StoredLLM | None = field(default=None, repr=False)
    _way: Way | None = field(default=None, repr=False)
    _tracing: Tracing | None = field(default=None, repr=False)
    _entered: ExitStack = field(default_factory=ExitStack, repr=False)

    def keep_unusable(self, errors: Iterable[Exception]) -> None:
        """Replies of no use stay, marked as such, and the user knows how to have them anew."""
        if marked := self.mark_unusable(errors):
            notice(f"{counted(marked, 'reply', 'replies')} of no use: {ASK_ANEW}")

    def mark_unusable(self, errors: Iterable[Exception]) -> int:
        """Replies of no use stay, marked as such; tells how many errors are of these."""
        useless = [error for error in errors if isinstance(error, ReplyError) and error.keys]
        if self.store is None or not useless:
            return 0
        self.store.mark({key: error.code for error in useless for key in error.keys})
        return len(useless)

    @property
    def trace(self) -> str:
        """Where spans of other processes of this run are to stand; '' without any."""
        return self._tracing.place if self._tracing else ""

    async def deliver_spans(self) -> None:
        """No span that has ended waits to be sent."""
        if self._tracing:
            await self._tracing.deliver()

    def require_replies(self) -> None:
        """Nothing is awaited that is to come from elsewhere.

        Raises:
            AwaitedError: something is; a later run goes on from there.
        """
        if self._way is not None and (error := self._way.awaited):
            raise error

    async def __aenter__(self) -> Stack:
        self._entered.enter_context(rare_collections())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._entered:
            await self.aclose(wait=not isinstance(error, (CancelledError, KeyboardInterrupt)))

    async def aclose(self, *, wait: bool = True) -> None:
        """What was in flight is in the store, or is broken off; everything is let go of."""
        if self._stored is not None:
            await self._stored.aclose(wait=wait)
        if self._way is not None:
            await self._way.aclose()
        if self.store is not None:
            self.store.close()
        if self._tracing is not None:
            await self._tracing.aclose(wait=wait)


def configured_endpoint() -> tuple[str, str | None] | None:
    """The address and the key of the endpoint that the environment names, or None."""
    from urllib.parse import urlsplit

    address = os.environ.get("OPENAI_BASE_URL", "").strip()
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    if not address and not key:
        return None
    if address and not _is_address(address):
        what = f"OPENAI_BASE_URL is no address: {address!r}"
        raise InputError(Problem(what, hint="it is one like http://localhost:8000/v1"))
    parts = urlsplit(address)
    if "@" in parts.netloc or parts.query:
        # Nothing of this would be sent as it is meant, and it would stand in messages and reports.
        what = "OPENAI_BASE_URL has a name, a password or a query in it"
        hint = "leave it out, and let OPENAI_API_KEY be what the endpoint wants"
        raise InputError(Problem(what, hint=hint))
    return address or OPENAI, key or None


def _is_address(text: str) -> bool:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # the port is none
        return False


def build_stack(
    config: Config,
    *,
    before_paying: Callable[[LLM], LLM] = lambda paid: paid,
    stopping: Callable[[], bool] = lambda: False,
    recordings: Recordings | None = None,
    keeping: bool = False,
    whole: Whole | None = None,
) -> Stack:
    """The stack that the configuration asks for; flags are in the configuration by now.

    `before_paying` wraps what costs money: what is on disk does not pass through it, nor what waits
    for its turn. No attempt is waited for once `stopping` says so. `recordings` are those to answer
    from where these are not all that the configuration names. Replies stay in the ledger where it
    is `keeping` them. `whole` is the run that this process is only a part of.

    Raises:
        InputError: mode 'live' and no endpoint, a budget and no price, unreadable recordings.
        NotFinishedError: an endpoint would be asked and the store cannot be written.
    """
    mode = config.model.mode
    endpoint = _asked_endpoint(config)
    if mode == "live" and endpoint is None:
        hint = "set OPENAI_API_KEY, or OPENAI_BASE_URL for an endpoint of your own"
        raise InputError(Problem("mode 'live' asks an endpoint and none is configured", hint=hint))
    live, replay = config.model.live, config.model.replay
    asked = live if endpoint else replay
    models = (live,) if mode == "live" else tuple(dict.fromkeys((asked, live, replay)))
    settings = ModelSettings(
        model=asked,
        max_output_tokens=config.model.max_output_tokens,
        temperature=config.model.temperature,
    )
    recordings = _recordings(config) if recordings is None else recordings
    price_of = price_list(config.prices, endpoint[0] if endpoint else None)
    ledger = Ledger(price_of, keeping)
    if endpoint is None:
        recorded = RecordedLLM(recordings, models, note=ledger.note)
        announcement = (
            "no endpoint configured (OPENAI_API_KEY, OPENAI_BASE_URL): replaying recordings"
            if mode == "auto"
            else None
        )
        return Stack(
            llm=recorded,
            free=recorded,
            ledger=ledger,
            settings=settings,
            mode="replay",
            models=models,
            recordings=recordings,
            price_of=price_of,
            announcement=announcement,
        )
    return _with_endpoint(
        config, endpoint, settings, models, recordings, ledger, before_paying, stopping, whole
    )


def _with_endpoint(
    config: Config,
    endpoint: tuple[str, str | None],
    settings: ModelSettings,
    models: tuple[str, ...],
    recordings: Recordings,
    ledger: Ledger,
    before_paying: Callable[[LLM], LLM],
    stopping: Callable[[], bool],
    whole: Whole | None,
) -> Stack:
    from answerbot.adapters.budgeted_llm import BudgetedLLM, require_price
    from answerbot.adapters.circuit import Circuit
    from answerbot.adapters.circuit_llm import Breaker
    from answerbot.adapters.limits import own_limits
    from answerbot.adapters.locks import Claims
    from answerbot.adapters.observed_llm import ObservedLLM
    from answerbot.adapters.store import Store
    from answerbot.adapters.stored_llm import StoredLLM
    from answerbot.adapters.tracing import begin_tracing

    address, _ = endpoint
    if config.budget is not None:
        require_price(settings.model, ledger.price_of)
    store = Store(config.store_path())
    store.prove_writable()
    traffic = Traffic()
    tracing = begin_tracing(f"answerbot {COMMAND.get()}", whole.trace if whole else "")

    def seen(llm: LLM) -> LLM:
        return before_paying(ObservedLLM(tracing.attempts(llm) if tracing else llm, traffic))

    outage, patience = config.model.outage, config.model.patience
    breaker = Breaker(Circuit(outage, patience), stopping=stopping)
    limits = whole.limits if whole else own_limits(config, breaker.gives_up)
    turns, purse = limits.turns, limits.purse

    def budgeted(llm: LLM, finds_out: Callable[[Request], bool] = lambda _: False) -> LLM:
        return llm if purse is None else BudgetedLLM(llm, purse, ledger.price_of, finds_out)

    way = _way(config, endpoint, store, seen, budgeted, turns, breaker)
    shown = without_password(address)
    stored = StoredLLM(
        store,
        models,
        tracing.requests(way.llm, shown) if tracing else way.llm,
        source=shown,
        note=ledger.note,
        # Of batches the store says which are under way, so that runs share them.
        claims=None if batched(config) else Claims(asked_beside(store.path)),
        most=None if batched(config) else config.model.max_concurrency,
        stopping=stopping,
    )
    disk = StoredLLM(store, models, RecordedLLM(recordings, models), source=shown, note=ledger.note)
    recorded = RecordedLLM(recordings, models, stored, note=ledger.note)
    return Stack(
        llm=recorded,
        free=RecordedLLM(recordings, models, disk, note=ledger.note),
        ledger=ledger,
        settings=settings,
        mode=config.model.mode,
        models=models,
        recordings=recordings,
        price_of=ledger.price_of,
        endpoint=shown,
        store=store,
        breaker=breaker,
        traffic=traffic,
        pause=limits.pause,
        _stored=stored,
        _way=way,
        _tracing=tracing,
    )


class _Budgeted(Protocol):
    """Keeps the budget before a model."""

    def __call__(self, llm: LLM, finds_out: Callable[[Request], bool] = ...) -> LLM: ...


@dataclass(frozen=True)
class _Live:
    """Each request is posted to the endpoint by itself."""

    llm: LLM
    client: OpenAILLM
    awaited: AwaitedError | None = None

    async def aclose(self) -> None:
        await self.client.aclose()


def _way(
    config: Config,
    endpoint: tuple[str, str | None],
    store: Store,
    seen: Callable[[LLM], LLM],
    budgeted: _Budgeted,
    turns: Turns,
    breaker: Breaker,
) -> Way:
    if batched(config):
        from answerbot.cli.batching import by_folder, by_service

        if folder := config.batch_folder():
            return by_folder(folder, store)
        return by_service(
            config, endpoint, store, lambda llm: budgeted(seen(llm)), breaker.stopping
        )
    from answerbot.adapters.adaptive_llm import AdaptiveLLM
    from answerbot.adapters.circuit_llm import CircuitLLM, PatientLLM
    from answerbot.adapters.first_contact_llm import FirstContactLLM
    from answerbot.adapters.openai_llm import OpenAILLM
    from answerbot.adapters.retrying_llm import RetryingLLM

    address, key = endpoint
    client = OpenAILLM(
        base_url=address,
        api_key=key,
        timeout=config.model.timeout,
        memory=store,
        one_reply=config.budget is not None,
    )
    # Behind the budget: who waits for that may be told meanwhile that nothing more is wanted.
    paced = AdaptiveLLM(
        CircuitLLM(seen(client), breaker),
        turns,
        patience=config.model.patience,
        stopping=breaker.gives_up,
    )
    client.hear = paced.hear
    retrying = RetryingLLM(
        FirstContactLLM(budgeted(PatientLLM(paced, breaker), client.finds_out), client.untried),
        config.model.attempts,
        config.model.patience,
        stopping=breaker.gives_up,
    )
    return _Live(retrying, client)


def asked_beside(store: Path) -> Path:
    """The file of what runs that share the store ask for just now."""
    return store.with_name(f"{store.name}-asked")


def batched(config: Config) -> bool:
    """Whether requests travel in batches."""
    return config.model.batch or bool(config.model.batch_dir)


def _asked_endpoint(config: Config) -> tuple[str, str | None] | None:
    """The endpoint, or what stands for one; None where nothing may be asked for."""
    if config.model.mode == "replay":
        return None
    if config.batch_folder():
        return _FILES, None
    endpoint = configured_endpoint()
    if endpoint is None and config.model.batch:
        hint = "set OPENAI_API_KEY, or OPENAI_BASE_URL; --batch-dir needs no endpoint"
        raise InputError(Problem("--batch asks an endpoint and none is configured", hint=hint))
    return endpoint


def without_password(address: str) -> str:
    """The address without a name, a password or a query in it."""
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _recordings(config: Config) -> Recordings:
    own, shipped = config.recording_folders()
    return open_recordings(own).over(open_recordings(shipped))
