"""How many recorded calls a second are answered, and how long a cold `answerbot grade` takes.

    python benchmarks/replay.py [--calls 10000] [--rounds 3] [--json]

Calls: a file of recordings, each of another request, is opened and every request is asked once of
the stack that a replay builds. Beside it the bare thing parses the same lines as JSON, puts them in
a dictionary and looks every key up. Grading: 300 exemplars with recorded judgements, in a process
of its own from its start to its end, beside a bare loop that parses the same files and adds up the
recorded verdicts. Contenders take turns; of several rounds the fastest of each counts.

Seconds of calls are those of the processor, as nothing is waited for. Those of a cold run are of
the clock, and of the processor beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from answerbot.adapters.config import load_config
from answerbot.adapters.recordings import load_recordings, open_recordings, write_recordings
from answerbot.cli.stack import build_stack
from answerbot.domain.llm import Request
from answerbot.domain.recording import Recording
from benchmarks.figures import Figure, Target, print_lines
from benchmarks.grade import BARE, ROOT, RUBRICS, write_answers

RATE = 10_000
ANSWERS = 300
SECONDS = 1.5


def written(path: Path, number: int) -> list[Request]:
    """The requests of that many recordings, which the file holds: exemplars' judgements, varied."""
    shipped = list(load_recordings([RUBRICS / "recordings"]).all())
    recordings = []
    for turn in range(number):
        one = shipped[turn % len(shipped)]
        *before, last = one.request.messages
        varied = last.model_copy(update={"content": f"{last.content}\n\nThis is copy {turn}."})
        request = Request(
            model=one.request.model,
            messages=(*before, varied),
            reply_schema=one.request.reply_schema,
            max_output_tokens=one.request.max_output_tokens,
            temperature=one.request.temperature,
        )
        recordings.append(
            Recording.of(request, one.reply, recorded_at=one.recorded_at, source=one.source)
        )
    write_recordings(path, recordings)
    return [one.request for one in recordings]


def fresh(requests: Sequence[Request]) -> list[Request]:
    """The same requests, their keys not known yet."""
    names = Request.model_fields
    return [Request(**{name: getattr(one, name) for name in names}) for one in requests]


def ours(path: Path, requests: Sequence[Request]) -> tuple[float, float]:
    """Seconds for opening the file, and for asking."""
    asked = fresh(requests)
    flags = {"model.mode": "replay", "model.replay": asked[0].model}
    config = load_config(path.parent, flags=flags, environment={})
    gc.collect()
    began = time.process_time()
    stack = build_stack(config, recordings=open_recordings([path]))
    opened = time.process_time()

    async def ask() -> None:
        for request in asked:
            await stack.llm.complete(request)

    asyncio.run(ask())
    return opened - began, time.process_time() - opened


def bare(path: Path, requests: Sequence[Request]) -> tuple[float, float]:
    """Seconds for parsing the file, and for looking the keys up."""
    keys = [one.key for one in requests]
    gc.collect()
    began = time.process_time()
    parsed = map(json.loads, path.read_text("utf-8").splitlines())
    replies = {one["key"]: one["reply"]["text"] for one in parsed}
    opened = time.process_time()
    assert all(replies[key] for key in keys)
    return opened - began, time.process_time() - opened


Way = Callable[[Path, Sequence[Request]], tuple[float, float]]


def replayed(folder: Path, calls: int, rounds: int) -> dict[str, tuple[float, float]]:
    """The seconds of each way, those of its fastest round."""
    path = folder / "recordings.jsonl"
    requests = written(path, calls)
    ways: dict[str, Way] = {"answerbot": ours, "bare": bare}
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            took[name].append(way(path, requests))
    return {name: min(times, key=sum) for name, times in took.items()}


def graded(folder: Path, rounds: int) -> dict[str, tuple[float, float]]:
    """Seconds by the clock and of the processor: a cold `answerbot grade`, and the bare loop."""
    answers = folder / "answers.jsonl"
    assert write_answers(answers, ANSWERS) == ANSWERS
    commands = {
        "answerbot": ["-m", "answerbot", "grade", str(answers), "--replay", "--json"],
        "bare": ["-c", BARE, str(answers), str(RUBRICS / "recordings")],
    }
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds + 1):  # the first round fills the cache of files
        for name, command in commands.items():
            wall, cpu = time.perf_counter(), of_children()
            run = [sys.executable, *command]
            subprocess.run(run, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            took[name].append((time.perf_counter() - wall, of_children() - cpu))
    return {name: min(times[1:]) for name, times in took.items()}


def of_children() -> float:
    """Seconds of the processor that ended processes took."""
    used = os.times()
    return used.children_user + used.children_system


def main() -> None:
    """Print both tables, or the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="figures, one JSON object a line")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        replay = replayed(folder, asked.calls, asked.rounds)
        grade = graded(folder, asked.rounds)
    rate = asked.calls / replay["answerbot"][1]
    whole = sum(replay["answerbot"]) / sum(replay["bare"])
    cold = grade["answerbot"][0]
    if asked.json:
        wanted, at_most = Target("value", ">=", RATE), Target("value", "<=", SECONDS)
        print_lines(
            [
                Figure("recorded calls", rate, "a second", bare=whole, target=wanted),
                Figure(
                    f"cold grade of {ANSWERS} recorded answers",
                    *(cold, "s"),
                    bare=cold / grade["bare"][0],
                    target=at_most,
                ),
            ]
        )
        return
    print(f"| {asked.calls:,} recorded calls | opened | asked | calls a second | all, of bare |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, (opened, took) in replay.items():
        ratio = (opened + took) / sum(replay["bare"])
        print(
            f"| {name} | {opened:.2f} s | {took:.2f} s | {asked.calls / took:,.0f} | {ratio:.2f} |"
        )
    print(f"\n| {ANSWERS} recorded answers, cold | clock | of bare | processor |")
    print("| --- | ---: | ---: | ---: |")
    for name, (wall, cpu) in grade.items():
        print(f"| {name} | {wall:.2f} s | {wall / grade['bare'][0]:.1f} | {cpu:.2f} s |")
    print(f"\nLimits: {RATE:,} calls a second, {SECONDS} s.")


if __name__ == "__main__":
    main()
