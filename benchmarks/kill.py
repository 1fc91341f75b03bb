"""Kill `fill` and `grade` with SIGKILL at random points, run them again, and count what was asked.

    python benchmarks/kill.py --points 200 [--how kill] [--votes 1] [--at-once 2] [--seed 0]

A point is one of the requests that a whole run sends, and a few thousandths of a second after it;
one in five is after the last request, when files are written. In turn it is a `fill`, a `grade`
with reports or a `grade` from rows to JSON Lines, with 4 in flight, where each reply is saved by
itself, or with 32, where replies are saved together. As many may be sent twice after a kill.
The endpoint is real, on loopback, and is not killed. At each point it is looked at what the killed
run left behind; then the same command runs to its end. With `--votes 3` an answer asks for three
judgements at once. `--how interrupt` presses Ctrl-C at such a point instead, once; `--how full`
lets no file grow beyond a random size, as on a full disk; `--how twice` kills nothing, but runs
each command in two processes at once. So many points as `--at-once` are tried side by side, each
with an endpoint and a folder of its own; what is drawn for a point does not depend on that.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from answerbot.adapters.store import Store
from answerbot.cli.app import run
from benchmarks.figures import Figure, Target, print_lines
from tests.endpoint import Answer, Body, Endpoint, said
from tests.obliging import USAGE, obliging, step
from tests.rubrics import CLIPPING_TEXT

How = Literal["kill", "interrupt", "full", "twice"]
HOW: Mapping[How, str] = {
    "kill": "killed",
    "interrupt": "interrupted",
    "full": "disk full",
    "twice": "two runs at once",
}
"""What happens at each point."""

FEW, MANY = 4, 32
"""How many may be in flight: each reply is saved by itself, or several are together."""

QUESTIONS = 6
CANDIDATES = 12
ITEMS = 40
"""Questions to fill, and answers to grade, where runs are killed: more than are in flight."""

LATENCY = 0.01
PRELOADED = (
    "answerbot.adapters.openai_llm", "answerbot.adapters.stored_llm", "answerbot.cli.fill",
    "answerbot.cli.fill_show", "answerbot.cli.grade_rows", "answerbot.cli.reports.as_csv",
    "answerbot.cli.running", "answerbot.workflows.fill", "answerbot.workflows.grade",
    "anyio._backends._asyncio", "benchmarks.kill", "genai_prices.data",
)  # fmt: skip

GAP = "_[To be filled]_"
EXAM = "## Question 1\n\nWhat is gradient clipping?\n"
RUBRIC = CLIPPING_TEXT.replace("[bank/1]", "[exam/1]")
CONFIG = """\
[bank]
questions = ["bank/*.md"]
references = []
[model]
live = "small"
store = "store/store.sqlite3"
"""
COMMANDS = (
    ("fill", "bank/heat.md"),
    ("grade", "answers.jsonl", "-o", "results.csv", "-o", "results.json"),
)
ROWS = ("grade", "answers.jsonl", "-o", "results.jsonl")
WRITTEN = ("bank/heat.md", "results.csv", "results.json", "results.jsonl")
CASES = tuple((arguments, most) for most in (MANY, FEW) for arguments in (*COMMANDS, ROWS))
"""What is killed, and how many it may have in flight."""


@dataclass(frozen=True)
class Killed:
    """What came of one point.

    `in_flight` is how many requests the run may have had under way. `lost` are those whose replies
    were not in the store when it was killed, `repeats` those that were sent twice in all. `torn`
    are files that were neither old nor new, or hold a part of a row, `other` those that did not
    become what an undisturbed run makes of them.
    """

    in_flight: int
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


def slow_endpoint() -> Endpoint:
    """An endpoint that takes a while to each reply, and to several at once no longer."""
    endpoint = Endpoint()
    endpoint.before = lambda _: time.sleep(LATENCY)
    endpoint.reply = answering
    return endpoint


def prepare(
    folder: Path,
    settings: str = "",
    *,
    in_flight: int = FEW,
    questions: int = QUESTIONS,
    candidates: int = CANDIDATES,
) -> None:
    """The folder holds a bank to fill, answers to grade, an empty store.

    `settings` are further lines of the configuration, about the model.
    """
    for name in ("bank", "rubrics", "store"):
        (folder / name).mkdir(parents=True)
    config = f"{CONFIG}max_concurrency = {in_flight}\n{settings}"
    (folder / "answerbot.toml").write_text(config, "utf-8")
    (folder / "bank" / "heat.md").write_text(_bank(questions), "utf-8")
    (folder / "bank" / "exam.md").write_text(EXAM, "utf-8")
    (folder / "rubrics" / "clipping.yaml").write_text(RUBRIC, "utf-8")
    rows = [
        {"candidate": f"c{number}", "question": "exam/1", "answer": f"It clips, says {number}."}
        for number in range(candidates)
    ]
    (folder / "answers.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")


def _bank(questions: int) -> str:
    return "\n\n---\n\n".join(
        f"## Question {number}\n\n**What is heat number {number}?**\n\n**Answer:** {GAP}"
        for number in range(1, questions + 1)
    )


def command(
    folder: Path, address: str, arguments: Sequence[str], largest: int | None = None
) -> None:
    """Run one command there, as the program does, and exit with its code.

    No file may get larger than that, in bytes.
    """
    os.chdir(folder)
    if largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
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

    def limited(self, folder: Path, largest: int) -> None:
        """The run has ended, and could make no file larger than that."""
        for arguments in self._commands:
            self._started(folder, arguments, largest).join()

    def killed(
        self, folder: Path, request: int, delay: float, by: signal.Signals = signal.SIGKILL
    ) -> None:
        """The run was killed so many seconds after that request, or had ended by then."""
        self.killed_once(folder, lambda: len(self._endpoint.bodies) >= request, delay, by)

    def killed_once(
        self,
        folder: Path,
        happens: Callable[[], bool],
        delay: float,
        by: signal.Signals = signal.SIGKILL,
    ) -> None:
        """The run was killed so many seconds after that happened, or had ended by then."""
        for arguments in self._commands:
            process = self._started(folder, arguments)
            while process.is_alive() and not happens():
                time.sleep(0.001)
            if happens():
                process.join(delay)
                if process.is_alive():
                    os.kill(process.pid, by)
                process.join()
                return
            process.join()

    def _started(self, folder: Path, arguments: Sequence[str], largest: int | None = None) -> Any:
        process = self._context.Process(
            target=command, args=(folder, self._endpoint.url, arguments, largest)
        )
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


@dataclass(frozen=True)
class Undisturbed:
    """What a command makes of the folder that no one kills, and how many requests it sends."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    requests: int
    stored: int
    """Bytes of the store."""


def kill_at_random_points(
    points: int, seed: int, folder: Path, *, how: How = "kill", votes: int = 1, at_once: int = 1
) -> list[Killed]:
    """What came of each point, in no order; all work is done in the folder."""
    with ThreadPoolExecutor(at_once) as pool:
        shares = [
            pool.submit(_kill_at, range(first, points, at_once), seed, place, how, votes)
            for first in range(at_once)
            if (place := folder / str(first))
        ]
        return [one for share in shares for one in share.result()]


def _kill_at(points: Sequence[int], seed: int, folder: Path, how: How, votes: int) -> list[Killed]:
    """What came of these points, at an endpoint of their own."""
    settings = f'[grade]\nvotes = "{votes}"\n'
    whole: dict[Sequence[str], Undisturbed] = {}
    killed = []
    endpoint = slow_endpoint()
    with endpoint.running():
        for point in points:
            # Two runs that write the same rows do not go on side by side, and say so.
            cases = [case for case in CASES if how != "twice" or case[0] != ROWS]
            arguments, most = cases[point % len(cases)]
            runs = Runs(endpoint, [arguments])
            if arguments not in whole:
                place = _prepared(folder / f"whole-{point}", MANY, settings)
                whole[arguments] = _undisturbed(runs, place)
            place = _prepared(folder / f"point-{point}", most, settings)
            chance = random.Random(f"{seed}/{point}")
            killed.append(_kill(runs, place, how, most, whole[arguments], chance))
            shutil.rmtree(place)
    return killed


def _prepared(place: Path, in_flight: int, settings: str) -> Path:
    prepare(place, settings, in_flight=in_flight, questions=ITEMS, candidates=ITEMS)
    return place


def _undisturbed(runs: Runs, place: Path) -> Undisturbed:
    before = contents(place)
    runs.forget()
    runs.whole(place)
    after = contents(place)
    assert after != before
    stored = sum(file.stat().st_size for file in (place / "store").iterdir())
    return Undisturbed(before, after, len(runs.requests()), stored)


def _kill(
    runs: Runs,
    place: Path,
    how: How,
    in_flight: int,
    whole: Undisturbed,
    chance: random.Random,
) -> Killed:
    at_end = chance.random() < 0.2
    request = whole.requests if at_end else chance.randint(1, whole.requests)
    delay = chance.uniform(0, 0.5 if at_end else 4 * LATENCY)
    runs.forget()
    match how:
        case "kill":
            runs.killed(place, request, delay)
        case "interrupt":
            runs.killed(place, request, delay, signal.SIGINT)
        case "full":
            runs.limited(place, chance.randint(whole.stored // 4, whole.stored))
        case "twice":
            runs.whole_twice_at_once(place)
    lost = len(runs.requests()) - held(place)
    is_whole = _begins if how == "kill" else _is_part
    changed = {name: now for name, now in contents(place).items() if now != whole.before[name]}
    torn = [name for name, now in changed.items() if not is_whole(name, whole.after[name], now)]
    runs.whole(place)
    asked = runs.requests()
    other = [name for name, now in contents(place).items() if now != whole.after[name]]
    repeats = len(asked) - len(set(asked))
    return Killed(in_flight, request, lost, repeats, tuple(torn), tuple(other))


def _begins(name: str, whole: Any, now: Any) -> bool:
    """Whether a file is as the whole one; rows may still lack the last ones, but none in part."""
    if not name.endswith(".jsonl") or now is None:
        return bool(now == whole)
    rows = now.splitlines(keepends=True)
    return bool(rows == whole.splitlines(keepends=True)[: len(rows)])


def _is_part(name: str, whole: Any, now: Any) -> bool:
    """Whether a file may be that of a run that ended early and told what it had by then."""
    if name.endswith(".md"):
        # Questions are all there, each as it was or as it becomes.
        rest = now.replace(GAP.encode(), b"")
        return rest.count(b"## Question") == whole.count(b"## Question") and all(
            part in whole for part in now.split(GAP.encode())
        )
    if name.endswith(".jsonl"):
        return all(json.loads(row) for row in now.splitlines()) and now.endswith(b"\n")
    return True  # a report; what is no JSON could not be read in the first place


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


def figures(killed: Sequence[Killed], how: How, votes: int) -> Iterator[Figure]:
    """What all points tell; the ideal is that nothing is repeated but what was in flight."""
    name = HOW[how] if votes == 1 else f"{HOW[how]}, {votes} votes"
    lost = how in ("kill", "full")  # Ctrl-C waits for what is in flight
    none = Target("value", "==", 0)
    yield Figure(f"{name}: runs", len(killed), "runs")
    yield Figure(
        f"{name}: requests sent twice, in all", sum(one.repeats for one in killed), "requests"
    )
    for in_flight in sorted({one.in_flight for one in killed}):
        most = max(one.repeats for one in killed if one.in_flight == in_flight)
        yield Figure(
            f"{name}, {in_flight} in flight: sent twice at one point, at most",
            most,
            "requests",
            target=Target("value", "<=", in_flight if lost else 0),
        )
    for what, wrong in (
        ("repeated more than may be in flight", [one.repeats > one.in_flight for one in killed]),
        ("left a torn file", [bool(one.torn) for one in killed]),
        ("ended in other bytes", [bool(one.other) for one in killed]),
    ):
        yield Figure(f"{name}: runs that {what}", sum(wrong), "runs", target=none)


def parser(told: str | None) -> argparse.ArgumentParser:
    """Knows how many points are wanted, and how they are drawn; `told` is what the help says."""
    known = argparse.ArgumentParser(description=told)
    known.add_argument("--points", type=int, default=20)
    known.add_argument("--at-once", type=int, default=1)
    known.add_argument("--seed", type=int, default=0)
    known.add_argument("--json", action="store_true", help="print the figures as JSON lines")
    return known


def report(asked: argparse.Namespace, measured: Callable[[Path], Iterable[Figure]]) -> None:
    """Print the figures that come of a new folder."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        figures = list(measured(Path(folder)))
    if asked.json:
        print_lines(figures)
        return
    print(f"{asked.points} points; seed {asked.seed}; {time.monotonic() - began:.0f} s")
    for one in figures:
        print(f"{one.name}: {one.value:g}")


def main() -> None:
    """Kill at as many points as the command line asks for, and print what came of all."""
    known = parser(__doc__)
    known.add_argument("--how", choices=HOW, default="kill")
    known.add_argument("--votes", type=int, default=1, help="judgements of each answer")
    asked = known.parse_args()

    def measured(folder: Path) -> Iterator[Figure]:
        killed = kill_at_random_points(
            asked.points,
            asked.seed,
            folder,
            how=asked.how,
            votes=asked.votes,
            at_once=asked.at_once,
        )
        return figures(killed, asked.how, asked.votes)

    report(asked, measured)


if __name__ == "__main__":
    main()
