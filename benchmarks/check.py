"""How long `answerbot check` takes for all shipped rubrics, from a cold start, beside bare reading.

The baseline reads the same files in a process of its own and does nothing with them: PyYAML (its
fast loader) parses the rubrics, `json` the recordings. The two take turns, so that a busy machine
slows both alike; one run of each beforehand fills the file cache and is not counted. A run with
`-X importtime` tells whether `openai` was imported.

    python benchmarks/check.py [RUNS]
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

READ = """
import json, pathlib, yaml
for path in pathlib.Path("rubrics").glob("*.yaml"):
    yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
for folder in ("rubrics/recordings", "bank/recordings"):
    for path in pathlib.Path(folder).glob("*.jsonl"):
        for line in path.open():
            json.loads(line)
"""
CHECK = [sys.executable, "-m", "answerbot", "check"]
COMMANDS = {
    "answerbot check": CHECK,
    "reading the same files": [sys.executable, "-c", READ],
}
LIMIT = 5


def main(runs: int) -> None:
    """Print a table, the last line of the check, and what it imported."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(runs + 1):
        for name, command in COMMANDS.items():
            start = perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            if turn:
                seconds[name].append(perf_counter() - start)
    print(f"| process, {runs} runs in turns | median | fastest | slowest |")
    print("| --- | ---: | ---: | ---: |")
    for name, values in seconds.items():
        print(f"| {name} | {median(values):.2f} s | {min(values):.2f} s | {max(values):.2f} s |")
    print(f"\nThe slowest check took {max(seconds['answerbot check']):.2f} s (limit: {LIMIT} s).")
    traced = subprocess.run(
        [sys.executable, "-X", "importtime", *CHECK[1:]], check=True, capture_output=True, text=True
    )
    print(traced.stdout.rstrip().rpartition("\n")[2])
    imported = {line.rpartition("|")[2].strip() for line in traced.stderr.splitlines()}
    print(f"openai was {'' if 'openai' in imported else 'not '}imported")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
