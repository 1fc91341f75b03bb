"""What comes with the extras of the package alone, and how to have it."""

from __future__ import annotations

from importlib import import_module

from answerbot.domain.errors import InputError, Problem


def require(module: str, what: str, extra: str, *, instead: str = "") -> None:
    """The module is there, which comes with that extra.

    `what` says who needs it: 'Parquet needs pyarrow'; `instead` is another way, if there is one.

    Raises:
        InputError: it is not installed.
    """
    try:
        import_module(module)
    except ImportError:
        hint = ", or ".join(filter(None, (command_for(extra), instead)))
        raise InputError(Problem(what, hint=hint)) from None


def command_for(extra: str) -> str:
    """What installs the extra: "pip install 'answerbot[ray]'"."""
    return f"pip install 'answerbot[{extra}]'"
