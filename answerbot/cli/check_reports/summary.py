"""What every form of a check's report tells alike: edits with what they did, figures in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from answerbot.cli.showing import counted
from answerbot.domain.agreement import Figure, Paired
from answerbot.domain.check import Checked, CheckReport, Discrimination, GateName, Statistics
from answerbot.domain.errors import Location
from answerbot.domain.grade import Ungraded
from answerbot.domain.lint import Complaint, Severity
from answerbot.domain.regression import Cause, CauseKind, ScoreChange, Stale, VerdictChange

UNDEFINED = "–"
_NAMED = 6
_LIKELY = 0.05

Change = TypeVar("Change", VerdictChange, ScoreChange, Stale)


@dataclass(frozen=True, slots=True)
class Edit:
    """A cause and its place; no place where it is in no rubric's file."""

    kind: CauseKind
    what: str
    location: Location | None

    def __str__(self) -> str:
        return f"{self.location}: {self.what}" if self.location else self.what


def edits_of(checked: Checked, causes: Iterable[Cause]) -> tuple[Edit, ...]:
    """The causes with their places in the rubric's file."""
    return tuple(
        Edit(
            cause.kind, cause.what, checked.document.location(cause.trail) if cause.trail else None
        )
        for cause in causes
    )


@dataclass(frozen=True)
class Group(Generic[Change]):
    """All that the same edits did, each with its rubric."""

    edits: tuple[Edit, ...]
    changes: tuple[tuple[Checked, Change], ...]

    @property
    def rubrics(self) -> list[str]:
        """The rubrics that the edits concern."""
        return list(dict.fromkeys(checked.rubric.id for checked, _ in self.changes))

    @property
    def names(self) -> list[str]:
        """The exemplars, by their ids alone where they are of one rubric."""
        several = len(self.rubrics) > 1
        return [
            f"{checked.rubric.id}/{change.exemplar}" if several else change.exemplar
            for checked, change in self.changes
        ]

    @property
    def told(self) -> list[str]:
        """The edits, a line each, with the rubric where none of them names it."""
        named = any(edit.location for edit in self.edits) or len(self.rubrics) > 1
        prefix = "" if named else f"{self.rubrics[0]}: "
        return [f"{prefix}{edit}" for edit in self.edits]

    @property
    def whom(self) -> str:
        """The first exemplars; of several rubrics the first of these, with their numbers."""
        if len(self.rubrics) == 1:
            return listed(self.names)
        ids = [checked.rubric.id for checked, _ in self.changes]
        return listed([f"{id_} ({ids.count(id_)})" for id_ in self.rubrics])


def by_edits(changes: Iterable[tuple[Checked, Change]]) -> list[Group[Change]]:
    """The changes, those of the same edits together, in the order of the first of each."""
    groups: dict[tuple[Edit, ...], list[tuple[Checked, Change]]] = {}
    for checked, change in changes:
        groups.setdefault(edits_of(checked, change.causes), []).append((checked, change))
    return [Group(edits, tuple(ones)) for edits, ones in groups.items()]


def stale_groups(report: CheckReport) -> list[Group[Stale]]:
    """What is stale by the edits that made it so; new exemplars are one group."""
    new: list[tuple[Checked, Stale]] = []
    others: list[tuple[Checked, Stale]] = []
    for checked, stale in report.stale():
        (new if stale.exemplar in checked.comparison.added else others).append((checked, stale))
    groups = by_edits(others)
    added = Edit("exemplar", "new exemplars", None)
    return [*groups, Group((added,), tuple(new))] if new else groups


def listed(names: Sequence[str], most: int = _NAMED) -> str:
    """The first of the names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def counted_rubrics(report: CheckReport) -> str:
    """'66 rubrics, 463 exemplars'."""
    rubrics = counted(len(report.checked), "rubric")
    broken = {one.location.path for one in report.complaints if one.rule == "invalid"}
    read = {one.document.path for one in report.checked}
    unread = f", {counted(len(broken - read), 'file')} not read" if broken - read else ""
    return f"{rubrics}, {counted(len(report.cases), 'exemplar')}{unread}"


def verdict(report: CheckReport) -> str:
    """What the check came to, in a few words."""
    if not report.failed:
        return "passed"
    return "failed: " + "; ".join(gate.what for gate in report.failed)


def fails(report: CheckReport, name: GateName) -> bool:
    """Whether the check fails for the gate of this name."""
    return any(gate.name == name for gate in report.failed)


def complaints(report: CheckReport, severity: Severity) -> list[Complaint]:
    """What lint objects to so strongly."""
    return [one for one in report.complaints if one.severity == severity]


def by_rule(complaints: Iterable[Complaint]) -> str:
    """How often each rule is broken, the most frequent first: 'always-met 12, vague-word 3'."""
    rules = Counter(one.rule for one in complaints)
    return ", ".join(f"{rule} {number:,}" for rule, number in rules.most_common())


def failing_complaints(report: CheckReport) -> Sequence[Complaint]:
    """What the check fails for: the errors; all complaints where warnings fail too."""
    if not fails(report, "lint"):
        return ()
    return complaints(report, "error") or report.complaints


def failing_scores(report: CheckReport) -> list[ScoreChange]:
    """What the check fails for: the unexplained ones; all where explained ones fail too."""
    if not fails(report, "scores"):
        return []
    changes = [change for _, change in report.score_changes()]
    return [change for change in changes if not change.explained] or changes


def ungraded(report: CheckReport) -> list[tuple[str, Ungraded]]:
    """The exemplars that were judged and got no grade, by name, and why."""
    return [
        (f"{case.rubric.id}/{case.exemplar.id}", case.outcome)
        for case in report.cases
        if isinstance(case.outcome, Ungraded)
    ]


def flips(report: CheckReport) -> list[tuple[Checked, VerdictChange]]:
    """The verdicts that were right and are wrong now."""
    return [(checked, change) for checked, change in report.verdict_changes() if change.flipped]


def percent(fraction: float | None) -> str:
    """A share in per cent, with one decimal."""
    return UNDEFINED if fraction is None else f"{100 * fraction:.1f} %"


def interval(figure: Figure, *, share: bool = False) -> str:
    """'0.93–0.97'; in per cent where the figure is a share; '' where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    low, high = (100 * figure.low, 100 * figure.high) if share else (figure.low, figure.high)
    return f"{low:.1f}–{high:.1f} %" if share else f"{low:.2f}–{high:.2f}"


def decimal(value: float | None) -> str:
    """A figure with two decimals."""
    return UNDEFINED if value is None else f"{value:.2f}"


def compared(paired: Paired) -> str:
    """Whether the verdicts are worse than those of the baseline, in words."""
    if not paired.worse and not paired.better:
        return "none turned wrong, none turned right"
    told = f"{paired.worse:,} turned wrong, {paired.better:,} turned right"
    if paired.p is None:
        return f"{told}: too few to tell"
    how = "p < 0.001" if paired.p < 0.001 else f"p = {paired.p:.3f}"
    if paired.p >= _LIKELY:
        return f"{told}: may be chance ({how}, {_METHODS[paired.method]})"
    worse = "worse" if paired.worse > paired.better else "better"
    return f"{told}: {worse}, hardly by chance ({how}, {_METHODS[paired.method]})"


_METHODS = {"exact": "exact McNemar test", "chi-squared": "McNemar test"}


def telling_least(report: CheckReport, most: int = 3) -> list[Discrimination]:
    """The criteria that go along least with the rest of the score, the worst first."""
    known = [one for one in _discrimination(report) if one.value is not None]
    return sorted(known, key=lambda one: one.value or 0.0)[:most]


def telling_nothing(report: CheckReport) -> list[Discrimination]:
    """The criteria that are the same for all exemplars, or whose rubric's others are."""
    judged = {case.rubric.id for case in report.cases if case.verdicts}
    return [one for one in _discrimination(report) if one.value is None and one.rubric in judged]


def _discrimination(report: CheckReport) -> tuple[Discrimination, ...]:
    return report.statistics.discrimination if report.statistics else ()


def unaccepted(report: CheckReport) -> list[str]:
    """What the baseline does not know: rubrics and exemplars that came and went."""
    known = [one for one in report.checked if one.comparison.known]
    news = {
        "new rubric": [one.rubric.id for one in report.checked if not one.comparison.known],
        "new exemplar": [f"{o.rubric.id}/{id_}" for o in known for id_ in o.comparison.added],
        "exemplar gone": [f"{o.rubric.id}/{id_}" for o in known for id_ in o.comparison.removed],
        "rubric gone": list(report.removed),
    }
    return [
        f"{_several(len(names), noun)}: {listed(names)}" for noun, names in news.items() if names
    ]


def _several(number: int, noun: str) -> str:
    """'2 new rubrics', '2 rubrics gone'."""
    first, *rest = noun.split(" gone")
    return counted(number, first) + (" gone" if rest else "")


def idle_edits(report: CheckReport) -> list[Edit]:
    """Edits since the baseline after which every verdict and score is what it was.

    Of a rubric with exemplars that nobody judged as they stand, that is not known.
    """
    settled = [one for one in report.checked if not one.comparison.stale]
    edits = [edit for one in settled for edit in edits_of(one, one.comparison.edits)]
    busy = {(edit.kind, edit.location or edit.what) for edit in _busy_edits(report)}
    idle = [edit for edit in edits if (edit.kind, edit.location or edit.what) not in busy]
    return list(dict.fromkeys(idle))


def _busy_edits(report: CheckReport) -> Iterator[Edit]:
    """The edits that something is due to; what they did may stand with them."""
    for one in report.checked:
        compared = one.comparison
        changes: tuple[VerdictChange | ScoreChange | Stale, ...]
        changes = (*compared.verdicts, *compared.scores, *compared.stale)
        for change in changes:
            yield from edits_of(one, change.causes)


def agreement_rows(one: Statistics) -> list[tuple[str, str, str, str]]:
    """Every figure with its name, its interval and what it is of."""
    return [
        _share("criteria", one.criteria, f"{one.criteria.n:,} verdicts"),
        _kappa("  kappa", one.criteria_kappa),
        _share("misconceptions", one.misconceptions, f"{one.misconceptions.n:,} verdicts"),
        _kappa("  kappa", one.misconceptions_kappa),
        _kappa("scores, kappa", one.scores, f"weighted; {one.exact:,} of {one.scores.n:,} exact"),
        _share("  mean error", one.error, "of the points"),
    ]


def _share(name: str, figure: Figure, of: str) -> tuple[str, str, str, str]:
    return name, percent(figure.value), interval(figure, share=True), of


def _kappa(name: str, figure: Figure, of: str = "") -> tuple[str, str, str, str]:
    return name, decimal(figure.value), interval(figure), of
