"""A thousand answers in a file, and the command that grades them, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answerbot.adapters.abilities import Abilities
from answerbot.adapters.chat import chat_body
from answerbot.adapters.config import load_config
from answerbot.cli.grade_plan import plan
from answerbot.cli.loading import load_prompts
from answerbot.domain.grade import Grade
from answerbot.workflows.grade import grade_all
from answerbot.workflows.session import Session
from benchmarks.endpoint import conversation, counts, digest
from benchmarks.throughput import MODEL, ROOT, Recorded, work

IN_FLIGHT = 64
PATIENCE = 300.0
"""Seconds after which a run is given up."""


@dataclass(frozen=True)
class Exam:
    """A folder with answers to grade; `conversations` has the name of that about each candidate."""

    folder: Path
    conversations: Mapping[str, str]

    @property
    def replies(self) -> str:
        """The file of replies for the mock endpoint."""
        return str(self.folder / "replies.json")

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What is posted for each answer."""
        bodies: list[dict[str, Any]] = json.loads((self.folder / "bodies.json").read_text("utf-8"))
        return bodies


@dataclass(frozen=True)
class Run:
    """How the command ended, in seconds of wall time and of CPU.

    `grades` are by candidate; there are none where no report was written. `cost` is in dollars, 0
    where no price is known.
    """

    seconds: float
    cpu: float
    code: int | None
    grades: Mapping[str, Mapping[str, Any]]
    said: str
    cost: float = 0.0

    @property
    def graded(self) -> int:
        """How many answers have a grade."""
        return sum(grade["status"] != "ungraded" for grade in self.grades.values())


def prepare(folder: Path, number: int) -> Exam:
    """The folder holds the answers, what the mock endpoint is to say, and what is to be posted."""
    submissions, replies = work(number)
    rows = [
        {"candidate": one.candidate, "question": one.question_id, "answer": one.text}
        for one in submissions
    ]
    (folder / "answers.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    config = load_config(folder)
    asked = plan([folder / "answers.jsonl"], config, only=(), estimated=False)
    llm = Recorded(replies)
    session = Session(llm, load_prompts(config), MODEL)
    graded = asyncio.run(grade_all(asked.submissions, asked.grading, session, at_once=1))
    assert len(graded) == number
    assert all(isinstance(one.outcome, Grade) for one in graded), "a judgement does not settle"
    bodies = [chat_body(llm.requests[turn], Abilities()) for turn in range(number)]
    said = {digest(body["messages"]): replies[turn].text for turn, body in enumerate(bodies)}
    (folder / "replies.json").write_text(json.dumps(said), "utf-8")
    (folder / "bodies.json").write_text(json.dumps(bodies), "utf-8")
    return Exam(folder, {f"candidate-{n}": conversation(body) for n, body in enumerate(bodies)})


def settings_for(exam: Exam, address: str, store: str) -> dict[str, str]:
    """The environment of a run that has its store there and asks that endpoint alone."""
    return {
        "OPENAI_BASE_URL": address,
        "OPENAI_API_KEY": "none",
        "ANSWERBOT_MODEL": MODEL.model,
        "ANSWERBOT_MAX_CONCURRENCY": str(IN_FLIGHT),
        "ANSWERBOT_STORE": str(exam.folder / f"{store}.sqlite3"),
        "PYTHONPATH": str(ROOT),
        "NO_PROXY": "127.0.0.1",
    }


def start(
    exam: Exam, address: str, store: str, *, kind: str = "json", **environment: str
) -> subprocess.Popen[bytes]:
    """`answerbot grade --live` is running; its report and its store have the name of `store`."""
    report = exam.folder / f"{store}.{kind}"
    report.unlink(missing_ok=True)
    with (exam.folder / f"{store}.log").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "answerbot", "grade", "answers.jsonl", "--live", "--yes",
             "-o", report.name],
            cwd=exam.folder,
            env=os.environ | settings_for(exam, address, store) | environment,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )  # fmt: skip


def grade(exam: Exam, address: str, store: str, **environment: str) -> Run:
    """The command has run to its end, or was given up: then it has no exit code."""
    began = time.monotonic()
    process = start(exam, address, store, **environment)
    code, cpu = ended(process)
    seconds = time.monotonic() - began
    report = exam.folder / f"{store}.json"
    told = json.loads(report.read_text("utf-8")) if report.exists() else {"grades": []}
    said = (exam.folder / f"{store}.log").read_text("utf-8")
    grades = {one["candidate"]: one for one in told["grades"]}
    cost = told["usage"]["cost_usd"] if grades else 0.0
    return Run(seconds, cpu, code, grades, said, cost if isinstance(cost, float) else 0.0)


def ended(process: subprocess.Popen[bytes]) -> tuple[int | None, float]:
    """The exit code, none where the process had to be given up, and the seconds of CPU."""
    giving_up = threading.Timer(PATIENCE, process.kill)
    giving_up.start()
    # What it took alone, whatever else is run beside it.
    _, status, used = os.wait4(process.pid, 0)
    giving_up.cancel()
    code = process.returncode = os.waitstatus_to_exitcode(status)
    return None if code == -signal.SIGKILL else code, used.ru_utime + used.ru_stime


def grade_and_kill(exam: Exam, address: str, store: str, received: int) -> None:
    """The command was killed when the mock endpoint had received so many requests."""
    process = start(exam, address, store)
    while process.poll() is None and counts(address).get("received", 0) < received:
        time.sleep(0.01)
    process.kill()
    process.wait()


def forget_unusable(exam: Exam, store: str) -> None:
    """`answerbot store prune --unusable` has deleted what is of no use."""
    subprocess.run(
        [sys.executable, "-m", "answerbot", "store", "prune", "--unusable"],
        cwd=exam.folder,
        env=os.environ | settings_for(exam, "", store),
        stdout=subprocess.DEVNULL,
        check=True,
    )
