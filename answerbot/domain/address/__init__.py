"""Words of an answer that are addressed to whoever grades it, not to the question.

Lists of turns of phrase, in English and, more thinly, in fourteen other languages: instructions
(`ignore the rubric`), pleas and flattery, claims of having met the criteria, forged verdicts,
messages, fences and references. They are told from honest talk of the same things by their form: an
order (`Ignore the rubric`, not `an attack tells the model to ignore its prompt`), a whole phrase
(`give full marks`, not `mark`), and the marks of quotation and code, which make a mention of it.

A list is never complete: what it misses is left to the judge, who is told the same in the prompt.

reading    the words of a text without their disguise
phrases    which turns of phrase stand there; `english` and `languages` list them
marks      frames and verdicts by their marks, and languages without spaces
"""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from answerbot.domain.address.marks import marks_in
from answerbot.domain.address.phrases import phrases_in
from answerbot.domain.address.reading import Visible, words_of
from answerbot.domain.sentences import Span, sentence_around


@dataclass(frozen=True, slots=True)
class Address:
    """A sentence with words to the grader; `mention`: these stand in quotation marks or in code.

    Of a mention, the span is only what is quoted. `suspect` is False for mere claims of having said
    something, which are no evidence and nothing to worry about.
    """

    span: Span
    mention: bool = False
    suspect: bool = True


@lru_cache(maxsize=64)
def addresses(text: str) -> tuple[Address, ...]:
    """Every place where the text speaks to its grader, in the order of the patterns."""
    found = [*_matches(text), *((span, True) for span in _encoded(text))]
    if not found:
        return ()
    quoted = _quoted(text)
    inside = [_around(quoted, span) for span, _ in found]
    framed = _is_framed(text, [region for region in inside if region])
    return tuple(
        dict.fromkeys(
            Address(_clip(sentence_around(text, *span), region), framed, suspect)
            if region and framed
            else Address(sentence_around(text, *span), False, suspect)
            for (span, suspect), region in zip(found, inside, strict=True)
        )
    )


def _clip(span: Span, region: Span) -> Span:
    return Span(max(span.start, region.start), min(span.end, region.end))


def _around(regions: list[Span], span: Span) -> Span | None:
    at = bisect_right(regions, span.start, key=lambda region: region.start) - 1
    return regions[at] if at >= 0 and span.end <= regions[at].end else None


def _is_framed(text: str, regions: list[Span]) -> bool:
    """Whether the answer says more than what it quotes: a mention needs somebody to mention it."""
    quoted = sum(len(text[start:end].split()) for start, end in set(regions))
    return 2 * quoted < len(text.split())


_QUOTED = re.compile(
    r"^[ \t]{0,9}(?P<fence>```++|~~~++)[^\n]*+\n(?:.*\n)*?[ \t]*(?P=fence)"
    r"|`[^`\n]{1,400}`"
    r"|\"(?:[^\"\n]|\n(?!\s)){1,400}\"|“(?:[^“”\n]|\n(?!\s)){1,400}”"
    r"|„(?:[^„“”\n]|\n(?!\s)){1,400}[“”]|«(?:[^«»\n]|\n(?!\s)){1,400}»|「[^「」\n]{1,400}」"
    r"|(?<![^\s(\[:,])['‘](?:[^'’\n]|\n(?!\s)){1,400}['’](?!\w)",
    re.MULTILINE,
)


def _quoted(text: str) -> list[Span]:
    if not any(mark in text for mark in ("`", "~~~", '"', "“", "„", "«", "「", "'", "‘")):
        return []
    return [Span(match.start(), match.end()) for match in _QUOTED.finditer(text)]


def _matches(text: str) -> Iterator[tuple[Span, bool]]:
    """(where, suspect) of every phrase and every mark."""
    visible = Visible(text)
    yield from phrases_in(words_of(visible))
    yield from ((span, True) for span in marks_in(visible))


_SHORTEST_BLOB = 20
_BLOB = re.compile(rf"(?<![\w+/=-])[\w+/-]{{{_SHORTEST_BLOB},}}={{0,2}}(?![\w+/=-])", re.ASCII)


def _encoded(text: str) -> Iterator[Span]:
    """Base64 that says something to the grader."""
    if max(map(len, text.split()), default=0) < _SHORTEST_BLOB:
        return
    for blob in _BLOB.finditer(text):
        encoded = blob[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            said = base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if any(suspect for _, suspect in _matches(said)):
            yield Span(blob.start(), blob.end())
