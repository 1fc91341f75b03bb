"""Mapping: from the fraction that the program gives to the one that people would give."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from answerbot.domain.calibration import Method
from answerbot.domain.errors import InputError, Location, Problem

Kind = Literal["isotonic", "linear"]
_Fraction = Annotated[float, Field(ge=0, le=1)]

BY: MappingType[Method, str] = {
    "rubric": "judged by rubrics",
    "reference": "judged beside reference answers",
    "estimate": "estimated by rubrics",
    "overlap": "estimated by the words of reference answers",
}
"""How answers were graded, in words."""


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Basis(_Value):
    """What a mapping was fitted on, and may be applied to.

    `model` and `prompt`, the beginning of a hash of the template's words, are '' where no model
    was asked.
    """

    method: Method
    model: str = ""
    prompt: str = ""


class Interval(_Value):
    """A figure and its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None
    n: int


class Mapping(_Value):
    """Corners of a rising line, from the program's fraction `x` to people's `y`.

    `before` and `after` are the figures of answers to questions that the line was not fitted on.
    """

    version: Literal[1] = 1
    kind: Kind
    basis: Basis
    x: tuple[_Fraction, ...] = Field(min_length=1)
    y: tuple[_Fraction, ...] = Field(min_length=1)
    answers: int
    questions: int
    folds: int
    before: dict[str, Interval] = {}
    after: dict[str, Interval] = {}

    @model_validator(mode="after")
    def _rises(self) -> Mapping:
        if len(self.x) != len(self.y):
            raise ValueError("x and y are not equally long")
        if any(list(side) != sorted(side) for side in (self.x, self.y)):
            raise ValueError("x and y have to rise")
        return self

    def of(self, fraction: float) -> float:
        """What people would give, from 0 to 1; beyond the corners it is that of the last one."""
        at = bisect_right(self.x, fraction)
        if at == 0:
            return self.y[0]
        if at == len(self.x):
            return self.y[-1]
        left, right = self.x[at - 1], self.x[at]
        share = (fraction - left) / (right - left)
        return self.y[at - 1] + share * (self.y[at] - self.y[at - 1])

    @property
    def told(self) -> str:
        """What the mapping is, in one line."""
        model = f" by {self.basis.model}" if self.basis.model else ""
        return (
            f"{self.kind} mapping, fitted on {self.answers:,} answers to {self.questions:,} "
            f"questions, {BY[self.basis.method]}{model}"
        )


def parse_mapping(text: str, path: str) -> Mapping:
    """The mapping that a file holds.

    Raises:
        InputError: it holds none.
    """
    try:
        return Mapping.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        what = f"no mapping: {where + ': ' if where else ''}{first['msg']}"
        hint = "make one with answerbot calibrate --fit isotonic --save-mapping FILE"
        raise InputError(Problem(what, Location(path), hint)) from None


def written_mapping(mapping: Mapping) -> str:
    """The mapping as a file holds it."""
    return mapping.model_dump_json(indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class Line:
    """The corners of a rising line."""

    x: tuple[float, ...]
    y: tuple[float, ...]


def line_of(corners: Sequence[tuple[float, float]]) -> Line:
    """The line through the corners, from left to right, none twice."""
    rounded = sorted({(round(x, 6), round(min(max(y, 0.0), 1.0), 6)) for x, y in corners})
    return Line(tuple(x for x, _ in rounded), tuple(y for _, y in rounded))
