"""Markdown text -> Outline: the lines that can give a bank its structure, and nothing else.

Headings, rules, numbered and labelled lines are marked where they stand outside front matter,
fences, comments, indented code and quotations; no dialect has to know about those. Prose is never
looked at twice, so that the time grows with the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple


class Kind(IntEnum):
    """What a marked line is."""

    HEADING = 1
    RULE = 2
    NUMBERED = 3
    QUESTION = 4
    ANSWER = 5
    DIFFICULTY = 6
    COMMENT = 7
    CODE = 8
    SUMMARY = 9


class Mark(NamedTuple):
    """A line, or a hidden block of lines, that matters to the structure of a bank.

    `start` is where the first line starts, `end` where the content of the last one ends;
    `text[at:to]` is what the marker introduces. `number` is -1 where there is none; `level` is a
    heading's level. `style` is the character after the number ('' for none) of a numbered line,
    '-' before it where it is an item of a bulleted list; of an answer, FOLDED where its label is
    the summary of folded details.
    """

    kind: Kind
    line: int
    start: int
    end: int
    at: int
    to: int
    number: int = -1
    level: int = 0
    style: str = ""


FOLDED = "<"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong at a line.

    `opens` tells that a question was meant to start there: what stands above ends before it.
    """

    line: int
    what: str
    hint: str
    opens: bool = False


@dataclass(slots=True)
class Outline:
    r"""A text and its marks, in order.

    `text` has the length of the file and `\n` for every line end: `\r\n` became blank and `\n`,
    and a byte order mark became a blank.
    """

    text: str
    marks: list[Mark] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _line: int = 1
    _offset: int = 0

    def line_at(self, offset: int) -> int:
        """The line, from 1, that the offset is on; cheap when asked in rising order."""
        if offset < self._offset:
            self._line, self._offset = 1, 0
        self._line += self.text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line


_MARGIN = re.compile(
    r"[ \t]*+(?=[#<=\-*_+0-9`~]|(?i:ans|a[ \t0-9:]|solution|question|q[ \t.:#0-9-]|difficulty"
    r"|(?:your|my|sample|model|suggested|correct)[ \t]+ans))"
)
_CANDIDATE = re.compile(r"\n" + _MARGIN.pattern)
_LEAD = re.compile(r"(?:[-*+][ \t]+)?[*_]{0,3}")
_FENCE = re.compile(r"(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)?(`{3,}|~{3,})([^\n]*)")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|(?=\n|\Z)|(?=Q(?:uestion)?[ \t]*[0-9]))")
_CLOSING_HASHES = re.compile(r"(?:^|[ \t])#+[ \t]*\Z")
_NUMBERED = re.compile(
    r"([-*+][ \t]+)?(\*\*|__)?([0-9]{1,9})([.):]?)(\*\*|__)?"
    r"(?:[ \t]+(?:#{1,6}[ \t]+)?(?=\S)|(?=[ \t]*$))",
    re.MULTILINE,
)
_BULLET = r"(?:[-*+][ \t]+)?"
_EMPHASIS = r"((?:\*\*\*|\*\*|__|\*|_)?)"
_QUESTION = re.compile(
    _BULLET + _EMPHASIS + r"(?:(?i:question)|Q)(?:[ \t]*(?:(?i:no)\.?|[#.\-])?[ \t]*([0-9]{1,9}))?"
    r"(?:(?:(?<=[0-9])[.)]|[ \t]*:|(?<=[0-9])[ \t]+[-–—])(?:\1(?=[ \t]|$))?"
    r"|\1[ \t]*:|(?<=[0-9])\1(?=[ \t]*$))(?:[ \t]+|$)",
    re.MULTILINE,
)
_WORDS = r"(?:(?:your|my|sample|model|suggested|correct)[ \t]+)?(?:answer|solution)"
_COLON = r":(?:-(?=[ \t]))?"
_ANSWER = re.compile(
    _BULLET + _EMPHASIS + rf"(?:(?i:{_WORDS}|ans)|A)(?:[ \t]*([0-9]{{1,9}}))?"
    rf"(?:[ \t]*{_COLON}\1|\1[ \t]*{_COLON}"
    r"|(?:(?<=[0-9])[.)]|(?<=(?i:ans))\.|(?:(?<=[0-9])|(?<=(?i:answer))|(?<=(?i:ans)))[ \t]+[-–—])"
    r"\1(?=[ \t\n]|\Z))[ \t]?",
)
_ANSWER_ALONE = re.compile(_EMPHASIS + rf"(?i:{_WORDS})\1[ \t]*$", re.MULTILINE)
_ANSWER_IN_BOLD = re.compile(
    _BULLET + rf"(\*\*|__)(?=(?i:{_WORDS}|ans)[ \t]*:)(?:(?!\1)[^\n])*+\1[ \t]*$", re.MULTILINE
)
_ANSWER_HEADING = re.compile(
    _EMPHASIS + rf"(?i:{_WORDS})(?:[ \t]*([0-9]{{1,9}}))?[ \t]*:?\1[ \t]*:?[ \t]*\Z"
)
INLINE_ANSWER = re.compile(
    rf"(?<=[ \t?.!*_>)])((?:\*\*\*|\*\*|__|\*|_)?)((?i:{_WORDS}|ans)|A)(?:[ \t]*([0-9]{{1,9}}))?"
    rf"(?:[ \t]*{_COLON}\1|\1[ \t]*{_COLON}|(?<=[0-9])[.)]\1(?=[ \t\n]|\Z))[ \t]?"
)
"""A label in the middle of a line: its emphasis, its word and its number."""
_OPTION_A = re.compile(r"(?:[-*+][ \t]+)?[*_]{0,3}A[*_]{0,3}[ \t]*:")
_OPTION_B = re.compile(r"\s*(?:[-*+][ \t]+)?[*_]{0,3}B[*_]{0,3}[ \t]*[:.)]")
_SUMMARY = re.compile(
    r"(?:<details[^<>\n]{0,99}>\s{0,99})?<summary[^<>\n]{0,99}>(?:\s|<[^<>\n]*>)*+", re.IGNORECASE
)
_LONGEST_SUMMARY = 2000
_SUMMARY_ANSWERS = re.compile(
    r"[^\w\n]*(?:(?:click|tap|here|to|for|show|see|view|reveal|expand|toggle|open|the)[ \t]+)*"
    rf"{_WORDS}s?(?:[ \t]+here)?[^\w\n]*\Z",
    re.IGNORECASE,
)
_CONTENTS_LINE = re.compile(r"[*_]{0,2}\[[^\n]*\]\(#[^()\s]*\)[*_]{0,2}[ \t]*\n?\Z")
_DIFFICULTY = re.compile(
    _BULLET + _EMPHASIS + r"Difficulty(?:[ \t]*:\1|\1[ \t]*:)[ \t]*([^\n]*)", re.IGNORECASE
)
_RAW_HTML = re.compile(r"<(pre|script|style|textarea)\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t]*(?:\n|\Z)")
_FRONT_MATTER = re.compile(r" ?(---|\+\+\+)[ \t]*\n")
_METADATA = re.compile(r"[A-Za-z_][\w .-]*[ \t]*[:=](?:[ \t]|$)")


def scan(text: str) -> Outline:
    """Mark every line that can structure a bank; fences and comments left open are faults."""
    text = with_newlines_in_place(text)
    if text.startswith("\ufeff"):
        text = " " + text[1:]
    return _Scanner(text).run()


def with_newlines_in_place(text: str) -> str:
    r"""The text, as long as before, with `\n` for every line end: `\r\n` became blank and `\n`."""
    return text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text


def front_matter_end(text: str) -> int:
    r"""Where the front matter ends that the text starts with, 0 where there is none.

    The text has `\n` for every line end, and may have a blank for a byte order mark.
    """
    opening = _FRONT_MATTER.match(text)
    if not opening:
        return 0
    closing = re.compile(
        r"^(?:---|\.\.\.)[ \t]*$" if opening[1] == "---" else r"^\+\+\+[ \t]*$", re.MULTILINE
    ).search(text, opening.end())
    if not closing:
        return 0
    lines = text[opening.end() : closing.start()].split("\n")
    told = [line for line in lines if line.strip() and not line.startswith("#")]
    if any(line.startswith("##") for line in lines):
        return 0
    if told and (not _METADATA.match(told[0]) or _QUESTION.match(told[0])):
        return 0
    return closing.end() if told else 0


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.outline = Outline(text)
        self.marks = self.outline.marks
        self.in_section = False
        self.comment_end = -1
        self.blank_line = -1

    def run(self) -> Outline:
        text = self.text
        position = front_matter_end(text)
        first = _MARGIN.match(text) if position == 0 else None
        if first:
            position = self.read(0, first.end())
        found, opening = _CANDIDATE.search(text, position), -1
        while True:
            if found and found.start() < position:
                found = _CANDIDATE.search(text, position)
            if opening < position:
                opening = text.find("<!--", position)
                opening = len(text) if opening < 0 else opening
            if found is None or opening < found.start():
                if opening == len(text):
                    return self.outline
                position = self.comment(opening, inline=True)
            else:
                position = self.read(found.start() + 1, found.end())

    def read(self, start: int, at: int) -> int:
        """Mark what stands at the candidate and return where to go on."""
        text = self.text
        line_end = text.find("\n", at)
        if line_end < 0:
            line_end = len(text)
        first = text[at : at + 1]
        if first in "`~" or (first in "-*+0123456789" and text[at + 1 : at + 2] not in "-*"):
            fence = _FENCE.match(text, at)
            if fence:
                return self.fence(start, fence)
        indent = at - start
        if indent > 3 or "\t" in text[start:at]:
            return self.indented(start, at, line_end)
        if first == "#":
            return self.heading(start, at, line_end)
        if first == "<":
            return self.html(start, at)
        if first in "-*_=" and self.rule(start, at, line_end):
            return line_end
        self.labelled(start, at, line_end)
        return at + 1

    def add(
        self,
        kind: Kind,
        start: int,
        end: int,
        at: int,
        to: int,
        *,
        number: int = -1,
        level: int = 0,
        style: str = "",
    ) -> None:
        line = self.outline.line_at(start)
        self.marks.append(Mark(kind, line, start, end, at, to, number, level, style))

    def hide(self, start: int) -> int:
        """Mark the rest of the text, of which no line structures a bank."""
        end = len(self.text)
        self.add(Kind.CODE, start, end, start, end)
        return end

    def fence(self, start: int, opening: re.Match[str]) -> int:
        text, ticks, column = self.text, opening[1], opening.start(1) - start
        if ticks[0] == "`" and "`" in opening[2]:
            return opening.end(1)
        closing = re.compile(
            rf"^[ \t]{{0,{column + 3}}}{ticks[0]}{{{len(ticks)},}}[ \t]*$", re.MULTILINE
        ).search(text, opening.end())
        if closing is None:
            self.outline.faults.append(
                Fault(
                    self.outline.line_at(start),
                    f"the code fence {ticks[:3]} is never closed",
                    f"add a line with {ticks[:12]} where the code ends",
                )
            )
            return self.hide(start)
        self.add(Kind.CODE, start, closing.end(), opening.end(), closing.start())
        return closing.end()

    def indented(self, start: int, at: int, line_end: int) -> int:
        """A deeply indented line is code or part of a list: only a marked label counts there."""
        if self.text.startswith("<!--", at):
            return self.comment(at, inline=True)
        if self.text[at] in "-*+_":
            found = _ANSWER.match(self.text, at)
            if found:
                self.answer(start, line_end, found)
        return at + 1

    def answer(self, start: int, line_end: int, found: re.Match[str]) -> None:
        """Mark the label of an answer, unless it is the first of several that one may choose."""
        at = min(found.end(), line_end)
        if _OPTION_A.match(found[0]) and _OPTION_B.match(self.text, line_end):
            return
        self.add(Kind.ANSWER, start, line_end, at, line_end, number=_number(found[2]))

    def heading(self, start: int, at: int, line_end: int) -> int:
        found = _HEADING.match(self.text, at)
        if not found:
            return line_end
        content = self.text[found.end() : line_end]
        content = content.rstrip(" \t")
        if content.endswith("#"):
            content = _CLOSING_HASHES.sub("", content).rstrip(" \t")
        self.add_heading(start, line_end, found.end(), content, len(found[1]))
        self.in_section = self.in_section or len(found[1]) > 1
        return line_end

    def add_heading(self, start: int, end: int, at: int, content: str, level: int) -> None:
        may_answer = content[:1] in _MAY_ANSWER
        alone = _ANSWER_HEADING.match(content) if may_answer else None
        inline = _ANSWER.match(content) if may_answer and not alone else None
        if alone and content:
            self.add(Kind.ANSWER, start, end, end, end, number=_number(alone[2]), level=level)
        elif inline:
            number = _number(inline[2])
            self.add(Kind.ANSWER, start, end, at + inline.end(), end, number=number, level=level)
        else:
            self.add(Kind.HEADING, start, end, at, at + len(content), level=level)

    def html(self, start: int, at: int) -> int:
        text = self.text
        if text.startswith("<!--", at):
            return self.comment(at, inline=False)
        summary = _SUMMARY.match(text, at)
        if summary:
            return self.summary(start, summary.end())
        found = _RAW_HTML.match(text, at)
        if not found:
            return at + 1
        closing = re.compile(rf"</{found[1]}>", re.IGNORECASE).search(text, at)
        if closing is None:
            self.outline.faults.append(
                Fault(
                    self.outline.line_at(start),
                    f"<{found[1]}> is never closed",
                    f"add </{found[1]}> where it ends",
                )
            )
            return self.hide(start)
        end = text.find("\n", closing.end())
        end = len(text) if end < 0 else end
        self.add(Kind.CODE, start, end, at, end)
        return end

    def summary(self, start: int, at: int) -> int:
        text = self.text
        to = text.find("</summary>", at, at + _LONGEST_SUMMARY)
        if to < 0:
            return at
        end = to + len("</summary>")
        while to > at and text[to - 1] in "> \t\n":
            tag = text.rfind("<", at, to)
            if text[to - 1] == ">" and tag < 0:
                break
            to = tag if text[to - 1] == ">" else to - 1
        if _SUMMARY_ANSWERS.match(text, at, to):
            self.add(Kind.ANSWER, start, end, end, end, style=FOLDED)
        else:
            self.add(Kind.SUMMARY, start, end, at, to)
        return end

    def comment(self, at: int, *, inline: bool) -> int:
        text = self.text
        if self.comment_end < at + 2:
            found = text.find("-->", at + 2)
            self.comment_end = len(text) + 1 if found < 0 else found
        if inline:
            if self.blank_line < at:
                blank = _BLANK_LINE.search(text, at)
                self.blank_line = blank.start() if blank else len(text)
            if self.comment_end > self.blank_line:
                return at + 4
        elif self.comment_end > len(text):
            self.outline.faults.append(
                Fault(
                    self.outline.line_at(at),
                    "the HTML comment <!-- is never closed",
                    "add --> where the comment ends",
                )
            )
            return self.hide(at)
        end = self.comment_end + 3
        self.add(Kind.COMMENT, at, end, min(at + 4, self.comment_end), self.comment_end)
        return end

    def rule(self, start: int, at: int, line_end: int) -> bool:
        text = self.text
        character = text[at]
        if text[at + 1 : at + 3].strip(" \t\n") not in (character * 2, character, ""):
            return False
        line = text[at:line_end].rstrip(" \t")
        if character in "=-" and line.count(character) == len(line) and self.setext(start, line):
            return True
        if character == "=" or line.count(character) < 3:
            return False
        if line.count(character) + line.count(" ") + line.count("\t") != len(line):
            return False
        self.add(Kind.RULE, start, line_end, line_end, line_end)
        return True

    def setext(self, start: int, underline: str) -> bool:
        """Mark the line above as a heading, if the underline makes it one.

        A sentence or a label above `---` is the end of an answer, or a question under its heading;
        its writer meant a rule, though Markdown reads a heading there.
        """
        text, level = self.text, 1 if underline[0] == "=" else 2
        if start == 0:
            return False
        above = text.rfind("\n", 0, start - 1) + 1
        content_at = above + _indent(text, above)
        content = text[content_at : start - 1].rstrip(" \t")
        if not content or content_at - above > 3 or content[0] in ">|" or _LIST_ITEM.match(content):
            return False
        last = self.marks[-1] if self.marks else None
        if last is not None and last.end > above:
            if last.kind is not Kind.QUESTION or (level == 2 and last.number < 0):
                return False
            self.marks.pop()
        if level == 2:
            before = text.rfind("\n", 0, max(above - 1, 0)) + 1
            if text[before : max(above - 1, 0)].strip(" \t"):
                return False
            if content[-1] in ".!;,:_":
                return False
            if content[-1] in "?*" and underline == "---" and self.in_section:
                return False
        end = start + len(underline)
        self.add_heading(above, end, content_at, content, level)
        return True

    def labelled(self, start: int, at: int, line_end: int) -> None:
        text = self.text
        lead = _LEAD.match(text, at)
        first = text[lead.end() : lead.end() + 1].lower() if lead else ""
        if first.isdigit():
            self.numbered(start, at, line_end)
        elif first in _MAY_ANSWER:
            found = _ANSWER.match(text, at)
            alone = None if found else _ANSWER_ALONE.match(text, at)
            in_bold = None if found or alone else _ANSWER_IN_BOLD.match(text, at)
            if found and (found[1] or text[at].isupper() or not self.goes_on(start)):
                self.answer(start, line_end, found)
            elif alone and (alone[1] or (text[at].isupper() and self.below_blank(start))):
                self.add(Kind.ANSWER, start, line_end, alone.end(), line_end)
            elif in_bold:
                self.add(Kind.ANSWER, start, line_end, in_bold.start(1), line_end)
        elif first == "q":
            found = _QUESTION.match(text, at)
            if found:
                number = int(found[2]) if found[2] else -1
                after = min(found.end(), line_end)
                self.add(Kind.QUESTION, start, line_end, after, line_end, number=number)
        elif first == "d":
            found = _DIFFICULTY.match(text, at)
            if found:
                self.add(Kind.DIFFICULTY, start, line_end, found.start(2), line_end)

    def numbered(self, start: int, at: int, line_end: int) -> None:
        found = _NUMBERED.match(self.text, at, line_end + 1)
        if found and _CONTENTS_LINE.match(self.text, found.end(), line_end + 1):
            return
        if found and bool(found[2]) >= bool(found[5]):
            style = ("-" if found[1] else "") + found[4]
            number = int(found[3])
            self.add(
                Kind.NUMBERED, start, line_end, found.end(), line_end, number=number, style=style
            )

    def goes_on(self, start: int) -> bool:
        """Whether a sentence goes on from the line above."""
        above = self.text[max(start - 99, 0) : start].rstrip(" \t\n")
        return above[-1:].isalnum() and not self.below_blank(start)

    def below_blank(self, start: int) -> bool:
        above = self.text.rfind("\n", 0, max(start - 1, 0)) + 1
        return not self.text[above:start].strip()


def _number(digits: str | None) -> int:
    return int(digits) if digits else -1


_MAY_ANSWER = frozenset("AaCcMmSsYy*_-+")
_LIST_ITEM = re.compile(r"(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]|$)")


def _indent(text: str, at: int) -> int:
    end = at
    while text.startswith((" ", "\t"), end):
        end += 1
    return end - at
