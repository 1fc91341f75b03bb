"""Grade answers: many at once, each by the rubric of its question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import MissingRecordingError, NotFinishedError, StoppedError
from answerbot.domain.grade import Outcome, Ungraded
from answerbot.domain.llm import LLM, Reply, Request
from answerbot.domain.rubric import Rubric
from answerbot.domain.screening import MAX_CHARACTERS, decided
from answerbot.domain.subject import Subject
from answerbot.domain.submission import Graded, Submission
from answerbot.workflows.judge import Judging, judge
from answerbot.workflows.session import Session, each, in_turn


@dataclass(frozen=True, slots=True)
class Grading:
    """How a run grades.

    `placeholders` are what stands for a missing answer, `longest` how many characters a model
    gets to read at most. `estimated` answers are estimated and never judged; with
    `estimate_missing` those are estimated that no recording judges.
    """

    rubrics: Callable[[QuestionId], Rubric | None]
    references: Callable[[QuestionId], str]
    judging: Judging
    placeholders: tuple[str, ...]
    longest: int = MAX_CHARACTERS
    estimated: bool = False
    estimate_missing: bool = False


def without_model(submission: Submission, grading: Grading) -> Graded | None:
    """What can be said without asking anybody; None: somebody has to read the answer."""
    rubric = grading.rubrics(submission.question_id)
    if rubric is None:
        reason = f"no rubric serves question {submission.question_id}"
        return Graded(submission, None, Ungraded(reason, code="no-rubric"))
    outcome: Outcome | None = decided(
        submission.text, submission.question, rubric, grading.placeholders, grading.longest
    )
    return Graded(submission, rubric, outcome) if outcome else None


async def grade_all(
    submissions: Sequence[Submission],
    grading: Grading,
    session: Session,
    *,
    at_once: int,
    on_done: Callable[[Graded], None] = lambda _: None,
    on_failed: Callable[[NotFinishedError], None] = lambda _: None,
) -> list[Graded]:
    """What became of each answer, in their order; one that fails costs no other its grade."""

    async def work(submission: Submission) -> Graded:
        return await grade(submission, grading, session)

    failed = _failed(grading, on_failed)
    return await each(submissions, work, failed, at_once=at_once, on_done=on_done)


async def grade_in_turn(
    submissions: Iterable[Submission],
    grading: Grading,
    session: Session,
    *,
    at_once: int,
    on_done: Callable[[Graded], None],
    on_failed: Callable[[NotFinishedError], None] = lambda _: None,
    on_ready: Callable[[Graded], None] = lambda _: None,
) -> None:
    """Hand over what became of each answer, in their order; however many, memory stays flat.

    `on_ready` is as that of `in_turn`.

    Raises:
        StoppedError: as `in_turn`.
    """

    async def work(submission: Submission) -> Graded:
        if session.stopping():
            raise StoppedError("stopped before the next answer")
        return await grade(submission, grading, session)

    failed = _failed(grading, on_failed)
    await in_turn(submissions, work, failed, on_done, at_once=at_once, on_ready=on_ready)


def _failed(
    grading: Grading, on_failed: Callable[[NotFinishedError], None]
) -> Callable[[Submission, NotFinishedError], Graded]:
    def failed(submission: Submission, error: NotFinishedError) -> Graded:
        on_failed(error)
        rubric = grading.rubrics(submission.question_id)
        return Graded(submission, rubric, Ungraded(error.problems[0].what, code=error.code))

    return failed


async def grade(submission: Submission, grading: Grading, session: Session) -> Graded:
    """The grade of one answer: decided in code, judged, or estimated.

    Raises:
        NotFinishedError: it was to be judged, and no usable reply could be had.
    """
    if clear := without_model(submission, grading):
        return clear
    rubric = grading.rubrics(submission.question_id)
    assert rubric is not None, "what has no rubric is clear without a model"
    if grading.estimated:
        return _estimated(submission, rubric, grading)
    heard = _Heard(session.llm)
    asking = replace(session, llm=heard)
    try:
        outcome = await judge(subject_of(submission), rubric, asking, grading.judging)
        return Graded(submission, rubric, outcome, models=heard.models, keys=heard.keys)
    except MissingRecordingError:
        if not grading.estimate_missing:
            raise
        return _estimated(submission, rubric, grading)


class _Heard:
    """The model, and which replies came of it."""

    def __init__(self, llm: LLM) -> None:
        self._llm = llm
        self._replies: dict[str, str] = {}

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the requests that were answered, in no order that depends on speed."""
        return tuple(sorted(self._replies))

    @property
    def models(self) -> tuple[str, ...]:
        """Who answered, by name."""
        return tuple(sorted(set(self._replies.values())))

    async def complete(self, request: Request) -> Reply:
        """What the model answers."""
        reply = await self._llm.complete(request)
        self._replies[reply.key or request.key] = reply.model
        return reply


def subject_of(submission: Submission) -> Subject:
    """The answer as it is judged; its id, which names it in recordings, names the candidate too."""
    candidate = "-".join(submission.candidate.split())
    id_ = QuestionId(f"{candidate}/{submission.question_id}")
    return Subject(id_, submission.question, submission.text)


def _estimated(submission: Submission, rubric: Rubric, grading: Grading) -> Graded:
    from answerbot.domain.estimate import estimate  # a tenth of a start; few runs need it

    reference = grading.references(submission.question_id)
    guess = estimate(submission.text, submission.question, rubric, reference)
    return Graded(submission, rubric, guess, estimate=True)
