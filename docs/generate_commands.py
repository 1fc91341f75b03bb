"""Print docs/commands.md: the help text of every command, as the program gives it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO

import typer

from answerbot.cli.app import command_group, run

HEADER = """\
# Commands

<!-- Written by `make docs`; do not edit. -->

What each command prints when it is asked for `--help`.
"""


def main() -> None:
    """Print the whole page."""
    os.environ["COLUMNS"] = "100"
    print(HEADER)
    print("\n\n".join([section(), *sections(command_group())]))


def sections(group: typer.core.TyperGroup, *above: str) -> Iterator[str]:
    """The section of each command, those of a group's own behind it."""
    for name, command in sorted(group.commands.items()):
        yield section(*above, name)
        if isinstance(command, typer.core.TyperGroup):
            yield from sections(command, *above, name)


def section(*command: str) -> str:
    """The heading and the help of one command."""
    printed = StringIO()
    with redirect_stdout(printed):
        code = run([*command, "--help"])
    assert code == 0, f"{command} has no help"
    return f"## {' '.join(['answerbot', *command])}\n\n```text\n{printed.getvalue().rstrip()}\n```"


if __name__ == "__main__":
    main()
