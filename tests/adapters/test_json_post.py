"""Connections to an address: over a real socket."""

from __future__ import annotations

import aiohttp
import pytest

from answerbot.adapters.chat_llm import Response
from answerbot.adapters.json_post import JsonPost
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


async def test_a_header_that_is_no_text_is_kept_as_text(endpoint: Endpoint) -> None:
    endpoint.script(Answer({}, headers={"X-Request-Id": "caf\xe9"}))
    response = await posted(f"{endpoint.url}/chat/completions")
    assert response.raw.headers["x-request-id"] == "caf?"
