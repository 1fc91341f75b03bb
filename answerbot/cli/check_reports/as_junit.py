"""A check's report as JUnit XML: a suite a rubric, a case an exemplar; lint and gates are suites.

Something is red there exactly where a gate fails the check. What no gate fails for stands in the
output of its case; what could not be judged is skipped then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.etree import ElementTree as ET

from answerbot.cli.check_reports.summary import edits_of, failing_complaints, failing_scores, fails
from answerbot.cli.reports.characters import escaped, one_line, visible
from answerbot.domain.check import Case, Checked, CheckReport, Disagreement, GateName, disagreements
from answerbot.domain.errors import Location
from answerbot.domain.grade import Ungraded
from answerbot.domain.regression import Cause, ScoreChange, Stale, VerdictChange

_COUNTED = {"tests": "testcase", "failures": "failure", "errors": "error"}
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")  # of XML; what else it lacks is escaped as hidden


def as_junit(report: CheckReport) -> str:
    """The document of `--junit`."""
    root = ET.Element("testsuites", name="answerbot check")
    root.append(_lint(report))
    for checked in report.checked:
        root.append(_Rubric(report, checked).suite())
    root.append(_gates(report))
    for suite in root:
        _count(suite, {**_COUNTED, "skipped": "skipped"})
    _count(root, _COUNTED)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _count(element: ET.Element, counted: Mapping[str, str]) -> None:
    for name, tag in counted.items():
        element.set(name, str(sum(1 for _ in element.iter(tag))))


def _lint(report: CheckReport) -> ET.Element:
    suite = ET.Element("testsuite", name="lint")
    failing = failing_complaints(report)
    for one in report.complaints:
        case = _case(suite, f"{one.location}: {one.rule}", "lint", one.location)
        told = f"{one.location}: {one.rule}: {one.what}" + (
            f"\nhint: {one.hint}" if one.hint else ""
        )
        if one in failing:
            _add(case, "failure", one.rule, one.what, told)
        else:
            _say(case, [f"{one.severity}: {told}"])
    if not report.complaints:
        _case(suite, "no complaints", "lint")
    return suite


def _gates(report: CheckReport) -> ET.Element:
    suite = ET.Element("testsuite", name="gates")
    for gate in report.gates:
        case = _case(suite, gate.name, "gates")
        if gate.fails:
            _add(case, "failure", "gate", gate.what, gate.what)
        else:
            _say(case, [gate.what])
    return suite


class _Rubric:
    """One suite, and what it looks up."""

    def __init__(self, report: CheckReport, checked: Checked) -> None:
        self.report = report
        self.checked = checked
        self.failing_scores = failing_scores(report)
        comparison = checked.comparison
        self.stale = {one.exemplar: one for one in comparison.stale}
        self.scores = {one.exemplar: one for one in comparison.scores}

    def suite(self) -> ET.Element:
        path = self.checked.document.path
        suite = ET.Element("testsuite", name=self.checked.rubric.id, file=_attribute(path))
        for number, case in enumerate(self.checked.cases):
            place = self.checked.document.location(("exemplars", number))
            element = _case(suite, case.exemplar.id, f"rubrics.{self.checked.rubric.id}", place)
            self._judge(element, case)
        return suite

    def _judge(self, element: ET.Element, case: Case) -> None:
        if case.outcome is None:
            why = self._stale_told(self.stale.get(case.exemplar.id))
            self._unjudged(element, "stale", "no recording judges it as it stands now", why)
            return
        if isinstance(case.outcome, Ungraded):
            self._unjudged(element, "unjudged", case.outcome.reason, case.outcome.reason)
            return
        told = [line for part in self._verdicts(element, case) for line in part]
        _say(element, [*told, *self._score(element, case), *self._labels(case)])

    def _unjudged(self, element: ET.Element, gate: GateName, what: str, told: str) -> None:
        tag = "error" if fails(self.report, gate) else "skipped"
        _add(element, tag, gate, what, told)

    def _verdicts(self, element: ET.Element, case: Case) -> Iterator[list[str]]:
        """The changed verdicts; the flips among them are a failure where that fails the check."""
        changes = self.checked.comparison.verdicts
        mine = [one for one in changes if one.exemplar == case.exemplar.id]
        failing = [one for one in mine if one.flipped and fails(self.report, "flips")]
        if failing:
            lines = [line for one in failing for line in self._verdict_told(case, one)]
            what = "; ".join(map(_changed, failing))
            _add(element, "failure", "flips", what, "\n".join(lines))
        return (self._verdict_told(case, one) for one in mine if one not in failing)

    def _score(self, element: ET.Element, case: Case) -> list[str]:
        change = self.scores.get(case.exemplar.id)
        if change is None:
            return []
        lines = [_scored(change), *self._because(change.causes)]
        if change not in self.failing_scores:
            return lines
        _add(element, "failure", "scores", _scored(change), "\n".join(lines))
        return []

    def _labels(self, case: Case) -> Iterator[str]:
        changed = {
            c.part for c in self.checked.comparison.verdicts if c.exemplar == case.exemplar.id
        }
        return (_disagreement(one) for one in disagreements([case]) if one.part not in changed)

    def _stale_told(self, stale: Stale | None) -> str:
        lines = self._because(stale.causes) if stale else []
        if refresh := self.report.refresh:
            lines.append(f"refresh: {refresh.command}")
        return "\n".join(lines)

    def _verdict_told(self, case: Case, change: VerdictChange) -> list[str]:
        reason = case.reasons.get(change.part)
        judge = [f"judge: {one_line(reason)}"] if reason else []
        return [_changed(change), *judge, *self._because(change.causes)]

    def _because(self, causes: Iterable[Cause]) -> list[str]:
        return [f"because of {one_line(str(edit))}" for edit in edits_of(self.checked, causes)]


def _changed(change: VerdictChange) -> str:
    told = f"{change.part}: {change.before} → {change.after}"
    return told if change.is_right else f"{told}, should be {change.expected}"


def _scored(change: ScoreChange) -> str:
    return f"score: {change.before} → {change.after}"


def _disagreement(one: Disagreement) -> str:
    reason = one.case.reasons.get(one.part, "")
    told = f"not as labelled: {one.part} should be {one.expected}, is {one.actual}"
    return f"{told}: {one_line(reason)}" if reason else told


def _case(
    suite: ET.Element, name: str, classname: str, place: Location | None = None
) -> ET.Element:
    case = ET.SubElement(suite, "testcase", classname=classname, name=_attribute(name))
    if place:
        case.set("file", _attribute(place.path))
        if place.line:
            case.set("line", str(place.line))
    return case


def _add(case: ET.Element, tag: str, kind: str, what: str, told: str) -> None:
    ET.SubElement(case, tag, type=kind, message=_attribute(what)).text = _text(told)


def _say(case: ET.Element, lines: Iterable[str]) -> None:
    if told := "\n".join(lines):
        ET.SubElement(case, "system-out").text = _text(told)


def _attribute(text: str) -> str:
    return _text(one_line(text))


def _text(text: str) -> str:
    return _NO_CHARACTERS.sub(lambda match: escaped(match[0]), visible(text))
