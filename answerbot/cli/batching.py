"""`--batch` and `--batch-dir`: what cannot be answered from disk travels in batches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from answerbot.adapters.batch_folder import BatchFolder
from answerbot.adapters.batch_llm import BatchLLM, Carrier, Gathering
from answerbot.adapters.batch_service import BatchService
from answerbot.adapters.chat_llm import ChatLLM
from answerbot.adapters.config import Config
from answerbot.adapters.endpoint_faults import EndpointFaults
from answerbot.adapters.store import Store
from answerbot.cli.notices import notice
from answerbot.cli.showing import counted, shown
from answerbot.cli.stack import asked_beside
from answerbot.domain.errors import AwaitedError, Problem
from answerbot.domain.llm import LLM

_QUIET = 1.0  # seconds without a further request after which a batch is full, at most


class Batches:
    """The way of requests that travel in batches, until it is closed.

    `charged` wraps what costs money: the plan, the budget; `one_reply` is for `ChatLLM`.
    """

    def __init__(
        self,
        carrier: BatchService | BatchFolder,
        faults: EndpointFaults,
        store: Store,
        charged: Callable[[LLM], LLM],
        *,
        quiet: float,
        one_reply: bool = False,
    ) -> None:
        self._carrier = carrier
        self._gathering = Gathering(carrier, quiet=quiet)
        behind: Carrier = carrier
        chat = ChatLLM(self._gathering.post, faults, store, one_reply=one_reply)
        self.llm: LLM = BatchLLM(charged(chat), behind)

    @property
    def awaited(self) -> AwaitedError | None:
        """What a folder still lacks, and what to do; None where it lacks nothing."""
        if not isinstance(self._carrier, BatchFolder) or not self._carrier.awaited:
            return None
        for path in self._carrier.written:
            notice(f"written: {shown(path)}")
        folder = shown(self._carrier.folder)
        replies = counted(len(self._carrier.awaited), "reply", "replies")
        hint = (
            f"have the requests in {folder} answered, put the results there as *.jsonl, and run "
            "the same command again"
        )
        return AwaitedError(Problem(f"not finished: {replies} awaited in {folder}", hint=hint))

    async def aclose(self) -> None:
        """Nothing more is waited for; the store tells the next run what is under way."""
        await self._gathering.aclose()
        if isinstance(self._carrier, BatchService):
            await self._carrier.aclose()


def by_service(
    config: Config,
    endpoint: tuple[str, str | None],
    store: Store,
    charged: Callable[[LLM], LLM],
    stopping: Callable[[], bool],
) -> Batches:
    """Requests go to the batch service of the endpoint."""
    from answerbot.adapters.batch_api import BatchAPI
    from answerbot.adapters.batch_book import BatchBook
    from answerbot.adapters.locks import Claims

    address, key = endpoint
    poll = config.model.batch_poll
    service = BatchService(
        BatchAPI(base_url=address, api_key=key, timeout=config.model.timeout),
        BatchBook(store),
        Claims(asked_beside(store.path)),
        poll=poll,
        stopping=stopping,
    )
    return Batches(
        service,
        EndpointFaults(address, key),
        store,
        charged,
        quiet=min(_QUIET, poll),
        one_reply=config.budget is not None,
    )


def by_folder(folder: Path, store: Store) -> Batches:
    """Requests are written into the folder, and nobody is asked.

    Raises:
        InputError: the folder cannot be used, or a file in it is damaged.
    """
    carrier = BatchFolder(folder)
    return Batches(carrier, EndpointFaults(str(folder)), store, lambda llm: llm, quiet=_QUIET / 10)
