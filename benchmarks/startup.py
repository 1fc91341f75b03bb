"""How long `answerbot --help` takes beside `import openai`, which nearly every command needs.

Each run is a process of its own. The two take turns, so that a busy machine slows both alike; one
run of each beforehand fills the file cache and is not counted.

    python benchmarks/startup.py [--runs 10] [--json]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from statistics import median
from time import perf_counter

from benchmarks.figures import Figure, Target, print_lines

COMMANDS = {
    "answerbot --help": [sys.executable, "-m", "answerbot", "--help"],
    "import openai": [sys.executable, "-c", "import openai"],
    "python -c pass": [sys.executable, "-c", "pass"],
}
LIMIT = 0.5


def main() -> None:
    """Print a table of medians, and the ratio that matters; or the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="figures, one JSON object a line")
    asked = parser.parse_args()
    seconds = measured(asked.runs)
    medians = {name: median(values) for name, values in seconds.items()}
    took = medians["answerbot --help"]
    ratio = took / medians["import openai"]
    if asked.json:
        wanted = Target("bare", "<=", LIMIT)
        print_lines([Figure("answerbot --help", took, "s", bare=ratio, target=wanted)])
        return
    print(f"| process, {asked.runs} runs in turns | median | fastest | slowest |")
    print("| --- | ---: | ---: | ---: |")
    for name, values in seconds.items():
        print(f"| `{name}` | {medians[name]:.3f} s | {min(values):.3f} s | {max(values):.3f} s |")
    print(
        f"\n`answerbot --help` takes {ratio:.0%} of the time of `import openai` "
        f"(limit: {LIMIT:.0%})."
    )


def measured(runs: int) -> dict[str, list[float]]:
    """The seconds of each run of each command."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(runs + 1):
        for name, command in COMMANDS.items():
            elapsed = timed(command)
            if turn:
                seconds[name].append(elapsed)
    return seconds


def timed(command: list[str]) -> float:
    """Seconds that the command takes; it has to succeed."""
    start = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


if __name__ == "__main__":
    main()
