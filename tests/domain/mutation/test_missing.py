"""Mutants that nobody could notice, told without a look at every way to be judged."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerbot.domain.mutation import missing
from answerbot.domain.mutation.missing import holes
from answerbot.domain.mutation.scoring import (
    RubricMutant,
    Verdicts,
    graded,
    notices,
    rubric_mutants,
)
from answerbot.domain.rubric import Criterion, Misconception, Rubric

MOST = 5_000


def criterion(number: int, points: int, levels: list[int], **more: Any) -> Criterion:
    steps = [{"points": one, "states": "Some of it."} for one in levels]
    return Criterion.model_validate(
        {"id": f"c{number}", "points": points, "states": "It.", **more} | {"levels": tuple(steps)}
    )


def rubric_of(criteria: list[Criterion], costs: list[int], **more: Any) -> Rubric:
    """A rubric without exemplars, which none that is loaded can be."""
    return Rubric.model_construct(
        id="made",
        criteria=tuple(criteria),
        misconceptions=tuple(
            Misconception(id=f"m{number}", points=cost, states="Not it.")
            for number, cost in enumerate(costs)
        ),
        **more,
    )


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    def one(number: int) -> Criterion:
        points = draw(st.integers(1, 6))
        levels = draw(st.sets(st.integers(1, max(points - 1, 1)), max_size=2))
        essential = draw(st.booleans())
        return criterion(
            number, points, sorted(level for level in levels if level < points), essential=essential
        )

    criteria = [one(number) for number in range(draw(st.integers(3, 4)))]
    costs = draw(st.lists(st.integers(-5, -1), min_size=1, max_size=2))
    percent = draw(st.sampled_from([1, 30, 50, 60, 75, 100]))
    return rubric_of(criteria, costs, pass_mark=percent, cap=draw(st.sampled_from([0, 50, 100])))


def every_way(rubric: Rubric, *, steps: bool) -> Iterator[Verdicts]:
    """All verdicts that there are, in the order in which they are preferred."""
    labels = [("met", *(one.steps if steps else ()), "not_met") for one in rubric.criteria]
    slips = product(("absent", "present"), repeat=len(rubric.misconceptions))
    ids = [one.id for one in rubric.criteria] + [one.id for one in rubric.misconceptions]
    for beside in sorted(slips, key=lambda some: some.count("present")):
        for met in product(*labels):
            yield dict(zip(ids, (*met, *beside), strict=True))


def first_of_all(rubric: Rubric, mutant: RubricMutant) -> Verdicts | None:
    """The first way to be judged that shows the mutant; one without steps where there is one."""
    ways = (way for steps in (False, True) for way in every_way(rubric, steps=steps))
    return next((w for w in ways if notices(mutant, w, rubric, graded(rubric, w))), None)


@settings(max_examples=60, deadline=None)
@given(rubrics())
def test_sums_tell_what_a_look_at_every_way_to_be_judged_tells(rubric: Rubric) -> None:
    for mutant in rubric_mutants(rubric):
        found = holes(rubric, [mutant])
        expected = first_of_all(rubric, mutant)
        assert [one.verdicts for one in found.missing] == ([expected] if expected else [])
        assert found.equivalent == (() if expected else (mutant,))


def test_a_rubric_with_many_steps_takes_few_gradings(monkeypatch: pytest.MonkeyPatch) -> None:
    # A cap of 100 % caps nothing, so that nobody notices that the first is no longer essential.
    criteria = [criterion(n, 4, [1, 2, 3], essential=n == 0) for n in range(7)]
    rubric = rubric_of(criteria, [-1, -2, -3, -4], pass_mark=60, cap=100)
    (mutant,) = (one for one in rubric_mutants(rubric) if one.kind == "essential")
    looked = 0

    def counting(*arguments: Any) -> bool:
        nonlocal looked
        looked += 1
        assert looked < MOST
        return notices(*arguments)

    monkeypatch.setattr(missing, "notices", counting)
    assert holes(rubric, [mutant]).equivalent == (mutant,)
