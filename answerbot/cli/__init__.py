"""The command line: one file a command; wiring, printing, exit codes."""

from __future__ import annotations

import gc
import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command that `sys.argv` names and exit with its code."""
    # A command makes many values that live as long as it does: looking for garbage among them
    # every 700 of them takes a tenth of its time.
    gc.set_threshold(50_000, 20, 20)
    from answerbot.cli.app import run

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # files are UTF-8, so what is piped from them is too
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    code = run()
    # The interpreter would look at every value once more before it ends.
    gc.freeze()
    raise SystemExit(code)
