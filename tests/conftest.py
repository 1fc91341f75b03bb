"""What holds in every test: no network, nobody's configuration, nobody's files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def clean_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each test runs in its empty `tmp_path`, with no endpoint, an empty store, no terminal."""
    for name in os.environ:
        if name.startswith(("OPENAI_", "ANSWERBOT_", "OTEL_", "XDG_")):
            monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "TERM"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("ANSWERBOT_STORE", str(home / "store.sqlite3"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def no_retry_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried again at once."""

    async def pause(seconds: float) -> None:
        pass

    monkeypatch.setattr("answerbot.adapters.retrying_llm.pause", pause)
    monkeypatch.setattr("answerbot.adapters.circuit.FIRST_PAUSE", 0.0)


@pytest.fixture
def repository() -> Path:
    """The folder of the checkout: the shipped bank, the prompts, the documents."""
    return REPOSITORY
