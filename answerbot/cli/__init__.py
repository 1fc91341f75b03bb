"""The command line: one file a command; wiring, printing, exit codes."""

from __future__ import annotations


def main() -> None:
    """Run the command that `sys.argv` names and exit with its code."""
    from answerbot.cli.app import run

    raise SystemExit(run())
