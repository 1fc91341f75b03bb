"""Figures that benchmarks measure, as `python -m benchmarks` puts them into one table.

A benchmark prints its own tables; with `--json` it prints its figures instead, one JSON object a
line.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

Measure = Literal["value", "ideal", "bare"]
_HOLDS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, "==": operator.eq}


@dataclass(frozen=True)
class Target:
    """What is wanted of a figure: of its value, or of its ratio to the ideal or to the bare client.

    `Target("bare", "<=", 0.8)`: at most 0.8 times what the bare client takes.
    """

    of: Measure
    sign: Literal["<=", ">=", "<", "=="]
    limit: float


@dataclass(frozen=True)
class Figure:
    """One thing that was measured; `ideal` and `bare` are ratios, None where there is no such.

    Of several rounds the best of each contender counts. `median` is that of the rounds' ratios to
    the bare client of the same round.
    """

    name: str
    value: float
    unit: str
    ideal: float | None = None
    bare: float | None = None
    median: float | None = None
    target: Target | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        measured: float | None = getattr(self, self.target.of)
        assert measured is not None, f"{self.name}: the target is about what was not measured"
        return bool(_HOLDS[self.target.sign](measured, self.target.limit))


def to_json(figure: Figure) -> str:
    """The figure on one line."""
    return json.dumps(asdict(figure) | {"met": figure.met}, ensure_ascii=False)


def from_json(line: str) -> Figure:
    """What `to_json` wrote."""
    fields = json.loads(line)
    del fields["met"]
    if fields["target"]:
        fields["target"] = Target(**fields["target"])
    return Figure(**fields)


def print_lines(figures: Iterable[Figure]) -> None:
    """Print each figure as a line of JSON."""
    for figure in figures:
        print(to_json(figure), flush=True)


_COLUMNS = ("measured", "of the ideal", "of bare", "median of rounds", "wanted")


def as_table(benchmarks: Mapping[str, Iterable[Figure]]) -> str:
    """A Markdown table, a row a figure, below the title of its benchmark."""
    rows = [f"| figure | {' | '.join(_COLUMNS)} | |", f"| --- |{' ---: |' * len(_COLUMNS)} --- |"]
    for title, figures in benchmarks.items():
        rows += [f"| {title} |{' |' * len(_COLUMNS)} |", *map(as_row, figures)]
    return "\n".join(rows)


def as_row(figure: Figure) -> str:
    """The row of the figure."""
    cells = (
        figure.name,
        f"{_number(figure.value)} {figure.unit}".rstrip(),
        _ratio(figure.ideal),
        _ratio(figure.bare),
        _ratio(figure.median),
        _wanted(figure),
        _verdict(figure.met),
    )
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _wanted(figure: Figure) -> str:
    if figure.target is None:
        return ""
    of = {"value": figure.unit, "ideal": "of the ideal", "bare": "of bare"}[figure.target.of]
    sign = {"<=": "≤", ">=": "≥", "<": "<", "==": "="}[figure.target.sign]
    return f"{sign} {figure.target.limit:,g} {of}".rstrip()


def _verdict(met: bool | None) -> str:
    return {None: "", True: "met", False: "**not met**"}[met]
