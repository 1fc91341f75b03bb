"""Which questions ask the same thing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from answerbot.domain.bank import QuestionId
from answerbot.domain.bm25 import rarity
from answerbot.domain.english import ASPECT, DECISIVE, clauses
from answerbot.domain.terms import Terms
from answerbot.domain.vocabulary import DEFAULT, Vocabulary

_DECISIVE_WEIGHT = 0.5  # an aspect that makes another question of it, beside a subject's 1
_ASPECT_WEIGHT = 0.05  # any other aspect
_OTHER_ASPECT = 0.7  # the part of its likeness that a pair keeps which asks for other aspects
_SAME = 0.7  # the least share of their words, by weight, that two questions have in common


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question asks.

    `words` are the subjects of all its clauses and the aspects of the first: 'What is X, and when
    does one use it?' and 'Describe X and its advantages' both ask what X is. `asides` are the
    decisive aspects of the later clauses.
    """

    words: frozenset[str]
    asides: frozenset[str]

    def leaves_out(self, other: _Asked) -> bool:
        """Whether the other asks first for an aspect that this one does not mention."""
        return not (other.words & DECISIVE) <= self.words | self.asides


def find_duplicates(
    questions: Sequence[tuple[QuestionId, str]], vocabulary: Vocabulary = DEFAULT
) -> list[list[QuestionId]]:
    """Group the questions that ask the same thing; each is in one group at most.

    Any two of a group are alike (complete linkage): where A is like B and B like C, that alone does
    not join A and C. Groups and their members come in the order of `questions`.
    """
    terms = Terms(vocabulary.learned_from(text for _, text in questions))
    asking: dict[_Asked, list[int]] = defaultdict(list)
    for i, (_, text) in enumerate(questions):
        asked = _asked(terms, text)
        if asked.words:
            asking[asked].append(i)
    groups = [
        sorted(i for asked in cluster for i in asking[asked])
        for cluster in _clusters(list(asking), len(questions))
    ]
    return [[questions[i][0] for i in group] for group in sorted(groups) if len(group) > 1]


def _asked(terms: Terms, text: str) -> _Asked:
    words: set[str] = set()
    asides: set[str] = set()
    for clause in clauses(text):
        found = set(terms.of(clause))
        if any(not word.startswith(ASPECT) for word in words):
            asides |= found & DECISIVE
            found = {word for word in found if not word.startswith(ASPECT)}
        words |= found
    return _Asked(frozenset(words), frozenset(asides))


def _alike(kinds: Sequence[_Asked], texts: int) -> Iterator[tuple[tuple[int, int], float]]:
    """((i, j), likeness) of every pair i < j that is alike enough, each once.

    Compares only questions that share one of their rarest words: what a question has besides
    those weighs too little to make it alike (prefix filtering).

    Source: S. Chaudhuri, V. Ganti and R. Kaushik, "A primitive operator for similarity joins in
    data cleaning", ICDE 2006.
    """
    counts = Counter(word for kind in kinds for word in kind.words)
    weights = {word: _weight(word, count, texts) for word, count in counts.items()}
    # fsum: the same to the last bit, in whatever order a set gives its words
    totals = [fsum(weights[word] for word in kind.words) for kind in kinds]
    earlier: dict[str, list[int]] = defaultdict(list)
    for j, kind in enumerate(kinds):
        telling = _telling(kind.words, weights, totals[j])
        for i in {i for word in telling for i in earlier[word]}:
            common = fsum(weights[word] for word in kind.words & kinds[i].words)
            likeness = common / (totals[i] + totals[j] - common)
            if kind.leaves_out(kinds[i]) or kinds[i].leaves_out(kind):
                likeness *= _OTHER_ASPECT
            if likeness >= _SAME:
                yield (i, j), likeness
        for word in telling:
            earlier[word].append(j)


def _weight(word: str, count: int, of: int) -> float:
    weight = rarity(count, of)
    if word in DECISIVE:
        return weight * _DECISIVE_WEIGHT
    return weight * _ASPECT_WEIGHT if word.startswith(ASPECT) else weight


def _telling(words: frozenset[str], weights: Mapping[str, float], total: float) -> list[str]:
    telling = []
    rest = total
    for word in sorted(words, key=lambda word: (-weights[word], word)):
        if rest < _SAME * total:
            break
        telling.append(word)
        rest -= weights[word]
    return telling


def _clusters(kinds: Sequence[_Asked], texts: int) -> list[list[_Asked]]:
    """Join what is most alike first, two groups only where every pair across them is alike."""
    alike = dict(_alike(kinds, texts))
    cluster = {i: [i] for i in range(len(kinds))}
    for i, j in sorted(alike, key=lambda pair: (-alike[pair], pair)):
        one, other = cluster[i], cluster[j]
        if one is not other and all((min(a, b), max(a, b)) in alike for a in one for b in other):
            one.extend(other)
            cluster.update(dict.fromkeys(other, one))
    joined = {id(members): members for members in cluster.values()}
    return [[kinds[i] for i in members] for members in joined.values()]
