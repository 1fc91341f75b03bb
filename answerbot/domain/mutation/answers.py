"""Full answers with one thing changed: only what that thing proved may be judged otherwise.

The words that the judge quoted tell which sentence proves which criterion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from answerbot.domain.check import Case
from answerbot.domain.mutation.filler import padded
from answerbot.domain.mutation.negating import negated
from answerbot.domain.mutation.reading import Reading, ReadKind, ReadMutant
from answerbot.domain.sentences import Span, sentences

Proofs = Mapping[str, frozenset[int]]
"""Of each criterion, the numbers of the pieces of text that prove it."""

_CLAUSE = re.compile(r";\s+")


def model_answer(cases: Sequence[Case]) -> Case | None:
    """The first exemplar that was found to meet everything and to state nothing wrong."""
    return next((case for case in cases if _is_full(case)), None)


def _is_full(case: Case) -> bool:
    return bool(case.verdicts) and set(case.verdicts.values()) <= {"met", "absent"}


def answer_mutants(case: Case) -> Iterator[ReadMutant]:
    """Every change of a full answer, and which verdicts it should move."""
    answer = case.exemplar.answer.strip()
    yield from _removals(case, answer)
    yield from _negations(case, answer)
    yield _harmless(case, "pad", "padded to three times its length", padded(answer))
    if (other := reordered(answer)) is not None:
        yield _harmless(case, "reorder", "its second half put first", other)
    reading = Reading(case, case.rubric, answer, to_paraphrase=True)
    yield ReadMutant(
        "paraphrase", "paraphrase", f"{case.exemplar.id}: put in other words", (reading,)
    )


def _harmless(case: Case, kind: ReadKind, what: str, answer: str) -> ReadMutant:
    reading = Reading(case, case.rubric, answer)
    return ReadMutant(kind, kind, f"{case.exemplar.id}: {what}", (reading,))


def _removals(case: Case, answer: str) -> Iterator[ReadMutant]:
    spans = sentences(answer)
    proofs = proofs_by(spans, case)
    for pieces, aims in _by_pieces(proofs):
        if len(pieces) < len(spans):
            left = _without(answer, [spans[number] for number in pieces])
            what = f"without the words for {_and(aims)}"
            yield _aimed(case, "remove", what, left, aims, proofs, pieces)


def _negations(case: Case, answer: str) -> Iterator[ReadMutant]:
    spans = [clause for sentence in sentences(answer) for clause in _clauses(answer, sentence)]
    proofs = proofs_by(spans, case)
    for pieces, aims in _by_pieces(proofs):
        denied = answer
        for number in sorted(pieces, reverse=True):
            start, end = spans[number]
            denied = denied[:start] + negated(denied[start:end]) + denied[end:]
        what = f"the words for {_and(aims)} denied"
        # What is denied of the truth may well be one of the misconceptions.
        also = [one.id for one in case.rubric.misconceptions]
        yield _aimed(case, "negate", what, denied, aims, proofs, pieces, also)


def _aimed(
    case: Case,
    kind: ReadKind,
    what: str,
    answer: str,
    aims: Sequence[str],
    proofs: Proofs,
    pieces: frozenset[int],
    also: Sequence[str] = (),
) -> ReadMutant:
    touched = [id_ for id_, numbers in proofs.items() if numbers & pieces and id_ not in aims]
    return ReadMutant(
        kind,
        f"{kind}-{'-'.join(aims)}",
        f"{case.exemplar.id}: {what}",
        (Reading(case, case.rubric, answer),),
        aims=tuple(aims),
        spared=(*touched, *also),
    )


def proofs_by(spans: Sequence[Span], case: Case) -> dict[str, frozenset[int]]:
    """Which of the spans of the answer hold the words that each criterion rests on."""
    return {
        id_: frozenset(
            number
            for number, span in enumerate(spans)
            if any(one.start < span.end and span.start < one.end for one in evidence)
        )
        for id_, evidence in case.evidence.items()
    }


def _by_pieces(proofs: Proofs) -> Iterator[tuple[frozenset[int], list[str]]]:
    """Each set of pieces once, with all the criteria that it proves."""
    for pieces in dict.fromkeys(proofs.values()):
        if pieces:
            yield pieces, [id_ for id_, numbers in proofs.items() if numbers == pieces]


def _clauses(text: str, sentence: Span) -> Iterator[Span]:
    """The parts of a sentence between semicolons."""
    start = sentence.start
    for found in _CLAUSE.finditer(text, *sentence):
        yield Span(start, found.start())
        start = found.end()
    yield Span(start, sentence.end)


def _without(text: str, spans: Sequence[Span]) -> str:
    """The text without these sentences, and without the white space behind each."""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:].lstrip()
    return text.strip()


def reordered(answer: str) -> str | None:
    """The sentences of one paragraph with the second half first; None: there are no two halves.

    Half by half, as a sentence often leans on the one before.
    """
    spans = sentences(answer)
    gaps = [answer[one.end : other.start] for one, other in pairwise(spans)]
    if len(spans) < 2 or any(gap.strip() or "\n\n" in gap for gap in gaps):
        return None
    middle = spans[len(spans) // 2].start
    return f"{answer[middle:].strip()} {answer[:middle].strip()}"


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)
