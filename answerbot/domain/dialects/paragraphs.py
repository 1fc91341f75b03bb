"""`**What is ...?**` in bold on a line of its own, the answer behind or below it."""

from __future__ import annotations

import re

from answerbot.domain.dialects.entry import Entry, Opener, bids, read_entries
from answerbot.domain.dialects.numbered import come_first
from answerbot.domain.dialects.outline import INLINE_ANSWER, Fault, Kind, Mark, Outline

_BOLD = re.compile(
    r"^ {0,3}(?:[-*+][ \t]+)?(\*\*|__)(?=[^\s*_0-9])((?:(?!\1)[^\n])*+)\1([^\n]*)", re.MULTILINE
)


class BoldQuestions:
    """Lines that start with a question in bold, without numbers; numbered in order."""

    name = "bold questions"

    def recognises(self, outline: Outline) -> bool:
        """Say whether lines ask in bold, before and more often than others ask."""
        return come_first(outline, _bold(outline))

    def read(self, outline: Outline) -> tuple[list[Entry], list[Fault]]:
        """Read from each bold question to the next."""
        marks = sorted([*outline.marks, *_bold(outline)], key=lambda mark: mark.start)
        return read_entries(
            Outline(outline.text, marks),
            [
                Opener(index, -1, mark.at, mark.to, 0)
                for index, mark in enumerate(marks)
                if mark.kind is Kind.QUESTION
            ],
        )


def _bold(outline: Outline) -> list[Mark]:
    """The lines that ask in bold, outside code and comments."""
    hidden = iter([m for m in outline.marks if m.kind in (Kind.CODE, Kind.COMMENT)])
    block = next(hidden, None)
    found = []
    for line in _BOLD.finditer(outline.text):
        while block and block.end <= line.start():
            block = next(hidden, None)
        if block and block.start <= line.start():
            continue
        rest = line[3].strip()
        if (
            line[2].endswith("?")
            or (bids(line[2]) and not rest)
            or INLINE_ANSWER.match(" " + rest, 1)
        ):
            start, end = line.span()
            number = outline.line_at(start)
            found.append(Mark(Kind.QUESTION, number, start, end, line.start(1), end))
    return found
