"""Requests and recordings that several tests make."""

from __future__ import annotations

from answerbot.domain.llm import Message, Reply, Request, Usage
from answerbot.domain.recording import Recording

USAGE = Usage(input_tokens=100, output_tokens=10)


def request(text: str = "What is an RNN?", *, model: str = "small", **fields: object) -> Request:
    fields = {"label": "rnn/1 draft", "max_output_tokens": 50} | fields
    return Request(model=model, messages=(Message(role="user", content=text),), **fields)


def recording(asked: Request, text: str = "A network with a loop.") -> Recording:
    reply = Reply(text=text, model=asked.model, usage=USAGE)
    return Recording.of(
        asked, reply, recorded_at="2026-01-02T03:04:05+00:00", source="http://127.0.0.1/v1"
    )
