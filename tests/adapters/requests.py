"""Requests and recordings that several tests make."""

from __future__ import annotations

from typing import TypedDict, Unpack

from answerbot.adapters.kept import KeptReply
from answerbot.domain.llm import Message, RawReply, Reply, ReplySchema, Request, Usage
from answerbot.domain.recording import Recording

USAGE = Usage(input_tokens=100, output_tokens=10)


class Fields(TypedDict, total=False):
    """What a request says beside its model and messages."""

    reply_schema: ReplySchema | None
    max_output_tokens: int | None
    temperature: float | None
    sample: int
    label: str


def request(
    text: str = "What is an RNN?", *, model: str = "small", **fields: Unpack[Fields]
) -> Request:
    usual: Fields = {"label": "rnn/1 draft", "max_output_tokens": 50}
    return Request(model=model, messages=(Message(role="user", content=text),), **(usual | fields))


def recording(asked: Request, text: str = "A network with a loop.") -> Recording:
    reply = Reply(text=text, model=asked.model, usage=USAGE)
    return Recording.of(
        asked, reply, recorded_at="2026-01-02T03:04:05+00:00", source="http://127.0.0.1/v1"
    )


def kept(asked: Request, outcome: str, body: str) -> KeptReply:
    return KeptReply(
        key=asked.key,
        label=asked.label,
        request=asked.model_copy(update={"label": ""}),
        raw=RawReply(status=200, headers={"x-request-id": "42"}, body=body),
        outcome=outcome,
        recorded_at="2026-01-02T03:04:05+00:00",
        source="http://127.0.0.1/v1",
    )
