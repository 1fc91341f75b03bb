"""The wire beneath the model: deadlines, proxies, keys, and what becomes of broken exchanges."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from answerbot.adapters.wire import NoConnectionError, TooSlowError, Wire, WireError
from tests.endpoint import Endpoint

pytestmark = pytest.mark.enable_socket

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[str]:
    """The address of a server that does this with each connection."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


async def head_of(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\r\n\r\n")).decode()


async def test_a_server_that_sends_a_byte_now_and_then_is_given_up() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with serving(drip) as address:
        wire = Wire(address, None, timeout=0.2)
        with pytest.raises(TooSlowError) as caught:
            await wire.get("models")
        await wire.aclose()
    assert caught.value.sent


async def test_an_answer_that_is_no_http_is_a_broken_exchange() -> None:
    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()

    async with serving(garbage) as address:
        wire = Wire(address, None, timeout=5)
        with pytest.raises(WireError) as caught:
            await wire.get("models")
        await wire.aclose()
    assert not isinstance(caught.value, NoConnectionError)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v1", "http://", "ftp://127.0.0.1/v1"])
async def test_an_address_where_nobody_is_cannot_be_reached(address: str) -> None:
    wire = Wire(address, None, timeout=5)
    with pytest.raises(NoConnectionError):
        await wire.get("models")
    await wire.aclose()


async def test_a_key_is_sent_only_where_there_is_one(endpoint: Endpoint) -> None:
    for key in (None, "correct-horse-battery"):
        wire = Wire(endpoint.url, key, timeout=5)
        await wire.post("chat/completions", {"model": "small", "messages": []})
        await wire.aclose()
    assert endpoint.keys == [None, "Bearer correct-horse-battery"]


async def test_a_name_and_a_password_in_the_address_go_before_the_key(endpoint: Endpoint) -> None:
    address = endpoint.url.replace("http://", "http://me:secret@")
    wire = Wire(address, "correct-horse-battery", timeout=5)
    await wire.post("chat/completions", {"model": "small", "messages": []})
    await wire.aclose()
    assert endpoint.keys == ["Basic bWU6c2VjcmV0"]


async def test_a_query_in_the_address_stays_behind_the_path() -> None:
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await head_of(reader)).split(" ")[1])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()

    async with serving(answer) as address:
        wire = Wire(f"{address}/?api-version=1", None, timeout=5)
        assert (await wire.get("models")).text == "{}"
        await wire.aclose()
    assert asked == ["/v1/models?api-version=1"]


async def test_a_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await head_of(reader)).split(" ")[1])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()

    async with serving(proxy) as address:
        for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("http_proxy", address.removesuffix("/v1"))
        wire = Wire("http://llm.example/v1", None, timeout=5)
        assert (await wire.get("models")).status == 200
        await wire.aclose()
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        wire = Wire(address, None, timeout=5)
        await wire.get("models")
        await wire.aclose()
    assert asked == ["http://llm.example/v1/models", "/v1/models"]
