"""`answerbot rubric`: draft a rubric with the model, show one as a person reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerbot.cli.options import EndpointFlags, Json, ModeFlags, configured, with_flags
from answerbot.domain.errors import InputError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from answerbot.adapters.config import Config
    from answerbot.cli.running import Watch
    from answerbot.cli.stack import Stack
    from answerbot.domain.bank import Question
    from answerbot.domain.rubric import Rubric

rubric_app = typer.Typer(name="rubric", help="Draft rubrics, and show them.", rich_markup_mode=None)


@rubric_app.command()
@with_flags
def draft(
    questions: Annotated[
        list[str],
        typer.Argument(metavar="QUESTION...", help="Ids of questions that ask the same thing."),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE.yaml", help="Write there, not rubrics/<id>.yaml."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    mode: ModeFlags = ModeFlags(),
    endpoint: EndpointFlags = EndpointFlags(),
) -> int:
    """Draft a rubric for questions of the bank, as a file for a human to edit.

    The model sees the questions, the bank's own answer and the nearest references. Read every
    criterion and every label of the exemplars before you grade by it.
    """
    config = configured(endpoint, mode)
    from answerbot.adapters.files import write_atomically
    from answerbot.cli.notices import notice
    from answerbot.cli.running import run_to_end
    from answerbot.cli.showing import took
    from answerbot.domain.rubric_text import write_rubric

    asked = _questions(questions, config)
    if output:
        _refuse_output(output, force=force)
    if not force:
        _refuse_served(asked, config)
    rubric, stack = run_to_end(lambda watch: _draft(asked, config, watch, yes=endpoint.yes))
    path = output or _free(config.own_rubrics_folder(), rubric.id)
    rubric = rubric.model_copy(update={"id": path.stem})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, write_rubric(rubric))
    print(path)
    notice(f"{took(stack)}; a draft: read every criterion and label before you grade by it")
    return 0


@rubric_app.command()
def show(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="A rubric's id, or that of a question it serves.")
    ],
    as_json: Json = False,
) -> int:
    """Print a rubric as a person would read it."""
    from answerbot.cli.loading import read_rubrics
    from answerbot.cli.rubric_show import as_document, as_text

    rubrics = read_rubrics(_config())
    rubric = next((one for one in rubrics if id_ == one.id or id_ in one.questions), None)
    if rubric is None:
        raise _no_rubric(id_, rubrics)
    print(
        json.dumps(as_document(rubric), ensure_ascii=False, indent=2)
        if as_json
        else as_text(rubric)
    )
    return 0


@rubric_app.command(name="list")
def list_(as_json: Json = False) -> int:
    """List the rubrics, and the bank's questions that none serves (exit code 1 if there are any).

    Every mistake in a rubric is told.
    """
    from answerbot.cli.loading import bank_questions, read_rubrics
    from answerbot.cli.rubric_show import list_text

    config = _config()
    rubrics = read_rubrics(config)
    served = {question for rubric in rubrics for question in rubric.questions}
    unserved = [id_ for id_ in bank_questions(config) if id_ not in served]
    if as_json:
        document = {
            "version": 1,
            "rubrics": [
                {
                    "id": rubric.id,
                    "title": rubric.title,
                    "questions": list(rubric.questions),
                    "possible": rubric.possible,
                    "criteria": len(rubric.criteria),
                    "misconceptions": len(rubric.misconceptions),
                    "exemplars": len(rubric.exemplars),
                }
                for rubric in rubrics
            ],
            "unserved": unserved,
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print(list_text(rubrics, unserved))
    return 1 if unserved else 0


def _config() -> Config:
    from answerbot.adapters.config import load_config

    return load_config()


def _no_rubric(id_: str, rubrics: Sequence[Rubric]) -> InputError:
    from difflib import get_close_matches

    names = [name for rubric in rubrics for name in (rubric.id, *rubric.questions)]
    near = get_close_matches(id_, names, n=1)
    hint = f"did you mean {near[0]}?" if near else "`answerbot rubric list` lists them"
    return InputError(Problem(f"there is no rubric {id_!r}", hint=hint))


def _refuse_output(path: Path, *, force: bool) -> None:
    """Tell before anything is asked for that a rubric cannot be that file.

    Raises:
        InputError: it is no name of a rubric's, or there is such a file.
    """
    import re

    if path.suffix != ".yaml" or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", path.stem):
        what = "-o: this is no name for a rubric"
        hint = "small letters, digits and hyphens, then .yaml: gradient-clipping.yaml"
        raise InputError(Problem(what, Location(str(path)), hint))
    if path.exists() and not force:
        hint = "name another file with -o, or replace it with --force"
        raise InputError(Problem("there is such a file already", Location(str(path)), hint))


def _refuse_served(questions: Sequence[Question], config: Config) -> None:
    """Tell before anything is asked for that a question has a rubric of this bank's own.

    Raises:
        InputError: it has.
    """
    from answerbot.cli.loading import load_rubrics

    if not config.own_rubrics_folder().is_dir():
        return
    rubrics = load_rubrics(config)
    for question in questions:
        if rubric := rubrics(question.id):
            what = f"question {question.id} has the rubric {rubric.id} already"
            raise InputError(Problem(what, hint="edit that one, or draft anyway with --force"))


def _free(folder: Path, id_: str) -> Path:
    """A file for the rubric that is not there yet: a draft that was paid for is not lost."""
    path, number = folder / f"{id_}.yaml", 2
    while path.exists():
        path, number = folder / f"{id_}-{number}.yaml", number + 1
    return path


def _questions(ids: Sequence[str], config: Config) -> list[Question]:
    """The questions of these ids, of the bank or of the references.

    Raises:
        InputError: there is no such question.
    """
    from difflib import get_close_matches

    from answerbot.cli.loading import known_questions
    from answerbot.domain.bank import QuestionId

    known = known_questions(config)
    problems = []
    for id_ in ids:
        if id_ not in known:
            near = get_close_matches(id_, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "`answerbot parse FILE` lists them"
            problems.append(Problem(f"there is no question {id_!r}", hint=hint))
    if problems:
        raise InputError(*problems)
    return [known[QuestionId(id_)] for id_ in dict.fromkeys(ids)]


async def _draft(
    questions: Sequence[Question], config: Config, watch: Watch, *, yes: bool
) -> tuple[Rubric, Stack]:
    from answerbot.cli.asking import asking
    from answerbot.cli.loading import load_library, own_answers
    from answerbot.workflows.draft_rubric import draft_rubric

    async with asking(config, watch, yes=yes) as run:
        settings = run.stack.settings
        run.plan = f"asking {settings.model} at {run.stack.endpoint}: 1 request for a rubric"
        answer = own_answers(config)(questions[0])
        with watch.progress(None, "drafting"):
            rubric = await draft_rubric(questions, answer, load_library(config), run.session)
    return rubric, run.stack
