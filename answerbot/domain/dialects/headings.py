"""`## Question 3` with the question below, `### Q3. What is ...?`, and headings that just ask."""

from __future__ import annotations

import re

from answerbot.domain.dialects.entry import Entry, Opener, asks, read_entries
from answerbot.domain.dialects.outline import Fault, Kind, Outline

_QUESTION = re.compile(
    r"(?:\*\*\*|\*\*|__|\*|_)?(?:question|q)[ \t]*(?:no\.?|[#.\-])?[ \t]*([0-9]{1,9})"
    r"(?:[ \t]*[.:)\]]+(?:\*\*|__|\*|_)?|[ \t]+[-–—](?=[ \t])|(?=[ \t]+(?-i:[A-Z`*_\"$(\[]))"
    r"|(?=[*_]*\Z))[ \t]*",
    re.IGNORECASE,
)
_NEARLY = re.compile(r"(?:question[ \t]*[:.]?\Z|q[a-z]{0,9}[ \t#.:\-]*[0-9])", re.IGNORECASE)


class QuestionHeadings:
    """A heading with the word Question, or Q, and a number; the question follows it or is below."""

    name = "question headings"

    def recognises(self, outline: Outline) -> bool:
        """Say whether a heading announces a numbered question."""
        return any(
            mark.kind is Kind.HEADING and _QUESTION.match(outline.text, mark.at, mark.to)
            for mark in outline.marks
        )

    def read(self, outline: Outline) -> tuple[list[Entry], list[Fault]]:
        """Read what stands under every such heading; headings that nearly are one are faults."""
        openers: list[Opener] = []
        faults: list[Fault] = []
        for index, mark in enumerate(outline.marks):
            if mark.kind is not Kind.HEADING:
                continue
            found = _QUESTION.match(outline.text, mark.at, mark.to)
            if found:
                openers.append(Opener(index, int(found[1]), found.end(), mark.to, mark.level))
            elif _NEARLY.match(outline.text[mark.at : mark.to].strip("*_ \t")):
                faults.append(
                    Fault(
                        mark.line,
                        "the heading looks like a question's, but its number cannot be read",
                        "write it like the others, e.g. 'Question 3', with a whole number",
                    )
                )
        entries, more = read_entries(outline, openers)
        return entries, faults + more


class AskingHeadings:
    """Headings without numbers that end with a question mark, or have a labelled answer below."""

    name = "asking headings"

    def recognises(self, outline: Outline) -> bool:
        """Say whether a heading asks something."""
        return bool(self._asking(outline))

    def read(self, outline: Outline) -> tuple[list[Entry], list[Fault]]:
        """Read what stands under the asking headings of the highest level, numbered in order."""
        asking = self._asking(outline)
        top = min(opener.level for opener in asking)
        return read_entries(outline, [opener for opener in asking if opener.level == top])

    def _asking(self, outline: Outline) -> list[Opener]:
        openers: list[Opener] = []
        heading: Opener | None = None
        for index, mark in enumerate(outline.marks):
            if mark.kind is Kind.HEADING:
                heading = Opener(index, -1, mark.at, mark.to, mark.level)
                if asks(outline, mark):
                    openers.append(heading)
                    heading = None
            elif mark.kind is Kind.ANSWER and heading is not None and heading.at < heading.to:
                openers.append(heading)
                heading = None
        return openers
