"""Kill `fill --batch` and `grade --batch` with SIGKILL at random points, and run them again.

    python benchmarks/kill_batches.py --points 100 [--seed 0] [--json]

A point is one of the calls that a whole run makes to the batch service, and up to 30 thousandths of
a second after it. Counted is how often the service executed each request.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.batch_endpoint import BatchEndpoint
from benchmarks.figures import Figure, Target
from benchmarks.kill import COMMANDS, Runs, answering, contents, prepare, report

IN_BATCHES = tuple((*command, "--batch") for command in COMMANDS)
POLL = "batch_poll = 0.02\n"
"""How often batches are looked at, for the configuration."""

LATEST = 0.03
_CALLS = ("uploads", "batches", "looks", "downloads")


@dataclass(frozen=True)
class Killed:
    """What came of one point: requests executed more than once, files of other bytes."""

    repeats: int
    other: tuple[str, ...]


def kill_at_random_points(points: int, seed: int, folder: Path) -> list[Killed]:
    """What came of each point; all work is done in the folder."""
    chance = random.Random(seed)
    whole, calls = _run(folder / "whole", None)
    after = contents(folder / "whole")
    assert whole.executed.total() == len(whole.executed)
    killed = []
    for point in range(points):
        place = folder / f"point-{point}"
        endpoint, _ = _run(place, (chance.randint(1, calls), chance.uniform(0, LATEST)))
        other = [name for name, now in contents(place).items() if now != after[name]]
        repeats = endpoint.executed.total() - len(endpoint.executed)
        killed.append(Killed(repeats, tuple(other)))
    return killed


def _run(folder: Path, kill_at: tuple[int, float] | None) -> tuple[BatchEndpoint, int]:
    """The commands have run to their end, after they were killed; how many calls that took."""
    prepare(folder, POLL)
    endpoint = BatchEndpoint()
    endpoint.reply = answering

    def calls() -> int:
        return sum(endpoint.counts[name] for name in _CALLS)

    with endpoint.running():
        runs = Runs(endpoint, IN_BATCHES)
        if kill_at:
            call, delay = kill_at
            runs.killed_once(folder, lambda: calls() >= call, delay)
        runs.whole(folder)
    return endpoint, calls()


def figures(killed: Sequence[Killed]) -> list[Figure]:
    """What is wanted: nothing twice, and the same files."""
    none = Target("value", "==", 0)
    repeats = sum(one.repeats for one in killed)
    other = sum(bool(one.other) for one in killed)
    return [
        Figure("killed batches: requests executed twice", repeats, "requests", target=none),
        Figure("killed batches: runs that ended in other bytes", other, "runs", target=none),
    ]


if __name__ == "__main__":
    report(__doc__, kill_at_random_points, figures)
