"""What a dialect reads: entries, each a question and the region of the text for its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Protocol

from answerbot.domain.dialects.outline import FOLDED, INLINE_ANSWER, Fault, Kind, Mark, Outline


@dataclass(frozen=True, slots=True)
class Entry:
    """A question and where its answer is, or would be.

    `text` is the question as it stands in the file. The answer stands in `[start, end)`, blank
    space and comments around it included; `lead` has to stand between `start` and a new answer.
    Where the question may be an item of a list, its answer may be indented. `numbered` tells that
    the writer gave the number; `level` is the heading's, 0 on a plain line.
    """

    number: int
    line: int
    text: str
    start: int
    end: int
    lead: str
    in_list: bool
    difficulty: str | None = None
    numbered: bool = True
    level: int = 0


class Dialect(Protocol):
    """One way of writing questions and answers down."""

    name: str

    def recognises(self, outline: Outline) -> bool:
        """Say whether the text is written in this dialect."""
        ...

    def read(self, outline: Outline) -> tuple[list[Entry], list[Fault]]:
        """Read every question, and say what is wrong with those that cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Opener:
    """The mark that a question starts at.

    `number` is -1 where the writer gave none; `text[at:to]` is the question, or its start, on the
    same line. `level` is a heading's, 0 on a plain line.
    """

    index: int
    number: int
    at: int
    to: int
    level: int


SYMBOLS = r"(?:[^\w\s\x00-\x7f“”‘’«»„¿¡]+[ \t]*)?"
"""What may decorate the start of a heading: an emoji, an arrow."""
_ENDS_ASKING = re.compile(
    r"\?[)\]\"'”’*_]*(?:[^\w?()\[\]]|\([^()?]*\)|\[[^\[\]?]*\])*(?:\]\([^()\s]*\)[*_ \t]*)?\Z"
)
_BIDS = re.compile(
    r"[\W\d_]*(?:explain|describe|compare|contrast|define|discuss|differentiate"
    r"|distinguish|derive|prove)\b",
    re.IGNORECASE,
)


def asks(outline: Outline, mark: Mark) -> bool:
    """Say whether a heading, or a summary, ends with a question mark or bids to explain."""
    if mark.kind not in (Kind.HEADING, Kind.SUMMARY):
        return False
    content = outline.text[mark.at : mark.to]
    return bool(_ENDS_ASKING.search(content)) or bids(content)


def bids(text: str) -> bool:
    """Say whether the text bids to explain something, as in an examination."""
    return bool(_BIDS.match(text))


_NUMBERED_LABEL = re.compile(r"[0-9][.)]")
LONGEST_QUESTION = 100_000
"""The most characters that a question may have; what is longer is something else."""
LEVELS = r"(Easy|Medium|Hard|Beginner|Intermediate|Advanced)"
_DIFFICULTY_SUFFIX = re.compile(rf"[\[(]{LEVELS}[\])][ \t]*\Z", re.IGNORECASE)
_LEAD = "\n\n**Answer:** "
_PARAGRAPH_END = re.compile(r"\n[ \t]*(?=\n|\Z)")
_NOT_BLANK = re.compile(r"\S")
_CLOSED = r"[*_)\"'”’\]]*+(?=\s|\Z)"
_ASKING = re.compile(
    rf"[^?]*+(?:\?++(?!{_CLOSED})[^?]*+)*+\?++{_CLOSED}(?:\s++[^?.!:;]*+\?++{_CLOSED})*+"
)


_EMPHASISED = re.compile(r"(\*\*\*|\*\*|__|\*|_)(?=\S)[^\n]*\1\Z")
_GOES_ON = re.compile(
    r"[^\w\n]*(?:explain|describe|compare|define|discuss|give|provide|justify|list|name|show|state"
    r"|and|or|please|illustrate|derive|prove|assume|suppose|consider|hint)\b",
    re.IGNORECASE,
)


def read_entries(outline: Outline, openers: Sequence[Opener]) -> tuple[list[Entry], list[Fault]]:
    """Read the entry of every opener: what stands from it to the next one, or to a boundary."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    number = 0
    ruled = len(openers) > 1
    above = _ask_in_headings(openers)
    faults += [*_unnumbered(outline, openers), *_in_holes(outline, openers)]
    for i, opener in enumerate(openers):
        last = i + 1 == len(openers)
        stop = len(outline.marks) if last else openers[i + 1].index
        body, end = _body(outline, opener, stop)
        opened = outline.marks[opener.index].end
        body, end, was_ruled = _cut_rules(outline, body, opened, end, footer=last and ruled)
        ruled = ruled and was_ruled
        number = number + 1 if opener.number < 0 else opener.number
        labels = _labels(outline, opener, body, end)
        misplaced = _misplaced_answers(outline, opener, labels) if labels else None
        if misplaced:
            faults.append(misplaced)
        entry = None
        if opener.at < opener.to or not (opener.level and above):
            entry = _entry(outline, opener, number, body, labels[:1], end)
        if entry is None:
            faults.append(
                Fault(
                    outline.marks[opener.index].line,
                    "the heading has no question" if opener.level else "the number has no question",
                    "write the question below it, or delete it",
                    opens=True,
                )
            )
        else:
            entries.append(entry)
    return entries, faults


def _ask_in_headings(openers: Sequence[Opener]) -> bool:
    """Whether most questions stand in their headings: text below a bare one is its answer then."""
    headings = [opener for opener in openers if opener.level]
    return 2 * sum(opener.at < opener.to for opener in headings) > len(headings)


def _unnumbered(outline: Outline, openers: Sequence[Opener]) -> list[Fault]:
    """What is wrong with headings that ask, among the numbered ones and of their level."""
    levels = {opener.level for opener in openers}
    own = {opener.index for opener in openers}
    numbered = [opener for opener in openers if opener.number >= 0]
    if not numbered:
        return []
    return [
        Fault(
            mark.line,
            "the heading asks something, but has no number like the others",
            "number it like the others, or put it a level below its question",
            opens=True,
        )
        for index, mark in enumerate(outline.marks)
        if index > numbered[0].index
        and index not in own
        and mark.level in levels
        and asks(outline, mark)
    ]


def _in_holes(outline: Outline, openers: Sequence[Opener]) -> Iterator[Fault]:
    """What is wrong where as many headings stand between two numbers as numbers are missing."""
    for one, other in pairwise(openers):
        missing = other.number - one.number - 1
        if one.number < 0 or not one.level == other.level > 0 or missing < 1:
            continue
        between = [
            mark
            for mark in outline.marks[one.index + 1 : other.index]
            if mark.kind is Kind.HEADING and mark.level == one.level
        ]
        if len(between) != missing or any(asks(outline, mark) for mark in between):
            continue
        for number, mark in enumerate(between, start=one.number + 1):
            yield Fault(
                mark.line,
                f"the heading stands where question {number} is missing",
                f"number it {number}, or put it at another level than the questions",
            )


def _body(outline: Outline, opener: Opener, stop: int) -> tuple[Sequence[Mark], int]:
    """The marks that belong to the question, and the offset where its part of the text ends."""
    marks = outline.marks
    for index in range(opener.index + 1, stop):
        mark = marks[index]
        if mark.kind is Kind.HEADING and mark.level <= (opener.level or 6):
            stop = index
            break
    end = marks[stop].start if stop < len(marks) else len(outline.text)
    return marks[opener.index + 1 : stop], end


def _cut_rules(
    outline: Outline, body: Sequence[Mark], start: int, end: int, *, footer: bool
) -> tuple[Sequence[Mark], int, bool]:
    """Leave out what separates questions, and what stands below the last of those rules.

    That is rules, and lines that only lead to the top of the page or hold the next one's anchor.
    """
    text, ruled = outline.text, False
    if footer:
        rules = [i for i, mark in enumerate(body) if mark.kind is Kind.RULE]
        if rules:
            body, end = body[: rules[-1]], body[rules[-1]].start
    before = None
    while before != end:
        before = end
        if body and body[-1].kind is Kind.RULE and not _NOT_BLANK.search(text, body[-1].end, end):
            body, end, ruled = body[:-1], body[-1].start, True
        else:
            end = _navigation(text, body[-1].end if body else start, end)
    return body, end, ruled


_LONGEST_NAVIGATION = 300
_ANCHOR = re.compile(
    r"(?:<a[ \t]+(?:name|id)=[^<>]*>[ \t]*(?:</a>)?|<br[ \t]*/?>)\Z", re.IGNORECASE
)
_IN_PAGE = re.compile(r"\]\(#[^()\s]*\)|<a[ \t]+href=[\"']?#[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_TO_TOP = re.compile(
    r"[\W_]*(?:(?:go|jump|scroll|return)\s+)?(?:back\s+)?(?:to\s+)?(?:the\s+)?"
    r"(?:top|(?:table\s+of\s+)?contents|toc|index)?[\W_]*\Z",
    re.IGNORECASE,
)


def _navigation(text: str, start: int, end: int) -> int:
    """Where the last line starts, if it only leads to the top of the page or is an anchor."""
    ending = text[max(start, end - _LONGEST_NAVIGATION) : end]
    at = ending.rstrip().rfind("\n")
    line = ending[at:].strip() if at >= 0 else ""
    if "#" not in line and "<" not in line:
        return end
    words = _TAG.sub("", _IN_PAGE.sub("", line))
    leads = words != line and _IN_PAGE.search(line) and _TO_TOP.match(words)
    return end - len(ending) + at if leads or _ANCHOR.match(line) else end


def _entry(
    outline: Outline,
    opener: Opener,
    number: int,
    body: Sequence[Mark],
    labels: Sequence[Mark],
    end: int,
) -> Entry | None:
    text = outline.text
    line = outline.marks[opener.index].line
    label = labels[0] if labels else None
    on_line = min(opener.to, label.start) if label else opener.to
    asked, difficulty = _split_difficulty(text[opener.at : on_line])
    before = label.start if label else end
    for mark in body:
        if mark.kind is Kind.DIFFICULTY and mark.start < before:
            difficulty = text[mark.at : mark.to].strip(" \t*_") or difficulty
    after_opener = outline.marks[opener.index].end
    if label:
        parts = [asked, _without_metadata(text, body, after_opener, label.start)]
        asked, start = "\n\n".join(part for part in parts if part), label.at
    elif opener.level and asked:
        start = _after_metadata(text, body, after_opener, end)
    elif asked:
        asked, start = _split_paragraph(text, body, opener, end)
    else:
        begin, start = _first_paragraph(text, body, after_opener, end)
        asked = text[begin:start]
    asked = asked.strip()
    if not asked.strip("*"):
        return None
    folded = outline.marks[opener.index].kind is Kind.SUMMARY
    if folded or (label and label.style == FOLDED):
        start, end = _inside_details(text, start, end)
    below = folded or (label and (label.level or label.style == FOLDED))
    lead = "\n\n" if below else _LEAD if label is None else ""
    in_list, numbered = not opener.level, opener.number >= 0
    return Entry(number, line, asked, start, end, lead, in_list, difficulty, numbered, opener.level)


def _labels(outline: Outline, opener: Opener, body: Sequence[Mark], end: int) -> list[Mark]:
    """The labels of answers; those below a labelled question belong to a dialogue."""
    labels = []
    for mark in body:
        if mark.kind is Kind.ANSWER:
            labels.append(mark)
        elif mark.kind is Kind.QUESTION:
            break
    before = labels[0].start if labels else end
    if not _may_hold_label(outline.text, opener.at, before):
        return labels
    start, stop = _asked_in(outline.text, opener, outline.marks[opener.index].end, body, end)
    stop = min(stop, before, start + LONGEST_QUESTION)
    inline = _inline_label(outline, opener, body, start, stop, labelled=bool(labels))
    return [inline, *labels] if inline else labels


def _may_hold_label(text: str, start: int, stop: int) -> bool:
    return text.find(":", start, stop) >= 0 or bool(_NUMBERED_LABEL.search(text, start, stop))


def _asked_in(
    text: str, opener: Opener, opened: int, body: Sequence[Mark], end: int
) -> tuple[int, int]:
    """Where the paragraph starts and ends that holds the question."""
    if opener.at >= opener.to:
        return _first_paragraph(text, body, opened, end)
    if opener.level:
        return opener.at, opened
    blank = _PARAGRAPH_END.search(text, opener.to, end)
    return opener.at, blank.start() if blank else end


def _inside_details(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the content of folded details starts and ends, without `<p>` and `<b>` around it."""
    closing = text.rfind("</details>", start, end)
    end = closing if closing >= 0 else end
    opening = _OPENING_TAGS.match(text, start, end)
    closing_tags = _CLOSING_TAGS.search(text[start:end][-_LONGEST_NAVIGATION:])
    around = text.count("<p>", start, end) <= 1 and text.count("<b>", start, end) <= 1
    if opening and closing_tags and around:
        return opening.end(), end - len(closing_tags[0])
    return start, end


_OPENING_TAGS = re.compile(r"(?:\s*<(?:p|b|br[ \t]*/?)>)+")
_CLOSING_TAGS = re.compile(r"(?:</(?:p|b)>\s*)+\Z")
_MOST_LABELS = 9
_HIDDEN = (Kind.CODE, Kind.COMMENT)
_BEFORE_LABEL = re.compile(r"(?:[ \t]|<br[ \t]*/?>)++\Z", re.IGNORECASE)
_NEXT_OPTION = re.compile(r"\bB[*_]*[ \t]*[:.)]")


def _inline_label(
    outline: Outline,
    opener: Opener,
    body: Sequence[Mark],
    start: int,
    stop: int,
    *,
    labelled: bool,
) -> Mark | None:
    """The label on the question's own line, as in `**What is X?** **Answer:** It is Y`."""
    text = outline.text
    for found in islice(INLINE_ANSWER.finditer(text, start, stop), _MOST_LABELS):
        at = found.start()
        line_start = max(text.rfind("\n", start, at) + 1, start)
        line = text[line_start:at]
        hidden = any(mark.start <= at < mark.end and mark.kind in _HIDDEN for mark in body)
        if not line.strip("*_ \t") or hidden or text.count("`", start, at) % 2:
            continue
        asked = line[: -len(before[0])] if (before := _BEFORE_LABEL.search(line)) else line
        ends = asked.rstrip("*_ \t").endswith(("?", "!", ".", ":"))
        is_word = len(found[2]) > 1
        options = not is_word and (labelled or _NEXT_OPTION.search(text, found.end(), stop))
        if (ends or (found[1] and is_word)) and not options:
            line_number = outline.marks[opener.index].line + text.count("\n", opener.at, at)
            number = int(found[3]) if found[3] else -1
            cut = line_start + len(asked)
            return Mark(Kind.ANSWER, line_number, cut, found.end(), found.end(), stop, number)
    return None


def _misplaced_answers(outline: Outline, opener: Opener, labels: Sequence[Mark]) -> Fault | None:
    """What is wrong where a label stands twice, or has the number of another question.

    A second one that is written otherwise is part of the answer.
    """
    if opener.number >= 0 and labels[0].number >= 0:
        for label in labels:
            if label.number not in (-1, opener.number):
                return Fault(
                    label.line,
                    f"answer {label.number} stands below question {opener.number}",
                    "give both the same number, or label the answer without one",
                )
    words = [outline.text[mark.start : mark.at].strip() for mark in labels[:2]]
    if len(words) == 2 and words[0] == words[1]:
        return Fault(
            labels[1].line,
            "the question has two answers",
            f"delete one, or its label; the first is at line {labels[0].line}",
        )
    return None


def _split_difficulty(asked: str) -> tuple[str, str | None]:
    found = _DIFFICULTY_SUFFIX.search(asked) if asked.rstrip().endswith((")", "]")) else None
    return (asked[: found.start()].rstrip(), found[1]) if found else (asked.strip(), None)


def _without_metadata(text: str, body: Sequence[Mark], start: int, end: int) -> str:
    """What is written between a question's opener and its answer's label, for people to read."""
    pieces, position = [], start
    for mark in body:
        if mark.start >= end:
            break
        if mark.kind in (Kind.DIFFICULTY, Kind.COMMENT, Kind.RULE):
            pieces.append(text[position : mark.start])
            position = mark.end
    pieces.append(text[position:end])
    return "".join(pieces).strip()


def _after_metadata(text: str, body: Sequence[Mark], start: int, end: int) -> int:
    for mark in body:
        if mark.kind not in (Kind.DIFFICULTY, Kind.RULE) or _NOT_BLANK.search(
            text, start, mark.start
        ):
            break
        start = mark.end
    return min(start, end)


def _first_paragraph(text: str, body: Sequence[Mark], start: int, end: int) -> tuple[int, int]:
    """Where the first paragraph starts and ends; comments, rules and metadata are none."""
    for mark in body:
        if mark.kind in (Kind.DIFFICULTY, Kind.COMMENT, Kind.RULE) and not _NOT_BLANK.search(
            text, start, mark.start
        ):
            start = mark.end
    found = _NOT_BLANK.search(text, start, end)
    if not found:
        return end, end
    begin = found.start()
    blank = _PARAGRAPH_END.search(text, begin, end)
    stop = blank.start() if blank else end
    for mark in body:
        if mark.start > begin:
            stop = min(stop, mark.start)
            break
        if mark.kind is Kind.CODE and mark.end > begin:
            stop = mark.end
    return begin, stop


def _split_paragraph(text: str, body: Sequence[Mark], opener: Opener, end: int) -> tuple[str, int]:
    """Tell question and answer apart where both may stand in one paragraph.

    With a paragraph below, the whole first one is the question, unless its first lines ask and the
    others do not. With none below, the answer follows the last sentence that asks.
    """
    blank = _PARAGRAPH_END.search(text, opener.to, end)
    stop = blank.start() if blank else end
    for mark in body:
        if mark.start > opener.to:
            stop = min(stop, mark.start)
            break
    paragraph = text[opener.at : stop]
    asking = _ASKING.match(paragraph)
    has_more = _NOT_BLANK.search(text, stop, end) is not None
    rest = paragraph[asking.end() :].strip() if asking else ""
    if asking and rest:
        at_line_end = paragraph[asking.end() :].lstrip(" \t").startswith("\n")
        emphasised = _EMPHASISED.match(asking[0]) and not _GOES_ON.match(rest)
        if at_line_end or emphasised or not has_more:
            return asking[0], opener.at + asking.end()
    elif not asking and not has_more:
        return text[opener.at : opener.to], opener.to
    return paragraph, stop
