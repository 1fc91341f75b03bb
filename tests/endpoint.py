"""An OpenAI-compatible endpoint on loopback that replies as a test tells it to."""

from __future__ import annotations

import json
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from answerbot.adapters import retrying_llm

Body = dict[str, Any]


@dataclass
class Answer:
    """What the endpoint sends; `wait` holds it back until the test ends or gives up."""

    body: Body | str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    wait: bool = False


def said(
    text: str | None, *, finish: str = "stop", usage: Body | None = None, **message: Any
) -> Answer:
    """A chat completion that says this."""
    whole = {"role": "assistant", "content": text, **message}
    body: Body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "small-2026-01-01",
        "choices": [{"index": 0, "finish_reason": finish, "message": whole}],
    }
    return Answer(body | ({"usage": usage} if usage else {}))


def refused(status: int, message: str, **fields: Any) -> Answer:
    """An error in the way that OpenAI words them."""
    return Answer({"error": {"message": message, "type": "invalid_request_error"} | fields}, status)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that was killed
            super().handle_error(request, client_address)


class Endpoint:
    """`bodies` holds what was posted, `keys` the Authorization headers, in order of arrival.

    `told` are the names of all headers that came, in small letters.
    """

    def __init__(self) -> None:
        self.bodies: list[Body] = []
        self.keys: list[str | None] = []
        self.told: set[str] = set()
        self.most_at_once = 0
        self.reply: Callable[[Body], Answer] = lambda _: said("Yes.")
        self.before: Callable[[int], object] = lambda _: None  # told how many have come so far
        self.models: Answer = Answer({"object": "list", "data": [{"id": "small"}]})
        self.over = threading.Event()
        self._at_once = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def script(self, *answers: Answer) -> None:
        """Reply so, one after the other."""
        left = list(answers)
        self.reply = lambda _: left.pop(0)

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Connections are encrypted from now on."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = self.url.replace("http://", "https://")

    @contextmanager
    def running(self) -> Iterator[Endpoint]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self.over.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def answer(self, path: str, raw: bytes, key: str | None) -> Answer:
        if path != "/v1/chat/completions":
            return self.models
        body = json.loads(raw)
        with self._lock:
            self.bodies.append(body)
            self.keys.append(key)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            number = len(self.bodies)
        self.before(number)
        try:
            with self._lock:
                answer = self.reply(body)
            if answer.wait:
                self.over.wait()
            return answer
        finally:
            with self._lock:
                self._at_once -= 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._send(endpoint.answer(self.path, b"", None))

            def do_POST(self) -> None:
                endpoint.told |= {name.lower() for name in self.headers}
                length = int(self.headers["Content-Length"])
                raw = self.rfile.read(length)
                if len(raw) < length:
                    raise ConnectionResetError("the client was killed while it was sending")
                self._send(endpoint.answer(self.path, raw, self.headers["Authorization"]))

            def _send(self, answer: Answer) -> None:
                is_json = isinstance(answer.body, dict)
                data = (json.dumps(answer.body) if is_json else str(answer.body)).encode()
                try:
                    self.send_response(answer.status)
                    self.send_header("Content-Type", "application/json" if is_json else "text/html")
                    self.send_header("Content-Length", str(len(data)))
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(data[: len(data) // 2] if answer.cut else data)
                except OSError:
                    answer.cut = True  # the client gave up
                self.close_connection = answer.cut

            def log_message(self, *_: object) -> None: ...

        return Handler


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A running endpoint; nothing waits before it asks again."""

    async def at_once(_: float) -> None: ...

    monkeypatch.setattr(retrying_llm, "pause", at_once)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with Endpoint().running() as running:
        yield running
