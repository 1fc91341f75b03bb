"""What many rows of results come to, as they go by: none of them is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from math import sqrt
from typing import Any

from answerbot.cli.reports.characters import one_line
from answerbot.cli.reports.summary import STANDINGS, Standing, percent
from answerbot.cli.showing import counted

_REASONS = 10
_KEPT = 1000
_REQUEST = re.compile(r"'?\S+/\S+/\d+ judge(?: \d+)?'?")


class Totals:
    """The sums over rows of results; `pass_mark` in per cent is the one that the run was asked for.

    `ungraded` and `estimated` are how many have no grade, or one that no model gave; `failing` is
    how many judged ones are below the pass mark.
    """

    def __init__(self) -> None:
        self.standings: Counter[Standing] = Counter()
        self.reasons: Counter[str] = Counter()
        self.estimated = 0
        self.failing = 0
        self._earned = 0
        self._possible = 0
        self._mean = 0.0
        self._squares = 0.0

    def add(self, row: Mapping[str, Any]) -> None:
        """One more row."""
        self.standings[_standing(row)] += 1
        if row["status"] == "ungraded":
            self.reasons[self._told(row["reason"])] += 1
            return
        self.estimated += row["estimate"]
        self.failing += row["passed"] is False
        self._earned += row["score"]
        self._possible += row["possible"]
        # After Welford: of fractions that are all alike the spread is 0, and not nearly so.
        off = row["fraction"] - self._mean
        self._mean += off / (self.rows - self.ungraded)
        self._squares += off * (row["fraction"] - self._mean)

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.standings.total()

    @property
    def ungraded(self) -> int:
        """How many have no grade."""
        return self.standings["not graded"]

    @property
    def judged(self) -> int:
        """How many have a grade for what somebody wrote; estimates count."""
        return self.rows - self.ungraded - self.standings["unanswered"]

    @property
    def text(self) -> str:
        """The numbers, line by line."""
        told = [f"{self.standings[one]:,} {one}" for one in STANDINGS if self.standings[one]]
        lines = [f"{counted(self.rows, 'answer')}: {', '.join(told)}" if told else "No answers."]
        graded = self.rows - self.ungraded
        if graded:
            lines.append(
                f"{self._earned:,} of {self._possible:,} points; "
                f"mean {percent(self._mean)}, spread {percent(self._spread(graded))}"
            )
        if self.reasons:
            lines += ["", f"Not graded: {self.ungraded:,}"]
            lines += [f"  {n:,}  {reason}" for reason, n in self.reasons.most_common(_REASONS)]
            if more := len(self.reasons) - _REASONS:
                lines += [f"  and {more:,} more reasons"] if more > 0 else []
        return "\n".join(lines) + "\n"

    def _told(self, reason: str) -> str:
        """The reason as many share it; what would make too many of them is another one."""
        told = one_line(_REQUEST.sub("a judgement", reason))
        return told if told in self.reasons or len(self.reasons) < _KEPT else "another reason"

    def _spread(self, graded: int) -> float | None:
        """The standard deviation of the fractions; of a single one there is none."""
        if graded < 2:
            return None
        return sqrt(self._squares / graded)


def _standing(row: Mapping[str, Any]) -> Standing:
    """What became of the answer, as `Report.standing` has it."""
    if row["status"] == "ungraded":
        return "not graded"
    if row["unanswered"]:
        return "unanswered"
    if row["status"] == "graded":
        passed = row["passed"]
        return "graded" if passed is None else "passed" if passed else "not passed"
    return "to review" if row["status"] == "review" else "estimated"
