"""What people and the program say of the same answers, on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from answerbot.domain.labels import Label

Method = Literal["rubric", "reference", "estimate", "overlap"]
"""How an answer was graded: judged by a rubric; judged beside a reference; estimated by a rubric;
estimated by the words that it shares with a reference."""

_STEPS = (*range(1, 17), 18, 20, 24, 25, 30, 40, 50, 100)
_ON_STEPS = 0.9  # of the scores; the others lie between by a mistake or a special case
_NEAR = 0.005  # of the highest score: 0.33 is a third
_LISTED = 12


@dataclass(frozen=True, slots=True)
class Scale:
    """Scores from 0 to `most` in so many equal steps."""

    most: float
    steps: int

    @property
    def scores(self) -> tuple[float, ...]:
        """Every score that may be given, upwards."""
        return tuple(self.most * level / self.steps for level in range(self.steps + 1))

    @property
    def in_words(self) -> str:
        """'0, 0.5, 1', or where they are many '0 to 10 in steps of 0.5'."""
        if self.steps <= _LISTED:
            return ", ".join(f"{score:.4g}" for score in self.scores)
        return f"0 to {self.most:g} in steps of {self.most / self.steps:.4g}"

    def level(self, fraction: float) -> int:
        """The step that is nearest to a fraction of the highest score, counted from 0."""
        return int(fraction * self.steps + 0.5)

    def has(self, score: float) -> bool:
        """Whether the score is one that may be given."""
        return any(abs(score - one) <= _NEAR * self.most for one in self.scores)


def scale_of(most: float, scores: Iterable[float]) -> Scale:
    """The coarsest scale that nine of ten scores lie on."""
    fractions = [score / most for score in scores]
    for steps in _STEPS:
        on = sum(abs(one * steps - round(one * steps)) <= _NEAR * steps for one in fractions)
        if on >= _ON_STEPS * len(fractions):
            return Scale(most, steps)
    return Scale(most, _STEPS[-1])


@dataclass(frozen=True, slots=True)
class Rated:
    """An answer that people graded, and what the program makes of it.

    `rubric` is the id of the rubric, '' where there is none. `fraction` is of the highest score,
    None where there is no grade, and then `problem` says why.
    `confidence` is how sure the judge says it is, from 0 to 1, None where it says nothing.
    """

    label: Label
    scale: Scale
    by: Method
    fraction: float | None
    confidence: float | None = None
    reason: str = ""
    quotes: tuple[str, ...] = ()
    verdicts: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    problem: str = ""
    rubric: str = ""

    @property
    def human(self) -> float:
        """What people gave, as a fraction of the highest score."""
        return self.label.score / self.scale.most

    @property
    def machine(self) -> float:
        """What the program gives, as such a fraction."""
        assert self.fraction is not None, "only what was graded has a fraction"
        return self.fraction

    @property
    def off(self) -> float:
        """By how much the program is higher."""
        return self.machine - self.human


def graded_ones(rated: Sequence[Rated]) -> list[Rated]:
    """Those that have a grade."""
    return [one for one in rated if one.fraction is not None]
