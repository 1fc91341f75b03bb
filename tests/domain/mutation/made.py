"""A rubric small enough to count its mutants by hand, and what a judge makes of its exemplars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from answerbot.domain.check import Case
from answerbot.domain.evidence import find_quote
from answerbot.domain.grade import Slip, Verdict, score
from answerbot.domain.rubric import Exemplar, Rubric, parse_rubric

TEXT = """\
id: tides
title: The tides
questions: [sea/1]
pass: 60
cap: 50
criteria:
  - {id: moon, points: 4, essential: true, states: The Moon pulls at the water.}
  - {id: two-bulges, points: 4, states: There are two bulges.}
  - {id: sun, points: 2, states: The Sun adds to it.}
misconceptions:
  - {id: wind, points: -2, states: Wind makes the tides.}
exemplars:
  - id: full
    answer: |
      It comes from the Moon, whose pull is stronger on the near side of the Earth. This makes
      two bulges of water; the Earth turns below them. So there are two high tides a day.
      The Sun is a second cause.
    verdicts: {moon: met, two-bulges: met, sun: met, wind: absent}
  - id: partly
    answer: The Moon attracts the water.
    verdicts: {moon: met, two-bulges: not_met, sun: not_met, wind: absent}
  - id: mistaken
    answer: Wind from the sun piles the water up.
    verdicts: {moon: not_met, two-bulges: not_met, sun: not_met, wind: present}
  - id: parroted
    answer: The tides are a phenomenon of the sea.
    verdicts: {moon: not_met, two-bulges: not_met, sun: not_met, wind: absent}
"""
TIDES = parse_rubric(TEXT, "tides.yaml")
FULL = TIDES.exemplars[0]
QUOTES = {
    "moon": ["the Moon, whose pull is stronger on the near side of the Earth"],
    "two-bulges": ["This makes two bulges of water", "there are two high tides a day"],
    "sun": ["The Sun is a second cause."],
}


def unjudged(rubric: Rubric) -> list[Case]:
    """The exemplars, of which nothing but the labels is known."""
    return [Case(rubric, exemplar, None) for exemplar in rubric.exemplars]


def judged(
    rubric: Rubric, exemplar: Exemplar, quotes: Mapping[str, Sequence[str]], **other: str
) -> Case:
    """The exemplar with a grade: its labels but for `other`, proved by these quotes."""
    answer = exemplar.answer.strip()
    said = exemplar.verdicts | other
    found = {
        id_: tuple(evidence for quote in some if (evidence := find_quote(answer, quote)))
        for id_, some in quotes.items()
    }
    grade = score(
        rubric,
        [
            Verdict(one, said[one.id], found.get(one.id, ()), "So.")  # type: ignore[arg-type]
            for one in rubric.criteria
        ],
        [Slip(one, (), "So.") for one in rubric.misconceptions if said[one.id] == "present"],
    )
    return Case(rubric, exemplar, grade)
