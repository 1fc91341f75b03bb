"""What `calibrate` will do: the labelled answers, how each is graded, and what that would cost."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from answerbot.adapters.config import Config
from answerbot.adapters.label_files import read_labels
from answerbot.cli.asking import Asking
from answerbot.cli.grade_plan import Forecast, Tally, grading_of
from answerbot.cli.loading import known_questions, load_prompts, load_rubrics
from answerbot.cli.stack import Stack
from answerbot.domain.answers import stem_of
from answerbot.domain.bank import Question, QuestionId
from answerbot.domain.calibration import Method, Scale, scale_of
from answerbot.domain.calibration_mapping import Basis
from answerbot.domain.errors import InputError, Problem
from answerbot.domain.known import Known, words
from answerbot.domain.label_verdicts import label_of, translated
from answerbot.domain.labels import Columns, Label
from answerbot.domain.raters import by_answer, numbered
from answerbot.domain.rubric import Rubric
from answerbot.domain.submission import Submission
from answerbot.workflows.calibrate import Item, rate, without_model
from answerbot.workflows.grade import Grading
from answerbot.workflows.grade import without_model as decided
from answerbot.workflows.judge import requests_for

_MOST_SHOWN = 20
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Work:
    """The labelled answers to grade, and how."""

    items: tuple[Item, ...]
    grading: Grading


def plan(
    paths: Sequence[Path],
    columns: Columns,
    config: Config,
    *,
    estimated: bool,
    step: float | None = None,
) -> Work:
    """Read the labels, and find for each what it is graded by and on which scale.

    Raises:
        InputError: a file cannot be read, or an answer has nothing to be graded by.
    """
    rows = numbered(read_labels(paths, columns))
    known = known_questions(config)
    rubrics = load_rubrics(config, known)
    finding = _Finding(known, rubrics)
    found = _each(rows, lambda row: _completed(row, finding.question(row), finding.rubric(row)))
    labels = _each(by_answer(found), lambda each: label_of(each, finding.rubric(each[0])))
    scales = _scales(labels, step)
    items = tuple(
        Item(
            label,
            scales[_most(label)],
            _submission(label, finding.question(label)),
            finding.rubric(label),
        )
        for label in labels
    )
    return Work(items, grading_of(config, known, rubrics, estimated))


def _each(values: Iterable[_Given], work: Callable[[_Given], _Made]) -> list[_Made]:
    """What the work makes of each value.

    Raises:
        InputError: it fails for some, with the problems of all.
    """
    made: list[_Made] = []
    problems: list[Problem] = []
    for value in values:
        try:
            made.append(work(value))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*_first(problems))
    return made


def refuse_unfittable(work: Work) -> None:
    """Tell before anything is asked and paid for that no mapping can be fitted.

    Raises:
        InputError: the answers are graded in several ways, or answer one question only.
    """
    if len({item.rubric is None for item in work.items}) > 1:
        what = "--fit wants grades of one kind; rubrics serve only some of these questions"
        raise InputError(Problem(what, hint="calibrate them in two runs"))
    if len({item.label.question_id for item in work.items}) < 2:
        what = "--fit needs answers to two questions at least: it is tried on others than fitted"
        raise InputError(Problem(what))


class _Finding:
    """Which question of the bank a label is about."""

    def __init__(
        self,
        known: Mapping[QuestionId, Question],
        rubrics: Callable[[QuestionId], Rubric | None],
    ) -> None:
        self._known = known
        self._rubrics = rubrics
        self._by_text = Known(known)
        self._found: dict[tuple[str, str], Question | None] = {}

    def question(self, label: Label) -> Question | None:
        """The question that has the label's id, or its text and a rubric; an id alone suffices."""
        asked = (label.question_id, label.question)
        if asked not in self._found:
            self._found[asked] = self._look_up(*asked)
        return self._found[asked]

    def rubric(self, label: Label) -> Rubric | None:
        """The rubric of that question."""
        question = self.question(label)
        return self._rubrics(question.id) if question else None

    def _look_up(self, id_: str, text: str) -> Question | None:
        named = self._known.get(QuestionId(id_))
        if named and (not text or words(text) == words(named.text)):
            return named
        same = self._by_text.exactly(text)
        return next((self._known[one] for one in same if self._rubrics(one)), None)


def _completed(label: Label, question: Question | None, rubric: Rubric | None) -> Label:
    """The row with what the question and its rubric tell; a score has a highest score.

    Raises:
        InputError: it has neither a rubric nor a reference, no highest score, or wrong verdicts.
    """
    if question:
        text = label.question or question.text
        label = replace(label, question_id=question.id, question=text)
    if not label.question:
        what, hint = f"there is no question {label.question_id!r}", "name its text with --question"
        raise InputError(Problem(what, label.place, hint))
    if rubric is None and not label.reference and not label.guidance:
        what = "no rubric serves the question, and the row has no reference answer"
        raise InputError(Problem(what, label.place, "name the column with --reference"))
    label = translated(label, rubric)
    if label.most is not None or not label.scores:
        return label
    if rubric is None:
        hint = "name its column with --max-score, or the number: --max-score 5"
        raise InputError(Problem("the row has no highest score", label.place, hint))
    if max(label.scores) > rubric.possible:
        what = f"the score {max(label.scores):g} is above the rubric's {rubric.possible} points"
        raise InputError(Problem(what, label.place, "name the highest score with --max-score"))
    return replace(label, most=float(rubric.possible))


def _most(label: Label) -> float:
    assert label.most is not None, "completed labels have a highest score"
    return label.most


def _scales(labels: Sequence[Label], step: float | None) -> dict[float, Scale]:
    """The scale of each highest score.

    Raises:
        InputError: the step that was asked for does not divide one.
    """
    scores: dict[float, list[float]] = defaultdict(list)
    for label in labels:
        scores[_most(label)] += label.scores
    if step is None:
        return {most: scale_of(most, given) for most, given in scores.items()}
    for most in scores:
        if abs(most / step - round(most / step)) > 1e-6 or most < step:
            raise InputError(Problem(f"--step: {step:g} does not divide {most:g}"))
    return {most: Scale(most, round(most / step)) for most in scores}


def _submission(label: Label, question: Question | None) -> Submission:
    """The answer; where it stands takes the place of a candidate's name."""
    name = f"{stem_of(label.place.path)}-{label.place.line}"
    id_ = question.id if question else QuestionId("-".join(label.question_id.split()))
    text = question.text if question else label.question
    return Submission(name, id_, text, label.answer, label.place)


def _first(problems: Sequence[Problem]) -> list[Problem]:
    """The first of them; a file that lacks a column does not fill a screen."""
    more = len(problems) - _MOST_SHOWN
    if more <= 0:
        return list(problems)
    return [*problems[:_MOST_SHOWN], Problem(f"{more:,} more rows cannot be graded")]


async def forecast(work: Work, run: Asking) -> Forecast:
    """What judging the answers would take, without asking anybody."""
    stack = run.stack
    result = Forecast(len(work.items), stack, estimates=False)
    tally = Tally(stack.free, result)
    tallying = replace(run.free, llm=tally)
    with stack.ledger.looking_up():
        for item in work.items:
            if why := _needs_no_judge(item, work.grading):
                result.skipped.append((item.submission, why))
                continue
            takes = (1, 1)
            if item.rubric:
                takes = requests_for(item.rubric, work.grading.judging)
            await tally.count(rate(item, work.grading, tallying), *takes)
    return result


def _needs_no_judge(item: Item, grading: Grading) -> str:
    """Why nobody has to read the answer; '' where somebody has to."""
    if grading.estimated:
        return "it is estimated, not judged"
    if item.rubric:
        return "it is decided by rules" if decided(item.submission, grading) else ""
    clear = without_model(item, grading)
    return (clear.problem or clear.reason) if clear else ""


def models_of(stack: Stack) -> list[str]:
    """The models whose replies a run used."""
    return sorted(stack.ledger.models)


def model_of(stack: Stack) -> str:
    """The same as one name, '' where a run asked none."""
    return ", ".join(models_of(stack))


def basis_of(work: Work, config: Config, stack: Stack) -> Basis:
    """What a mapping that is fitted on these grades may be applied to."""
    by_rubric = work.items[0].rubric is not None
    if work.grading.estimated:
        return Basis(method="estimate" if by_rubric else "overlap")
    method: Method = "rubric" if by_rubric else "reference"
    return Basis(method=method, model=model_of(stack), prompt=prompt_of(method, config))


def prompt_of(method: Method, config: Config) -> str:
    """The beginning of a hash of what the template of this kind of grading says."""
    steps: dict[Method, str] = {"rubric": "judge", "reference": "grade-by-reference"}
    if method not in steps:
        return ""
    wording = load_prompts(config).wording(steps[method])
    return hashlib.sha256(wording.encode()).hexdigest()[:12]
