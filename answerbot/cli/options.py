"""The options that every command which asks a model has, and what they set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

import typer

from answerbot.domain.errors import InputError, Problem

if TYPE_CHECKING:
    from answerbot.adapters.config import Config

Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="ID", help="Only these questions: may be repeated; * and ?."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Tell what would be asked and cost; grade nothing.")
]
Record = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE.jsonl", help="Keep the replies used there."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


@dataclass(frozen=True)
class ModeFlags:
    """Where replies may come from."""

    live: Annotated[bool, typer.Option("--live", help="Only replies of the live model count.")] = (
        False
    )
    replay: Annotated[
        bool, typer.Option("--replay", help="Recordings only; a missing one is an error.")
    ] = False


@dataclass(frozen=True)
class EndpointFlags:
    """How an endpoint is asked."""

    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME", help="The model to ask at the endpoint."),
    ] = None
    budget: Annotated[
        float | None,
        typer.Option("--budget", metavar="USD", min=0, help="Spend no more than this."),
    ] = None
    max_concurrency: Annotated[
        int | None, typer.Option("--max-concurrency", min=1, help="Requests at the same time.")
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="SECONDS", help="Patience with one request."),
    ] = None
    yes: Annotated[
        bool, typer.Option("-y", "--yes", help="Do not ask before the first paid request.")
    ] = False


@dataclass(frozen=True)
class BatchFlags:
    """Whether requests travel in batches."""

    batch: Annotated[
        bool,
        typer.Option("--batch", help="Use the endpoint's batch service; replies may take a day."),
    ] = False
    batch_dir: Annotated[
        Path | None,
        typer.Option(
            "--batch-dir",
            metavar="DIR",
            help="Ask nobody: write requests there, and read results from there.",
        ),
    ] = None


@dataclass(frozen=True)
class EngineFlags:
    """Who grades: this process, or workers that another program runs."""

    engine: Annotated[
        Literal["process", "ray"],
        typer.Option("--engine", help="Grade in this process, or by workers that Ray runs."),
    ] = "process"
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="How many workers Ray runs, if not 2."),
    ] = None

    @property
    def ray_workers(self) -> int:
        """How many workers Ray is to run; 0 without Ray.

        Raises:
            InputError: there are to be workers and no Ray.
        """
        if self.engine == "ray":
            return self.workers or 2
        if self.workers is not None:
            raise InputError(Problem("--workers says how many Ray runs", hint="add --engine ray"))
        return 0


def with_flags(command: Callable[..., int]) -> Callable[..., int]:
    """The command as typer reads it: each parameter that is a dataclass of flags is spread out."""
    hints = get_type_hints(command, include_extras=True)
    bundles: dict[str, Any] = {name: kind for name, kind in hints.items() if is_dataclass(kind)}
    parameters: list[Parameter] = []
    for one in signature(command).parameters.values():
        if one.name in bundles:
            parameters += _spread(bundles[one.name])
        else:
            parameters.append(one.replace(annotation=hints[one.name]))

    def spread(**values: Any) -> int:
        for name, kind in bundles.items():
            values[name] = kind(**{one.name: values.pop(one.name) for one in fields(kind)})
        return command(**values)

    spread.__name__, spread.__doc__ = command.__name__, command.__doc__
    spread.__annotations__ = {one.name: one.annotation for one in parameters}
    spread.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return spread


def _spread(kind: Any) -> list[Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        Parameter(
            one.name,
            Parameter.POSITIONAL_OR_KEYWORD,
            default=one.default,
            annotation=hints[one.name],
        )
        for one in fields(kind)
    ]


def configured(
    endpoint: EndpointFlags, mode: ModeFlags, batches: BatchFlags | None = None, **more: Any
) -> Config:
    """The configuration with these flags; `more` names further settings as `fill__style`.

    Raises:
        InputError: a setting is wrong, or flags exclude each other.
    """
    from answerbot.adapters.config import load_config

    if mode.live and mode.replay:
        raise InputError(Problem("--live and --replay exclude each other"))
    batches = batches or BatchFlags()
    _refuse_mixed(endpoint, mode, batches)
    flags = {
        "model.mode": "live" if mode.live else "replay" if mode.replay else None,
        "model.live": endpoint.model,
        "model.budget": endpoint.budget,
        "model.max_concurrency": endpoint.max_concurrency,
        "model.timeout": endpoint.timeout,
        "model.batch": batches.batch or None,
        "model.batch_dir": _folder(batches),
    }
    return load_config(flags=flags | {k.replace("__", "."): v for k, v in more.items()})


def _folder(batches: BatchFlags) -> str | None:
    """The folder for batches; '' for none, as --batch goes before one that the file names."""
    if batches.batch:
        return ""
    return str(batches.batch_dir) if batches.batch_dir else None


def refuse_asking(mode: ModeFlags, batches: BatchFlags) -> None:
    """Refuse flags that say how a model is asked, where --estimate asks none.

    Raises:
        InputError: there is one.
    """
    if mode.live or mode.replay or batches.batch or batches.batch_dir:
        flags = "--live, --replay, --batch and --batch-dir"
        raise InputError(Problem(f"--estimate asks no model: {flags} do not go with it"))


def _refuse_mixed(endpoint: EndpointFlags, mode: ModeFlags, batches: BatchFlags) -> None:
    if batches.batch and batches.batch_dir:
        raise InputError(Problem("--batch and --batch-dir exclude each other"))
    if mode.replay and (batches.batch or batches.batch_dir):
        flag = "--batch" if batches.batch else "--batch-dir"
        raise InputError(Problem(f"{flag} asks for replies, and --replay for none"))
    if batches.batch_dir and endpoint.budget is not None:
        what = "--budget cannot be kept with --batch-dir: others have the requests answered"
        raise InputError(Problem(what))
