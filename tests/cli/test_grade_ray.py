"""`answerbot grade --engine ray`; what runs workers in processes of their own needs Ray.

What takes long, runs that are killed and a cluster of two machines: pytest -m long
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from answerbot.adapters import ray_engine
from answerbot.adapters.pacing import START
from answerbot.adapters.ray_engine import Job
from answerbot.adapters.shared_limits import MemberLimits, SharedLimits
from answerbot.cli import grade_ray
from answerbot.cli.app import run
from answerbot.cli.stack import Stack, build_stack
from tests.collector import Collector
from tests.endpoint import Answer, Body, Endpoint, refused
from tests.grading import GOOD, QUOTES, judging

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("project")]


@pytest.fixture(scope="module")
def ray_starts() -> None:
    """Ray is installed, and its own processes come up on this machine."""
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed: answerbot[ray]")
    start = "import ray; ray.init('local', num_cpus=1, include_dashboard=False)"
    environment = os.environ | {"RAY_USAGE_STATS_ENABLED": "0"}
    try:
        subprocess.run(
            [sys.executable, "-c", start],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("Ray does not start here within two minutes")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"Ray does not start here: {error.stderr.strip().splitlines()[-1]}")


needs_ray = pytest.mark.usefixtures("ray_starts")

ANSWERS = 20
AT_ONCE = 6
KEY = "sk-" + "nobody-reads-this"
WORKER = b"ray::MapWorker"


@pytest.fixture
def answers(live: Endpoint, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file of answers, which one process has graded into one.jsonl and one.parquet."""
    words = [f"{GOOD} ", f"A gradient {QUOTES['what']}. ", ""]
    texts = [words[n % 3] and f"{words[n % 3]}Copy {n}." for n in range(ANSWERS)]
    rows = [{"question": "deep/1", "candidate": f"c{n}", "answer": t} for n, t in enumerate(texts)]
    Path("answers.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with monkeypatch.context() as other:
        other.setenv("ANSWERBOT_STORE", "one.sqlite3")
        assert run(["grade", "answers.jsonl", "-o", "one.jsonl", "-o", "one.parquet"]) == 0
    return "answers.jsonl"


@contextmanager
def begun(answers: str) -> Iterator[subprocess.Popen[str]]:
    """A run of two workers, in a process group of its own."""
    command = [sys.executable, "-m", "answerbot", "-v", "grade", answers, "--engine", "ray", "-y"]
    options = ["--max-concurrency", str(AT_ONCE), "-o", "two.jsonl", "-o", "two.parquet"]
    with subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        yield process


def results(name: str) -> list[bytes]:
    return [Path(f"{name}.{form}").read_bytes() for form in ("jsonl", "parquet")]


def asked(endpoint: Endpoint) -> list[str]:
    return sorted(json.dumps(body["messages"]) for body in endpoint.bodies)


def at_request(number: int, what: Callable[[], None]) -> Callable[[Body], Answer]:
    """The judge, that does this when it is asked so often."""
    counted = iter(range(1, 10_000))

    def reply(body: Body) -> Answer:
        if next(counted) == number:
            what()
        return judging(body)

    return reply


def workers_of(driver: int) -> list[int]:
    """The processes of the workers that a driver has."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (folder / "cmdline").read_bytes().startswith(WORKER):
                found.append(int(folder.name))
    return [one for one in found if driver in ancestors(one)]


def ancestors(process: int) -> Iterator[int]:
    while process > 1:
        with suppress(OSError):
            process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
            yield process
            continue
        return


def assert_in_one_trace(collector: Collector, requests: int) -> None:
    """There is one span for the run, in which all requests of all workers stand."""
    (run,) = [span for span in collector.spans if not span.parent_span_id]
    inside = [span for span in collector.spans if span.parent_span_id == run.span_id]
    assert run.name == "answerbot grade"
    assert [span.name for span in inside] == ["chat gpt-5-mini"] * requests


@needs_ray
def test_two_workers_give_the_same_results_as_one_process(
    answers: str, live: Endpoint, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    alone = asked(live)
    live.bodies.clear()
    live.keys.clear()
    live.most_at_once = 0
    with begun(answers) as process:
        told, complained = process.communicate(timeout=300)
    assert process.returncode == 0, complained
    assert results("two") == results("one")
    assert asked(live) == alone
    assert live.most_at_once <= AT_ONCE
    assert set(live.keys) == {f"Bearer {KEY}"}
    assert "14 asked for" in told
    assert_in_one_trace(collector, requests=len(alone))
    lines = [json.loads(line) for line in complained.splitlines()]
    for event in ("attempt", "reply"):
        assert len({line["key"] for line in lines if line["event"] == event}) == len(alone)
    logs = [path for path in Path("/tmp/ray/session_latest/").rglob("*") if path.is_file()]
    assert logs
    assert not [path for path in logs if KEY.encode() in path.read_bytes()]


@pytest.mark.long
@needs_ray
def test_a_run_ends_whole_though_a_worker_is_killed(answers: str, live: Endpoint) -> None:
    alone = asked(live)
    live.bodies.clear()
    killed = []
    with begun(answers) as process:

        def kill() -> None:
            killed.extend(workers_of(process.pid)[:1])
            os.kill(killed[0], signal.SIGKILL)

        live.reply = at_request(5, kill)
        _, complained = process.communicate(timeout=300)
    assert process.returncode == 0, complained
    assert killed
    assert results("two") == results("one")
    again = asked(live)
    assert set(again) == set(alone)
    assert len(again) <= len(alone) + AT_ONCE


@pytest.mark.long
@needs_ray
def test_a_run_that_was_killed_is_taken_up_again(answers: str, live: Endpoint) -> None:
    alone = asked(live)
    live.bodies.clear()
    with begun(answers) as process:
        live.reply = at_request(8, process.kill)
        process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL
    assert not Path("two.parquet").exists()
    with begun(answers) as process:
        told, complained = process.communicate(timeout=300)
    assert process.returncode == 0, complained
    assert results("two") == results("one")
    again = asked(live)
    assert set(again) == set(alone)
    assert len(again) <= len(alone) + AT_ONCE
    assert "stored" in told


@contextmanager
def machine(home: str, *arguments: str) -> Iterator[None]:
    """A machine of a cluster, as far as Ray is concerned, with a home of its own."""
    ray = Path(sys.executable).with_name("ray")
    with subprocess.Popen(
        [ray, "start", "--block", "--disable-usage-stats", *arguments],
        env=os.environ | {"XDG_DATA_HOME": str(Path(home).absolute())},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield
        finally:
            process.terminate()


@contextmanager
def listening(address: str) -> Iterator[None]:
    """Somebody listens there."""
    host, _, port = address.partition(":")
    for _ in range(600):
        with suppress(OSError), socket.create_connection((host, int(port))):
            break
        time.sleep(0.1)
    yield


@pytest.mark.long
@needs_ray
def test_from_other_machines_replies_come_back_to_the_store_of_the_driver(
    answers: str, live: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANSWERBOT_STORE")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    port = f"--port={address.partition(':')[2]}"
    live.bodies.clear()
    with (
        machine("here", "--head", "--num-cpus=0", "--include-dashboard=false", port),
        listening(address),
        machine("there", f"--address={address}", "--num-cpus=2"),
    ):
        monkeypatch.setenv("RAY_ADDRESS", address)
        monkeypatch.setenv("XDG_DATA_HOME", str(Path("here").absolute()))
        first = list(_told_by_runs(answers, 2))
    assert results("two") == results("one")
    assert ["14 asked for" in first[0], "14 stored" in first[1]] == [True, True]
    assert len(live.bodies) == 14
    for home in ("here", "there"):
        with closing(sqlite3.connect(Path(home) / "answerbot" / "store.sqlite3")) as store:
            assert store.execute("select count(*) from replies").fetchone() == (14,)


def _told_by_runs(answers: str, times: int) -> Iterator[str]:
    for _ in range(times):
        with begun(answers) as process:
            told, complained = process.communicate(timeout=300)
        assert process.returncode == 0, complained
        yield told


class CrewHere:
    """Workers that are all in this process; each has a stack of its own, as Ray's have."""

    def __init__(self, job: Job, workers: int, parts: int, ahead: int) -> None:
        self._job = job
        self._workers = workers

    def results(self, parts: Iterable[Sequence[Any]]) -> Iterator[Any]:
        yield from asyncio.run(self._worked_on(list(parts)))

    async def _worked_on(self, parts: list[Sequence[Any]]) -> list[Any]:
        job = self._job
        keeper = SharedLimits(job.limits(lambda: keeper.gives_up()))

        def member(name: str) -> MemberLimits:
            return MemberLimits(
                lambda calls: keeper.take(name, calls),
                lambda: keeper.answers(name),
                lambda: None,
                job.budget,
            )

        stacks: list[Stack] = []

        def noted(*values: Any, **named: Any) -> Stack:
            stacks.append(build_stack(*values, **named))
            return stacks[-1]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(grade_ray, "build_stack", noted)
            members = (member(f"{number}/1") for number in range(self._workers))
            works = [job.begin(one, job.given, False) for one in members]
        turns = (works[number % self._workers](list(one)) for number, one in enumerate(parts))
        done = await asyncio.gather(*turns)
        for stack in stacks:
            await stack.aclose()
        return done

    def stop(self) -> None: ...

    async def pass_on(self) -> None: ...


@pytest.fixture
def without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def started(_: int) -> Iterator[bool]:
        yield False

    monkeypatch.setattr(ray_engine, "require_ray", lambda: None)
    monkeypatch.setattr(grade_ray, "started", started)
    monkeypatch.setattr(grade_ray, "Crew", CrewHere)


def errors(told: str) -> list[str]:
    lines = map(json.loads, told.splitlines())
    return [line["message"] for line in lines if line["level"] == "error"]


@pytest.mark.usefixtures("without_ray")
@pytest.mark.parametrize(
    "no", [refused(401, "wrong key"), refused(404, "x", code="model_not_found")]
)
def test_what_refuses_all_is_told_as_by_one_process_and_hardly_asked(
    no: Answer, answers: str, live: Endpoint, capfd: pytest.CaptureFixture[str]
) -> None:
    live.reply = lambda _: no
    command = ["-v", "grade", answers, "--live"]
    assert run([*command, "-o", "one.jsonl"]) == 3
    alone = errors(capfd.readouterr().err)
    live.bodies.clear()
    assert run([*command, "-o", "two.jsonl", "--engine", "ray"]) == 3
    assert errors(capfd.readouterr().err) == alone != []
    assert len(Path("two.jsonl").read_text("utf-8").splitlines()) == ANSWERS
    assert len(live.bodies) <= START


@pytest.mark.usefixtures("without_ray", "live")
def test_spans_of_workers_stand_within_that_of_the_run(
    answers: str, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    assert run(["grade", answers, "-o", "two.jsonl", "--engine", "ray"]) == 0
    assert_in_one_trace(collector, requests=14)


@pytest.mark.usefixtures("without_ray")
def test_what_one_worker_finds_out_stops_the_others(answers: str, live: Endpoint) -> None:
    live.bodies.clear()
    told = iter([refused(401, "wrong key")])
    live.before = lambda number: time.sleep(0.3 * (number > 1))
    live.reply = lambda body: next(told, None) or judging(body)
    assert run(["grade", answers, "-o", "two.jsonl", "--engine", "ray"]) == 3
    assert len(live.bodies) <= START


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--estimate", "-o", "r.jsonl"), "--estimate and --replay do not go with it"),
        (("--replay", "-o", "r.jsonl"), "--estimate and --replay do not go with it"),
        (("--batch", "-o", "r.jsonl"), "batches do not go with it"),
        (("--batch-dir", "b", "-o", "r.jsonl"), "batches do not go with it"),
        (("--record", "k.jsonl", "-o", "r.jsonl"), "grades rows into rows, and nothing else"),
        (("-o", "r.html"), "grades rows into rows, and nothing else"),
        ((), "grades rows into rows, and nothing else"),
    ],
)
def test_what_ray_cannot_do_is_refused_before_anything_is_asked(
    flags: tuple[str, ...], told: str, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.jsonl").write_text('{"question": "deep/1", "answer": "It clips."}\n', "utf-8")
    assert run(["grade", "a.jsonl", "--engine", "ray", *flags]) == 2
    assert told in capsys.readouterr().err
    assert live.bodies == []


def test_workers_without_ray_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.jsonl").write_text('{"question": "deep/1", "answer": "It clips."}\n', "utf-8")
    assert run(["grade", "a.jsonl", "--workers", "4"]) == 2
    assert "add --engine ray" in capsys.readouterr().err


def test_without_ray_it_is_said_how_to_have_it(
    live: Endpoint, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray.data", None)
    Path("a.jsonl").write_text('{"question": "deep/1", "answer": "It clips."}\n', "utf-8")
    assert run(["grade", "a.jsonl", "--engine", "ray", "-o", "r.jsonl"]) == 2
    complained = capsys.readouterr().err
    assert "--engine ray needs Ray Data" in complained
    assert "pip install 'answerbot[ray]'" in complained
    assert live.bodies == []
