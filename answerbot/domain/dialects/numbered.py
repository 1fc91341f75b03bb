"""`## 3. What is ...?`, `3. What is ...?` on a plain line or in a list, and both in one file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from answerbot.domain.dialects.entry import SYMBOLS, Entry, Opener, asks, read_entries
from answerbot.domain.dialects.outline import Fault, Kind, Mark, Outline

_HEADING = re.compile(
    SYMBOLS + r"\[?(?:\*\*|__)?\(?((?:[0-9]\ufe0f?\u20e3)+|[0-9]{1,9})"
    r"(?:[.):](?:\*\*|__)?(?=[ \t]|\Z)|(?=[ \t]+[-–—]?[ \t]*[A-Z]|\Z))"
    r"(?:[ \t]+[-–—](?=[ \t]))?[ \t]*"
)
_ASKS = re.compile(
    r"[^?\n]*\?|[*_\"'(]*(?:in your own words, )?"
    r"(?:what|how|why|when|where|which|who|whose|can|could|do|does|did|is|are|should|would|will|explain|describe|compare|contrast|define|discuss|give|list|name|"
    r"state|write|derive|show|prove|tell|outline|summari[sz]e|implement|calculate|compute|sketch|"
    r"draw|differentiate|distinguish|identify|illustrate|mention|suggest|design)\b",
    re.IGNORECASE,
)


class Numbered:
    """Numbered questions, in headings of any level or on lines of their own."""

    name = "numbered"

    def recognises(self, outline: Outline) -> bool:
        """Say whether a heading is numbered, or a numbered line asks something.

        Lines below a heading that asks are a list in its answer, unless it is the title.
        """
        headings = _headings(outline)
        if headings:
            return not _are_parts(outline, headings)
        openers = self._openers(outline)
        return bool(openers) and not any(
            mark.level > 1 and asks(outline, mark) for mark in outline.marks[: openers[0].index]
        )

    def read(self, outline: Outline) -> tuple[list[Entry], list[Fault]]:
        """Read from each number to the next.

        Where headings carry the numbers without a hole, numbered lines are lists in answers. Else
        they are questions when they ask and are not part of a list that restarts at 1.
        """
        return read_entries(outline, self._openers(outline))

    def _openers(self, outline: Outline) -> list[Opener]:
        headings = _headings(outline)
        in_headings = {opener.number for opener in headings}
        if in_headings and len(headings) == max(in_headings) - min(in_headings) + 1:
            return headings
        by_index = {opener.index: opener for opener in headings}
        asking = _asking_lines(outline)
        known = in_headings | {outline.marks[index].number for index in asking}
        openers: list[Opener] = []
        last, inner = 0, 0
        for index, mark in enumerate(outline.marks):
            opener = by_index.get(index)
            if opener is None and mark.kind is Kind.NUMBERED and _is_item(mark):
                follows = bool(openers) and mark.number == last + 1
                if not follows and inner and mark.number == inner + 1:
                    inner += 1
                    continue
                if openers and not follows and mark.number == 1 and _list_goes_on(outline, index):
                    inner = 1
                    continue
                fills_hole = follows and mark.number not in known and _stands_alone(outline, mark)
                if fills_hole or (index in asking and mark.number not in in_headings):
                    opener = Opener(index, mark.number, mark.at, mark.to, 0)
            if opener is not None:
                openers.append(opener)
                last, inner = opener.number, 0
        return openers


def _asking_lines(outline: Outline) -> set[int]:
    """Where the numbered lines are that start a block of their own, and ask something."""
    return {
        index
        for index, mark in enumerate(outline.marks)
        if mark.kind is Kind.NUMBERED and _is_item(mark) and _asks(outline, index)
    }


def come_first(outline: Outline, asking: Sequence[Mark]) -> bool:
    """Whether these lines ask first, a title aside, and as often as headings and numbered lines."""
    if not asking or any(opener.level for opener in _headings(outline)):
        return False
    others = [mark for mark in outline.marks if mark.kind is Kind.HEADING and asks(outline, mark)]
    others += [outline.marks[index] for index in _asking_lines(outline)]
    rivals = [mark for mark in others if mark.level != 1]
    return len(asking) >= len(rivals) and all(asking[0].start < mark.start for mark in rivals)


def _headings(outline: Outline) -> list[Opener]:
    openers = []
    for index, mark in enumerate(outline.marks):
        if mark.kind is Kind.HEADING:
            found = _HEADING.match(outline.text, mark.at, mark.to)
            if found:
                number = int("".join(filter(str.isdecimal, found[1])))
                openers.append(Opener(index, number, found.end(), mark.to, mark.level))
    return openers


_SUBNUMBER = re.compile(r"[*_\[(]*[0-9]+\.[0-9]")


def _are_parts(outline: Outline, headings: Sequence[Opener]) -> bool:
    """Whether the headings name parts, with headings like `### 1.2 What is ...?` in them."""
    marks = outline.marks
    return not any(asks(outline, marks[opener.index]) for opener in headings) and any(
        mark.level > headings[0].level
        and asks(outline, mark)
        and _SUBNUMBER.match(outline.text, mark.at)
        for mark in marks
    )


def _is_item(mark: Mark) -> bool:
    return mark.style not in ("", "-")


def _list_goes_on(outline: Outline, index: int) -> bool:
    """Say whether the very next line is the next item."""
    mark, after = outline.marks[index], outline.marks[index + 1 : index + 2]
    return any(
        other.kind is Kind.NUMBERED
        and other.number == mark.number + 1
        and other.start == mark.end + 1
        for other in after
    )


def _asks(outline: Outline, index: int) -> bool:
    """Say whether the numbered line starts a block of its own, and asks something."""
    text, mark = outline.text, outline.marks[index]
    if not _ASKS.match(text, mark.at, mark.to):
        return False
    below_answer = index > 0 and outline.marks[index - 1].kind is Kind.ANSWER
    if mark.style.startswith("-") or (
        below_answer and outline.marks[index - 1].end + 1 == mark.start
    ):
        return True
    above = text.rfind("\n", 0, max(mark.start - 1, 0)) + 1
    return mark.start == 0 or _ends_block(text[above : mark.start - 1])


def _stands_alone(outline: Outline, mark: Mark) -> bool:
    """Say whether the lines above and below are blank: it fills a hole among the numbers."""
    text = outline.text
    above = text.rfind("\n", 0, max(mark.start - 1, 0)) + 1
    below = text.find("\n", mark.end + 1)
    return not (
        text[above : mark.start - 1].strip() or text[mark.end : max(below, mark.end)].strip()
    )


def _ends_block(line: str) -> bool:
    line = line.strip(" \t")
    return not line or line.startswith(("#", "-", "*", "=")) or line[0].isdigit()
