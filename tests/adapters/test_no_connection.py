"""Why no connection came about: real sockets, and errors that no test can cause at will."""

from __future__ import annotations

import errno
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from answerbot.adapters import json_post
from answerbot.adapters.no_connection import why_unconnected
from answerbot.adapters.openai_llm import OpenAILLM
from answerbot.domain.errors import EndpointError
from tests.adapters.requests import request
from tests.endpoint import Endpoint

pytestmark = pytest.mark.enable_socket

KEY = ConnectionKey("api.example", 443, True, True, None, None, None)


async def told(address: str) -> str:
    """What the user reads."""
    llm = OpenAILLM(base_url=address, api_key=None)
    try:
        with pytest.raises(EndpointError) as caught:
            await llm.complete(request())
    finally:
        await llm.aclose()
    return caught.value.problems[0].what


@pytest.fixture
def unused() -> int:
    """A port where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_connection_that_is_refused_is_told_with_host_and_port(
    host: str, unused: int
) -> None:
    address = f"http://{host}:{unused}/v1"
    reason = f"the connection to {host} port {unused} was refused"
    assert await told(address) == f"{address} cannot be reached: {reason}"


async def test_a_proxy_that_is_not_there_is_told_as_one(
    unused: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused}")
    reason = f"the connection to the proxy 127.0.0.1 port {unused} was refused"
    assert (await told("http://api.example/v1")).endswith(reason)


async def test_a_server_without_encryption_is_told_where_some_was_asked_for(
    endpoint: Endpoint,
) -> None:
    what = await told(endpoint.url.replace("http://", "https://"))
    place = endpoint.url.removeprefix("http://").removesuffix("/v1").replace(":", " port ")
    assert f"no encrypted connection to {place} came about" in what


async def test_a_connection_that_takes_too_long_is_told_with_host_and_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_post, "_CONNECT_SECONDS", 0.05)
    with full() as port:
        reason = f"the connection to 127.0.0.1 port {port} timed out"
        assert (await told(f"http://127.0.0.1:{port}/v1")).endswith(reason)


@contextmanager
def full() -> Iterator[int]:
    """A port whose line of those who want a connection takes nobody any more."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        try:
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(listener.getsockname())
            yield listener.getsockname()[1]
        finally:
            for one in waiting:
                one.close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="nothing here makes certificates")
async def test_a_certificate_that_is_not_trusted_is_told_with_the_reason(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path))
    server = Endpoint()
    server.encrypt(context)
    with server.running():
        place = server.url.removeprefix("https://").removesuffix("/v1").replace(":", " port ")
        what = await told(server.url)
    assert f"the certificate of {place} is not trusted: self" in what


def certificate(folder: Path) -> tuple[Path, Path]:
    """One that its owner signed, and its key."""
    signed, key = folder / "signed.pem", folder / "key.pem"
    asked = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=127.0.0.1"
    command = ["openssl", *asked.split(), "-keyout", str(key), "-out", str(signed)]
    subprocess.run(command, check=True, capture_output=True)
    return signed, key


def unconnected(number: int) -> aiohttp.ClientConnectorError:
    return aiohttp.ClientConnectorError(KEY, OSError(number, "in the words of the system"))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(socket.EAI_NONAME, "")),
            "the name api.example is not known",
        ),
        (
            aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(socket.EAI_AGAIN, "")),
            "the name api.example could not be looked up",
        ),
        (unconnected(errno.ETIMEDOUT), "the connection to api.example port 443 timed out"),
        (unconnected(errno.ENETUNREACH), "no network leads to api.example port 443"),
        (unconnected(errno.EHOSTUNREACH), "no network leads to api.example port 443"),
        (
            unconnected(errno.EACCES),
            f"no connection to api.example port 443: [Errno {errno.EACCES}] "
            "in the words of the system",
        ),
        (aiohttp.ConnectionTimeoutError(), "the connection to api.example port 443 timed out"),
    ],
)
def test_what_the_system_says_is_told_in_plain_words(error: Exception, reason: str) -> None:
    assert why_unconnected(error, "https://api.example/v1") == reason
