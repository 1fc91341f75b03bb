"""What commands read before they begin: references, rubrics, prompts, banks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from answerbot.adapters.config import Config
from answerbot.adapters.files import read_bank, read_text
from answerbot.domain.bank import Bank, Question, QuestionId
from answerbot.domain.errors import AnswerbotError, InputError, Location, Problem
from answerbot.domain.references import Library, Reference
from answerbot.domain.rubric import Rubric, parse_rubric
from answerbot.workflows.prompts import STEPS, Prompts


def read_banks(paths: Iterable[Path], placeholders: Sequence[str]) -> list[Bank]:
    """Every file as a bank.

    Raises:
        InputError: with the problems of all files.
    """
    banks: list[Bank] = []
    problems: list[Problem] = []
    stems: dict[str, Path] = {}
    for path in paths:
        if (first := stems.setdefault(path.stem, path)) != path:
            what = f"its questions would have the same ids as those of {first}"
            hint = "rename one of them, or name them one after the other"
            problems.append(Problem(what, Location(str(path)), hint))
            continue
        try:
            banks.append(read_bank(path, placeholders))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(*problems)
    return banks


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and the Markdown and text files of folders."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(f for f in path.iterdir() if f.suffix in (".md", ".markdown", ".txt"))
            if not found:
                what, hint = "no Markdown or text file in this folder", "name the files"
                raise InputError(Problem(what, Location(str(path)), hint))
            files.extend(found)
        else:
            files.append(path)
    return files


def selected(questions: Sequence[Question], only: Sequence[str]) -> list[Question]:
    """The questions whose ids `only` names, `*` and `?` allowed; all where it names none.

    Raises:
        InputError: it names an id that there is not.
    """
    patterns = [pattern for named in only for pattern in named.split(",") if pattern]
    if not patterns:
        return list(questions)
    ids = [question.id for question in questions]
    for pattern in patterns:
        if not any(fnmatchcase(id_, pattern) for id_ in ids):
            near = get_close_matches(pattern, ids, n=1)
            hint = f"did you mean {near[0]}?" if near else None
            raise InputError(Problem(f"--only: there is no question {pattern!r}", hint=hint))
    return [q for q in questions if any(fnmatchcase(q.id, pattern) for pattern in patterns)]


def load_library(config: Config) -> Library:
    """All answered questions of the reference files."""
    banks = read_banks(config.reference_files(), config.placeholders)
    return Library(
        [
            Reference(question.id, question.text, question.answer.text)
            for bank in banks
            for question in bank.questions
            if question.answer
        ]
    )


def known_questions(config: Config) -> dict[QuestionId, Question]:
    """Every question that has an id: those of the bank, then those of the references."""
    files = dict.fromkeys((*config.question_files(), *config.reference_files()))
    banks = read_banks(files, config.placeholders)
    return {question.id: question for bank in banks for question in bank.questions}


def filled_answer(question: Question, config: Config) -> str:
    """The bank's own answer: the filled one, else the one that stands with the question, else ''."""
    folder = config.filled_folder()
    filled = folder and folder / f"{question.id.rpartition('/')[0]}.md"
    if filled and filled.is_file():
        bank = read_bank(filled, config.placeholders)
        question = next((q for q in bank.questions if q.id == question.id), question)
    return question.answer.text if question.answer else ""


def load_prompts(config: Config) -> Prompts:
    """The template of every step, the user's own before the packaged one."""
    sources = {}
    for step in STEPS:
        name = f"{step}.md.j2"
        found = next((f / name for f in config.prompt_folders() if (f / name).is_file()), None)
        if found is None:
            raise InputError(Problem(f"there is no template {name}", hint="reinstall answerbot"))
        sources[step] = (read_text(found), str(found))
    return Prompts(sources)


def load_rubrics(config: Config) -> Callable[[QuestionId], Rubric | None]:
    """Which rubric serves a question.

    Raises:
        InputError: a rubric is none, is not named by its id, or two serve one question.
    """
    served: dict[QuestionId, tuple[Rubric, Path]] = {}
    problems: list[Problem] = []
    for path in sorted(config.rubrics_folder().glob("*.yaml")):
        try:
            rubric = parse_rubric(read_text(path), str(path))
        except AnswerbotError as error:
            problems.extend(error.problems)
            continue
        if rubric.id != path.stem:
            what = f"the rubric's id is {rubric.id!r}"
            problems.append(
                Problem(what, Location(str(path), 1), f"name the file {rubric.id}.yaml")
            )
        for question in rubric.questions:
            if question in served:
                what = f"question {question} is served by {served[question][1]} already"
                problems.append(Problem(what, Location(str(path), 1)))
            served.setdefault(question, (rubric, path))
    if problems:
        raise InputError(*problems)
    return lambda question: served[question][0] if question in served else None
