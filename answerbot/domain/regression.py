"""Expected x actual grades, before x after -> what got worse, and which edit did it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from answerbot.domain.baseline import (
    CriterionState,
    ExemplarState,
    Judged,
    MisconceptionState,
    RubricState,
    rescored,
)
from answerbot.domain.grade import Grade
from answerbot.domain.strict_yaml import Trail

CauseKind = Literal[
    "rubric-text",
    "points",
    "question",
    "exemplar",
    "label",
    "prompt-template",
    "reply-schema",
    "settings",
    "model",
    "recording",
    "scoring-code",
    "judging-code",
    "judge-noise",
]

_OF_THE_RUBRIC = frozenset({"points", "rubric-text", "question", "exemplar", "label"})

NONE = "none"
"""Stands for a verdict where there is no grade, or no such criterion."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something came out otherwise than in the baseline.

    `trail` leads to the edited value of the rubric's file; empty where the edit is elsewhere.
    """

    kind: CauseKind
    what: str
    trail: Trail = ()


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A verdict of an exemplar that is another, or is right or wrong now and was not before."""

    exemplar: str
    part: str
    before: str
    after: str
    expected: str
    was_right: bool
    causes: tuple[Cause, ...]

    @property
    def is_right(self) -> bool:
        """Whether the verdict is the one that the exemplar should get."""
        return self.after == self.expected

    @property
    def flipped(self) -> bool:
        """Whether a verdict that was right is wrong now."""
        return self.was_right and not self.is_right


@dataclass(frozen=True, slots=True)
class Score:
    """Points out of possible; `earned` is None where there is no grade."""

    earned: int | None
    possible: int
    passed: bool

    def __str__(self) -> str:
        if self.earned is None:
            return "no grade"
        return f"{self.earned}/{self.possible} {'pass' if self.passed else 'fail'}"


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A score of an exemplar, or its passing, that is another."""

    exemplar: str
    before: Score
    after: Score
    causes: tuple[Cause, ...]

    @property
    def explained(self) -> bool:
        """Whether edits of the rubric, its question or its exemplars alone account for it."""
        return all(cause.kind in _OF_THE_RUBRIC for cause in self.causes)


@dataclass(frozen=True, slots=True)
class Stale:
    """An exemplar that no recording judges as it stands now, and the edits that made it so."""

    exemplar: str
    causes: tuple[Cause, ...]

    def because(self, cause: Cause | None) -> Stale:
        """The same; no edit being known, this is why there is no recording."""
        if cause is None or any(one.kind != "judging-code" for one in self.causes):
            return self
        return Stale(self.exemplar, (cause,))

    def without(self, lost: Sequence[str]) -> Stale:
        """The same, telling what the answer's words proved before and cannot prove any more."""
        if not lost:
            return self
        told = f"; the words are gone that proved {', '.join(lost)}"
        causes = (
            replace(cause, what=cause.what + told) if cause.trail[-1:] == ("answer",) else cause
            for cause in self.causes
        )
        return Stale(self.exemplar, tuple(causes))


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a rubric's present state differs from the baseline.

    `edits` are all of the rubric, its question, the prompt, the schema and the settings, those
    without effect too; `added` and `removed` name exemplars; `known` tells whether the baseline has
    the rubric.
    """

    known: bool
    edits: tuple[Cause, ...] = ()
    verdicts: tuple[VerdictChange, ...] = ()
    scores: tuple[ScoreChange, ...] = ()
    stale: tuple[Stale, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Whether there is nothing to accept."""
        return self == Comparison(known=True)


def compare(before: RubricState | None, after: RubricState) -> Comparison:
    """What changed; an exemplar of `after` that nobody judged is stale."""
    if before is None:
        unjudged = (id_ for id_, one in after.exemplars.items() if one.judged is None)
        return Comparison(
            known=False,
            stale=tuple(Stale(id_, (_new_exemplar(id_, after),)) for id_ in unjudged),
            added=tuple(after.exemplars),
        )
    edits = tuple(_edits(before, after))
    verdicts: list[VerdictChange] = []
    scores: list[ScoreChange] = []
    stale: list[Stale] = []
    for number, (id_, now) in enumerate(after.exemplars.items()):
        old = before.exemplars.get(id_)
        mine = (*edits, *_exemplar_edits(id_, number, old, now))
        if now.judged is None:
            asked = tuple(edit for edit in mine if edit.kind not in ("points", "label"))
            stale.append(Stale(id_, asked or (_otherwise_asked(),)))
        elif old is not None and old.judged is not None:
            verdicts += _verdict_changes(id_, old, now, old.judged, now.judged, mine)
            scores += _score_changes(id_, (before, old.judged), (after, now.judged), mine)
    return Comparison(
        known=True,
        edits=(
            *edits,
            *(
                edit
                for number, (id_, now) in enumerate(after.exemplars.items())
                if (old := before.exemplars.get(id_))
                for edit in _exemplar_edits(id_, number, old, now)
            ),
        ),
        verdicts=tuple(verdicts),
        scores=tuple(scores),
        stale=tuple(stale),
        added=tuple(id_ for id_ in after.exemplars if id_ not in before.exemplars),
        removed=tuple(id_ for id_ in before.exemplars if id_ not in after.exemplars),
    )


def _edits(before: RubricState, after: RubricState) -> Iterator[Cause]:
    """The edits that concern all exemplars of the rubric."""
    if before.pass_mark != after.pass_mark:
        yield Cause("points", f"pass mark {before.pass_mark} → {after.pass_mark}", ("pass",))
    if before.cap != after.cap:
        yield Cause("points", f"cap {before.cap} → {after.cap}", ("cap",))
    yield from _part_edits("criterion", "criteria", before.criteria, after.criteria)
    yield from _part_edits(
        "misconception", "misconceptions", before.misconceptions, after.misconceptions
    )
    if before.title != after.title:
        yield Cause("rubric-text", "the title", ("title",))
    if before.question != after.question:
        yield Cause("question", "the text of the question", ("questions", 0))
    if before.prompt != after.prompt:
        yield Cause("prompt-template", "the judge's prompt")
    if before.schema_ != after.schema_:
        yield Cause("reply-schema", "the schema of the judge's reply")
    if before.settings != after.settings:
        yield Cause("settings", f"the model's {before.settings} → {after.settings}")


def _part_edits(
    kind: str,
    key: str,
    before: Mapping[str, CriterionState | MisconceptionState],
    after: Mapping[str, CriterionState | MisconceptionState],
) -> Iterator[Cause]:
    for number, (id_, now) in enumerate(after.items()):
        old = before.get(id_)
        if old is None:
            yield Cause("rubric-text", f"{kind} {id_} was added", (key, number))
            continue
        if old.text != now.text:
            yield Cause("rubric-text", f"the text of {kind} {id_}", (key, number))
        if changed := _points_changed(old, now):
            yield Cause("points", f"{kind} {id_}: {changed}", (key, number))
    for id_ in before:
        if id_ not in after:
            yield Cause("rubric-text", f"{kind} {id_} was taken out", (key,))
    kept = [id_ for id_ in before if id_ in after]
    if kept != [id_ for id_ in after if id_ in before]:
        yield Cause("rubric-text", f"the order of the {key}", (key,))


def _points_changed(
    before: CriterionState | MisconceptionState, after: CriterionState | MisconceptionState
) -> str:
    changed = []
    if before.points != after.points:
        changed.append(f"points {before.points} → {after.points}")
    if isinstance(before, CriterionState) and isinstance(after, CriterionState):
        if before.levels != after.levels:
            old, new = (", ".join(map(str, one.levels)) or NONE for one in (before, after))
            changed.append(f"levels' points {old} → {new}")
        if before.essential != after.essential:
            changed.append("essential now" if after.essential else "no longer essential")
    return "; ".join(changed)


def _exemplar_edits(
    id_: str, number: int, before: ExemplarState | None, after: ExemplarState
) -> Iterator[Cause]:
    trail: Trail = ("exemplars", number)
    if before is None:
        yield Cause("exemplar", f"exemplar {id_} is new", trail)
        return
    if before.answer != after.answer:
        yield Cause("exemplar", f"the answer of exemplar {id_}", (*trail, "answer"))
    for part, label in after.expected.items():
        old = before.expected.get(part)
        if old is not None and old != label:
            what = f"exemplar {id_} should get {label} for {part}, not {old}"
            yield Cause("label", what, (*trail, "verdicts", part))


def _new_exemplar(id_: str, rubric: RubricState) -> Cause:
    number = list(rubric.exemplars).index(id_)
    return Cause("exemplar", f"exemplar {id_} is new", ("exemplars", number))


def _otherwise_asked() -> Cause:
    return Cause("judging-code", "the code that puts the judge's requests together")


def _verdict_changes(
    id_: str,
    old: ExemplarState,
    now: ExemplarState,
    before: Judged,
    after: Judged,
    edits: tuple[Cause, ...],
) -> Iterator[VerdictChange]:
    for part, expected in now.expected.items():
        if part not in before.verdicts and part not in old.expected:
            continue
        was, is_ = before.verdicts.get(part, NONE), after.verdicts.get(part, NONE)
        was_right = was == old.expected.get(part)
        if was == is_ and was_right == (is_ == expected):
            continue
        relabelled = [e for e in edits if e.kind == "label" and e.trail[-1] == part]
        causes = [*relabelled, *(_verdict_causes(before, after, edits) if was != is_ else ())]
        yield VerdictChange(id_, part, was, is_, expected, was_right, tuple(causes))


def _verdict_causes(before: Judged, after: Judged, edits: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Why the judge's verdict on the same exemplar is another one."""
    model: tuple[Cause, ...] = ()
    if before.model != after.model:
        model = (Cause("model", f"the model {before.model} → {after.model}"),)
    if before.request == after.request and set(before.verdicts) != set(after.verdicts):
        # Decided without a judge, who would have read of a criterion that came or went.
        return tuple(edit for edit in edits if edit.kind == "rubric-text")
    if before.request != after.request:
        asked = tuple(edit for edit in edits if edit.kind not in ("points", "label"))
        return (*(asked or (_otherwise_asked(),)), *model)
    if before.reply == after.reply:
        return (Cause("judging-code", "the code that reads the judge's reply"),)
    return model or (Cause("judge-noise", "the same request was answered otherwise"),)


def _score_changes(
    id_: str,
    before: tuple[RubricState, Judged],
    after: tuple[RubricState, Judged],
    edits: tuple[Cause, ...],
) -> Iterator[ScoreChange]:
    (old_rubric, old), (rubric, now) = before, after
    was, is_ = _score(old_rubric, old), _score(rubric, now)
    if was == is_:
        return
    causes: list[Cause] = []
    again = rescored(old_rubric, old.verdicts)
    if again and (again.earned, again.reaches(old_rubric.pass_mark)) != (was.earned, was.passed):
        causes.append(Cause("scoring-code", "the code that adds up the points"))
    edited = rescored(rubric, old.verdicts)
    if _result(edited, rubric) != _result(again, old_rubric):
        causes += [edit for edit in edits if edit.kind == "points"]
    if now.verdicts != old.verdicts:
        causes += _verdict_causes(old, now, edits)
    if not causes:
        causes.append(Cause("scoring-code", "the code that adds up the points"))
    yield ScoreChange(id_, was, is_, tuple(causes))


def _score(rubric: RubricState, judged: Judged) -> Score:
    return Score(judged.earned, rubric.possible, judged.passed)


def _result(grade: Grade | None, rubric: RubricState) -> tuple[int, int, bool] | None:
    if grade is None:
        return None
    return grade.earned, grade.possible, grade.reaches(rubric.pass_mark)
