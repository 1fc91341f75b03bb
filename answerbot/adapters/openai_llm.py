"""Ask an OpenAI-compatible endpoint over HTTP."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import aiohttp
import httpx2
import openai

from answerbot.adapters.abilities import AbilityMemory
from answerbot.adapters.chat_llm import ChatLLM, Response
from answerbot.adapters.endpoint_faults import EndpointFaults
from answerbot.adapters.json_post import JsonPost, trusted
from answerbot.domain.errors import EndpointError, Problem
from answerbot.domain.llm import Request

_CONNECT_SECONDS = 10.0
# No endpoint is told the system and the versions of its user's machine.
_UNTOLD = {
    f"X-Stainless-{name}": openai.Omit()
    for name in ("Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Async")
}


def openai_client(base_url: str, api_key: str | None, timeout: float) -> openai.AsyncOpenAI:
    """A client that retries nothing and follows no redirection; who asks keeps the deadline."""
    # The whole call has its deadline elsewhere; a limit on each read would be none on all.
    seconds = httpx2.Timeout(None, connect=min(timeout, _CONNECT_SECONDS))
    client = openai.AsyncOpenAI(
        # A server of one's own wants no key, the client does.
        api_key=api_key or "none",
        base_url=base_url,
        timeout=seconds,
        max_retries=0,
        # Over aiohttp, as the usual transport looks at every connection before it picks one.
        # 0: as many as there are requests. Redirections are not followed: what was meant for
        # one server would be sent to another.
        http_client=openai.DefaultAioHttpClient(
            verify=trusted(),
            limits=httpx2.Limits(max_connections=0),
            timeout=seconds,
            follow_redirects=False,
        ),
    )
    return client.with_options(default_headers=cast("dict[str, str]", _UNTOLD))


class OpenAILLM(ChatLLM):
    """A model behind `chat/completions`, asked as `ChatLLM` does.

    `timeout` is in seconds and covers one attempt. `hear` is called with the headers of each
    response, in the task that asked.

    Raises (on `complete`):
        TransientError, EndpointError, ReplyError: as `ChatLLM`.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str | None,
        timeout: float = 120.0,
        memory: AbilityMemory | None = None,
        one_reply: bool = False,
    ) -> None:
        faults = EndpointFaults(base_url, api_key)
        super().__init__(self._posted, faults, memory, one_finds_out=True, one_reply=one_reply)
        self._timeout = timeout
        self.hear: Callable[[Mapping[str, str]], None] = lambda _: None
        self._client = openai_client(base_url, api_key, timeout)
        # Not `chat.completions.create`: to build a request anew costs more than to send it.
        self._chat = JsonPost(
            f"{self._client.base_url}chat/completions", _headers(self._client), timeout
        )

    async def models(self) -> list[str]:
        """The names of the models that the endpoint says it has."""
        response = await self._heard(self._chat.get(f"{self._client.base_url}models"))
        if not response.is_reply:
            raise self._faults.refused(response.refusal)
        try:
            return [str(model["id"]) for model in json.loads(response.content)["data"]]
        except (ValueError, KeyError, TypeError) as error:
            what = f"{self.endpoint} does not list its models"
            raise EndpointError(Problem(what)) from error

    async def aclose(self) -> None:
        """All connections are closed."""
        await self._chat.aclose()
        await self._client.close()

    async def _posted(self, _: Request, body: dict[str, Any]) -> Response:
        response = await self._heard(self._chat(body))
        self.hear(response.headers)
        return response

    async def _heard(self, asked: Awaitable[Response]) -> Response:
        try:
            return await asked
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise self._faults.no_answer(error, self._timeout) from error


def _headers(client: openai.AsyncOpenAI) -> dict[str, str]:
    """What the client sends with each request."""
    headers = {**client.default_headers, **client.auth_headers}
    return {name: value for name, value in headers.items() if isinstance(value, str)}


def response_of(response: httpx2.Response) -> Response:
    """What a response of the client says."""
    return Response(response.status_code, response.headers, response.content)
