"""Grade -> what the candidate is told, put together in code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from answerbot.domain.grade import Grade, Ungraded, Verdict
from answerbot.domain.submission import Graded

_QUOTED = 80
_REASON = 300
_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ])")


@dataclass(frozen=True, slots=True)
class Missed:
    """A criterion that did not earn all of its points, why, and what would have earned them."""

    criterion: str
    points_lost: int
    reason: str
    would_have_earned: str
    human: bool = False


@dataclass(frozen=True, slots=True)
class Feedback:
    """`summary` is two or three sentences; `missed` has the dearest omission first."""

    summary: str
    missed: tuple[Missed, ...] = ()


def feedback(graded: Graded, *, solutions: bool = True) -> Feedback:
    """What to tell the candidate.

    Without `solutions` nothing is told of what a better answer would say: neither what would have
    earned points, nor the judge's reasons, which give that away.
    """
    if isinstance(graded.outcome, Ungraded):
        detail = f": {graded.outcome.detail}" if graded.outcome.detail and solutions else ""
        return Feedback(f"This answer was not graded: {graded.outcome.reason}{detail}")
    grade = graded.outcome
    missed = _missed(grade) if solutions else ()
    sentences = [_result(graded, grade)]
    if decided := _decided(grade):
        return Feedback(f"{sentences[0]} {decided}", missed)
    sentences += _strength(grade)
    if grade.slips:
        sentences.append(_slip(grade, solutions=solutions))
    elif missed:
        sentences.append(_omission(missed[0]))
    return Feedback(" ".join(sentences), missed)


def name_of(id_: str) -> str:
    """The id of a criterion as words: 'repeated-product' -> 'repeated product'."""
    return id_.replace("-", " ")


def _result(graded: Graded, grade: Grade) -> str:
    made = "Estimated without a model: " if graded.estimate else ""
    until = ", until a person has looked at it" if graded.status == "review" else ""
    full = sum(verdict.verdict == "met" for verdict in grade.verdicts)
    part = sum(verdict.verdict not in ("met", "not_met") for verdict in grade.verdicts)
    of_criteria = f"{full} of {len(grade.verdicts)} criteria met"
    of_criteria += f", {part} in part" if part else ""
    cap = "; the points are capped, as an essential criterion is missing" if grade.capped else ""
    return f"{made}{grade.earned} of {grade.possible} points{until}: {of_criteria}{cap}."


def _decided(grade: Grade) -> str:
    kinds = {flag.kind for flag in grade.flags}
    if "blank" in kinds:
        return "There is no answer."
    repeats = "repeats-question" in kinds
    return "The answer repeats the question and adds nothing to it." if repeats else ""


def _strength(grade: Grade) -> Iterator[str]:
    earned = [verdict for verdict in grade.verdicts if verdict.points]
    if not earned:
        yield "Nothing in it meets a criterion."
        return
    best = max(earned, key=lambda verdict: verdict.points)
    if best.evidence:
        yield f"What counted most: “{_short(best.evidence[0].quote)}” ({_points(best.points)})."


def _slip(grade: Grade, *, solutions: bool) -> str:
    worst = min(grade.slips, key=lambda slip: slip.misconception.points)
    quote = f": “{_short(worst.evidence[0].quote)}”" if worst.evidence else ""
    told = f"A wrong statement counts {_points(-worst.misconception.points)} less{quote}"
    return f"{told}: {_sentence(worst.reason)}" if solutions and worst.reason else f"{told}."


def _omission(missed: Missed) -> str:
    lost = f"Most was lost on {name_of(missed.criterion)} ({_points(missed.points_lost)})"
    return f"{lost}: {_sentence(missed.reason)}" if missed.reason else f"{lost}."


def _missed(grade: Grade) -> tuple[Missed, ...]:
    lost = [
        Missed(
            verdict.criterion.id,
            verdict.criterion.points - verdict.points,
            verdict.reason,
            verdict.criterion.states,
            verdict.human,
        )
        for verdict in grade.verdicts
        if _lost(verdict)
    ]
    return tuple(sorted(lost, key=lambda missed: -missed.points_lost))


def _lost(verdict: Verdict) -> bool:
    return verdict.points < verdict.criterion.points


def _points(number: int) -> str:
    return f"{number} point" if number == 1 else f"{number} points"


def _sentence(text: str) -> str:
    """The first sentence of a reason, on one line, and no longer than a feedback can bear."""
    first = _END.split(" ".join(text.split()), maxsplit=1)[0]
    if len(first) > _REASON:
        first = first[: _REASON - 1].rstrip() + "…"
    return first if first.endswith((".", "!", "?", "…")) else f"{first}."


def _short(quote: str) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= _QUOTED else line[: _QUOTED - 1].rstrip() + "…"
