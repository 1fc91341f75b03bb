"""Known: the questions that an answer may belong to, found by id, by number and by text."""

from __future__ import annotations

import heapq
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from answerbot.domain.bank import Question, QuestionId
from answerbot.domain.dialects.ids import id_at_start
from answerbot.domain.english import stem
from answerbot.domain.spacing import repair
from answerbot.domain.spelling import Spelled, likeness, typing_errors

DEFAULT_THRESHOLD = 85.0
"""How much alike, in per cent of their letters, two wordings of one question are at least."""

_CLOSE = 5.0
"""A second question that falls short of the best one by less makes a fuzzy match ambiguous."""

_SHARED, _MANY = 1 / 3, 8
"""A word in this part of the questions, and in so many, tells none from the others: 'RNN'."""

_FILLERS = frozenset(
    """
    a also an and are as at be briefly by can concept could define describe detail details discuss
    do does explain following for give i idea in is it its me my of on our please question s some
    tell term that the their these this those to us was we were what which with would you your
    """.split()  # noqa: SIM905 - a list literal would be one word a line
)
"""Words that may be there or not without a difference to what is asked."""

_JUMBLED = frozenset("".join(sorted(word)) for word in _FILLERS if len(word) > 2)
"""The letters of such words: 'teh' is one of them."""
_stem = lru_cache(maxsize=65536)(stem)
_TOKEN = re.compile(r"[^\W_]+(?:\.[0-9]+)*|[+#=<>%]")


def words(text: str) -> tuple[str, ...]:
    """The words of a question without regard to case, punctuation, emphasis and lost spaces."""
    plain = unicodedata.normalize("NFKC", repair(text)).casefold().replace("&", " and ")
    return tuple(_TOKEN.findall(plain))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a stated text is like a known question, in per cent; 100 is the same.

    `same` tells that no word makes another question of it.
    """

    id: QuestionId
    score: float
    same: bool


class Known:
    """Questions in an order, and which of them a text means.

    `serves` says what two questions have in common when it does not matter which one is meant.
    """

    def __init__(
        self,
        questions: Mapping[QuestionId, Question],
        threshold: float = DEFAULT_THRESHOLD,
        serves: Callable[[QuestionId], object] = lambda id_: id_,
    ) -> None:
        self.questions = questions
        self.threshold = threshold
        self.serves = serves
        self.stems = frozenset(id_.rpartition("/")[0] for id_ in questions)
        self.id_at_start = id_at_start(self.stems)
        self._words = {id_: words(question.text) for id_, question in questions.items()}
        self._by_text: dict[str, list[QuestionId]] = {}
        self._by_number: dict[int, list[QuestionId]] = {}
        for id_, question in questions.items():
            self._by_text.setdefault("".join(self._words[id_]), []).append(id_)
            self._by_number.setdefault(question.number, []).append(id_)
        self._spaced = {
            ids[0]: " ".join(self._words[ids[0]]) for text, ids in self._by_text.items() if text
        }
        self._longest = max(map(len, self._spaced.values()), default=0)
        self.vocabulary = frozenset(word for said in self._words.values() for word in said)
        stems = Counter(stem_ for said in self._words.values() for stem_ in set(map(_stem, said)))
        enough = max(_SHARED * len(questions), _MANY)
        self._shared = {stem_ for stem_, count in stems.items() if count >= enough}
        self._found: dict[tuple[str, ...], tuple[Likeness, ...]] = {}

    def exactly(self, text: str) -> Sequence[QuestionId]:
        """The questions with this text, in the order of all."""
        return self._by_text.get("".join(words(text)), ()) if text.strip() else ()

    def numbered(self, number: int) -> Sequence[QuestionId]:
        """The questions with this number, of whatever bank, in the order of all."""
        return self._by_number.get(number, ())

    def agrees(self, text: str, id_: QuestionId) -> Likeness | None:
        """How the text is like this question, where it is enough to mean it."""
        if id_ in self.exactly(text):
            return Likeness(id_, 100.0, True)
        said = words(text)
        spaced, own = " ".join(said), " ".join(self._words[id_])
        if 200 * min(map(len, (spaced, own))) < self.threshold * len(spaced + own):
            return None  # however alike the letters of both are
        score = likeness(spaced, own)
        if score >= self.threshold and self._asks_the_same(said, self._words[id_]):
            return Likeness(id_, score, True)
        return None

    def alike(self, text: str) -> Sequence[Likeness]:
        """The questions that are not far from being like enough, the best first, each text once."""
        said = words(text)
        if said in self._found:
            return self._found[said]
        found = self._alike(said)
        if len(self._found) < _REMEMBERED:
            self._found[said] = found
        return found

    def meant(self, text: str) -> str | None:
        """The id that the text states, or of the first question that it is, or is enough like."""
        stated = self.id_at_start.match(text)
        if stated:
            return f"{stated[1]}/{int(stated[2])}"
        exact = self.exactly(text)
        if exact:
            return exact[0]
        best = next(iter(self.alike(text)), None)
        return best.id if best and best.same and best.score >= self.threshold else None

    def rivals(self, found: Sequence[Likeness]) -> list[Likeness]:
        """Those that could be meant instead of the first, and make a difference."""
        best, *others = found
        return [
            other
            for other in others
            if other.score >= max(self.threshold, best.score - _CLOSE)
            and self.serves(other.id) != self.serves(best.id)
        ]

    def _alike(self, said: tuple[str, ...]) -> tuple[Likeness, ...]:
        spaced = " ".join(said)
        if not said or len(spaced) > 2 * self._longest + 200:
            return ()
        least = min(self.threshold, _WORTH_TELLING)
        scores = zip(self._spaced, self._spelled.likenesses(spaced), strict=True)
        found = heapq.nlargest(_MOST, scores, key=lambda one: one[1])
        likenesses = [
            Likeness(id_, score, self._asks_the_same(said, self._words[id_]))
            for id_, score in found
            if score >= least
        ]
        return tuple(sorted(likenesses, key=lambda one: (not one.same, -one.score)))

    @cached_property
    def _spelled(self) -> Spelled:
        return Spelled(list(self._spaced.values()))

    def _asks_the_same(self, said: Sequence[str], other: Sequence[str]) -> bool:
        """Whether the telling words of both are the same in the same order, typing errors aside."""
        one, two = self._telling(said, other), self._telling(other, said)
        return len(one) == len(two) and all(map(self._is_same, one, two))

    def _telling(self, said: Sequence[str], other: Sequence[str]) -> list[str]:
        stems = set(map(_stem, other))
        return [
            word
            for word in said
            if word not in _FILLERS
            and (_stem(word) not in self._shared or _stem(word) in stems)
            and (word in self.vocabulary or "".join(sorted(word)) not in _JUMBLED)
        ]

    def _is_same(self, word: str, other: str) -> bool:
        if word == other or _stem(word) == _stem(other):
            return True
        if word in self.vocabulary and other in self.vocabulary:
            return False
        if not (word.isalpha() and other.isalpha() and word[0] == other[0]):
            return False
        length = max(len(word), len(other))
        allowed = 0 if length < 5 else 1 if length < 8 else 2
        return abs(len(word) - len(other)) <= allowed and typing_errors(word, other) <= allowed


_WORTH_TELLING = 70.0
"""The least likeness of a question that a user is told as the nearest one: below it questions have
no more in common than 'What is'."""
_MOST = 12
_REMEMBERED = 4096  # texts; a file may hold any number of them
