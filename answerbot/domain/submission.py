"""Submission: a candidate's answer to a question of the bank; Graded: what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Location
from answerbot.domain.grade import Grade, Outcome
from answerbot.domain.rubric import Rubric

Status = Literal["graded", "review", "estimated", "ungraded"]


@dataclass(frozen=True, slots=True)
class Submission:
    """What a candidate wrote in answer to a question that the bank has.

    `question_id` and `question` are the bank's, `text` the candidate's words (line ends as LF,
    untrusted), `place` where they stand, `id` what the row that they stand in calls itself.
    """

    candidate: str
    question_id: QuestionId
    question: str
    text: str
    place: Location
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """A submission and its outcome; `estimate` tells that no model judged it.

    `rubric` is None where no rubric serves the question; the outcome is Ungraded then. `calibrated`
    is the fraction of the points that people would be likely to give, None where nothing tells.
    `models` are who judged it, `keys` those of the requests that they answered; both sorted.
    """

    submission: Submission
    rubric: Rubric | None
    outcome: Outcome
    estimate: bool = False
    calibrated: float | None = None
    models: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """What the outcome may be taken for."""
        if not isinstance(self.outcome, Grade):
            return "ungraded"
        if self.estimate:
            return "estimated"
        return "review" if self.outcome.needs_review else "graded"
