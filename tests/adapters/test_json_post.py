"""Connections to an address: over a real socket."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from answerbot.adapters.chat_llm import Response
from answerbot.adapters.json_post import MOST_BYTES, JsonPost
from answerbot.adapters.openai_llm import OpenAILLM
from answerbot.adapters.retrying_llm import RetryingLLM
from answerbot.domain.llm import RefusedRequestError
from tests.adapters.requests import request
from tests.endpoint import Answer, Endpoint, said

pytestmark = pytest.mark.enable_socket


async def posted(address: str) -> Response:
    post = JsonPost(address, {"Content-Type": "application/json"}, timeout=5)
    try:
        return await post({"model": "small", "messages": [{"role": "user", "content": "Où?"}]})
    finally:
        await post.aclose()


async def test_what_is_posted_arrives_and_what_is_said_comes_back(endpoint: Endpoint) -> None:
    endpoint.script(said("Là."))
    response = await posted(f"{endpoint.url}/chat/completions")
    assert (response.status, response.is_reply) == (200, True)
    assert "Là." in response.text.encode().decode("unicode_escape")
    assert endpoint.bodies[0]["messages"][0]["content"] == "Où?"


async def test_a_redirection_is_not_followed(endpoint: Endpoint) -> None:
    endpoint.script(Answer({}, 307, {"Location": f"{endpoint.url}/elsewhere"}))
    response = await posted(f"{endpoint.url}/chat/completions")
    assert response.status == 307


async def test_the_proxy_of_the_environment_is_used(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", endpoint.url.removesuffix("/v1"))
    endpoint.models = Answer({"said": "by the proxy"})
    response = await posted("http://endpoint.invalid/v1/chat/completions")
    assert "by the proxy" in response.text


async def test_an_exception_to_the_proxy_is_asked_itself(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert (await posted(f"{endpoint.url}/chat/completions")).is_reply
    monkeypatch.delenv("NO_PROXY")
    with pytest.raises(aiohttp.ClientConnectorError):
        await posted(f"{endpoint.url}/chat/completions")


async def test_a_body_of_several_parts_is_read_whole(endpoint: Endpoint) -> None:
    text = "Là. " * 200_000
    endpoint.script(said(text))
    response = await posted(f"{endpoint.url}/chat/completions")
    assert json.loads(response.content)["choices"][0]["message"]["content"] == text


async def a_reply(llm: OpenAILLM) -> object:
    return await RetryingLLM(llm).complete(request(max_output_tokens=None))


@pytest.mark.parametrize(
    ("ask", "last"), [(a_reply, b"}]}"), (OpenAILLM.models, b"\r\n\r\n")], ids=["reply", "models"]
)
async def test_no_more_is_read_than_a_reply_can_hold_though_it_came_packed(
    ask: Callable[[OpenAILLM], Awaitable[object]], last: bytes
) -> None:
    packed = gzip.compress(bytes(8 * MOST_BYTES))
    head = (
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(packed)}\r\n\r\n"
    )
    asked = 0

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await reader.readuntil(last)
        asked += 1
        writer.write(head.encode() + packed)
        writer.close()

    async with await asyncio.start_server(send, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        llm = OpenAILLM(base_url=f"http://{host}:{port}/v1", api_key=None, timeout=5)
        tracemalloc.start()
        try:
            with pytest.raises(RefusedRequestError, match="more than 32 MB") as caught:
                await ask(llm)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            await llm.aclose()
    assert (caught.value.code, caught.value.charged, asked) == ("oversized", True, 1)
    assert most < 4 * MOST_BYTES


async def test_a_header_that_is_no_text_is_kept_as_text(endpoint: Endpoint) -> None:
    endpoint.script(Answer({}, headers={"X-Request-Id": "caf\xe9"}))
    response = await posted(f"{endpoint.url}/chat/completions")
    assert response.raw.headers["x-request-id"] == "caf?"
