"""What `grade --json` or `grade -o results.jsonl` wrote, read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from answerbot.adapters.files import read_text
from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.evidence import Evidence
from answerbot.domain.grade import Flag, FlagKind, Slip, Ungraded, Verdict, score
from answerbot.domain.rubric import Criterion, CriterionVerdict, Rubric
from answerbot.domain.submission import Graded, Submission

_AGAIN = "grade again: answerbot grade ANSWERS -o {path}"


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Evidence(_Read):
    quote: str
    start: int
    end: int


class _Part(_Read):
    criterion: str
    verdict: str
    level: int | None = None
    evidence: tuple[_Evidence, ...]
    reason: str
    agreement: float = 1.0
    human: bool = False

    @property
    def found(self) -> tuple[Evidence, ...]:
        return tuple(Evidence(one.quote, one.start, one.end) for one in self.evidence)


class _Flag(_Read):
    kind: str
    what: str
    review: bool
    about: tuple[str, ...]


class _Grade(_Read):
    candidate: str
    question_id: QuestionId
    question: str
    answer: str
    place: str
    status: Literal["graded", "review", "estimated", "ungraded"]
    estimate: bool
    rubric: str | None
    reason: str = ""
    code: str = ""
    verdicts: tuple[_Part, ...]
    misconceptions: tuple[_Part, ...]
    flags: tuple[_Flag, ...]

    @property
    def submission(self) -> Submission:
        path, _, line = self.place.rpartition(":")
        place = Location(path, int(line)) if line.isdecimal() and path else Location(self.place)
        return Submission(self.candidate, self.question_id, self.question, self.answer, place)


class _Document(_Read):
    version: Literal[1]
    pass_mark: int | None
    grades: tuple[_Grade, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """The answers of a report as they were graded, and why some cannot be taken up again.

    `pass_mark` as the report was asked for; None where each rubric's own counts.
    """

    graded: tuple[Graded, ...]
    pass_mark: int | None
    problems: tuple[Problem, ...]


def read_results(path: Path, rubric_of: Callable[[str], Rubric | None]) -> Results:
    """The report in the file; `rubric_of` finds rubrics by their ids.

    Raises:
        InputError: the file is no such report.
    """
    document = _document(path)
    graded, problems = [], []
    for one in document.grades:
        rubric = rubric_of(one.rubric) if one.rubric is not None else None
        name = f"{one.candidate}, {one.question_id}"
        if one.rubric is not None and rubric is None:
            what = f"{name}: there is no rubric {one.rubric} here"
            hint = "run it where the answers were graded"
            problems.append(Problem(what, Location(str(path)), hint))
        elif rubric is not None and one.verdicts and not _fits(one, rubric):
            what = f"{name}: the rubric {rubric.id} has other criteria now"
            problems.append(Problem(what, Location(str(path)), _AGAIN.format(path=path)))
        else:
            graded.append(_graded(one, rubric))
    return Results(tuple(graded), document.pass_mark, tuple(problems))


def _document(path: Path) -> _Document:
    hint = _AGAIN.format(path=path)
    try:
        return _Document.model_validate(_read(path))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        what = f"no report of `grade --json`: {name}: {first['msg'][0].lower()}{first['msg'][1:]}"
        if first["type"] == "missing" and first["loc"][-1] in ("answer", "about", "rubric"):
            what = "the report is of an earlier version, and lacks what a review needs"
    except (ValueError, RecursionError) as error:
        what = f"no report of `grade --json`: {error}"
    raise InputError(Problem(what, Location(str(path)), hint))


def _read(path: Path) -> object:
    """What the file holds; rows of JSON Lines as the grades of a report."""
    text = read_text(path)
    if path.suffix.lower() != ".jsonl":
        return json.loads(text)
    grades = [json.loads(line) for line in text.split("\n") if line.strip()]
    return {"version": 1, "pass_mark": None, "grades": grades}


def _fits(one: _Grade, rubric: Rubric) -> bool:
    """Whether the verdicts are of the criteria that the rubric has."""
    names = {misconception.id for misconception in rubric.misconceptions}
    return (
        [part.criterion for part in one.verdicts] == [each.id for each in rubric.criteria]
        and all(
            _label(part) in ("met", *criterion.steps, "not_met")
            for part, criterion in zip(one.verdicts, rubric.criteria, strict=True)
        )
        and all(part.criterion in names for part in one.misconceptions)
    )


def _label(part: _Part) -> CriterionVerdict:
    label = part.verdict if part.level is None else f"level_{part.level}"
    return cast(CriterionVerdict, label)  # compared with those of the criterion, where it counts


def _graded(one: _Grade, rubric: Rubric | None) -> Graded:
    if rubric is None or one.status == "ungraded":
        return Graded(one.submission, rubric, Ungraded(one.reason, code=one.code))
    verdicts = [
        _verdict(criterion, part)
        for criterion, part in zip(rubric.criteria, one.verdicts, strict=True)
    ]
    known = {misconception.id: misconception for misconception in rubric.misconceptions}
    slips = [
        Slip(known[part.criterion], part.found, part.reason, part.agreement, part.human)
        for part in one.misconceptions
    ]
    flags = [
        Flag(cast(FlagKind, flag.kind), flag.what, flag.review, about=flag.about)
        for flag in one.flags
    ]
    return Graded(one.submission, rubric, score(rubric, verdicts, slips, flags), one.estimate)


def _verdict(criterion: Criterion, part: _Part) -> Verdict:
    return Verdict(criterion, _label(part), part.found, part.reason, part.agreement, part.human)
