"""Every way in which an endpoint fails, and what is done about it: the table of docs/faults.md."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Again = Literal["yes", "no", "waits"]
"""'waits': it goes out again when the endpoint takes more, and that counts as no attempt."""

Ends = Literal["request", "run"]
Charged = Literal["no", "maybe", "yes"]

_AS_WORDED = re.IGNORECASE | re.DOTALL
_CLIENT = frozenset(range(400, 500))
_SERVER = frozenset(range(500, 600))


@dataclass(frozen=True, slots=True)
class When:
    """Responses with one of these statuses whose error says so; any such, where `says` is ''."""

    statuses: Collection[int]
    says: str = ""

    def holds(self, status: int, said: str) -> bool:
        """Whether this is such a response."""
        return status in self.statuses and bool(re.search(self.says, said, _AS_WORDED))


@dataclass(frozen=True, slots=True)
class Fault:
    """One row: what came, whether it is asked again, and what fails where that does not help.

    `name` stands in reports and logs and does not change. `charged` tells whether the endpoint may
    want money for it.
    """

    name: str
    came: str
    again: Again
    ends: Ends
    charged: Charged
    hint: str
    when: tuple[When, ...] = ()


_NO_CREDIT = (
    r"insufficient_(?:quota|balance|credits?|funds)|insufficient (?:balance|credits?|funds)"
    r"|billing_(?:hard_limit_reached|not_active)|credit balance|out of credits"
    r"|credits? (?:are|is) depleted"
)
# Some say so of each minute's limit, too, and then for how long to wait or where limits are told.
_NO_QUOTA = (
    r"^(?!.*(?:retry in|try again in|rate.?limit|per.?min)).*"
    r"(?:plan and billing|billing details|manage your (?:project and )?billing)"
)
_FILTERED = r"content_filter|content_policy|ResponsibleAIPolicy|moderation|flagged"
_TOO_LONG = (
    r"context_length|context length|context size|context window|string_above_max_length"
    r"|too many tokens|prompt is too long"
)
_ADDRESS = "does OPENAI_BASE_URL end as the endpoint wants it, mostly in /v1?"
_DOCTOR = "`answerbot doctor` tells what the endpoint supports"
_LATER = "it may be overloaded or down: run the same command again later"

STATUS_FAULTS = (
    Fault(
        "no-credit",
        "no money or quota left",
        "no",
        "run",
        "no",
        "the account has no credit left: add some, or use another key",
        (When({402}), When({400, 403, 429}, _NO_CREDIT), When({429}, _NO_QUOTA)),
    ),
    Fault(
        "prompt-filtered",
        "the content filter wants nothing of the prompt",
        "no",
        "request",
        "no",
        "the endpoint's content filter took exception to the text: another endpoint may not",
        (When({400, 403, 422}, _FILTERED),),
    ),
    Fault(
        "request-too-long",
        "more text than the model or the endpoint takes",
        "no",
        "request",
        "no",
        "the request is too long for this endpoint: take a model that reads more, or lower "
        "[model] max_output_tokens",
        (When({413}), When({400, 422, 500}, _TOO_LONG)),
    ),
    Fault(
        "key-refused",
        "the key is wrong or missing",
        "no",
        "run",
        "no",
        "set OPENAI_API_KEY to a key that this endpoint accepts",
        (When({401, 407}),),
    ),
    Fault(
        "forbidden",
        "the key may not do this",
        "no",
        "run",
        "no",
        "this key may not use this model: use another key or model",
        (When({403}),),
    ),
    Fault(
        "not-found",
        "no such model, or no such address",
        "no",
        "run",
        "no",
        "is there such a model at this endpoint, and " + _ADDRESS + " `answerbot doctor` tells",
        (When({404, 405, 410}),),
    ),
    Fault(
        "moved",
        "a redirection; it is not followed",
        "no",
        "run",
        "no",
        "set OPENAI_BASE_URL to the address that it points to",
        (When(range(300, 400)),),
    ),
    Fault(
        "rate-limited",
        "too many requests or tokens",
        "waits",
        "request",
        "no",
        "lower max_concurrency, or wait a while",
        (When({429}),),
    ),
    Fault(
        "later",
        "not just now: timeout of the server, conflict, too early",
        "yes",
        "request",
        "no",
        _LATER,
        (When({408, 409, 425}),),
    ),
    Fault(
        "bad-request",
        "the endpoint cannot make sense of this request",
        "no",
        "request",
        "no",
        _DOCTOR,
        (When(_CLIENT),),
    ),
    Fault(
        "unsupported",
        "the endpoint does not know how to do this",
        "no",
        "run",
        "no",
        _DOCTOR,
        (When({501, 505}),),
    ),
    Fault(
        "overloaded",
        "the endpoint has too much to do, or starts just now",
        "yes",
        "request",
        "no",
        _LATER,
        (When({503, 529}),),
    ),
    Fault(
        "gateway-timeout",
        "the model took longer than something in between waits",
        "yes",
        "request",
        "maybe",
        "what stands before the model gives up too early: raise its time limit, or lower "
        "max_concurrency",
        (When({504, 524}),),
    ),
    Fault(
        "server-error",
        "the endpoint has an error of its own",
        "yes",
        "request",
        "no",
        _LATER,
        (When(_SERVER),),
    ),
)
"""By status; the first row that fits counts."""

BODY_FAULTS = (
    Fault(
        "error-inside",
        "status 200 and an error in the body that tells no status; one that does has the row of "
        "that status",
        "yes",
        "request",
        "maybe",
        _LATER,
    ),
    Fault(
        "no-choices",
        "a completion without any choice",
        "yes",
        "request",
        "maybe",
        "the endpoint gave no reply and no reason: another model or endpoint may do better",
    ),
    Fault(
        "no-completion",
        "a body that is no completion: not JSON, cut in the middle, a web page",
        "yes",
        "request",
        "maybe",
        _ADDRESS,
    ),
    Fault(
        "streamed",
        "a stream of events, which nobody asked for",
        "no",
        "request",
        "maybe",
        "the endpoint streams though it was not asked to: turn that off there, or in what stands "
        "before it",
    ),
    Fault(
        "web-page",
        "a second web page, and nothing sensible has come from there before",
        "no",
        "run",
        "no",
        _ADDRESS,
    ),
)
"""A response with status 200 that is no reply, whatever content type it claims."""

TRANSPORT_FAULTS = (
    Fault(
        "unreachable",
        "the name is not known, the connection is refused or does not come about, and nothing "
        "has come from there before",
        "no",
        "run",
        "no",
        "is the server running, and is OPENAI_BASE_URL right?",
    ),
    Fault(
        "gone",
        "the same, and the endpoint had answered before",
        "yes",
        "request",
        "no",
        "is the server still running?",
    ),
    Fault(
        "tls",
        "no encrypted connection: certificate, or a server that speaks plain HTTP",
        "no",
        "run",
        "no",
        "does OPENAI_BASE_URL begin with the right one of http:// and https://? SSL_CERT_FILE "
        "names certificates of your own",
    ),
    Fault(
        "timeout",
        "no whole response in time",
        "yes",
        "request",
        "maybe",
        "raise [model] timeout, or lower max_concurrency",
    ),
    Fault(
        "broke-off",
        "the connection ended before the response did: reset, closed, body incomplete",
        "yes",
        "request",
        "maybe",
        "try again",
    ),
    Fault(
        "oversized",
        "more than 32 MB, unpacked; the rest is not read",
        "no",
        "request",
        "maybe",
        "no reply is as long as that: is there something else at OPENAI_BASE_URL?",
    ),
)
"""No whole response came."""

REPLY_FAULTS = (
    Fault(
        "cut-off",
        "the reply was cut off at the longest allowed",
        "no",
        "request",
        "yes",
        "raise [model] max_output_tokens",
    ),
    Fault(
        "only-thoughts",
        "thoughts and no word of the reply itself, whether cut off or not",
        "no",
        "request",
        "yes",
        "raise [model] max_output_tokens, as thinking takes of them, too; or try another model",
    ),
    Fault(
        "reply-filtered",
        "the content filter stopped the reply",
        "no",
        "request",
        "yes",
        "the endpoint's content filter took exception to the text: another endpoint may not",
    ),
    Fault(
        "refusal",
        "the model declined",
        "no",
        "request",
        "yes",
        "another model may not decline",
    ),
    Fault(
        "empty",
        "a reply without a word",
        "no",
        "request",
        "yes",
        "another model may do better",
    ),
    Fault(
        "no-json",
        "a reply without the JSON that was asked for, however it was asked for",
        "no",
        "request",
        "yes",
        "this model may be too small for structured replies: try another",
    ),
    Fault(
        "unreadable",
        "a whole reply that this version of the program fails to read",
        "no",
        "request",
        "yes",
        "a newer version may read it",
    ),
    Fault(
        "invalid",
        "JSON of the wrong shape or content, also after it was sent back with what is wrong",
        "no",
        "request",
        "yes",
        "a more capable model may do better",
    ),
)
"""A whole reply came, and it answers nothing. It is kept."""

FAULTS = {
    fault.name: fault for fault in (*STATUS_FAULTS, *BODY_FAULTS, *TRANSPORT_FAULTS, *REPLY_FAULTS)
}
"""All rows, by name."""


def fault_of_status(status: int, said: str = "") -> Fault:
    """What a response with this status is, whose error says this (code, type, message)."""
    for fault in STATUS_FAULTS:
        if any(when.holds(status, said) for when in fault.when):
            return fault
    return FAULTS["no-completion"]
