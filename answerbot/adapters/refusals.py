"""What an endpoint says instead of a completion, in the words of whichever server it is."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

# What is no number, and which status goes with it.
_KINDS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "model_not_found": 404,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "overloaded_error": 529,
}
_DELAY = re.compile(r'"retryDelay": *"(\d+(?:\.\d+)?)s"')


@dataclass(frozen=True, slots=True)
class Refusal:
    """A response that is no reply: what it says, in the words of the endpoint."""

    status: int
    headers: Mapping[str, str]
    message: str
    code: str = ""
    type: str = ""
    param: str = ""
    delay: float | None = None
    """For how many seconds the body asks, as Google's do."""

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], content: bytes | str) -> Refusal:
        """What a body of any kind says."""
        text = _decoded(content)
        body = parsed(text)
        if body is None:
            return cls(status, headers, " ".join(text.split()))
        return cls.of(status, headers, body.get("error", body) if isinstance(body, dict) else body)

    @classmethod
    def inside(
        cls, status: int, headers: Mapping[str, str], content: bytes | str
    ) -> Refusal | None:
        """The error in a body that came as a reply, with the status that it tells, if it does."""
        error = _error_in(parsed(_decoded(content)))
        return cls.of(_status_of(error) or status, headers, error) if error else None

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str], error: object) -> Refusal:
        """What the value of an `error` says."""
        found = _DELAY.search(_text(error))
        delay = float(found[1]) if found else None
        if not isinstance(error, dict):
            return cls(status, headers, _text(error), delay=delay)
        said = error.get("message") or error.get("detail") or error.get("error") or error
        code, kind, param = (_text(error.get(name) or "") for name in ("code", "type", "param"))
        return cls(status, headers, _text(said), code, kind, param, delay)

    @property
    def said(self) -> str:
        """All of it, to look for words in."""
        wait = "" if self.retry_after is None else f"; retry in {self.retry_after:g} s"
        return f"{self.code} {self.type} {self.param} {self.message}{wait}"

    @property
    def retry_after(self) -> float | None:
        """Seconds, from milliseconds, seconds or an HTTP date; None where nothing is asked."""
        exact, header = self.headers.get("retry-after-ms"), self.headers.get("retry-after")
        if exact is not None and (milliseconds := _number(exact)) is not None:
            return milliseconds / 1000
        if header is None:
            return self.delay
        if (seconds := _number(header)) is not None:
            return seconds
        try:
            return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
        except ValueError:
            return None


def _error_in(body: object) -> object:
    """The error that a body tells of: on its top, in its first choice, or all of it."""
    if not isinstance(body, dict):
        return None
    choices = body.get("choices") or [None]
    first = choices[0] if isinstance(choices, list) else None
    inside = first.get("error") if isinstance(first, dict) else None
    return body.get("error") or inside or (body if body.get("object") == "error" else None)


def _status_of(error: object) -> int | None:
    """That of an error; some proxies say 200 before they know."""
    if not isinstance(error, dict):
        return None
    told = [_text(error.get(name) or "") for name in ("code", "status", "type")]
    numbers = [int(one) for one in told if re.fullmatch(r"[45]\d\d", one)]
    return next(iter(numbers + [_KINDS[one] for one in told if one in _KINDS]), None)


def _decoded(content: bytes | str) -> str:
    return content if isinstance(content, str) else content.decode(errors="replace")


def parsed(text: str) -> Any:
    """The JSON value that the text is, or None."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(text: str) -> float | None:
    """None where it is no number; 0 where it means nothing."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else 0.0
