"""Measure `parse_bank` on generated banks: time and memory against the number of questions.

    python benchmarks/parse.py [COUNT...]

Each figure is from a process of its own; seconds are those of one core, reading
included. The baseline reads the same file and splits it into lines.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SEED = 20240501
COUNTS = (1_000, 10_000, 100_000)
WORDS = """
    the a of in to and gradient recurrent network state hidden sequence learns over time gates
    memory long short term depends training input output step vanishing exploding ofRNNs weights
    attention encoder decoder — h_t `tanh` bias loss error batch which because while each
    """.split()  # noqa: SIM905 - a list of literals would be one word a line


def write_bank(path: Path, count: int) -> None:
    """Write a bank of `count` questions, 500 bytes each on average, the same every time."""
    with path.open("w", encoding="utf-8") as file:
        file.write("# A generated bank\n\n")
        for number, question in zip(range(1, count + 1), _questions(), strict=False):
            file.write(f"## Question {number}\n\n{question}\n\n---\n\n")


def _questions() -> Iterator[str]:
    source = random.Random(SEED)

    def prose(words: int) -> str:
        return " ".join(source.choices(WORDS, k=words)).capitalize()

    while True:
        answer = {
            0: "_[To be filled]_",
            1: f"\n\n- **{prose(2)}**: {prose(25)}.\n- {prose(30)}.\n- {prose(22)}.",
            2: f"{prose(30)}:\n\n```\n# 1. {prose(4)}\n## Question 0\nx = 1\n```\n\n{prose(30)}.",
        }.get(source.randrange(8), f"{prose(50)}.\n\n{prose(35)}: $$h_t = f(h_{{t-1}})$$.")
        note = "\n\n<!-- answerbot: accepted 0123456789abcdef -->" if source.random() < 0.3 else ""
        yield f"**{prose(9)}?**\n\n**Answer:** {answer}{note}"


def measure(what: str, path: Path) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, __file__, "--measure", what, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def run(what: str, path: Path) -> dict[str, float]:
    """Measure this process doing what is asked: seconds of one core, and peak memory in MB."""
    from answerbot.adapters.files import read_text
    from answerbot.domain.bank import parse_bank

    started = time.process_time()
    text = read_text(path)
    count = len(text.split("\n")) if what == "lines" else 0
    if what == "parse":
        count = len(parse_bank(text, str(path)).questions)
    if what == "markdown-it":
        from markdown_it import MarkdownIt

        count = len(MarkdownIt().parse(text))
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak": peak, "count": count}


def main(counts: tuple[int, ...]) -> None:
    """Print a Markdown table."""
    print("| questions | MB | parse s | µs a question | peak MB | split lines s | markdown-it s |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            path = Path(folder) / "bank.md"
            write_bank(path, count)
            parsed, lines = measure("parse", path), measure("lines", path)
            assert parsed["count"] == count
            other = f"{measure('markdown-it', path)['seconds']:.1f}" if count <= 10_000 else "-"
            print(
                f"| {count:,} | {path.stat().st_size / 1e6:.1f} | {parsed['seconds']:.2f} "
                f"| {parsed['seconds'] / count * 1e6:.0f} | {parsed['peak']:.0f} "
                f"| {lines['seconds']:.2f} | {other} |"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(run(sys.argv[2], Path(sys.argv[3]))))
    else:
        main(tuple(map(int, sys.argv[1:])) or COUNTS)
