"""What a whole run tells: lines of JSON, spans at a collector, and sums in the end."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from answerbot.cli.app import run
from tests.collector import Collector
from tests.endpoint import Body, Endpoint, refused
from tests.grading import GOOD, PRICED, judging, sheet

pytestmark = pytest.mark.enable_socket

ONE = ["grade", "ann.md", "--only", "deep/1"]


def attributes(span: Span) -> dict[str, Any]:
    return {
        one.key: getattr(one.value, one.value.WhichOneof("value") or "") for one in span.attributes
    }


def stumbling(live: Endpoint) -> None:
    """The endpoint wants a pause, then breaks down, then judges."""
    slow = refused(429, "slow down")
    slow.headers["retry-after"] = "0"
    answers = iter([slow, refused(500, "oops")])
    live.reply = lambda body: next(answers, None) or judging(body)


def test_spans_arrive_at_the_collector_that_the_environment_names(
    live: Endpoint,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stumbling(live)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    assert run([*ONE, "--json"]) == 0
    usage = json.loads(capsys.readouterr().out)["usage"]
    assert (usage["attempts"], usage["retries"], usage["throttled"]) == (3, 1, 1)
    assert {path for path, _ in collector.received} == {"/v1/traces"}
    whole, chat, *attempts = collector.spans
    assert (whole.name, chat.name) == ("answerbot grade", "chat gpt-5-mini")
    assert chat.kind == Span.SPAN_KIND_CLIENT
    assert chat.parent_span_id == whole.span_id
    assert {one.parent_span_id for one in attempts} == {chat.span_id}
    told = attributes(chat)
    assert (told["server.address"], told["gen_ai.usage.input_tokens"]) == ("127.0.0.1", 1000)
    codes = [attributes(one)["http.response.status_code"] for one in attempts]
    assert codes == [429, 500, 200]
    assert all(b"shortened" not in body for _, body in collector.received)  # of Ann's answer


@pytest.mark.usefixtures("live")
def test_nothing_is_sent_that_nobody_asked_for(collector: Collector) -> None:
    assert run(ONE) == 0
    assert collector.received == []


def test_a_collector_that_is_down_costs_the_run_nothing(
    live: Endpoint,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    collector.close()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.2")
    assert run([*ONE, "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["grades"][0]["score"] == 10
    assert printed.err.count("spans are not delivered") == 1
    assert len(live.bodies) == 1


def lines(capsys: pytest.CaptureFixture[str]) -> list[Body]:
    """What stderr says, each line of it."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_with_v_each_attempt_and_each_reply_is_a_line_of_json(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "answerbot.toml").write_text(PRICED, "utf-8")
    stumbling(live)
    assert run(["-v", *ONE, "--yes"]) == 0
    told = lines(capsys)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[0-9:.]{12}\+00:00", one["time"]) for one in told)
    assert told[0]["event"] == "message"
    assert told[0]["message"].startswith("asking small at http://127.0.0.1:")
    attempts = [one for one in told if one["event"] == "attempt"]
    assert [(one["attempt"], one["status"]) for one in attempts] == [(1, 429), (2, 500), (3, 200)]
    assert [one["output_tokens"] for one in attempts] == [None, None, 100]
    (reply,) = [one for one in told if one["event"] == "reply"]
    assert {one["key"] for one in attempts} == {reply["key"]}
    assert reply["origin"] == "endpoint"
    assert run(["-v", *ONE]) == 0
    (reply,) = [one for one in lines(capsys) if one["event"] == "reply"]
    assert reply["origin"] == "store"


def test_the_last_line_sums_up(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "answerbot.toml").write_text(PRICED, "utf-8")
    (project / "bob.md").write_text(sheet("Bob", f"{GOOD} Truly."), "utf-8")
    stumbling(live)
    assert run(["grade", "ann.md", "bob.md", "--only", "deep/1"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert re.fullmatch(
        r"2 replies \(2 asked for\); 2,000 tokens in, 200 out, \$0\.0040; "
        r"1 retry, 1 refused as too many; half came within [0-9.]+ s, 95 % within [0-9.]+ s",
        last,
    )
