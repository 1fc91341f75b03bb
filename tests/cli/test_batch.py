"""Whole commands that send their requests in batches, over a real socket or through a folder."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from answerbot.cli.app import run
from benchmarks.batch_endpoint import BatchEndpoint
from benchmarks.kill import CANDIDATES, QUESTIONS, answering, contents, prepare
from benchmarks.kill_batches import POLL

LABELS = "".join(
    json.dumps({"question_id": "exam/1", "answer": f"It clips, says {number}.", "score": number})
    + "\n"
    for number in range(3)
)
GRADE = ("grade", "answers.jsonl", "-o", "results.csv", "-o", "results.json")
FILL = ("fill", "bank/heat.md")
CALIBRATE = ("calibrate", "labels.jsonl", "--json")
CHECK = ("check", "--record")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A bank to fill, answers to grade, labels; an empty store."""
    prepare(tmp_path, POLL)
    (tmp_path / "labels.jsonl").write_text(LABELS, "utf-8")
    return tmp_path


@pytest.fixture
def service(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchEndpoint]:
    endpoint = BatchEndpoint()
    endpoint.reply = answering
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    with endpoint.running():
        yield endpoint


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("command", "code", "sizes"),
    [
        (GRADE, 0, [CANDIDATES]),
        (FILL, 0, [QUESTIONS, QUESTIONS]),  # drafts, then what checks them
        (CALIBRATE, 0, [3]),
        (CHECK, 1, [4]),  # this judge disagrees with the exemplars' labels
    ],
)
def test_a_command_sends_each_stage_of_its_work_as_one_batch(
    service: BatchEndpoint,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    code: int,
    sizes: list[int],
) -> None:
    assert run([*command, "--batch"]) == code
    assert [batch.total for batch in service.batches] == sizes
    assert set(service.executed.values()) == {1}
    assert service.counts["live"] == 0
    told = capsys.readouterr().err
    assert "in batches, whose replies may take a day" in told
    assert f"batch batch_1: completed, {sizes[0]} of {sizes[0]} done" in told
    assert run([*command]) == code  # without batches, from what is stored or recorded
    assert len(service.batches) == len(sizes)
    assert service.counts["live"] == 0


@pytest.mark.enable_socket
def test_a_run_that_is_killed_is_taken_up_by_the_next_one(
    service: BatchEndpoint, project: Path
) -> None:
    service.settings.polls = 1_000_000
    command = [sys.executable, "-m", "answerbot", *GRADE, "--batch"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        until(lambda: service.counts["looks"] > 1)
        process.kill()
    assert not (project / "results.csv").exists()
    service.settings.polls = 1
    assert run([*GRADE, "--batch"]) == 0
    assert service.counts["batches"] == 1
    assert sorted(service.executed.values()) == [1] * CANDIDATES


@contextmanager
def a_person_who_interrupts(service: BatchEndpoint) -> Iterator[None]:
    """A batch takes long, so a person presses Ctrl-C while it is under way."""

    def interrupt() -> None:
        until(lambda: service.counts["looks"] > 1)
        os.kill(os.getpid(), signal.SIGINT)

    service.settings.polls = 1_000_000
    person = threading.Thread(target=interrupt)
    person.start()
    yield
    person.join()


@pytest.mark.enable_socket
def test_ctrl_c_leaves_the_batch_to_go_on_and_says_how_to_go_on(
    service: BatchEndpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_person_who_interrupts(service):
        assert run([*GRADE, "--batch"]) == 130
    told = capsys.readouterr().err
    assert "beginning nothing more, batches that are under way go on" in told
    assert "batch batch_1 goes on at the endpoint" in told
    assert not (project / "results.csv").exists()
    assert "run the same command again" in told
    assert run(["store", "status"]) == 0
    assert f"batch batch_1 at {service.url}, begun 20" in capsys.readouterr().out
    service.settings.polls = 1
    assert run([*GRADE, "--batch"]) == 0
    told = capsys.readouterr().err
    assert "batch batch_1 is under way from before" in told
    assert "batch_1: what it holds is waited for, and not paid for again" in told
    assert sorted(service.executed.values()) == [1] * CANDIDATES


@pytest.mark.enable_socket
@pytest.mark.usefixtures("project")
def test_who_does_not_wait_for_a_batch_is_told_before_its_requests_are_paid_for_twice(
    service: BatchEndpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_person_who_interrupts(service):
        assert run([*GRADE, "--batch"]) == 130
    assert "paid for twice" not in capsys.readouterr().err
    assert run([*GRADE]) == 0
    assert "under way is batch batch_1: --batch waits for it" in capsys.readouterr().err


def until(happens: Callable[[], bool]) -> None:
    last = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < last, "it never happens"
        time.sleep(0.005)


@pytest.mark.enable_socket
def test_what_cannot_be_graded_by_batches_is_reported_and_costs_no_other_its_grade(
    service: BatchEndpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    service.settings.refused = 0.3
    assert run(["grade", "answers.jsonl", "--batch", "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    refused = service.counts["refused"]
    assert 0 < refused < CANDIDATES
    assert sum(one["status"] == "ungraded" for one in found["grades"]) == refused
    service.settings.refused = 0
    assert run(["grade", "answers.jsonl", "--batch", "--json"]) == 0
    assert sorted(service.executed.values()) == [1] * CANDIDATES


@pytest.mark.enable_socket
def test_a_budget_bounds_what_is_in_batches_at_once(service: BatchEndpoint, project: Path) -> None:
    config = project / "answerbot.toml"
    # A reply costs at most $1 by its length, and what is sent nearly nothing.
    prices = "max_output_tokens = 1000\n[prices.small]\ninput = 0.001\noutput = 1000\n"
    config.write_text(config.read_text("utf-8") + prices, "utf-8")
    assert run([*GRADE, "--batch", "--budget", "5.5"]) == 0
    assert service.batches[0].total == 5
    assert sum(batch.total for batch in service.batches) == CANDIDATES


@pytest.mark.enable_socket
def test_one_damaged_reply_in_the_store_costs_no_other_answer_its_grade(
    service: BatchEndpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*GRADE, "--batch"]) == 0
    damaged, forgotten, *_ = service.executed
    with sqlite3.connect(os.environ["ANSWERBOT_STORE"]) as store:
        store.execute("update replies set line = substr(line, 1, 90) where key = ?", (damaged,))
        store.execute("delete from replies where key = ?", (forgotten,))
    store.close()
    capsys.readouterr()
    assert run(["grade", "answers.jsonl", "--json"]) == 3
    grades = json.loads(capsys.readouterr().out)["grades"]
    (lost,) = [one for one in grades if one["status"] == "ungraded"]
    assert lost["code"] == "damaged-reply"
    assert f"reply {damaged[:12]} is damaged" in json.dumps(lost)
    assert service.counts["live"] == 1


def test_batches_through_a_folder_take_a_run_for_each_stage(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(project)
    for stage, awaited in enumerate((QUESTIONS, QUESTIONS), start=1):
        assert run([*FILL, "--batch-dir", "batches"]) == 3
        told = capsys.readouterr().err
        assert f"written: batches/requests-{stage:03}.jsonl" in told
        assert f"{awaited} replies awaited in batches" in told
        assert contents(project) == before
        answered_by_a_tool(project / "batches", stage)
    assert run([*FILL, "--batch-dir", "batches"]) == 0
    assert "It is **this**" in (project / "bank" / "heat.md").read_text("utf-8")
    assert len(list((project / "batches").iterdir())) == 4


def answered_by_a_tool(folder: Path, stage: int) -> None:
    """Some program that speaks the format has the requests answered, in an order of its own."""
    lines = (folder / f"requests-{stage:03}.jsonl").read_text("utf-8").splitlines()
    results = []
    for line in reversed([json.loads(line) for line in lines]):
        body = answering(line["body"]).body
        response = {"status_code": 200, "request_id": "x", "body": body}
        results.append({"id": "x", "custom_id": line["custom_id"], "response": response})
    text = "".join(json.dumps(result) + "\n" for result in results)
    (folder / f"results-{stage}.jsonl").write_text(text, "utf-8")


@pytest.mark.parametrize("command", [GRADE, CALIBRATE, CHECK])
def test_every_command_goes_through_a_folder(project: Path, command: tuple[str, ...]) -> None:
    assert run([*command, "--batch-dir", "batches"]) == 3
    assert not (project / "results.csv").exists()
    answered_by_a_tool(project / "batches", 1)
    assert run([*command, "--batch-dir", "batches"]) in (0, 1)
    assert len(list((project / "batches").iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--batch",), "--batch asks an endpoint and none is configured"),
        (("--batch", "--batch-dir", "b"), "--batch and --batch-dir exclude each other"),
        (("--batch", "--replay"), "--batch asks for replies, and --replay for none"),
        (("--estimate", "--batch"), "--estimate asks no model"),
        (("--estimate", "--batch-dir", "b"), "--estimate asks no model"),
        (("--batch-dir", "b", "--budget", "1"), "--budget cannot be kept with --batch-dir"),
    ],
)
@pytest.mark.usefixtures("project")
def test_flags_that_make_no_sense_together_are_refused(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], what: str
) -> None:
    assert run(["grade", "answers.jsonl", *arguments]) == 2
    assert what in capsys.readouterr().err


@pytest.mark.usefixtures("project")
def test_a_check_that_asks_nobody_has_no_batches(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--batch"]) == 2
    assert "go with --record" in capsys.readouterr().err
