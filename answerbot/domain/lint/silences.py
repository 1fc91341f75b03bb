"""Comments that silence a complaint, with a reason.

    # lint: allow double-barrelled: one derivation, inseparable

stands on the line that the complaint names, or on lines of comments right above it. Above the first
key of the file it holds for the whole file. Several rules are parted by commas.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import yaml

from answerbot.domain.lint.complaints import Complaint, Finding, Fix

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_BEGINS = "lint:"
_SILENCE = re.compile(
    r"#\s*lint:\s*allow\s+(?P<rules>[\w-]+(?:\s*,\s*[\w-]+)*)\s*(?::\s*(?P<reason>.*?))?\s*"
)
_COMMENT = re.compile(r"(?:^|(?<=[\s\ufeff]))#[^\n\r]*", re.MULTILINE)
_HOW = "write: # lint: allow RULE: reason"


@dataclass(frozen=True, slots=True)
class Silence:
    """A rule that a comment silences, on one line or (None) in the whole file.

    `written` is the line of the comment; `start` and `end` are what to cut to be rid of it, where
    it silences nothing else.
    """

    rule: str
    target: int | None
    written: int
    start: int
    end: int
    alone: bool

    def covers(self, complaint: Complaint) -> bool:
        """Whether it silences the complaint."""
        here = self.target is None or self.target == complaint.location.line
        return here and self.rule == complaint.rule


@dataclass(frozen=True, slots=True)
class _Comment:
    text: str
    line: int
    start: int
    end: int
    fills_line: bool


def read_silences(text: str, rules: Collection[str]) -> tuple[list[Silence], list[Finding]]:
    """The silences of a file, and what is wrong with those that are none.

    The text is one that has been read as a rubric.
    """
    if _BEGINS not in text:
        return [], []
    silences: list[Silence] = []
    wrong: list[Finding] = []
    comments, first_key = _comments(text)
    filled = {comment.line for comment in comments if comment.fills_line}
    for comment in comments:
        if not comment.text.removeprefix("#").lstrip().startswith(_BEGINS):
            continue
        found = _SILENCE.fullmatch(comment.text)
        if found is None or not found["reason"]:
            what = "no silence" if found is None else "a silence without a reason"
            wrong.append(Finding((), f"{what}: {comment.text!r}", _HOW, line=comment.line))
            continue
        names = re.split(r"\s*,\s*", found["rules"])
        target = None if comment.line < first_key else _target(comment, filled)
        for name in names:
            if name in rules:
                start, end = _whole(comment, text)
                alone = len(names) == 1
                silences.append(Silence(name, target, comment.line, start, end, alone))
            else:
                what = f"a silence of the rule {name!r}, which there is not"
                wrong.append(Finding((), what, "docs/linting.md names them", line=comment.line))
    return silences, wrong


def unused(silences: Sequence[Silence]) -> Iterator[Finding]:
    """What to say of silences that silenced nothing."""
    for silence in silences:
        where = "in this file" if silence.target is None else f"on line {silence.target}"
        yield Finding(
            (),
            f"nothing {where} breaks the rule {silence.rule!r} that is allowed here",
            "delete the comment",
            line=silence.written,
            fix=Fix(silence.start, silence.end) if silence.alone else None,
        )


def _comments(text: str) -> tuple[list[_Comment], int]:
    """The comments of a YAML text, and the line of its first key."""
    # Whether a byte order mark counts as a character depends on the parser.
    shift = 1 if text.startswith("\ufeff") else 0
    spans = [
        (event.start_mark.index + shift, event.end_mark.index + shift)
        for event in yaml.parse(text[shift:], Loader=_Loader)
        if isinstance(event, yaml.ScalarEvent) and event.start_mark and event.end_mark
    ]
    comments: list[_Comment] = []
    line, counted, at = 1, 0, 0
    for found in _COMMENT.finditer(text):
        while at < len(spans) and spans[at][1] <= found.start():
            at += 1
        if at < len(spans) and _is_inside(text, spans[at], found.start()):
            continue
        line += text.count("\n", counted, found.start())
        counted = found.start()
        before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        fills = not before.strip(" \ufeff")
        comments.append(_Comment(found[0].rstrip(), line, *found.span(), fills))
    return comments, 1 + text.count("\n", 0, spans[0][0]) if spans else 0


def _is_inside(text: str, span: tuple[int, int], at: int) -> bool:
    """Whether a comment's sign stands in the scalar; behind the sign of a block it does not."""
    start, end = span
    if not start < at < end:
        return False
    return text[start] not in "|>" or "\n" in text[start:at]


def _target(comment: _Comment, filled: Collection[int]) -> int:
    line = comment.line
    if comment.fills_line:
        while line in filled:
            line += 1
    return line


def _whole(comment: _Comment, text: str) -> tuple[int, int]:
    """The comment with the white space before it, and with its line end where it fills the line."""
    start, end = comment.start, comment.end
    while start and text[start - 1] in " \t":
        start -= 1
    if comment.fills_line:
        end = text.find("\n", comment.end) + 1 or len(text)
    return start, end
