"""A check's report for a terminal: what failed and why, then how far the judge can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from answerbot.cli.check_reports import summary
from answerbot.cli.check_reports.summary import Change, Group
from answerbot.cli.reports.canvas import Canvas, drawn
from answerbot.cli.reports.characters import one_line
from answerbot.cli.showing import counted, shortened
from answerbot.domain.check import Checked, CheckReport, Gate, disagreements
from answerbot.domain.lint import Complaint
from answerbot.domain.regression import ScoreChange, VerdictChange

_GROUPS = 12
_ROWS = 8
_COMPLAINTS = 12
_WARNINGS = 4
_LONGEST_NAME = 32

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Look:
    good: str
    bad: str
    neither: str


_UNICODE = _Look("✓", "✗", "·")
_ASCII = _Look("+", "x", "-")


def as_terminal(report: CheckReport, *, words: bool) -> str:
    """The report as wide as the terminal, in colour where that is welcome."""
    return drawn(lambda canvas: _Shown(report, canvas, words=words).parts())


class _Shown:
    def __init__(self, report: CheckReport, canvas: Canvas, *, words: bool) -> None:
        self.report = report
        self.words = words
        self.width = canvas.width
        self.look = _UNICODE if canvas.unicode else _ASCII

    def parts(self) -> Iterator[RenderableType]:
        yield from self._failed()
        yield from self._errors()
        yield from self._stale()
        yield from self._verdicts()
        yield from self._scores()
        yield from self._ungraded()
        yield from self._warnings()
        yield from self._since()
        yield from self._agreement()
        yield from self._labels()
        yield from self._least()
        yield from self._gates()
        yield self._last()

    def _failed(self) -> Iterator[RenderableType]:
        if not self.report.failed:
            return
        yield Text("Failed", "bold red")
        yield self._gate_table(self.report.failed)
        yield Text()

    def _gate_table(self, gates: Sequence[Gate]) -> RenderableType:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        for gate in gates:
            what = gate.what if gate.on else f"{gate.what} (fails nothing)"
            name = Text.assemble(self._gate_mark(gate), f" {gate.name}")
            table.add_row(name, one_line(what))
        return _indented(table)

    def _gate_mark(self, gate: Gate) -> Text:
        if gate.passed:
            return Text(self.look.good, "green")
        return Text(self.look.bad, "red") if gate.on else Text(self.look.neither, "yellow")

    def _errors(self) -> Iterator[RenderableType]:
        if errors := summary.complaints(self.report, "error"):
            yield Text(f"Lint: {counted(len(errors), 'error')}", "bold red")
            yield from self._complaints(errors, "red")

    def _warnings(self) -> Iterator[RenderableType]:
        warnings = summary.complaints(self.report, "warning")
        if not warnings:
            return
        head = (f"Lint: {counted(len(warnings), 'warning')}", "bold yellow")
        if self.words or len(warnings) <= _WARNINGS:
            yield Text.assemble(head)
            yield from self._complaints(warnings, "yellow")
        else:
            told = f": {summary.by_rule(warnings)}"
            yield Text.assemble(head, told, (" (--words lists them)", "dim"))
            yield Text()

    def _complaints(self, complaints: Sequence[Complaint], style: str) -> Iterator[RenderableType]:
        for one in self._first(complaints, _COMPLAINTS):
            yield from _complaint(one, style)
        yield from self._rest(len(complaints), _COMPLAINTS)
        yield Text()

    def _stale(self) -> Iterator[RenderableType]:
        groups = summary.stale_groups(self.report)
        if not groups:
            return
        number = sum(len(group.changes) for group in groups)
        yield Text(f"Stale: {counted(number, 'recording')}", "bold yellow")
        for group in self._first(groups, _GROUPS):
            yield from self._edits(group)
            names = ", ".join(group.names) if self.words else group.whom
            told = f"{counted(len(group.changes), 'recording')} stale: {names}"
            yield _indented(Text(one_line(told)), 3)
        yield from self._rest(len(groups), _GROUPS)
        if refresh := self.report.refresh:
            calls = f"{counted(refresh.calls, 'call')}, {one_line(refresh.cost)}:"
            yield _indented(Text(calls))
            yield _indented(Text(one_line(refresh.command), "bold"), 3)
        yield Text()

    def _verdicts(self) -> Iterator[RenderableType]:
        groups = summary.by_edits(self.report.verdict_changes())
        if not groups:
            return
        flips = len(summary.flips(self.report))
        told = f" ({flips:,} right before and wrong now)" if flips else ""
        number = sum(len(group.changes) for group in groups)
        yield Text(f"Changed verdicts: {number:,}{told}", "bold red" if flips else "bold")
        for group in self._first(groups, _GROUPS):
            yield from self._edits(group)
            yield from self._verdict_rows(group)
        yield from self._rest(len(groups), _GROUPS)
        yield Text()

    def _verdict_rows(self, group: Group[VerdictChange]) -> Iterator[RenderableType]:
        rows = sorted(
            zip(group.names, group.changes, strict=True),
            key=lambda row: (not row[1][1].flipped, row[1][1].is_right),
        )
        names = _aligned([name for name, _ in rows])
        parts = _aligned([change.part for _, (_, change) in rows])
        for name, part, (_, (checked, change)) in self._first(
            list(zip(names, parts, rows, strict=True)), _ROWS
        ):
            yield _indented(self._verdict(name, part, change), 3)
            if change.flipped and (reason := _reason(checked, change)):
                yield _indented(Text(f"judge: {shortened(one_line(reason), 300)}", "dim"), 5)
        yield from self._rest(len(rows), _ROWS, 3)

    def _verdict(self, name: str, part: str, change: VerdictChange) -> Text:
        mark = (self.look.bad, "red") if change.flipped else (self.look.neither, "yellow")
        if change.is_right:
            mark = (self.look.good, "green")
        told = f"{change.before} → {change.after}"
        should = "" if change.is_right else f", should be {change.expected}"
        return Text.assemble(mark, f" {name}  {part}  ", (told, "bold"), should)

    def _scores(self) -> Iterator[RenderableType]:
        groups = summary.by_edits(self.report.score_changes())
        if not groups:
            return
        number = sum(len(group.changes) for group in groups)
        yield Text(f"Changed scores: {number:,}", "bold")
        for group in self._first(groups, _GROUPS):
            yield from self._edits(group)
            yield from self._score_rows(group)
        yield from self._rest(len(groups), _GROUPS)
        yield Text()

    def _score_rows(self, group: Group[ScoreChange]) -> Iterator[RenderableType]:
        rows = sorted(
            zip(_aligned(group.names), group.changes, strict=True),
            key=lambda row: row[1][1].before.passed == row[1][1].after.passed,
        )
        for name, (_, change) in self._first(rows, _ROWS):
            mark = (self.look.neither, "dim")
            if change.before.passed != change.after.passed:
                passes = change.after.passed
                mark = (self.look.good, "green") if passes else (self.look.bad, "red")
            told = f"{change.before} → {change.after}"
            yield _indented(Text.assemble(mark, f" {name}  ", (told, "bold")), 3)
        yield from self._rest(len(rows), _ROWS, 3)

    def _ungraded(self) -> Iterator[RenderableType]:
        ungraded = summary.ungraded(self.report)
        if not ungraded:
            return
        yield Text(f"Without a grade: {counted(len(ungraded), 'exemplar')}", "bold magenta")
        for name, outcome in self._first(ungraded, _ROWS):
            yield _indented(Text(one_line(f"{name}: {outcome.reason}")))
        yield from self._rest(len(ungraded), _ROWS)
        yield Text()

    def _since(self) -> Iterator[RenderableType]:
        told = [one_line(line) for line in summary.unaccepted(self.report)]
        idle = summary.idle_edits(self.report)
        if not told and not idle:
            return
        accepts = "Not yet in the baseline (answerbot check --bless accepts)"
        yield Text("New to the baseline" if self.report.accepting else accepts, "bold")
        yield from (_indented(Text(line)) for line in told)
        if idle:
            yield _indented(Text(f"{counted(len(idle), 'edit')} that changed no grade:"))
        for edit in self._first(idle, _ROWS):
            yield _indented(_edit(str(edit)), 3)
        yield from self._rest(len(idle), _ROWS, 3)
        yield Text()

    def _agreement(self) -> Iterator[RenderableType]:
        one = self.report.statistics
        if one is None:
            return
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="right")
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        for row in summary.agreement_rows(one):
            table.add_row(*row)
        yield Text("How far the judge agrees with the labels (95 % intervals)", "bold")
        yield _indented(table)
        yield _indented(Text(f"since the baseline  {summary.compared(one.paired)}"))
        yield Text()

    def _labels(self) -> Iterator[RenderableType]:
        found = list(disagreements(self.report.cases))
        if not found:
            return
        exemplars = len({(one.case.rubric.id, one.case.exemplar.id) for one in found})
        told = f"{counted(len(found), 'verdict')} of {counted(exemplars, 'exemplar')}"
        hint = "" if self.words else " (--words lists them)"
        yield Text.assemble(("Not as labelled: ", "bold"), told, (hint, "dim"))
        if self.words:
            for one in found:
                name = f"{one.case.rubric.id}/{one.case.exemplar.id}"
                told = f"{one.part}: should be {one.expected}, is {one.actual}"
                yield _indented(Text.assemble((name, "bold"), f"  {told}"))
                if reason := one.case.reasons.get(one.part):
                    yield _indented(Text(f"judge: {one_line(reason)}", "dim"), 3)
        yield Text()

    def _least(self) -> Iterator[RenderableType]:
        least = summary.telling_least(self.report, 10 if self.words else 3)
        if not least:
            return
        table = Table.grid(padding=(0, 2))
        table.add_column(overflow="fold")
        for _ in range(2):
            table.add_column(no_wrap=True, justify="right")
        for one in least:
            met = f"{100 * one.met:.0f} % earned"
            table.add_row(f"{one.rubric}/{one.criterion}", f"r = {summary.decimal(one.value)}", met)
        yield Text("Criteria that go least with the rest of the score", "bold")
        yield _indented(table)
        if same := summary.telling_nothing(self.report):
            names = [f"{one.rubric}/{one.criterion}" for one in same]
            yield _indented(Text(f"the same for all exemplars: {summary.listed(names, 3)}"))
        yield Text()

    def _gates(self) -> Iterator[RenderableType]:
        gates = self.report.gates
        if all(gate.passed for gate in gates) and not self.words:
            marks = [part for gate in gates for part in (self._gate_mark(gate), f" {gate.name}  ")]
            yield Text.assemble(*marks)
            return
        yield Text("Gates", "bold")
        yield self._gate_table(gates)
        yield Text()

    def _last(self) -> Text:
        style = "bold red" if self.report.failed else "bold green"
        counts = summary.counted_rubrics(self.report)
        return Text.assemble(
            (f"{counts}: ", "bold"), (one_line(summary.verdict(self.report)), style)
        )

    def _edits(self, group: Group[Change]) -> Iterator[RenderableType]:
        return (_indented(_edit(line)) for line in group.told)

    def _first(self, items: Sequence[Item], most: int) -> Sequence[Item]:
        return items if self.words else items[:most]

    def _rest(self, number: int, most: int, indent: int = 1) -> Iterator[RenderableType]:
        if number > most and not self.words:
            told = f"and {number - most:,} more (--words lists them)"
            yield _indented(Text(told, "dim"), indent)


def _complaint(one: Complaint, style: str) -> Iterator[RenderableType]:
    place = (f"{one_line(str(one.location))}: ", "bold")
    yield _indented(Text.assemble(place, (one.rule, style), f": {one_line(one.what)}"))
    if one.hint:
        yield _indented(Text(f"hint: {one_line(one.hint)}", "dim"), 3)


def _reason(checked: Checked, change: VerdictChange) -> str:
    cases = (case for case in checked.cases if case.exemplar.id == change.exemplar)
    return next((case.reasons.get(change.part, "") for case in cases), "")


def _aligned(names: Sequence[str]) -> list[str]:
    """The names, filled up to the longest that is not too long."""
    width = max((len(name) for name in names if len(name) <= _LONGEST_NAME), default=0)
    return [name.ljust(width) for name in names]


def _edit(told: str) -> Text:
    return Text(one_line(told), "cyan")


def _indented(part: RenderableType, by: int = 1) -> RenderableType:
    return Padding(part, (0, 0, 0, by))
