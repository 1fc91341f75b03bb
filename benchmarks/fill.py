"""What a filled question costs in requests and tokens, and how fast the shipped bank is rebuilt.

    python benchmarks/fill.py

Everything is replayed from the shipped recordings. Their tokens are an estimate of the endpoint
that they were made at, one for four characters. The baseline of the rebuild is a bare loop that
parses the recordings as JSON and copies the question files.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
QUESTIONS = sorted((REPOSITORY / "bank" / "questions").glob("*.md"))
RECORDINGS = sorted((REPOSITORY / "bank" / "recordings").glob("*.jsonl"))
RUNS = 5


def replay(checks: str, folder: Path) -> dict[str, Any]:
    """The document of a fill of the shipped questions into an empty folder."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "answerbot", "fill", *map(str, QUESTIONS), "--replay"),
            *("--checks", checks, "--output", str(folder), "--json"),
        ],
        cwd=REPOSITORY,
        env={**os.environ, "ANSWERBOT_STORE": str(folder / "store.sqlite3")},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def bare(folder: Path) -> None:
    """What any rebuild has to do at the least."""
    for path in RECORDINGS:
        for line in path.read_text("utf-8").splitlines():
            json.loads(line)
    for path in QUESTIONS:
        shutil.copy(path, folder)


def seconds(work: Callable[[Path], object]) -> float:
    """The median time of some runs, each in a folder of its own."""
    times = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as name:
            began = time.perf_counter()
            work(Path(name))
            times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    """Print both tables in Markdown."""
    print("| checks | requests a question | tokens in | tokens out |")
    print("| --- | ---: | ---: | ---: |")
    for checks in ("none", "references", "full"):
        with tempfile.TemporaryDirectory() as name:
            document = replay(checks, Path(name))
        usage, count = document["usage"], len(document["questions"])
        requests = sum(usage["replies"].values()) / count
        inward, outward = usage["input_tokens"] / count, usage["output_tokens"] / count
        print(f"| {checks} | {requests:.2f} | {inward:,.0f} | {outward:,.0f} |")
    count = sum(len(path.read_text("utf-8").splitlines()) for path in RECORDINGS)
    print(f"\n| 72 questions, {count} recordings, median of {RUNS} | seconds |")
    print("| --- | ---: |")
    print(f"| `answerbot fill --replay` | {seconds(lambda folder: replay('full', folder)):.2f} |")
    print(f"| bare JSON and copies, in process | {seconds(bare):.3f} |")


if __name__ == "__main__":
    main()
