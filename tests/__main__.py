"""Run every check: `python -m tests`. Pytest comes last; what is given is handed on to it.

The exit code is 0 where all passed. A check that failed does not keep the next from running.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports",),
    ("answerbot", "fill", "--check"),
    ("answerbot", "check"),
)
TESTS = ("pytest", "--numprocesses", "auto", "--dist", "worksteal")


def main(arguments: list[str]) -> int:
    """Run all checks and return 0 where every one of them passed."""
    failed = [check for check in (*CHECKS, (*TESTS, *arguments)) if not passes(check)]
    for check in failed:
        print("failed:", *check, file=sys.stderr)
    return 1 if failed else 0


def passes(check: tuple[str, ...]) -> bool:
    """Whether the program, from the environment of this interpreter, exits with 0."""
    print("$", *check, flush=True)
    program = Path(sys.executable).with_name(check[0])
    return subprocess.run([program, *check[1:]], cwd=REPOSITORY, env=_environment()).returncode == 0


def _environment() -> dict[str, str]:
    """The environment without endpoint and settings, and only recordings count as answers."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPENAI_", "ANSWERBOT_"))
    }
    return {**kept, "ANSWERBOT_MODE": "replay"}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
