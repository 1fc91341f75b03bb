"""Recording <-> one line of JSON, and what must never stand in one."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, model_validator
from pydantic_core import from_json

from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.llm import Reply, Request
from answerbot.domain.replies import find_json

_SECRET = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{16,}"
    r"|[Bb]earer\s+(?=[A-Za-z._~+/-]*[0-9])[A-Za-z0-9._~+/-]{16,}=*"
    r"|AKIA[A-Z0-9]{16}"
    r"|AIza[A-Za-z0-9_-]{30,}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}"
    r"|hf_[A-Za-z0-9]{30,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----)"
)
# What every secret has in it: looking for these first is twenty times faster.
_MARKS = (
    "sk-", "earer", "AKIA", "AIza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "hf_", "xox",
    "-----BEGIN",
)  # fmt: skip
_BEFORE_MESSAGES = re.compile(
    rb'\{(?P<beginning>"key": "[0-9a-f]{64}", "label": "[^"]*"), '
    rb'"request": \{"model": (?P<model>"[^"]*"), '
)
_REVOKE = "take the secret out and revoke it: it has been on disk"


class Recording(BaseModel):
    """A request to a model with its reply.

    `recorded_at` is ISO 8601 in UTC, `source` the endpoint that replied. `label` is what the
    request was for; that of `request` itself is empty here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    label: str
    request: Request
    reply: Reply
    recorded_at: str
    source: str

    @model_validator(mode="after")
    def _key_is_of_the_request(self, info: ValidationInfo) -> Recording:
        asked = info.context
        # Comparing with a request whose key is known is faster than hashing.
        if not isinstance(asked, Request) or not self.request.asks_the_same(asked):
            asked = self.request
        if self.key != asked.key:
            raise ValueError(f"the key is not that of the request, which is {asked.key}")
        return self

    @classmethod
    def of(cls, request: Request, reply: Reply, *, recorded_at: str, source: str) -> Recording:
        """The recording of this reply to this request."""
        return cls(
            key=request.key,
            label=request.label,
            request=request.model_copy(update={"label": ""}),
            reply=reply,
            recorded_at=recorded_at,
            source=source,
        )

    def answer(self) -> Reply:
        """The reply, which tells the recording that it is from."""
        said = self.reply
        # Not `model_copy`, which takes longer than to find the recording.
        return Reply(
            text=said.text,
            model=said.model,
            usage=said.usage,
            finish_reason=said.finish_reason,
            key=self.key,
        )

    @property
    def fault(self) -> str | None:
        """What makes the reply of no use to its request, or None."""
        schema = self.request.reply_schema
        if schema is None:
            return None if self.reply.text.strip() else "the reply is empty"
        if find_json(self.reply.text, schema.json_schema.get("required", ())) is None:
            return "the reply lacks what was asked for"
        return None

    def to_line(self) -> str:
        """One line of JSON without its line end, fields in a fixed order."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False)

    @classmethod
    def from_line(
        cls, line: str | bytes, location: Location, asked: Request | None = None
    ) -> Recording:
        """Read what `to_line` wrote; sooner where it should answer the request that is `asked`.

        Raises:
            InputError: the line is not a recording, or its key is wrong.
        """
        try:
            text = line.encode() if isinstance(line, str) else line
            if asked is not None and (fields := _of_asked(text, asked)):
                return cls.model_validate(fields, context=fields["request"])
            return cls.model_validate_json(text, context=asked)
        except ValidationError as error:
            raise InputError(Problem(_first(error), location, _NEVER_EDIT)) from None


def _of_asked(line: bytes, asked: Request) -> dict[str, Any] | None:
    """The fields of a line that tells what was asked word by word; None where it does not.

    The request is most of a line, and to compare it is faster than to read it.
    """
    before = _BEFORE_MESSAGES.match(line)
    if before is None or not line.startswith(said := asked.written(), before.end()):
        return None
    try:
        fields = from_json(b"{%b%b" % (before["beginning"], line[before.end() + len(said) :]))
        model = from_json(before["model"])
    except ValueError:
        return None
    if "request" in fields:  # it stands twice
        return None
    as_asked = model == asked.model and not asked.label
    told = asked if as_asked else asked.model_copy(update={"model": model, "label": ""})
    return {"request": told, **fields}


_NEVER_EDIT = "recordings are not edited: delete the line and record the request again"


def find_secret(text: str) -> str | None:
    """The beginning of what looks like a key or a password, or None."""
    if not any(mark in text for mark in _MARKS):
        return None
    found = _SECRET.search(text)
    return f"{found[0][:6]}..." if found else None


def refuse_secret(text: str, location: Location) -> None:
    """Nothing in the text looks like a secret.

    Raises:
        InputError: something does.
    """
    if secret := find_secret(text):
        what = f"the recording holds what looks like a secret ({secret})"
        raise InputError(Problem(what, location, _REVOKE))


def redact(text: str) -> str:
    """The text with everything that looks like a secret replaced by three asterisks."""
    return _SECRET.sub("***", text)


def _first(error: ValidationError) -> str:
    detail = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in detail["loc"])
    message = detail["msg"].removeprefix("Value error, ")
    return f"not a recording: {where + ': ' if where else ''}{message}"
