"""The tables of a calibration report, as every form but JSON shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from answerbot.cli.showing import counted, shortened
from answerbot.domain.agreement import Figure
from answerbot.domain.calibration_bias import Slice
from answerbot.domain.calibration_mapping import BY
from answerbot.domain.calibration_measures import NAMES, CriterionAgreement, Measure
from answerbot.domain.calibration_report import CalibrationReport

NONE = "–"
_QUESTIONS = 12
_ABOUT = 60
_UNSURE = (
    "In brackets is the middle 95 % of 2,000 bootstrap samples of whole {what}. Errors, bias and "
    "differences are fractions of the highest score; what counts scores takes each to the nearest "
    "step of its scale."
)


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as plain text; the first column names the rows."""

    id: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def tables(report: CalibrationReport) -> Iterator[Table]:
    """All tables, the most telling first."""
    yield agreement(report)
    if report.fitted:
        yield _mapping(report)
    if report.criteria:
        yield _criteria(report.criteria)
    note = "The difference is what the program gives more than people."
    if report.lengths:
        yield _slices("length", "By the length of the answer", report.lengths, note)
    regression = (
        "Who is unsure keeps to the middle, so the lowest scores come out too high and the highest "
        "too low with every grader that is not perfect."
    )
    yield _slices("level", "By what people gave", report.levels, regression)
    yield _questions(report)


def headline(report: CalibrationReport) -> str:
    """What was compared, in a sentence."""
    how = ", ".join(
        f"{number:,} {BY[method]}" if len(report.methods) > 1 else BY[method]
        for method, number in report.methods.items()
    )
    by = f" by {report.model}" if report.model else ""
    raters = "one person each" if report.raters == 1 else f"up to {report.raters} people each"
    return (
        f"{counted(len(report.graded), 'answer')} to {counted(report.questions, 'question')}, "
        f"graded by {raters}; {how}{by}"
    )


def unsure(report: CalibrationReport) -> str:
    """How the intervals are to be read."""
    return _UNSURE.format(what="questions" if report.questions_drawn else "answers")


def figure(one: Figure | None, *, signed: bool = False) -> str:
    """'0.88 [0.84, 0.92]'."""
    if one is None or one.value is None:
        return NONE
    sign = "+" if signed else ""
    value = format(_zero(one.value), f"{sign}.2f")
    if one.low is None or one.high is None:
        return value
    low, high = (format(_zero(end), f"{sign}.2f") for end in (one.low, one.high))
    return f"{value} [{low}, {high}]"


def _zero(number: float) -> float:
    """The number without the sign that rounding leaves on a zero."""
    return 0.0 if abs(number) < 0.005 else number


def agreement(report: CalibrationReport) -> Table:
    """The program's agreement with people, beside people's among themselves and a mean's."""
    sides: list[tuple[str, Mapping[Measure, Figure]]] = [("program", report.program)]
    if report.people:
        sides.append(("two people", report.people))
    sides.append(("always the mean", report.mean))
    header = ["", *(name for name, _ in sides)]
    rows = [("n", *(_n(figures) for _, figures in sides))]
    rows += [
        (
            NAMES[name],
            *(figure(figures.get(name), signed=name == "bias") for _, figures in sides),
        )
        for name in report.program
    ]
    return Table("agreement", "Agreement with people", tuple(header), tuple(rows), unsure(report))


def _n(figures: Mapping[Measure, Figure]) -> str:
    return f"{next((one.n for one in figures.values()), 0):,}"


def _mapping(report: CalibrationReport) -> Table:
    fitted = report.fitted
    assert fitted is not None, "asked for where there is one"
    n = f"{fitted.mapping.answers:,}"
    rows = [("n", n, n)]
    rows += [
        (
            NAMES[name],
            figure(before, signed=name == "bias"),
            figure(fitted.after.get(name), signed=name == "bias"),
        )
        for name, before in fitted.before.items()
    ]
    mapping = fitted.mapping
    note = (
        f"After: each answer's score by a line ({mapping.kind}) that was fitted on other "
        f"questions, in {mapping.folds} folds. The mapping that is kept is fitted on all."
    )
    return Table("mapping", "With a mapping", ("", "before", "after"), tuple(rows), note)


def _criteria(criteria: Sequence[CriterionAgreement]) -> Table:
    header = ("criterion", "n", "of", "precision", "recall", "F1", "kappa", "same verdict")
    rows = [
        (
            one.name,
            f"{one.accuracy.n:,}",
            one.label,
            *map(figure, (one.precision, one.recall, one.f1, one.kappa, one.accuracy)),
        )
        for one in criteria
    ]
    note = "People's verdicts are what is looked for; intervals are of whole answers."
    return Table("criteria", "By criterion", header, tuple(rows), note)


_SLICED = ("n", "people", "program", "difference", "absolute error")


def _slices(id_: str, title: str, slices: Sequence[Slice], note: str) -> Table:
    return Table(id_, title, ("", *_SLICED), tuple(map(_sliced, slices)), note)


def _sliced(one: Slice) -> tuple[str, ...]:
    return (
        one.name,
        f"{one.n:,}",
        f"{one.human:.2f}",
        f"{one.machine:.2f}",
        figure(one.bias, signed=True),
        figure(one.error),
    )


def _questions(report: CalibrationReport) -> Table:
    """All questions, or those that are most off to either side."""
    slices, title, note = report.of_questions, "By question", ""
    if len(slices) > 2 * _QUESTIONS:
        left = len(slices) - 2 * _QUESTIONS
        slices = (*slices[:_QUESTIONS], *slices[-_QUESTIONS:])
        note = f"{left:,} questions between are left out; the JSON report has all."
    rows = tuple(
        (f"{one.name} {shortened(one.about, _ABOUT)}", *_sliced(one)[1:]) for one in slices
    )
    return Table("question", title, ("question", *_SLICED), rows, note)
