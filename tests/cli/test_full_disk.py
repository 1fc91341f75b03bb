"""What a run does that may write no more: the limit on the size of files stands for a full disk."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from answerbot.cli.app import run
from tests.endpoint import Answer, Body, Endpoint
from tests.obliging import obliging, step

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(sys.platform == "win32", reason="it has no such limit"),
]

QUESTIONS = 12
LIMITED = """
import resource, sys
from answerbot.cli.app import run
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.exit(run(sys.argv[2:]))
"""


def bank(path: Path, preface: str = "") -> bytes:
    questions = [
        f"## Question {number}\n\n**What is heat number {number}?**\n\n_[To be filled]_\n"
        for number in range(1, QUESTIONS + 1)
    ]
    path.write_text(preface + "\n".join(questions), "utf-8")
    return path.read_bytes()


def limited(size: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LIMITED, str(size), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def live(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = obliging
    return endpoint


def repeats(live: Endpoint) -> int:
    sent = [json.dumps(body, sort_keys=True) for body in live.bodies]
    return len(sent) - len(set(sent))


def test_a_store_that_can_grow_no_more_ends_the_run_and_loses_only_what_was_in_flight(
    live: Endpoint, tmp_path: Path
) -> None:
    def at_length(body: Body) -> Answer:
        answer = obliging(body)
        if step(body) == "Draft":  # some of these fit into the store, and not all
            assert isinstance(answer.body, dict)
            message = answer.body["choices"][0]["message"]
            message["content"] += " " * 5_000
        return answer

    live.reply = at_length
    before = bank(tmp_path / "heat.md")
    done = limited(90_000, "fill", "heat.md", "--max-concurrency", "2")
    assert done.returncode == 3
    assert "the store of paid replies cannot be used" in done.stderr
    assert "make room on the disk" in done.stderr
    assert "Traceback" not in done.stderr
    asked = len(live.bodies)
    assert 2 < asked < 2 * QUESTIONS
    assert (tmp_path / "heat.md").read_bytes().count(b"<!-- answerbot:") < QUESTIONS
    assert before.count(b"\n## ") == (tmp_path / "heat.md").read_bytes().count(b"\n## ")
    assert run(["fill", "heat.md"]) == 0
    assert (tmp_path / "heat.md").read_bytes().count(b"<!-- answerbot:") == QUESTIONS
    assert repeats(live) <= 2


def test_on_a_disk_that_is_full_already_nothing_is_asked_for(
    live: Endpoint, tmp_path: Path
) -> None:
    before = bank(tmp_path / "heat.md")
    done = limited(1_000, "fill", "heat.md")
    assert done.returncode == 3
    assert "make room on the disk" in done.stderr
    assert live.bodies == []
    assert (tmp_path / "heat.md").read_bytes() == before


def test_a_bank_that_cannot_be_written_is_as_it_was_and_its_answers_are_kept(
    live: Endpoint, tmp_path: Path
) -> None:
    before = bank(tmp_path / "heat.md", preface=f"{'Heat is in transit. ' * 100_000}\n\n")
    done = limited(1_500_000, "fill", "heat.md")
    assert done.returncode == 3
    assert "heat.md: the file cannot be written" in done.stderr
    assert (tmp_path / "heat.md").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["heat.md"]
    asked = len(live.bodies)
    assert run(["fill", "heat.md"]) == 0
    assert len(live.bodies) == asked
    assert (tmp_path / "heat.md").read_bytes().count(b"<!-- answerbot:") == QUESTIONS
