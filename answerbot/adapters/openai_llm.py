"""Ask an OpenAI-compatible endpoint over HTTP."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

import httpx2
import openai

from answerbot.adapters.abilities import AbilityMemory
from answerbot.adapters.chat_llm import ChatLLM, Response
from answerbot.adapters.endpoint_faults import EndpointFaults
from answerbot.domain.errors import EndpointError, Problem
from answerbot.domain.llm import Request

_CONNECT_SECONDS = 10.0
# No endpoint is told the system and the versions of its user's machine; and it costs a tenth of a
# request to tell.
_UNTOLD = {
    f"X-Stainless-{name}": openai.Omit()
    for name in ("Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Async")
}
# What the client would otherwise work out for each request: with the whole address given, too, that
# is a tenth of what a request takes. The key is not sent.
_OPTIONS: openai.RequestOptions = {
    "headers": {f"X-Stainless-{name}": openai.Omit() for name in ("Retry-Count", "Read-Timeout")},
    "max_retries": 0,
    "idempotency_key": "-",
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
            verify=_trusted(),
            limits=httpx2.Limits(max_connections=0),
            timeout=seconds,
            follow_redirects=False,
        ),
    )
    return client.with_options(default_headers=cast("dict[str, str]", _UNTOLD))


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted; reading them takes longer than a request."""
    return httpx2.create_ssl_context()


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
    ) -> None:
        faults = EndpointFaults(base_url, api_key)
        super().__init__(self._posted, faults, memory, one_finds_out=True)
        self._timeout = timeout
        self.hear: Callable[[Mapping[str, str]], None] = lambda _: None
        self._client = openai_client(base_url, api_key, timeout)
        self._address = f"{self._client.base_url}chat/completions"

    async def models(self) -> list[str]:
        """The names of the models that the endpoint says it has."""
        try:
            raw = await self._client.models.with_raw_response.list()
            listed = json.loads(raw.http_response.text)
            return [str(model["id"]) for model in listed["data"]]
        except openai.APIStatusError as error:
            raise self._faults.refused(response_of(error.response).refusal) from error
        except openai.APIConnectionError as error:
            raise self._faults.no_answer(error, self._timeout) from error
        except (ValueError, KeyError, TypeError) as error:
            what = f"{self.endpoint} does not list its models"
            raise EndpointError(Problem(what)) from error

    async def aclose(self) -> None:
        """All connections are closed."""
        await self._client.close()

    async def _posted(self, _: Request, body: dict[str, Any]) -> Response:
        try:
            async with asyncio.timeout(self._timeout):
                # Not `chat.completions.create`: that would type every parameter anew.
                response = await self._client.post(
                    self._address, body=body, cast_to=httpx2.Response, options=_OPTIONS
                )
        except openai.APIStatusError as error:
            self.hear(error.response.headers)
            return response_of(error.response)
        except (openai.OpenAIError, httpx2.HTTPError, TimeoutError, ValueError) as error:
            raise self._faults.no_answer(error, self._timeout) from error
        self.hear(response.headers)
        return response_of(response)


def response_of(response: httpx2.Response) -> Response:
    """What a response of the client says."""
    return Response(response.status_code, response.headers, response.content)
