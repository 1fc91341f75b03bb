"""Kill `fill` and `grade` with SIGKILL at random points, run them again, and count what was asked.

    python benchmarks/kill.py --points 200 [--seed 0] [--json]

A point is one of the requests that a whole run sends, and a few thousandths of a second after it.
Four requests are in flight, so as many may be sent twice after each kill.
The endpoint is real, on loopback, and is not killed. At each point it is looked at what the killed
run left behind; then the same commands run to their end.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from answerbot.adapters.store import Store
from answerbot.cli.app import run
from benchmarks.figures import Figure, Target, print_lines
from tests.endpoint import Answer, Body, Endpoint, said
from tests.obliging import USAGE, obliging, step
from tests.rubrics import CLIPPING_TEXT

K = TypeVar("K")

IN_FLIGHT = 4
QUESTIONS = 6
CANDIDATES = 12
LATENCY = 0.01
PRELOADED = (
    "answerbot.adapters.openai_llm", "answerbot.adapters.stored_llm", "answerbot.cli.fill",
    "answerbot.cli.fill_show", "answerbot.cli.reports.as_csv", "answerbot.cli.running",
    "answerbot.workflows.fill", "answerbot.workflows.grade", "anyio._backends._asyncio",
    "benchmarks.kill", "genai_prices.data",
)  # fmt: skip

BANK = "\n\n---\n\n".join(
    f"## Question {number}\n\n**What is heat number {number}?**\n\n**Answer:** _[To be filled]_"
    for number in range(1, QUESTIONS + 1)
)
EXAM = "## Question 1\n\nWhat is gradient clipping?\n"
RUBRIC = CLIPPING_TEXT.replace("[bank/1]", "[exam/1]")
CONFIG = f"""\
[bank]
questions = ["bank/*.md"]
references = []
[model]
live = "small"
max_concurrency = {IN_FLIGHT}
store = "store/store.sqlite3"
"""
COMMANDS = (
    ("fill", "bank/heat.md"),
    ("grade", "answers.jsonl", "-o", "results.csv", "-o", "results.json"),
)
WRITTEN = ("bank/heat.md", "results.csv", "results.json")


@dataclass(frozen=True)
class Killed:
    """What came of one point.

    `lost` are the requests whose replies were not in the store when the run was killed, `repeats`
    those that were sent twice in all. `torn` are files that were neither old nor new, `other` those
    that did not become what an undisturbed run makes of them.
    """

    request: int
    lost: int
    repeats: int
    torn: tuple[str, ...]
    other: tuple[str, ...]


def judging(body: Body) -> Answer:
    """A judge that finds nothing met."""
    prompt = "\n".join(message["content"] for message in body["messages"])
    reply = {
        "criteria": [_no(id_, "not_met") for id_ in re.findall(r"(?m)^# (\S+)$", prompt)],
        "misconceptions": [_no(id_, "absent") for id_ in re.findall(r"(?m)^! (\S+)$", prompt)],
    }
    return said(json.dumps(reply), usage=USAGE)


def _no(id_: str, verdict: str) -> Body:
    return {"id": id_, "reason": "It is not there.", "quotes": [], "verdict": verdict}


def answering(body: Body) -> Answer:
    """A model that answers every question and finds nothing wrong, and the judge."""
    return obliging(body) if step(body) in ("Draft", "ClaimsReply") else judging(body)


def replying(body: Body) -> Answer:
    """Every reply takes a while."""
    time.sleep(LATENCY)
    return answering(body)


def prepare(folder: Path, settings: str = "") -> None:
    """The folder holds a bank to fill, answers to grade, an empty store.

    `settings` are further lines of the configuration, about the model.
    """
    for name in ("bank", "rubrics", "store"):
        (folder / name).mkdir(parents=True)
    (folder / "answerbot.toml").write_text(CONFIG + settings, "utf-8")
    (folder / "bank" / "heat.md").write_text(BANK, "utf-8")
    (folder / "bank" / "exam.md").write_text(EXAM, "utf-8")
    (folder / "rubrics" / "clipping.yaml").write_text(RUBRIC, "utf-8")
    rows = [
        {"candidate": f"c{number}", "question": "exam/1", "answer": f"It clips, says {number}."}
        for number in range(CANDIDATES)
    ]
    (folder / "answers.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")


def command(folder: Path, address: str, arguments: Sequence[str]) -> None:
    """Run one command there, as the program does, and exit with its code."""
    os.chdir(folder)
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "ANSWERBOT_")) or name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ["OPENAI_BASE_URL"] = address
    quiet = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    sys.exit(run([*arguments, "--yes"]))


class Runs:
    """Runs of the commands against one endpoint, each in a process of its own."""

    def __init__(self, endpoint: Endpoint, commands: Sequence[Sequence[str]] = COMMANDS) -> None:
        self._endpoint = endpoint
        self._commands = commands
        # Forked from a process that has imported all, so that 200 starts do not take minutes.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(PRELOADED))

    def whole(self, folder: Path) -> None:
        """All commands have run to their end."""
        for arguments in self._commands:
            process = self._started(folder, arguments)
            process.join()
            assert process.exitcode == 0, (folder / "log").read_text("utf-8")

    def whole_twice_at_once(self, folder: Path) -> None:
        """Each command has run to its end in two processes side by side."""
        for arguments in self._commands:
            pair = [self._started(folder, arguments) for _ in range(2)]
            for process in pair:
                process.join()
                assert process.exitcode == 0, (folder / "log").read_text("utf-8")

    def killed(self, folder: Path, request: int, delay: float) -> None:
        """The run was killed so many seconds after that request, or had ended by then."""
        self.killed_once(folder, lambda: len(self._endpoint.bodies) >= request, delay)

    def killed_once(self, folder: Path, happens: Callable[[], bool], delay: float) -> None:
        """The run was killed so many seconds after that happened, or had ended by then."""
        for arguments in self._commands:
            process = self._started(folder, arguments)
            while process.is_alive() and not happens():
                time.sleep(0.001)
            if happens():
                process.join(delay)
                process.kill()
                process.join()
                return
            process.join()

    def _started(self, folder: Path, arguments: Sequence[str]) -> Any:
        address = self._endpoint.url
        process = self._context.Process(target=command, args=(folder, address, arguments))
        process.start()
        return process

    def requests(self) -> list[str]:
        """What the endpoint received, once nothing more comes in."""
        before = -1
        while before != len(self._endpoint.bodies):
            before = len(self._endpoint.bodies)
            time.sleep(15 * LATENCY)
        return [json.dumps(body, sort_keys=True) for body in self._endpoint.bodies]

    def forget(self) -> None:
        """Nothing was received so far."""
        self._endpoint.bodies.clear()


def kill_at_random_points(points: int, seed: int, folder: Path) -> list[Killed]:
    """What came of each point; all work is done in the folder."""
    endpoint = Endpoint()
    endpoint.reply = replying
    with endpoint.running():
        runs = Runs(endpoint)
        prepare(folder / "whole")
        before = contents(folder / "whole")
        runs.whole(folder / "whole")
        after = contents(folder / "whole")
        assert all(content is not None for content in after.values())
        number = len(runs.requests())
        chance = random.Random(seed)
        killed = []
        for point in range(points):
            runs.forget()
            request = chance.randint(1, number)
            # The last request of a command is the one that files are written after.
            delay = chance.uniform(0, 0.5 if request in (2 * QUESTIONS, number) else 4 * LATENCY)
            place = folder / f"point-{point}"
            prepare(place)
            runs.killed(place, request, delay)
            sent, stored = len(runs.requests()), held(place)
            torn = [name for name, now in contents(place).items()
                    if now not in (before[name], after[name])]  # fmt: skip
            runs.whole(place)
            asked = runs.requests()
            other = [name for name, now in contents(place).items() if now != after[name]]
            repeats = len(asked) - len(set(asked))
            killed.append(Killed(request, sent - stored, repeats, tuple(torn), tuple(other)))
            shutil.rmtree(place)
    return killed


def contents(folder: Path) -> dict[str, Any]:
    """What the files hold that the commands write; what the run itself took is left out."""
    found: dict[str, Any] = {}
    for name in WRITTEN:
        path = folder / name
        found[name] = path.read_bytes() if path.exists() else None
        if found[name] and path.suffix == ".json":
            found[name] = json.loads(found[name]) | {"usage": None}
    return found


def held(folder: Path) -> int:
    """How many replies are in the store; a copy is opened, as the next run is to mend the store."""
    copy = folder / "copy"
    shutil.copytree(folder / "store", copy)
    store = Store(copy / "store.sqlite3")
    count = store.count()
    assert store.check() is None
    store.close()
    shutil.rmtree(copy)
    return count


def figures(killed: Sequence[Killed]) -> list[Figure]:
    """What all points tell; the ideal is that nothing is repeated but what was in flight."""
    none = Target("value", "==", 0)
    repeats = sum(one.repeats for one in killed)
    most = max(one.repeats for one in killed)
    beyond = sum(one.repeats > one.lost for one in killed)
    torn = sum(bool(one.torn) for one in killed)
    other = sum(bool(one.other) for one in killed)
    return [
        Figure("killed: requests sent twice, in all", repeats, "requests"),
        Figure("killed: requests sent twice after one kill, at most", most, "requests"),
        Figure("killed: runs that repeated more than was in flight", beyond, "runs", target=none),
        Figure("killed: runs that left a torn file", torn, "runs", target=none),
        Figure("killed: runs that ended in other bytes", other, "runs", target=none),
    ]


def report(
    told: str | None,
    kill: Callable[[int, int, Path], Sequence[K]],
    figures: Callable[[Sequence[K]], list[Figure]],
) -> None:
    """Kill at as many points as the command line asks for, and print what came of all.

    `told` is what the help says, `kill` takes the number of points, a seed and a folder.
    """
    parser = argparse.ArgumentParser(description=told)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON lines")
    arguments = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        killed = kill(arguments.points, arguments.seed, Path(folder))
    if arguments.json:
        print_lines(figures(killed))
        return
    print(f"{len(killed)} runs killed; seed {arguments.seed}; {time.monotonic() - began:.0f} s")
    for one in figures(killed):
        print(f"{one.name}: {one.value:g}")


if __name__ == "__main__":
    report(__doc__, kill_at_random_points, figures)
