"""Post JSON to one address, many times at once and at little cost."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from pydantic_core import to_json

from answerbot.adapters.chat_llm import Response
from answerbot.adapters.endpoint_faults import OversizedError

_CONNECT_SECONDS = 10.0
_KEPT_SECONDS = 15.0  # less than what servers keep an idle connection for

MOST_BYTES = 32 * 2**20
"""Of a response, unpacked: what is longer is no reply, and would fill the memory."""


class JsonPost:
    """Connections to one server, as many as there are requests; those that are idle are kept.

    `timeout` is in seconds and covers one request from its start to the last byte. Redirections are
    not followed: what was meant for one server would be sent to another. A proxy is used where the
    environment names one (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`).

    Raises (on a call):
        aiohttp.ClientError, TimeoutError, ValueError: no whole response came.
        OversizedError: it has more than `MOST_BYTES`; the rest is not read.
    """

    def __init__(self, address: str, headers: Mapping[str, str], timeout: float) -> None:
        self._address = address
        self._headers = headers
        self._timeout = timeout
        self._opened: aiohttp.ClientSession | None = None

    async def __call__(self, body: Mapping[str, Any]) -> Response:
        """What came back, whatever its status."""
        session = self._session()
        return await self._asked(
            session.post(self._address, data=to_json(body), allow_redirects=False)
        )

    async def get(self, address: str) -> Response:
        """What stands at another address of the same server, whatever its status."""
        return await self._asked(self._session().get(address, allow_redirects=False))

    async def _asked(self, asking: AbstractAsyncContextManager[aiohttp.ClientResponse]) -> Response:
        async with asyncio.timeout(self._timeout), asking as response:
            return Response(response.status, response.headers, await _whole(response))

    async def aclose(self) -> None:
        """All connections are closed."""
        if self._opened is not None:
            await self._opened.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:  # which belongs to the loop that runs by now
            secure = urlsplit(self._address).scheme == "https"
            connector = aiohttp.TCPConnector(
                limit=0, keepalive_timeout=_KEPT_SECONDS, ssl=trusted() if secure else False
            )
            connecting = min(self._timeout, _CONNECT_SECONDS)
            self._opened = aiohttp.ClientSession(
                connector=connector,
                headers=self._headers,
                # aiohttp would look the proxy up for each request, which takes longer than that.
                proxy=_proxy(self._address),
                timeout=aiohttp.ClientTimeout(sock_connect=connecting),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._opened


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    length = 0
    while part := await response.content.readany():
        length += len(part)
        if length > MOST_BYTES:
            raise OversizedError(f"more than {MOST_BYTES // 2**20} MB")
        parts.append(part)
    return b"".join(parts)


@cache
def trusted() -> ssl.SSLContext:
    """The certificates that are trusted; reading them takes longer than a request."""
    import httpx2

    return httpx2.create_ssl_context()


def _proxy(address: str) -> str | None:
    parts = urlsplit(address)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    named = getproxies()
    return named.get(parts.scheme) or named.get("all")
