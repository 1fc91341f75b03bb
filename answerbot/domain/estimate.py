"""Answer x rubric -> Grade, without any model: what its words alone let one guess.

Counted are words near each other: the rubric's cues, and the words of what a criterion states,
weighed by their rarity. Not counted are words of the question, words that are denied, sentences
that say the same again or state a misconception, copies of the rubric, enumerations, and words in
no order. What the words mean is not understood; `docs/estimate.md` says how often the guess is
right.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from answerbot.domain.coverage import (
    Target,
    content,
    content_of,
    covered,
    fullest_sentence,
    rarities,
    target,
)
from answerbot.domain.cues import Found, Group, Hit, Passage, find_cues, groups_of, phrase
from answerbot.domain.evidence import Evidence
from answerbot.domain.grade import Flag, Grade, Slip, Verdict, score
from answerbot.domain.lemmas import Sentence, Word, sentences, words_of
from answerbot.domain.prose import is_list, is_long_list, is_prose, is_shuffled, skeleton
from answerbot.domain.rubric import Criterion, CriterionVerdict, Misconception, Rubric

MOST_CHARACTERS = 20_000
"""What stands behind so many characters is not read."""

_COPIED = 8  # so many words on end that are the rubric's are a copy of it
_TOLD = 2  # so many sentences of a reference are taken to be about one criterion
_LONG = 60  # a question of more words has a text in it that answers may speak of
_MOULD = 3  # so many sentences with the same function words were cast
_ECHO = 3  # so many different words at least say something again
_PARROTED = 0.8  # a sentence repeats the question whose words are this share of its own


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of one criterion or misconception.

    `near` is the share of its cues that stand near each other, None where it has none, and
    `telling` the same with each weighed by its rarity. The others are what of its words is
    covered, together and in order, and what of those that a reference has about it.
    """

    near: float | None
    telling: float
    together: float
    ordered: float
    reference: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What the signals weigh, and the sums from which on a criterion is partly and wholly met."""

    near: float
    telling: float
    together: float
    ordered: float
    reference: float
    partly: float
    met: float

    @property
    def middle(self) -> float:
        """The sum from which on something is met that cannot be met in part."""
        return (self.partly + self.met) / 2

    def sum(self, signals: Signals) -> float:
        """The weighted sum of the signals."""
        return (
            self.near * (signals.near or 0.0)
            + self.telling * signals.telling
            + self.together * signals.together
            + self.ordered * signals.ordered
            + self.reference * signals.reference
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """How signals become verdicts, with cues and without."""

    with_cues: Weights
    without_cues: Weights
    slip_with_cues: Weights
    slip_without_cues: Weights


# Printed by `python benchmarks/estimate.py --fit`.
FITTED = Calibration(
    with_cues=Weights(0.45, 0.49, 0.77, 1.24, 0.53, 0.65, 1.00),
    without_cues=Weights(0.00, 0.00, 2.78, 0.81, 1.30, 0.46, 1.00),
    slip_with_cues=Weights(0.37, 0.36, 0.38, 0.23, 0.00, 0.36, 1.00),
    slip_without_cues=Weights(0.00, 0.00, 1.45, 0.50, 0.00, 0.26, 1.00),
)


@dataclass(frozen=True, slots=True)
class Aim:
    """A criterion or misconception: its cues, what it states, what a reference says about it."""

    groups: tuple[Group, ...]
    stated: Target
    told: Target
    rarity: Mapping[str, float]
    negative: bool
    """Whether it is itself about what is not so: then a denial may be just what is wanted."""


@dataclass(frozen=True, slots=True)
class Aims:
    """A rubric as the estimate reads it, for one question."""

    question: frozenset[str]
    criteria: tuple[Aim, ...]
    misconceptions: tuple[Aim, ...]
    copied: frozenset[tuple[str, ...]]
    """Runs of words of the rubric and the question that nobody writes by chance."""


def aims_of(rubric: Rubric, question: str, reference: str = "") -> Aims:
    """What to look for; a word weighs the more the fewer parts of the rubric have it."""
    return _aims(rubric.criteria, rubric.misconceptions, question, reference)


@lru_cache(maxsize=256)
def _aims(
    criteria: tuple[Criterion, ...],
    misconceptions: tuple[Misconception, ...],
    question: str,
    reference: str,
) -> Aims:
    asked = _asked(question)
    told = [content_of(sentence.words) for sentence in sentences(reference)]
    parts = (*map(_stated, criteria), *map(_stated, misconceptions), question)
    weights = rarities([*map(content, parts), *told])
    steps = (step.states for criterion in criteria for step in criterion.steps.values())
    not_theirs = (question, *(criterion.states for criterion in criteria), *steps)
    copied = frozenset(run for text in not_theirs for run in _runs(words_of(text)))

    def aim(part: Criterion | Misconception) -> Aim:
        stated = target(content(_stated(part)), asked, weights)
        near = heapq.nlargest(_TOLD, told, key=stated.weight)
        said = target([lemma for lemmas in near for lemma in lemmas], asked, weights)
        negative = "not" in phrase(part.states)
        groups = groups_of(part.cues, asked, negative)
        return Aim(groups, stated, said if near else stated, weights, negative)

    return Aims(asked, tuple(map(aim, criteria)), tuple(map(aim, misconceptions)), copied)


def _asked(question: str) -> frozenset[str]:
    """The lemmas of what is asked: a long question quotes first what it asks about."""
    read = sentences(question)
    if sum(len(sentence.words) for sentence in read) > _LONG:
        read = read[-2:]
    return frozenset(word.lemma for sentence in read for word in sentence.words)


def _stated(part: Criterion | Misconception) -> str:
    accepted = part.accepts if isinstance(part, Criterion) else ()
    return "\n".join((part.states, *accepted))


def _runs(words: Sequence[Word]) -> Iterable[tuple[str, ...]]:
    """All runs of words that are long enough to be a copy; formulas have no words."""
    written = [word.written for word in words if len(word.written) > 1]
    return (tuple(written[at : at + _COPIED]) for at in range(len(written) - _COPIED + 1))


def readable(text: str, aims: Aims) -> Passage:
    """The sentences of a text that count."""
    text = text[:MOST_CHARACTERS]
    read = sentences(text)
    if is_shuffled(text, read) or not is_prose(read):
        return Passage(text, ())
    once = {frozenset(word.lemma for word in one.words): one for one in reversed(read)}
    moulds = Counter(map(skeleton, once.values()))
    kept = [
        sentence
        for sentence in reversed(once.values())
        if moulds[skeleton(sentence)] < _MOULD and _says_something(text, sentence, aims)
    ]
    return Passage(text, kept, frozenset(one.start for one in kept if is_list(text, one)))


def _says_something(text: str, sentence: Sentence, aims: Aims) -> bool:
    """Whether the sentence is no copy, echo, long list or word salad."""
    if not aims.copied.isdisjoint(_runs(sentence.words)):
        return False
    said = set(content_of(sentence.words))
    if len(said) >= _ECHO and len(said & aims.question) >= _PARROTED * len(said):
        return False
    return not is_long_list(text, sentence) and not is_shuffled(text, [sentence])


def signals(passage: Passage, aim: Aim) -> tuple[Signals, Found]:
    """What the passage shows of a criterion or misconception, and the cues found."""
    found = find_cues(passage, aim.groups)
    near = found.groups / found.of if found.of else None
    said = covered(passage, aim.stated, aim.negative)
    told = covered(passage, aim.told, aim.negative)
    telling = sum(_rarity(passage, hit, aim) for hit in found.hits) / max(found.of, 1)
    return Signals(near, telling, said.together, said.ordered, told.together), found


def _rarity(passage: Passage, hit: Hit, aim: Aim) -> float:
    """How much the rarest word of the hit tells, 1 where the rubric and the reference lack it."""
    words = passage.words[hit.first : hit.last + 1]
    return max(aim.rarity.get(word.lemma, 1.0) for word in words)


def estimate(submission_text: str, question: str, rubric: Rubric, reference: str = "") -> Grade:
    """The grade that the words of the answer make likely; the caller marks it as an estimate.

    `reference` is a good answer, where there is one. A text that is no English prose earns nothing
    and is set aside for a human.
    """
    aims = aims_of(rubric, question, reference)
    passage = readable(submission_text, aims)
    slips = []
    wrong: set[int] = set()
    for misconception, aim in zip(rubric.misconceptions, aims.misconceptions, strict=True):
        seen, found = signals(passage, aim)
        if is_slip(seen, FITTED):
            slips.append(Slip(misconception, _evidence(passage, found, aim), _reason(found)))
            wrong |= stating(passage, found, aim)
    rest = passage.without(wrong)
    verdicts = []
    for criterion, aim in zip(rubric.criteria, aims.criteria, strict=True):
        seen, found = signals(rest, aim)
        verdict = verdict_of(criterion, seen, FITTED)
        shown = _evidence(rest, found, aim) if verdict != "not_met" else ()
        verdicts.append(Verdict(criterion, verdict, shown, _reason(found)))
    return score(rubric, verdicts, slips, _flags(submission_text, passage))


def stating(passage: Passage, found: Found, aim: Aim) -> frozenset[int]:
    """The numbers of the sentences that state a misconception: what they say earns nothing."""
    by_cues = frozenset(passage.sentence(hit.first) for hit in found.hits)
    return by_cues or fullest_sentence(passage, aim.stated)


def verdict_of(criterion: Criterion, seen: Signals, calibration: Calibration) -> CriterionVerdict:
    """The verdict that is likelier than a better one; steps share the range between evenly."""
    weights = calibration.without_cues if seen.near is None else calibration.with_cues
    likely = weights.sum(seen)
    steps = list(criterion.steps)
    if not steps:
        return "met" if likely >= weights.middle else "not_met"
    verdict: CriterionVerdict = "not_met"
    for number, step in enumerate([*steps, "met"]):
        if likely >= weights.partly + (weights.met - weights.partly) * number / len(steps):
            verdict = step
    return verdict


def is_slip(seen: Signals, calibration: Calibration) -> bool:
    """Whether a misconception with these signals counts as stated."""
    without = seen.near is None
    weights = calibration.slip_without_cues if without else calibration.slip_with_cues
    return weights.sum(seen) >= weights.middle


def _reason(found: Found) -> str:
    if not found.of:
        return "by the words that it shares with the criterion"
    return f"{found.groups} of {found.of} cues found near each other"


def _evidence(passage: Passage, found: Found, aim: Aim) -> tuple[Evidence, ...]:
    """The words that matched: the cues', or where there are none the criterion's."""
    spans = sorted({passage.span(hit) for hit in found.hits}) or sorted(
        (passage.words[places[0]].start, passage.words[places[0]].end)
        for lemma in aim.stated.weights
        if (places := passage.places.get(lemma))
    )
    return tuple(Evidence(passage.text[start:end], start, end) for start, end in spans)


def _flags(text: str, passage: Passage) -> list[Flag]:
    if not text.strip():
        return [Flag("blank", "the answer is empty")]
    if passage.words:
        return []
    return [Flag("cannot-assess", "no English sentences that say anything the question does not")]
