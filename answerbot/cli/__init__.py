"""The command line: one file a command; wiring, printing, exit codes."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command that `sys.argv` names and exit with its code."""
    from answerbot.cli.app import run

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # files are UTF-8, so what is piped from them is too
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    raise SystemExit(run())
