"""Send JSON over HTTP, many requests at once, at as little cost as can be."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
import truststore
from aiohttp.client_exceptions import NonHttpUrlClientError
from yarl import URL

_CONNECT_SECONDS = 10.0


class WireError(Exception):
    """No whole response came; the message says why.

    `sent` tells whether the request may have reached the server.
    """

    sent = True


class NoConnectionError(WireError):
    """Nobody could be reached: no such host, nobody listening, no common encryption."""

    sent = False


class TooSlowError(WireError):
    """The time for the whole exchange, or for making the connection, was over."""

    def __init__(self, *, sent: bool) -> None:
        super().__init__()
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Response:
    """What the server sent; names of headers are found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body; bytes that are no UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")


class Wire:
    """Connections to one address, kept open between requests; as many as there are requests.

    `timeout` is in seconds and covers an exchange from its start to the last byte. A proxy that the
    environment names is used. Redirections are not followed: what was meant for one server would be
    sent to another.

    Raises (on `get`, `post`):
        WireError: no whole response came.
    """

    def __init__(self, address: str, key: str | None, timeout: float) -> None:
        self._address = URL(address)
        self._timeout = aiohttp.ClientTimeout(
            total=timeout, sock_connect=min(timeout, _CONNECT_SECONDS)
        )
        self._headers = {
            "Content-Type": "application/json",
            "User-Agent": f"answerbot/{version('answerbot')}",
        }
        # A name and a password in the address go before the key, and both are not to be had.
        if key and not self._address.user:
            self._headers["Authorization"] = f"Bearer {key}"
        self._session: aiohttp.ClientSession | None = None

    async def get(self, path: str) -> Response:
        """What the server has at this path below the address."""
        return await self._exchange("GET", path, None)

    async def post(self, path: str, body: Mapping[str, Any]) -> Response:
        """What the server answers to this JSON."""
        return await self._exchange("POST", path, json.dumps(body, ensure_ascii=False).encode())

    async def aclose(self) -> None:
        """All connections are closed."""
        if self._session is not None:
            await self._session.close()

    async def _exchange(self, method: str, path: str, body: bytes | None) -> Response:
        if self._session is None:
            self._session = self._open()
        url = self._address.joinpath(path).with_query(self._address.query)
        try:
            async with self._session.request(
                method, url, data=body, allow_redirects=False
            ) as response:
                return Response(response.status, response.headers, await response.read())
        except TimeoutError as error:
            connecting = isinstance(error, aiohttp.ConnectionTimeoutError)
            raise TooSlowError(sent=not connecting) from error
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL, NonHttpUrlClientError) as error:
            raise NoConnectionError(str(error)) from error
        except (aiohttp.ClientError, OSError) as error:
            raise WireError(str(error)) from error

    def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, ssl=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            ),
            # Not `trust_env`: that would also send what a .netrc file holds, in place of the key.
            proxy=_proxy(self._address),
            timeout=self._timeout,
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
        )


def _proxy(address: URL) -> str | None:
    if proxy_bypass(address.authority):
        return None
    proxies = getproxies()
    return proxies.get(address.scheme) or proxies.get("all")
