"""Reference, Library; which references bear on a question."""

from __future__ import annotations

import bisect
import heapq
import itertools
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from answerbot.domain.bank import QuestionId
from answerbot.domain.bm25 import BM25, rarity
from answerbot.domain.english import ASPECT, clauses, stands_alone
from answerbot.domain.terms import Terms
from answerbot.domain.vocabulary import DEFAULT, Vocabulary


@dataclass(frozen=True, slots=True)
class Reference:
    """A curated question with its answer."""

    id: QuestionId
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A reference that bears on a question, and how much: 0 to 1, 1 asks the very same."""

    reference: Reference
    score: float


ASPECT_WEIGHT = 0.4
"""What an aspect (its limits, its uses) counts beside a subject of the same rarity."""

CONCEPT_WEIGHT = 2.0
"""What an abbreviation weighs beside a word of the same rarity: it stands for several."""

_UNKNOWN = 1  # the number of references a term that none has is weighed as if in
_RELATED = 0.6  # a related term in place of the one asked for
_IN_ANSWER = 0.9  # a term that only the reference's answer has
_SAME_QUESTION = 0.4  # the part of the score that the reference's own question decides
_COVERED = 0.46  # the least share of a question that a reference which bears on it covers
_COVERED_UNKNOWN = 0.5  # the same where the question has a word that the library lacks
_BEARS = 0.27  # the least score of a reference that bears on a question
_BESIDE_BEST = 0.5  # the least score, as a share of the best one
_PART = 0.7  # what covering one clause counts beside covering the whole question
_ABOUT_PART = 0.6  # the least share of a reference's question that such a clause covers
_ROOT = 5  # the least letters that an unknown term shares with a known one it stands in for
_CANDIDATES = 64  # how many references BM25 hands on to be looked at closely


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as the index sees it, by the numbers of its terms.

    `weights` is what each weighs, `related` what may stand in for it, `least` the share of the
    question that has to be covered. Terms that the library lacks have numbers below 0.
    """

    weights: Mapping[int, float]
    related: Mapping[int, tuple[int, ...]]
    least: float

    def covered(self, question: Collection[int], answer: Collection[int]) -> float:
        """The share of what is asked that the texts have, by weight."""
        found = sum(w * self._found(term, question, answer) for term, w in self.weights.items())
        return found / sum(self.weights.values())

    def _found(self, term: int, question: Collection[int], answer: Collection[int]) -> float:
        if term in question:
            return 1.0
        if term in answer:
            return _IN_ANSWER
        others = self.related.get(term, ())
        return _RELATED if any(o in question or o in answer for o in others) else 0.0


class Library:
    """The curated references, searchable; the index is built at the first search."""

    def __init__(self, references: Sequence[Reference], vocabulary: Vocabulary = DEFAULT) -> None:
        self._references = tuple(references)
        self._vocabulary = vocabulary

    @property
    def references(self) -> tuple[Reference, ...]:
        """All references, in the order they were given."""
        return self._references

    def __len__(self) -> int:
        return len(self._references)

    @cached_property
    def _by_id(self) -> Mapping[QuestionId, Reference]:
        return {reference.id: reference for reference in self._references}

    def get(self, id: QuestionId) -> Reference | None:  # noqa: A002 - as mappings have it
        """The reference of that id, None when there is none."""
        return self._by_id.get(id)

    @cached_property
    def _index(self) -> _Index:
        return _Index(self._references, self._vocabulary)

    def nearest(
        self, question: str, k: int = 5, *, exclude: Collection[QuestionId] = ()
    ) -> tuple[Hit, ...]:
        """The references that bear on the question, best first; none when nothing covers it.

        Args:
            question: its text; its abbreviations may be the library's or be written out.
            k: how many at most.
            exclude: ids that are passed over, the question's own for one.
        """
        if k < 1 or not self._references:
            return ()
        return self._index.nearest(question, k, frozenset(exclude))


class _Numbers(dict[str, int]):
    """Terms in the order they were first asked for, each with its number."""

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self)
        return number


class _Index:
    """BM25 over questions and answers, and the terms of each for a closer look.

    BM25 alone cannot tell an uncovered question from a covered one (its scores have no scale), so
    it only nominates; a nominee counts when it covers enough of the question, each term weighed
    by its rarity in the library.
    """

    def __init__(self, references: Sequence[Reference], vocabulary: Vocabulary) -> None:
        texts = (f"{r.question}\n{r.answer}" for r in references)
        self._references = references
        self._terms = Terms(vocabulary.learned_from(texts))
        numbers = _Numbers()
        self._questions = [self._numbered(r.question, numbers) for r in references]
        self._answers = [self._numbered(r.answer, numbers) for r in references]
        self._ids: Mapping[str, int] = dict(numbers)
        self._sorted = sorted(numbers)
        self._aspects = {number for term, number in numbers.items() if term.startswith(ASPECT)}
        # A question counts twice: it says what its answer is about.
        pairs = zip(self._questions, self._answers, strict=True)
        self._bm25 = BM25([2 * own + answer for own, answer in pairs], len(numbers))
        self._weights = [
            told * self._factor(term)
            for term, told in zip(numbers, self._bm25.rarities, strict=True)
        ]
        self._unknown = rarity(_UNKNOWN, len(references))

    def _factor(self, term: str) -> float:
        if term.startswith(ASPECT):
            return ASPECT_WEIGHT
        return CONCEPT_WEIGHT if term in self._terms.concepts else 1.0

    def _numbered(self, text: str, numbers: _Numbers) -> array[int]:
        return array("I", map(numbers.__getitem__, self._terms.of(text)))

    def nearest(self, question: str, k: int, exclude: frozenset[QuestionId]) -> tuple[Hit, ...]:
        scores = self._scores(question, k + len(exclude), about=0.0)
        for clause in self._parts(question):
            for row, score in self._scores(clause, k + len(exclude), about=_ABOUT_PART).items():
                scores[row] = max(scores.get(row, 0.0), _PART * score)
        hits = [(s, -row) for row, s in scores.items() if self._references[row].id not in exclude]
        best = heapq.nlargest(k, hits)
        return tuple(
            Hit(self._references[-row], round(score, 4))
            for score, row in best
            if score >= _BESIDE_BEST * best[0][0]
        )

    def _parts(self, question: str) -> list[str]:
        parts = clauses(question)
        return [
            part
            for part in parts
            if len(parts) > 1
            and stands_alone(part)
            and not all(term.startswith(ASPECT) for term in self._terms.of(part))
        ]

    def _scores(self, text: str, at_least: int, about: float) -> dict[int, float]:
        terms = list(dict.fromkeys(self._terms.of(text)))
        if not terms:
            return {}
        asked = self._asked(terms)
        rows = self._candidates(asked, _CANDIDATES + at_least)
        return {row: score for row in rows if (score := self._score(asked, row, about)) is not None}

    def _asked(self, terms: list[str]) -> _Asked:
        numbers = {term: self._ids.get(term, -1 - i) for i, term in enumerate(terms)}
        weights = {
            number: self._weights[number] if number >= 0 else self._unknown * self._factor(term)
            for term, number in numbers.items()
        }
        related = {numbers[t]: self._known(others) for t, others in self._terms.related(terms)}
        for term, number in numbers.items():
            if number < 0 and number not in related:
                related[number] = self._known(self._same_root(term))
        all_known = all(
            number >= 0 or term.startswith(ASPECT) or related[number]
            for term, number in numbers.items()
        )
        return _Asked(weights, related, _COVERED if all_known else _COVERED_UNKNOWN)

    def _same_root(self, unknown: str) -> tuple[str, ...]:
        """Terms of the library that begin the unknown one, or that it begins."""
        if len(unknown) < _ROOT:
            return ()
        shorter = (unknown[:n] for n in range(_ROOT, len(unknown)))
        at = bisect.bisect(self._sorted, unknown)
        longer = itertools.takewhile(lambda t: t.startswith(unknown), self._sorted[at : at + 9])
        return (*shorter, *longer)

    def _known(self, terms: Iterable[str]) -> tuple[int, ...]:
        return tuple(self._ids[term] for term in terms if term in self._ids)

    def _candidates(self, asked: _Asked, n: int) -> list[int]:
        known = {
            number: ASPECT_WEIGHT if number in self._aspects else 1.0
            for number in asked.weights
            if number >= 0
        }
        for other in {other for stand_ins in asked.related.values() for other in stand_ins}:
            known[other] = known.get(other, 0.0) + _RELATED
        return self._bm25.best(known, n)

    def _score(self, asked: _Asked, row: int, about: float) -> float | None:
        own = frozenset(self._questions[row])
        covered = asked.covered(own, frozenset(self._answers[row]))
        if covered < asked.least:
            return None
        total = sum(self._weights[term] for term in own)
        both = sum(self._weights[term] for term in own if term in asked.weights)
        shared = both / total if total else 0.0
        if shared < about:
            return None
        score = covered * (1 - _SAME_QUESTION + _SAME_QUESTION * shared)
        return score if score >= _BEARS else None
