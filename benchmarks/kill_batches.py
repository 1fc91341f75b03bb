"""Kill `fill --batch` and `grade --batch` with SIGKILL at random points, and run them again.

    python benchmarks/kill_batches.py --points 40 [--at-once 2] [--seed 0] [--json]

A point is one of the calls that a whole run makes to the batch service, and up to 30 thousandths of
a second after it. Counted is how often the service executed each request. So many
points as `--at-once` are tried side by side, each with a service of its own. At last nothing is
killed, but lines fail, and the first batch expires.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.batch_endpoint import BatchEndpoint, Settings
from benchmarks.figures import Figure, Target
from benchmarks.kill import COMMANDS, Runs, answering, contents, parser, prepare, report

IN_BATCHES = tuple((*command, "--batch") for command in COMMANDS)
POLL = "batch_poll = 0.02\n"
"""How often batches are looked at, for the configuration."""

FAILING = Settings(errors=0.1, throttled=0.1, expires_after=3)
LATEST = 0.03
_CALLS = ("uploads", "batches", "looks", "downloads")


@dataclass(frozen=True)
class Killed:
    """What came of one point: requests executed more than once, files of other bytes."""

    repeats: int
    other: tuple[str, ...]


def kill_at_random_points(
    points: int, seed: int, folder: Path, *, at_once: int = 1
) -> list[Killed]:
    """What came of each point; all work is done in the folder."""
    whole, calls = _run(folder / "whole", None)
    after = contents(folder / "whole")
    assert whole.executed.total() == len(whole.executed)

    def kill(point: int) -> Killed:
        place, chance = folder / f"point-{point}", random.Random(f"{seed}/{point}")
        endpoint, _ = _run(place, (chance.randint(1, calls), chance.uniform(0, LATEST)))
        other = [name for name, now in contents(place).items() if now != after[name]]
        repeats = endpoint.executed.total() - len(endpoint.executed)
        return Killed(repeats, tuple(other))

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(kill, range(points)))


def failing(folder: Path) -> Killed:
    """What came of lines that fail and a batch that expires."""
    whole, _ = _run(folder / "sound", None)
    endpoint, _ = _run(folder / "failing", None, FAILING)
    assert endpoint.counts["batches"] > whole.counts["batches"]
    wanted, came = contents(folder / "sound"), contents(folder / "failing")
    other = [name for name in wanted if came[name] != wanted[name]]
    repeats = endpoint.executed.total() - len(endpoint.executed)
    return Killed(repeats, tuple(other))


def _run(
    folder: Path, kill_at: tuple[int, float] | None, settings: Settings | None = None
) -> tuple[BatchEndpoint, int]:
    """The commands have run to their end, after they were killed; how many calls that took."""
    prepare(folder, POLL)
    endpoint = BatchEndpoint(replace(settings) if settings else None)
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


def figures(name: str, killed: Sequence[Killed]) -> list[Figure]:
    """What is wanted: nothing twice, and the same files."""
    none = Target("value", "==", 0)
    repeats = sum(one.repeats for one in killed)
    other = sum(bool(one.other) for one in killed)
    return [
        Figure(f"{name}: runs", len(killed), "runs"),
        Figure(f"{name}: requests executed twice", repeats, "requests", target=none),
        Figure(f"{name}: runs that ended in other bytes", other, "runs", target=none),
    ]


def main() -> None:
    """Kill at as many points as the command line asks for, and print what came of all."""
    asked = parser(__doc__).parse_args()

    def measured(folder: Path) -> list[Figure]:
        killed = kill_at_random_points(asked.points, asked.seed, folder, at_once=asked.at_once)
        return [
            *figures("killed batches", killed),
            *figures("batches with failed lines, one expired", [failing(folder)]),
        ]

    report(asked, measured)


if __name__ == "__main__":
    main()
