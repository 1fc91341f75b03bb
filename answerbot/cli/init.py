"""`answerbot init`: the start of a bank of the user's own."""

from __future__ import annotations

import json
import os
import shlex
import sys
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

import typer

from answerbot.domain.errors import InputError, Location, Problem

CONFIGURATION = """\
# answerbot reads this file when it is run in this folder or in one below it.
# A setting behind a '#' is off, and shows its default or an example; take the '#' away to set it.
# The key of an endpoint never stands here. It is read from the environment, OPENAI_API_KEY, and so
# is the address of an endpoint other than OpenAI's, OPENAI_BASE_URL (Azure, vLLM, Ollama, ...).

[bank]
# The files whose questions are to be answered.
questions = ["bank/questions/*.md"]
# Curated answers that drafts are compared with. [] where there are none.
references = ["bank/curated/*"]
# A folder for filled copies, for example. Without it answers are written into the question files.
# filled = "bank/filled"
# Replies of the model, kept so that a run can be repeated without it.
# recordings = "bank/recordings"
# What an answer to a question must contain: one YAML file each.
# rubrics = "rubrics"
# Prompts of your own: each replaces the packaged one of the same name.
# prompts = "prompts"
# What stands where an answer is missing, for example; in place of the list that is built in.
# placeholders = ["_[To be filled]_", "TBD", "..."]

[model]
# The model that the endpoint is asked for, and the one whose recordings are replayed.
# live = "gpt-5-mini"
# replay = "local-assistant"
# auto: what is recorded is replayed, and only the rest is asked for; live: recordings of other
# models do not count; replay: recordings only, nothing is asked for.
# mode = "auto"
# Seconds until an attempt is given up; how often a request is asked, and for how many seconds;
# seconds without any reply that end a run.
# timeout = 120
# attempts = 6
# patience = 600
# outage = 120
# Requests at the same time.
# max_concurrency = 8
# What the endpoint allows, for example. Without it that is found out.
# requests_per_minute = 3000
# tokens_per_minute = 1000000
# The longest reply.
# max_output_tokens = 8000
# Sent only where it is set, for example:
# temperature = 0.2
# US dollars that one run may cost at most, for example. Without it there is no bound.
# budget = 5.0
# Where paid replies are kept, for example. Without it: where your system keeps such data.
# store = "answerbot.sqlite3"
# true: requests go in batches; or the folder that they are written to, for example. Seconds
# between two looks at a batch.
# batch = false
# batch_dir = "batches"
# batch_poll = 10

[fill]
# concise: two to four sentences; standard: at most about 180 words; deep: what there is to say.
# style = "standard"
# none; references: against the curated answers; full: and against what the model knows.
# checks = "full"

[grade]
# How often each answer is judged; "1+2": twice more only where the first leaves a doubt.
# votes = "1"
# One request a criterion, and not one an answer.
# per_criterion = false
# An answer within so many per cent of the pass mark is set aside for a person.
# margin = 5
# Answers of more characters are not graded.
# longest = 20000
# How much alike, in per cent, the words of a question and those in a file of answers have to be.
# alike = 85.0
# What `answerbot review` writes people's decisions to and `grade` honours, for example.
# decisions = "decisions.jsonl"

[check]
# What `answerbot check` fails on: the least severity of lint ("error", "warning", "off"); exemplars
# without a recording; what the baseline does not know; verdicts that were right and are wrong.
# lint = "error"
# stale = true
# baseline = true
# flips = true
# Scores that changed by more than edits of the rubric; "any": all that changed; "off".
# scores = "unexplained"
# Per cent of the verdicts as labelled, and of the mutants noticed (--mutate), at least.
# agreement = 90.0
# kill_rate = 90.0

# US dollars for a million tokens, for a model whose price is not known or not yours, for example:
# [prices."my-model"]
# input = 0.25
# cached_input = 0.025
# output = 2.0
"""

QUESTIONS = """\
# Example Questions

## Question 1

**What is overfitting, and how do you notice it?**

**Answer:** _[To be filled]_

---
"""

REFERENCES = """\
# Example Answers

### Q1. What is overfitting?
A model overfits when it learns the noise of its training data along with the pattern. It shows as
a training error that goes on falling while the error on held-out data rises.

---
"""

FILES = {
    "answerbot.toml": CONFIGURATION,
    "bank/questions/example.md": QUESTIONS,
    "bank/curated/example.md": REFERENCES,
}

NEXT = (
    ("answerbot parse bank/questions/example.md", "shows what is understood of a file"),
    ("export OPENAI_API_KEY=...", "or OPENAI_BASE_URL for an endpoint of your own"),
    ("answerbot doctor", "tells what is configured and whether it works"),
    ("answerbot fill", "answers every question that has no answer yet"),
    ("answerbot rubric draft example/1", "drafts a rubric; read it, then `answerbot grade`"),
)


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where the bank starts.", show_default=False)
    ] = Path(),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a file is missing.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="As --check, and show what would be written.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> int:
    """Start a bank of your own: a configuration, a sample question, a sample curated answer.

    Files that exist are left alone.
    """
    new = [name for name in FILES if not os.path.lexists(folder / name)]
    if not (check or diff):
        for name in new:
            _create(folder / name, FILES[name])
    if json_:
        _print_json(folder, new)
    elif diff:
        _print_diff(folder, new)
    else:
        _print_report(folder, new, verb="would be written" if check else "written")
    return 1 if (check or diff) and new else 0


def _create(path: Path, text: str) -> None:
    from answerbot.adapters.files import write_atomically

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        where = error.filename or path
        raise InputError(
            Problem(
                f"cannot be written: {error.strerror}",
                Location(str(where)),
                "choose a folder that can be written to: answerbot init DIR",
            )
        ) from error
    write_atomically(path, text)


def _print_report(folder: Path, new: list[str], verb: str) -> None:
    for name in FILES:
        print(f"{folder / name}: {verb if name in new else 'exists, left alone'}")
    steps = [("cd " + shlex.quote(str(folder)), "")] if folder != Path() else []
    steps += NEXT
    width = max(len(command) for command, _ in steps)
    print("\nWhat to type next:")
    for command, meaning in steps:
        print(f"  {command:{width}}  {meaning}".rstrip())


def _print_diff(folder: Path, new: list[str]) -> None:
    for name in new:
        lines = FILES[name].splitlines(keepends=True)
        sys.stdout.writelines(unified_diff([], lines, "/dev/null", str(folder / name)))


def _print_json(folder: Path, new: list[str]) -> None:
    document = {
        "version": 1,
        "folder": str(folder),
        "new": new,
        "kept": [name for name in FILES if name not in new],
        "next": [command for command, _ in NEXT],
    }
    print(json.dumps(document, ensure_ascii=False, indent=2))
