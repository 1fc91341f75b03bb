"""`answerbot grade --engine ray` with two workers, beside one process over the same answers.

    python benchmarks/ray_engine.py [--answers 1000] [--rounds 2] [--json]

Needs `answerbot[ray]`. Each run is the command itself, with a new store, against a mock endpoint of
its own; the results of both engines have to be the same. The ideal is what one process takes.
What Ray takes to start and to end is told by runs over a few answers. Then the endpoint lets 50
requests a second through, for both workers together: how many it refuses, and how many are on their
way at once, is what it counted.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Literal

from benchmarks.endpoint import Settings, counts, running
from benchmarks.figures import Figure, Target, as_table, print_lines
from benchmarks.memory import write_work
from benchmarks.throughput import ROOT

Engine = Literal["process", "ray"]
AT_ONCE = 64
LATENCIES = (0.2, 0.0)
RATE = 50.0
FEW = 20
MOST_REFUSED = 0.05
NONE = Target("value", "==", 0)


@dataclass(frozen=True)
class Run:
    """Seconds, the results, and what the endpoint counted."""

    wall: float
    results: bytes
    received: int
    refused: int
    most_at_once: int


def run(engine: Engine, folder: Path, settings: Settings, **environment: str) -> Run:
    """One run of the command with a new store against an endpoint of its own."""
    with tempfile.TemporaryDirectory() as name, running(settings) as address:
        results = Path(name) / "results.jsonl"
        flags = ["--engine", engine, "--max-concurrency", str(AT_ONCE), "--live", "--yes"]
        command = [sys.executable, "-m", "answerbot", "grade", str(folder / "answers.jsonl")]
        own = {"OPENAI_BASE_URL": address, "ANSWERBOT_STORE": f"{name}/store.sqlite3"}
        began = time.perf_counter()
        subprocess.run(
            [*command, *flags, "--model", "mock", "-o", str(results)],
            cwd=ROOT,
            env=os.environ | own | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        wall = time.perf_counter() - began
        told = counts(address)
        return Run(
            wall,
            results.read_bytes(),
            told["received"],
            told.get("refused", 0),
            told["most_at_once"],
        )


def compared(number: int, rounds: int, latency: float) -> tuple[float, float, int]:
    """Seconds of one process and of two workers, the best of the rounds; rows that differ."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_work(folder, number)
        settings = Settings(latency=latency, replies=str(folder / "replies.json"))
        runs: dict[Engine, list[Run]] = {"process": [], "ray": []}
        for _ in range(rounds):
            for engine, done in runs.items():
                done.append(run(engine, folder, settings))
    wanted = runs["process"][0].results.splitlines()
    differ = sum(
        one != other
        for run in runs["ray"]
        for one, other in zip_longest(wanted, run.results.splitlines())
    )
    one, two = (min(run.wall for run in done) for done in runs.values())
    return one, two, differ


def speed(number: int, rounds: int) -> Iterator[Figure]:
    """How long two workers take beside one process, and how much of it is for a few answers."""
    one, two, _ = compared(FEW, rounds, latency=0.0)
    yield Figure("what Ray takes to start and to end", round(two - one, 1), "s")
    for latency in LATENCIES:
        one, two, differ = compared(number, rounds, latency)
        name = f"{number:,} answers, {latency * 1000:.0f} ms of latency, {AT_ONCE} in flight"
        yield Figure(f"{name}: one process", round(one, 1), "s")
        yield Figure(f"{name}: two workers", round(two, 1), "s", ideal=round(two / one, 2))
        yield Figure(f"{name}: results of two workers that differ", differ, "rows", target=NONE)


def limits(number: int) -> Iterator[Figure]:
    """What two workers ask for under one limit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_work(folder, number)
        replies = str(folder / "replies.json")
        limited = Settings(latency=LATENCIES[0], rate=RATE, replies=replies)
        known = {"ANSWERBOT_REQUESTS_PER_MINUTE": f"{60 * RATE:.0f}"}
        for told, environment in (("not told", {}), ("configured", known)):
            done = run("ray", folder, limited, **environment)
            assert done.most_at_once <= AT_ONCE, "more were on their way than may be"
            most = MOST_REFUSED if told == "not told" else 0.0
            yield Figure(
                f"two workers, {RATE:.0f} requests a second, {told}: refused",
                round(done.refused / number, 4),
                "of the answers",
                target=Target("value", "<=", most),
            )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="one JSON object a figure")
    asked = parser.parse_args()
    figures = chain(speed(asked.answers, asked.rounds), limits(asked.answers))
    print_lines(figures) if asked.json else print(as_table({"": figures}))


if __name__ == "__main__":
    main()
