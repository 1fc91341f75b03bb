"""What people decided about graded answers: one line a decision, and what they make of a grade.

A later decision on the same criterion of the same answer replaces an earlier one; one that was
taken back counts as if it had never been made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from answerbot.domain.bank import QuestionId
from answerbot.domain.baseline import digest
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.grade import Flag, Grade, Slip, Ungraded, Verdict, score
from answerbot.domain.rubric import (
    Criterion,
    CriterionVerdict,
    Misconception,
    MisconceptionVerdict,
    Rubric,
)
from answerbot.domain.submission import Graded, Submission
from answerbot.domain.votes import is_near, nearness

Label = CriterionVerdict | MisconceptionVerdict
Part = Criterion | Misconception
AnswerKey = tuple[str, QuestionId, str]
"""Candidate, question, and what the answer hashes to."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    at: str
    by: str = ""


class Decision(_Line):
    """What a person decided about one criterion or misconception of one answer.

    `answer` and `wording` are hashes: of the answer, and of what the criterion said. `before` is
    the verdict that the person saw, None where there was none. `after` is theirs, and where it is
    None they only remarked something; a `comment` of None leaves an earlier one as it is.
    """

    id: str
    candidate: str
    question: QuestionId
    answer: str
    rubric: str
    criterion: str
    wording: str
    before: Label | None
    after: Label | None
    comment: str | None = None

    @property
    def key(self) -> AnswerKey:
        """Which answer it is about."""
        return self.candidate, self.question, self.answer


class Undo(_Line):
    """Takes back the decision with this id."""

    undo: Annotated[str, Field(min_length=1)]


Entry = Decision | Undo
_ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry)


def line_of(entry: Entry) -> str:
    """The entry as one line of JSON, without its line end."""
    return json.dumps(entry.model_dump(), ensure_ascii=False)


def read_entry(line: str, location: Location) -> Entry:
    """The entry that a line holds.

    Raises:
        InputError: it holds none.
    """
    try:
        return _ENTRY.validate_json(line)
    except ValidationError:
        what = "this line is no decision, and is passed over"
        raise InputError(Problem(what, location, "delete it, or mend it")) from None


def hash_of(text: str) -> str:
    """What tells this text from every other."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def key_of_answer(submission: Submission) -> AnswerKey:
    """Which answer it is, whatever file it stands in."""
    return plain(submission.candidate), submission.question_id, hash_of(submission.text)


def plain(text: str) -> str:
    """The text as UTF-8 can hold it: halves of surrogate pairs as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def wording_of(part: Part) -> str:
    """A hash of all that the judge reads of the criterion or misconception: not of its points."""
    return digest(*part.wording)


def labels_of(part: Part) -> tuple[Label, ...]:
    """The verdicts that there are, the best for the candidate first."""
    if isinstance(part, Misconception):
        return ("absent", "present")
    return ("met", *reversed(part.steps), "not_met")


def parts_of(rubric: Rubric) -> tuple[Part, ...]:
    """The criteria, then the misconceptions."""
    return (*rubric.criteria, *rubric.misconceptions)


@dataclass(frozen=True, slots=True)
class Decided:
    """What holds of one criterion after all that was decided; None where only remarked upon.

    `basis` is the decision that gave the label, or the last remark where none did: its wording and
    rubric are what was decided about. `last` is the last of all.
    """

    label: Label | None
    comment: str
    basis: Decision
    last: Decision


class Decisions:
    """What stands of a file of decisions, by answer and criterion."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: list[Entry] = []
        self._standing: dict[AnswerKey, dict[str, Decided]] = {}
        self._pairs: set[tuple[str, QuestionId]] = set()
        self.add(*entries)

    def add(self, *entries: Entry) -> None:
        """These stand too, in this order, after all others."""
        self._entries += entries
        undone = {entry.undo for entry in self._entries if isinstance(entry, Undo)}
        self._standing = {}
        for entry in self._entries:
            if isinstance(entry, Decision) and entry.id not in undone:
                of_answer = self._standing.setdefault(entry.key, {})
                of_answer[entry.criterion] = _after(of_answer.get(entry.criterion), entry)
        self._pairs = {key[:2] for key in self._standing}

    def __len__(self) -> int:
        return sum(map(len, self._standing.values()))

    def of(self, submission: Submission) -> Mapping[str, Decided]:
        """What was decided about an answer, by criterion."""
        return self._standing.get(key_of_answer(submission), {})

    def about_other_texts(self, submissions: Sequence[Submission]) -> Iterator[Submission]:
        """The answers that were decided when they read differently."""
        present = {key_of_answer(one) for one in submissions}
        known = {key[:2] for key in present & self._standing.keys()}
        for one in submissions:
            pair = key_of_answer(one)[:2]
            if pair in self._pairs and pair not in known:
                yield one

    def about_another_text(self, submission: Submission) -> bool:
        """Whether the answer was decided about when it read differently, and not as it is now."""
        key = key_of_answer(submission)
        return key not in self._standing and key[:2] in self._pairs


def _after(before: Decided | None, decision: Decision) -> Decided:
    comment = before.comment if before else ""
    if decision.comment is not None:
        comment = decision.comment
    if before and before.label is not None and decision.after is None:
        return replace(before, comment=comment, last=decision)
    return Decided(decision.after, comment, decision, decision)


def honour_all(
    graded: Sequence[Graded], decisions: Decisions, margin: int
) -> tuple[list[Graded], list[Problem]]:
    """Each answer with what people decided about it, and the decisions that could not be applied.

    `margin` as `settle` has it.
    """
    submissions = [one.submission for one in graded]
    problems = list(map(_changed, decisions.about_other_texts(submissions)))
    result = []
    for one in graded:
        decided = decisions.of(one.submission)
        problems += obsolete(one, decided)
        result.append(honour(one, decided, margin))
    return result, problems


def honour_one(one: Graded, decisions: Decisions, margin: int) -> tuple[Graded, list[Problem]]:
    """The same for one of answers of which no two are one candidate's to one question."""
    decided = decisions.of(one.submission)
    problems = [*obsolete(one, decided)]
    if decisions.about_another_text(one.submission):
        problems.append(_changed(one.submission))
    return honour(one, decided, margin), problems


def _changed(submission: Submission) -> Problem:
    what = (
        f"{submission.candidate}, {submission.question_id}: the answer has changed since a person "
        "decided about it; the decisions are not applied"
    )
    return Problem(what, submission.place, "review it again")


def obsolete(graded: Graded, decided: Mapping[str, Decided]) -> Iterator[Problem]:
    """The decisions about this answer that cannot be applied, and why."""
    if graded.rubric is None:
        return
    for criterion, each in decided.items():
        if why := _why_obsolete(graded.rubric, criterion, each):
            name = f"{graded.submission.candidate}, {graded.submission.question_id}"
            what = f"{name}: the decision on {criterion} is not applied: {why}"
            yield Problem(what, graded.submission.place, "review it again")


def _why_obsolete(rubric: Rubric, criterion: str, decided: Decided) -> str:
    part = next((part for part in parts_of(rubric) if part.id == criterion), None)
    if decided.basis.rubric != rubric.id:
        return f"it goes by the rubric {decided.basis.rubric}, and {rubric.id} serves the question"
    if part is None:
        return f"the rubric {rubric.id} has no such criterion any more"
    if decided.basis.wording != wording_of(part):
        return "the criterion says something else now"
    if decided.label is not None and decided.label not in labels_of(part):
        return f"{decided.label} is no verdict that the criterion has"
    return ""


def honour(graded: Graded, decided: Mapping[str, Decided], margin: int) -> Graded:
    """The answer with the verdicts that people decided in place of the judge's, scored anew.

    A doubt about a criterion goes when that is decided, one about the whole answer when all of it
    is. An estimate of which all is decided is none any more; an ungraded answer is graded once
    every criterion is decided.
    """
    rubric = graded.rubric
    if rubric is None:
        return graded
    valid = {
        id_: each
        for id_, each in decided.items()
        if each.label is not None and not _why_obsolete(rubric, id_, each)
    }
    if not valid:
        return graded
    if isinstance(graded.outcome, Ungraded):
        if any(criterion.id not in valid for criterion in rubric.criteria):
            return graded
        blank = [Verdict(criterion, "not_met", (), "") for criterion in rubric.criteria]
        graded = replace(graded, outcome=score(rubric, blank), estimate=False)
    assert isinstance(graded.outcome, Grade)
    grade = _decided(rubric, graded.outcome, valid)
    complete = is_decided(grade)
    flags = list(_left(grade, complete, set(valid)))
    estimate = graded.estimate and not complete
    if not (complete or estimate) and is_near(grade.earned, rubric, margin):
        flags.append(nearness(grade, rubric))
    return replace(graded, outcome=replace(grade, flags=tuple(flags)), estimate=estimate)


def is_decided(grade: Grade) -> bool:
    """Whether all that earns or costs points was decided by people."""
    return all(one.human for one in grade.verdicts) and all(one.human for one in grade.slips)


def is_decided_by_people(graded: Graded) -> bool:
    """Whether a person decided some of it."""
    grade = graded.outcome
    if not isinstance(grade, Grade):
        return False
    decided = [one.human for one in grade.verdicts] + [one.human for one in grade.slips]
    return any(decided) or any(flag.kind == "decided" for flag in grade.flags)


def _decided(rubric: Rubric, grade: Grade, decided: Mapping[str, Decided]) -> Grade:
    verdicts = [
        _verdict(verdict, decided[verdict.criterion.id])
        if verdict.criterion.id in decided
        else verdict
        for verdict in grade.verdicts
    ]
    slips, flags = [], list(grade.flags)
    seen = {slip.misconception.id: slip for slip in grade.slips}
    for misconception in rubric.misconceptions:
        slip, each = seen.get(misconception.id), decided.get(misconception.id)
        if each is None:
            slips += [slip] if slip else []
        elif each.label == "present":
            slips.append(_slip(slip or Slip(misconception, (), ""), each, stood=slip is not None))
        else:
            what = f"{misconception.id}: absent, as a person decided"
            if all(flag.what != what for flag in flags):
                flags.append(Flag("decided", what, review=False))
    return score(rubric, verdicts, slips, flags)


def _verdict(judged: Verdict, decided: Decided) -> Verdict:
    """What the person decided; the judge's reason stays only where the two agree."""
    label = decided.label
    assert label is not None, "what holds no verdict is left out"
    assert label != "present"
    assert label != "absent"
    reason = decided.comment or (judged.reason if label == judged.verdict else "")
    evidence = () if label == "not_met" else judged.evidence
    return Verdict(judged.criterion, label, evidence, reason, human=True)


def _slip(judged: Slip, decided: Decided, *, stood: bool) -> Slip:
    reason = decided.comment or (judged.reason if stood else "")
    return Slip(judged.misconception, judged.evidence, reason, human=True)


_EMPTY = ("blank", "repeats-question")


def _left(grade: Grade, complete: bool, decided: set[str]) -> Iterator[Flag]:
    """The doubts that are left, and what is to be known all the same."""
    human_points = any(verdict.human and verdict.points for verdict in grade.verdicts)
    for flag in grade.flags:
        if flag.kind == "near-pass-mark" or (flag.kind in _EMPTY and human_points):
            continue  # told anew by the points as they are now; not so after all
        if not flag.review or not flag.about:
            yield replace(flag, review=flag.review and not complete)
        elif not decided >= set(flag.about):
            yield flag


def doubts(graded: Graded, id_: str) -> tuple[Flag, ...]:
    """What sets the answer aside because of this criterion or misconception."""
    if not isinstance(graded.outcome, Grade):
        return ()
    return tuple(flag for flag in graded.outcome.flags if flag.review and id_ in flag.about)


def believed(graded: Graded) -> dict[str, Label]:
    """The verdict of every criterion and misconception; empty where there is no grade."""
    if graded.rubric is None or not isinstance(graded.outcome, Grade):
        return {}
    present = {slip.misconception.id for slip in graded.outcome.slips}
    labels: dict[str, Label] = {
        verdict.criterion.id: verdict.verdict for verdict in graded.outcome.verdicts
    }
    for misconception in graded.rubric.misconceptions:
        labels[misconception.id] = "present" if misconception.id in present else "absent"
    return labels
