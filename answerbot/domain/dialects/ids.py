"""`## rnn-theory-50/2`: headings that name a bank's question by its id."""

from __future__ import annotations

import re
from collections.abc import Iterable

from answerbot.domain.dialects import DIALECTS
from answerbot.domain.dialects.entry import SYMBOLS, Entry, Opener, asks, read_entries
from answerbot.domain.dialects.outline import Fault, Kind, Outline


def id_at_start(stems: Iterable[str]) -> re.Pattern[str]:
    """What matches an id of these banks, with emphasis, brackets and the word Question around it.

    Its groups are the bank's stem and the number; it ends where the rest of the text begins.
    """
    names = "|".join(map(re.escape, sorted(stems, key=len, reverse=True)))
    return re.compile(
        SYMBOLS + rf"[*_`\[( \t]*+(?:(?i:question|q)[ \t.:#]+)?[*_`\[( \t]*+({names or '(?!)'})"
        r"/([0-9]{1,9})(?![\w/])[*_`\])]*+(?:[ \t]*[.:)\-–—]+(?=\s|\Z))?[*_]*+\s*"
    )


class IdHeadings:
    """Headings that start with the id of a question, of one of the banks that it knows."""

    name = "headings with ids"

    def __init__(self, stems: Iterable[str]) -> None:
        self._id = id_at_start(stems)

    def recognises(self, outline: Outline) -> bool:
        """Say whether a heading has an id, and nothing above it is a question in another form."""
        openers = self._openers(outline)
        if not openers:
            return False
        marks = outline.marks[: openers[0].index]
        if marks and marks[0].level == 1 and asks(outline, marks[0]):
            marks = marks[1:]
        above = Outline(outline.text[: outline.marks[openers[0].index].start], marks)
        return not any(dialect.recognises(above) for dialect in DIALECTS)

    def read(self, outline: Outline) -> tuple[list[Entry], list[Fault]]:
        """Read what stands under every such heading; the id is part of the question's text."""
        return read_entries(outline, self._openers(outline))

    def _openers(self, outline: Outline) -> list[Opener]:
        openers = []
        for index, mark in enumerate(outline.marks):
            if mark.kind is Kind.HEADING:
                found = self._id.match(outline.text, mark.at, mark.to)
                if found:
                    openers.append(Opener(index, int(found[2]), mark.at, mark.to, mark.level))
        return openers
