"""Judge 1,000 answers against the mock endpoint, beside a bare openai client in the same run.

    python benchmarks/throughput.py [TABLE...] [--answers 1000] [--rounds 5] [--json]

`latency`: replies take 200 ms, 64 and 256 requests are in flight. `rate`: 50 requests a second are
let through, or so many tokens; a run of ours has one attempt for each answer, so one that counted a
429 would fail. `slots`: the endpoint makes 16 replies at once, and the others wait for it.
`ceiling`: replies take no time, so that nothing but the client's own work bounds it; one process
and two at once, beside the endpoint.

Ours is the workflow of the judge, the stack, a store on disk. Reading the file of answers, the plan
and the report are left out. The bare client sends the same bodies from a loop with a semaphore and
looks at no reply. Each run is a process of its own with a store of its own; its time starts when
all is imported and read.

Where cores are shared the same work takes twice as long from one minute to the next. So contenders
take turns, in many short rounds, and who goes first changes. The fastest of each counts, which is
the least disturbed; beside it stands the median of the ratios within each round. Where a limit
bounds the run, one round is enough.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from answerbot.adapters.abilities import Abilities
from answerbot.adapters.chat import chat_body
from answerbot.adapters.config import load_config
from answerbot.adapters.recordings import Recordings, load_recordings
from answerbot.cli.loading import load_prompts
from answerbot.cli.stack import build_stack
from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Location
from answerbot.domain.grade import Grade
from answerbot.domain.llm import LLM, ModelSettings, Reply, Request
from answerbot.domain.rubric import Rubric, parse_rubric
from answerbot.domain.submission import Graded, Submission
from answerbot.workflows.grade import Grading, grade_all
from answerbot.workflows.judge import Judging
from answerbot.workflows.session import Session
from benchmarks.endpoint import Settings, counts, digest, running
from benchmarks.figures import Figure, Target, print_lines

ROOT = Path(__file__).resolve().parent.parent
LATENCY = 0.2
RATE = 50.0
"""Requests a second; where tokens are limited, those of so many answers of average length."""
MODEL = ModelSettings(model="mock", max_output_tokens=8000)


@dataclass(frozen=True)
class Run:
    """Seconds of wall time and of CPU, how many answers got no grade, requests and refusals.

    `line` is how many requests waited for a place at the endpoint, on average.
    """

    wall: float
    cpu: float
    failed: int
    received: int = 0
    refused: int = 0
    line: float = 0.0


class Recorded:
    """Says of each answer what the recording of its exemplar says, and keeps the requests."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        self._replies = replies
        self.requests: dict[int, Request] = {}

    async def complete(self, request: Request) -> Reply:
        """The judgement of the exemplar that the answer was made of."""
        number = int(request.label.partition("/")[0].removeprefix("candidate-"))
        self.requests[number] = request
        return self._replies[number]


def rubrics() -> dict[QuestionId, Rubric]:
    """The shipped rubrics, each under the first of its questions."""
    read = [parse_rubric(f.read_text("utf-8"), f.name) for f in sorted(ROOT.glob("rubrics/*.yaml"))]
    return {QuestionId(rubric.questions[0]): rubric for rubric in read}


def work(number: int) -> tuple[list[Submission], list[Reply]]:
    """Answers, and what the judge says of each.

    They are exemplars whose recorded judgement settles in one request, many times over with another
    last line each, so that no two requests are alike.
    """
    recorded = {
        one.label: one.reply for one in load_recordings([ROOT / "rubrics/recordings"]).all()
    }
    exemplars = [
        (question, rubric.title, exemplar.answer.strip(), recorded[label])
        for question, rubric in rubrics().items()
        for exemplar in rubric.exemplars
        if (label := f"{rubric.id}/{exemplar.id}/{question} judge") in recorded
        and f"{label} (follow-up)" not in recorded
    ]
    submissions, replies = [], []
    for turn in range(number):
        question, title, answer, reply = exemplars[turn % len(exemplars)]
        text = f"{answer}\n\nThis is copy {turn}."
        place = Location("answers.jsonl", turn + 1)
        submissions.append(Submission(f"candidate-{turn}", question, title, text, place))
        replies.append(reply)
    return submissions, replies


def judging_by(llm: LLM, at_once: int) -> Callable[[Sequence[Submission]], Awaitable[list[Graded]]]:
    """What judges answers as `answerbot grade` does, with rubrics and prompts read."""
    served = rubrics()
    grading = Grading(served.get, lambda _: "", Judging(), ("_[To be filled]_",))
    session = Session(llm, load_prompts(load_config(ROOT)), MODEL)
    return lambda submissions: grade_all(submissions, grading, session, at_once=at_once)


def write_work(folder: Path, number: int) -> None:
    """Write the file of replies for the endpoint, and the bodies that the bare client sends."""
    submissions, replies = work(number)
    llm = Recorded(replies)

    async def judged() -> list[Graded]:
        return await judging_by(llm, at_once=1)(submissions)

    graded = asyncio.run(judged())
    assert all(isinstance(one.outcome, Grade) for one in graded), "a judgement does not settle"
    bodies = [chat_body(llm.requests[turn], Abilities()) for turn in range(number)]
    said = {digest(body["messages"]): replies[turn].text for turn, body in enumerate(bodies)}
    assert len(said) == number, "two requests are alike"
    (folder / "replies.json").write_text(json.dumps(said), "utf-8")
    (folder / "bodies.json").write_text(json.dumps(bodies), "utf-8")


async def ours(number: int, at_once: int, folder: Path) -> Run:
    """Judge the answers with a new store; the environment names the endpoint."""
    submissions, _ = work(number)
    flags = {
        "model.live": MODEL.model,
        "model.max_concurrency": at_once,
        "model.store": str(folder / f"store-{os.getpid()}.sqlite3"),
        "model.mode": "live",
    }
    stack = build_stack(load_config(folder, flags=flags), recordings=Recordings())
    async with stack:
        judge = judging_by(stack.llm, at_once)
        wall, cpu = time.perf_counter(), time.process_time()
        graded = await judge(submissions)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    failed = sum(not isinstance(one.outcome, Grade) for one in graded)
    return Run(wall, cpu, failed)


async def bare(number: int, at_once: int, folder: Path) -> Run:
    """Send the bodies with the openai client as it comes."""
    import openai

    bodies: list[dict[str, Any]] = json.loads((folder / "bodies.json").read_text("utf-8"))[:number]
    places = asyncio.Semaphore(at_once)
    async with openai.AsyncOpenAI(api_key="none") as client:

        async def one(body: dict[str, Any]) -> bool:
            async with places:
                try:
                    await client.chat.completions.create(**body)
                except openai.OpenAIError:
                    return False
                return True

        wall, cpu = time.perf_counter(), time.process_time()
        done = await asyncio.gather(*map(one, bodies))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Run(wall, cpu, done.count(False))


CONTENDERS = {"answerbot": ours, "bare openai": bare}


def measure(
    who: str, number: int, at_once: int, folder: Path, settings: Settings, **environment: str
) -> Run:
    """One run in a process of its own against an endpoint of its own."""
    with running(settings) as address:
        run = ended(started(who, number, at_once, folder, address, **environment))
        counted = counts(address)
    return replace(
        run,
        received=counted["received"],
        refused=counted.get("refused", 0),
        line=counted.get("in_line", 0) / counted["received"],
    )


def started(
    who: str, number: int, at_once: int, folder: Path, address: str, **environment: str
) -> subprocess.Popen[str]:
    """A process that does one run against the endpoint there."""
    what = ["--answers", str(number), "--at-once", str(at_once), "--folder", str(folder)]
    return subprocess.Popen(
        [sys.executable, __file__, "--run", who, *what],
        env=os.environ | {"OPENAI_BASE_URL": address} | environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> Run:
    """What the process tells at its end."""
    said, _ = process.communicate()
    assert process.returncode == 0, "the run failed"
    return Run(**json.loads(said))


Show = Callable[[str], None]
"""Takes the lines of a table."""


@dataclass(frozen=True)
class Rounds:
    """What each contender took in each round."""

    runs: Mapping[str, Sequence[Run]]

    def best(self, who: str) -> Run:
        """The least wall time and the least CPU time."""
        done = self.runs[who]
        return Run(min(run.wall for run in done), min(run.cpu for run in done), failed=0)

    def median(self, of: Callable[[Run], float]) -> float:
        """The median of what ours took beside the bare client in the same round."""
        pairs = zip(self.runs["answerbot"], self.runs["bare openai"], strict=True)
        return median(of(ours) / of(base) for ours, base in pairs)


def in_turns(
    number: int, at_once: int, rounds: int, folder: Path, settings: Settings, processes: int = 1
) -> Rounds:
    """What so many processes of each contender took together, in each round."""
    runs: dict[str, list[Run]] = {who: [] for who in CONTENDERS}
    for turn in range(rounds):
        for who in list(CONTENDERS)[:: -1 if turn % 2 else 1]:
            with running(settings) as address:
                side_by_side = [
                    started(who, number, at_once, folder, address) for _ in range(processes)
                ]
                done = [ended(process) for process in side_by_side]
            assert not any(run.failed for run in done), f"{who}: answers without a grade"
            runs[who].append(together(done))
    return Rounds(runs)


def together(runs: Sequence[Run]) -> Run:
    """What an equal share of the work took of runs side by side."""
    wall = 1 / sum(1 / run.wall for run in runs)
    return Run(wall, sum(run.cpu for run in runs) / len(runs), failed=0)


WANTED = {64: 1.0, 256: 0.7}
"""Of the bare loop's wall time, by how many are in flight."""

OF_IDEAL = {64: 1.15}
"""Of the ideal wall time; with more in flight the CPU bounds it."""


def latency(number: int, rounds: int, folder: Path, show: Show) -> Iterator[Figure]:
    """The table of replies that take 200 ms."""
    settings = Settings(latency=LATENCY, replies=str(folder / "replies.json"))
    show(f"\n{number} judged answers, {LATENCY * 1000:.0f} ms of latency, best of {rounds}\n")
    show("| in flight | | wall | of the ideal | of the bare loop | CPU | of the bare loop |")
    show("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    for at_once, wanted in WANTED.items():
        turns = in_turns(number, at_once, rounds, folder, settings)
        ideal = number / at_once * LATENCY
        ours, base = turns.best("answerbot"), turns.best("bare openai")
        for who, run in (("answerbot", ours), ("bare openai", base)):
            show(
                f"| {at_once} | {who} | {run.wall:.2f} s | {run.wall / ideal:.2f} "
                f"| {run.wall / base.wall:.2f} | {run.cpu:.2f} s | {run.cpu / base.cpu:.2f} |"
            )
        name = f"of {number:,} answers, {at_once} in flight"
        yield Figure(
            f"wall time {name}",
            ours.wall,
            "s",
            ideal=ours.wall / ideal,
            bare=ours.wall / base.wall,
            median=turns.median(lambda run: run.wall),
            target=Target("bare", "<=", wanted),
        )
        if at_once in OF_IDEAL:
            yield Figure(
                f"the same beside the ideal, {at_once} in flight",
                ours.wall,
                "s",
                ideal=ours.wall / ideal,
                target=Target("ideal", "<=", OF_IDEAL[at_once]),
            )
        yield Figure(
            f"CPU time {name}",
            ours.cpu,
            "s",
            bare=ours.cpu / base.cpu,
            median=turns.median(lambda run: run.cpu),
            target=Target("bare", "<=", 0.8),
        )
        yield Figure(f"the bare loop's wall time {name}", base.wall, "s", ideal=base.wall / ideal)
        yield Figure(f"the bare loop's CPU time {name}", base.cpu, "s")


def ceiling(number: int, rounds: int, folder: Path, show: Show) -> Iterator[Figure]:
    """The table of replies that take no time; the endpoint takes a core, too."""
    settings = Settings(replies=str(folder / "replies.json"))
    show(f"\n{number} judged answers, no latency, 64 in flight, best of {rounds}\n")
    show("| processes | | answers a second | CPU for an answer |\n| ---: | --- | ---: | ---: |")
    for processes in (1, 2):
        turns = in_turns(number, 64, rounds, folder, settings, processes)
        ours, base = turns.best("answerbot"), turns.best("bare openai")
        for who, run in (("answerbot", ours), ("bare openai", base)):
            rate, each = number / run.wall, 1000 * run.cpu / number
            show(f"| {processes} | {who} | {rate:,.0f} | {each:.2f} ms |")
        name = f"no latency, processes: {processes}"
        yield Figure(
            f"{name}: most answers",
            number / ours.wall,
            "a second",
            bare=base.wall / ours.wall,
            median=1 / turns.median(lambda run: run.wall),
        )
        yield Figure(
            f"{name}: CPU for an answer",
            1000 * ours.cpu / number,
            "ms",
            bare=ours.cpu / base.cpu,
            median=turns.median(lambda run: run.cpu),
        )
        if processes == 1:
            busy = median(100 * run.cpu / run.wall for run in turns.runs["answerbot"])
            yield Figure(f"{name}: of one core busy, which bounds it", busy, "%")


SLOTS = 16


def slots(number: int, _: int, folder: Path, show: Show) -> Iterator[Figure]:
    """The table of an endpoint that gets slower the more is asked at once, of one round."""
    number //= 2
    settings = Settings(latency=LATENCY, slots=SLOTS, replies=str(folder / "replies.json"))
    ideal = number / SLOTS * LATENCY
    show(f"\n{number} judged answers, {SLOTS} replies at once, at most 64 in flight\n")
    show("| | wall | of the ideal | waiting |\n| --- | ---: | ---: | ---: |")
    runs = {}
    for who in CONTENDERS:
        run = runs[who] = measure(who, number, 64, folder, settings)
        show(f"| {who} | {run.wall:.1f} s | {run.wall / ideal:.2f} | {run.line:.1f} |")
    run, base = runs["answerbot"], runs["bare openai"]
    name = f"an endpoint of {SLOTS} at once"
    yield Figure(
        f"wall time at {name}", run.wall, "s", ideal=run.wall / ideal, bare=run.wall / base.wall
    )
    yield Figure(
        f"waiting at {name}, on average", run.line, "requests", bare=run.line / max(1, base.line)
    )


@dataclass(frozen=True)
class Limited:
    """An endpoint with a limit: what it says, what is configured, how many per cent it refuses."""

    endpoint: Settings
    refused: float
    environment: dict[str, str] = field(default_factory=dict)


def limits(tokens: float) -> dict[str, Limited]:
    """The endpoints, by what they say; an answer takes so many tokens on average."""
    requests = Settings(rate=RATE, latency=LATENCY)
    fewer = Settings(token_rate=RATE * tokens, latency=LATENCY)
    a_minute = {"ANSWERBOT_REQUESTS_PER_MINUTE": f"{60 * RATE:.0f}"}
    tokens_a_minute = {"ANSWERBOT_TOKENS_PER_MINUTE": f"{60 * RATE * tokens:.0f}"}
    return {
        "50 requests a second, x-ratelimit headers": Limited(_told(requests), 1),
        "50 requests a second, configured": Limited(requests, 1, a_minute),
        "50 requests a second, nothing said": Limited(requests, 5),
        "50 requests a second, Retry-After in seconds": Limited(
            replace(requests, retry_after="seconds"), 5
        ),
        "tokens limited, x-ratelimit headers": Limited(_told(fewer), 1),
        "tokens limited, configured": Limited(fewer, 1, tokens_a_minute),
    }


def _told(settings: Settings) -> Settings:
    return replace(settings, rate_headers=True, retry_after="milliseconds")


def rate(number: int, _: int, folder: Path, show: Show) -> Iterator[Figure]:
    """The table of limits, of one round: the limit bounds it, not the CPU."""
    replies = folder / "replies.json"
    ideal = number / RATE
    show(f"\n{number} judged answers under a limit; the ideal is {ideal:.0f} s\n")
    show("| the endpoint | | wall | of the ideal | refused | failed |")
    show("| --- | --- | ---: | ---: | ---: | ---: |")
    for said, limited in limits(tokens_of_an_answer(folder)).items():
        settings = replace(limited.endpoint, replies=str(replies))
        once = limited.environment | {"ANSWERBOT_ATTEMPTS": "1"}
        runs = {}
        for who in CONTENDERS:
            run = runs[who] = measure(who, number, 64, folder, settings, **once)
            show(
                f"| {said} | {who} | {run.wall:.1f} s | {run.wall / ideal:.2f} "
                f"| {run.refused / number:.1%} | {run.failed} |"
            )
        yield from rate_figures(said, runs, number, limited)


def tokens_of_an_answer(folder: Path) -> float:
    """About how many tokens the endpoint counts for one, of four characters each."""
    bodies = json.loads((folder / "bodies.json").read_text("utf-8"))
    replies = json.loads((folder / "replies.json").read_text("utf-8"))
    sent = sum(len(json.dumps(body, separators=(",", ":"))) for body in bodies)
    return (sent + sum(map(len, replies.values()))) / 4 / len(bodies)


def rate_figures(
    name: str, runs: Mapping[str, Run], number: int, limited: Limited
) -> Iterator[Figure]:
    """How long it took, what was refused, and what failed; bare ends early, as it gives up."""
    run, base = runs["answerbot"], runs["bare openai"]
    yield Figure(
        f"{name}: wall time",
        run.wall,
        "s",
        ideal=run.wall * RATE / number,
        bare=run.wall / base.wall,
        target=Target("ideal", "<=", 1.05),
    )
    yield Figure(
        f"{name}: refused",
        100 * run.refused / number,
        "%",
        bare=run.refused / max(1, base.refused),
        target=Target("value", "<", limited.refused),
    )
    yield Figure(
        f"{name}: failed",
        run.failed,
        "",
        bare=run.failed / max(1, base.failed),
        target=Target("value", "==", 0),
    )


TABLES = {"latency": latency, "rate": rate, "slots": slots, "ceiling": ceiling}


def main() -> None:
    """Print the tables that were asked for, or do one run for them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(TABLES))
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="a figure a line, and no table")
    parser.add_argument("--run", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--at-once", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        run = asyncio.run(CONTENDERS[asked.run](asked.answers, asked.at_once, asked.folder))
        print(json.dumps(asdict(run)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_work(folder, asked.answers)
        for table in asked.tables or TABLES:
            show = (lambda _: None) if asked.json else print
            figures = TABLES[table](asked.answers, asked.rounds, folder, show)
            if asked.json:
                print_lines(figures)
            else:
                deque(figures, maxlen=0)


if __name__ == "__main__":
    main()
