"""The options that every command which asks a model has, and what they set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from answerbot.domain.errors import InputError, Problem

if TYPE_CHECKING:
    from answerbot.adapters.config import Config

Live = Annotated[bool, typer.Option("--live", help="Only replies of the live model count.")]
Replay = Annotated[
    bool, typer.Option("--replay", help="Recordings only; a missing one is an error.")
]
Model = Annotated[
    str | None, typer.Option("--model", metavar="NAME", help="The model to ask at the endpoint.")
]
Budget = Annotated[
    float | None, typer.Option("--budget", metavar="USD", min=0, help="Spend no more than this.")
]
MaxConcurrency = Annotated[
    int | None, typer.Option("--max-concurrency", min=1, help="Requests at the same time.")
]
Timeout = Annotated[
    float | None, typer.Option("--timeout", metavar="SECONDS", help="Patience with one request.")
]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask before the first paid request.")]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="ID", help="Only these questions: may be repeated; * and ?."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


def configured(
    *,
    live: bool,
    replay: bool,
    model: str | None,
    budget: float | None,
    max_concurrency: int | None,
    timeout: float | None,
    **more: Any,
) -> Config:
    """The configuration with these flags; `more` names further settings as `fill__style`.

    Raises:
        InputError: a setting is wrong, or flags exclude each other.
    """
    from answerbot.adapters.config import load_config

    if live and replay:
        raise InputError(Problem("--live and --replay exclude each other"))
    flags = {
        "model.mode": "live" if live else "replay" if replay else None,
        "model.live": model,
        "model.budget": budget,
        "model.max_concurrency": max_concurrency,
        "model.timeout": timeout,
    }
    return load_config(flags=flags | {k.replace("__", "."): v for k, v in more.items()})
