"""Points, pass mark and cap: can each of them matter, and does the pass mark ask for something?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from answerbot.domain.grade import Grade, Verdict, score
from answerbot.domain.lint.complaints import Finding, Source
from answerbot.domain.rubric import Criterion, Rubric
from answerbot.domain.strict_yaml import Trail

_MOST_POINTS = 1_000
"""Of more points, what they can add up to is not worked out."""


def needed(rubric: Rubric) -> int:
    """The fewest points that pass."""
    return -(-rubric.pass_mark * rubric.possible // 100)


def ceiling(rubric: Rubric) -> int:
    """The most points that an answer without an essential criterion keeps."""
    return rubric.possible * rubric.cap // 100


def high_pass_mark(source: Source) -> Iterator[Finding]:
    """A pass mark that only a perfect answer reaches."""
    rubric = source.rubric
    smallest = min(
        one.points - max(map(one.points_for, one.steps), default=0) for one in rubric.criteria
    )
    if needed(rubric) > rubric.possible - smallest:
        yield Finding(
            ("pass",),
            f"only an answer with all {rubric.possible} points passes: "
            f"{rubric.pass_mark} % are {needed(rubric)}",
            f"lower 'pass' to {100 * (rubric.possible - smallest) // rubric.possible} or less",
        )


def low_pass_mark(source: Source) -> Iterator[Finding]:
    """A criterion that passes by itself."""
    rubric = source.rubric
    for number, criterion in enumerate(rubric.criteria):
        if _met(rubric, [criterion]).reaches(rubric.pass_mark):
            yield Finding(
                ("criteria", number, "points"),
                f"an answer that meets {criterion.id!r} and nothing else passes "
                f"({criterion.points} of {rubric.possible} points, {rubric.pass_mark} % pass)",
                "raise 'pass', take points off this criterion, or make another one essential",
            )


def passing_cap(source: Source) -> Iterator[Finding]:
    """An essential criterion without which an answer passes all the same."""
    rubric = source.rubric
    for number, criterion in _essential(rubric):
        without = _met(rubric, [one for one in rubric.criteria if one != criterion])
        if without.reaches(rubric.pass_mark):
            yield Finding(
                ("criteria", number, "essential"),
                f"an answer without the essential {criterion.id!r} passes: it keeps "
                f"{without.earned} of {rubric.possible} points, {needed(rubric)} pass",
                "set 'cap' below 'pass'",
            )


def idle_essential(source: Source) -> Iterator[Finding]:
    """An essential criterion that changes no grade by being so, where all are or the cap is high.

    A cap without which answers pass too is left to `passing_cap`.
    """
    rubric = source.rubric
    essential = list(_essential(rubric))
    for number, criterion in essential:
        left = rubric.possible - criterion.points
        if left <= ceiling(rubric) and left < needed(rubric):
            yield Finding(
                ("criteria", number, "essential"),
                f"'essential' changes nothing: without {criterion.id!r} an answer has at most "
                f"{left} of {rubric.possible} points, and the cap leaves it {ceiling(rubric)}",
                f"leave 'essential' out, or set 'cap' below {100 * left // rubric.possible}",
            )
    if len(essential) == len(rubric.criteria):
        yield Finding(
            ("criteria",),
            "every criterion is essential, so that the word tells none from the others",
            "keep it where an answer without the criterion should not pass",
        )


def idle_cap(source: Source) -> Iterator[Finding]:
    """A cap where no criterion is essential."""
    if "cap" in source.document.values and not any(_essential(source.rubric)):
        yield Finding(
            ("cap",),
            "the cap never applies: no criterion is essential",
            "mark what an answer must not miss as 'essential: true', or leave 'cap' out",
        )


def idle_points(source: Source) -> Iterator[Finding]:
    """Points that can never decide between pass and fail."""
    rubric = source.rubric
    if rubric.possible > _MOST_POINTS:
        return
    steps = [{0, one.points, *map(one.points_for, one.steps)} for one in rubric.criteria]
    slips = [{0, one.points} for one in rubric.misconceptions]
    parts: list[tuple[Trail, str, set[int]]] = [
        *((("criteria", n, "points"), one.id, steps[n]) for n, one in enumerate(rubric.criteria)),
        *(
            (("misconceptions", n, "points"), one.id, slips[n])
            for n, one in enumerate(rubric.misconceptions)
        ),
    ]
    for number, (trail, name, own) in enumerate(parts):
        if any(one.essential and one.id == name for one in rubric.criteria):
            continue
        rest = _sums(other for at, (_, _, other) in enumerate(parts) if at != number)
        if not any(
            (total + min(own) >= needed(rubric)) != (total + max(own) >= needed(rubric))
            for total in rest
        ):
            yield Finding(
                trail,
                f"no answer passes or fails by the points of {name!r}, whatever else it says",
                "give it more points, or the pass mark another place",
            )


def crushing_penalty(source: Source) -> Iterator[Finding]:
    """A misconception that alone fails an answer which is right in all else."""
    rubric = source.rubric
    for number, misconception in enumerate(rubric.misconceptions):
        left = rubric.possible + misconception.points
        if left < needed(rubric):
            yield Finding(
                ("misconceptions", number, "points"),
                f"one slip fails a full answer: {misconception.id!r} leaves it {max(left, 0)} of "
                f"{rubric.possible} points, {needed(rubric)} pass",
                "let it cost less, or make the criterion that it denies essential",
            )


def _essential(rubric: Rubric) -> Iterator[tuple[int, Criterion]]:
    return ((number, one) for number, one in enumerate(rubric.criteria) if one.essential)


def _met(rubric: Rubric, met: Iterable[Criterion]) -> Grade:
    """The grade of an answer that meets these and no other."""
    ids = {criterion.id for criterion in met}
    return score(
        rubric,
        [Verdict(one, "met" if one.id in ids else "not_met", (), "") for one in rubric.criteria],
    )


def _sums(parts: Iterable[set[int]]) -> set[int]:
    """All that the parts can add up to, one value of each."""
    sums = {0}
    for values in parts:
        sums = set(chain.from_iterable((total + value for value in values) for total in sums))
    return sums
