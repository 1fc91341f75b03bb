"""`**Q3:** What is ...?` or `Q: ...` on a plain line, the answer below, most often after `A:`."""

from __future__ import annotations

from answerbot.domain.dialects.entry import Entry, Opener, read_entries
from answerbot.domain.dialects.outline import Fault, Kind, Outline


class LabelledLines:
    """Lines that start with Question or Q and a colon, with or without a number."""

    name = "labelled lines"

    def recognises(self, outline: Outline) -> bool:
        """Say whether a line is labelled as a question."""
        return any(mark.kind is Kind.QUESTION for mark in outline.marks)

    def read(self, outline: Outline) -> tuple[list[Entry], list[Fault]]:
        """Read from each label to the next; a question without a number has the next number."""
        return read_entries(
            outline,
            [
                Opener(index, mark.number, mark.at, mark.to, 0)
                for index, mark in enumerate(outline.marks)
                if mark.kind is Kind.QUESTION
            ],
        )
