"""Answers in rows -> results in rows, whoever grades them in between.

`plan_rows` looks at all rows before anything is paid for, `RowWork.submissions` are what is to be
graded, and `Finish` makes the row of results of what was graded. None of it grows with the rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import groupby, islice
from typing import Any

from answerbot.adapters.config import Config
from answerbot.cli.asking import Asking
from answerbot.cli.grade_plan import Forecast, Work, forecast, grading_of
from answerbot.cli.loading import known_questions, load_rubrics, selected_ids
from answerbot.cli.reports.as_rows import Rows
from answerbot.cli.reports.summary import Report
from answerbot.cli.showing import counted
from answerbot.cli.stack import Stack
from answerbot.domain.bank import QuestionId
from answerbot.domain.calibration_applied import calibrated
from answerbot.domain.calibration_mapping import Mapping
from answerbot.domain.decisions import Decisions, honour_one
from answerbot.domain.known import DEFAULT_THRESHOLD, Known
from answerbot.domain.matching import Brief
from answerbot.domain.row_matching import RowFile, Survey, mark_of, submissions, survey_rows
from answerbot.domain.submission import Graded, Submission
from answerbot.workflows.grade import Grading

_SAMPLE = 200


@dataclass(frozen=True)
class RowWork:
    """The rows to grade, and how; `total` is how many, `chosen` the questions that are wanted."""

    files: tuple[RowFile, ...]
    known: Known
    survey: Survey
    chosen: Collection[QuestionId]
    grading: Grading
    config: Config

    @property
    def total(self) -> int:
        """How many answers are to be graded."""
        return sum(n for id_, n in self.survey.answers.items() if id_ in self.chosen)

    def grading_in(self, stack: Stack) -> Grading:
        """As `Work.grading_in` has it."""
        return Work((), (), (), self.grading, self.config).grading_in(stack)

    def submissions(self) -> Iterator[Submission]:
        """What is to be graded, in the order of the files and of their rows, read as it is used."""
        found = submissions(self.files, self.known, self.survey)
        wanted = (one for one in found if one.question_id in self.chosen)
        return islice(wanted, self.total)  # a file may have other rows by now


def plan_rows(
    files: Sequence[RowFile], config: Config, *, only: Sequence[str], estimated: bool
) -> RowWork:
    """Go through all rows, and find the question of each.

    Raises:
        InputError: a file cannot be read, or `only` names no question that is answered.
    """
    questions = known_questions(config)
    rubrics = load_rubrics(config, questions)
    threshold = config.grade.alike or DEFAULT_THRESHOLD
    known = Known(questions, threshold, lambda id_: rubric.id if (rubric := rubrics(id_)) else id_)
    survey = survey_rows(files, known)
    chosen = selected_ids(list(survey.answers), only)
    grading = grading_of(config, questions, rubrics, estimated)
    return RowWork(tuple(files), known, survey, chosen, grading, config)


@dataclass(frozen=True)
class RowForecast:
    """What judging would take: counted for a sample of the answers, and reckoned for all.

    The sample is all of them where they are few, else some of the `different` ones.
    """

    of_sample: Forecast
    total: int
    different: int

    @property
    def of_all(self) -> Forecast:
        """What judging all of them would take."""
        some = self.of_sample
        if some.answers == self.total:
            return some
        times = self.different / some.answers
        return replace(
            some,
            answers=self.total,
            repeated=self.total - self.different,
            requests=round(some.requests * times),
            at_most=round(some.at_most * times),
            tokens_in=round(some.tokens_in * times),
            tokens_out=round(some.tokens_out * times),
        )

    @property
    def line(self) -> str:
        """The plan in one line."""
        if self.of_sample.answers in (self.total, self.different):
            return self.of_all.line
        return f"{self.of_all.line} (reckoned from {self.of_sample.answers:,} of the answers)"

    @property
    def text(self) -> str:
        """The plan line by line."""
        if self.of_sample.answers == self.total:
            return self.of_sample.text
        of_all = self.of_all
        alike = f", {self.different:,} of them different" if of_all.repeated else ""
        _, _, counts = self.of_sample.text.partition("\n")
        head = f"{counted(self.total, 'answer')}{alike}"
        if self.of_sample.answers == self.different:
            return f"{head}\n{counts}"
        some = f"{head}; of {self.of_sample.answers:,} of these\n{counts}"
        if of_all.stack.endpoint is None:
            return some
        return (
            f"{some}\nso of all: {counted(of_all.requests, 'request')}, about "
            f"{of_all.tokens_in:,} tokens in, {of_all.tokens_out:,} out; cost {of_all.cost}"
        )


async def forecast_rows(work: RowWork, run: Asking) -> RowForecast:
    """What judging would take, without asking anybody; the sample is of all parts of the files."""
    if work.total <= _SAMPLE:
        sample, different = tuple(work.submissions()), work.total
    else:
        sample, different = _sample(work.submissions())
    of_sample = await forecast(Work(sample, (), (), work.grading, work.config), run)
    return RowForecast(of_sample, work.total, different)


def _sample(answers: Iterable[Submission]) -> tuple[tuple[Submission, ...], int]:
    """Some different answers, each with the same chance, and how many different ones there are."""
    marks = array("Q")
    chosen: dict[int, Submission] = {}
    highest: list[int] = []  # a heap of the marks, as negative numbers
    for answer in answers:
        mark = mark_of(answer.text, answer.question_id)
        marks.append(mark)
        if mark in chosen:
            continue
        if len(chosen) == _SAMPLE:
            if mark > -highest[0]:
                continue
            del chosen[-heappop(highest)]
        chosen[mark] = answer
        heappush(highest, -mark)
    return tuple(chosen.values()), sum(1 for _ in groupby(sorted(marks)))


class Finish:
    """Makes rows of what was graded: with what people decided, and the mapping, as asked for.

    `obsolete` tells briefly of the decisions that could not be applied.
    """

    def __init__(
        self, report: Report, decisions: Decisions, margin: int, mapping: Mapping | None = None
    ) -> None:
        self._rows = Rows(replace(report, calibration=mapping.told if mapping else ""))
        self._decisions = decisions
        self._margin = margin
        self._mapping = mapping
        self.obsolete = Brief()

    def row(self, judged: Graded) -> dict[str, Any]:
        """The row of results."""
        graded, obsolete = honour_one(judged, self._decisions, self._margin)
        for problem in obsolete:
            self.obsolete.add(problem)
        return self._rows.row(calibrated(graded, self._mapping) if self._mapping else graded)
