"""Sentences of a Markdown text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple


class Span(NamedTuple):
    """`text[start:end]`."""

    start: int
    end: int


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a Markdown text in their order, without the white space around them.

    An item of a list, a heading, a row of a table and a fenced block of code end a sentence; the
    end of a line within a paragraph does not.
    """
    return tuple(sentence.span for sentence in read(text))


def sentence_around(text: str, start: int, end: int) -> Span:
    """The sentences that `text[start:end]` touches, as one span; the span itself where none is."""
    touched = [span for span in sentences(text) if span.start < end and start < span.end]
    if not touched:
        return Span(start, end)
    return Span(min(start, touched[0].start), max(end, touched[-1].end))


Kind = Literal["text", "item", "heading", "code"]


class _Block(NamedTuple):
    kind: Kind
    start: int
    end: int


class Sentence(NamedTuple):
    """A sentence, and what it stands in."""

    kind: Kind
    """Of the block that it begins; what follows in the same block is text."""
    span: Span


_CODE = re.compile(r"`[^`\n]+`|\$[^$\n]{1,400}\$")
_FENCE = re.compile(r"[ \t]{0,9}(?:```|~~~)")
_ITEM = re.compile(r"[ \t>]*(?:[-*+•‣–]|\d{1,3}[.)]|\(?[a-zA-Z0-9][.)])[ \t]+")
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]+")
_BLOCK = re.compile(r"[ \t]{0,9}[|>]")
# A set of characters stands first, as the search is fast up to one of them only then.
_END = re.compile(
    r"[.!?…。！？؟](?:(?<=[.!?…])(?<![.!?…]{2})[.!?…]*+[\"'”’»)\]*_]*+(?=\s|$)"
    r"|(?<=[。！？؟])[。！？؟]*+[”’」』）]*)"
)
_ABBREVIATIONS = frozenset(
    """
    e.g i.e eg ie cf vs viz al approx resp fig figs eq eqs sec ch ref refs dr prof mr mrs ms st
    incl ca w.r.t wrt a.k.a aka dept ed eds vol pp
    """.split()  # noqa: SIM905 - a list of literals would be one word a line
)
_LONGEST = max(map(len, _ABBREVIATIONS))
_LAST_WORD = re.compile(r"[\w.]{1,12}\Z")


def without_code(text: str) -> str:
    """The text with code and formulas made one word each, every character at its place."""
    if "`" not in text and "$" not in text:
        return text
    return _CODE.sub(lambda found: "x" * len(found[0]), text)


@lru_cache(maxsize=64)
def read(text: str) -> tuple[Sentence, ...]:
    """The same sentences, each with what it stands in."""
    plain = without_code(text)
    return tuple(sentence for block in _blocks(plain) for sentence in _split(plain, block))


def _blocks(plain: str) -> Iterator[_Block]:
    """Paragraphs, items, headings, rows and blocks of code, without their markers."""
    kind: Kind = "text"
    begun: int | None = None
    position = 0
    for line in plain.splitlines(keepends=True):
        start, position = position, position + len(line)
        fence = _FENCE.match(line)
        if begun is not None and kind == "code":
            if fence:
                yield _Block("code", begun, position)
                begun = None
            continue
        marker, heading = _ITEM.match(line), _HEADING.match(line)
        blank = not line.strip()
        if begun is not None and (fence or marker or heading or blank or _BLOCK.match(line)):
            yield _Block(kind, begun, start)
            begun = None
        if heading:
            yield _Block("heading", start + heading.end(), position)
        elif fence:
            kind, begun = "code", start
        elif marker:
            kind, begun = "item", start + marker.end()
        elif begun is None and not blank:
            kind, begun = "text", start
    if begun is not None:
        yield _Block(kind, begun, len(plain))


def _split(plain: str, block: _Block) -> Iterator[Sentence]:
    kind, begin, end = block
    if kind != "code":
        for found in _END.finditer(plain, begin, end):
            if _is_end(plain, found, end):
                yield from _sentence(plain, kind, begin, found.end())
                kind, begin = "text", found.end()
    yield from _sentence(plain, kind, begin, end)


def _sentence(plain: str, kind: Kind, start: int, end: int) -> Iterator[Sentence]:
    piece = plain[start:end]
    if stripped := piece.strip():
        start += len(piece) - len(piece.lstrip())
        yield Sentence(kind, Span(start, start + len(stripped)))


def _is_end(plain: str, found: re.Match[str], end: int) -> bool:
    marks, dot = found[0].rstrip("\"'”’»)]*_"), found.start()
    if marks == "." and dot > _LONGEST and plain[dot - _LONGEST - 1 : dot].isalpha():
        return True  # as most: the word is too long to be written short
    after = plain[found.end() : min(found.end() + 3, end)].strip()[:1]
    if marks == ".":
        return not _is_shortened(plain, dot, after)
    return marks not in ("...", "…") or not after.islower()


def _is_shortened(plain: str, dot: int, after: str) -> bool:
    """Whether the dot ends no sentence, but a word that is written short."""
    before = _LAST_WORD.search(plain, max(dot - 12, 0), dot)
    word = before[0] if before else ""
    if word.lower().lstrip(".") in _ABBREVIATIONS:
        return True
    if word.lower() in ("no", "etc"):
        return after.isdigit() or (word.lower() == "etc" and after.islower())
    initial = len(word) == 1 and word.isupper() and word.isascii()
    return initial and after.isupper()
