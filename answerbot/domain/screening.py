"""Is a quote that stands in the answer evidence? And what is odd about the answer as a whole?

A judge that was talked round quotes what it was told to quote. So words count only where they are
the candidate's own, say something, are not denied, and are about the question.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, pairwise
from operator import add
from typing import Literal, NamedTuple

from answerbot.domain.address import addresses
from answerbot.domain.common_words import COMMON_WORDS
from answerbot.domain.english import STOP_WORDS, stem
from answerbot.domain.evidence import Evidence, find_quotes
from answerbot.domain.grade import Flag, Grade, Outcome, Ungraded, Verdict, score
from answerbot.domain.hidden import hidden_characters
from answerbot.domain.negation import denied
from answerbot.domain.rubric import Criterion, Rubric

MAX_CHARACTERS = 20_000
"""What a longer answer has to be cut to before a model reads it."""

_COPIED_RUN = 8
"""So many words in a row are copied: answers that were written without sight of the rubric share at
most seven with it, but for one (measured on the rubrics' exemplars and the bank's answers)."""

_QUESTION_RUN = 3
"""So many words in a row are taken from the question, and not just its terms."""

_Kind = Literal[
    "no-words", "one-word", "part-of-word", "question", "rubric", "prompt", "denied", "address"
]


@dataclass(frozen=True, slots=True)
class Objection:
    """Why words of the answer are no evidence, for people."""

    kind: _Kind
    reason: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What is not the candidate's own: the words of the question, the rubric and our prompt."""

    question: frozenset[str]
    question_runs: frozenset[tuple[str, ...]]
    rubric_runs: frozenset[tuple[str, ...]]
    prompt_runs: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, question: str, rubric: Rubric, prompt: str) -> Ground:
        """The ground of an answer; `prompt` is what our prompt says besides these two."""
        asked = _asked(question)
        return cls(asked.words, asked.runs, _runs_of_all(_texts(rubric)), _runs(prompt))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as its answers are compared with it.

    `stems` are those of the words that say something.
    """

    words: frozenset[str]
    runs: frozenset[tuple[str, ...]]
    stems: frozenset[str]
    offers_choice: bool


@lru_cache(maxsize=128)
def _asked(question: str) -> _Asked:
    words = _words(question).texts
    runs = frozenset(
        words[start:end]
        for start in range(len(words))
        for end in range(start + 1, min(len(words), start + 60) + 1)
    )
    stems = frozenset(map(stem, filter(_says, words)))
    return _Asked(frozenset(words), runs, stems, bool(_CHOICE.search(question)))


def admit(answer: str, quote: str, ground: Ground, wanted: str) -> Evidence | Objection | None:
    """The first place of the quote that is evidence, else what speaks against the first of all.

    None where the answer has no such words.
    """
    first: Objection | None = None
    for evidence in find_quotes(answer, quote):
        found = objection(answer, evidence, ground, wanted)
        if found is None:
            return evidence
        first = first or found
    return first


def objection(answer: str, evidence: Evidence, ground: Ground, wanted: str) -> Objection | None:
    """Why the words are no evidence for what is `wanted`; None where nothing speaks against them.

    `wanted` is the criterion's own text: a single word has to be one of its terms, and what it
    denies itself may be denied in the answer too.
    """
    words = _words(answer)
    first, behind = words.touched(evidence)
    if first < behind and words.starts[first] < evidence.start and _is_cut(words.texts[first]):
        return Objection("part-of-word", "the quote begins within a word")
    if doubt := _too_little(answer, evidence, words, ground, wanted):
        return doubt
    if _is_unseen(answer, evidence):
        return Objection("no-words", "a reader of the page does not see the words")
    if addressed(answer, evidence):
        return Objection("address", "the words speak to the grader")
    if _is_copied(answer, evidence, ground.rubric_runs):
        return Objection("rubric", "the words are copied from the rubric")
    if _is_copied(answer, evidence, ground.prompt_runs):
        return Objection("prompt", "the words are copied from the instructions of the judge")
    if _is_of_question(answer, first, behind, ground):
        return Objection("question", "the words are those of the question")
    if denied(answer, evidence.start, evidence.end) and not _denies(
        wanted, words.texts[first:behind]
    ):
        return Objection("denied", "the sentence around the words denies them")
    return None


# Words


class _Words(NamedTuple):
    """The words of a text in small letters, and where each of them stands."""

    texts: tuple[str, ...]
    starts: Sequence[int]
    ends: Sequence[int]

    def touched(self, evidence: Evidence) -> tuple[int, int]:
        """The first word of which the quote has a part, and the one behind the last."""
        return bisect_right(self.ends, evidence.start), bisect_left(self.starts, evidence.end)


_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_WORD = re.compile(rf"[^\W_]+(?:['’{_INVISIBLE}]+[^\W_]+)*")
_SEEN = str.maketrans(dict.fromkeys(_INVISIBLE) | {"’": "'"})


@lru_cache(maxsize=128)
def _words(text: str) -> _Words:
    if text.isascii():
        return _ascii_words(text.lower())
    found = list(_WORD.finditer(text))
    texts = tuple(_folded(one[0]) for one in found)
    return _Words(texts, [one.start() for one in found], [one.end() for one in found])


def _ascii_words(small: str) -> _Words:
    """The same in a text of small letters, in a third of the time."""
    texts = small.translate(_APART).split()
    if "'" in small:
        texts = [word for one in texts if (word := one.strip("'"))]
    starts, at = [], 0
    for word in texts:
        at = small.find(word, at)  # nothing before the word has letters or digits
        starts.append(at)
        at += len(word)
    return _Words(tuple(texts), starts, list(map(add, starts, map(len, texts))))


_APART = {
    code: chr(code) if chr(code).isalnum() or code == ord("'") else " " for code in range(128)
}


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().translate(_SEEN)


def _is_cut(word: str) -> bool:
    """Whether a quote cannot begin inside the word: its script puts spaces between words."""
    return word[0] < "\u0600"


# Enough words?

_MARKUP = re.compile(
    r"</?[A-Za-z!][^<>\n]{0,200}>|https?://\S+|\[\^[^\]\n]{1,40}\]"
    r"|\x1b\][^\x07\x1b\n]{0,200}|\x1b\[[0-9;?]{0,20}[A-Za-z]?|[\x00-\x08\x0e-\x1f]"
)
_SHORTEST_BLOB = 20
_BLOB = re.compile(rf"(?<![\w+/=-])[\w+/=-]{{{_SHORTEST_BLOB},}}", re.ASCII)
_OPERATOR = re.compile(r"[=<>≤≥≈≠∝→←∈+*/^∂∑∏√·×∘⊙|]|\\[a-z]+|[a-z]\(|_\w", re.IGNORECASE)
_ONE_WORD = re.compile(r"\W*[A-Za-z]+(?:[-‐‑'’][A-Za-z]+)+\W*")
_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*%?")
_FORMULA_WORD = re.compile(r"[^\W_]{1,20}")


def _too_little(
    answer: str, evidence: Evidence, words: _Words, ground: Ground, wanted: str
) -> Objection | None:
    said, left = _said(answer, evidence, words)
    weights = list(map(_weight, left))
    real = sum(weights)
    enough = real >= 4 or (real >= 2 and _content(left, weights))
    if enough and not _ONE_WORD.fullmatch(said.strip()):
        return None
    if _is_formula(said, left):
        return None
    if said.strip(" .,;:()") in _NUMBER.findall(wanted) and not ground.question & set(left):
        return None
    content = _content(left, weights)
    if len(left) == 0 or (not content and not any(map(_is_number, left))):
        return Objection("no-words", "the quote has no words that say anything")
    first, behind = words.touched(evidence)
    term = (content or left)[0] if behind - first == 1 else ""
    if term and _is_term(term, answer[words.starts[first] : words.ends[first]], ground, wanted):
        return None
    return Objection(
        "one-word", "a single word is no evidence unless it is a term of the criterion"
    )


def _content(words: Sequence[str], weights: Sequence[int]) -> Sequence[str]:
    return [word for word in compress(words, weights) if word not in STOP_WORDS]


def _said(answer: str, evidence: Evidence, words: _Words) -> tuple[str, Sequence[str]]:
    """The quote without markup and data, and the words that are left of it."""
    quote = evidence.quote
    said = quote
    if not quote.isprintable() or "<" in quote or "://" in quote or "[^" in quote:
        said = _MARKUP.sub(" ", quote)
    if _longest_run(answer) >= _SHORTEST_BLOB:
        said = _BLOB.sub(lambda blob: " " if _is_blob(blob[0]) else blob[0], said)
    first, behind = words.touched(evidence)
    whole = first < behind and (
        words.starts[first] >= evidence.start and words.ends[behind - 1] <= evidence.end
    )
    return said, words.texts[first:behind] if whole and said == quote else _words(said).texts


@lru_cache(maxsize=128)
def _longest_run(text: str) -> int:
    """How many characters at most stand together without white space."""
    return max(map(len, text.split()), default=0)


def _is_blob(run: str) -> bool:
    """Whether a run without spaces is data and no word: long, and of mixed characters."""
    kinds = sum(bool(re.search(kind, run)) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[+/=]"))
    return len(run) > 40 or kinds >= 3 or (kinds == 2 and not re.fullmatch(r"[A-Za-z_/-]+", run))


@lru_cache(maxsize=4096)
def _weight(word: str) -> int:
    """How many words a word stands for: characters of scripts without spaces count for half."""
    if not any(map(str.isalpha, word)):
        return 0
    if "\u2e80" <= word[0] <= "\ud7ff" or "\u0e00" <= word[0] <= "\u0fff":
        return max(1, len(word) // 2)
    return (
        1
        if len(word) <= 40 and sum(map(str.isalpha, word)) >= (3 if _is_number(word) else 2)
        else 0
    )


def _is_number(word: str) -> bool:
    return any(map(str.isdigit, word))


def _is_formula(said: str, words: Sequence[str]) -> bool:
    """'h_t = f(x)', 'O(n)': two parts and an operator."""
    parts = _FORMULA_WORD.findall(said)
    return len(parts) >= 2 and len(words) >= 1 and bool(_OPERATOR.search(said)) and len(said) < 2000


def _is_term(word: str, written: str, ground: Ground, wanted: str) -> bool:
    """Whether the word is a term (or number) of the criterion, not common and not asked about."""
    if word in ground.question or stem(word) in {stem(asked) for asked in ground.question}:
        return False
    if word in COMMON_WORDS or word in STOP_WORDS or (len(word) < 3 and not _is_number(word)):
        return False
    stems = set(map(stem, _words(wanted).texts))
    return stem(word) in stems or written.casefold() in wanted.casefold().split()


# Seen?

_TAGS = (
    "a abbr address area article aside audio b base big blockquote body br button center cite code "
    "col data dd del details div dl dt em embed figure font footer form h1 h2 h3 h4 h5 h6 head "
    "header hr html i iframe img input ins kbd label li link main map mark meta nav object ol "
    "option p param pre q s samp script section select small source span strike strong style sub "
    "summary sup svg table tbody td template textarea tfoot th thead time title tr tt u ul var "
    "video"
).replace(" ", "|")
_UNSEEN = re.compile(
    r"(?P<code>^[ \t]{0,9}(?P<fence>```++|~~~++)[^\n]*+\n(?:.*\n)*?(?:[ \t]*(?P=fence)|.*\Z)"
    r"|`[^`\n]{1,400}`)"
    r"|<!--[\s\S]*?(?:-->|\Z)"
    rf"|<(?:(?:{_TAGS})(?=[\s/>])|[a-z][\w:-]{{0,40}}\s+[\w:-]{{1,40}}\s*=\s*(?=[\"']))"
    r"(?:(?:[^<>\"']|\"[^\"]{0,1000}\"|'[^']{0,1000}')*+>|[^<>]{0,1000}>)"
    r"|</[a-z][^<>]{0,300}>|<[!?][a-z\[][^<>]{0,1000}>"
    r"|!\[[^\]\n]{0,300}\]\([^)\n]{0,300}\)"
    r"|(?<=\])\([^)\s]{1,300}(?:[ \t]+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?\)"
    r"|^ {0,3}\[(?!\^)[^\]\n]{1,100}\]:[ \t]*\S{1,300}(?:[ \t]+[\"'(][^\n]{0,500})?$"
    r"|https?://\S+",
    re.IGNORECASE | re.MULTILINE,
)
_VALUE = re.compile(r"=\s*(?:\"([^\"]{0,1000})\"|'([^']{0,1000})')")
_LONG_VALUE = 3
"""So many words of an attribute are prose and no name, number or style."""


class _Unseen(NamedTuple):
    start: int
    end: int
    words: int
    """Of its prose: an address and the names of tags are none."""


@lru_cache(maxsize=64)
def _unseen(answer: str) -> tuple[_Unseen, ...]:
    """Comments, pictures, addresses of links and the insides of tags, but not those in code."""
    if not any(mark in answer for mark in ("<", "]", "://")):
        return ()  # as most answers
    return tuple(
        _Unseen(found.start(), found.end(), len(_prose(found[0]).split()))
        for found in _UNSEEN.finditer(answer)
        if found["code"] is None
    )


def _prose(unseen: str) -> str:
    if unseen.startswith("<") and not unseen.startswith("<!--"):
        values = (one or other for one, other in _VALUE.findall(unseen))
        return " ".join(value for value in values if len(value.split()) >= _LONG_VALUE)
    return "" if unseen.startswith(("(", "http")) else unseen


def _is_unseen(answer: str, evidence: Evidence) -> bool:
    """Whether the quote lies in what is not seen, or has more words there than elsewhere."""
    regions = _unseen(answer)
    if not regions:
        return False
    first = bisect_right(regions, evidence.start, key=lambda region: region.end)
    behind = bisect_left(regions, evidence.end, key=lambda region: region.start)
    seen, at, hidden = "", evidence.start, 0
    for region in regions[first:behind]:
        if region.start <= evidence.start and evidence.end <= region.end:
            return True
        seen += answer[at : max(at, region.start)] + " "
        at = region.end
        hidden += region.words
    return hidden > 0 and len((seen + answer[at : evidence.end]).split()) < hidden


# Whose words?


def _texts(rubric: Rubric) -> tuple[str, ...]:
    """What a judge reads of the rubric."""
    texts = [rubric.title]
    for criterion in rubric.criteria:
        texts += [criterion.states, *criterion.accepts, *criterion.rejects]
        texts += [criterion.partial or "", *(level.states for level in criterion.levels)]
    return (*texts, *(misconception.states for misconception in rubric.misconceptions))


@lru_cache(maxsize=128)
def _runs_of_all(texts: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(run for text in texts for run in _runs(text))


@lru_cache(maxsize=64)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _telling(text)
    ends = range(_COPIED_RUN, len(words) + 1)
    return frozenset(words[end - _COPIED_RUN : end] for end in ends)


@lru_cache(maxsize=4096)
def _counts(word: str) -> bool:
    """Whether a word tells that a run is copied: the letters of a formula do not."""
    return len(word) > 1 and not word.isdigit()


@lru_cache(maxsize=128)
def _counting(text: str) -> _Words:
    """The words that tell a copied run."""
    words = _words(text)
    telling = list(map(_counts, words.texts))
    return _Words(
        tuple(compress(words.texts, telling)),
        list(compress(words.starts, telling)),
        list(compress(words.ends, telling)),
    )


def _is_copied(answer: str, evidence: Evidence, runs: frozenset[tuple[str, ...]]) -> bool:
    """Whether at least half of the quote lies in runs of the answer that stand there too."""
    if not (taken := _copied_words(answer, runs)):
        return False
    first, behind = _counting(answer).touched(evidence)
    return first < behind and 2 * len(taken.intersection(range(first, behind))) >= behind - first


@lru_cache(maxsize=128)
def _copied_words(answer: str, runs: frozenset[tuple[str, ...]]) -> frozenset[int]:
    """Which of the telling words of the answer lie in runs that stand there too."""
    words = _telling(answer)
    known = bytes(map(_words_of_runs(runs).__contains__, words))
    taken: set[int] = set()
    start = known.find(_ALL_KNOWN)  # so many known words in a row are rare
    while start >= 0:
        if words[start : start + _COPIED_RUN] in runs:
            taken.update(range(start, start + _COPIED_RUN))
        start = known.find(_ALL_KNOWN, start + 1)
    return frozenset(taken)


@lru_cache(maxsize=128)
def _telling(text: str) -> tuple[str, ...]:
    """The words that tell a copied run."""
    return tuple(filter(_counts, _words(text).texts))


_ALL_KNOWN = _COPIED_RUN * b"\1"


@lru_cache(maxsize=128)
def _words_of_runs(runs: frozenset[tuple[str, ...]]) -> frozenset[str]:
    return frozenset().union(*runs)


def copied(answer: str, rubric: Rubric) -> str | None:
    """The first words of the answer that are copied from the rubric; None where none are."""
    taken = _copied_words(answer, _runs_of_all(_texts(rubric)))
    if not taken:
        return None
    words, first = _counting(answer), min(taken)
    return answer[words.starts[first] : words.ends[first + _COPIED_RUN - 1]]


def _is_of_question(answer: str, first: int, behind: int, ground: Ground) -> bool:
    """Whether the quote adds nothing to runs of the answer that stand in the question."""
    words = _words(answer).texts
    if words[first:behind] in ground.question_runs:
        return True
    taken = _asked_words(answer, ground.question, ground.question_runs)
    if taken.isdisjoint(range(first, behind)):
        return False
    own = [words[at] for at in range(first, behind) if at not in taken]
    return sum(_says(word) and word not in ground.question for word in own) < 2


@lru_cache(maxsize=128)
def _asked_words(
    answer: str, question: frozenset[str], runs: frozenset[tuple[str, ...]]
) -> frozenset[int]:
    """Which of the words of the answer lie in runs that stand in the question."""
    words = _words(answer).texts
    return frozenset(
        at
        for start, word in enumerate(words)
        if word in question and words[start : start + _QUESTION_RUN] in runs
        for at in range(start, start + _QUESTION_RUN)
    )


# Denied, or addressed to the grader


def _denies(wanted: str, words: Collection[str]) -> bool:
    """Whether what is wanted denies one of the words itself: 'no backpropagation'."""
    stems = {stem(word) for word in words if word not in STOP_WORDS}
    said = _words(wanted)
    return any(
        stem(word) in stems and denied(wanted, start, end)
        for word, start, end in zip(said.texts, said.starts, said.ends, strict=True)
    )


def addressed(answer: str, evidence: Evidence) -> bool:
    """Whether the words speak to the grader, or are mostly a part of words that do."""
    for address in addresses(answer):
        start = max(evidence.start, address.span.start)
        common = min(evidence.end, address.span.end) - start
        if common > 0 and (not address.mention or 2 * common >= evidence.end - evidence.start):
            return True
    return False


# The answer as a whole

_STYLED_AWAY = re.compile(
    r"<(?!!)[^<>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0"
    r"|opacity\s*:\s*0(?!\.)|\shidden\s*(?:=|/?>))",
    re.IGNORECASE,
)


def oddities(answer: str) -> tuple[Flag, ...]:
    """What a human should look at before a grade of this answer is believed."""
    flags = []
    for address in addresses(answer):
        if address.suspect and not address.mention:
            words = " ".join(answer[address.span.start : address.span.end].split())
            flags.append(Flag("addresses-grader", f"speaks to the grader: {_short(words)!r}"))
            break
    if hidden := hidden_characters(answer):
        flags.append(Flag("hidden-characters", f"characters that are not seen: {hidden}"))
    if any(_STYLED_AWAY.match(answer, tag.start, tag.end) for tag in _unseen(answer)):
        flags.append(Flag("hidden-characters", "text that is styled so that it is not seen"))
    return tuple(flags)


def _short(words: str) -> str:
    return words if len(words) <= 80 else words[:79] + "…"


def shared(
    criteria: Sequence[Criterion], evidence: Sequence[Collection[Evidence]]
) -> tuple[Flag, ...]:
    """Where the same words are to earn several criteria; for a human where it is three, or all.

    `evidence` is that of each criterion, in order. Words are the same where four fifths are.
    """
    spans = [(number, each) for number, found in enumerate(evidence) for each in found]
    if not _overlap([span for _, span in spans]):
        return ()
    flags: dict[tuple[int, ...], Flag] = {}
    for _, span in spans:
        bearing = tuple(sorted({number for number, other in spans if _are_same(span, other)}))
        if len(bearing) < 2 or bearing in flags:
            continue
        names = tuple(criteria[number].id for number in bearing)
        quote = _short(" ".join(span.quote.split()))
        what = f"the same words for {', '.join(names)}: {quote!r}"
        suspicious = len(bearing) >= min(3, len(criteria))
        flags[bearing] = Flag("same-evidence", what, review=suspicious, about=names)
    return tuple(flags.values())


def _overlap(spans: Iterable[Evidence]) -> bool:
    """Whether two of the spans have words in common."""
    ordered = sorted((span.start, span.end) for span in spans)
    return any(end > start for (_, end), (start, _) in pairwise(ordered))


def _are_same(one: Evidence, other: Evidence) -> bool:
    common = min(one.end, other.end) - max(one.start, other.start)
    return 5 * common >= 4 * (max(one.end, other.end) - min(one.start, other.start))


# What needs no judge

_NO_ANSWER = frozenset(
    ["i don't know", "i do not know", "idk", "dont know", "don't know", "no idea", "n a", "na",
     "no answer", "no comment", "tbd", "to be filled", "to be done", "skip"]
)  # fmt: skip
_COUNTED = re.compile(r"\bhow (?:many|much|often)\b|\b(?:is|are) there\b", re.IGNORECASE)
_CHOICE = re.compile(
    r"\b(?:or|which|whether|versus|vs)\b|^\W*(?:is|are|do|does|did|can|could|will|would|should|has|"
    r"have|was|were)\b",
    re.IGNORECASE,
)
_TELLING = frozenset(
    """
    no not never none nor neither without cannot more less most least few fewer better worse same
    only yes
    """.split()  # noqa: SIM905
)


def decided(
    answer: str,
    question: str,
    rubric: Rubric,
    placeholders: Iterable[str] = (),
    limit: int = MAX_CHARACTERS,
) -> Outcome | None:
    """What can be said of the answer before any model reads it; None: it has to be read.

    A blank answer, a placeholder and the question said again earn nothing. An answer of more than
    `limit` characters is not graded.
    """
    if len(answer) > limit:
        what = f"{len(answer)} characters are more than the {limit} that are graded"
        return Ungraded(what, code="answer-too-long")
    if flag := _emptiness(answer, question, placeholders):
        verdicts = [Verdict(one, "not_met", (), flag.what) for one in rubric.criteria]
        graded: Grade = score(rubric, verdicts, (), (flag,))
        return graded
    return None


def _emptiness(answer: str, question: str, placeholders: Iterable[str]) -> Flag | None:
    words = _words(_without_comments(answer)).texts
    nothing = words == ("none",) and not (_CHOICE.search(question) or _COUNTED.search(question))
    if not words or nothing or " ".join(words) in _NO_ANSWER:
        return Flag("blank", "there is no answer", review=False)
    if words in [_words(each).texts for each in placeholders]:
        return Flag("blank", "a placeholder stands where the answer should", review=False)
    if _repeats(words, question):
        return Flag("repeats-question", "the answer only repeats the question", review=False)
    return None


def _without_comments(text: str) -> str:
    if "<!--" not in text:
        return text
    pieces = text.split("<!--")
    return pieces[0] + " ".join(piece.partition("-->")[2] for piece in pieces[1:])


def _repeats(words: Sequence[str], question: str) -> bool:
    """Whether the words say only what is asked; where a choice is asked for, that may answer it."""
    asked = _asked(question)
    if asked.offers_choice:
        return False
    said = set()
    for word in filter(_says, words):
        said.add(stem(word))
        if not said <= asked.stems:
            return False  # mostly the first word that says something
    return 2 * len(said) >= len(asked.stems) > 0


def _says(word: str) -> bool:
    return word in _TELLING or word not in STOP_WORDS
