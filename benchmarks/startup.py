"""How long `answerbot --help` takes beside `import openai`, which nearly every command needs.

Each run is a process of its own. The two take turns, so that a busy machine slows both alike; one
run of each beforehand fills the file cache and is not counted.

    python benchmarks/startup.py [RUNS]
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

COMMANDS = {
    "answerbot --help": [sys.executable, "-m", "answerbot", "--help"],
    "import openai": [sys.executable, "-c", "import openai"],
    "python -c pass": [sys.executable, "-c", "pass"],
}


def main(runs: int) -> None:
    """Print a table of medians, and the ratio that matters."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(runs + 1):
        for name, command in COMMANDS.items():
            elapsed = timed(command)
            if turn:
                seconds[name].append(elapsed)
    print(f"| process, {runs} runs in turns | median | fastest | slowest |")
    print("| --- | ---: | ---: | ---: |")
    for name, values in seconds.items():
        print(f"| `{name}` | {median(values):.3f} s | {min(values):.3f} s | {max(values):.3f} s |")
    ratio = median(seconds["answerbot --help"]) / median(seconds["import openai"])
    print(f"\n`answerbot --help` takes {ratio:.0%} of the time of `import openai` (limit: 50%).")


def timed(command: list[str]) -> float:
    """Seconds that the command takes; it has to succeed."""
    start = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
