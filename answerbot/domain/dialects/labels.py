"""`**Q3:** What is ...?` or `Q: ...` on a plain line, the answer below, most often after `A:`."""

from __future__ import annotations

from answerbot.domain.dialects.entry import Entry, Opener, asks, read_entries
from answerbot.domain.dialects.outline import Fault, Kind, Outline


class LabelledLines:
    """Lines that start with Question or Q and a colon, with or without a number."""

    name = "labelled lines"

    def recognises(self, outline: Outline) -> bool:
        """Say whether lines are labelled as questions.

        Fewer of them than there are headings that ask are a dialogue in somebody's answer.
        """
        labelled = sum(mark.kind is Kind.QUESTION for mark in outline.marks)
        asking = sum(asks(outline, mark) for mark in outline.marks)
        return labelled > 0 and labelled >= asking

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
