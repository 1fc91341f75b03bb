"""Two sides that graded the same answers -> how far they agree, with intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from answerbot.domain import agreement
from answerbot.domain.agreement import Figure
from answerbot.domain.calibration import Rated, Scale

Measure = Literal[
    "pearson",
    "spearman",
    "rmse",
    "mae",
    "bias",
    "qwk",
    "kappa",
    "accuracy",
    "within_one_step",
    "macro_f1",
]

NAMES: Mapping[Measure, str] = {
    "pearson": "Pearson",
    "spearman": "Spearman",
    "rmse": "root mean squared error",
    "mae": "mean absolute error",
    "bias": "bias",
    "qwk": "quadratic weighted kappa",
    "kappa": "Cohen's kappa",
    "accuracy": "same score",
    "within_one_step": "within one step",
    "macro_f1": "macro-F1",
}
"""What people call them; errors and bias are fractions of the highest score."""

FEWEST_QUESTIONS = 10
"""From so many questions on whole questions are drawn: the figure is to hold for other ones too."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One answer's two scores, as fractions of the highest, and which answers it hangs with."""

    expected: float
    actual: float
    scale: Scale
    group: str


def measures(
    pairs: Sequence[Pair], *, several: bool, wanted: Collection[Measure] = tuple(NAMES)
) -> dict[Measure, Figure]:
    """Every figure that is wanted and of use here.

    `several` tells that pairs of one group hang together and are drawn together. What counts steps
    (kappas, same score) takes each score to the nearest step.
    """
    x, y = [one.expected for one in pairs], [one.actual for one in pairs]
    groups = [one.group for one in pairs] if several else None
    levels = [(p.scale.level(p.expected), p.scale.level(p.actual)) for p in pairs]
    steps = [one.scale.steps for one in pairs]
    snapped_x = [level / n for (level, _), n in zip(levels, steps, strict=True)]
    snapped_y = [level / n for (_, level), n in zip(levels, steps, strict=True)]
    level_x, level_y = [one for one, _ in levels], [other for _, other in levels]
    of: dict[Measure, Callable[[], Figure]] = {
        "pearson": lambda: agreement.pearson(x, y, groups),
        "spearman": lambda: agreement.spearman(x, y, groups),
        "rmse": lambda: agreement.root_mean_squared_error(x, y, groups),
        "mae": lambda: agreement.mean_absolute_error(x, y, groups),
        "bias": lambda: agreement.mean_difference(x, y, groups),
        "qwk": lambda: agreement.weighted_kappa(snapped_x, snapped_y, groups),
        "kappa": lambda: agreement.kappa(snapped_x, snapped_y, groups),
        "accuracy": lambda: agreement.accuracy(snapped_x, snapped_y, groups),
    }
    if set(steps) == {1}:
        of["macro_f1"] = lambda: agreement.macro_f1(level_x, level_y, groups)
    else:
        of["within_one_step"] = lambda: agreement.within(level_x, level_y, 1, groups)
    return {name: figure() for name, figure in of.items() if name in wanted}


def by_question(rated: Sequence[Rated]) -> bool:
    """Whether there are enough questions to draw whole ones."""
    return len({one.label.question_id for one in rated}) >= FEWEST_QUESTIONS


def against_people(rated: Sequence[Rated]) -> dict[Measure, Figure]:
    """How far the program agrees with people."""
    pairs = [Pair(one.human, one.machine, one.scale, one.label.question_id) for one in rated]
    return measures(pairs, several=by_question(rated))


def among_people(rated: Sequence[Rated]) -> dict[Measure, Figure]:
    """How far two raters agree, over all pairs of raters of an answer; empty where one graded.

    Who is the first of two is by chance, so there is no bias.
    """
    questions = by_question(rated)
    pairs = [
        Pair(
            first / one.scale.most,
            second / one.scale.most,
            one.scale,
            one.label.question_id if questions else str(number),
        )
        for number, one in enumerate(rated)
        for first, second in combinations(one.label.scores, 2)
    ]
    wanted = [name for name in NAMES if name != "bias"]
    return measures(pairs, several=True, wanted=wanted) if pairs else {}


def of_the_mean(rated: Sequence[Rated]) -> dict[Measure, Figure]:
    """How far somebody agrees who always says the mean of the other questions' human scores.

    With one question it is the mean of its other answers. What depends on how scores vary is left
    out: a mean without the answer itself varies against it.
    """
    sums: dict[str, list[float]] = defaultdict(list)
    for one in rated:
        sums[one.label.question_id].append(one.human)
    total, count = sum(map(sum, sums.values())), len(rated)
    if count < 2:
        return {}

    def mean(one: Rated) -> float:
        own = sums[one.label.question_id] if len(sums) > 1 else [one.human]
        return (total - sum(own)) / (count - len(own))

    pairs = [Pair(one.human, mean(one), one.scale, one.label.question_id) for one in rated]
    told: tuple[Measure, ...] = ("rmse", "mae", "accuracy", "within_one_step", "macro_f1")
    return measures(pairs, several=by_question(rated), wanted=told)


_SLIP = frozenset(["present", "absent"])
"""The verdicts on a misconception."""


@dataclass(frozen=True, slots=True)
class CriterionAgreement:
    """How far the program's verdicts on a criterion agree with people's.

    Precision, recall and F1 are those of `label`: 'met', or 'present' of a misconception.
    """

    name: str
    label: str
    precision: Figure
    recall: Figure
    f1: Figure
    kappa: Figure
    accuracy: Figure


def by_criterion(rated: Sequence[Rated]) -> list[CriterionAgreement]:
    """The agreement on each criterion that both sides have a verdict on, then on all together."""
    verdicts: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for number, one in enumerate(rated):
        prefix = f"{one.rubric}: " if one.rubric else ""
        for id_, said in one.label.verdicts.items():
            if id_ in one.verdicts:
                told = (said, one.verdicts[id_], str(number))
                verdicts[prefix + id_].append(told)
    found = [_criterion(name, of_one) for name, of_one in sorted(verdicts.items())]
    of_criteria = [told for each in verdicts.values() for told in each if told[1] not in _SLIP]
    if len(found) > 1 and of_criteria:
        found.append(_criterion("all criteria", of_criteria))
    return found


def _criterion(name: str, told: Sequence[tuple[str, str, str]]) -> CriterionAgreement:
    people, program, answers = (list(side) for side in zip(*told, strict=True))
    label = "present" if _SLIP & {*people, *program} else "met"
    return CriterionAgreement(
        name,
        label,
        agreement.precision(people, program, label, answers),
        agreement.recall(people, program, label, answers),
        agreement.f1(people, program, label, answers),
        agreement.kappa(people, program, answers),
        agreement.accuracy(people, program, answers),
    )
