"""The typer application, and the one place that maps what happened to an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import typer

from answerbot.domain.errors import AnswerbotError

app = typer.Typer(
    name="answerbot",
    help="Fill, cross-check and grade question banks with a language model.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def run(args: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 no, 2 wrong input, 3 not finished."""
    try:
        code = app(args=args, standalone_mode=False)
    except AnswerbotError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception:  # a bug: say so, with all there is to find it
        traceback.print_exc()
        return 3
    return code if isinstance(code, int) else 0
