"""`answerbot references`: which curated answers bear on a question."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated

import typer

from answerbot.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from answerbot.adapters.config import Config
    from answerbot.domain.bank import QuestionId
    from answerbot.domain.references import Hit, Library

_ID = re.compile(r"\S+/\d+")


def references(
    question: Annotated[
        str,
        typer.Argument(help="A question, or the id of one: rnn-theory-50/2.", show_default=False),
    ],
    k: Annotated[int, typer.Option("-k", min=1, help="How many at most.")] = 5,
    as_json: Json = False,
) -> int:
    """Show the curated answers that bear on QUESTION, best first.

    Exit code 1 when nothing covers it.
    """
    from answerbot.adapters.config import load_config
    from answerbot.cli.loading import load_library

    config = load_config()
    library = load_library(config)
    _require_references(library, config)
    id_, text = _asked(question, config, library)
    hits = library.nearest(text, k, exclude=() if id_ is None else (id_,))
    if as_json:
        print(json.dumps(_document(hits), ensure_ascii=False, indent=2))
    else:
        _show(text, hits)
    return 0 if hits else 1


def _require_references(library: Library, config: Config) -> None:
    from answerbot.domain.errors import InputError, Problem

    if not len(library):
        patterns = ", ".join(config.bank.references) or "nothing"
        hint = "put answered questions there, or name other files in answerbot.toml"
        raise InputError(
            Problem(f"there are no references: [bank] references is {patterns}", hint=hint)
        )


def _asked(question: str, config: Config, library: Library) -> tuple[QuestionId | None, str]:
    """The id that was given, None where it was a text, and the text.

    Raises:
        InputError: there is no question of that id, or the text is blank.
    """
    from difflib import get_close_matches

    from answerbot.cli.loading import read_banks
    from answerbot.domain.bank import QuestionId
    from answerbot.domain.errors import InputError, Problem

    question = question.strip()
    if not question:
        raise InputError(Problem("the question is blank", hint="give its text, or its id"))
    if not _ID.fullmatch(question):
        return None, question
    texts = {reference.id: reference.question for reference in library.references}
    for bank in read_banks(config.question_files(), config.placeholders):
        texts.update({one.id: one.text for one in bank.questions})
    id_ = QuestionId(question)
    if id_ not in texts:
        near = get_close_matches(question, texts, n=1)
        hint = f"did you mean {near[0]}?" if near else "`answerbot parse FILE` shows the ids"
        raise InputError(Problem(f"there is no question {question!r}", hint=hint))
    return id_, texts[id_]


def _document(hits: Sequence[Hit]) -> dict[str, object]:
    return {
        "version": 1,
        "references": [
            {
                "id": hit.reference.id,
                "question": hit.reference.question,
                "answer": hit.reference.answer,
                "score": hit.score,
            }
            for hit in hits
        ],
    }


def _show(question: str, hits: Sequence[Hit]) -> None:
    from textwrap import indent

    from answerbot.cli.notices import printable

    if not hits:
        print(printable(f"uncovered: no reference bears on '{question}'"))
        return
    print(printable(question))
    for hit in hits:
        print(f"\n{hit.score:.2f}  {hit.reference.id}  {printable(hit.reference.question)}")
        print(indent(printable(hit.reference.answer), "      "))
