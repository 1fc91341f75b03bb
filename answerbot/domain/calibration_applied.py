"""Graded x Mapping -> Graded with the fraction that people would be likely to give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from answerbot.domain.calibration import Method
from answerbot.domain.calibration_mapping import BY, Mapping
from answerbot.domain.errors import InputError, Problem
from answerbot.domain.grade import Grade
from answerbot.domain.submission import Graded

_DECIDED = frozenset(["blank", "repeats-question"])


def require_fit(mapping: Mapping, *, estimated: bool) -> None:
    """The mapping was fitted on grades of the kind that are about to be given.

    Raises:
        InputError: it was not.
    """
    method = mapping.basis.method
    wanted: Method = "estimate" if estimated else "rubric"
    if method == wanted or (method == "estimate" and not estimated):
        return  # a run that judges estimates what it has no reply for
    what = f"--calibration: the mapping is of answers {BY[method]}; these are {BY[wanted]}"
    hint = "calibrate with labels of the bank's own questions, graded as here"
    raise InputError(Problem(what, hint=hint))


def doubts(mapping: Mapping, models: Iterable[str], prompt: str) -> Iterator[str]:
    """Why the mapping may not hold: the model or the prompt is another than it was fitted on."""
    basis = mapping.basis
    if not basis.model:
        return
    if others := sorted(set(models) - set(basis.model.split(", "))):
        yield (
            f"the mapping was fitted on grades of {basis.model}, and these are of "
            f"{', '.join(others)}: it may not hold"
        )
    if prompt != basis.prompt:
        yield "the mapping was fitted with another prompt: it may not hold"


def calibrated(graded: Graded, mapping: Mapping) -> Graded:
    """With what people would be likely to give; as it was where the mapping says nothing of it.

    It says nothing of an estimate where it was fitted on judgements, and the other way round. What
    rules or people decided is what people give. The points stay as they are.
    """
    outcome = graded.outcome
    if not isinstance(outcome, Grade):
        return graded
    if _is_decided(outcome):
        return replace(graded, calibrated=outcome.fraction)
    if (mapping.basis.method == "estimate") != graded.estimate:
        return graded
    return replace(graded, calibrated=round(mapping.of(outcome.fraction), 4))


def _is_decided(grade: Grade) -> bool:
    return (
        not _DECIDED.isdisjoint(flag.kind for flag in grade.flags)
        or any(one.human for one in grade.verdicts)
        or any(one.human for one in grade.slips)
    )
