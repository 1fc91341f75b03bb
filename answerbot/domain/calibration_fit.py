"""Grades beside people's -> a Mapping, and what it does for questions that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from answerbot.domain.agreement import Figure
from answerbot.domain.calibration import Rated
from answerbot.domain.calibration_mapping import Basis, Interval, Kind, Line, Mapping, line_of
from answerbot.domain.calibration_measures import Measure, against_people
from answerbot.domain.errors import InputError, Problem
from answerbot.domain.extras import require

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

FOLDS = 10


@dataclass(frozen=True, slots=True)
class Fitted:
    """A mapping of all answers, and each answer by a mapping of the other folds' questions."""

    mapping: Mapping
    before: dict[Measure, Figure]
    after: dict[Measure, Figure]


def require_scikit_learn() -> None:
    """What fits is there.

    Raises:
        InputError: it is not installed.
    """
    require("sklearn", "--fit needs scikit-learn", "calibrate")


def fit(rated: Sequence[Rated], kind: Kind, basis: Basis) -> Fitted:
    """The mapping of that kind; its figures are of answers to questions outside of the fit.

    Raises:
        InputError: there are answers to one question only.
    """
    import numpy as np
    from sklearn.model_selection import GroupKFold

    questions = [one.label.question_id for one in rated]
    count = len(set(questions))
    if count < 2:
        what = "--fit needs answers to two questions at least: it is tried on others than fitted"
        raise InputError(Problem(what))
    machine = np.array([one.machine for one in rated])
    human = np.array([one.human for one in rated])
    folds = min(FOLDS, count)
    mapped = np.empty_like(machine)
    for train, test in GroupKFold(folds).split(machine, human, questions):
        line = _line(machine[train], human[train], kind)
        mapped[test] = np.interp(machine[test], line.x, line.y)
    before = against_people(rated)
    after = against_people(
        [replace(one, fraction=float(y)) for one, y in zip(rated, mapped, strict=True)]
    )
    line = _line(machine, human, kind)
    mapping = Mapping(
        kind=kind,
        basis=basis,
        x=line.x,
        y=line.y,
        answers=len(rated),
        questions=count,
        folds=folds,
        before=_kept(before),
        after=_kept(after),
    )
    return Fitted(mapping, before, after)


def _line(machine: Vector, human: Vector, kind: Kind) -> Line:
    return _isotonic(machine, human) if kind == "isotonic" else _linear(machine, human)


def _isotonic(machine: Vector, human: Vector) -> Line:
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(machine, human)
    return line_of(list(zip(fitted.X_thresholds_, fitted.y_thresholds_, strict=True)))


def _linear(machine: Vector, human: Vector) -> Line:
    """A straight line that never falls, level where it would leave 0 to 1."""
    from sklearn.linear_model import LinearRegression

    fitted = LinearRegression(positive=True).fit(machine[:, None], human)
    slope, offset = float(fitted.coef_[0]), float(fitted.intercept_)
    corners = [0.0, 1.0]
    if slope > 0:
        corners += [x for x in (-offset / slope, (1 - offset) / slope) if 0 < x < 1]
    return line_of([(x, offset + slope * x) for x in corners])


def _kept(figures: dict[Measure, Figure]) -> dict[str, Interval]:
    return {
        name: Interval(value=one.value, low=one.low, high=one.high, n=one.n)
        for name, one in figures.items()
    }
