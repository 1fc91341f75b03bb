"""A report for a terminal: the questions with their bars, then what was missed."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.box import ASCII, SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from answerbot.cli.notices import is_plain
from answerbot.cli.reports import summary
from answerbot.cli.reports.characters import one_line
from answerbot.cli.reports.summary import Report, is_unanswered, percent, why_review, why_ungraded
from answerbot.cli.showing import counted, shortened
from answerbot.domain.bank import QuestionId
from answerbot.domain.feedback import Missed
from answerbot.domain.grade import Grade, Slip
from answerbot.domain.submission import Graded

_LISTED = 20
_ROWS = 40
_CELL = 5
_NAME = 24


@dataclass(frozen=True)
class _Look:
    """The characters that this stream can show: judged, estimated, empty part of a bar."""

    full: str
    estimated: str
    empty: str
    dash: str
    check: str
    cross: str


_UNICODE = _Look("█", "░", "·", "–", "✓", "✗")
_ASCII = _Look("#", "~", ".", "-", "+", "x")


def as_terminal(report: Report) -> str:
    """The report as wide as the terminal, in colour where that is welcome."""
    coloured = not is_plain(sys.stdout)
    text = io.StringIO()
    console = Console(
        file=text,
        force_terminal=coloured,
        no_color=not coloured,
        color_system="auto" if coloured else None,
        width=max(shutil.get_terminal_size().columns, 40),
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    unicode = (getattr(sys.stdout, "encoding", "") or "utf-8").lower().replace("-", "") == "utf8"
    for part in _Shown(report, _UNICODE if unicode else _ASCII, console.width).parts():
        console.print(part)
    lines = (line.rstrip() for line in text.getvalue().strip("\n").split("\n"))
    shown = "\n".join(lines) + "\n"
    return shown if unicode else shown.translate(_PLAIN)


_PLAIN = str.maketrans({"–": "-", "…": "...", "·": "-", "“": '"', "”": '"', "×": "x"})


class _Shown:
    def __init__(self, report: Report, look: _Look, width: int) -> None:
        self.report = report
        self.look = look
        self.width = width
        self.box = SIMPLE_HEAD if look is _UNICODE else ASCII
        self.names = summary.short_names(group.name for group in report.questions)

    def parts(self) -> Iterator[RenderableType]:
        if not self.report.graded:
            yield Text("no answers to grade")
        elif len(self.report.candidates) == 1:
            yield from self._of_one()
        else:
            yield from self._of_many()

    def _of_one(self) -> Iterator[RenderableType]:
        group = self.report.candidates[0]
        yield _line(group.name, "bold")
        yield self._questions(group)
        if group.unanswered:
            ids = ", ".join(one.submission.question_id for one in group.unanswered)
            yield Padding(_line(f"{len(group.unanswered)} unanswered: {ids}"), (0, 0, 1, 1))
        yield from self._reviews()
        yield from self._ungraded()
        yield from self._missed(group)
        yield self._totals(group)

    def _questions(self, group: summary.Group) -> Table:
        table = self._table()
        bar = 12 if self.width < 100 else 20
        table.add_column("question", ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column("points", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True, width=bar)
        table.add_column("", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True)
        for one in group.graded:
            if is_unanswered(one):
                continue
            asked = Text.assemble((one_line(one.submission.question_id), "bold"), "  ")
            asked.append(one_line(one.submission.question))
            table.add_row(asked, *self._score(one, bar), self._status(one))
        return table

    def _score(self, one: Graded, width: int) -> tuple[Text, Text, Text]:
        if not isinstance(one.outcome, Grade):
            return Text(self.look.dash), Text(), Text()
        grade = one.outcome
        points = Text(f"{grade.earned}/{grade.possible}")
        return points, self._bar(one, grade.fraction, width), Text(percent(grade.fraction))

    def _bar(self, one: Graded, fraction: float, width: int) -> Text:
        estimated = one.status == "estimated"
        return self._drawn(fraction, width, estimated=estimated, style=self._style(one))

    def _drawn(self, fraction: float, width: int, *, estimated: bool, style: str) -> Text:
        """A bar that is empty for nothing only, and full for everything only."""
        filled = int(fraction * width) or int(fraction > 0)
        mark = self.look.estimated if estimated else self.look.full
        return Text.assemble((mark * filled, style), (self.look.empty * (width - filled), "dim"))

    def _style(self, one: Graded) -> str:
        if one.status == "estimated":
            return "cyan"
        passed = self.report.passed(one)
        return "green" if passed else "yellow" if one.status == "review" else "red"

    def _status(self, one: Graded) -> Text:
        match one.status:
            case "estimated":
                return Text("estimate", "cyan")
            case "review":
                return Text("review", "yellow")
            case "ungraded":
                return Text("not graded", "magenta")
        passed = self.report.passed(one)
        return Text(self.look.check, "green") if passed else Text(self.look.cross, "red")

    def _reviews(self) -> Iterator[RenderableType]:
        several = len(self.report.candidates) > 1
        yield from self._list(
            "To review",
            (
                (_named(one, several=several), "; ".join(why_review(one, self.report)))
                for one in self.report.reviews
            ),
            len(self.report.reviews),
            "yellow",
        )

    def _ungraded(self) -> Iterator[RenderableType]:
        several = len(self.report.candidates) > 1
        without = [one for one in self.report.graded if one.status == "ungraded"]
        yield from self._list(
            "Not graded (counted nowhere)",
            ((_named(one, several=several), why_ungraded(one)) for one in without),
            len(without),
            "magenta",
        )

    def _list(
        self, title: str, items: Iterable[tuple[str, str]], number: int, style: str
    ) -> Iterator[RenderableType]:
        if not number:
            return
        yield Text(f"{title}: {number:,}", f"bold {style}")
        for place, (name, why) in enumerate(items):
            if place == _LISTED:
                yield Padding(self._rest(number - _LISTED), (0, 0, 0, 2))
                break
            told = shortened(why, 4 * self.width)
            yield Padding(Text.assemble((name, "bold"), f"  {one_line(told)}"), (0, 0, 0, 2))
        yield Text()

    def _rest(self, number: int) -> Text:
        return Text(f"and {number:,} more: -o report.html or -o report.csv has all of them", "dim")

    def _missed(self, group: summary.Group) -> Iterator[RenderableType]:
        blocks = [
            block
            for one in group.graded
            if not is_unanswered(one) and (block := self._missed_of(one))
        ]
        if blocks:
            yield Text("What was missed", "bold")
            yield Text()
            yield from blocks

    def _missed_of(self, one: Graded) -> RenderableType | None:
        missed = self.report.missed(one)
        slips = one.outcome.slips if isinstance(one.outcome, Grade) else ()
        if not missed and not slips:
            return None
        estimated = one.status == "estimated"
        head = _line(f"{one.submission.question_id}  {one.submission.question}", "bold")
        lines: list[RenderableType] = [Padding(head, (0, 0, 0, 1))]
        lines += [part for loss in missed for part in self._loss(loss, estimated=estimated)]
        lines += [part for slip in slips for part in self._slip(slip, estimated=estimated)]
        return Group(*lines, Text())

    def _loss(self, loss: Missed, *, estimated: bool) -> Iterator[RenderableType]:
        yield self._cost(loss.points_lost, loss.criterion, loss.reason, estimated=estimated)
        if loss.would_have_earned:
            yield _below("would have earned it: ", loss.would_have_earned, "green")

    def _slip(self, slip: Slip, *, estimated: bool) -> Iterator[RenderableType]:
        name = f"{slip.misconception.id} (misconception)"
        points = -slip.misconception.points
        yield self._cost(points, name, self.report.reason(slip), estimated=estimated)
        for evidence in slip.evidence[:2]:
            yield _below("said: ", f"“{shortened(evidence.quote, 2 * self.width)}”", "red")

    def _cost(self, points: int, name: str, reason: str, *, estimated: bool) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        table.add_column(justify="right", width=6, no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        text = Text.assemble((one_line(name), "bold"))
        if estimated:
            text.append(" (estimate)", "cyan")
        if reason:
            text.append(f": {one_line(reason)}")
        table.add_row(Text(f"-{points}", "red"), text)
        return table

    def _totals(self, group: summary.Group) -> RenderableType:
        text = Text.assemble(("Total  ", "bold"))
        if group.fraction is None:
            text.append("nothing was graded")
        else:
            text.append(f"{group.earned:,}/{group.possible:,} points  ", "bold")
            text.append_text(
                self._drawn(group.fraction, 20, estimated=group.estimates > 0, style="bold")
            )
            text.append(f" {percent(group.fraction)}")
            if group.estimates:
                text.append("  partly an estimate" if group.judged else "  estimate", "cyan")
        return Group(text, Padding(Text(summary.tallied(group)), (0, 0, 0, 7)))

    def _of_many(self) -> Iterator[RenderableType]:
        yield from self._reviews()
        yield from self._ungraded()
        yield from self._matrix_or_totals()
        yield self._per_question()
        yield self._totals(self.report.everything)

    def _matrix_or_totals(self) -> Iterator[RenderableType]:
        candidates, questions = self.report.candidates, self.report.questions
        rows = candidates[:_ROWS]
        if _NAME + _CELL * (len(questions) + 2) <= self.width:
            yield self._matrix(rows, questions)
            yield Padding(self._legend(), (0, 0, 0, 1))
        else:
            yield self._candidate_totals(rows)
            wide = f"{len(questions)} questions are too many for columns here: "
            yield Padding(Text(f"{wide}-o report.html has the matrix", "dim"), (0, 0, 0, 1))
        if len(candidates) > _ROWS:
            yield Padding(self._rest(len(candidates) - _ROWS), (0, 0, 0, 1))
        yield Text()

    def _matrix(
        self, rows: Sequence[summary.Group], questions: Sequence[summary.Group]
    ) -> RenderableType:
        table = self._table(expand=False)
        table.add_column("candidate", no_wrap=True, overflow="ellipsis", max_width=_NAME)
        for group in questions:
            table.add_column(one_line(self.names[group.name]), justify="right", no_wrap=True)
        table.add_column("total", justify="right", no_wrap=True)
        for row in rows:
            cells = [self._cell(row.of_question.get(QuestionId(one.name))) for one in questions]
            table.add_row(_line(row.name), *cells, self._total_cell(row))
        return table

    def _cell(self, one: Graded | None) -> Text:
        if one is None:
            return Text()
        if not isinstance(one.outcome, Grade):
            return Text(self.look.dash, "magenta")
        number = percent(one.outcome.fraction).removesuffix(" %")
        sign = {"estimated": "~", "review": "?"}.get(one.status, "")
        return Text(f"{sign}{number}", self._style(one))

    def _total_cell(self, group: summary.Group) -> Text:
        number = percent(group.fraction).removesuffix(" %")
        return Text(f"~{number}" if group.estimates else number, "bold")

    def _legend(self) -> RenderableType:
        signs = ["per cent of the points"]
        if self.report.everything.estimates:
            signs.append("~ estimate")
        if self.report.reviews:
            signs.append("? to review")
        if self.report.everything.ungraded:
            signs.append(f"{self.look.dash} not graded")
        return Text("; ".join(signs), "dim")

    def _candidate_totals(self, rows: Sequence[summary.Group]) -> RenderableType:
        table = self._table()
        table.add_column("candidate", ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column("points", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True, width=20)
        table.add_column("", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True)
        for row in rows:
            fraction = row.fraction or 0
            bar = self._drawn(fraction, 20, estimated=row.estimates > 0, style="")
            notes = [counted(row.estimates, "estimate")] if row.estimates else []
            notes += [f"{row.reviews} to review"] if row.reviews else []
            notes += [f"{row.ungraded} not graded"] if row.ungraded else []
            table.add_row(
                _line(row.name),
                f"{row.earned}/{row.possible}",
                bar,
                percent(row.fraction),
                Text(", ".join(notes)),
            )
        return table

    def _per_question(self) -> RenderableType:
        table = self._table()
        short = self.names
        numbered = any(name.startswith("#") for name in short.values())
        if numbered:
            table.add_column("", no_wrap=True, justify="right")
        table.add_column("question", ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column("graded", justify="right", no_wrap=True)
        table.add_column("mean", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True, width=12)
        table.add_column("spread", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True)
        for group in self.report.questions:
            asked = Text.assemble((one_line(group.name), "bold"), "  ")
            asked.append(one_line(group.graded[0].submission.question))
            bar = self._drawn(group.mean or 0, 12, estimated=group.estimates > 0, style="")
            row: list[RenderableType] = [Text(short[group.name])] if numbered else []
            row += [
                asked,
                Text(str(len(group.grades))),
                Text(percent(group.mean)),
                bar,
                Text(percent(group.spread) if group.spread is not None else self.look.dash),
                Text(counted(group.estimates, "estimate") if group.estimates else "", "cyan"),
            ]
            table.add_row(*row)
        return table

    def _table(self, *, expand: bool = True) -> Table:
        return Table(box=self.box, expand=expand, header_style="dim", padding=(0, 1, 0, 0))


def _line(text: str, style: str = "") -> Text:
    return Text(one_line(text), style)


def _named(one: Graded, *, several: bool) -> str:
    id_ = one.submission.question_id
    return one_line(f"{one.submission.candidate}, {id_}" if several else id_)


def _below(label: str, text: str, style: str) -> RenderableType:
    return Padding(Text.assemble((label, style), one_line(text)), (0, 0, 0, 7))
