"""A check's report in Markdown, for a pull request: the verdict, what failed, details folded.

Words of others are text there and nothing else, as in the report on grades.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from answerbot.cli.check_reports import summary
from answerbot.cli.check_reports.summary import Change, Group
from answerbot.cli.reports.as_markdown import escape, table
from answerbot.cli.reports.characters import one_line
from answerbot.cli.showing import counted, shortened
from answerbot.domain.check import CheckReport, Gate, disagreements
from answerbot.domain.lint import Complaint
from answerbot.domain.regression import ScoreChange, Stale, VerdictChange

_OPEN = 10
_ROWS = 100
"""A summary of a step is cut off at a megabyte."""
_EVERY = 1_000
_LONGEST = 300
_FENCE = re.compile("`+")


def as_markdown(report: CheckReport, *, words: bool) -> str:
    """The report of `--markdown`; without `words` no list is longer than a page."""
    return "\n".join(_Written(report, _EVERY if words else _ROWS).lines()).rstrip() + "\n"


class _Written:
    def __init__(self, report: CheckReport, most: int) -> None:
        self.report = report
        self.most = most

    def lines(self) -> Iterator[str]:
        sign = "❌" if self.report.failed else "✅"
        told = f"{summary.counted_rubrics(self.report)}: {summary.verdict(self.report)}"
        yield from ("## Rubrics", "", f"{sign} **{escape(told)}**", "")
        if any(not gate.passed for gate in self.report.gates):
            rows = [(_gate_sign(gate), gate.name, _short(gate.what)) for gate in self.report.gates]
            yield from table(("", "Gate", "Found"), rows)
        yield from self._lint()
        yield from self._stale()
        yield from self._verdicts()
        yield from self._scores()
        yield from self._ungraded()
        yield from self._since()
        yield from self._agreement()
        yield from self._labels()

    def _lint(self) -> Iterator[str]:
        head = ("Where", "Rule", "What")
        if errors := summary.complaints(self.report, "error"):
            title = f"### Lint: {counted(len(errors), 'error')}"
            yield from self._folded(title, head, list(map(_complaint, errors)))
        if warnings := summary.complaints(self.report, "warning"):
            title = f"Lint: {counted(len(warnings), 'warning')}"
            yield from _details(title, self._cut(head, list(map(_complaint, warnings))))

    def _stale(self) -> Iterator[str]:
        groups = summary.stale_groups(self.report)
        if not groups:
            return
        number = sum(len(group.changes) for group in groups)
        rows = [(_because(group), str(len(group.changes)), _whom(group)) for group in groups]
        title = f"### Stale: {counted(number, 'recording')}"
        yield from self._folded(title, ("Edit", ">Stale", "Exemplars"), rows)
        if refresh := self.report.refresh:
            told = f"{counted(refresh.calls, 'call')}, {_short(refresh.cost)}"
            yield from (f"{told}: {_code(refresh.command)}", "")

    def _verdicts(self) -> Iterator[str]:
        groups = summary.by_edits(self.report.verdict_changes())
        if not groups:
            return
        rows = [row for group in groups for row in _verdict_rows(group)]
        flips = len(summary.flips(self.report))
        title = f"### Changed verdicts: {len(rows):,}"
        title += f" ({flips:,} right before and wrong now)" if flips else ""
        head = ("", "Exemplar", "Criterion", "Before → after", "Should be", "Because of")
        yield from self._folded(title, head, sorted(rows, key=lambda row: not row[0]))

    def _scores(self) -> Iterator[str]:
        groups = summary.by_edits(self.report.score_changes())
        if not groups:
            return
        rows = [row for group in groups for row in _score_rows(group)]
        title = f"### Changed scores: {len(rows):,}"
        head = ("", "Exemplar", "Before → after", "Because of")
        yield from self._folded(title, head, sorted(rows, key=lambda row: not row[0]))

    def _ungraded(self) -> Iterator[str]:
        rows = [(escape(name), _short(why.reason)) for name, why in summary.ungraded(self.report)]
        if rows:
            title = f"### Without a grade: {counted(len(rows), 'exemplar')}"
            yield from self._folded(title, ("Exemplar", "Why"), rows)

    def _since(self) -> Iterator[str]:
        told = summary.unaccepted(self.report)
        idle = summary.idle_edits(self.report)
        if not told and not idle:
            return
        if self.report.accepting:
            yield from ("### New to the baseline", "")
        else:
            accepts = "`answerbot check --bless` accepts it."
            yield from ("### Not yet in the baseline", "", accepts, "")
        yield from (f"- {_short(line)}" for line in told)
        yield from (f"- {_short(str(edit))}: no grade changed" for edit in idle[: self.most])
        yield from _rest(len(idle) - self.most)
        yield ""

    def _agreement(self) -> Iterator[str]:
        one = self.report.statistics
        if one is None:
            return
        yield from ("### How far the judge agrees with the labels", "")
        yield from table(("", ">", "95 % interval", ""), summary.agreement_rows(one))
        yield from (f"Since the baseline {summary.compared(one.paired)}.", "")
        least = [
            (
                escape(f"{each.rubric}/{each.criterion}"),
                summary.decimal(each.value),
                f"{100 * each.met:.0f} %",
            )
            for each in summary.telling_least(self.report, _OPEN)
        ]
        if least:
            head = ("Criterion", ">Correlation", ">Its points earned")
            title = "Criteria that go least with the rest of the score"
            yield from _details(title, table(head, least))

    def _labels(self) -> Iterator[str]:
        rows = [
            (
                escape(f"{one.case.rubric.id}/{one.case.exemplar.id}"),
                escape(one.part),
                escape(one.expected),
                escape(one.actual),
                _short(one.case.reasons.get(one.part, "")),
            )
            for one in disagreements(self.report.cases)
        ]
        if rows:
            head = ("Exemplar", "Criterion", "Should be", "Is", "Judge")
            title = f"Not as labelled: {counted(len(rows), 'verdict')}"
            yield from _details(title, self._cut(head, rows))

    def _folded(
        self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> Iterator[str]:
        """A section whose first rows are open, and the rest folded."""
        yield from (title, "")
        yield from table(head, rows[:_OPEN])
        if len(rows) > _OPEN:
            rest = rows[_OPEN:]
            yield from _details(f"{len(rest):,} more", self._cut(head, rest))

    def _cut(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
        yield from table(head, rows[: self.most])
        yield from _rest(len(rows) - self.most)


def _gate_sign(gate: Gate) -> str:
    if gate.passed:
        return "✅"
    return "❌" if gate.on else "⚠️"


def _complaint(one: Complaint) -> tuple[str, ...]:
    hint = f" *Hint: {_short(one.hint)}*" if one.hint else ""
    return _short(str(one.location)), escape(one.rule), _short(one.what) + hint


def _verdict_rows(group: Group[VerdictChange]) -> Iterator[tuple[str, ...]]:
    for checked, change in group.changes:
        yield (
            "❌" if change.flipped else "",
            escape(f"{checked.rubric.id}/{change.exemplar}"),
            escape(change.part),
            escape(f"{change.before} → {change.after}"),
            escape(change.expected),
            _because(group),
        )


def _score_rows(group: Group[ScoreChange]) -> Iterator[tuple[str, ...]]:
    for checked, change in group.changes:
        yield (
            "⚠️" if change.before.passed and not change.after.passed else "",
            escape(f"{checked.rubric.id}/{change.exemplar}"),
            escape(f"{change.before} → {change.after}"),
            _because(group),
        )


def _because(group: Group[Change]) -> str:
    return "<br>".join(_short(str(edit)) for edit in group.edits)


def _whom(group: Group[Stale]) -> str:
    return _short(group.whom)


def _details(title: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines below a title that unfolds them; the title is no word of others."""
    yield from (f"<details><summary>{title}</summary>", "", *lines, "</details>", "")


def _rest(number: int) -> Iterator[str]:
    if number > 0:
        yield f"and {number:,} more (`answerbot check --words` lists them)"


def _short(text: str) -> str:
    return escape(shortened(text, _LONGEST))


def _code(text: str) -> str:
    """The text as code, whatever backticks it has."""
    line = one_line(text)
    fence = "`" * (max(map(len, _FENCE.findall(line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"
