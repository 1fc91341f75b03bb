"""Grade answers that people graded: by the rubric of their question, or beside a reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from answerbot.domain.calibration import Method, Rated, Scale
from answerbot.domain.calibration_overlap import overlap
from answerbot.domain.errors import NotFinishedError
from answerbot.domain.grade import Flag, Grade
from answerbot.domain.labels import Label
from answerbot.domain.rubric import Rubric
from answerbot.domain.submission import Graded, Submission
from answerbot.workflows.grade import Grading, grade, subject_of
from answerbot.workflows.grade_by_reference import Guide, grade_by_reference
from answerbot.workflows.session import Session, each


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled answer as it is graded: by a rubric where one serves, else by the label's own."""

    label: Label
    scale: Scale
    submission: Submission
    rubric: Rubric | None


async def rate_all(
    items: Sequence[Item],
    grading: Grading,
    session: Session,
    *,
    at_once: int,
    on_done: Callable[[Rated], None] = lambda _: None,
    on_failed: Callable[[NotFinishedError], None] = lambda _: None,
) -> list[Rated]:
    """What became of each answer, in their order; one that fails costs no other its grade."""

    async def work(item: Item) -> Rated:
        return await rate(item, grading, session)

    def failed(item: Item, error: NotFinishedError) -> Rated:
        on_failed(error)
        method: Method = "rubric" if item.rubric else "reference"
        problem = error.problems[0].what
        return Rated(item.label, item.scale, method, None, problem=problem, rubric=_rubric(item))

    return await each(items, work, failed, at_once=at_once, on_done=on_done)


async def rate(item: Item, grading: Grading, session: Session) -> Rated:
    """What the program makes of one answer.

    Raises:
        NotFinishedError: it was to be judged, and no usable reply could be had.
    """
    if item.rubric is not None:
        return _of_grade(item, await grade(item.submission, grading, session), grading)
    return without_model(item, grading) or await _beside_reference(item, session)


def without_model(item: Item, grading: Grading) -> Rated | None:
    """What can be said of an answer without a rubric and without asking; None: it is to be read."""
    label, scale = item.label, item.scale
    method: Method = "overlap" if grading.estimated else "reference"
    if not label.answer.strip():
        return Rated(label, scale, method, 0.0, reason="There is no answer.")
    if len(label.answer) > grading.longest:
        problem = (
            f"{len(label.answer)} characters are more than the {grading.longest} that are graded"
        )
        return Rated(label, scale, method, None, problem=problem)
    if not grading.estimated:
        return None
    share = overlap(label.answer, f"{label.guidance}\n{label.reference}")
    reason = f"It has {100 * share:.0f} % of the words of the reference."
    return Rated(label, scale, "overlap", share, reason=reason)


async def _beside_reference(item: Item, session: Session) -> Rated:
    label = item.label
    guide = Guide(label.reference, label.guidance, item.scale)
    scored = await grade_by_reference(subject_of(item.submission), guide, session)
    fraction = scored.score / item.scale.most
    verdicts = {label.criterion: _as_verdict(fraction)} if label.criterion else {}
    return Rated(
        label,
        item.scale,
        "reference",
        fraction,
        scored.confidence,
        scored.reason,
        tuple(one.quote for one in scored.evidence),
        verdicts,
        _told(scored.flags),
    )


def _as_verdict(fraction: float) -> str:
    """The verdict on a criterion that is all that the score is about."""
    return "met" if fraction >= 1 else "partial" if fraction > 0 else "not_met"


def _of_grade(item: Item, graded: Graded, grading: Grading) -> Rated:
    method: Method = "estimate" if graded.estimate or grading.estimated else "rubric"
    outcome = graded.outcome
    if not isinstance(outcome, Grade):
        problem = outcome.reason
        return Rated(item.label, item.scale, method, None, problem=problem, rubric=_rubric(item))
    slips = {slip.misconception.id for slip in outcome.slips}
    verdicts = {one.criterion.id: str(one.verdict) for one in outcome.verdicts}
    verdicts |= {
        one.id: "present" if one.id in slips else "absent"
        for one in (graded.rubric.misconceptions if graded.rubric else ())
    }
    return Rated(
        item.label,
        item.scale,
        method,
        outcome.fraction,
        _agreement(outcome, grading),
        _reasons(outcome),
        tuple(evidence.quote for one in outcome.verdicts for evidence in one.evidence),
        verdicts,
        _told(outcome.flags),
        rubric=_rubric(item),
    )


def _rubric(item: Item) -> str:
    return item.rubric.id if item.rubric else ""


def _agreement(grade: Grade, grading: Grading) -> float | None:
    """How far several votes agree, on average over the criteria; one vote tells nothing of it."""
    if grading.judging.votes.first == 1 or grading.estimated:
        return None
    return fmean(verdict.agreement for verdict in grade.verdicts)


def _reasons(grade: Grade) -> str:
    told = [
        f"{one.criterion.id}: {one.verdict}" + (f" ({one.reason})" if one.reason else "")
        for one in grade.verdicts
    ]
    told += [f"{slip.misconception.id}: present ({slip.reason})" for slip in grade.slips]
    return "; ".join(told)


def _told(flags: Sequence[Flag]) -> tuple[str, ...]:
    return tuple(flag.what for flag in flags)
