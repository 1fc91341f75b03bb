"""A report for a terminal: the questions with their bars, then what was missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.box import ASCII, SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from answerbot.cli.reports import summary
from answerbot.cli.reports.canvas import drawn
from answerbot.cli.reports.characters import one_line
from answerbot.cli.reports.summary import Report, is_unanswered, percent, why_review
from answerbot.cli.showing import counted, shortened
from answerbot.domain.bank import QuestionId
from answerbot.domain.decisions import is_decided_by_people
from answerbot.domain.feedback import Missed
from answerbot.domain.grade import Grade, Slip
from answerbot.domain.submission import Graded

_LISTED = 20
_NAMED = 3
_ROWS = 40
_CELL = 6
_NAME = 24
_WIDE = 100
_NARROW = 70


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
    return drawn(
        lambda canvas: _Shown(report, _UNICODE if canvas.unicode else _ASCII, canvas.width).parts()
    )


class _Shown:
    def __init__(self, report: Report, look: _Look, width: int) -> None:
        self.report = report
        self.look = look
        self.width = width
        self.box = SIMPLE_HEAD if look is _UNICODE else ASCII
        self.names = summary.short_names(group.name for group in report.questions)
        self.bank = summary.one_bank(self.names)
        self.bar = 20 if width >= _WIDE else 8 if width >= _NARROW else 0
        self.estimate = "estimate" if width >= _WIDE else "est."

    def parts(self) -> Iterator[RenderableType]:
        yield from self._left_out()
        if not self.report.graded:
            yield Text("no answers to grade")
        elif len(self.report.candidates) == 1:
            yield from self._of_one()
        else:
            yield from self._of_many()
        if self.report.calibration:
            yield Padding(Text(f"calibrated: {one_line(self.report.calibration)}", "dim"), (1, 0))

    def _left_out(self) -> Iterator[RenderableType]:
        if number := len(self.report.unmatched):
            are = "answer is" if number == 1 else "answers are"
            told = f"{number:,} {are} in none of these numbers: the error messages say why"
            yield Padding(Text(told, "bold magenta"), (0, 0, 1, 0))

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
        answered = [one for one in group.graded if not is_unanswered(one)]
        table = self._table()
        asked = _Asked([one.submission.question_id for one in answered])
        table.add_column(asked.head, ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column("points", justify="right", no_wrap=True)
        if self.bar:
            table.add_column("", no_wrap=True, width=self.bar)
        table.add_column("", justify="right", no_wrap=True)
        if self.report.calibration:
            table.add_column("calibrated", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True)
        for one, (bank, label) in zip(answered, asked.labels, strict=True):
            if bank:
                table.add_row(_line(bank, "dim"))
            question = _asked(label, one.submission.question)
            table.add_row(question, *self._score(one), self._status(one))
        return table

    def _score(self, one: Graded) -> list[Text]:
        calibrated = self._calibrated(one.calibrated)
        if not isinstance(one.outcome, Grade):
            return [Text(self.look.dash), *([Text()] if self.bar else []), Text(), *calibrated]
        grade = one.outcome
        points = Text(f"{grade.earned}/{grade.possible}")
        bar = [self._bar(one, grade.fraction)] if self.bar else []
        return [points, *bar, Text(percent(grade.fraction)), *calibrated]

    def _calibrated(self, fraction: float | None) -> list[Text]:
        """The cell of the column that there is where a mapping is applied."""
        return [Text(percent(fraction), "blue")] if self.report.calibration else []

    def _bar(self, one: Graded, fraction: float) -> Text:
        estimated = one.status == "estimated"
        return self._drawn(fraction, self.bar, estimated=estimated, style=self._style(one))

    def _drawn(self, fraction: float, width: int, *, estimated: bool, style: str) -> Text:
        """A bar that is empty for nothing only, and full for everything only."""
        filled = int(fraction * width) or int(fraction > 0)
        mark = self.look.estimated if estimated else self.look.full
        return Text.assemble((mark * filled, style), (self.look.empty * (width - filled), "dim"))

    def _style(self, one: Graded) -> str:
        if one.status == "estimated":
            return "cyan"
        if one.status == "review":
            return "yellow"
        return "green" if self.report.passed(one) else "red"

    def _status(self, one: Graded) -> Text:
        status = self._outcome(one)
        return status.append(" human", "cyan") if is_decided_by_people(one) else status

    def _outcome(self, one: Graded) -> Text:
        match one.status:
            case "estimated":
                return Text(self.estimate, "cyan")
            case "review":
                return Text("review", "yellow")
            case "ungraded":
                return Text("not graded" if self.width >= _WIDE else "ungraded", "magenta")
        passed = self.report.passed(one)
        return Text(self.look.check, "green") if passed else Text(self.look.cross, "red")

    def _reviews(self) -> Iterator[RenderableType]:
        yield from self._list(
            f"To review: {len(self.report.reviews):,}",
            [
                (self._named(one), "; ".join(why_review(one, self.report)))
                for one in self.report.reviews
            ],
            "yellow",
        )

    def _ungraded(self) -> Iterator[RenderableType]:
        reasons = summary.reasons_ungraded(self.report.graded)
        number = sum(map(len, reasons.values()))
        yield from self._list(
            f"Not graded (counted nowhere): {number:,}",
            [(self._first_of(ones), why) for why, ones in reasons.items()],
            "magenta",
        )

    def _first_of(self, ones: Sequence[Graded]) -> str:
        """The name of one answer; of many how many they are, and the first few."""
        if len(ones) == 1:
            return self._named(ones[0])
        between = "; " if len(self.report.candidates) > 1 else ", "
        first = between.join(map(self._named, ones[:_NAMED]))
        more = f" and {len(ones) - _NAMED:,} more" if len(ones) > _NAMED else ""
        return f"{counted(len(ones), 'answer')} ({first}{more})"

    def _named(self, one: Graded) -> str:
        id_ = one.submission.question_id
        several = len(self.report.candidates) > 1
        return one_line(f"{one.submission.candidate}, {id_}" if several else id_)

    def _list(
        self, title: str, items: Sequence[tuple[str, str]], style: str
    ) -> Iterator[RenderableType]:
        if not items:
            return
        yield Text(title, f"bold {style}")
        for name, why in items[:_LISTED]:
            told = shortened(why, 4 * self.width)
            yield Padding(Text.assemble((name, "bold"), f"  {one_line(told)}"), (0, 0, 0, 2))
        if len(items) > _LISTED:
            yield Padding(self._rest(len(items) - _LISTED), (0, 0, 0, 2))
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
        by = summary.by_whom(human=loss.human, estimated=estimated)
        yield self._cost(loss.points_lost, loss.criterion, loss.reason, by)
        if loss.would_have_earned:
            yield _below("would have earned it: ", loss.would_have_earned, "green")

    def _slip(self, slip: Slip, *, estimated: bool) -> Iterator[RenderableType]:
        name = f"{slip.misconception.id} (misconception)"
        points = -slip.misconception.points
        by = summary.by_whom(human=slip.human, estimated=estimated)
        yield self._cost(points, name, self.report.reason(slip), by)
        for evidence in slip.evidence[:2]:
            yield _below("said: ", f"“{shortened(evidence.quote, 2 * self.width)}”", "red")

    def _cost(self, points: int, name: str, reason: str, by: str) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        table.add_column(justify="right", width=6, no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        text = Text.assemble((one_line(name), "bold"))
        if by:
            text.append(f" ({by})", "cyan")
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
                self._drawn(
                    group.fraction, self.bar or 8, estimated=group.estimates > 0, style="bold"
                )
            )
            text.append(f" {percent(group.fraction)}")
            if group.calibrated is not None:
                text.append(f"  calibrated {percent(group.calibrated)}", "blue")
            if group.estimates:
                text.append("  partly an estimate" if group.judged else "  estimate", "cyan")
        return Group(text, Padding(Text(summary.tallied(group)), (0, 0, 0, 7)))

    def _of_many(self) -> Iterator[RenderableType]:
        yield from self._reviews()
        yield from self._ungraded()
        yield from self._matrix_or_totals()
        yield self._per_question()
        yield self._totals(self.report.everything)

    @property
    def _room(self) -> int:
        """How many characters the columns of the matrix leave to the names."""
        columns = len(self.report.questions) + (4 if self.report.calibration else 2)
        return self.width - _CELL * columns

    @property
    def _cut(self) -> dict[str, str]:
        names = (row.name for row in self.report.candidates[:_ROWS])
        return summary.names_cut(names, max(self._room, _NAME))

    @property
    def _has_matrix(self) -> bool:
        """Whether candidates by questions are as wide as the terminal, or less."""
        name = max(map(len, self._cut.values()), default=0)
        return max(name, len("candidate")) <= self._room

    def _matrix_or_totals(self) -> Iterator[RenderableType]:
        candidates, questions = self.report.candidates, self.report.questions
        rows = candidates[:_ROWS]
        if self._has_matrix:
            yield self._matrix(rows, questions)
            yield Padding(self._legend(), (0, 0, 0, 1))
        else:
            yield self._candidate_totals(rows)
            what = f"no room for columns of {counted(len(questions), 'question')}: "
            yield Padding(Text(f"{what}-o report.html has the matrix", "dim"), (0, 0, 0, 1))
        if len(candidates) > _ROWS:
            yield Padding(self._rest(len(candidates) - _ROWS), (0, 0, 0, 1))
        yield Text()

    def _matrix(
        self, rows: Sequence[summary.Group], questions: Sequence[summary.Group]
    ) -> RenderableType:
        table = self._table(expand=False)
        names = self._cut
        table.add_column("candidate", no_wrap=True)
        for group in questions:
            table.add_column(one_line(self.names[group.name]), justify="right", no_wrap=True)
        table.add_column("total", justify="right", no_wrap=True)
        if self.report.calibration:
            table.add_column("calibrated", justify="right", no_wrap=True)
        for row in rows:
            cells = [self._cell(row.of_question.get(QuestionId(one.name))) for one in questions]
            cells += [self._total_cell(row), *self._calibrated(row.calibrated)]
            table.add_row(Text(names[row.name]), *cells)
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
        columns = f"columns: questions of {one_line(self.bank)}"
        signs = [columns if self.bank else "#1, #2, ...: see the questions below"]
        signs.append("per cent of the points")
        if self.report.everything.estimates:
            signs.append("~ estimate")
        if self.report.reviews:
            signs.append("? to review")
        if self.report.everything.ungraded:
            signs.append(f"{self.look.dash} not graded")
        return Text("; ".join(signs), "dim")

    def _candidate_totals(self, rows: Sequence[summary.Group]) -> RenderableType:
        table = self._table()
        table.add_column("candidate", ratio=1, overflow="fold", min_width=12)
        table.add_column("points", justify="right", no_wrap=True)
        if self.bar:
            table.add_column("", no_wrap=True, width=self.bar)
        table.add_column("", justify="right", no_wrap=True)
        if self.report.calibration:
            table.add_column("calibrated", justify="right", no_wrap=True)
        table.add_column("", max_width=self.width // 5)
        for row in rows:
            drawn = self._drawn(row.fraction or 0, self.bar, estimated=row.estimates > 0, style="")
            notes = [*self._notes(row), *([f"{row.reviews} to review"] if row.reviews else [])]
            table.add_row(
                _line(row.name),
                f"{row.earned}/{row.possible}",
                *([drawn] if self.bar else []),
                percent(row.fraction),
                *self._calibrated(row.calibrated),
                Text(", ".join(notes)),
            )
        return table

    def _notes(self, group: summary.Group) -> list[str]:
        """How many answers no model judged."""
        estimates = counted(group.estimates, "estimate")
        if self.width < _WIDE:
            estimates = f"{group.estimates:,} est."
        notes = [estimates] if group.estimates else []
        return [*notes, f"{group.ungraded:,} not graded"] if group.ungraded else notes

    def _per_question(self) -> RenderableType:
        table = self._table()
        groups = self.report.questions
        numbered = self._has_matrix and not self.bank
        asked = _Asked([group.name for group in groups], apart=not numbered)
        if numbered:
            table.add_column("", no_wrap=True, justify="right")
        table.add_column(asked.head, ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column("answers", justify="right", no_wrap=True)
        table.add_column("mean", justify="right", no_wrap=True)
        if self.bar:
            table.add_column("", no_wrap=True, width=self.bar)
        table.add_column("spread", justify="right", no_wrap=True)
        table.add_column("", max_width=self.width // 5)
        for group, (bank, label) in zip(groups, asked.labels, strict=True):
            if bank:
                table.add_row(_line(bank, "dim"))
            number = [Text(self.names[group.name])] if numbered else []
            question = _asked(label, group.graded[0].submission.question)
            table.add_row(*number, question, *self._statistics(group))
        return table

    def _statistics(self, group: summary.Group) -> Iterator[Text]:
        yield Text(f"{len(group.graded):,}")
        yield Text(percent(group.mean))
        if self.bar:
            yield self._drawn(group.mean or 0, self.bar, estimated=group.estimates > 0, style="")
        yield Text(percent(group.spread))
        yield Text(", ".join(self._notes(group)), "cyan")

    def _table(self, *, expand: bool = True) -> Table:
        return Table(box=self.box, expand=expand, header_style="dim", padding=(0, 1, 0, 0))


class _Asked:
    """Questions as the rows of a table name them: by their number below the name of their bank.

    Of one bank the head of the column tells. Where the banks alternate (or with `apart` false) a
    row has the whole id.
    """

    def __init__(self, ids: Sequence[str], *, apart: bool = True) -> None:
        banks = [bank for bank, _ in groupby(ids, summary.bank_of)]
        short = apart and len(set(banks)) == len(banks)
        self.head = f"question of {one_line(banks[0])}" if short and len(banks) == 1 else "question"
        self.labels = list(_short(ids)) if short else [("", one_line(id_)) for id_ in ids]


def _short(ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Of each question the bank where one of several begins, and the number."""
    numbers = [one_line(summary.number_of(id_)) for id_ in ids]
    width = max(map(len, numbers), default=0)
    before = summary.one_bank(ids)
    for id_, number in zip(ids, numbers, strict=True):
        bank = summary.bank_of(id_)
        yield "" if bank == before else bank, number.rjust(width)
        before = bank


def _asked(label: str, question: str) -> Text:
    return Text.assemble((label, "bold"), "  ", one_line(question))


def _line(text: str, style: str = "") -> Text:
    return Text(one_line(text), style)


def _below(label: str, text: str, style: str) -> RenderableType:
    return Padding(Text.assemble((label, style), one_line(text)), (0, 0, 0, 7))
