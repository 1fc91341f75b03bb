"""Gates: what a check of rubrics fails on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from answerbot.domain.check import Checked, Gate, Statistics
from answerbot.domain.grade import Ungraded
from answerbot.domain.lint.complaints import Complaint


@dataclass(frozen=True, slots=True)
class Limits:
    """What is tolerated; `agreement` is a floor in per cent."""

    lint: Literal["error", "warning", "off"] = "error"
    stale: bool = True
    baseline: bool = True
    flips: bool = True
    scores: Literal["unexplained", "any", "off"] = "unexplained"
    agreement: float = 90


def gates(
    checked: Sequence[Checked],
    complaints: Sequence[Complaint],
    statistics: Statistics | None,
    limits: Limits,
    removed: Sequence[str] = (),
) -> Iterator[Gate]:
    """Every gate, passed or not, in the order in which a keeper of rubrics would see to them.

    `removed` are rubrics that the baseline has and that are gone.
    """
    wrong = [c for c in complaints if c.severity == "error" or limits.lint == "warning"]
    yield Gate("lint", not wrong, _number(wrong, "complaint"), limits.lint != "off")
    stale = [one for each in checked for one in each.comparison.stale]
    yield Gate(
        "stale", not stale, f"{_number(stale, 'exemplar')} without a recording", limits.stale
    )
    ungraded = [case for one in checked for case in one.cases if isinstance(case.outcome, Ungraded)]
    yield Gate("unjudged", not ungraded, f"{_number(ungraded, 'exemplar')} without a grade")
    strange = [*removed, *(name for one in checked for name in _strange(one))]
    what = f"{_number(strange, 'rubric or exemplar', 'rubrics or exemplars')} new or gone"
    yield Gate("baseline", not strange, what, limits.baseline)
    flips = [c for one in checked for c in one.comparison.verdicts if c.flipped]
    what = f"{_number(flips, 'verdict')} right in the baseline and wrong now"
    yield Gate("flips", not flips, what, limits.flips)
    yield _scores(checked, limits)
    if statistics is not None and statistics.criteria.value is not None:
        share = 100 * statistics.criteria.value
        floor = f"at least {limits.agreement:g} %"
        what = f"{share:.1f} % of the verdicts on criteria as expected, {floor}"
        yield Gate("agreement", share >= limits.agreement, what)


def _scores(checked: Sequence[Checked], limits: Limits) -> Gate:
    changed = [change for one in checked for change in one.comparison.scores]
    counted = [one for one in changed if limits.scores != "unexplained" or not one.explained]
    what = f"{_number(counted, 'score')} changed"
    if limits.scores == "unexplained":
        what += " without an edit of the rubric"
    return Gate("scores", not counted, what, limits.scores != "off")


def _strange(checked: Checked) -> Sequence[str]:
    """What the baseline does not have, or has and is gone."""
    found = checked.comparison
    return (*found.added, *found.removed) if found.known else (checked.rubric.id,)


def _number(things: Sequence[object], noun: str, several: str = "") -> str:
    return f"{len(things):,} " + (noun if len(things) == 1 else several or f"{noun}s")
