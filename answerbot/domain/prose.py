"""Is this a sentence of English, a list of words, or words in no order?

Only function words are looked at: they are few, nobody writes English without them, and which of
them may follow which is the same for every subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from answerbot.domain.lemmas import Sentence

LEAST_GLUE = 0.07
"""The share of function words but articles, 'and' and 'or', below which a sentence is a list."""

LEAST_GLUE_OF_ALL = 0.12
"""The share of those that are no adverbs either, below which a whole text is no English prose."""

LEAST_ANCHORS = 0.04
"""The share of articles, auxiliaries and 'it' or 'they', below which it is none either."""

LEAST_RUN = 2.5
"""The words between commas, 'and' and 'or', on average, below which a sentence is a list."""

LEAST_RUNS = 4
"""So many things at least make a list."""

MOST_RUNS = 6
"""Who lists so many does not choose among them."""

MOST_IMPOSSIBLE = 0.02
"""The share of impossible neighbours above which words stand in no order."""

LEAST_IMPOSSIBLE = 2
"""So many impossible neighbours may be slips of the pen, and one less is no sign of anything."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ARTICLES = _words("a an the every its their our your my his")
_PREPOSITIONS = _words(
    "of from with into onto between through during among towards toward by for at"
)
_BE = _words("is are was were")
_MODALS = _words("can could will would should may might must does did")
_JOINING = _words("and or but")
_SUBJECTS = _words("it they we he she you")
_SUBORDINATING = _words("because if when while whereas although since so than then as that")
_VERBS = _words(
    "be been being have do has had cannot don't doesn't isn't aren't can't won't let it's"
)
_LINKS = _words(
    "to in on which who whose what where how why this these those there i them him us me its via "
    "like within without against over out up about until beyond that's"
)
_ADVERBS = _words(
    "not no here also only each both all any some such other another more most less very just "
    "even too off under before after per one two same own once again still already often usually "
    "always never however therefore thus instead rather whether either neither nor upon few many "
    "much down back every"
)
FUNCTION_WORDS = (
    _ARTICLES
    | _PREPOSITIONS
    | _BE
    | _MODALS
    | _JOINING
    | _SUBJECTS
    | _SUBORDINATING
    | _VERBS
    | _LINKS
    | _ADVERBS
)

_FINITE = _BE | _MODALS | _words("has had")
# What never follows the words on the left within a sentence.
_IMPOSSIBLE = {
    _ARTICLES: _ARTICLES
    | _PREPOSITIONS
    | _FINITE
    | _JOINING
    | _SUBJECTS
    | _words("in on to not because if when while although since than then that been"),
    _PREPOSITIONS: _FINITE
    | _JOINING
    | _PREPOSITIONS
    | _words("they we he to if because then be been"),
    _FINITE: _JOINING | _BE | _words("of has had does did"),
    _MODALS: _words("of from with to been has is are"),
    _JOINING: _words("of been be or"),
    _SUBJECTS: _SUBJECTS | _words("of the a an be been"),
    _words("to"): _FINITE | _JOINING | _words("of from with to it's been"),
    _words("because if when while although whereas very no"): _FINITE
    | _JOINING
    | _words("been be"),
    _words("be been being have do"): _FINITE | _JOINING | _words("of"),
}
_NEVER_FOLLOWS = frozenset(
    (first, second)
    for firsts, seconds in _IMPOSSIBLE.items()
    for first in firsts
    for second in seconds
)
_STRICT = FUNCTION_WORDS - _ARTICLES - _JOINING - _ADVERBS
_LOOSE = _STRICT | _ADVERBS
_ANCHORS = _ARTICLES | _BE | _MODALS | _SUBJECTS | _VERBS
_SEPARATORS = frozenset(",;:|/•·+&→")


def _share(sentences: Iterable[Sentence], wanted: frozenset[str]) -> float:
    """The share of those words among all that are longer than the letters of formulas."""
    words = [w.written for sentence in sentences for w in sentence.words if len(w.written) > 1]
    return sum(word in wanted for word in words) / max(len(words), 1)


def is_prose(sentences: Sequence[Sentence]) -> bool:
    """Whether the sentences, taken together, read like English."""
    return (
        _share(sentences, _STRICT) >= LEAST_GLUE_OF_ALL
        and _share(sentences, _ANCHORS) >= LEAST_ANCHORS
    )


def is_list(text: str, sentence: Sentence) -> bool:
    """Whether the sentence enumerates words instead of saying something about them."""
    return _share([sentence], _LOOSE) < LEAST_GLUE or _runs(text, sentence) >= LEAST_RUNS


def is_long_list(text: str, sentence: Sentence) -> bool:
    """Whether the sentence enumerates so much that it names things at random."""
    return _runs(text, sentence) >= MOST_RUNS


def _runs(text: str, sentence: Sentence) -> int:
    """How many things are enumerated; 0 where they are longer than names."""
    words = sentence.words
    runs = 1 + sum(word.written in ("and", "or") for word in words)
    for before, after in pairwise(words):
        runs += not _SEPARATORS.isdisjoint(text[before.end : after.start])
    return runs if len(words) < LEAST_RUN * runs else 0


def impossible_neighbours(text: str, sentence: Sentence) -> int:
    """How many words of the sentence follow one that they cannot follow."""
    return sum(
        (before.written, after.written) in _NEVER_FOLLOWS
        and text[before.end : after.start].isspace()
        and text[before.start : before.end] != "A"  # the name of something
        for before, after in pairwise(sentence.words)
    )


def skeleton(sentence: Sentence) -> tuple[str, ...]:
    """The function words of a sentence, and where others stand."""
    words = (word.written if word.written in FUNCTION_WORDS else "" for word in sentence.words)
    return tuple(word for word, _ in groupby(words))


def is_shuffled(text: str, sentences: Sequence[Sentence]) -> bool:
    """Whether the words of the sentences, taken together, stand in no order."""
    count = sum(impossible_neighbours(text, sentence) for sentence in sentences)
    words = sum(len(sentence.words) for sentence in sentences)
    return count >= LEAST_IMPOSSIBLE and count > MOST_IMPOSSIBLE * words
