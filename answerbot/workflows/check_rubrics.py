"""Judge the exemplars of a rubric: golden answers -> cases, and the state that they are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from answerbot.domain.bank import DEFAULT_PLACEHOLDERS
from answerbot.domain.baseline import (
    Judged,
    RubricState,
    criterion_state,
    digest,
    exemplar_state,
    misconception_state,
)
from answerbot.domain.check import Case
from answerbot.domain.errors import (
    Location,
    MissingRecordingError,
    NotFinishedError,
    StoppedError,
)
from answerbot.domain.evidence import find_quote
from answerbot.domain.grade import Grade, Ungraded
from answerbot.domain.llm import LLM, Reply, Request
from answerbot.domain.recording import Recording
from answerbot.domain.regression import Cause
from answerbot.domain.replies import find_json, schema_of
from answerbot.domain.rubric import Exemplar, Rubric
from answerbot.domain.submission import Submission
from answerbot.workflows.grade import Grading, grade, subject_of
from answerbot.workflows.judge import JudgeReply, Judging
from answerbot.workflows.session import Session, together

_FIRST = 2
"""The messages of a request that begins a conversation: ours to the system, and the user's."""


@dataclass
class Heard:
    """Passes requests on, and keeps what was asked and answered.

    `missing` are the requests that nobody had recorded.
    """

    llm: LLM
    exchanges: list[tuple[Request, Reply]] = field(default_factory=list)
    missing: list[Request] = field(default_factory=list)

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind this one."""
        try:
            reply = await self.llm.complete(request)
        except MissingRecordingError:
            self.missing.append(request)
            raise
        self.exchanges.append((request, reply))
        return reply


@dataclass(frozen=True)
class Trial:
    """A rubric's exemplars, judged.

    `unanswered` are the requests that nobody had recorded, by exemplar; `failures` what kept an
    endpoint from judging the rest.
    """

    rubric: Rubric
    cases: tuple[Case, ...]
    state: RubricState
    unanswered: Mapping[str, Request]
    failures: tuple[NotFinishedError, ...]

    def as_far_as(self, earlier: Trial) -> Trial:
        """This later trial; what it did not come to is unanswered as it was."""
        open_ = {case.exemplar.id for case in self.cases if case.outcome is None}
        left = {id_: request for id_, request in earlier.unanswered.items() if id_ in open_}
        return replace(self, unanswered=left | dict(self.unanswered))


async def judge_exemplars(rubric: Rubric, question: str, session: Session) -> Trial:
    """What the judge makes of each exemplar, in their order."""
    heard = [Heard(session.llm) for _ in rubric.exemplars]
    failures: list[NotFinishedError] = []

    async def case_of(exemplar: Exemplar, one: Heard) -> Case:
        grading = Grading(lambda _: rubric, lambda _: "", Judging(), DEFAULT_PLACEHOLDERS)
        submission = submission_of(rubric, exemplar, question)
        try:
            graded = await grade(submission, grading, replace(session, llm=one))
        except MissingRecordingError:
            return Case(rubric, exemplar, None)
        except NotFinishedError as error:
            failures.append(error)
            stopped = isinstance(error, StoppedError)
            why = Ungraded(error.problems[0].what, code=error.code)
            return Case(rubric, exemplar, None if stopped else why)
        return Case(rubric, exemplar, graded.outcome)

    cases = await together(*map(case_of, rubric.exemplars, heard))
    return Trial(
        rubric,
        tuple(cases),
        _state(question, cases, heard, session),
        {
            exemplar.id: one.missing[0]
            for exemplar, one in zip(rubric.exemplars, heard, strict=True)
            if one.missing
        },
        tuple(failures),
    )


def submission_of(rubric: Rubric, exemplar: Exemplar, question: str) -> Submission:
    """The exemplar as an answer to the first question that the rubric serves."""
    return Submission(
        f"{rubric.id}/{exemplar.id}",
        rubric.questions[0],
        question,
        exemplar.answer.strip(),
        Location(f"{rubric.id}.yaml"),
    )


def lost_evidence(reply: str, answer: str) -> list[str]:
    """What a reply found in an earlier answer by words that the answer does not have any more.

    The ids of criteria and misconceptions; none where the reply is none.
    """
    try:
        said = JudgeReply.model_validate_json(find_json(reply) or reply)
    except ValidationError:
        return []
    return [
        claim.id
        for claim in (*said.criteria, *said.misconceptions)
        if any(find_quote(answer, quote) is None for quote in claim.quotes)
    ]


def why_unanswered(request: Request, recorded: Iterable[Recording]) -> Cause | None:
    """Why no recording answers the request, by those of the same exemplar; None: nobody can say."""
    recorded = list(recorded)
    if not recorded:
        return Cause("recording", "the recording is gone")
    if len(request.messages) > _FIRST:
        what = "the recorded reply calls for a further request, and that is not recorded"
        return Cause("recording", what)
    for one in recorded:
        if one.request.messages == request.messages and one.request.model != request.model:
            what = f"the recording is of the model {one.request.model}, which is not configured"
            return Cause("model", what)
    return None


def label_of(rubric: Rubric, exemplar: Exemplar) -> str:
    """What the exemplar's judgement is filed under in recordings."""
    return f"{subject_of(submission_of(rubric, exemplar, '')).id} judge"


def _state(
    question: str, cases: Sequence[Case], heard: Sequence[Heard], session: Session
) -> RubricState:
    rubric, settings = cases[0].rubric, session.settings
    schema = digest(str(schema_of(JudgeReply).json_schema))
    sampling = f"max_output_tokens {settings.max_output_tokens}, temperature {settings.temperature}"
    return RubricState.model_validate(
        {
            "pass": rubric.pass_mark,
            "cap": rubric.cap,
            "title": digest(rubric.title),
            "question": digest(question),
            "prompt": digest(session.prompts.source("judge")),
            "schema": schema,
            "settings": sampling,
            "criteria": {one.id: criterion_state(one) for one in rubric.criteria},
            "misconceptions": {one.id: misconception_state(one) for one in rubric.misconceptions},
            "exemplars": {
                case.exemplar.id: exemplar_state(
                    case.exemplar, _judged(case, one, schema + sampling)
                )
                for case, one in zip(cases, heard, strict=True)
            },
        }
    )


def _judged(case: Case, heard: Heard, how: str) -> Judged | None:
    """What became of the exemplar; `how` stands for what was sent besides the messages."""
    if case.outcome is None:
        return None
    outcome = case.outcome if isinstance(case.outcome, Grade) else None
    exchanges = sorted(heard.exchanges, key=lambda exchange: _said(exchange[0]))
    # What is asked after a reply depends on the reply.
    opening = [asked for asked, _ in exchanges if len(asked.messages) <= _FIRST]
    models = dict.fromkeys(reply.model for _, reply in exchanges)
    return Judged(
        earned=outcome.earned if outcome else None,
        passed=outcome is not None and outcome.reaches(case.rubric.pass_mark),
        verdicts=case.verdicts,
        request=digest(how, *(text for asked in opening for text in _said(asked))),
        reply=digest(*(reply.text for _, reply in exchanges)),
        model=", ".join(models),
    )


def _said(request: Request) -> list[str]:
    return [message.content for message in request.messages]
