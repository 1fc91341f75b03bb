"""Cards copied from a web page as text: `3 What is ...?Easy`, then `Answer: ...`."""

from __future__ import annotations

import re
from dataclasses import replace

from answerbot.domain.dialects.entry import LEVELS, Entry, Opener, read_entries
from answerbot.domain.dialects.outline import Fault, Kind, Mark, Outline

_GLUED = re.compile(rf"(?<=[^\s]){LEVELS}[ \t]*\Z")
_FORMULA = re.compile(r"[^\s=]+(?:[ \t]*\([^)\n]*\))?[ \t]*=[ \t]*\S")
_NOTE = re.compile(r"<!--[ \t]*answerbot:")


class Cards:
    """A number, the question with its difficulty glued to it, and a line that starts `Answer:`."""

    name = "cards"

    def recognises(self, outline: Outline) -> bool:
        """Say whether a numbered line ends with a difficulty and an answer follows."""
        return bool(self._openers(outline))

    def read(self, outline: Outline) -> tuple[list[Entry], list[Fault]]:
        """Read the cards; the page's footer, which nothing marks off, belongs to none of them."""
        entries, faults = read_entries(outline, self._openers(outline))
        for i, entry in enumerate(entries):
            found = _GLUED.search(entry.text)
            if found:
                entries[i] = replace(
                    entry, text=entry.text[: found.start()].rstrip(), difficulty=found[1]
                )
        if entries:
            entries[-1] = replace(entries[-1], end=_end_of_card(outline, entries[-1]))
        return entries, faults

    def _openers(self, outline: Outline) -> list[Opener]:
        marks = outline.marks
        return [
            Opener(index, mark.number, mark.at, mark.to, 0)
            for index, mark in enumerate(marks[:-1])
            if _is_card(outline.text, mark) and marks[index + 1].kind is Kind.ANSWER
        ]


def _is_card(text: str, mark: Mark) -> bool:
    return mark.kind is Kind.NUMBERED and bool(_GLUED.search(text[mark.at : mark.to]))


def _end_of_card(outline: Outline, entry: Entry) -> int:
    """Where the last card ends: after its note, or its first line and the formulas below it."""
    text = outline.text
    for mark in outline.marks:
        if (
            mark.kind is Kind.COMMENT
            and entry.start <= mark.start < entry.end
            and _NOTE.match(text, mark.start)
        ):
            return mark.end
    end = text.find("\n", entry.start, entry.end)
    while 0 <= end < entry.end:
        below = text.find("\n", end + 1, entry.end)
        line_end = entry.end if below < 0 else below
        if not _FORMULA.match(text[end + 1 : line_end]):
            return end
        end = line_end
    return entry.end
