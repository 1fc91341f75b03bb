"""What is denied in the sentences of a text.

Understood, in English: negated verbs (`not`, `n't`, `never`, `cannot`, `fails to`), `no`, `without`
and their like, statements that something is untrue, before it (`it is a myth that`) and behind it
(`..., which is wrong`, `X? No.`, `X. This is false.`), labels (`Myth: ...`, `False claims:` above a
list) and struck-out text. Clauses bound what a denial reaches; two denials of one thing cancel.

Not understood: irony, denial by content alone (`LSTMs have three gates; in truth four`),
`few`, `little`, `too small to`, what a speaker is made to say, denial in any other language, and
denial more than one sentence away. `not only`, `not always`, `not necessarily`, `no longer` and
their like deny nothing here. In doubt nothing is denied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from answerbot.domain.negation.line import Line, denying
from answerbot.domain.negation.phrases import (
    ANSWER_NO,
    ASKING,
    CLAIM,
    COMPLEMENT,
    FINITE,
    HARD,
    LABEL,
    LEAD_IN,
    NO_DENIAL,
    NOMINAL,
    OF_CLAIM,
    POINTING,
    PRELUDE,
    STRUCK,
    TAG,
    VERBAL,
)
from answerbot.domain.negation.reach import (
    FAR,
    back_to,
    first_noun,
    goes_on_listing,
    is_condition,
    is_opened,
    purpose,
    reached,
    says_what_was_wrong,
)
from answerbot.domain.sentences import Span, read, without_code


def denied(text: str, start: int, end: int) -> bool:
    """Whether words outside `text[start:end]` deny at least half of it.

    A denial inside the span is part of what it says.
    """
    count = sum(denial.hits(start, end) for denial in _denials(text))
    return count % 2 == 1


@dataclass(frozen=True, slots=True)
class _Denial:
    """Words `at` that deny the words in `scopes`; those must begin by `reach`, where it is set."""

    at: Span
    scopes: tuple[Span, ...]
    reach: int | None = None

    def hits(self, start: int, end: int) -> bool:
        if start <= self.at.start < end:
            return False
        if self.reach is not None and start > self.reach:
            return False
        covered = sum(max(0, min(end, s.end) - max(start, s.start)) for s in self.scopes)
        return covered > 0 and 2 * covered >= end - start


@lru_cache(maxsize=64)
def _denials(text: str) -> tuple[_Denial, ...]:
    found = [*_struck(text)]
    plain = without_code(text)
    words = denying(plain)
    if not words:
        return tuple(found)
    lines = [Line(plain, sentence) for sentence in read(text)]
    for number, line in enumerate(lines):
        if not line.may_deny(words):
            continue
        found += _inside(line)
        if number:
            found += _of_the_sentence_before(lines[number - 1], line)
        found += _of_the_list_below(line, lines[number + 1 : number + FAR])
    return tuple(found)


def _struck(text: str) -> Iterator[_Denial]:
    if "~~" in text or "<" in text:
        for match in STRUCK.finditer(text):
            start, end = match.span()
            yield _Denial(Span(start, start), (Span(start + 1, end),))


def _inside(line: Line) -> Iterator[_Denial]:
    taken = {i for first, behind in line.matches(NO_DENIAL) for i in range(first, behind)}
    if label := LABEL.match(line.joined):
        behind = line.index(label.end())
        if behind < len(line.words):
            yield _Denial(line.span(0, behind), (line.span(behind, len(line.words)),))
        taken.update(range(behind))
    yield from _behind_what_they_deny(line, taken)
    for first, behind in line.matches(COMPLEMENT):
        if taken.isdisjoint(range(first, behind)):
            taken.update(range(first, behind))
            yield _denial(line, first, behind, reached(line.words, behind, of_clause=True))
    for first, behind in line.matches(NOMINAL):
        if taken.isdisjoint(range(first, behind)):
            taken.update(range(first, behind))
            scopes = reached(line.words, behind, of_clause=False, nominal=True)
            reach = line.begin(first_noun(line.words, behind))
            yield _denial(line, first, behind, scopes, reach)
    for first, behind in line.matches(VERBAL):
        if taken.isdisjoint(range(first, behind)):
            words = line.words[: purpose(line.words, first, behind)]
            scopes = reached(words, behind, of_clause=False)
            opened = is_opened(line.words, first, behind)
            noun = line.begin(first_noun(line.words, behind)) if opened else None
            yield _denial(line, first, behind, scopes, noun)


def _denial(
    line: Line,
    first: int,
    behind: int,
    scopes: Sequence[tuple[int, int]],
    reach: int | None = None,
) -> _Denial:
    return _Denial(line.span(first, behind), tuple(line.span(*scope) for scope in scopes), reach)


def _behind_what_they_deny(line: Line, taken: set[int]) -> Iterator[_Denial]:
    """'Many say X, but that is wrong'; 'the claim that X is false'."""
    words = line.words
    for first, behind in line.matches(POINTING):
        boundary = first - 1
        if boundary < 0 or not taken.isdisjoint(range(first, behind)):
            continue
        if words[boundary] not in HARD | {",", "but", "and", "(", "yet"}:
            continue
        if says_what_was_wrong(words, first, behind):
            continue
        while boundary > 0 and words[boundary - 1] in ("but", "and", ","):
            boundary -= 1
        stops = HARD | {","} if words[first] == "which" else HARD
        begin = back_to(words, boundary, stops)
        if begin < boundary:
            taken.update(range(first, behind))
            yield _Denial(line.span(first, behind), (line.span(begin, boundary),))
    for first, behind in line.matches(OF_CLAIM):
        if not taken.isdisjoint(range(first, behind)):
            continue
        begin = back_to(words, first, HARD)
        claim = set(words[begin:first])
        if claim.isdisjoint(CLAIM | FINITE) or claim <= {"it", "this", "that"}:
            continue
        if is_condition(words, begin, first):
            continue
        taken.update(range(first, behind))
        yield _Denial(line.span(first, behind), (line.span(begin, first),))


def _asked(line: Line) -> Span:
    """What a 'No.' denies of a question: where a list leads up to it, only its last clause."""
    words = line.words
    if words[0] not in ASKING and not TAG.search(line.joined):
        for at in range(len(words) - 2, max(len(words) - FAR, 0), -1):
            if words[at] == "," and not goes_on_listing(words, at):
                return line.span(at + 1, len(words))
    return line.sentence.span


def _of_the_sentence_before(before: Line, line: Line) -> Iterator[_Denial]:
    """'X? No.' and 'X. This is false.'."""
    prelude = PRELUDE.match(line.joined)
    found = line.has_at(POINTING, prelude.end() if prelude else 0)
    denied = before.sentence.span
    if not found and before.joined.endswith("?"):
        found = ANSWER_NO.match(line.joined)
        denied = _asked(before)
    if found and before.joined and before.sentence.kind != "heading":
        yield _Denial(line.span(0, line.index(found.end())), (denied,))


def _of_the_list_below(line: Line, below: Sequence[Line]) -> Iterator[_Denial]:
    """'False claims:' above a list."""
    ends = line.joined.endswith(":") or line.sentence.kind == "heading"
    if ends and LEAD_IN.search(line.joined):
        items = tuple(
            item.sentence.span
            for item in takewhile(lambda line: line.sentence.kind == "item", below)
        )
        if items:
            yield _Denial(line.sentence.span, items)
