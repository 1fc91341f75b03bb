"""The typer application, and the one place that maps what happened to an exit code.

Modules that commands are in import what is heavy inside their functions: `answerbot --help`
imports this module and all of them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Annotated

import typer
from typer.main import get_group

from answerbot import __version__
from answerbot.cli.calibrate import calibrate
from answerbot.cli.check import check
from answerbot.cli.command import COMMAND
from answerbot.cli.crosscheck import crosscheck
from answerbot.cli.doctor import doctor
from answerbot.cli.duplicates import duplicates
from answerbot.cli.fill import fill
from answerbot.cli.grade import grade
from answerbot.cli.init import init
from answerbot.cli.parse import parse
from answerbot.cli.references import references
from answerbot.cli.review import review
from answerbot.cli.rubric import rubric_app
from answerbot.cli.store import store_app
from answerbot.domain.errors import AnswerbotError

EPILOG = (
    "Exit codes: 0 done, 1 ran and the answer is no, 2 wrong usage or input, "
    "3 could not finish, 130 interrupted."
)

app = typer.Typer(
    name="answerbot",
    help="Fill question banks with a language model, and grade answers against rubrics.",
    epilog=EPILOG,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"answerbot {__version__}")
        raise typer.Exit


def _be_quiet(asked: bool) -> None:
    if asked:
        from answerbot.cli.notices import be_quiet

        be_quiet()


def _be_verbose(asked: bool) -> None:
    if asked:
        from answerbot.cli.notices import be_verbose

        be_verbose()


Version = Annotated[
    bool,
    typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True),
]
Quiet = Annotated[
    bool,
    typer.Option("-q", "--quiet", help="Errors only on stderr.", callback=_be_quiet),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "-v", "--verbose", help="Each request and reply on stderr, as JSON.", callback=_be_verbose
    ),
]


@app.callback(invoke_without_command=True)
def _everywhere(
    context: typer.Context,
    _version: Version = False,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help(), file=sys.stderr)
        raise typer.Exit(2)
    COMMAND.set(context.invoked_subcommand)


app.command()(init)
app.command()(fill)
app.command()(grade)
app.command()(review)
app.command()(check)
app.command()(calibrate)
app.command()(crosscheck)
app.command()(parse)
app.command()(references)
app.command()(duplicates)
app.add_typer(rubric_app)
app.add_typer(store_app)
app.command()(doctor)


@cache
def command_group() -> typer.core.TyperGroup:
    """All commands; `-q` and `-v` are understood before a command's name and after it."""
    group = get_group(app)
    everywhere = [option for option in group.params if option.name in {"_quiet", "_verbose"}]
    for option in everywhere:
        option.expose_value = False  # their callbacks have acted
    for command in _all_below(group):
        command.params.extend(everywhere)
    return group


def _all_below(group: typer.core.TyperGroup) -> Iterator[typer.core.TyperCommand]:
    for command in group.commands.values():
        if isinstance(command, typer.core.TyperGroup):
            yield from _all_below(command)
        elif isinstance(command, typer.core.TyperCommand):
            yield command


def run(args: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no exception leaves, and no `SystemExit`."""
    from answerbot.cli.notices import show_notices, to_stderr

    show_notices()
    try:
        code = _invoke(sys.argv[1:] if args is None else list(args))
        sys.stdout.flush()
    except AnswerbotError as error:
        to_stderr(str(error))
        return error.exit_code
    except typer.Exit as exit_:
        return exit_.exit_code
    except typer.TyperException as error:
        to_stderr(_usage_error(error))
        return 2
    except (KeyboardInterrupt, EOFError, typer.Abort):
        return 130
    except BrokenPipeError:
        _discard_stdout()
        return 3
    except OSError as error:
        to_stderr(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return 3
    except Exception:  # noqa: BLE001 - a bug: say so, with all there is to find it
        import traceback

        traceback.print_exc()
        return 3
    return code


def _invoke(args: list[str]) -> int:
    group = command_group()
    with group.make_context("answerbot", args) as context:
        code = group.invoke(context)
    return code if isinstance(code, int) else 0


def _usage_error(error: typer.TyperException) -> str:
    context: typer.Context | None = getattr(error, "ctx", None)
    command = context.command_path if context else "answerbot"
    usage = f"{context.get_usage()}\n" if context else ""
    return f"{usage}{command}: {error.format_message()}\n  hint: {command} --help"


def _discard_stdout() -> None:
    """Point stdout at nothing: nobody reads on, and the interpreter's last flush would fail too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
