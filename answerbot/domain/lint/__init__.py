"""A rubric's text -> what an assessment expert would object to, each with its line.

`complaints` has the types, `rules` the table; the rules themselves stand by subject in `wording`,
`overlap`, `exemplars`, `points` and `layout`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Location, Problem
from answerbot.domain.evidence import Evidence
from answerbot.domain.lint.complaints import (
    Complaint,
    Finding,
    Fix,
    Rule,
    RuleName,
    Severity,
    Source,
)
from answerbot.domain.lint.rules import RULES
from answerbot.domain.lint.silences import read_silences, unused
from answerbot.domain.rubric import parse_rubric
from answerbot.domain.rubric_files import read_together

__all__ = [
    "RULES",
    "Complaint",
    "Fix",
    "Judged",
    "Rule",
    "RuleName",
    "Severity",
    "Source",
    "fixed",
    "invalid",
    "lint",
    "load",
]

Judged = Mapping[str, Mapping[str, Mapping[str, tuple[Evidence, ...]]]]
"""By rubric, exemplar and criterion: the words that earned points."""


def load(
    files: Iterable[tuple[str, str]],
    known: Mapping[QuestionId, str],
    judged: Judged | None = None,
) -> tuple[list[Source], list[Complaint]]:
    """The rubrics among the files, each (path, text), and complaints about what does not load.

    `known` has the text of every question there is. A rubric that serves a question which there is
    not, or which another serves, is complained of and still among the sources.
    """
    found, problems = read_together(files, known)
    sources = [
        Source(
            file.path,
            file.text,
            file.rubric,
            file.document,
            {id_: known[id_] for id_ in file.rubric.questions if id_ in known},
            (judged or {}).get(file.rubric.id, {}),
        )
        for file in found
    ]
    return sources, [invalid(problem) for problem in problems]


def invalid(problem: Problem) -> Complaint:
    """The complaint that says what strict loading says."""
    place = problem.location or Location("rubrics")
    return Complaint("invalid", RULES["invalid"].severity, problem.what, place, problem.hint)


def lint(source: Source) -> list[Complaint]:
    """Every complaint that the file does not silence, in the order of its lines."""
    asked = {name: rule for name, rule in RULES.items() if _can_be_asked(rule, source)}
    silences, wrong = read_silences(source.text, RULES.keys())
    left: list[Complaint] = []
    used = set()
    for name, rule in asked.items():
        told = []
        for finding in rule.find(source) if rule.find else ():
            complaint = _complaint(name, finding, source)
            covering = [silence for silence in silences if silence.covers(complaint)]
            used.update(covering)
            if not covering:
                told.append(finding)
        left += [_complaint(name, finding, source) for finding in _together(told)]
    idle = [one for one in silences if one not in used and one.rule in asked]
    left += [_complaint("bad-silence", finding, source) for finding in wrong]
    left += [_complaint("unused-silence", finding, source) for finding in unused(idle)]
    return sorted(left, key=lambda complaint: complaint.location.line)


def fixed(source: Source) -> str:
    """The text with every safe fix applied; it holds the same rubric."""
    text = source.text
    for fix in _apart(complaint.fix for complaint in lint(source)):
        text = text[: fix.start] + fix.replacement + text[fix.end :]
    assert parse_rubric(text, source.path) == source.rubric, "a fix changes no value"
    return text


def _can_be_asked(rule: Rule, source: Source) -> bool:
    known = {None: True, "questions": bool(source.questions), "evidence": bool(source.evidence)}
    return known[rule.needs]


def _complaint(name: RuleName, finding: Finding, source: Source) -> Complaint:
    if finding.line is None:
        place = source.document.location(finding.trail)
    else:
        place = Location(source.path, finding.line)
    return Complaint(name, RULES[name].severity, finding.what, place, finding.hint, finding.fix)


def _together(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings, those about parts that one mend would serve as one."""
    several = [finding for finding in findings if finding.about]
    yield from (finding for finding in findings if not finding.about)
    if several:
        others = ", ".join(repr(finding.about) for finding in several[1:])
        also = f"; the same holds for {others}" if others else ""
        yield replace(several[0], what=several[0].what + also)


def _apart(fixes: Iterable[Fix | None]) -> Iterator[Fix]:
    """The fixes from the last to the first, without those that reach into one before them."""
    begin: int | None = None
    for fix in sorted(filter(None, fixes), key=lambda fix: (fix.start, fix.end), reverse=True):
        if begin is None or fix.end <= begin:
            begin = fix.start
            yield fix
