"""What came instead of a completion -> the error that it is: to be asked again, or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from answerbot.adapters.faults import FAULTS, Fault, fault_of_status
from answerbot.adapters.no_connection import why_unconnected
from answerbot.adapters.refusals import Refusal, parsed
from answerbot.domain.errors import EndpointError, Problem
from answerbot.domain.llm import RefusedRequestError, TransientError
from answerbot.domain.recording import redact

_MESSAGE_LENGTH = 400
_NO_REPLY = 300  # and above
_EVENT = re.compile(r"\s*(?:(?:data|event|id|retry):|: )")
_NOT_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


class OversizedError(ValueError):
    """A response is longer than any reply; the words say what it exceeds."""


@dataclass
class EndpointFaults:
    """The errors of one endpoint; `key` stands in none of them, though the endpoint echoes it.

    `has_answered` tells whether a sensible response has come, so that the address is right; `pages`
    counts the web pages that came before.
    """

    endpoint: str
    key: str | None = None
    has_answered: bool = False
    pages: int = 0

    def refused(self, refusal: Refusal) -> EndpointError:
        """The error that a response with this status is, or one that tells no other than 200."""
        fault = FAULTS["error-inside"]
        if refusal.status >= _NO_REPLY:
            fault = fault_of_status(refusal.status, refusal.said)
        what = f"{self.endpoint} answered {refusal.status}: {self._clean(refusal.message)}"
        if moved_to := refusal.headers.get("location"):
            what = f"{what} (points to {self._clean(moved_to)})"
        return error_of(fault, what, status=refusal.status, retry_after=refusal.retry_after)

    def no_answer(self, error: Exception, timeout: float) -> EndpointError:
        """The error that a missing, late or broken response is."""
        if isinstance(error, OversizedError):
            return error_of(FAULTS["oversized"], f"{self.endpoint} sent {error}")
        cause = _cause(error)
        if isinstance(cause, TimeoutError) and not isinstance(
            cause, aiohttp.ConnectionTimeoutError
        ):
            what = f"{self.endpoint} did not answer within {timeout:g} seconds"
            return error_of(FAULTS["timeout"], what)
        reason = self._clean(why_unconnected(cause, self.endpoint)) or type(cause).__name__
        if isinstance(cause, aiohttp.ClientSSLError):
            return error_of(FAULTS["tls"], f"{self.endpoint} cannot be reached safely: {reason}")
        if isinstance(cause, _NOT_CONNECTED):
            # What answered before is restarting; what never did is most likely misspelt.
            fault = FAULTS["gone" if self.has_answered else "unreachable"]
            return error_of(fault, f"{self.endpoint} cannot be reached: {reason}")
        return error_of(FAULTS["broke-off"], f"{self.endpoint} broke off: {reason}")

    def no_completion(self, status: int, body: str) -> EndpointError:
        """The error that a body of something else is, which tells of no error."""
        value = parsed(body)
        start = self._clean(" ".join(body.split()))[:80]
        what = f"{self.endpoint} sent something that is no chat completion: {start!r}"
        if isinstance(value, Mapping) and value.get("choices") == []:
            return error_of(FAULTS["no-choices"], what, status=status)
        if _EVENT.match(body):
            return error_of(FAULTS["streamed"], what, status=status)
        if start.startswith("<") and not self.has_answered:
            self.pages += 1
        # A proxy may send one page for an error of its own; a wrong address sends nothing else.
        fault = "web-page" if self.pages > 1 and not self.has_answered else "no-completion"
        return error_of(FAULTS[fault], what, status=status)

    def _clean(self, text: str) -> str:
        if self.key:
            text = text.replace(self.key, "***")
        # What came in a header as no UTF-8 could not be printed.
        return redact(text).encode(errors="replace").decode()[:_MESSAGE_LENGTH]


def error_of(
    fault: Fault,
    what: str,
    *,
    status: int | None = None,
    retry_after: float | None = None,
) -> EndpointError:
    """The error that does what the fault's row says."""
    problem = Problem(what, hint=fault.hint)
    if fault.again != "no":
        return TransientError(
            problem,
            retry_after=retry_after,
            charged=fault.charged != "no",
            throttled=fault.again == "waits",
            status=status,
            code=fault.name,
        )
    kind = RefusedRequestError if fault.ends == "request" else EndpointError
    charged = fault.charged != "no"
    return kind(problem, status=status, code=fault.name, charged=charged)


def refused_alike(error: RefusedRequestError) -> RefusedRequestError:
    """The same, and it says that other ways of asking were refused alike."""
    first = error.problems[0]
    what = f"{first.what} (also where JSON was asked for in other ways)"
    return RefusedRequestError(
        Problem(what, first.location, first.hint), status=error.status, code=error.code
    )


def _cause(error: BaseException) -> BaseException:
    """What aiohttp says: on the way here a broken connection is made a time limit."""
    while not isinstance(error, (aiohttp.ClientError, TimeoutError)) and error.__cause__:
        error = error.__cause__
    return error
