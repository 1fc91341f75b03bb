"""Answer x rubric -> Grade, without any model: what its words alone let one guess.

Counted are words near each other: the rubric's cues, and the words of what a criterion states,
weighed by their rarity. Not counted are words of the question, words that are denied, sentences
that say the same again, copies of the rubric, enumerations, and words in no order. What the words
mean is not understood; `docs/estimate.md` says how often the guess is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from answerbot.domain.coverage import Target, content, covered, rarities, target
from answerbot.domain.cues import Found, Passage, find_cues
from answerbot.domain.evidence import Evidence
from answerbot.domain.grade import Flag, Grade, Slip, Verdict, score
from answerbot.domain.lemmas import Sentence, sentences, words_of
from answerbot.domain.negation import denied
from answerbot.domain.prose import function_share, is_list, is_shuffled
from answerbot.domain.rubric import Criterion, CriterionVerdict, Misconception, Rubric

MOST_CHARACTERS = 20_000
"""What stands behind so many characters is not read."""

LEAST_ENGLISH = 0.1
"""The share of English function words below which a text is no English prose."""

_COPIED = 8  # so many words on end that are the rubric's are a copy of it
_PARROTED = 0.8  # a sentence repeats the question whose words are this share of its own


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of one criterion, each from 0 to 1: `cues` is None where it has none."""

    near: float | None
    together: float
    anywhere: float
    ordered: float
    accepted: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What the signals weigh, and the sums from which on a criterion is partly and wholly met."""

    near: float
    together: float
    anywhere: float
    ordered: float
    accepted: float
    partly: float
    met: float

    def sum(self, signals: Signals) -> float:
        """The weighted sum of the signals."""
        return (
            self.near * (signals.near or 0.0)
            + self.together * signals.together
            + self.anywhere * signals.anywhere
            + self.ordered * signals.ordered
            + self.accepted * signals.accepted
        )


WITH_CUES = Weights(1, 0.3, 0, 0, 0, 0.55, 1.0)
WITHOUT_CUES = Weights(0, 0.5, 0.5, 0.3, 0.3, 0.3, 0.55)
SLIP_WITH_CUES = Weights(1, 0.3, 0, 0, 0, 0, 1.1)
SLIP_WITHOUT_CUES = Weights(0, 1, 0, 0, 0, 0, 0.6)


@dataclass(frozen=True, slots=True)
class Sought:
    """A rubric as the estimate reads it, for one question."""

    question: frozenset[str]
    states: tuple[Target, ...]
    accepts: tuple[tuple[Target, ...], ...]
    wrong: tuple[Target, ...]
    copied: frozenset[tuple[str, ...]]


def sought(rubric: Rubric, question: str, reference: str = "") -> Sought:
    """What to look for, words weighed by how few parts of the rubric have them."""
    asked = frozenset(word.lemma for word in words_of(question))
    stated = [_all_of(criterion) for criterion in rubric.criteria]
    wrong = [misconception.states for misconception in rubric.misconceptions]
    weights = rarities([*stated, *wrong, question, *reference.split("\n\n")])
    return Sought(
        asked,
        tuple(target(criterion.states, asked, weights) for criterion in rubric.criteria),
        tuple(
            tuple(target(text, asked, weights) for text in criterion.accepts)
            for criterion in rubric.criteria
        ),
        tuple(target(text, asked, weights) for text in wrong),
        frozenset(
            run
            for criterion in rubric.criteria
            for text in _texts(criterion)
            for run in _runs(text)
        ),
    )


def _texts(criterion: Criterion) -> Iterable[str]:
    steps = (step.states for step in criterion.steps.values())
    return (criterion.states, *steps, *criterion.accepts, *criterion.rejects)


def _all_of(criterion: Criterion) -> str:
    return "\n".join((criterion.states, *criterion.accepts))


def _runs(text: str) -> Iterable[tuple[str, ...]]:
    words = [word.written for word in words_of(text)]
    return (tuple(words[at : at + _COPIED]) for at in range(len(words) - _COPIED + 1))


def readable(text: str, aims: Sought) -> Passage:
    """The sentences of a text that count."""
    text = text[:MOST_CHARACTERS]
    kept: list[Sentence] = []
    seen = set()
    for sentence in sentences(text):
        said = frozenset(content(text[sentence.start : sentence.end]))
        if said in seen or not said:
            continue
        seen.add(said)
        written = [word.written for word in sentence.words]
        runs = (tuple(written[at : at + _COPIED]) for at in range(len(written) - _COPIED + 1))
        if any(run in aims.copied for run in runs):
            continue
        if len(said & aims.question) >= _PARROTED * len(said):
            continue
        if not is_shuffled(text, [sentence]):
            kept.append(sentence)
    if is_shuffled(text, kept) or function_share(kept) < LEAST_ENGLISH:
        kept = []
    listed = frozenset(n for n, sentence in enumerate(kept) if is_list(text, sentence))
    if sum(len(kept[n].words) for n in listed) > 0.5 * sum(len(s.words) for s in kept):
        kept, listed = [], frozenset()
    return Passage(text, kept, listed)


def signals(
    passage: Passage,
    part: Criterion | Misconception,
    aims: Sought,
    stated: Target,
    accepted: Sequence[Target] = (),
) -> tuple[Signals, Found]:
    """What the passage shows of a criterion or misconception, and the cues found."""
    spans: dict[tuple[int, int], bool] = {}

    def is_denied(start: int, end: int) -> bool:
        if (start, end) not in spans:
            spans[start, end] = denied(passage.text, start, end)
        return spans[start, end]

    found = find_cues(passage, part.cues, aims.question, is_denied)
    said = covered(passage, stated)
    best = max((covered(passage, text).together for text in accepted), default=0.0)
    near = found.groups / found.of if found.of else None
    return Signals(near, said.together, said.anywhere, said.ordered, best), found


def estimate(submission_text: str, question: str, rubric: Rubric, reference: str = "") -> Grade:
    """The grade that the words of the answer make likely; the caller marks it as an estimate.

    `reference` is a good answer, where there is one: it tells which words are rare. A text that is
    no English prose earns nothing and is set aside for a human.
    """
    aims = sought(rubric, question, reference)
    passage = readable(submission_text, aims)
    verdicts = []
    for criterion, stated, accepts in zip(rubric.criteria, aims.states, aims.accepts, strict=True):
        seen, found = signals(passage, criterion, aims, stated, accepts)
        verdict = _verdict(criterion, seen)
        shown = _evidence(passage, found, stated) if verdict != "not_met" else ()
        verdicts.append(Verdict(criterion, verdict, shown, _reason(seen, found)))
    slips = []
    for misconception, stated in zip(rubric.misconceptions, aims.wrong, strict=True):
        seen, found = signals(passage, misconception, aims, stated)
        weights = SLIP_WITHOUT_CUES if seen.near is None else SLIP_WITH_CUES
        if weights.sum(seen) >= weights.met:
            shown = _evidence(passage, found, stated)
            slips.append(Slip(misconception, shown, _reason(seen, found)))
    return score(rubric, verdicts, slips, _flags(submission_text, passage))


def _verdict(criterion: Criterion, seen: Signals) -> CriterionVerdict:
    weights = WITHOUT_CUES if seen.near is None else WITH_CUES
    likely = weights.sum(seen)
    steps = list(criterion.steps)
    if not steps:
        return "met" if likely >= (weights.partly + weights.met) / 2 else "not_met"
    verdict: CriterionVerdict = "not_met"
    for number, step in enumerate([*steps, "met"]):
        if likely >= weights.partly + (weights.met - weights.partly) * number / len(steps):
            verdict = step
    return verdict


def _reason(seen: Signals, found: Found) -> str:
    share = f"{seen.together:.0%} of the words by weight"
    if not found.of:
        return f"estimate: {share}"
    return f"estimate: {found.groups} of {found.of} cues found, {share}"


def _evidence(passage: Passage, found: Found, stated: Target) -> tuple[Evidence, ...]:
    """The words that matched: the cues', or where there are none the criterion's."""
    spans = sorted({passage.span(hit) for hit in found.hits}) or sorted(
        (passage.words[places[0]].start, passage.words[places[0]].end)
        for lemma in stated.weights
        if (places := passage.places.get(lemma))
    )
    return tuple(Evidence(passage.text[start:end], start, end) for start, end in spans)


def _flags(text: str, passage: Passage) -> list[Flag]:
    if not text.strip():
        return [Flag("blank", "the answer is empty")]
    if passage.words:
        return []
    return [Flag("cannot-assess", "no English sentences that say anything the question does not")]
