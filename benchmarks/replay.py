"""How many recorded calls a second are answered, and how long a cold `answerbot grade` takes.

    python benchmarks/replay.py [--calls 10000] [--rounds 7] [--json]

Calls: a file of recordings, each of another request, is opened and every request is asked once of
the stack that a replay builds. Beside it the bare thing parses the same lines as JSON, puts them in
a dictionary and looks every key up. Grading: 300 exemplars with recorded judgements, in a process
of its own from its start to its end, beside a bare loop that parses the same files and adds up the
recorded verdicts. Contenders take turns, in many short rounds, and who goes first changes: where
cores are shared the same work takes twice as long from one minute to the next. The fastest of each
counts; beside it stands the median of the ratios within each round.

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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from statistics import median

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


@dataclass(frozen=True)
class Rounds:
    """Pairs of seconds that each contender took in each round."""

    took: Mapping[str, Sequence[tuple[float, float]]]
    of: Callable[[tuple[float, float]], float]
    """What counts of a pair."""

    def best(self, who: str) -> tuple[float, float]:
        """The pair of its fastest round."""
        return min(self.took[who], key=self.of)

    @property
    def ratio(self) -> float:
        """Our fastest round beside the fastest bare one."""
        return self.of(self.best("answerbot")) / self.of(self.best("bare"))

    @property
    def median(self) -> float:
        """The median of the ratios within each round."""
        pairs = zip(self.took["answerbot"], self.took["bare"], strict=True)
        return median(self.of(ours) / self.of(base) for ours, base in pairs)


def in_turns(
    ways: Mapping[str, Callable[[], tuple[float, float]]],
    rounds: int,
    of: Callable[[tuple[float, float]], float],
) -> Rounds:
    """What each way took in so many rounds."""
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for turn in range(rounds):
        for name in list(ways)[:: -1 if turn % 2 else 1]:
            took[name].append(ways[name]())
    return Rounds(took, of)


def replayed(folder: Path, calls: int, rounds: int) -> Rounds:
    """The seconds of each way for opening and for asking; both together count."""
    path = folder / "recordings.jsonl"
    requests = written(path, calls)
    ways = {"answerbot": lambda: ours(path, requests), "bare": lambda: bare(path, requests)}
    return in_turns(ways, rounds, sum)


def graded(folder: Path, rounds: int) -> Rounds:
    """Seconds by the clock, which count, and of the processor: a cold `grade`, a bare loop."""
    answers = folder / "answers.jsonl"
    assert write_answers(answers, ANSWERS) == ANSWERS
    command = ["-m", "answerbot", "grade", str(answers), "--replay", "--json"]
    loop = ["-c", BARE, str(answers), str(RUBRICS / "recordings")]
    ways = {"answerbot": lambda: timed(command), "bare": lambda: timed(loop)}
    in_turns(ways, 1, itemgetter(0))  # fills the cache of files
    return in_turns(ways, rounds, itemgetter(0))


def timed(command: Sequence[str]) -> tuple[float, float]:
    """Seconds by the clock and of the processor that a Python takes from its start to its end."""
    wall, cpu = time.perf_counter(), of_children()
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - wall, of_children() - cpu


def of_children() -> float:
    """Seconds of the processor that ended processes took."""
    used = os.times()
    return used.children_user + used.children_system


def main() -> None:
    """Print both tables, or the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="figures, one JSON object a line")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        replay = replayed(folder, asked.calls, asked.rounds)
        grade = graded(folder, asked.rounds)
    if asked.json:
        print_lines(figures(asked.calls, replay, grade))
        return
    print(f"| {asked.calls:,} recorded calls | opened | asked | calls a second | all, of bare |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for who in replay.took:
        opened, took = replay.best(who)
        ratio = (opened + took) / sum(replay.best("bare"))
        print(
            f"| {who} | {opened:.2f} s | {took:.2f} s | {asked.calls / took:,.0f} | {ratio:.2f} |"
        )
    print(f"\n| {ANSWERS} recorded answers, cold | clock | of bare | processor |")
    print("| --- | ---: | ---: | ---: |")
    for who in grade.took:
        wall, cpu = grade.best(who)
        print(f"| {who} | {wall:.2f} s | {wall / grade.best('bare')[0]:.1f} | {cpu:.2f} s |")
    print(f"\nMedians of the rounds' ratios: {replay.median:.2f}, {grade.median:.1f}.")
    print(f"Limits: {RATE:,} calls a second, {SECONDS} s.")


def figures(calls: int, replay: Rounds, grade: Rounds) -> Iterator[Figure]:
    """What is wanted of recorded calls and of a cold run."""
    yield Figure(
        "recorded calls",
        calls / replay.best("answerbot")[1],
        "a second",
        bare=replay.ratio,
        median=replay.median,
        target=Target("value", ">=", RATE),
    )
    yield Figure(
        f"cold grade of {ANSWERS} recorded answers",
        grade.best("answerbot")[0],
        "s",
        bare=grade.ratio,
        median=grade.median,
        target=Target("value", "<", SECONDS),
    )
    yield Figure("of that, of the processor", grade.best("answerbot")[1], "s")


if __name__ == "__main__":
    main()
