"""The files and batches of an OpenAI-compatible endpoint, each call made once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import httpx2
import openai
from pydantic import BaseModel, ConfigDict, ValidationError

from answerbot.adapters.batch_files import URL
from answerbot.adapters.endpoint_faults import EndpointFaults
from answerbot.adapters.openai_llm import openai_client, response_of
from answerbot.domain.errors import EndpointError, Problem

if TYPE_CHECKING:
    from openai._legacy_response import LegacyAPIResponse

_NAME = "answerbot"  # under which our name for a batch stands in its metadata
_PAGE = 100
_PAGES = 20
_SKEW = 86_400.0  # seconds that the clocks of the service and of this machine may differ by
_FILE_SECONDS = 900.0  # to move 200 MB
# What the client raises, and what its transport lets through.
_UNANSWERED = (
    openai.OpenAIError, httpx2.HTTPError, aiohttp.ClientError, TimeoutError, ValueError,
)  # fmt: skip
_NO_SERVICE = "leave --batch out, or use --batch-dir with a tool that speaks the format"


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _File(_Lenient):
    id: str


class _Counts(_Lenient):
    total: int = 0
    completed: int = 0
    failed: int = 0


class _Error(_Lenient):
    code: str | None = None
    message: str | None = None
    line: int | None = None


class _Errors(_Lenient):
    data: list[_Error] | None = None


class BatchState(_Lenient):
    """A batch as the service tells of it."""

    id: str
    status: str
    created_at: float = 0
    output_file_id: str | None = None
    error_file_id: str | None = None
    request_counts: _Counts | None = None
    errors: _Errors | None = None
    metadata: dict[str, Any] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in ("completed", "failed", "expired", "cancelled")

    @property
    def counts(self) -> _Counts:
        """How many requests it has, and what came of them so far."""
        return self.request_counts or _Counts()

    @property
    def files(self) -> list[str]:
        """The files with what came; some services say '' where there is none."""
        return [one for one in (self.output_file_id, self.error_file_id) if one]

    @property
    def complaints(self) -> list[_Error]:
        """What is wrong with the batch as a whole."""
        return (self.errors.data if self.errors else None) or []


class _Page(_Lenient):
    data: list[BatchState]
    has_more: bool = False


_Read = TypeVar("_Read", bound=_Lenient)


class BatchAPI:
    """The batch service of an endpoint.

    Raises (on every call):
        TransientError: it is worth asking again.
        EndpointError: it is not.
    """

    def __init__(self, *, base_url: str, api_key: str | None, timeout: float = 120.0) -> None:
        self.endpoint = base_url
        self._timeout = timeout
        self._faults = EndpointFaults(base_url, api_key)
        self._client = openai_client(base_url, api_key, timeout)

    async def upload(self, name: str, lines: str) -> str:
        """The id of a file with these lines."""
        file = (f"{name}.jsonl", lines.encode(), "application/jsonl")
        content = await self._asked(
            lambda: self._client.files.with_raw_response.create(file=file, purpose="batch"),
            seconds=_FILE_SECONDS,
        )
        return self._read(_File, content).id

    async def create(self, file: str, name: str) -> BatchState:
        """A new batch of the requests in the file."""
        content = await self._asked(
            lambda: self._client.batches.with_raw_response.create(
                input_file_id=file,
                endpoint=URL,
                completion_window="24h",  # the only one that there is
                metadata={_NAME: name},
            )
        )
        return self._read(BatchState, content)

    async def look(self, id_: str) -> BatchState:
        """The batch as it is now."""
        content = await self._asked(lambda: self._client.batches.with_raw_response.retrieve(id_))
        return self._read(BatchState, content)

    async def find(self, name: str, began: datetime) -> BatchState | None:
        """The batch that was created under this name, or None; `began` is when that was."""
        after = ""
        for _ in range(_PAGES):
            page = await self._page(after)
            for state in page.data:
                if (state.metadata or {}).get(_NAME) == name:
                    return state
            long_past = page.data and page.data[-1].created_at < began.timestamp() - _SKEW
            if not page.has_more or not page.data or long_past:
                break
            after = page.data[-1].id
        return None

    async def content(self, file: str) -> str:
        """What is in the file; a byte that is no UTF-8 is a lone surrogate."""
        content = await self._asked(
            lambda: self._client.files.with_raw_response.content(file), seconds=_FILE_SECONDS
        )
        return content.decode(errors="surrogateescape")

    async def aclose(self) -> None:
        """All connections are closed."""
        await self._client.close()

    async def _page(self, after: str) -> _Page:
        content = await self._asked(
            lambda: self._client.batches.with_raw_response.list(
                limit=_PAGE, after=after or openai.omit
            )
        )
        return self._read(_Page, content)

    async def _asked(
        self, ask: Callable[[], Awaitable[LegacyAPIResponse[Any]]], seconds: float = 0.0
    ) -> bytes:
        timeout = max(self._timeout, seconds)
        try:
            async with asyncio.timeout(timeout):
                raw = await ask()
                content = raw.http_response.content
        except openai.APIStatusError as error:
            raise self._refused(error.response) from error
        except _UNANSWERED as error:
            raise self._faults.no_answer(error, timeout) from error
        self._faults.has_answered = True
        return content

    def _refused(self, response: httpx2.Response) -> EndpointError:
        self._faults.has_answered = True
        refusal = response_of(response).refusal
        if refusal.status in (404, 405, 501):
            what = f"{self.endpoint} answered {refusal.status}: {refusal.message}"
            return EndpointError(
                Problem(what, hint=_NO_SERVICE), status=refusal.status, code="no-batch-service"
            )
        return self._faults.refused(refusal)

    def _read(self, kind: type[_Read], content: bytes) -> _Read:
        try:
            return kind.model_validate_json(content)
        except ValidationError as error:
            raise self._no_service(content[:80].decode(errors="replace")) from error

    def _no_service(self, said: str) -> EndpointError:
        what = f"{self.endpoint} does not speak as a batch service does: {said!r}"
        return EndpointError(Problem(what, hint=_NO_SERVICE), code="no-batch-service")
