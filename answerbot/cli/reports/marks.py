"""The words of an answer with the evidence marked in place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from answerbot.cli.reports.characters import visible
from answerbot.domain.evidence import Evidence

_HARD_WRAPPED = 60
# A line that Markdown would join to the one before: no item, heading, quote, table, code, indent.
_SOFT_BREAK = re.compile(r"(?<=\S)\n(?=[^\s\-*+>#|`~=\d])")
_LANES = 4


@dataclass(frozen=True)
class Key:
    """A criterion or a misconception as it is told from the others.

    `label` is what a reader sees, `slot` the class that colours it, `anchor` where it stands.
    """

    label: str
    slot: str
    anchor: str
    title: str


@dataclass
class Mark:
    """A span of the answer that speaks for one key; `lane` keeps underlines apart."""

    key: Key
    start: int
    end: int
    anchor: str
    lane: int = field(default=0)


def marks_of(key: Key, evidence: Iterable[Evidence], length: int) -> list[Mark]:
    """The spans of one key, in order, those that overlap as one."""
    spans: list[list[int]] = []
    for start, end in sorted((one.start, min(one.end, length)) for one in evidence):
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end)
        elif start < end:
            spans.append([start, end])
    return [
        Mark(key, start, end, f"{key.anchor}-{number}")
        for number, (start, end) in enumerate(spans, start=1)
    ]


def marked(text: str, marks: Sequence[Mark]) -> Markup:
    """HTML of the text, all of it escaped, with `mark` elements, nested where they overlap.

    After its last word each mark has a link to what it speaks for.
    """
    return Markup("".join(_pieces(unwrapped(text), _laned(marks))))


def shown(text: str) -> Markup:
    """HTML of the text, escaped; hidden characters show as their code points."""
    return Markup(visible(str(escape(text)), _chip))


def _chip(character: str) -> str:
    return f'<span class="hidden">U+{ord(character):04X}</span>'


def unwrapped(text: str) -> str:
    """The text, as long, with the breaks of hard-wrapped lines as spaces.

    Where a file wraps its lines says nothing, and on a narrow screen looks like verse.
    """
    if "```" in text or "~~~" in text:
        return text
    characters = list(text)
    for found in _SOFT_BREAK.finditer(text):
        if found.start() - text.rfind("\n", 0, found.start()) > _HARD_WRAPPED:
            characters[found.start()] = " "
    return "".join(characters)


def _laned(marks: Sequence[Mark]) -> list[Mark]:
    """The marks in order of their start, those that overlap in different lanes."""
    ends: list[int] = []
    ordered = sorted(marks, key=lambda mark: (mark.start, -mark.end))
    for mark in ordered:
        free = next((lane for lane, end in enumerate(ends) if end <= mark.start), len(ends))
        ends[free : free + 1] = [mark.end]
        mark.lane = min(free, _LANES - 1)
    return ordered


def _pieces(text: str, marks: Sequence[Mark]) -> Iterator[str]:
    bounds = sorted({0, len(text)} | {at for mark in marks for at in (mark.start, mark.end)})
    waiting, active = list(reversed(marks)), list[Mark]()
    for start, end in zip(bounds, [*bounds[1:], len(text)], strict=True):
        for mark in (one for one in active if one.end == start):
            yield _link(mark)
        active = [mark for mark in active if mark.end > start]
        while waiting and waiting[-1].start == start:
            active.append(waiting.pop())
        if start < end:
            yield _nested(shown(text[start:end]), active, start)


def _nested(words: str, active: Sequence[Mark], start: int) -> str:
    for mark in reversed(active):
        anchor = f' id="{mark.anchor}"' if mark.start == start else ""
        words = f'<mark class="{mark.key.slot} lane{mark.lane}"{anchor}>{words}</mark>'
    return words


def _link(mark: Mark) -> str:
    key = mark.key
    title = escape(visible(key.title))
    return f'<a class="ref {key.slot}" href="#{key.anchor}" aria-label="{title}">{key.label}</a>'
