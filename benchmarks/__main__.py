"""Measure every figure that answerbot promises, and print them in one table: `make bench`.

    python -m benchmarks [--quick] [NAME...]

Each benchmark named below runs in a process of its own with `--json`, one after the other, so that
none disturbs the other. `--quick` measures with fewer answers and rounds, to see that all works:
its figures are no figures to publish. What a benchmark is about, its own help says.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Figure, as_table, from_json

HERE = Path(__file__).resolve().parent
BENCHMARKS: dict[str, tuple[str, str]] = {
    "throughput": ("", "--answers 200 --rounds 1"),
    "prompts": ("", ""),
    "memory": ("", "--answers 500 1000"),
    "replay": ("", "--calls 1000 --rounds 1"),
    "startup": ("", "--runs 2"),
    "size": ("", ""),
    "kill": ("--points 200", "--points 3"),
    "kill_batches": ("--points 40", "--points 3"),
    "faults": ("", "--answers 100"),
    "ray_engine": ("", "--answers 100 --rounds 1"),
}
"""The arguments of each benchmark: for all of it, and in short."""


def measure(name: str, *, quick: bool) -> list[Figure] | None:
    """The figures of one benchmark; None where it failed."""
    arguments = BENCHMARKS[name][quick].split()
    command = [sys.executable, str(HERE / f"{name}.py"), *arguments, "--json"]
    print(f"$ python benchmarks/{name}.py {' '.join(arguments)}", file=sys.stderr, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        return None
    return [from_json(line) for line in done.stdout.splitlines()]


def main() -> int:
    """Print the table; 1 where a benchmark failed, whatever its figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="less of everything")
    asked = parser.parse_args()
    if unknown := set(asked.names) - BENCHMARKS.keys():
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    figures: list[Figure] = []
    failed = []
    for name in asked.names or BENCHMARKS:
        measured = measure(name, quick=asked.quick)
        if measured is None:
            failed.append(name)
        figures += measured or []
    print(as_table(figures))
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
