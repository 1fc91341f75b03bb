"""What commands read before they begin: references, rubrics, prompts, banks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from answerbot.adapters.config import Config
from answerbot.adapters.files import read_bank, read_text
from answerbot.adapters.packaged import packaged
from answerbot.domain.bank import Bank, Question, QuestionId
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.references import Library, Reference
from answerbot.domain.rubric import Rubric
from answerbot.domain.rubric_files import SUFFIX, read_together
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
    ids = selected_ids([question.id for question in questions], only)
    return [question for question in questions if question.id in ids]


def selected_ids(ids: Sequence[QuestionId], only: Sequence[str]) -> Collection[QuestionId]:
    """The ids that `only` names, `*` and `?` allowed; all where it names none.

    Raises:
        InputError: it names an id that there is not.
    """
    patterns = [pattern for named in only for pattern in named.split(",") if pattern]
    if not patterns:
        return frozenset(ids)
    for pattern in patterns:
        if not any(fnmatchcase(id_, pattern) for id_ in ids):
            near = get_close_matches(pattern, ids, n=1)
            hint = f"did you mean {near[0]}?" if near else None
            raise InputError(Problem(f"--only: there is no question {pattern!r}", hint=hint))
    return frozenset(id_ for id_ in ids if any(fnmatchcase(id_, pattern) for pattern in patterns))


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


def bank_questions(config: Config) -> dict[QuestionId, Question]:
    """The questions of the bank's own files; of the packaged bank where there is no bank here."""
    files = config.question_files()
    if not files and config.file is None:
        files = tuple(sorted(packaged("bank").glob("questions/*.md")))
    return _by_id(read_banks(files, config.placeholders))


def known_questions(config: Config) -> dict[QuestionId, Question]:
    """Every question that has an id: those of the bank, then those of the references."""
    references = _by_id(read_banks(config.reference_files(), config.placeholders))
    bank = bank_questions(config)
    return bank | {id_: one for id_, one in references.items() if id_ not in bank}


def packaged_questions(placeholders: Sequence[str]) -> dict[QuestionId, Question]:
    """The questions of the bank that comes with the program."""
    folder = packaged("bank")
    files = [*folder.glob("curated/*.*"), *folder.glob("questions/*.*")]
    return _by_id(read_bank(file, placeholders) for file in sorted(files))


def _by_id(banks: Iterable[Bank]) -> dict[QuestionId, Question]:
    return {question.id: question for bank in banks for question in bank.questions}


def own_answers(config: Config) -> Callable[[Question], str]:
    """The bank's own answer to a question: the filled one, else the one beside it, else ''.

    A filled file is read when it is asked for.
    """
    folder = config.filled_folder()

    @cache
    def filled(stem: str) -> Mapping[QuestionId, Question]:
        path = folder / f"{stem}.md" if folder else None
        if path is None or not path.is_file():
            return {}
        return {one.id: one for one in read_bank(path, config.placeholders).questions}

    def answer(question: Question) -> str:
        question = filled(question.id.rpartition("/")[0]).get(question.id, question)
        return question.answer.text if question.answer else ""

    return answer


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


def load_rubrics(
    config: Config, known: Mapping[QuestionId, Question] | None = None
) -> Callable[[QuestionId], Rubric | None]:
    """Which rubric serves a question; `known` are the questions there are, where these are read.

    Raises:
        InputError: as `read_rubrics`.
    """
    rubrics = read_rubrics(config, known)
    served = {id_: rubric for rubric in rubrics for id_ in rubric.questions}
    return served.get


def read_rubrics(
    config: Config, known: Mapping[QuestionId, Question] | None = None
) -> list[Rubric]:
    """Every rubric, by id; `known` as in `load_rubrics`.

    Raises:
        InputError: a rubric is none, is not named by its id or names a question that the bank does
            not have, or two serve one question.
    """
    known = known_questions(config) if known is None else known
    folder = config.rubrics_folder()
    if folder != config.own_rubrics_folder():
        return _rubrics_for(known, config)
    return _rubrics_in(folder, known)


def _rubrics_for(known: Mapping[QuestionId, Question], config: Config) -> list[Rubric]:
    """The packaged rubrics that serve questions here: ids alone may be those of another bank."""
    shipped = packaged_questions(config.placeholders)
    rubrics = []
    for rubric in _rubrics_in(packaged("rubrics"), shipped):
        same = tuple(
            id_ for id_ in rubric.questions if id_ in known and known[id_].text == shipped[id_].text
        )
        if same:
            rubrics.append(rubric.model_copy(update={"questions": same}))
    return rubrics


def _rubrics_in(folder: Path, known: Mapping[QuestionId, Question]) -> list[Rubric]:
    texts, unreadable = rubric_texts(folder)
    files, problems = read_together(texts, known)
    if unreadable or problems:
        raise InputError(*unreadable, *problems)
    return [file.rubric for file in files]


def rubric_texts(folder: Path) -> tuple[list[tuple[str, str]], list[Problem]]:
    """The path and text of every rubric's file in a folder, and what cannot be read as one."""
    problems = [
        Problem("a rubric's file ends with .yaml", Location(str(path)), "rename it")
        for path in sorted(folder.glob("*.yml"))
    ]
    texts: list[tuple[str, str]] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            texts.append((str(path), read_text(path)))
        except InputError as error:
            problems.extend(error.problems)
    return texts, problems
