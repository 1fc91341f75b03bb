"""Grade 1,000 answers at an endpoint that breaks, and account for every one of them.

    python benchmarks/faults.py [TABLE ...] [--answers 1000] [--seed 2] [--json]

Five minutes. Each run is the command `answerbot grade --live` in a process of its own against the
mock endpoint. `faults`: a share of the replies is broken, the command is killed, and a bare openai
client meets the same. `outages`: nothing works, or nothing does from some answer on; three of these
go side by side, as two of them wait for two minutes. `habits`: the endpoint refuses a parameter, or
ignores what shape is asked for. `budgets`: the money does not last. `flow`: how soon the first
result stands in the file, what one request costs the others to which nothing is ever sent, and what
comes of bodies that come a byte a second.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

from answerbot.workflows.judge import JudgeReply
from benchmarks.endpoint import Settings, counts, log, running
from benchmarks.exam import (
    IN_FLIGHT,
    Exam,
    Run,
    forget_unusable,
    grade,
    grade_and_kill,
    prepare,
    start,
)
from benchmarks.figures import Figure, Target, print_lines

Show = Callable[[str, Sequence[object] | None], None]
"""Show a row: its name, and its cells; without cells a title, without a name the columns."""

LATENCY = 0.05
SHORT = "5"
"""Seconds of time limit where replies stall."""

COMMON = Settings(errors=0.05, resets=0.02, truncated=0.02, invalid=0.02, violating=0.02)
ROUGH = replace(COMMON, stalls=0.02, wrong_type=0.02)
HEAVY = Settings(
    errors=0.1, invalid=0.1, violating=0.1, cut_off=0.02, filtered=0.02, declined=0.02, empty=0.02
)
CAUSES: Mapping[str, frozenset[str]] = {
    "server-error": frozenset({"errors"}),
    "broke-off": frozenset({"resets", "truncated"}),
    "timeout": frozenset({"stalls", "drips"}),
    "no-completion": frozenset({"wrong_type", "truncated"}),
    "no-choices": frozenset({"empty"}),
    "invalid": frozenset({"invalid", "violating"}),
    "no-json": frozenset({"invalid", "violating"}),
    "cut-off": frozenset({"cut_off"}),
    "reply-filtered": frozenset({"filtered"}),
    "refusal": frozenset({"declined"}),
}
"""What the endpoint did last to an answer, by the name of the reason why it has no grade."""

DRIPPING = Settings(drips=0.02)

SIDE_BY_SIDE = 3
SOON = 30.0
LATER = 120 + SOON
"""Seconds: an endpoint that has answered may be away for [model] outage."""


@dataclass(frozen=True)
class Outage:
    """What does not work, and within how many seconds and requests in vain the run is to end.

    Where nobody listens nobody counts requests, either.
    """

    settings: Settings
    seconds: float
    vain: int | None


_FIRST = 4
"""Requests in vain where an error ends the run: so many are in flight at the start."""

_CIRCUIT = 14
"""Eight failures, what was in flight beside the eighth, and three attempts in five seconds."""

# In the middle of a run all that is in flight has gone out before anything is known.
OUTAGES: Mapping[str, Outage] = {
    "wrong key: 401": Outage(Settings(status=401, code="invalid_api_key"), SOON, _FIRST),
    "no such model: 404": Outage(Settings(status=404, code="model_not_found"), SOON, _FIRST),
    "quota gone: 429": Outage(Settings(status=429, code="insufficient_quota"), SOON, _FIRST),
    "quota gone, after 300 answers": Outage(
        Settings(status=429, code="insufficient_quota", after=300), SOON, IN_FLIGHT
    ),
    "everything 500": Outage(Settings(status=500), SOON, _CIRCUIT),
    "everything 500, after 300 answers": Outage(Settings(status=500, after=300), LATER, IN_FLIGHT),
    "nobody listens": Outage(Settings(dies=True), SOON, None),
    "nobody listens, after 300 answers": Outage(Settings(dies=True, after=300), LATER, None),
    "400 that says next to nothing": Outage(Settings(status=400), SOON, _CIRCUIT),
    "everything stalls, limit 5 s": Outage(Settings(stalls=1.0), SOON, _CIRCUIT),
}

PRICED = "gpt-5-mini"
BUDGET = 0.0004
"""Dollars an answer: about half of what one costs, at that model's price."""


@dataclass(frozen=True)
class Habit:
    """What an endpoint does otherwise, how many requests may be in vain, and further settings."""

    settings: Settings
    vain: int
    environment: Mapping[str, str] = field(default_factory=dict)


HABITS: Mapping[str, Habit] = {
    "refuses response_format": Habit(Settings(refuses="response_format"), 4),
    "refuses response_format with 500": Habit(
        Settings(refuses="response_format", refuses_with=500), 4
    ),
    "refuses response_format and tools": Habit(Settings(refuses="response_format,tools"), 6),
    "refuses max_completion_tokens": Habit(Settings(refuses="max_completion_tokens"), 4),
    # A seed is sent with the second judgement only: four at the start, and four with a seed.
    "refuses temperature and seed, 2 votes": Habit(
        Settings(refuses="temperature,seed"),
        8,
        {"ANSWERBOT_TEMPERATURE": "0", "ANSWERBOT_VOTES": "2"},
    ),
    "ignores response_format and tools": Habit(Settings(ignores_format=True), 5),
}


@dataclass(frozen=True)
class Account:
    """What became of the answers, and what it took.

    `same` have the grade of an undisturbed run, `other` another one. `reported` have none, and the
    reason is what happened; `untrue` have a reason that is not. `broken` are replies that were not
    to be used, `wasted` requests about an answer that had had a good reply.
    """

    same: int
    other: int
    reported: int
    untrue: int
    missing: int
    received: int
    broken: int
    wasted: int

    @property
    def accounted(self) -> int:
        """How many answers are graded as they should be or honestly reported."""
        return self.same + self.reported


def account(exam: Exam, run: Run, undisturbed: Run, address: str) -> Account:
    """What became of each answer, beside the undisturbed run and what the endpoint did."""
    came, counted = log(address), counts(address)
    became = Counter(
        _became(run.grades.get(candidate), grade, came.get(exam.conversations[candidate], []))
        for candidate, grade in undisturbed.grades.items()
    )
    received = counted.get("received", 0)
    return Account(
        same=became["same"],
        other=became["other"],
        reported=became["reported"],
        untrue=became["untrue"],
        missing=became["missing"],
        received=received,
        broken=received - counted.get("answered", 0),
        wasted=sum(len(one[one.index("answered") + 1 :]) for one in came.values()
                   if "answered" in one),
    )  # fmt: skip


def _became(grade: Mapping[str, Any] | None, wanted: Mapping[str, Any], came: Sequence[str]) -> str:
    if grade is None:
        return "missing"
    if grade["status"] != "ungraded":
        return "same" if grade == wanted else "other"
    causes = CAUSES.get(grade["code"], frozenset())
    return "reported" if came and came[-1] in causes else "untrue"


@dataclass(frozen=True)
class Bare:
    """What a bare client got: replies that parse as a judgement, others, and none at all."""

    parsed: int
    unparsed: int
    failed: int
    seconds: float


async def bare(exam: Exam, address: str, limit: float) -> Bare:
    """Post the same with the openai client, its own retries as they come."""
    import openai

    places = asyncio.Semaphore(IN_FLIGHT)
    async with openai.AsyncOpenAI(base_url=address, api_key="none", timeout=limit) as client:

        async def one(body: dict[str, Any]) -> str:
            async with places:
                try:
                    reply = await client.chat.completions.create(**body)
                    JudgeReply.model_validate_json(reply.choices[0].message.content or "")
                except openai.OpenAIError:
                    return "failed"
                # A page of HTML comes as a string, and no choices as an empty list.
                except (ValueError, AttributeError, IndexError, TypeError):
                    return "unparsed"
                return "parsed"

        began = time.monotonic()
        came = Counter(await asyncio.gather(*map(one, exam.bodies)))
        seconds = time.monotonic() - began
    return Bare(came["parsed"], came["unparsed"], came["failed"], seconds)


@contextmanager
def endpoint(exam: Exam, settings: Settings, seed: int = 0) -> Iterator[str]:
    """The address of a mock endpoint that has the replies of the exam and keeps a log."""
    told = replace(settings, replies=exam.replies, log=True, seed=seed, latency=LATENCY)
    with running(told) as address:
        yield address


def faults(exam: Exam, seed: int, show: Show) -> Iterator[Figure]:
    """What became of the answers where a share of the replies is broken."""
    number = len(exam.conversations)
    show(f"{number} answers, {IN_FLIGHT} in flight", None)
    show("", ("graded alike", "reported", "otherwise", "requests", "broken", "of the ideal",
              "after a good reply", "wall", "CPU"))  # fmt: skip
    with endpoint(exam, Settings()) as address:
        whole = grade(exam, address, "undisturbed")
        assert whole.graded == number, whole.said
        yield from _row("undisturbed", exam, whole, whole, address, show)
    name = "5 % 500s, 2 % each of four kinds"
    parsed = _beside(name, exam, COMMON, seed, 600.0, show)
    with endpoint(exam, COMMON, seed) as address:
        run = grade(exam, address, "common")
        yield from _row(name, exam, run, whole, address, show, parsed=parsed)
    with endpoint(exam, COMMON, seed) as address:
        grade_and_kill(exam, address, "killed", number // 2)
        run = grade(exam, address, "killed")
        yield from _row(f"{name}, killed at half", exam, run, whole, address, show, twice=IN_FLIGHT)
    name = f"and 2 % stalls, 2 % HTML, limit {SHORT} s"
    parsed = _beside(name, exam, ROUGH, seed, float(SHORT), show)
    with endpoint(exam, ROUGH, seed) as address:
        run = grade(exam, address, "rough", ANSWERBOT_TIMEOUT=SHORT)
        yield from _row(name, exam, run, whole, address, show, parsed=parsed)
    with endpoint(exam, HEAVY, seed) as address:
        run = grade(exam, address, "heavy")
        yield from _row("38 % of seven kinds", exam, run, whole, address, show)
        ungraded = number - run.graded
    with endpoint(exam, Settings()) as address:
        grade(exam, address, "heavy")
        asked = counts(address).get("received", 0)
    yield Figure("faults: a second run asks for what was paid for", asked, "requests",
                 target=Target("value", "==", 0))  # fmt: skip
    with endpoint(exam, Settings()) as address:
        forget_unusable(exam, "heavy")
        anew = grade(exam, address, "heavy")
        yield from _row("then, after store prune --unusable", exam, anew, whole, address, show)
        asked = counts(address).get("received", 0)
    yield Figure("faults: after store prune --unusable it asks for", asked, "requests",
                 asked / max(1, ungraded), target=Target("value", "==", ungraded))  # fmt: skip


def _row(
    name: str,
    exam: Exam,
    run: Run,
    whole: Run,
    address: str,
    show: Show,
    *,
    parsed: int | None = None,
    twice: int = 0,
) -> Iterator[Figure]:
    number, came = len(exam.conversations), account(exam, run, whole, address)
    ideal = came.received / max(1, came.received - came.wasted)
    show(name, (came.same, came.reported, number - came.accounted, came.received, came.broken,
                f"{ideal:.2f}", came.wasted, *_took(run)))  # fmt: skip
    name = f"faults: {name}"
    yield Figure(f"{name}: graded alike or reported", came.accounted, "answers",
                 came.accounted / number, target=Target("value", "==", number))  # fmt: skip
    yield Figure(f"{name}: graded alike", came.same, "answers", came.same / number,
                 came.same / parsed if parsed else None)  # fmt: skip
    yield Figure(f"{name}: requests", came.received, "requests", ideal)
    yield Figure(f"{name}: asked after a good reply", came.wasted, "requests",
                 target=Target("value", "<=", twice))  # fmt: skip


def _beside(name: str, exam: Exam, settings: Settings, seed: int, limit: float, show: Show) -> int:
    """How many replies parse that a bare client gets."""
    with endpoint(exam, settings, seed) as address:
        came = asyncio.run(bare(exam, address, limit))
        received = counts(address)["received"]
    show(f"bare openai: {name}", (came.parsed, came.failed, came.unparsed, received, "", "", "",
                                  f"{came.seconds:.1f} s", ""))  # fmt: skip
    return came.parsed


def outages(exam: Exam, seed: int, show: Show) -> Iterator[Figure]:
    """How long a run goes on, and what it asks for, where nothing works."""
    number = len(exam.conversations)
    show(f"{number} answers, {IN_FLIGHT} in flight, and nothing works", None)
    show("", ("wall", "CPU", "requests", "in vain", "graded", "reported", "exit", "most say"))
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        # Those that take longest go first.
        names = sorted(OUTAGES, key=lambda name: -OUTAGES[name].seconds)
        runs = {name: pool.submit(_outage, exam, seed, name) for name in names}
        for name in OUTAGES:
            yield from _outage_row(name, *runs[name].result(), number, show)
    yield from _attempts(exam, seed, show)


def _outage(exam: Exam, seed: int, name: str) -> tuple[Run, int | None]:
    """What became of the answers, and how many requests the endpoint received."""
    outage = OUTAGES[name]
    limit = {"ANSWERBOT_TIMEOUT": SHORT} if outage.settings.stalls else {}
    with endpoint(exam, outage.settings, seed) as address:
        run = grade(exam, address, f"outage-{list(OUTAGES).index(name)}", **limit)
        return run, None if outage.vain is None else counts(address).get("received", 0)


def _outage_row(
    name: str, run: Run, received: int | None, number: int, show: Show
) -> Iterator[Figure]:
    outage = OUTAGES[name]
    reported = sum(bool(one.get("reason")) for one in run.grades.values())
    vain = None if received is None else received - run.graded
    show(name, (*_took(run), _or_dash(received), _or_dash(vain), run.graded, reported,
                run.code, _said(run)))  # fmt: skip
    name = f"outages: {name}"
    yield Figure(f"{name}: wall", run.seconds, "s", target=Target("value", "<=", outage.seconds))
    yield Figure(f"{name}: graded or reported", run.graded + reported, "answers",
                 target=Target("value", "==", number))  # fmt: skip
    if vain is not None and outage.vain is not None:
        yield Figure(f"{name}: in vain", vain, "requests",
                     target=Target("value", "<=", outage.vain))  # fmt: skip


def _attempts(exam: Exam, seed: int, show: Show) -> Iterator[Figure]:
    """How often one request is sent that always fails: retries of retries would multiply."""
    with endpoint(exam, Settings(status=500), seed) as address:
        limits = {"ANSWERBOT_MAX_CONCURRENCY": "1", "ANSWERBOT_ATTEMPTS": "2"}
        run = grade(exam, address, "attempts", **limits)
        received = Counter(map(len, log(address).values()))
    name = "everything 500, two attempts"
    show(name, (*_took(run), received.total(), received.total(), run.graded, "", run.code, ""))
    yield Figure(f"outages: {name}: sent for one answer, at most", max(received), "requests",
                 target=Target("value", "<=", 2))  # fmt: skip


def _took(run: Run) -> tuple[str, str]:
    return f"{run.seconds:.1f} s", f"{run.cpu:.1f} s"


def _said(run: Run) -> str:
    """The reason that most answers without a grade have."""
    reasons = Counter(one["reason"] for one in run.grades.values() if one.get("reason"))
    return reasons.most_common(1)[0][0] if reasons else ""


def habits(exam: Exam, seed: int, show: Show) -> Iterator[Figure]:
    """How often an endpoint is asked in a way that it does not know."""
    number = len(exam.conversations)
    show(f"{number} answers, an endpoint with habits", None)
    show("", ("graded", "requests", "in vain"))
    for turn, (name, habit) in enumerate(HABITS.items()):
        with endpoint(exam, habit.settings, seed) as address:
            run = grade(exam, address, f"habit-{turn}", **habit.environment)
            received = counts(address).get("received", 0)
        vain = received - number * int(habit.environment.get("ANSWERBOT_VOTES", "1"))
        show(name, (run.graded, received, vain))
        name = f"habits: {name}"
        yield Figure(f"{name}: graded", run.graded, "answers", run.graded / number,
                     target=Target("value", "==", number))  # fmt: skip
        yield Figure(f"{name}: in vain", vain, "requests", target=Target("value", "<=", habit.vain))


def budgets(exam: Exam, seed: int, show: Show) -> Iterator[Figure]:
    """How much is spent where there is less than all answers take, of what is in flight at once."""
    number = len(exam.conversations)
    show(f"{number} answers, {IN_FLIGHT} in flight, a budget for some of them", None)
    show("", ("budget", "spent", "graded", "reported"))
    for turn, (name, settings) in enumerate(
        {
            "sound": Settings(),
            "5 % 500s, 2 % each of four kinds": COMMON,
            "ignores response_format and tools": Settings(ignores_format=True),
        }.items()
    ):
        budget = number * BUDGET
        with endpoint(exam, settings, seed) as address:
            limits = {"ANSWERBOT_MODEL": PRICED, "ANSWERBOT_BUDGET": f"{budget}"}
            run = grade(exam, address, f"budget-{turn}", **limits)
        reported = sum(bool(one.get("reason")) for one in run.grades.values())
        show(name, (f"${budget:.2f}", f"${run.cost:.4f}", run.graded, reported))
        name = f"budgets: {name}"
        yield Figure(f"{name}: spent of it", run.cost, "$", run.cost / budget,
                     target=Target("ideal", "<=", 1.0))  # fmt: skip
        yield Figure(f"{name}: graded or reported", run.graded + reported, "answers",
                     target=Target("value", "==", number))  # fmt: skip


def _or_dash(value: int | None) -> str:
    return "-" if value is None else str(value)


def show_on(stream: TextIO) -> Show:
    """Print rows of a table there; a title begins one."""

    def show(first: str, cells: Sequence[object] | None) -> None:
        if cells is None:
            print(f"\n{first}\n", file=stream, flush=True)
            return
        print(f"| {' | '.join(map(str, (first, *cells)))} |", file=stream, flush=True)
        if not first:
            print(f"| --- |{' ---: |' * len(cells)}", file=stream)

    return show


def flow(exam: Exam, seed: int, show: Show) -> Iterator[Figure]:
    """How soon results come, and what one that does not come costs the others."""
    number = len(exam.conversations)
    show(f"{number} answers, {IN_FLIGHT} in flight, {LATENCY} s to a reply", None)
    show("", ("first result after", "all but one answered after"))
    with endpoint(exam, Settings(), seed) as address:
        first, sound = _watched(exam, address, "flow", number - 1)
    show("undisturbed", (f"{first:.2f} s", f"{sound:.1f} s"))
    with endpoint(exam, Settings(stalls_at=number // 4), seed) as address:
        _, stalled = _watched(exam, address, "stalled", number - 1)
    show("one stalls", ("", f"{stalled:.1f} s"))
    yield Figure("flow: the first result is written after", first, "s", first / LATENCY)
    yield Figure("flow: one request stalls, all others are answered after", stalled, "s",
                 stalled / sound, target=Target("ideal", "<=", 1.5))  # fmt: skip
    yield from _dripping(exam, seed, show)


def _watched(exam: Exam, address: str, store: str, enough: int) -> tuple[float, float]:
    """Seconds from the first request to the first line of results, and to so many answers."""
    process = start(exam, address, store, kind="jsonl")
    results = exam.folder / f"{store}.jsonl"
    began = first = last = 0.0
    while process.poll() is None and not (first and last):
        counted, now = counts(address), time.monotonic()
        began = began or (now if counted.get("received") else 0.0)
        if not first and results.exists() and results.stat().st_size:
            first = now
        if not last and counted.get("answered", 0) >= enough:
            last = now
        time.sleep(0.01)
    process.kill()
    process.wait()
    return (first or time.monotonic()) - began, (last or time.monotonic()) - began


def _dripping(exam: Exam, seed: int, show: Show) -> Iterator[Figure]:
    """A limit for each read is never reached where each second brings a byte."""
    number = len(exam.conversations)
    with endpoint(exam, DRIPPING, seed) as address:
        run = grade(exam, address, "drips", ANSWERBOT_TIMEOUT=SHORT)
        dripped = counts(address).get("drips", 0)
    with endpoint(exam, DRIPPING, seed) as address:
        late = asyncio.run(_still_waiting(exam, address, run.seconds))
    show(f"{dripped} bodies drip, limit {SHORT} s", (f"{run.seconds:.1f} s", ""))
    show("bare openai, as long", (f"{late} still wait", ""))
    reported = sum(bool(one.get("reason")) for one in run.grades.values())
    name = f"flow: 2 % of bodies drip, limit {SHORT} s"
    yield Figure(f"{name}: wall", run.seconds, "s", target=Target("value", "<=", SOON))
    yield Figure(f"{name}: graded or reported", run.graded + reported, "answers",
                 target=Target("value", "==", number))  # fmt: skip
    yield Figure(f"{name}: the bare client still waits for", late, "answers")


async def _still_waiting(exam: Exam, address: str, seconds: float) -> int:
    """How many replies a bare client has not got by then."""
    try:
        async with asyncio.timeout(seconds):
            await bare(exam, address, float(SHORT))
    except TimeoutError:
        counted = counts(address)
        return len(exam.bodies) - counted.get("answered", 0)
    return 0


TABLES: Mapping[str, Callable[[Exam, int, Show], Iterator[Figure]]] = {
    "faults": faults,
    "outages": outages,
    "habits": habits,
    "budgets": budgets,
    "flow": flow,
}


def main() -> None:
    """Print the tables that were asked for, or with --json their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"{', '.join(TABLES)}; or all")
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON lines")
    asked = parser.parse_args()
    show = show_on(sys.stderr if asked.json else sys.stdout)
    with tempfile.TemporaryDirectory() as name:
        exam = prepare(Path(name), asked.answers)
        for table in asked.tables or TABLES:
            figures = TABLES[table](exam, asked.seed, show)
            if asked.json:
                print_lines(figures)
            else:
                deque(figures, maxlen=0)


if __name__ == "__main__":
    main()
