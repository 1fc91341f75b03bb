from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from answerbot.adapters.store import Store
from answerbot.cli.app import run
from tests.endpoint import Answer, Body, Endpoint, refused, said

pytestmark = pytest.mark.enable_socket

KEY = "correct-horse-battery"
USAGE = {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}

Checks = dict[str, dict[str, Any]]


@pytest.fixture
def live(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANSWERBOT_MODEL", "small")
    endpoint.reply = lambda _: said('{"sum": 5}', usage=USAGE)
    return endpoint


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Any:
    def doctor(*args: str) -> tuple[int, Checks]:
        code = run(["doctor", "--json", *args])
        printed = capsys.readouterr()
        assert KEY not in printed.out + printed.err
        document = json.loads(printed.out)
        assert document["version"] == 1
        return code, {check["name"]: check for check in document["checks"]}

    return doctor


def test_with_nothing_configured_nothing_is_wrong_and_the_replay_is_explained(doctor: Any) -> None:
    code, checks = doctor()
    assert code == 0
    assert checks["endpoint"]["detail"] == "none configured: recordings are replayed"
    assert "OPENAI_API_KEY" in checks["endpoint"]["hint"]
    assert checks["packaged data"]["status"] == "ok"
    assert "answers" not in checks


def test_an_endpoint_that_does_everything_is_all_right(live: Endpoint, doctor: Any) -> None:
    code, checks = doctor()
    assert code == 0
    assert checks["endpoint"]["detail"] == f"{live.url} with a key"
    assert checks["models"]["detail"] == "small is one of 1"
    assert checks["answers"]["detail"] == "small-2026-01-01 answers, tokens counted"
    assert "strict JSON Schema" in checks["structured replies"]["detail"]
    assert len(live.bodies) == 1


def test_without_json_it_reads_as_text_and_says_that_it_asks(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor"]) == 0
    printed = capsys.readouterr()
    assert "ok       structured replies: strict JSON Schema" in printed.out
    assert "a few tiny calls" in printed.err
    assert KEY not in printed.out + printed.err


def test_offline_asks_nothing(live: Endpoint, doctor: Any) -> None:
    code, checks = doctor("--offline")
    assert (code, live.bodies) == (0, [])
    assert "answers" not in checks


def test_mode_replay_asks_nothing(
    live: Endpoint, doctor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSWERBOT_MODE", "replay")
    _, checks = doctor()
    assert live.bodies == []
    assert "not used: mode is replay" in checks["endpoint"]["detail"]


def test_what_the_endpoint_refuses_is_told_and_remembered(
    live: Endpoint, doctor: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "store.sqlite3"
    monkeypatch.setenv("ANSWERBOT_STORE", str(path))

    def reply(body: Body) -> Answer:
        if "tools" in body or "response_format" in body:
            return refused(400, "tools and response_format are not supported")
        if "max_completion_tokens" in body:
            return refused(400, "unknown field max_completion_tokens")
        return said('{"sum": 5}')

    live.reply = reply
    code, checks = doctor()
    assert code == 0
    assert checks["structured replies"]["status"] == "warning"
    assert "plain text only" in checks["structured replies"]["detail"]
    assert checks["parameters"]["detail"] == "refused, so not sent: max_completion_tokens"
    assert "tokens not counted" in checks["answers"]["detail"]
    remembered = json.loads(Store(path).ability(live.url, "small") or "{}")
    assert remembered == {"rung": "text", "refused": ["max_completion_tokens"], "proven": True}


def test_an_endpoint_that_improved_is_noticed_and_that_is_remembered(
    live: Endpoint, doctor: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "store.sqlite3"
    monkeypatch.setenv("ANSWERBOT_STORE", str(path))
    good = live.reply
    live.reply = lambda body: said('{"sum": 5}') if "tools" in body else refused(400, "json_schema")
    assert "tool calls" in doctor()[1]["structured replies"]["detail"]
    live.reply = good
    assert "strict JSON Schema" in doctor()[1]["structured replies"]["detail"]
    assert json.loads(Store(path).ability(live.url, "small") or "{}")["rung"] == "json_schema"


def test_a_key_that_is_refused_is_wrong_and_says_what_to_do(live: Endpoint, doctor: Any) -> None:
    live.models = live_error = refused(401, f"Incorrect API key provided: {KEY}")
    live.reply = lambda _: live_error
    code, checks = doctor()
    assert code == 1
    assert checks["answers"]["status"] == "error"
    assert "set OPENAI_API_KEY" in checks["answers"]["hint"]


def test_an_endpoint_that_lists_no_models_may_still_answer(live: Endpoint, doctor: Any) -> None:
    live.models = refused(404, "no such path")
    code, checks = doctor()
    assert (code, checks["models"]["status"], checks["answers"]["status"]) == (0, "warning", "ok")


def test_a_model_that_is_not_listed_is_told(
    live: Endpoint, doctor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSWERBOT_MODEL", "smal")
    _, checks = doctor()
    assert checks["models"]["detail"] == "smal is not among those listed: small"


@pytest.mark.parametrize(
    ("environment", "name", "words"),
    [
        ({"ANSWERBOT_MODE": "live"}, "endpoint", "mode 'live' needs one"),
        ({"OPENAI_BASE_URL": "localhost"}, "endpoint", "no address"),
        ({"ANSWERBOT_MODE": "fast"}, "configuration", "ANSWERBOT_MODE: model.mode"),
        (
            {"ANSWERBOT_MODEL": "unheard-of", "ANSWERBOT_BUDGET": "1"},
            "price",
            "unknown, and a budget needs it",
        ),
    ],
)
def test_what_is_configured_wrongly_is_told(
    doctor: Any,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    name: str,
    words: str,
) -> None:
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    code, checks = doctor("--offline")
    assert code == 1
    assert checks[name]["status"] == "error"
    assert words in checks[name]["detail"]


def test_a_damaged_store_is_told(doctor: Any, tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / "store.sqlite3"
    path.write_text("not a database at all, and long enough to have a header\n" * 9)
    monkeypatch.setenv("ANSWERBOT_STORE", str(path))
    code, checks = doctor()
    assert code == 1
    assert "move the file away" in checks["store"]["hint"]


def test_unreadable_recordings_are_told(doctor: Any, tmp_path: Path) -> None:
    folder = tmp_path / "bank/recordings"
    folder.mkdir(parents=True)
    (folder / "rnn.jsonl").write_text("{\n")
    code, checks = doctor()
    assert code == 1
    assert "rnn.jsonl:1: not JSON" in checks["recordings"]["detail"]
