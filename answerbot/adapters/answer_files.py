"""Files and folders of answers -> Submissions."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from answerbot.adapters.answer_rows import (
    JSON_LINES,
    PARQUET,
    ROWS,
    TABLES,
    is_row_report,
    read_rows,
    row_file,
)
from answerbot.adapters.files import read_text
from answerbot.domain.answer_sheet import read_sheet
from answerbot.domain.answers import (
    SHAPE,
    AnswersFile,
    Stated,
    columns_in,
    is_report,
    read_csv,
    read_json_lines,
)
from answerbot.domain.bank import DEFAULT_PLACEHOLDERS, Question, QuestionId
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.known import DEFAULT_THRESHOLD, Known
from answerbot.domain.matching import Submissions, match_answers
from answerbot.domain.row_matching import RowFile
from answerbot.domain.rows import BadLines

_IN_FOLDERS = (".md", ".markdown", ".txt", *ROWS)
_ENDINGS = f"files of answers end with {', '.join(_IN_FOLDERS)}"
_STDIN = Path("-")


def read_submissions(
    paths: Sequence[Path],
    known: Mapping[QuestionId, Question],
    *,
    placeholders: Sequence[str] = DEFAULT_PLACEHOLDERS,
    threshold: float = DEFAULT_THRESHOLD,
    same: Callable[[QuestionId], object] = lambda id_: id_,
) -> Submissions:
    """Read the answers of files, and of the files in folders, and match them to their questions.

    The file `-` is stdin. Reports of grades are passed over in folders.

    `same` gives what questions have in common between which a text need not decide, such as their
    rubric. A question earlier in `known` goes before one with the same text.

    Raises:
        InputError: files are not there, or cannot be read as answers, with all their problems; or
            no question is known.
    """
    if not known:
        hint = "run it in the folder of a bank, or name the bank's files in answerbot.toml"
        raise InputError(Problem("there is no bank here: no question is known", hint=hint))
    questions = Known(known, threshold, same)
    problems: list[Problem] = []
    notices: list[Problem] = []
    files: list[AnswersFile] = []
    for path, named in _files_in(paths, problems, notices).items():
        try:
            if path.suffix.lower() in PARQUET:
                report, text = is_row_report(path), ""
            else:
                text = _text(path)
                report = is_report(text)
            if report:
                _pass_over(path, named, problems, notices)
            else:
                files.append(_read(path, text, questions, placeholders))
        except InputError as error:
            problems += error.problems
    _refuse(problems, files, paths)
    found = match_answers(files, questions)
    return Submissions(found.matched, found.problems, (*notices, *found.notices), found.threshold)


def row_files(paths: Sequence[Path]) -> tuple[list[RowFile], list[Problem]] | None:
    """The files to be read row by row, and what was passed over, as `read_submissions` has it.

    None where one of the files does not hold rows, or cannot be read twice, as a pipe.

    Raises:
        InputError: files are not there, or are reports of grades.
    """
    problems: list[Problem] = []
    notices: list[Problem] = []
    found = _files_in(paths, problems, notices)
    if not all(path.suffix.lower() in ROWS and _is_file(path) for path in found):
        return None
    files: list[RowFile] = []
    for path, named in found.items():
        try:
            if is_row_report(path):
                _pass_over(path, named, problems, notices)
            else:
                files.append(row_file(path))
        except InputError as error:
            problems += error.problems
    _refuse(problems, files, paths)
    return files, notices


def _pass_over(path: Path, named: bool, problems: list[Problem], notices: list[Problem]) -> None:
    if named:
        what = "this is a report of grades, not a file of answers"
        problems.append(Problem(what, Location(str(path)), "leave it out"))
    else:
        what = "this is a report of grades: it is passed over"
        notices.append(Problem(what, Location(str(path)), "write reports elsewhere"))


def _refuse(problems: list[Problem], files: Sequence[object], paths: Sequence[Path]) -> None:
    if not files and not problems:
        problems.append(Problem("there are only reports here", Location(str(paths[0])), _ENDINGS))
    if problems:
        raise InputError(*problems)


def _files_in(
    paths: Sequence[Path], problems: list[Problem], notices: list[Problem]
) -> dict[Path, bool]:
    """The files, each once, and whether it was named and not found in a folder."""
    files: dict[str, Path] = {}
    named: dict[Path, bool] = {}
    for path in paths:
        folder = _is_folder(path)
        for file in _in_folder(path, problems) if folder else [path]:
            real = os.path.realpath(file)
            if real in files:
                what = f"the file was given before, as {files[real]}; it was read once"
                notices.append(Problem(what, Location(str(file))))
            else:
                files[real] = file
                named[file] = not folder
    return named


def _is_folder(path: Path) -> bool:
    # Path.is_dir raises where the path cannot be looked at; reading the file tells of that.
    return os.path.isdir(path)  # noqa: PTH112


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - as above


def _in_folder(path: Path, problems: list[Problem]) -> list[Path]:
    try:
        found = sorted(file for file in path.iterdir() if file.suffix.lower() in _IN_FOLDERS)
    except OSError as error:
        what = f"the folder cannot be read: {error.strerror or error}"
        problems.append(Problem(what, Location(str(path)), "give permission, or name the files"))
        return []
    if not found:
        what = "no file of answers in this folder"
        problems.append(Problem(what, Location(str(path)), _ENDINGS))
    return found


def _text(path: Path) -> str:
    text = read_text(Path("/dev/stdin") if path == _STDIN else path)
    if not text.strip("\ufeff \t\r\n\f\v"):
        what = "there is nothing on stdin" if path == _STDIN else "the file is empty"
        raise InputError(Problem(what, Location(_name(path)), "leave it out"))
    return text


def _name(path: Path) -> str:
    return "stdin" if path == _STDIN else str(path)


def _read(path: Path, text: str, known: Known, placeholders: Sequence[str]) -> AnswersFile:
    name, ending = _name(path), path.suffix.lower()
    if ending in PARQUET:
        return _read_parquet(path)
    if ending == ".json":
        what = "JSON is read line by line, from files that end with .jsonl"
        raise InputError(Problem(what, Location(name), SHAPE))
    # What has no ending, such as stdin, tells its form by how it begins.
    first = "" if ending else text.lstrip("\ufeff \t\r\n").partition("\n")[0]
    if ending in JSON_LINES or first.startswith("{"):
        return read_json_lines(text, name)
    if ending in TABLES or {"question", "answer"} <= columns_in(first):
        return read_csv(text, name)
    return read_sheet(text, name, known, placeholders)


def _read_parquet(path: Path) -> AnswersFile:
    """All rows of the file.

    Raises:
        InputError: the file cannot be read, or some rows hold no answer.
    """
    bad = BadLines(str(path))
    answers: list[Stated] = []
    for row in read_rows(path):
        if isinstance(row, Stated):
            answers.append(row)
        else:
            bad.add(row.location.line if row.location else 0, row.what, row.hint or "")
    bad.raise_if_any()
    return AnswersFile(str(path), row_file(path).candidate, tuple(answers), rows=True)
