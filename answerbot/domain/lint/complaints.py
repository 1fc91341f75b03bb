"""What lint says: a complaint with its place, and how to mend it.

Rules look at a `Source`: one rubric, as text and as values, and what is known around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Location
from answerbot.domain.evidence import Evidence
from answerbot.domain.rubric import Rubric
from answerbot.domain.strict_yaml import Document, Trail

RuleName = Literal[
    "invalid",
    "bad-silence",
    "unused-silence",
    "overlapping-criteria",
    "shared-evidence",
    "double-barrelled",
    "vague-word",
    "met-by-silence",
    "points-in-text",
    "not-self-contained",
    "long-criterion",
    "same-step",
    "contradiction",
    "repeated-entry",
    "placeholder",
    "empty-id",
    "parrotable",
    "copied-exemplar",
    "unjudged-exemplar",
    "twin-exemplars",
    "never-met",
    "always-met",
    "never-apart",
    "unshown-step",
    "unshown-misconception",
    "hidden-penalty",
    "far-from-pass",
    "high-pass-mark",
    "low-pass-mark",
    "passing-cap",
    "idle-essential",
    "idle-cap",
    "idle-points",
    "crushing-penalty",
    "missing-cues",
    "schema-line",
    "trailing-space",
]
Severity = Literal["error", "warning"]
Need = Literal["questions", "evidence"]


@dataclass(frozen=True, slots=True)
class Fix:
    """A safe mend: `text[start:end]` becomes `replacement`; no prompt, no grade changes."""

    start: int
    end: int
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a rubric, by which rule, where, and what to do about it."""

    rule: RuleName
    severity: Severity
    what: str
    location: Location
    hint: str | None = None
    fix: Fix | None = None


@dataclass(frozen=True)
class Source:
    """One rubric under lint, as text and as values, and what is known around it.

    `questions` has the text of each question that it serves. `evidence` has, by exemplar and
    criterion, the words of the exemplar that earned points; empty where nothing was judged.
    """

    path: str
    text: str
    rubric: Rubric
    document: Document
    questions: Mapping[QuestionId, str] = field(default_factory=dict)
    evidence: Mapping[str, Mapping[str, tuple[Evidence, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule finds: the trail to the value, what is wrong with it, what to do.

    `line` is for what has no trail; it goes before the trail. `about` names the part that it is
    about, where one mend would serve several: what one rule finds of these is told together.
    """

    trail: Trail
    what: str
    hint: str
    line: int | None = None
    fix: Fix | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule is about, for people, and how bad it is to break it.

    `find` is None where something other than a rubric's values shows it. `needs` is what has to be
    known before the rule can be asked.
    """

    explanation: str
    severity: Severity
    find: Callable[[Source], Iterator[Finding]] | None = None
    needs: Need | None = None
