"""The texts of rubrics -> rubrics that serve a bank together, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import InputError, Problem
from answerbot.domain.rubric import Rubric, rubric_in
from answerbot.domain.strict_yaml import Document, read_yaml

SUFFIX = ".yaml"
"""What the file of a rubric is named by, behind the rubric's id."""


@dataclass(frozen=True, slots=True)
class RubricFile:
    """A file that holds a rubric: its text, and what that says."""

    path: str
    text: str
    document: Document
    rubric: Rubric


def read_together(
    files: Iterable[tuple[str, str]], known: Collection[QuestionId]
) -> tuple[list[RubricFile], list[Problem]]:
    """Those of the files, each (path, text), that hold rubrics, and every problem.

    A problem is a file that holds none, one that is not named by its rubric's id, a question that
    is not `known`, and a question that two rubrics serve.
    """
    found: list[RubricFile] = []
    problems: list[Problem] = []
    served: dict[QuestionId, str] = {}
    for path, text in files:
        try:
            document = read_yaml(text, path, "rubric")
            file = RubricFile(path, text, document, rubric_in(document))
        except InputError as error:
            problems.extend(error.problems)
            continue
        problems.extend(_misnamed(file))
        problems.extend(_misserving(file, served, known))
        found.append(file)
    return found, problems


def _misnamed(file: RubricFile) -> Iterator[Problem]:
    id_ = file.rubric.id
    name = file.path.replace("\\", "/").rpartition("/")[2]
    if name != id_ + SUFFIX:
        place = file.document.location(("id",))
        yield Problem(f"the rubric's id is {id_!r}", place, f"name the file {id_}{SUFFIX}")


def _misserving(
    file: RubricFile, served: dict[QuestionId, str], known: Collection[QuestionId]
) -> Iterator[Problem]:
    """What is wrong with the questions that the rubric serves; `served` gains them."""
    for number, question in enumerate(file.rubric.questions):
        place = file.document.location(("questions", number))
        if first := served.get(question):
            yield Problem(f"question {question} is served by {first} already", place)
        elif question not in known:
            near = get_close_matches(question, known, n=1)
            hint = f"did you mean {near[0]}?" if near else None
            yield Problem(f"the bank has no question {question}", place, hint)
        served.setdefault(question, file.path)
