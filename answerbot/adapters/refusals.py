"""What an endpoint says instead of a completion, in the words of whichever server it is."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

_DELAY = re.compile(r'"retryDelay": *"(\d+(?:\.\d+)?)s"')


@dataclass(frozen=True, slots=True)
class Refusal:
    """A response with another status than 200: what it says, in the words of the endpoint."""

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
        text = content if isinstance(content, str) else content.decode(errors="replace")
        body = parsed(text)
        if body is None:
            return cls(status, headers, " ".join(text.split()))
        return cls.of(status, headers, body.get("error", body) if isinstance(body, dict) else body)

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
