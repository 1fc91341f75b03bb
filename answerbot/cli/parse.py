"""`answerbot parse`: what was understood of a file of questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from answerbot.domain.bank import Bank


def parse(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files of questions.", metavar="FILE", readable=False),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> int:
    """Show what is understood of files: questions, answers, gaps.

    A file that cannot be read is reported on stderr; the others are shown all the same.
    """
    from answerbot.adapters.config import load_config
    from answerbot.adapters.files import read_bank
    from answerbot.cli.notices import to_stderr
    from answerbot.domain.errors import InputError

    placeholders = load_config().placeholders
    banks: list[Bank] = []
    failed = False
    for file in files:
        try:
            banks.append(read_bank(file, placeholders))
        except InputError as error:
            to_stderr(str(error))
            failed = True
    if as_json:
        print(json.dumps(_document(banks), ensure_ascii=False, indent=2))
    else:
        _print_tables(banks)
    return 2 if failed else 0


def _document(banks: list[Bank]) -> dict[str, object]:
    return {
        "version": 1,
        "questions": [
            {
                "id": question.id,
                "file": bank.path,
                "line": question.line,
                "number": question.number,
                "question": question.text,
                "answer": question.answer.text if question.answer else None,
                "difficulty": question.difficulty,
            }
            for bank in banks
            for question in bank.questions
        ],
    }


def _print_tables(banks: list[Bank]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from answerbot.cli.notices import printable

    console = Console(highlight=False)
    for bank in banks:
        gaps = sum(question.gap is not None for question in bank.questions)
        count = len(bank.questions)
        questions = "1 question" if count == 1 else f"{count} questions"
        console.print(
            printable(f"{bank.path}: {questions} ({bank.dialect}), {gaps} without an answer"),
            style="bold",
            markup=False,
            soft_wrap=True,
        )
        table = Table()
        table.add_column("line", justify="right", no_wrap=True)
        table.add_column("number", justify="right", no_wrap=True)
        table.add_column("question", overflow="fold")
        table.add_column("state", no_wrap=True)
        graded = any(question.difficulty for question in bank.questions)
        if graded:
            table.add_column("difficulty", no_wrap=True)
        for question in bank.questions:
            table.add_row(
                str(question.line),
                str(question.number),
                Text(printable(question.text)),
                "gap" if question.gap else "answered",
                *([question.difficulty or ""] if graded else []),
            )
        console.print(table)
