"""A rubric's text -> what an assessment expert would object to, each with its line.

`complaints` has the types; the other modules have the rules, by subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from answerbot.domain.bank import QuestionId
from answerbot.domain.evidence import Evidence
from answerbot.domain.lint.complaints import Complaint, Fix, Rule, RuleName, Severity, Source

__all__ = [
    "RULES",
    "Complaint",
    "Fix",
    "Rule",
    "RuleName",
    "Severity",
    "Source",
    "fixed",
    "lint",
    "load",
]

RULES: Mapping[RuleName, Rule] = {}
"""Every rule, by name."""

Judged = Mapping[str, Mapping[str, Mapping[str, tuple[Evidence, ...]]]]
"""By rubric, exemplar and criterion: the words that earned points."""


def load(
    files: Iterable[tuple[str, str]], known: Mapping[QuestionId, str], judged: Judged
) -> tuple[list[Source], list[Complaint]]:
    """The rubrics among the files, each (path, text), and complaints about what is none."""
    raise NotImplementedError


def lint(source: Source) -> list[Complaint]:
    """Every complaint that the file does not silence, in the order of its lines."""
    raise NotImplementedError


def fixed(source: Source) -> str:
    """The text with every safe fix applied."""
    raise NotImplementedError
