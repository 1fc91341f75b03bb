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
)


def main(arguments: list[str]) -> int:
    """Return how many checks failed, 0 where all is well."""
    failed = [check for check in (*CHECKS, ("pytest", *arguments)) if not passes(check)]
    for check in failed:
        print("failed:", *check, file=sys.stderr)
    return len(failed)


def passes(check: tuple[str, ...]) -> bool:
    """Whether the program, from the environment of this interpreter, exits with 0."""
    print("$", *check, flush=True)
    program = Path(sys.executable).with_name(check[0])
    return subprocess.run([program, *check[1:]], cwd=REPOSITORY, env=_environment()).returncode == 0


def _environment() -> dict[str, str]:
    """The environment without what would lead the program to an endpoint."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPENAI_", "ANSWERBOT_"))
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
