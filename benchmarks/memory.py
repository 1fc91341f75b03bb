"""Peak memory of `answerbot grade` from JSON Lines to JSON Lines, beside a bare loop over the same.

    python benchmarks/memory.py [--answers 1000 100000] [--json]

Each number of answers is graded by the command itself, in a process of its own, by the mock
endpoint with a new store. The first number is graded twice, the second time from that store, and
the results have to be the same bytes. 100,000 answers take seven minutes. The bare loop reads the
answers and writes the results line by line, and does nothing in between. Memory is the most that
was resident at once (`ru_maxrss`), in millions of bytes; its ideal is that of the first number.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from answerbot.adapters.config import load_config
from answerbot.cli.loading import known_questions, load_prompts
from answerbot.workflows.prompts import JudgeInputs, fence_for
from benchmarks.endpoint import Settings, counts, named, running
from benchmarks.figures import Figure, Target, print_lines
from benchmarks.throughput import ROOT, rubrics, work

MOST = 300.0

# What is started by a large process has its memory counted as its own, so a small one is between.
_WATCH = """
import json, os, sys, time
began = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(child, 0)
wall = time.perf_counter() - began
print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_maxrss, wall]), file=sys.stderr)
"""

_BARE = """
import json, sys
answers, results, copy = sys.argv[1:]
with open(answers) as read, open(results) as more, open(copy, "w") as written:
    for answer, result in zip(read, more, strict=True):
        json.loads(answer)
        written.write(json.dumps(json.loads(result), ensure_ascii=False) + "\\n")
        written.flush()
"""


@dataclass(frozen=True)
class Run:
    """The most memory at once, in MB, and seconds."""

    memory: float
    wall: float


def write_work(folder: Path, number: int) -> None:
    """Write the answers, and the file of replies for the endpoint."""
    submissions, replies = work(number)
    config = load_config(ROOT)
    questions, prompts, served = known_questions(config), load_prompts(config), rubrics()
    said: dict[str, str] = {}
    with (folder / "answers.jsonl").open("w", encoding="utf-8") as file:
        for one, reply in zip(submissions, replies, strict=True):
            row = {"question": one.question_id, "answer": one.text, "candidate": one.candidate}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            rubric, question = served[one.question_id], questions[one.question_id].text
            inputs = JudgeInputs(
                rubric.title,
                rubric.criteria,
                rubric.misconceptions,
                question,
                one.text,
                fence_for(one.text),
            )
            messages = prompts.render(inputs, "").messages
            said[named(messages[-1].content)] = reply.text
    assert len(said) == number, "two requests are alike"
    (folder / "replies.json").write_text(json.dumps(said), "utf-8")


def run(command: Sequence[str], **environment: str) -> Run:
    """One process from its start to its end."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", _WATCH, *command],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    code, kilobytes, wall = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr
    return Run(kilobytes * 1024 / 1e6, wall)


def graded(folder: Path, results: Path, address: str) -> Run:
    """The command, by the endpoint or by what is in the store already."""
    answers = str(folder / "answers.jsonl")
    flags = ["-o", str(results), "--model", "mock", "--live", "--yes"]
    return run(
        [sys.executable, "-m", "answerbot", "grade", answers, *flags],
        OPENAI_BASE_URL=address,
        ANSWERBOT_STORE=str(folder / "store.sqlite3"),
    )


def measure(number: int, *, again: bool) -> dict[str, Run]:
    """What grading so many answers takes, once more from the store, and what a bare loop does."""
    runs = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_work(folder, number)
        first, second = folder / "first.jsonl", folder / "second.jsonl"
        with running(Settings(replies=str(folder / "replies.json"))) as address:
            runs["asking the endpoint"] = graded(folder, first, address)
            received = counts(address)["received"]
            assert received == number, "something was asked for twice"
            if again:
                runs["from the store"] = graded(folder, second, address)
                assert counts(address)["received"] == received, "something was asked for twice"
                assert first.read_bytes() == second.read_bytes(), "the results differ"
        assert sum(1 for _ in first.open("rb")) == number, "answers are missing"
        copy = [str(folder / "answers.jsonl"), str(first), str(folder / "copy.jsonl")]
        runs["bare loop"] = run([sys.executable, "-c", _BARE, *copy])
    return runs


def figures(number: int, runs: dict[str, Run], least: Run) -> Iterator[Figure]:
    """What counts: the memory, and its ratio to the bare loop's and to that of fewer answers."""
    bare = runs["bare loop"]
    for name, one in runs.items():
        if one is bare:
            continue
        yield Figure(
            f"peak memory of {number:,} answers, {name}",
            round(one.memory, 1),
            "MB",
            ideal=one.memory / least.memory if one is not least else None,
            bare=round(one.memory / bare.memory, 2),
            target=Target("value", "<", MOST),
        )


def table(number: int, runs: dict[str, Run]) -> str:
    """The rows of the table for this number of answers."""
    bare = runs["bare loop"]
    return "\n".join(
        f"| {number:,} | {name} | {one.memory:.0f} MB "
        f"| {one.memory / bare.memory:.1f} | {one.wall:.1f} s |"
        for name, one in runs.items()
    )


def main() -> None:
    """Print the table, or the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--json", action="store_true", help="a figure a line")
    asked = parser.parse_args()
    if not asked.json:
        print("| answers | | most memory | of the bare loop | wall |")
        print("| ---: | --- | ---: | ---: | ---: |")
    least: Run | None = None
    for number in asked.answers:
        runs = measure(number, again=least is None)
        least = least or runs["asking the endpoint"]
        if asked.json:
            print_lines(figures(number, runs, least))
        else:
            print(table(number, runs), flush=True)


if __name__ == "__main__":
    main()
