"""A report as one HTML file that needs nothing else: no script, no font, no picture from anywhere.

The page forbids itself everything but its one style sheet (Content-Security-Policy), and the
template escapes every value that is put into it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from answerbot.cli.reports import plots, summary
from answerbot.cli.reports.characters import one_line
from answerbot.cli.reports.marks import Key, Mark, marked, marks_of, shown
from answerbot.cli.reports.summary import Group, Report
from answerbot.cli.showing import counted, shortened
from answerbot.domain.bank import QuestionId
from answerbot.domain.grade import Grade, Slip, Verdict
from answerbot.domain.submission import Graded

_OPEN_AT_ONCE = 12
_NAMED = 5
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STATUS = {
    "review": "To review",
    "estimated": "Estimate",
    "ungraded": "Not graded",
}
_VERDICT = {"met": "Met", "partial": "Partly met", "not_met": "Not met"}


def as_html(report: Report) -> str:
    """The page of `--html`."""
    style = _part("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _template().render(
        report=report,
        page=_Page(report),
        style=Markup(style),  # a file of this package
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
    )


def _part(name: str) -> str:
    return files("answerbot.cli.reports").joinpath(name).read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "line": lambda text: shown(" ".join(text.split())),
        "short": lambda text, width=110: shown(shortened(text, width)),
        "plain": one_line,
        "percent": summary.percent,
        "words": summary.words_of,
        "counted": counted,
        "tally": summary.tallied,
    }
    return environment.from_string(_part("report.html.j2"))


@dataclass(frozen=True)
class _Part:
    """A criterion or misconception of one answer, as the page shows it."""

    key: Key
    name: str
    points: str
    verdict: str
    kind: str
    reason: str
    wanted: str
    agreement: float
    marks: list[Mark]
    quotes: tuple[str, ...]
    essential: bool = False
    by: str = ""


@dataclass(frozen=True)
class _Answer:
    """An answer as the page shows it."""

    one: Graded
    anchor: str
    grade: Grade | None
    status: str
    kind: str
    pass_mark: int | None
    parts: tuple[_Part, ...]
    text: Markup
    feedback: str


class _Page:
    """What the template asks for."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.anchors = {id(one): f"a{number}" for number, one in enumerate(report.graded, 1)}
        self.several = len(report.candidates) > 1
        self.names = summary.short_names(group.name for group in report.questions)
        self.bank = summary.one_bank(self.names)
        self.ungraded = summary.reasons_ungraded(report.graded)

    @property
    def title(self) -> str:
        if self.several or not self.report.graded:
            return self.report.title
        return f"{self.report.title}: {one_line(self.report.candidates[0].name)}"

    @property
    def opened(self) -> bool:
        """Whether answers need no click to be read."""
        return not self.several and len(self.report.graded) <= _OPEN_AT_ONCE

    def facts(self, group: Group) -> list[tuple[str, str, int]]:
        """The class, the name and the number of the answers of each kind that there is."""
        return [
            (
                f"are-{standing.replace(' ', '-')}",
                summary.words_of(standing),
                group.standings[standing],
            )
            for standing in summary.STANDINGS
            if group.standings[standing]
        ]

    def named(self, ones: list[Graded]) -> tuple[list[Graded], int]:
        """The first few answers, and how many more there are."""
        return ones[:_NAMED], max(len(ones) - _NAMED, 0)

    def anchor(self, one: Graded) -> str:
        return self.anchors[id(one)]

    def of(self, group: Group, question: Group) -> Graded | None:
        return group.of_question.get(QuestionId(question.name))

    def bins(self) -> tuple[plots.Bin, ...]:
        return plots.histogram(self.report.candidates)

    def totals(self) -> tuple[float, float | None] | None:
        """Mean and standard deviation of the candidates' totals."""
        return summary.mean_and_spread(
            group.fraction for group in self.report.candidates if group.fraction is not None
        )

    def share(self, one: Graded) -> float:
        """Per cent of the points."""
        return round(100 * one.outcome.fraction, 2) if isinstance(one.outcome, Grade) else 0

    def shares(self, group: Group) -> tuple[float, float]:
        """Per cent of the points that were judged, and that were estimated."""
        estimated, _ = group.estimated_points
        return (
            round(100 * (group.earned - estimated) / group.possible, 2),
            round(100 * estimated / group.possible, 2),
        )

    def strip(self, group: Group) -> plots.Strip | None:
        return plots.strip(group)

    def answered(self, group: Group) -> Iterable[Graded]:
        return (one for one in group.graded if not summary.is_unanswered(one))

    def heat(self, one: Graded) -> int:
        """0 to 10: how dark the cell is."""
        return round(10 * one.outcome.fraction) if isinstance(one.outcome, Grade) else 0

    def cell(self, one: Graded) -> str:
        if not isinstance(one.outcome, Grade):
            return "–"
        return summary.percent(one.outcome.fraction).removesuffix(" %")

    def why(self, one: Graded) -> tuple[str, ...]:
        return summary.why_review(one, self.report)

    def kind(self, one: Graded) -> str:
        """The class of an answer's status."""
        if one.status != "graded":
            return one.status
        return {True: "passed", False: "failed", None: "graded"}[self.report.passed(one)]

    def status(self, one: Graded) -> str:
        if one.status != "graded":
            return _STATUS[one.status]
        return {True: "Passed", False: "Not passed", None: "Graded"}[self.report.passed(one)]

    def answer(self, one: Graded) -> _Answer:
        anchor, text = self.anchor(one), one.submission.text
        grade = one.outcome if isinstance(one.outcome, Grade) else None
        parts = tuple(self._parts(one, grade, anchor)) if grade else ()
        return _Answer(
            one,
            anchor,
            grade,
            self.status(one),
            self.kind(one),
            self.report.mark_for(one),
            parts,
            marked(text, [mark for part in parts for mark in part.marks]),
            self.report.feedback(one).summary,
        )

    def _parts(self, one: Graded, grade: Grade, anchor: str) -> Iterable[_Part]:
        for number, verdict in enumerate(grade.verdicts, start=1):
            name = summary.words_of(verdict.criterion.id)
            key = Key(
                str(number), f"k{number}", f"{anchor}-{number}", f"criterion {number}: {name}"
            )
            yield self._verdict(one, verdict, key)
        for letter, slip in zip(_LETTERS, grade.slips, strict=False):
            name = summary.words_of(slip.misconception.id)
            key = Key(letter, "wrong", f"{anchor}-{letter}", f"misconception {letter}: {name}")
            yield self._slip(one, slip, key)

    def _verdict(self, one: Graded, verdict: Verdict, key: Key) -> _Part:
        criterion = verdict.criterion
        mark, level = summary.mark_of(verdict.verdict)
        lost = verdict.points < criterion.points
        return _Part(
            key,
            summary.words_of(criterion.id),
            f"{verdict.points} of {criterion.points}",
            _VERDICT[mark] + (f" (level {level})" if level else ""),
            mark,
            self.report.reason(verdict),
            criterion.states if lost and self.report.solutions else "",
            verdict.agreement,
            marks_of(key, verdict.evidence, len(one.submission.text)),
            tuple(evidence.quote for evidence in verdict.evidence),
            essential=criterion.essential,
            by=summary.by_whom(human=verdict.human, estimated=one.estimate),
        )

    def _slip(self, one: Graded, slip: Slip, key: Key) -> _Part:
        return _Part(
            key,
            summary.words_of(slip.misconception.id),
            f"−{-slip.misconception.points}",
            "Misconception",
            "present",
            self.report.reason(slip),
            "",
            slip.agreement,
            marks_of(key, slip.evidence, len(one.submission.text)),
            tuple(evidence.quote for evidence in slip.evidence),
            by=summary.by_whom(human=slip.human, estimated=one.estimate),
        )
