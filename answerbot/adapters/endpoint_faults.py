"""What came instead of a completion -> the error that it is: to be asked again, or not."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from answerbot.domain.errors import EndpointError, Problem
from answerbot.domain.llm import RefusedRequestError, TransientError
from answerbot.domain.recording import redact

_TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_ABOUT_THIS_REQUEST = frozenset({400, 413, 422})
_MESSAGE_LENGTH = 400
_TOO_MANY = 429
_HINTS = {
    401: "set OPENAI_API_KEY to a key that this endpoint accepts",
    403: "this key may not use this model: use another key or model",
    402: "the account has no credit left: add some, or use another key",
    413: "the request is too long for this endpoint",
}
_TRANSIENT_HINTS = {_TOO_MANY: "lower max_concurrency, or wait a while"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A response with another status than 200: what it says, in the words of the endpoint."""

    status: int
    headers: Mapping[str, str]
    message: str
    code: str = ""
    type: str = ""
    param: str = ""

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], content: bytes | str) -> Refusal:
        """What a body of any kind says."""
        try:
            body = json.loads(content)
        except ValueError:
            text = content if isinstance(content, str) else content.decode(errors="replace")
            return cls(status, headers, " ".join(text.split()))
        error = body.get("error", body) if isinstance(body, Mapping) else body
        if not isinstance(error, Mapping):
            return cls(status, headers, _text(error))
        said = error.get("message") or error.get("detail") or error.get("error") or error
        code, kind, param = (_text(error.get(name) or "") for name in ("code", "type", "param"))
        return cls(status, headers, _text(said), code, kind, param)

    @property
    def retry_after(self) -> float | None:
        """Seconds, from milliseconds, seconds or an HTTP date; None where nothing is asked."""
        exact, header = self.headers.get("retry-after-ms"), self.headers.get("retry-after")
        if exact is not None and (milliseconds := _number(exact)) is not None:
            return milliseconds / 1000
        if header is None:
            return None
        if (seconds := _number(header)) is not None:
            return seconds
        try:
            return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
        except ValueError:
            return None


@dataclass
class EndpointFaults:
    """The errors of one endpoint; `key` stands in none of them, though the endpoint echoes it.

    `has_answered` tells whether a sensible response has come, so that the address is right.
    """

    endpoint: str
    key: str | None = None
    has_answered: bool = False

    def refused(self, refusal: Refusal, model: str) -> EndpointError:
        """The error that a response with this status is."""
        status = refusal.status
        what = f"{self.endpoint} answered {status}: {self._clean(refusal.message)}"
        out_of_money = "insufficient_quota" in (refusal.code, refusal.type)
        if status in _TRANSIENT and not out_of_money:
            return TransientError(
                Problem(what, hint=_TRANSIENT_HINTS.get(status)),
                retry_after=refusal.retry_after,
                throttled=status == _TOO_MANY,
                status=status,
            )
        if out_of_money:
            hint = "the account has no credit left: add some, or use another key"
        elif status in (301, 302, 303, 307, 308):
            where = refusal.headers.get("location", "another address")
            hint = f"it points to {self._clean(where)}: set OPENAI_BASE_URL to where that is"
        elif status == 404:
            hint = (
                f"is there a model {model!r} at this endpoint, and does OPENAI_BASE_URL end as "
                "the endpoint wants it, mostly in /v1? `answerbot doctor` tells"
            )
        else:
            hint = _HINTS.get(status, "`answerbot doctor` tells what the endpoint supports")
        kind = RefusedRequestError if status in _ABOUT_THIS_REQUEST else EndpointError
        return kind(Problem(what, hint=hint), status=status)

    def no_answer(self, error: Exception, timeout: float) -> EndpointError:
        """The error that a missing, late or broken response is."""
        cause = _cause(error)
        if isinstance(cause, TimeoutError):
            what = f"{self.endpoint} did not answer within {timeout:g} seconds"
            hint = "raise [model] timeout, or lower max_concurrency"
            unsent = isinstance(cause, aiohttp.ConnectionTimeoutError)
            return TransientError(Problem(what, hint=hint), charged=not unsent)
        reason = self._clean(str(cause)) or type(cause).__name__
        if not isinstance(cause, aiohttp.ClientConnectorError):
            what = f"{self.endpoint} broke off: {reason}"
            return TransientError(Problem(what, hint="try again"), charged=True)
        problem = Problem(
            f"{self.endpoint} cannot be reached: {reason}",
            hint="is the server running, and is OPENAI_BASE_URL right?",
        )
        # What answered before is restarting; what never did is most likely misspelt.
        return TransientError(problem) if self.has_answered else EndpointError(problem)

    def no_completion(self, body: str) -> EndpointError:
        """The error that a body of something else is."""
        start = self._clean(" ".join(body.split()))[:80]
        what = f"{self.endpoint} sent something that is no chat completion: {start!r}"
        hint = "does OPENAI_BASE_URL end as the endpoint wants it, mostly in /v1?"
        if start.startswith("<") and not self.has_answered:
            return EndpointError(Problem(what, hint=hint))  # a web page: a wrong address
        return TransientError(Problem(what, hint=hint), charged=True)

    def _clean(self, text: str) -> str:
        if self.key:
            text = text.replace(self.key, "***")
        return redact(text)[:_MESSAGE_LENGTH]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(text: str) -> float | None:
    """None where it is no number; 0 where it means nothing."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else 0.0


def _cause(error: BaseException) -> BaseException:
    """What aiohttp says: on the way here a broken connection is made a time limit."""
    while not isinstance(error, (aiohttp.ClientError, TimeoutError)) and error.__cause__:
        error = error.__cause__
    return error
