"""`answerbot duplicates`: which questions ask the same thing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerbot.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from answerbot.adapters.config import Config
    from answerbot.domain.bank import QuestionId


def duplicates(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files of questions, or folders; else the bank's.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    curated: Annotated[
        bool, typer.Option("--curated", help="The questions of the references too.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Group the questions that ask the same thing."""
    from answerbot.adapters.config import load_config
    from answerbot.cli.loading import read_banks
    from answerbot.domain.duplicates import find_duplicates

    config = load_config()
    banks = read_banks(_files(files or (), config, curated=curated), config.placeholders)
    texts = {question.id: question.text for bank in banks for question in bank.questions}
    groups = find_duplicates(list(texts.items()))
    if as_json:
        print(json.dumps({"version": 1, "groups": groups}, ensure_ascii=False, indent=2))
    else:
        _show(groups, texts)
    return 0


def _files(named: Sequence[Path], config: Config, *, curated: bool) -> list[Path]:
    from answerbot.cli.loading import files_in
    from answerbot.domain.errors import InputError, Problem

    files = files_in(named) if named else list(config.question_files())
    if curated:
        files.extend(config.reference_files())
    if not files:
        patterns = ", ".join(config.bank.questions) or "nothing"
        hint = "name files, or set it in answerbot.toml"
        raise InputError(
            Problem(f"there are no questions: [bank] questions is {patterns}", hint=hint)
        )
    return list(dict.fromkeys(files))


def _show(groups: Sequence[Sequence[QuestionId]], texts: Mapping[QuestionId, str]) -> None:
    from answerbot.cli.notices import printable

    width = max((len(id_) for group in groups for id_ in group), default=0)
    for group in groups:
        for id_ in group:
            print(f"{id_:<{width}}  {printable(texts[id_])}")
        print()
    asked_again = sum(len(group) - 1 for group in groups)
    count = "1 group that asks" if len(groups) == 1 else f"{len(groups)} groups that ask"
    print(f"{len(texts)} questions, {count} the same; {asked_again} to spare.")
