"""What checking rubrics came to: cases, statistics, gates, and what a refresh would take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import correlation
from typing import Literal

from answerbot.domain.agreement import (
    Figure,
    Paired,
    accuracy,
    kappa,
    mcnemar,
    mean_absolute_error,
    weighted_kappa,
)
from answerbot.domain.baseline import RubricState
from answerbot.domain.evidence import Evidence
from answerbot.domain.grade import Grade, Outcome, labelled
from answerbot.domain.lint.complaints import Complaint
from answerbot.domain.regression import Comparison, ScoreChange, Stale, VerdictChange
from answerbot.domain.rubric import CriterionVerdict, Exemplar, MisconceptionVerdict, Rubric
from answerbot.domain.strict_yaml import Document

GateName = Literal[
    "lint", "stale", "unjudged", "baseline", "flips", "scores", "agreement", "kill-rate"
]


@dataclass(frozen=True, slots=True)
class Case:
    """An exemplar and its outcome; None: no recording judges it as it stands now."""

    rubric: Rubric
    exemplar: Exemplar
    outcome: Outcome | None

    @property
    def verdicts(self) -> dict[str, CriterionVerdict | MisconceptionVerdict]:
        """What the judge's reply came to, by criterion and misconception; empty without a grade."""
        return verdicts_of(self.rubric, self.outcome)

    @property
    def expected(self) -> Grade:
        """The grade that the labels give."""
        return labelled(self.rubric, self.exemplar.verdicts)

    @property
    def reasons(self) -> dict[str, str]:
        """What the judge said of each criterion, and of the misconceptions that it found."""
        if not isinstance(self.outcome, Grade):
            return {}
        reasons = {one.criterion.id: one.reason for one in self.outcome.verdicts}
        return reasons | {one.misconception.id: one.reason for one in self.outcome.slips}

    @property
    def evidence(self) -> dict[str, tuple[Evidence, ...]]:
        """The words that each met criterion rests on."""
        if not isinstance(self.outcome, Grade):
            return {}
        return {one.criterion.id: one.evidence for one in self.outcome.verdicts if one.evidence}


def verdicts_of(
    rubric: Rubric, outcome: Outcome | None
) -> dict[str, CriterionVerdict | MisconceptionVerdict]:
    """The verdict of every criterion and misconception; empty where there is no grade."""
    if not isinstance(outcome, Grade):
        return {}
    present = {slip.misconception.id for slip in outcome.slips}
    said: dict[str, CriterionVerdict | MisconceptionVerdict] = {
        one.criterion.id: one.verdict for one in outcome.verdicts
    }
    return said | {m.id: "present" if m.id in present else "absent" for m in rubric.misconceptions}


@dataclass(frozen=True)
class Checked:
    """A rubric, its exemplars judged, and how that differs from the baseline.

    `document` tells the line of every value; `before` is None where the baseline lacks the rubric.
    """

    rubric: Rubric
    document: Document
    cases: tuple[Case, ...]
    before: RubricState | None
    state: RubricState
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Discrimination:
    """How a criterion goes along with the rest of the score over a rubric's exemplars.

    `value` is the correlation of its points with the other criteria's points, None where one of
    them is always the same; `met` is the share of its points that the exemplars earn.
    """

    rubric: str
    criterion: str
    value: float | None
    met: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """How far the judge agrees with the labels; the intervals resample whole rubrics.

    `criteria` and `misconceptions` compare verdicts; `scores` are tenths of the possible points,
    `error` is that of the fraction of the points. `paired` compares the verdicts that are right
    with those that were right in the baseline.
    """

    criteria: Figure
    criteria_kappa: Figure
    misconceptions: Figure
    misconceptions_kappa: Figure
    scores: Figure
    error: Figure
    exact: int
    paired: Paired
    discrimination: tuple[Discrimination, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing that a check may fail on, and what was found; where not `on` it fails nothing."""

    name: GateName
    passed: bool
    what: str
    on: bool = True

    @property
    def fails(self) -> bool:
        """Whether the check fails for it."""
        return self.on and not self.passed


@dataclass(frozen=True, slots=True)
class Refresh:
    """What having the missing judgements takes: requests, dollars in words, and the command."""

    calls: int
    cost: str
    command: str


@dataclass(frozen=True)
class Disagreement:
    """A verdict that is not the one that the exemplar should get."""

    case: Case
    part: str
    expected: str
    actual: str


def disagreements(cases: Sequence[Case]) -> Iterator[Disagreement]:
    """Every verdict that differs from its label; of the exemplars that were judged."""
    for case in cases:
        verdicts = case.verdicts
        for part, label in case.exemplar.verdicts.items():
            if verdicts and verdicts[part] != label:
                yield Disagreement(case, part, label, verdicts[part])


def statistics(checked: Sequence[Checked]) -> Statistics:
    """The agreement over all exemplars that have a grade."""
    cases = [case for one in checked for case in one.cases if case.verdicts]
    criteria = list(_pairs(cases, "criteria"))
    misconceptions = list(_pairs(cases, "misconceptions"))
    expected = [case.expected.fraction for case in cases]
    actual = [case.outcome.fraction for case in cases if isinstance(case.outcome, Grade)]
    groups = [case.rubric.id for case in cases]
    return Statistics(
        criteria=accuracy(*_columns(criteria)),
        criteria_kappa=kappa(*_columns(criteria)),
        misconceptions=accuracy(*_columns(misconceptions)),
        misconceptions_kappa=kappa(*_columns(misconceptions)),
        scores=weighted_kappa(_tenths(expected), _tenths(actual), groups),
        error=mean_absolute_error(expected, actual, groups),
        exact=sum(one == other for one, other in zip(expected, actual, strict=True)),
        paired=_paired(checked),
        discrimination=tuple(d for one in checked for d in _discrimination(one)),
    )


def _tenths(fractions: Sequence[float]) -> list[int]:
    return [int(10 * fraction + 0.5) for fraction in fractions]


_Pair = tuple[str, str, str]


def _pairs(cases: Sequence[Case], part: Literal["criteria", "misconceptions"]) -> Iterator[_Pair]:
    """Label, verdict and rubric of every criterion, or of every misconception."""
    for case in cases:
        verdicts = case.verdicts
        for one in getattr(case.rubric, part):
            yield case.exemplar.verdicts[one.id], verdicts[one.id], case.rubric.id


def _columns(pairs: Sequence[_Pair]) -> tuple[list[str], list[str], list[str]]:
    return [p[0] for p in pairs], [p[1] for p in pairs], [p[2] for p in pairs]


def _paired(checked: Sequence[Checked]) -> Paired:
    """Right before against right now, over the verdicts that both have."""
    before: list[bool] = []
    after: list[bool] = []
    for one in checked:
        for case in one.cases:
            old = one.before and one.before.exemplars.get(case.exemplar.id)
            if not old or old.judged is None:
                continue
            verdicts = case.verdicts
            for part, label in case.exemplar.verdicts.items():
                if part in verdicts and part in old.judged.verdicts:
                    before.append(old.judged.verdicts[part] == old.expected[part])
                    after.append(verdicts[part] == label)
    return mcnemar(before, after)


def _discrimination(checked: Checked) -> Iterator[Discrimination]:
    rubric = checked.rubric
    grades = [case.outcome for case in checked.cases if isinstance(case.outcome, Grade)]
    for number, criterion in enumerate(rubric.criteria):
        mine = [grade.verdicts[number].points for grade in grades]
        rest = [sum(v.points for v in grade.verdicts) for grade in grades]
        others = [total - own for total, own in zip(rest, mine, strict=True)]
        value = correlation(mine, others) if len({*mine}) > 1 and len({*others}) > 1 else None
        met = sum(mine) / (criterion.points * len(mine)) if mine else 0.0
        yield Discrimination(rubric.id, criterion.id, value, met)


@dataclass(frozen=True)
class CheckReport:
    """All that a check found; `accepting` tells that changes are accepted and fail nothing."""

    checked: tuple[Checked, ...]
    complaints: tuple[Complaint, ...]
    statistics: Statistics | None
    gates: tuple[Gate, ...]
    refresh: Refresh | None
    removed: tuple[str, ...]
    usage: Mapping[str, object]
    accepting: bool = False

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The exemplars of all rubrics."""
        return tuple(case for one in self.checked for case in one.cases)

    @property
    def failed(self) -> tuple[Gate, ...]:
        """The gates that fail the check."""
        return tuple(gate for gate in self.gates if gate.fails)

    def verdict_changes(self) -> Iterator[tuple[Checked, VerdictChange]]:
        """Every changed verdict, with its rubric."""
        for one in self.checked:
            for change in one.comparison.verdicts:
                yield one, change

    def score_changes(self) -> Iterator[tuple[Checked, ScoreChange]]:
        """Every changed score, with its rubric."""
        for one in self.checked:
            for change in one.comparison.scores:
                yield one, change

    def stale(self) -> Iterator[tuple[Checked, Stale]]:
        """Every exemplar without a recording, with its rubric."""
        for one in self.checked:
            for stale in one.comparison.stale:
                yield one, stale
