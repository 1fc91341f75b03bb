"""Rated answers -> everything that a calibration tells of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from answerbot.domain.agreement import Figure
from answerbot.domain.calibration import Method, Rated, graded_ones
from answerbot.domain.calibration_bias import (
    Confusion,
    Reliability,
    Slice,
    by_length,
    by_level,
    confusion,
    of_each_question,
    reliability,
    worst,
)
from answerbot.domain.calibration_fit import Fitted
from answerbot.domain.calibration_measures import (
    CriterionAgreement,
    Measure,
    against_people,
    among_people,
    by_criterion,
    by_question,
    of_the_mean,
)


@dataclass(frozen=True)
class CalibrationReport:
    """How the program's grades and people's agree.

    `questions_drawn` tells that intervals are of whole questions; else they are of single answers.
    `model` is '' where none was asked.
    """

    rated: tuple[Rated, ...]
    methods: dict[Method, int]
    model: str
    questions: int
    raters: int
    questions_drawn: bool
    program: dict[Measure, Figure]
    people: dict[Measure, Figure]
    mean: dict[Measure, Figure]
    criteria: tuple[CriterionAgreement, ...]
    lengths: tuple[Slice, ...]
    levels: tuple[Slice, ...]
    of_questions: tuple[Slice, ...]
    reliability: Reliability | None
    confusion: Confusion
    worst: tuple[Rated, ...]
    fitted: Fitted | None

    @property
    def graded(self) -> list[Rated]:
        """The answers that have a grade."""
        return graded_ones(self.rated)

    @property
    def ungraded(self) -> list[Rated]:
        """The answers that have none; they count in no figure."""
        return [one for one in self.rated if one.fraction is None]


def calibration_report(
    rated: Sequence[Rated], model: str = "", fitted: Fitted | None = None
) -> CalibrationReport:
    """The report of these answers; at least one of them has a grade.

    `fitted` is a mapping of just these grades.
    """
    graded = graded_ones(rated)
    assert graded, "of no grades there is nothing to say"
    return CalibrationReport(
        tuple(rated),
        dict(Counter(one.by for one in graded)),
        model,
        len({one.label.question_id for one in graded}),
        max(len(one.label.scores) for one in graded),
        by_question(graded),
        fitted.before if fitted else against_people(graded),
        among_people(graded),
        of_the_mean(graded),
        tuple(by_criterion(graded)),
        tuple(by_length(graded)),
        tuple(by_level(graded)),
        tuple(of_each_question(graded)),
        reliability(graded),
        confusion(graded),
        tuple(worst(graded)),
        fitted,
    )
