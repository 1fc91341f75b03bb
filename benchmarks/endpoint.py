"""An OpenAI-compatible endpoint on loopback that is as slow, strict or broken as it is told to be.

    python benchmarks/endpoint.py                       what it sustains on this machine
    python benchmarks/endpoint.py serve [SETTINGS]      serve until it is stopped

    python benchmarks/endpoint.py serve --port 8000 --latency 0.2 --rate 50 --rate-headers

Its first line on stdout is its address. POST /v1/chat/completions answers, GET /counts tells as
JSON what was received and what was made of it; `repeated` is what had been answered before,
`in_line` the sum of how many were waiting for a place whenever a request came.
It knows one thread and no connection limit.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import math
import os
import random
import socket
import struct
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.request import urlopen

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

S = TypeVar("S", bound="DataclassInstance")

ENOUGH = 2**30
RetryAfter = Literal["none", "seconds", "milliseconds"]


@dataclass(frozen=True)
class Settings:
    """How the endpoint behaves. Faults are shares of the requests that the limits let through."""

    port: int = 0
    """0: one that is free."""
    latency: float = 0.0
    """Seconds to a reply."""
    slots: int = ENOUGH
    """How many replies are made at once; the rest waits in a line."""
    rate: float = 0.0
    """Requests a second that are let through; 0: all."""
    burst: float = 0.0
    """How many go through at once after a rest; 0: as many as in one second."""
    token_rate: float = 0.0
    """Tokens a second that are let through, of requests with their replies; 0: all."""
    retry_after: RetryAfter = "none"
    """How a refusal says when to come again."""
    rate_headers: bool = False
    """Whether every reply has x-ratelimit-limit, -remaining and -reset- of what is limited."""
    refusal_latency: float = 0.02
    """Seconds to a refusal."""
    errors: float = 0.0
    """Status 500."""
    resets: float = 0.0
    """The connection is reset before any reply."""
    truncated: float = 0.0
    """The connection ends in the middle of the body."""
    invalid: float = 0.0
    """What the model says is half a JSON document."""
    violating: float = 0.0
    """What the model says is JSON of another shape."""
    wrong_type: float = 0.0
    """A page of HTML with status 200."""
    stalls: float = 0.0
    """Nothing is ever sent."""
    stalls_at: int = 0
    """Nothing is ever sent to the request of this number; 0: to none for its number."""
    drips: float = 0.0
    """The body comes a byte a second."""
    cut_off: float = 0.0
    """The reply ends at its half, and says that it was too long."""
    filtered: float = 0.0
    """A content filter took the reply."""
    declined: float = 0.0
    """The model refuses to answer."""
    empty: float = 0.0
    """There are no choices."""
    refuses: str = ""
    """Parameters, with a comma between them, that a request is refused for."""
    refuses_with: int = 400
    """The status of that."""
    ignores_format: bool = False
    """The model says prose until the last message tells the schema; then JSON in the middle."""
    status: int = 0
    """What every request gets, with this `code`, after so many answers."""
    code: str = ""
    after: int = 0
    dies: bool = False
    """After so many answers nobody listens any more."""
    log: bool = False
    """Whether GET /log tells of each request the name of its conversation and what came of it."""
    replies: str = ""
    """A JSON file: SHA-256 of a message -> what the model says; else it says '{}'."""
    seed: int = 0


FAULTS = (
    "errors", "resets", "truncated", "invalid", "violating", "wrong_type", "stalls", "drips",
    "cut_off", "filtered", "declined", "empty",
)  # fmt: skip


@dataclass
class Bucket:
    """As many tokens as `burst`, and `rate` more each second until it is full."""

    rate: float
    burst: float
    level: float
    filled: float

    def holds(self, amount: float, now: float) -> bool:
        """Whether there are so many tokens."""
        self.level = min(self.burst, self.level + (now - self.filled) * self.rate)
        self.filled = now
        return self.level >= amount

    def take(self, now: float, amount: float = 1) -> bool:
        """So many tokens are gone, if they were there."""
        if not self.holds(amount, now):
            return False
        self.level -= amount
        return True

    def seconds_to(self, level: float) -> float:
        """How long it takes to fill so far."""
        return max(0.0, (level - self.level) / self.rate)


@dataclass
class Model:
    """What stands behind the socket: it decides about each request and counts."""

    settings: Settings
    replies: Mapping[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    at_once: int = 0
    most_at_once: int = 0

    def __post_init__(self) -> None:
        settings = self.settings
        rates = {"requests": settings.rate, "tokens": settings.token_rate}
        bursts = {"requests": settings.burst}
        self._limits = {
            name: _full(rate, bursts.get(name) or max(1.0, rate))
            for name, rate in rates.items()
            if rate
        }
        self._chance = random.Random(settings.seed)
        self._line: deque[Callable[[], None]] = deque()
        self._answered: set[bytes] = set()
        self.log: list[tuple[str, str]] = []

    def answer(self, body: bytes, send: Callable[[bytes, bool], None]) -> None:
        """Call `send` with a response, and whether to cut the connection, when it is time."""
        settings = self.settings
        self.counts["received"] += 1
        if self._line:
            self.counts["in_line"] += len(self._line)
        loop = asyncio.get_running_loop()
        if wait := self._wait(body, time.monotonic()):
            self.counts["refused"] += 1
            loop.call_later(settings.refusal_latency, send, self._refusal(wait), False)
            return
        fault = self._outage() or self._refused(body) or self._fault()
        self._note(body, fault)
        if fault == "stalls":
            return
        data, cut = _broken(fault) if fault in _CUT else (self._response(body, fault), False)
        whole = headers_into(data, self._headers())

        def finish() -> None:
            self._leave()
            if fault == "drips":
                _drip(whole, send)
            else:
                send(whole, cut)

        self._enter(lambda: loop.call_later(settings.latency, finish))

    def _wait(self, body: bytes, now: float) -> float:
        """0 where the limits let the request through; else the seconds until they might."""
        if not self._limits:
            return 0.0
        cost = {"requests": 1}
        if "tokens" in self._limits:
            cost["tokens"] = (len(body) + len(self._said(body))) // 4
        short = [bucket.seconds_to(cost[name]) for name, bucket in self._limits.items()
                 if not bucket.holds(cost[name], now)]  # fmt: skip
        if short:
            return max(short)
        for name, bucket in self._limits.items():
            bucket.take(now, cost[name])
        return 0.0

    def _enter(self, work: Callable[[], object]) -> None:
        if self.at_once >= self.settings.slots:
            self._line.append(lambda: self._enter(work))
            return
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        work()

    def _leave(self) -> None:
        self.at_once -= 1
        if self._line:
            self._line.popleft()()

    def _outage(self) -> str | None:
        settings = self.settings
        if self.counts["answered"] < settings.after:
            return None
        if settings.dies:
            os._exit(0)
        return "failed" if settings.status else None

    def _refused(self, body: bytes) -> str | None:
        names = filter(None, self.settings.refuses.split(","))
        return next((f"refused {name}" for name in names if f'"{name}":'.encode() in body), None)

    def _fault(self) -> str | None:
        if self.counts["received"] == self.settings.stalls_at:
            return "stalls"
        drawn = self._chance.random()
        for name in FAULTS:
            drawn -= getattr(self.settings, name)
            if drawn < 0:
                return name
        return None

    def _note(self, body: bytes, fault: str | None) -> None:
        self.counts[fault or "answered"] += 1
        if fault is None:
            name = hashlib.sha256(body).digest()
            if name in self._answered:
                self.counts["repeated"] += 1
            self._answered.add(name)
        if self.settings.log:
            self.log.append((conversation(json.loads(body)), fault or "answered"))

    def _response(self, body: bytes, fault: str | None) -> bytes:
        if fault == "failed":
            settings = self.settings
            error = {"message": f"no: {settings.code or settings.status}", "code": settings.code}
            return response(settings.status, {"error": error})
        if fault and fault.startswith("refused "):
            name = fault.removeprefix("refused ")
            error = {"message": f"Unsupported parameter: {name!r}", "param": name}
            return response(self.settings.refuses_with, {"error": error})
        if fault == "errors":
            return response(500, {"error": {"message": "the server had an error"}})
        if fault == "wrong_type":
            return response(200, "<html><body>Service notice</body></html>")
        said = self._said(body)
        if fault == "invalid":
            said = said[: len(said) // 2]
        if fault == "violating":
            said = '{"unexpected": true}'
        return response(200, _odd(completion(said, len(body)), fault))

    def _said(self, body: bytes) -> str:
        if not (self.replies or self.settings.ignores_format):
            return "{}"
        messages = json.loads(body)["messages"]
        said = self.replies.get(digest(messages)) or self._said_before(messages)
        if not self.settings.ignores_format:
            return said
        told = "JSON Schema" in messages[-1]["content"]
        return f"Gladly:\n\n```json\n{said}\n```\n\nI hope this helps." if told else "Gladly."

    def _said_before(self, messages: list[dict[str, str]]) -> str:
        """What it said, or would say, to the message that a complaint or a schema was added to."""
        for message in reversed(messages):
            text = message["content"]
            for part in (text, text.rpartition("\n\n")[0]):
                if said := self.replies.get(named(part)):
                    return said
        return "{}"

    def _headers(self) -> dict[str, str]:
        """What is left of each limit."""
        headers = {}
        for name, bucket in self._limits.items() if self.settings.rate_headers else ():
            headers[f"x-ratelimit-limit-{name}"] = f"{bucket.burst:.0f}"
            headers[f"x-ratelimit-remaining-{name}"] = f"{math.floor(bucket.level)}"
            reset = bucket.seconds_to(bucket.burst)
            headers[f"x-ratelimit-reset-{name}"] = f"{reset * 1000:.0f}ms"
        return headers

    def _refusal(self, wait: float) -> bytes:
        headers = self._headers()
        if self.settings.retry_after == "seconds":
            headers["retry-after"] = f"{math.ceil(wait)}"
        if self.settings.retry_after == "milliseconds":
            headers["retry-after-ms"] = f"{math.ceil(wait * 1000)}"
        error = {"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}
        return headers_into(response(429, error), headers)


_CUT = ("resets", "truncated")


def _full(rate: float, burst: float) -> Bucket:
    return Bucket(rate, burst, burst, time.monotonic())


def _drip(whole: bytes, send: Callable[[bytes, bool], None]) -> None:
    """Send the head, and the body a byte a second."""
    begins = whole.index(b"\r\n\r\n") + 4
    send(whole[:begins], False)
    loop = asyncio.get_running_loop()
    for second, at in enumerate(range(begins, len(whole)), start=1):
        loop.call_later(second, send, whole[at : at + 1], False)


def _broken(fault: str | None) -> tuple[bytes, bool]:
    whole = response(200, completion("{}", 0))
    return (whole[: len(whole) - 40] if fault == "truncated" else b""), True


def _odd(whole: dict[str, Any], fault: str | None) -> dict[str, Any]:
    """The completion as the fault leaves it."""
    if fault == "empty":
        return whole | {"choices": []}
    choice = whole["choices"][0]
    message = choice["message"]
    if fault == "cut_off":
        message["content"] = message["content"][: len(message["content"]) // 2]
        choice["finish_reason"] = "length"
    elif fault == "filtered":
        message["content"] = ""
        choice["finish_reason"] = "content_filter"
    elif fault == "declined":
        message |= {"content": None, "refusal": "I cannot help with that."}
    return whole


def digest(messages: list[dict[str, str]]) -> str:
    """The name of a request in the file of replies: SHA-256 of its last message."""
    return named(messages[-1]["content"])


def conversation(body: dict[str, Any]) -> str:
    """The name of a conversation in the log: SHA-256 of what the user said first."""
    return named(next(each["content"] for each in body["messages"] if each["role"] == "user"))


def named(text: str) -> str:
    """SHA-256, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def completion(text: str, characters: int) -> dict[str, Any]:
    """A chat completion that says this; a token is four characters."""
    tokens_in, tokens_out = characters // 4, len(text) // 4
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "mock",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "logprobs": None,
                "message": {"role": "assistant", "content": text, "refusal": None},
            }
        ],
        "usage": {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        },
    }


def response(status: int, body: dict[str, Any] | str) -> bytes:
    """A response of HTTP/1.1: JSON, or HTML where the body is text."""
    kind = "text/html" if isinstance(body, str) else "application/json"
    data = (body if isinstance(body, str) else json.dumps(body)).encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        f"content-type: {kind}\r\ncontent-length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


def headers_into(data: bytes, headers: Mapping[str, str]) -> bytes:
    """The response with these headers, too."""
    if not headers:
        return data
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    first, end, rest = data.partition(b"\r\n")
    return first + end + lines.encode() + rest


class Connection(asyncio.Protocol):
    """One client; it sends a request, waits for the response, and sends the next."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._unread = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client is there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Every request that is whole by now is on its way to an answer."""
        self._unread += data
        while (end := self._unread.find(b"\r\n\r\n")) >= 0:
            head = self._unread[:end].decode("latin-1")
            whole = end + 4 + _content_length(head)
            if len(self._unread) < whole:
                return
            body, self._unread = self._unread[end + 4 : whole], self._unread[whole:]
            self._handle(head.split(" ", 2), body)

    def _handle(self, request: list[str], body: bytes) -> None:
        if request[0] == "POST" and request[1].endswith("/chat/completions"):
            self._model.answer(body, self._send)
        elif request[1] == "/counts":
            counts = dict(self._model.counts) | {"most_at_once": self._model.most_at_once}
            self._send(response(200, counts), False)
        elif request[1] == "/log":
            self._send(response(200, {"log": self._model.log}), False)
        else:
            self._send(response(404, {"error": {"message": "no such page"}}), False)

    def _send(self, data: bytes, cut: bool) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if data:
            transport.write(data)
        if cut and data:
            transport.close()
        elif cut:
            # Closed without lingering, the socket sends a reset and no orderly end.
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            transport.abort()


def _content_length(head: str) -> int:
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0


async def serve(settings: Settings) -> None:
    """Serve until the task is cancelled; the address stands on stdout before the first request."""
    replies = json.loads(Path(settings.replies).read_text("utf-8")) if settings.replies else {}
    model = Model(settings, replies)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(model), "127.0.0.1", settings.port, backlog=4096
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[str]:
    """The address of an endpoint in a process of its own, which ends with the block."""
    process = subprocess.Popen(
        [sys.executable, __file__, "serve", *_arguments(settings)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def counts(address: str) -> dict[str, int]:
    """What the endpoint there has received so far, and what it made of it."""
    counted: dict[str, int] = _told(address, "counts")
    return counted


def log(address: str) -> dict[str, list[str]]:
    """What came of the requests of each conversation, in their order."""
    came: dict[str, list[str]] = {}
    for name, what in _told(address, "log")["log"]:
        came.setdefault(name, []).append(what)
    return came


def _told(address: str, page: str) -> Any:
    with urlopen(f"{address.removesuffix('/v1')}/{page}") as reply:
        return json.load(reply)


def _arguments(settings: Settings) -> list[str]:
    arguments = []
    for name, value in asdict(settings).items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            arguments += [flag] if value else []
        else:
            arguments += [flag, str(value)]
    return arguments


def settings_from(kind: type[S], told: str | None, arguments: Sequence[str] | None = None) -> S:
    """The dataclass of this kind that the command line describes, a flag a field."""
    parser = argparse.ArgumentParser(description=told, allow_abbrev=False)
    for each in fields(kind):
        flag, default = f"--{each.name.replace('_', '-')}", each.default
        if isinstance(default, bool):
            parser.add_argument(flag, action="store_true")
        else:
            parser.add_argument(flag, type=type(default), default=default)
    return kind(**vars(parser.parse_args(arguments)))


async def _load(address: str, connections: int, requests: int) -> float:
    """Requests a second that the cheapest client gets answered."""
    host, _, port = address.removeprefix("http://").removesuffix("/v1").partition(":")
    body = json.dumps({"messages": [{"role": "user", "content": "x" * 4000}]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: {len(body)}\r\n\r\n"
    expected = len(response(200, completion("{}", len(body))))

    async def client() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for _ in range(requests // connections):
            writer.write(head.encode() + body)
            await reader.readexactly(expected)
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    return requests // connections * connections / (time.perf_counter() - start)


def main() -> None:
    """Serve, or print what it sustains."""
    if sys.argv[1:2] == ["serve"]:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(settings_from(Settings, __doc__, sys.argv[2:])))
        return
    print("| connections | answered a second, bodies of 4 kB |\n| ---: | ---: |")
    for connections in (1, 64, 256):
        with running(Settings()) as address:
            rate = asyncio.run(_load(address, connections, 10_000))
        print(f"| {connections} | {rate:,.0f} |")


if __name__ == "__main__":
    main()
