"""The JSON Lines of batch services: a request a line there, a result a line back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from answerbot.domain.errors import InputError, Location, Problem

URL: Final = "/v1/chat/completions"
"""Where a batch service posts each request."""

MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000
"""What OpenAI takes in one file."""

_WHOLE = "was the file written to its end? fetch it again"


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    custom_id: str


_Validated = TypeVar("_Validated", bound=_Line)


class _Posted(_Line):
    body: dict[str, Any]


class _Response(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    status_code: Annotated[int, Field(strict=False)]  # some write it as a text
    body: dict[str, Any] | str | None = None


class _Came(_Line):
    response: _Response | None = None
    error: dict[str, Any] | str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of the request with this key.

    `status` is that of HTTP and `body` what came with it, as JSON; a request that the service did
    not get to has the status 0, and why.
    """

    key: str
    status: int
    body: str

    @property
    def is_reply(self) -> bool:
        """Whether the model answered."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is neither a request nor a result; `key` is None where it does not say whose."""

    key: str | None
    problem: Problem

    def as_results(self) -> list[Result]:
        """That nothing came of its request, where the line says of which."""
        return [] if self.key is None else [Result(self.key, 0, self.problem.what)]


def request_line(key: str, body: Mapping[str, Any]) -> str:
    """One line, with its end, that asks for this."""
    line = {"custom_id": key, "method": "POST", "url": URL, "body": body}
    return json.dumps(line, ensure_ascii=False) + "\n"


def chunks(
    lines: Iterable[tuple[str, str]],
    *,
    most_requests: int = MOST_REQUESTS,
    most_bytes: int = MOST_BYTES,
) -> Iterator[dict[str, str]]:
    """The lines by their keys, in as few files as a service takes; each has one line or more."""
    chunk: dict[str, str] = {}
    size = 0
    for key, line in lines:
        length = len(line.encode())
        if chunk and (len(chunk) >= most_requests or size + length > most_bytes):
            yield chunk
            chunk, size = {}, 0
        chunk[key] = line
        size += length
    if chunk:
        yield chunk


def read_lines(text: str, path: str) -> Iterator[tuple[str | Result | Unreadable, Location]]:
    """The keys of the requests and the results in a file that may hold both, and where each stands.

    One line that is damaged keeps none of the others from being read.
    """
    # Not splitlines(): JSON may hold other ends of lines than this one.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            place = Location(path, number)
            yield _read(line, place), place


def _read(line: str, place: Location) -> str | Result | Unreadable:
    value: dict[str, Any] = {}
    try:
        value = _object(line, place)
        if "body" in value and "response" not in value:
            return _validated(_Posted, value, place).custom_id
        return _result(value, place)
    except InputError as error:
        key = value.get("custom_id")
        return Unreadable(key if isinstance(key, str) else None, error.problems[0])


def _object(line: str, place: Location) -> dict[str, Any]:
    try:
        line.encode()  # what is no UTF-8 in a service's file is a lone surrogate here
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(Problem(f"not JSON: {error}", place, _WHOLE)) from None
    if not isinstance(value, dict):
        raise InputError(Problem("not a JSON object", place, _WHOLE))
    return value


def _result(line: dict[str, Any], place: Location) -> Result:
    came = _validated(_Came, line, place)
    if came.response is not None:
        body = came.response.body
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        return Result(came.custom_id, came.response.status_code, text)
    if came.error is None:
        what = "neither a request nor a result: 'body', 'response' and 'error' are missing"
        raise InputError(Problem(what, place))
    return Result(came.custom_id, 0, _message(came.error))


def _message(error: dict[str, Any] | str) -> str:
    if isinstance(error, str):
        return error
    return str(error.get("message") or error.get("code") or error)


def _validated(kind: type[_Validated], line: dict[str, Any], place: Location) -> _Validated:
    try:
        return kind.model_validate(line)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in detail["loc"])
        what = f"no line of a batch: {where}: {detail['msg'].lower()}"
        raise InputError(Problem(what, place)) from None
