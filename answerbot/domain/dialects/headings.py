"""`## Question 3` with the question below, `### Q3. What is ...?`, and headings that just ask."""

from __future__ import annotations

import re
from collections.abc import Sequence

from answerbot.domain.dialects.entry import SYMBOLS, Entry, Opener, asks, read_entries
from answerbot.domain.dialects.outline import Fault, Kind, Outline

_QUESTION = re.compile(
    SYMBOLS + r"\[?(?:\*\*\*|\*\*|__|\*|_)?(?:question|q)[ \t]*(?:no\.?|[#.\-])?[ \t]*([0-9]{1,9})"
    r"(?:[ \t]*[.:)\]]+(?:\*\*|__|\*|_)?|[ \t]+[-–—](?=[ \t])|(?=[ \t]+(?-i:[A-Z`*_\"$(\[]))"
    r"|(?=[*_]*\Z))[ \t]*",
    re.IGNORECASE,
)
_DECORATION = re.compile(
    SYMBOLS + r"(?:(?:question|Q)[ \t]*[:.)][*_]*|[0-9]+(?:\.[0-9]+)+[.)]?|[IVXLC]+[.)])?[ \t]+",
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
                        opens=True,
                    )
                )
        entries, more = read_entries(outline, openers)
        known = {fault.line for fault in faults}
        return entries, faults + [fault for fault in more if fault.line not in known]


class AskingHeadings:
    """Headings without numbers that end with a question mark, or have a labelled answer below."""

    name = "asking headings"

    def recognises(self, outline: Outline) -> bool:
        """Say whether a heading asks something."""
        return bool(self._asking(outline))

    def read(self, outline: Outline) -> tuple[list[Entry], list[Fault]]:
        """Read what stands under the asking headings of the highest level, numbered in order.

        A title that asks is none of them where several headings below it ask.
        """
        asking = self._asking(outline)
        if not asking:
            return [], []
        titled = len(asking) > 2 and asking[0].level == 1 < min(o.level for o in asking[1:])
        below = asking[1:] if titled else asking
        open_asking = [o for o in below if asks(outline, outline.marks[o.index])]
        top = min(opener.level for opener in open_asking or below)
        openers = [opener for opener in below if opener.level == top]
        entries, faults = read_entries(outline, openers)
        if titled and _has_text(outline, asking[0].index):
            faults.append(
                Fault(
                    outline.marks[asking[0].index].line,
                    "the title asks something, and so do headings below it",
                    "put all questions at one level, or let the title ask nothing",
                )
            )
        return entries, faults + _silent(outline, openers)

    def _asking(self, outline: Outline) -> list[Opener]:
        openers: list[Opener] = []
        heading: Opener | None = None
        for index, mark in enumerate(outline.marks):
            if mark.kind is Kind.HEADING:
                decoration = _DECORATION.match(outline.text, mark.at, mark.to)
                at = decoration.end() if decoration else mark.at
                heading = Opener(index, -1, at, mark.to, mark.level)
                if asks(outline, mark):
                    openers.append(heading)
                    heading = None
            elif mark.kind is Kind.ANSWER and heading is not None and heading.at < heading.to:
                openers.append(heading)
                heading = None
        return openers


def _silent(outline: Outline, openers: Sequence[Opener]) -> list[Fault]:
    """What is wrong with headings among those that ask, of their level, with text and no question.

    A heading with nothing but other headings below it is a part's title.
    """
    marks = outline.marks
    own = {opener.index for opener in openers}
    between = range(openers[0].index + 1, openers[-1].index)
    return [
        Fault(
            marks[index].line,
            "the heading stands among questions and asks nothing",
            "end it with a question mark, or put it at another level",
        )
        for index in between
        if index not in own
        and marks[index].kind is Kind.HEADING
        and marks[index].level == openers[0].level
        and _has_text(outline, index)
    ]


def _has_text(outline: Outline, index: int) -> bool:
    """Whether text stands between the mark and the next one."""
    marks = outline.marks
    stop = marks[index + 1].start if index + 1 < len(marks) else len(outline.text)
    return bool(outline.text[marks[index].end : stop].strip())
