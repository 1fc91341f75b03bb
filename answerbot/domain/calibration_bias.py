"""Where the program is higher or lower than people, and whether it knows when it is right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, quantiles

from answerbot.domain import agreement
from answerbot.domain.agreement import Figure
from answerbot.domain.calibration import Rated
from answerbot.domain.calibration_measures import by_question

MOST_LEVELS = 10
"""A confusion matrix of more steps is drawn in quarters."""

WORST = 20
_LENGTHS = 4
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the answers, what both sides give on average, and how they differ.

    Means and differences are fractions of the highest score; `about` is the question's text where
    the part is a question.
    """

    name: str
    n: int
    human: float
    machine: float
    bias: Figure
    error: Figure
    about: str = ""


def by_length(rated: Sequence[Rated]) -> list[Slice]:
    """Quarters of the answers, from the shortest to the longest."""
    words = [len(one.label.answer.split()) for one in rated]
    if len(set(words)) < _LENGTHS:
        return []
    bounds = sorted({int(bound) for bound in quantiles(words, n=_LENGTHS)})
    parts: dict[int, list[Rated]] = defaultdict(list)
    for one, count in zip(rated, words, strict=True):
        parts[sum(count > bound for bound in bounds)].append(one)
    lows = [min(words), *(bound + 1 for bound in bounds)]
    highs = [*bounds, max(words)]
    grouped = by_question(rated)
    return [
        _slice(f"{lows[part]} to {highs[part]} words", parts[part], grouped=grouped)
        for part in sorted(parts)
    ]


def by_level(rated: Sequence[Rated]) -> list[Slice]:
    """The answers by what people gave: each score, or none, thirds between, and all."""
    if len({one.scale for one in rated}) == 1 and rated[0].scale.steps <= MOST_LEVELS:
        scale = rated[0].scale
        names = [f"score {score:.4g}" for score in scale.scores]
        return _parts(rated, lambda one: scale.level(one.human), names)
    names = ["nothing", "up to a third", "up to two thirds", "less than all", "all"]
    return _parts(rated, lambda one: _band(one.human), names)


def _band(fraction: float) -> int:
    if fraction <= 0:
        return 0
    if fraction >= 1:
        return 4
    return 1 + sum(fraction > third for third in (1 / 3, 2 / 3))


def of_each_question(rated: Sequence[Rated]) -> list[Slice]:
    """The answers to each question, from where the program is most too low to most too high."""
    parts: dict[str, list[Rated]] = defaultdict(list)
    for one in rated:
        parts[one.label.question_id].append(one)
    slices = [
        replace(_slice(name, part, grouped=False), about=part[0].label.question)
        for name, part in parts.items()
    ]
    return sorted(slices, key=lambda one: one.machine - one.human)


def _parts(
    rated: Sequence[Rated], part_of: Callable[[Rated], int], names: Sequence[str]
) -> list[Slice]:
    parts: dict[int, list[Rated]] = defaultdict(list)
    for one in rated:
        parts[part_of(one)].append(one)
    grouped = by_question(rated)
    return [_slice(names[part], parts[part], grouped=grouped) for part in sorted(parts)]


def _slice(name: str, rated: Sequence[Rated], *, grouped: bool) -> Slice:
    human, machine = [one.human for one in rated], [one.machine for one in rated]
    groups = [one.label.question_id for one in rated] if grouped else None
    return Slice(
        name,
        len(rated),
        fmean(human),
        fmean(machine),
        agreement.mean_difference(human, machine, groups),
        agreement.mean_absolute_error(human, machine, groups),
    )


@dataclass(frozen=True, slots=True)
class Confident:
    """Answers of about the same confidence, and how many of them got people's score."""

    confidence: float
    right: Figure


@dataclass(frozen=True, slots=True)
class Reliability:
    """Whether confidence tells how often the program is right; `error` is the mean distance."""

    bins: tuple[Confident, ...]
    error: float


def reliability(rated: Sequence[Rated]) -> Reliability | None:
    """By tenths of confidence; None where the program gave none."""
    tenths: dict[int, list[Rated]] = defaultdict(list)
    for one in rated:
        if one.confidence is not None:
            tenths[min(int(one.confidence * _TENTHS), _TENTHS - 1)].append(one)
    if not tenths:
        return None
    bins = tuple(_confident(tenths[tenth]) for tenth in sorted(tenths))
    n = sum(one.right.n for one in bins)
    far = sum(one.right.n * abs(one.confidence - (one.right.value or 0.0)) for one in bins)
    return Reliability(bins, far / n)


def _confident(rated: Sequence[Rated]) -> Confident:
    people = [one.scale.level(one.human) for one in rated]
    program = [one.scale.level(one.machine) for one in rated]
    confidence = fmean(one.confidence for one in rated if one.confidence is not None)
    return Confident(confidence, agreement.accuracy(people, program))


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many answers got each pair of scores: `counts[people's][the program's]`."""

    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def confusion(rated: Sequence[Rated]) -> Confusion:
    """By the steps of the scale; by quarters where there are several scales, or many steps."""
    scales = {one.scale for one in rated}
    one_scale = next(iter(scales)) if len(scales) == 1 else None
    if one_scale and one_scale.steps <= MOST_LEVELS:
        steps = one_scale.steps
        names = tuple(f"{score:.4g}" for score in one_scale.scores)
    else:
        steps, names = 4, ("0 %", "25 %", "50 %", "75 %", "100 %")
    pairs = Counter((int(one.human * steps + 0.5), int(one.machine * steps + 0.5)) for one in rated)
    levels = range(steps + 1)
    return Confusion(names, tuple(tuple(pairs[x, y] for y in levels) for x in levels))


def worst(rated: Iterable[Rated], most: int = WORST) -> list[Rated]:
    """The answers that both sides differ most about, the farthest first."""
    differing = [one for one in rated if one.off]
    return sorted(differing, key=lambda one: (-abs(round(one.off, 9)), one.label.place))[:most]
