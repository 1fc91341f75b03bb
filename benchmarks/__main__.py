"""Measure the figures that answerbot promises, and print them in one table: `make bench`.

    python -m benchmarks [--quick] [--minutes 50] [NAME...]

Each benchmark below runs in a process of its own with `--json`, one after the other, so that none
disturbs the other. Figures go to stderr as they come, and at the end all of them to stdout, as a
table of Markdown. A benchmark that fails, or takes longer than it may, costs the others nothing:
what it had measured by then stands in the table, and its title says that it failed. `--minutes`
bounds them all. `--quick` measures with fewer answers and rounds, to see that all works: its
figures are no figures to publish. What a benchmark is about, its own help says.

Left out are `endpoint.py`, what the mock endpoint itself sustains, and `servers/run.py`, which
installs real servers. `ray_engine` needs `answerbot[ray]`, `size` a package index.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Figure, as_row, as_table, from_json

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Benchmark:
    """A script, its arguments for all of it and in short, and after how long it is given up."""

    script: str
    arguments: str
    quick: str
    seconds: float

    def command(self, *, quick: bool) -> str:
        """What a person would type."""
        arguments = self.quick if quick else self.arguments
        return f"benchmarks/{self.script}.py {arguments}".rstrip()


BENCHMARKS: dict[str, Benchmark] = {
    "latency": Benchmark("throughput", "latency", "latency --answers 200 --rounds 1", 480),
    "rate": Benchmark("throughput", "rate", "rate --answers 100", 420),
    "ceiling": Benchmark("throughput", "ceiling", "ceiling --answers 200 --rounds 1", 400),
    "slots": Benchmark("throughput", "slots", "slots --answers 200", 120),
    "prompts": Benchmark("prompts", "", "", 60),
    "replay": Benchmark("replay", "", "--calls 1000 --rounds 1", 240),
    "startup": Benchmark("startup", "", "--runs 2", 120),
    "size": Benchmark("size", "", "", 300),
    "faults": Benchmark("faults", "", "--answers 100", 600),
    "kill": Benchmark("kill", "--points 200 --at-once 3", "--points 3 --at-once 3", 600),
    "kill_votes": Benchmark(
        "kill", "--points 24 --votes 3 --at-once 3", "--points 2 --votes 3", 180
    ),
    "kill_interrupt": Benchmark(
        "kill", "--points 12 --how interrupt --at-once 3", "--points 2 --how interrupt", 120
    ),
    "kill_full": Benchmark(
        "kill", "--points 12 --how full --at-once 3", "--points 2 --how full", 120
    ),
    "kill_twice": Benchmark(
        "kill", "--points 6 --how twice --at-once 3", "--points 2 --how twice", 120
    ),
    "kill_batches": Benchmark("kill_batches", "--points 40 --at-once 2", "--points 3", 240),
    "ray_engine": Benchmark("ray_engine", "--rounds 1", "--answers 100 --rounds 1", 480),
    "memory": Benchmark("memory", "", "--answers 500 1000", 900),
}


@dataclass
class Outcome:
    """What a benchmark told, how long it took, and how it failed if it did."""

    command: str
    figures: list[Figure] = field(default_factory=list)
    seconds: float = 0.0
    failed: str = ""

    @property
    def title(self) -> str:
        """The command, how long it took, and that it failed if it did."""
        failed = f", **failed: {self.failed}**" if self.failed else ""
        return f"`python {self.command}`, {self.seconds:.0f} s{failed}"


def measure(outcome: Outcome, seconds: float) -> None:
    """All figures that the command told within so many seconds are known, and were shown."""
    print(f"$ python {outcome.command}", file=sys.stderr, flush=True)
    script, *arguments = outcome.command.split()
    began = time.monotonic()
    # What it started, too, has to end with it, so all of that is one group.
    with subprocess.Popen(
        [sys.executable, str(HERE.parent / script), *arguments, "--json"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        reading = threading.Thread(target=_read, args=(process, outcome))
        reading.start()
        try:
            if code := process.wait(seconds):
                outcome.failed = outcome.failed or f"exit code {code}"
        except subprocess.TimeoutExpired:
            outcome.failed = f"given up after {seconds:.0f} s"
        finally:
            _end(process)
            reading.join()
            outcome.seconds = time.monotonic() - began


def _read(process: subprocess.Popen[str], outcome: Outcome) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        try:
            figure = from_json(line)
        except (ValueError, KeyError, TypeError):
            outcome.failed = f"this is no figure: {line.strip()[:80]}"
            continue
        outcome.figures.append(figure)
        print(as_row(figure), file=sys.stderr, flush=True)


def _end(process: subprocess.Popen[str]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it left nothing behind


def summary(outcomes: list[Outcome], seconds: float) -> str:
    """How many targets are met, which are not, what failed, and where and when that was."""
    wanted = [one for outcome in outcomes for one in outcome.figures if one.met is not None]
    missed = [one.name for one in wanted if not one.met]
    failed = [outcome.command for outcome in outcomes if outcome.failed]
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}; {seconds / 60:.0f} minutes.",
        f"Met: {len(wanted) - len(missed)} of {len(wanted)}.",
    ]
    if missed:
        lines.append(f"Not met: {'; '.join(missed)}.")
    if failed:
        lines.append(f"Failed: {'; '.join(failed)}.")
    return "\n".join(lines)


def main() -> int:
    """Print the table; 1 where a benchmark failed, whatever its figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--minutes", type=float, default=50.0, help="for all of them together")
    asked = parser.parse_args()
    if unknown := set(asked.names) - BENCHMARKS.keys():
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    began = time.monotonic()
    outcomes: list[Outcome] = []
    try:
        for name in asked.names or BENCHMARKS:
            benchmark = BENCHMARKS[name]
            outcomes.append(Outcome(benchmark.command(quick=asked.quick), failed="not begun"))
            left = began + 60 * asked.minutes - time.monotonic()
            if left > 0:
                outcomes[-1].failed = ""
                measure(outcomes[-1], min(benchmark.seconds, left))
    finally:
        print(as_table({outcome.title: outcome.figures for outcome in outcomes}))
        print(f"\n{summary(outcomes, time.monotonic() - began)}")
    return 1 if any(outcome.failed for outcome in outcomes) else 0


if __name__ == "__main__":
    # Whoever ends it early, with `timeout` too, still gets the table.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    raise SystemExit(main())
