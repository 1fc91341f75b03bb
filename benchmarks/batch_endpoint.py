"""An endpoint on loopback with a batch service: files, batches, and all that goes wrong with them.

    python -m benchmarks.batch_endpoint [SETTINGS]      serve until it is stopped

    python -m benchmarks.batch_endpoint --polls 5 --errors 0.1 --expires-after 3

Its first line on stdout is its address. It has files (upload, content) and batches (create, look,
list, cancel), and looks at every line as OpenAI does before a batch begins. A batch is over when it
was looked at so many times. GET /counts tells as JSON what was received and what was made of it.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from benchmarks.endpoint import settings_from
from tests.endpoint import Answer, Body, Endpoint, refused

URL = "/v1/chat/completions"
_EXPIRED = {
    "code": "batch_expired",
    "message": "This request could not be executed before the completion window expired.",
}


@dataclass
class Settings:
    """How the service behaves. Faults are shares of the lines of each batch."""

    polls: int = 1
    """How many looks at a batch find it in progress."""
    errors: float = 0.0
    """Lines with status 500."""
    throttled: float = 0.0
    """Lines with status 429."""
    refused: float = 0.0
    """Lines with status 400."""
    expires_after: int = -1
    """The first batch expires after so many lines; -1: it does not."""
    most: int = 50_000
    """How many lines a batch may have before it is too much at once."""
    unlisted: bool = False
    """Whether GET /batches is not known."""
    unavailable: int = 0
    """How many calls get status 503 first."""
    deleted: int = 0
    """How many files of results are gone when they are asked for."""
    seed: int = 0


@dataclass
class _Batch:
    id: str
    input_file_id: str
    metadata: Any
    created_at: float
    status: str = "validating"
    looks: int = 0
    completed: int = 0
    failed: int = 0
    total: int = 0
    output_file_id: str | None = None
    error_file_id: str | None = None
    errors: Body | None = None

    def told(self) -> Body:
        """As the service tells of it."""
        told = asdict(self) | {"object": "batch", "endpoint": URL, "completion_window": "24h"}
        counts = {name: told.pop(name) for name in ("total", "completed", "failed")}
        return told | {"request_counts": counts}


class BatchEndpoint(Endpoint):
    """`reply` answers each line of a batch; `executed` counts how often each was, by its id.

    `batches` are those that were created, `counts` the calls. `spoil` says what becomes of a file
    of replies before it can be had.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings or Settings()
        self.executed: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.batches: list[_Batch] = []
        self.spoil: Callable[[str], str] = lambda text: text
        self._files: dict[str, str] = {}
        self._chance = random.Random(self.settings.seed)
        self._one_at_a_time = threading.RLock()

    def answer(self, path: str, raw: bytes, key: str | None) -> Answer:
        """What a call gets; a chat completion outside of any batch is answered, and counted."""
        place = urlsplit(path).path.removeprefix("/v1")
        with self._one_at_a_time:
            if place == "/counts":
                return Answer(dict(self.counts))
            if place == "/chat/completions":
                self.counts["live"] += 1
                return super().answer(path, raw, key)
            if self.settings.unavailable:
                self.settings.unavailable -= 1
                return refused(503, "The service is unavailable")
            return self._called(place.strip("/").split("/"), raw)

    def _called(self, place: list[str], raw: bytes) -> Answer:
        match place:
            case ["files"]:
                return self._uploaded(raw)
            case ["files", _, "content"] if self.settings.deleted:
                self.settings.deleted -= 1
            case ["files", id_, "content"] if id_ in self._files:
                self.counts["downloads"] += 1
                return Answer(self._files[id_])
            case ["batches"] if raw:
                return self._created(json.loads(raw))
            case ["batches"] if not self.settings.unlisted:
                self.counts["lists"] += 1
                return Answer({"data": [one.told() for one in reversed(self.batches)]})
            case ["batches", id_, *_] if found := [one for one in self.batches if one.id == id_]:
                return self._looked(found[0], cancel=place[-1] == "cancel")
        return refused(404, f"there is no {'/'.join(place)}")

    def _uploaded(self, raw: bytes) -> Answer:
        self.counts["uploads"] += 1
        boundary = raw.split(b"\r\n", 1)[0]
        parts = [part.split(b"\r\n\r\n", 1) for part in raw.split(boundary)[1:-1]]
        named = {re.findall(rb'name="(\w+)"', head)[0]: body[:-2] for head, body in parts}
        if named[b"purpose"] != b"batch":
            return refused(400, "the purpose is not batch")
        return Answer({"id": self._kept(named[b"file"].decode()), "object": "file"})

    def _kept(self, text: str) -> str:
        id_ = f"file-{len(self._files) + 1}"
        self._files[id_] = text
        return id_

    def _created(self, asked: Body) -> Answer:
        if asked["endpoint"] != URL or asked["completion_window"] != "24h":
            return refused(400, "no such endpoint or window")
        self.counts["batches"] += 1
        id_ = f"batch_{len(self.batches) + 1}"
        batch = _Batch(id_, asked["input_file_id"], asked.get("metadata"), time.time())
        self.batches.append(batch)
        return Answer(batch.told())

    def _looked(self, batch: _Batch, *, cancel: bool) -> Answer:
        self.counts["looks"] += 1
        batch.looks += 1
        if batch.status == "validating":
            self._validate(batch)
        elif batch.status == "in_progress" and (cancel or batch.looks > self.settings.polls):
            self._finish(batch, "cancelled" if cancel else "completed")
        return Answer(batch.told())

    def _validate(self, batch: _Batch) -> None:
        lines = self._lines(batch)
        wrong = list(_wrong(lines))
        if len(lines) > self.settings.most:
            message = "Enqueued token limit reached. Try again once batches have been completed."
            wrong = [{"code": "token_limit_exceeded", "message": message}]
        batch.status = "failed" if wrong else "in_progress"
        batch.errors = {"object": "list", "data": wrong} if wrong else None
        batch.total = 0 if wrong else len(lines)

    def _lines(self, batch: _Batch) -> list[Body]:
        return [json.loads(line) for line in self._files[batch.input_file_id].splitlines()]

    def _finish(self, batch: _Batch, status: str) -> None:
        lines = self._lines(batch)
        self._chance.shuffle(lines)
        done = len(lines)
        if status == "cancelled":
            done = done // 2
        elif self.settings.expires_after >= 0:
            done, self.settings.expires_after, status = self.settings.expires_after, -1, "expired"
        results = [self._result(line) for line in lines[:done]]
        good = [one for one in results if one["response"]["status_code"] == 200]
        bad = [one for one in results if one["response"]["status_code"] != 200]
        if status == "expired":
            bad += [_line(line, response=None, error=_EXPIRED) for line in lines[done:]]
        batch.status, batch.completed, batch.failed = status, len(good), len(bad)
        batch.output_file_id = self._kept(self.spoil(_json_lines(good))) if good else None
        batch.error_file_id = self._kept(_json_lines(bad)) if bad else ""

    def _result(self, line: Body) -> Body:
        drawn = self._chance.random()
        for name, status in (("errors", 500), ("throttled", 429), ("refused", 400)):
            drawn -= getattr(self.settings, name)
            if drawn < 0:
                self.counts[name] += 1
                answer = refused(status, f"this line was {name}")
                break
        else:
            self.executed[line["custom_id"]] += 1
            self.counts["executed"] += 1
            answer = self.reply(line["body"])
        response = {"status_code": answer.status, "request_id": "req_1", "body": answer.body}
        return _line(line, response=response, error=None)


def _wrong(lines: list[Body]) -> list[Body]:
    """What a service complains of before it begins."""
    seen: set[str] = set()
    models = {line["body"]["model"] for line in lines}
    wrong = []
    for number, line in enumerate(lines, start=1):
        if line["custom_id"] in seen:
            wrong.append({"code": "duplicate_custom_id", "line": number})
        if (line["method"], line["url"]) != ("POST", URL):
            wrong.append({"code": "url_mismatch", "line": number})
        seen.add(line["custom_id"])
    if len(models) != 1:
        wrong.append({"code": "model_mismatch", "line": 1, "message": "one model a batch"})
    return wrong


def _line(asked: Body, **came: Any) -> Body:
    return {"id": "batch_req_1", "custom_id": asked["custom_id"], **came}


def _json_lines(values: list[Body]) -> str:
    return "".join(f"{json.dumps(value)}\n" for value in values)


def main() -> None:
    """Serve a model that answers every question and finds nothing wrong, by batches."""
    from benchmarks.kill import answering

    endpoint = BatchEndpoint(settings_from(Settings, __doc__))
    endpoint.reply = answering
    with endpoint.running():
        print(endpoint.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
