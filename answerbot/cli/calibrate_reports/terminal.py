"""A calibration report for a terminal: the tables, then what to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from answerbot.cli.calibrate_reports.tables import Table, headline, tables
from answerbot.cli.calibrate_reports.worst import score_of
from answerbot.cli.reports.canvas import drawn
from answerbot.cli.reports.characters import one_line
from answerbot.cli.showing import counted, shortened
from answerbot.domain.calibration import Rated
from answerbot.domain.calibration_report import CalibrationReport

_WORST = 5
_NARROWEST = 16
_INDENT, _GAP = 2, 2
_UNGRADED = 10
_LONG = 200


def as_terminal(report: CalibrationReport) -> str:
    """The report as wide as the terminal, in colour where that is welcome."""
    return drawn(lambda canvas: _parts(report, canvas.width))


def _parts(report: CalibrationReport, width: int) -> Iterator[RenderableType]:
    yield Text(one_line(headline(report)))
    yield Text()
    for table in tables(report):
        yield Text(table.title, "bold")
        yield _grid(table, width)
        if table.note:
            yield _indented(Text(table.note, "dim"))
        yield Text()
    yield from _reliability(report)
    yield from _worst(report)
    yield from _ungraded(report)


def _grid(table: Table, width: int) -> RenderableType:
    """The table; questions are cut to the room that the numbers leave, other names folded."""
    numbers = sum(
        map(max, zip(*(_lengths(row) for row in (table.header, *table.rows)), strict=True))
    )
    room = width - numbers - _INDENT - _GAP * (len(table.header) - 1)
    grid = Grid(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    for number, name in enumerate(table.header):
        grid.add_column(
            name,
            justify="left" if number == 0 else "right",
            overflow="fold",
            no_wrap=number > 0 and room >= _NARROWEST,
        )
    for name, *cells in table.rows:
        told = shortened(name, max(room, _NARROWEST)) if table.id == "question" else name
        grid.add_row(Text(one_line(told)), *cells)
    return _indented(grid)


def _lengths(row: Sequence[str]) -> list[int]:
    return [len(cell) for cell in row[1:]]


def _indented(part: RenderableType, by: int = _INDENT) -> RenderableType:
    return Padding(part, (0, 0, 0, by))


def _reliability(report: CalibrationReport) -> Iterator[RenderableType]:
    found = report.reliability
    if found is None:
        return
    yield Text("By the confidence that the judge states", "bold")
    for one in found.bins:
        right, of = one.right.value or 0.0, counted(one.right.n, "answer")
        told = f"{100 * one.confidence:.0f} % sure: right in {100 * right:.0f} % of {of}"
        yield _indented(Text(told))
    yield _indented(Text(f"{100 * found.error:.0f} % off on average", "dim"))
    yield Text()


def _worst(report: CalibrationReport) -> Iterator[RenderableType]:
    if not report.worst:
        return
    yield Text("Where both sides differ most", "bold")
    for one in report.worst[:_WORST]:
        yield _indented(_disagreement(one))
    if (more := len(report.worst) - _WORST) > 0:
        yield _indented(Text(f"and {more} more in a report written with -o", "dim"))
    yield Text()


def _disagreement(one: Rated) -> Text:
    scores = f"people {score_of(one, one.human)}, program {score_of(one, one.machine)}"
    text = Text(f"{one_line(str(one.label.place))}: {scores}\n")
    for who, said in (
        ("answer", one.label.answer),
        ("people", one.label.reason),
        ("program", one.reason),
    ):
        if said:
            text.append(f"  {who}: {one_line(shortened(said, _LONG))}\n", "dim")
    text.rstrip()
    return text


def _ungraded(report: CalibrationReport) -> Iterator[RenderableType]:
    if not report.ungraded:
        return
    yield Text(f"Not graded: {len(report.ungraded):,}; they count in no figure", "bold yellow")
    for one in report.ungraded[:_UNGRADED]:
        told = one_line(f"{one.label.place}: {shortened(one.problem, _LONG)}")
        yield _indented(Text(told))
    if (more := len(report.ungraded) - _UNGRADED) > 0:
        yield _indented(Text(f"and {more:,} more", "dim"))
