"""`<details><summary>What is ...?</summary>`, the answer folded below its question."""

from __future__ import annotations

import re
from itertools import pairwise

from answerbot.domain.dialects.entry import Entry, Opener, asks, read_entries
from answerbot.domain.dialects.numbered import come_first
from answerbot.domain.dialects.outline import Fault, Kind, Mark, Outline

_NUMBER = re.compile(
    r"(?:\*\*|__)?(?:(?:question|Q)?[ \t]*([0-9]{1,9})[ \t]*[.):]|(?:question|Q)[ \t]*[.):])[ \t]*",
    re.IGNORECASE,
)
_TITLE_LEVEL = 1  # only a heading of the highest level ends the part of the text that is its


class FoldedDetails:
    """Summaries that ask, with a number or without."""

    name = "folded details"

    def recognises(self, outline: Outline) -> bool:
        """Say whether summaries ask, before and more often than others ask."""
        return come_first(outline, [mark for mark in outline.marks if _is_question(outline, mark)])

    def read(self, outline: Outline) -> tuple[list[Entry], list[Fault]]:
        """Read what is folded below each summary that asks."""
        openers = []
        for index, mark in enumerate(outline.marks):
            if _is_question(outline, mark):
                found = _NUMBER.match(outline.text, mark.at, mark.to)
                number = int(found[1]) if found and found[1] else -1
                at = found.end() if found else mark.at
                openers.append(Opener(index, number, at, mark.to, _TITLE_LEVEL))
        entries, faults = read_entries(outline, openers)
        return entries, faults + _silent(outline, openers)


def _is_question(outline: Outline, mark: Mark) -> bool:
    return mark.kind is Kind.SUMMARY and (
        asks(outline, mark) or bool(_NUMBER.match(outline.text, mark.at, mark.to))
    )


def _silent(outline: Outline, openers: list[Opener]) -> list[Fault]:
    """What is wrong with summaries between those that ask, when not inside their details."""
    marks = outline.marks
    faults = []
    for one, other in pairwise(openers):
        inside, opened = True, marks[one.index].end
        for mark in marks[one.index + 1 : other.index]:
            inside = inside and outline.text.find("</details>", opened, mark.start) < 0
            if mark.kind is Kind.SUMMARY and not inside:
                faults.append(
                    Fault(
                        mark.line,
                        "the summary stands among questions and asks nothing",
                        "end it with a question mark, or number it",
                    )
                )
            opened = mark.start
    return faults
