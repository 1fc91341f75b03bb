"""Measure the figures that answerbot promises, and print them in one table: `make bench`.

    python -m benchmarks [--quick] [NAME...]

Left out are `endpoint.py`, what the mock endpoint itself sustains, and `servers/run.py`, which
installs real servers. Each benchmark named below runs in a process of its own with `--json`, one
after the other, so that none disturbs the other. One that fails, or takes half an hour, costs the
others nothing; what it had measured by then stands in the table. `--quick` measures with fewer
answers and rounds, to see that all works: its figures are no figures to publish. What a benchmark
is about, its own help says.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Figure, as_table, from_json

HERE = Path(__file__).resolve().parent
LONGEST = 1800.0
"""Seconds after which a benchmark is given up."""
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


def measure(name: str, *, quick: bool) -> tuple[list[Figure], bool]:
    """The figures of one benchmark, and whether it came to its end."""
    arguments = BENCHMARKS[name][quick].split()
    command = [sys.executable, str(HERE / f"{name}.py"), *arguments, "--json"]
    print(f"$ python benchmarks/{name}.py {' '.join(arguments)}", file=sys.stderr, flush=True)
    # What it started, too, has to end with it, so all of that is one group.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            said, _ = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, _ = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return [from_json(line) for line in said.splitlines()], process.returncode == 0


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
        measured, ended = measure(name, quick=asked.quick)
        figures += measured
        if not ended:
            failed.append(name)
    print(as_table(figures))
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
