"""What the driver of `--engine ray` takes of memory while it hands answers to two idle workers.

    python benchmarks/ray_memory.py [--answers 1000 100000] [--json]

Needs `answerbot[ray]`. Nothing is graded: the workers send back the names of the candidates. Told
is the most memory of the driver (the ideal is the first number of answers), and how many answers
were read when the first part of them came back.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator

from answerbot.adapters.limits import Limits
from answerbot.adapters.pacing import Pacer
from answerbot.adapters.ray_engine import Crew, Job, Work, require_ray, started
from answerbot.adapters.turns import Line
from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Location
from answerbot.domain.submission import Submission
from benchmarks.figures import Figure, as_table, print_lines
from benchmarks.throughput import ROOT

SIZE = 64
_DRIVER = """
import resource
from benchmarks.ray_memory import drive
read = drive({number})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, read)
"""


def drive(number: int) -> int:
    """All answers went through the workers; tells how many were read when the first came back."""
    read = 0

    def parts() -> Iterator[list[Submission]]:
        nonlocal read
        for first in range(0, number, SIZE):
            places = range(first, min(first + SIZE, number))
            read += len(places)
            yield [
                Submission(f"c{n}", QuestionId("q/1"), "Why?", f"{n} so " * 200, Location("a", n))
                for n in places
            ]

    require_ray()
    with started(2):
        job = Job(begin=_begin, given=None, secrets={}, limits=_limits)
        results = Crew(job, workers=2, parts=3, ahead=4096 // SIZE).results(parts())
        names = list(next(results))
        read_at_first = read
        for part in results:
            names += part
    assert names == [f"c{n}" for n in range(number)], "answers are missing, or in another order"
    return read_at_first


def _limits(_: Callable[[], bool]) -> Limits:
    return Limits(Line(Pacer(1)), None)  # nobody asks for a turn


def _begin(*_: object) -> Work:
    async def work(answers: list[Submission]) -> list[str]:
        return [one.candidate for one in answers]

    return work


def figures(numbers: list[int]) -> Iterator[Figure]:
    """The memory for each number of answers."""
    least: float | None = None
    for number in numbers:
        command = [sys.executable, "-c", _DRIVER.format(number=number)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        kilobytes, read = map(int, done.stdout.split())
        memory = kilobytes * 1024 / 1e6
        least = least or memory
        name = f"{number:,} answers handed to two workers of Ray"
        yield Figure(f"{name}: the driver", round(memory), "MB", ideal=round(memory / least, 2))
        yield Figure(f"{name}: read when the first came back", read, "answers")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--json", action="store_true", help="one JSON object a figure")
    asked = parser.parse_args()
    measured = figures(asked.answers)
    print_lines(measured) if asked.json else print(as_table({"": measured}))


if __name__ == "__main__":
    main()
