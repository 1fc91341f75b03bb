"""Mutants -> what exemplars and the judge notice of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict

from answerbot.domain.bank import DEFAULT_PLACEHOLDERS
from answerbot.domain.check import Case
from answerbot.domain.errors import Location, MissingRecordingError, NotFinishedError
from answerbot.domain.grade import Outcome
from answerbot.domain.llm import Request
from answerbot.domain.mutation.answers import answer_mutants, model_answer
from answerbot.domain.mutation.loosening import loosened_mutants
from answerbot.domain.mutation.reading import Read, Reading, ReadMutant, read
from answerbot.domain.rubric import Rubric
from answerbot.domain.submission import Submission
from answerbot.workflows.check_rubrics import Heard
from answerbot.workflows.grade import Grading, grade, subject_of
from answerbot.workflows.judge import Judging
from answerbot.workflows.prompts import ParaphraseInputs, fence_for
from answerbot.workflows.session import Session, together


class Paraphrase(BaseModel):
    """The answer in other words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer: str


@dataclass(frozen=True)
class ReadMutants:
    """A rubric's mutants, read by the judge as far as that was possible.

    `ids` are what their requests are filed under in recordings, in order, and `done` those of them
    that were answered. `missing` are the requests that nobody had recorded, `unknown` tells how
    many follow from these; `failures` are what kept an endpoint from answering.
    """

    rubric: Rubric
    read: tuple[Read, ...]
    ids: tuple[str, ...]
    done: frozenset[str]
    missing: tuple[Request, ...]
    unknown: int
    failures: tuple[NotFinishedError, ...]

    def as_far_as(self, earlier: ReadMutants) -> ReadMutants:
        """This later reading; what was missing then and is not done now is missing still."""
        left = {id_: one for one in earlier.missing if (id_ := _subject(one)) not in self.done}
        left |= {_subject(one): one for one in self.missing}
        return replace(self, missing=tuple(left.values()))


def _subject(request: Request) -> str:
    """What the request is filed under in recordings."""
    return request.label.split(" ", 1)[0]


def mutants_to_read(rubric: Rubric, cases: Sequence[Case]) -> list[ReadMutant]:
    """The mutants of the rubric, and of the first full answer among its exemplars."""
    full = model_answer(cases)
    return [*loosened_mutants(rubric, cases), *(answer_mutants(full) if full else ())]


async def read_mutants(
    rubric: Rubric, cases: Sequence[Case], question: str, session: Session
) -> ReadMutants:
    """What the judge makes of each mutant that has to be read."""
    heard = Heard(session.llm)
    listening = replace(session, llm=heard)
    failures: list[NotFinishedError] = []
    done: set[str] = set()
    unknown: list[Submission] = []

    async def outcome_of(mutant: ReadMutant, reading: Reading) -> Outcome | None:
        submission = _submission(mutant, reading, question)
        as_judged = not reading.to_paraphrase
        try:
            if not as_judged:
                submission = replace(submission, text=await _reworded(submission, listening))
                as_judged = True
            outcome = await _judged(submission, reading.rubric, listening)
        except NotFinishedError as error:
            if not as_judged:
                unknown.append(submission)
            if not isinstance(error, MissingRecordingError):
                failures.append(error)
            return None
        done.add(subject_of(submission).id)
        return outcome

    mutants = mutants_to_read(rubric, cases)
    wanted = [(mutant, reading) for mutant in mutants for reading in mutant.readings]
    outcomes = iter(await together(*(outcome_of(*one) for one in wanted)))
    results = [read(mutant, [next(outcomes) for _ in mutant.readings]) for mutant in mutants]
    return ReadMutants(
        rubric,
        tuple(results),
        tuple(subject_of(_submission(*one, question)).id for one in wanted),
        frozenset(done),
        tuple(heard.missing),
        len(unknown),
        tuple(failures),
    )


async def _reworded(submission: Submission, session: Session) -> str:
    inputs = ParaphraseInputs(submission.question, submission.text, fence_for(submission.text))
    label = f"{subject_of(submission).id} paraphrase"

    def faults(reply: Paraphrase) -> list[str]:
        return [] if reply.answer.strip() else ["answer: it is empty"]

    asked = await session.ask(inputs, label, Paraphrase, faults)
    return asked.value.answer.strip()


async def _judged(submission: Submission, rubric: Rubric, session: Session) -> Outcome:
    grading = Grading(lambda _: rubric, lambda _: "", Judging(), DEFAULT_PLACEHOLDERS)
    return (await grade(submission, grading, session)).outcome


def _submission(mutant: ReadMutant, reading: Reading, question: str) -> Submission:
    rubric = reading.rubric
    return Submission(
        f"{rubric.id}/{reading.case.exemplar.id}/{mutant.name}",
        rubric.questions[0],
        question,
        reading.answer,
        Location(f"{rubric.id}.yaml"),
    )
