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

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, takewhile
from typing import NamedTuple

from answerbot.domain.sentences import Sentence, Span, read, without_code


def denied(text: str, start: int, end: int) -> bool:
    """Whether words outside `text[start:end]` deny at least half of it.

    A denial inside the span is part of what it says.
    """
    count = sum(denial.hits(start, end) for denial in _denials(text))
    return count % 2 == 1


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


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


_FAR = 50
"""How many words, or items of a list, a denial reaches at most; this keeps the work linear."""


class _Token(NamedTuple):
    word: str
    start: int
    end: int


_TOKEN = re.compile(r"[^\W_]+(?:['’\-‐‑][^\W_]+)*|--+|[.,;:!?()\[\]—–|…❌✗✘]|(?<=\s)-(?=\s)")
_HARD = _words("; : . ! ? | … — – - --")
_CLAUSE = _words(
    "but however whereas while although though because since unless therefore thus hence instead "
    "if when whenever where until after before so yet as otherwise"
)
_SUBJECTS = _words(
    "it they we this these those there the that he she you i its their in instead so thus "
    "therefore hence then"
)
_FINITE = _words(
    "is are was were has have had can could will would does do did may might must should cannot"
)
_DETERMINERS = _words(
    "a an the any such its their this that these those using having needing requiring being "
    "explicit real true much"
)
_OPENERS = _words("if when whenever since because as unless with although while once")
_SAY = (
    "(?:say|think|claim|believe|assume|state|conclude|suppose|call|says|thinks|claims|believes|"
    "assumes|states|said|thought|claimed|believed|assumed|stated|supposed|called|told|taught)"
)
_NOT = r"(?:not|[a-z]+n't|dont|doesnt|didnt|isnt|arent|wasnt|cannot)"
_TRUE = "(?:true|correct|right|accurate|the case)"
_UNTRUE = "(?:false|wrong|incorrect|untrue|mistaken|erroneous|inaccurate|nonsense|bogus)"
_MYTH = (
    "(?:myths?|misconceptions?|fallacy|fallacies|misbeliefs?|misunderstandings?|falsehoods?|"
    "(?:wrong|false|mistaken) (?:beliefs?|claims?|ideas?|statements?|assumptions?|views?))"
)
_WEAKENED = (
    "only just merely simply solely exclusively least surprisingly unexpectedly unlikely all every "
    "everything everyone always necessarily fully completely entirely perfectly wholly totally "
    "exactly to_mention"
).replace(" ", "|")
# What negates a verb; "n't" stands for all that end so.
_NOT_WORDS = _words("n't not dont doesnt didnt isnt arent wasnt cannot")
_WRONG_WORDS = _words(
    "true correct right accurate case so false wrong incorrect untrue mistaken erroneous "
    "inaccurate nonsense bogus myth myths misconception misconceptions fallacy fallacies "
    "misbelief misbeliefs misunderstanding misunderstandings falsehood falsehoods mistake error "
    "lie rubbish"
)


class _Phrase(NamedTuple):
    """A pattern, and words of which each match has one: to look for these first is faster."""

    needs: frozenset[str]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, needs: frozenset[str], source: str) -> _Phrase:
        return cls(needs, re.compile(source))


_NO_DENIAL = _Phrase.of(
    _NOT_WORDS | {"no"},
    rf"(?<!\S)(?:{_NOT} (?:{_WEAKENED.replace('_', ' ')})"
    r"|no (?:longer|matter|wonder|more|less|fewer|doubt(?! that)|later|sooner|problem))(?!\S)",
)
_COMPLEMENT = _Phrase.of(
    _words("that wrongly mistakenly falsely erroneously incorrectly"),
    rf"(?<!\S)(?:{_NOT} (?:really |quite |actually |strictly |at all )?{_TRUE}"
    rf"(?: to {_SAY}|,)?(?: that)"
    rf"|{_UNTRUE}(?: to {_SAY})? that"
    rf"|(?:{_MYTH}|mistake|error|lie)(?: (?:is|was))?(?: to {_SAY})? that"
    r"|contrary to (?:[\w'-]+ ){0,5}?that"
    rf"|(?:wrongly|mistakenly|falsely|erroneously|incorrectly) (?:[\w'-]+ )?{_SAY}(?: (?:that|to))?"
    r"|(?:doubt|deny|denies|disagree|disagrees|disproves?|refutes?) (?:[\w'-]+ )?that)(?!\S)",
)
_VERBAL = _Phrase.of(
    _NOT_WORDS
    | _words(
        "never neither nor nobody none nothing nowhere no-one hardly scarcely barely fail fails "
        "failed failing unable incapable refuse refuses no"
    ),
    rf"(?<!\S)(?:{_NOT}|never|neither|nor|nobody|none|nothing|nowhere|no-one|hardly|scarcely|barely"
    r"|fail(?:s|ed|ing)? to|unable to|incapable of|refuses? to|no)(?!\S)",
)
_NOMINAL = _Phrase.of(
    _words("without lack lacks lacked lacking absence devoid instead rather opposed no"),
    r"(?<!\S)(?:without|lacks?|lacked|lacking|absence of|lack of|devoid of|instead of|rather than"
    r"|as opposed to|with no)(?!\S)",
)
_WRONG = (
    rf"(?:{_NOT} (?:really |quite |actually |strictly |at all )?(?:{_TRUE}|so)"
    r"|(?:(?:a|an|just|only|simply|plainly|clearly|completely|totally|entirely|however|all|also|"
    rf"still|common|popular|widespread|old|of course) ){{0,3}}(?:{_UNTRUE}|{_MYTH}|mistake|error|"
    r"lie|rubbish))(?= [.;:,!?…—–-]| because| since| as|$)"
)
_BE = r"(?:is|are|was|were|would be|'s)"
_POINTING = _Phrase.of(
    _WRONG_WORDS,
    r"(?<!\S)(?:this|that|it|which|these|those|they|both)"
    r"(?: (?:claim|statement|belief|idea|view|answer|people|notion))?"
    rf"(?:'s|'re)? (?:{_BE} )?(?:{_WRONG})|(?<!\S)(?:isn't|aren't) true",
)
_OF_CLAIM = _Phrase.of(
    _WRONG_WORDS, rf"(?<!\S)(?:{_BE} {_WRONG}|(?:isn't|aren't|wasn't) {_TRUE}(?= [.;:,!?]|$))"
)
_OPENS_CLAUSE = _OPENERS | _words("where until after before which who whose")
_MAY_BE_WRONG = _words(
    "prediction predictions output outputs guess guesses token tokens word words label labels "
    "value values input inputs estimate estimates"
)
_SO = _words("so then thus hence therefore")
_NEED = _words("needed required necessary")
_ASKING = _words(
    "is are was were do does did has have had can could will would should must may might isn't "
    "aren't don't doesn't so"
)
_TAG = re.compile(
    r"(?:right|correct|true|ok|no|yes|[a-z]+n't [a-z]+|(?:is|are|do|does) [a-z]+) \?$"
)
_CLAIM = _words(
    "claim claims statement statements idea belief beliefs notion assumption view assertion saying "
    "claiming thinking argument"
)
_PRELUDE = re.compile(r"(?:(?:but|however|yet|actually|in fact|well|of course|sadly) (?:, )?){0,2}")
_LABEL = re.compile(
    rf"(?:(?:a|an|one|the|common|popular|another|widespread|frequent) ){{0,3}}"
    rf"(?:not true|{_UNTRUE}|{_MYTH})(?: \d+)? :|[❌✗✘]"
)
_LEAD_IN = re.compile(rf"(?<!\S)(?:{_UNTRUE}|{_MYTH}|{_NOT} {_TRUE}(?: that)?)(?: that)?(?: :)?$")
_ANSWER_NO = re.compile(
    r"(?:no|nope|nah|wrong|false|never|incorrect|hardly)(?: [.,;:!—–-]|$)"
    r"|(?:not at all|not really|not quite|certainly not|of course not|definitely not|far from it)"
    r"(?!\S)"
)
# Every denial has one of these words or ends in "n't", so most sentences need no closer look.
_DENYING = _words(
    "n't no not nor never neither none nothing nobody nowhere no-one nope nah hardly scarcely "
    "barely dont doesnt didnt isnt arent wasnt cannot fail fails failed failing unable incapable "
    "refuse refuses without lack lacks lacked lacking absence devoid instead rather opposed "
    "myth myths misconception misconceptions fallacy fallacies misbelief misbeliefs "
    "misunderstanding misunderstandings falsehood falsehoods false wrong incorrect untrue mistaken "
    "erroneous inaccurate nonsense bogus mistake error lie rubbish contrary wrongly mistakenly "
    "falsely erroneously incorrectly doubt deny denies disagree disagrees disprove disproves "
    "refute refutes far ❌ ✗ ✘"
)
_STRUCK = re.compile(r"~~[^~]+~~|<(del|s|strike)>[^<]+</\1>", re.IGNORECASE)


_ALONE = {code: chr(code) if chr(code).isalnum() else " " for code in range(128)}


def _may_deny(plain: str) -> bool:
    """False where no words deny anything; to see that at a glance is faster than to read them."""
    small = plain.lower()
    words = small.encode("ascii", "replace").decode("ascii").translate(_ALONE).split()
    return (
        not _DENYING.isdisjoint(words)
        or "n't" in small
        or not (small.isascii() or _DENYING.isdisjoint(small))
        or "n’t" in small
    )


class _Line:
    """A sentence as words with single spaces between, for patterns, and where each word stands."""

    def __init__(self, plain: str, sentence: Sentence) -> None:
        self.sentence = sentence
        self._plain = plain

    @cached_property
    def joined(self) -> str:
        """The words."""
        found = _TOKEN.findall(self._plain, *self.sentence.span)
        return " ".join(found).lower().replace("’", "'")

    @property
    def may_deny(self) -> bool:
        """False where the sentence denies nothing."""
        start, end = self.sentence.span
        return _may_deny(self._plain[start:end]) and not _DENYING.isdisjoint(self._words)

    @cached_property
    def _words(self) -> frozenset[str]:
        """Those of it; "n't" too, where one ends so."""
        words = self.joined.split()
        return frozenset((*words, "n't") if "n't" in self.joined else words)

    @cached_property
    def tokens(self) -> list[_Token]:
        return [
            _Token(word, *found.span())
            for word, found in zip(
                self.joined.split(),
                _TOKEN.finditer(self._plain, *self.sentence.span),
                strict=True,
            )
        ]

    @cached_property
    def _offsets(self) -> list[int]:
        return [0, *accumulate(len(token.word) + 1 for token in self.tokens)]

    def index(self, offset: int) -> int:
        """The token at an offset of `joined`, or the one after it."""
        return bisect_left(self._offsets, offset)

    def matches(self, phrase: _Phrase) -> Iterator[tuple[int, int]]:
        """The tokens first and behind last of each match."""
        if phrase.needs.isdisjoint(self._words):
            return
        for found in phrase.pattern.finditer(self.joined):
            yield self.index(found.start()), self.index(found.end())

    def span(self, first: int, behind: int) -> Span:
        """Where tokens stand in the text."""
        return Span(self.tokens[first].start, self.tokens[behind - 1].end)


@lru_cache(maxsize=64)
def _denials(text: str) -> tuple[_Denial, ...]:
    found = [*_struck(text)]
    plain = without_code(text)
    if not _may_deny(plain):
        return tuple(found)
    lines = [_Line(plain, sentence) for sentence in read(text)]
    for number, line in enumerate(lines):
        if not line.may_deny:
            continue
        found += _inside(line)
        if number:
            found += _of_the_sentence_before(lines[number - 1], line)
        found += _of_the_list_below(line, lines[number + 1 : number + _FAR])
    return tuple(found)


def _struck(text: str) -> Iterator[_Denial]:
    if "~~" in text or "<" in text:
        for match in _STRUCK.finditer(text):
            start, end = match.span()
            yield _Denial(Span(start, start), (Span(start + 1, end),))


def _inside(line: _Line) -> Iterator[_Denial]:
    taken = {i for first, behind in line.matches(_NO_DENIAL) for i in range(first, behind)}
    if label := _LABEL.match(line.joined):
        behind = line.index(label.end())
        if behind < len(line.tokens):
            yield _Denial(line.span(0, behind), (line.span(behind, len(line.tokens)),))
        taken.update(range(behind))
    yield from _behind_what_they_deny(line, taken)
    for first, behind in line.matches(_COMPLEMENT):
        if taken.isdisjoint(range(first, behind)):
            taken.update(range(first, behind))
            yield _Denial(line.span(first, behind), _reached(line.tokens, behind, of_clause=True))
    for first, behind in line.matches(_NOMINAL):
        if taken.isdisjoint(range(first, behind)):
            taken.update(range(first, behind))
            scopes = _reached(line.tokens, behind, of_clause=False, nominal=True)
            yield _Denial(line.span(first, behind), scopes, _first_noun(line.tokens, behind))
    for first, behind in line.matches(_VERBAL):
        if taken.isdisjoint(range(first, behind)):
            tokens = line.tokens[: _purpose(line.tokens, first, behind)]
            scopes = _reached(tokens, behind, of_clause=False)
            opened = _is_opened(line.tokens, first, behind)
            reach = _first_noun(line.tokens, behind) if opened else None
            yield _Denial(line.span(first, behind), scopes, reach)


def _behind_what_they_deny(line: _Line, taken: set[int]) -> Iterator[_Denial]:
    """'Many say X, but that is wrong'; 'the claim that X is false'."""
    tokens = line.tokens
    for first, behind in line.matches(_POINTING):
        boundary = first - 1
        if boundary < 0 or not taken.isdisjoint(range(first, behind)):
            continue
        if tokens[boundary].word not in _HARD | {",", "but", "and", "(", "yet"}:
            continue
        if _says_what_was_wrong(tokens, first, behind):
            continue
        while boundary > 0 and tokens[boundary - 1].word in ("but", "and", ","):
            boundary -= 1
        stops = _HARD | {","} if tokens[first].word == "which" else _HARD
        begin = _back_to(tokens, boundary, stops)
        if begin < boundary:
            taken.update(range(first, behind))
            yield _Denial(line.span(first, behind), (line.span(begin, boundary),))
    for first, behind in line.matches(_OF_CLAIM):
        if not taken.isdisjoint(range(first, behind)):
            continue
        begin = _back_to(tokens, first, _HARD)
        words = {token.word for token in tokens[begin:first]}
        if not words & (_CLAIM | _FINITE) or words <= {"it", "this", "that"}:
            continue
        if _is_condition(tokens, begin, first):
            continue
        taken.update(range(first, behind))
        yield _Denial(line.span(first, behind), (line.span(begin, first),))


def _says_what_was_wrong(tokens: Sequence[_Token], first: int, behind: int) -> bool:
    """'It is fed its prediction, which is wrong, so ...' tells of an error and denies nothing."""
    if tokens[first].word in ("this", "that", "both"):
        return False
    before = next(
        (t.word for t in reversed(tokens[:first]) if t.word not in (",", "but", "and", "(")), ""
    )
    after = [token.word for token in tokens[behind : behind + 3]]
    return before in _MAY_BE_WRONG or (after[:1] == [","] and not _SO.isdisjoint(after[1:]))


def _is_condition(tokens: Sequence[_Token], begin: int, verb: int) -> bool:
    """Whether the verb is the first of a clause that 'if', 'once' or their like opens."""
    for at in range(verb - 1, begin - 1, -1):
        word = tokens[at].word
        if word in _OPENS_CLAUSE:
            return True
        if word in _FINITE or word == ",":
            return False
    return False


def _asked(line: _Line) -> Span:
    """What a 'No.' denies of a question: where a list leads up to it, only its last clause."""
    tokens = line.tokens
    if tokens[0].word not in _ASKING and not _TAG.search(line.joined):
        for at in range(len(tokens) - 2, max(len(tokens) - _FAR, 0), -1):
            if tokens[at].word == "," and not _goes_on_listing(tokens, at):
                return line.span(at + 1, len(tokens))
    return line.sentence.span


def _of_the_sentence_before(before: _Line, line: _Line) -> Iterator[_Denial]:
    """'X? No.' and 'X. This is false.'."""
    prelude = _PRELUDE.match(line.joined)
    found = _POINTING.pattern.match(line.joined, prelude.end() if prelude else 0)
    denied = before.sentence.span
    if not found and before.joined.endswith("?"):
        found = _ANSWER_NO.match(line.joined)
        denied = _asked(before)
    if found and before.joined and before.sentence.kind != "heading":
        yield _Denial(line.span(0, line.index(found.end())), (denied,))


def _of_the_list_below(line: _Line, below: Sequence[_Line]) -> Iterator[_Denial]:
    """'False claims:' above a list."""
    ends = line.joined.endswith(":") or line.sentence.kind == "heading"
    if ends and _LEAD_IN.search(line.joined):
        items = tuple(
            item.sentence.span
            for item in takewhile(lambda line: line.sentence.kind == "item", below)
        )
        if items:
            yield _Denial(line.sentence.span, items)


def _back_to(tokens: Sequence[_Token], before: int, stops: frozenset[str]) -> int:
    """The first token behind the last stop before `before`."""
    at = before
    while at > max(before - _FAR, 0) and tokens[at - 1].word not in stops:
        at -= 1
    return at


def _is_opened(tokens: Sequence[_Token], first: int, behind: int) -> bool:
    """Whether the clause opens the sentence and no comma tells where it ends: 'If not X Y'."""
    return (
        tokens[0].word in _OPENERS
        and first < _FAR
        and all(token.word not in _HARD | {","} for token in tokens[:first])
        and all(token.word != "," for token in tokens[behind : behind + _FAR])
    )


def _purpose(tokens: Sequence[_Token], first: int, behind: int) -> int:
    """Where the end begins that nothing is needed for: 'no gate is needed to keep the state'."""
    if tokens[first].word == "no":
        for at in range(behind, min(len(tokens) - 1, behind + _FAR)):
            if tokens[at].word in _NEED and tokens[at + 1].word in ("to", "for", "in"):
                return at + 1
    return len(tokens)


def _first_noun(tokens: Sequence[_Token], behind: int) -> int:
    """Where the first word that is no article stands."""
    for token in tokens[behind:]:
        if token.word not in _DETERMINERS:
            return token.start
    return tokens[-1].end


def _reached(
    tokens: Sequence[_Token], behind: int, *, of_clause: bool, nominal: bool = False
) -> tuple[Span, ...]:
    """What a denial whose words end before token `behind` reaches: parentheses are left out."""
    scopes: list[Span] = []
    begun: int | None = None
    at = behind
    if at < len(tokens) and tokens[at].word == "," and (close := _next(tokens, at + 1, ",")):
        at = close + 1
    while at < min(len(tokens), behind + _FAR):
        word = tokens[at].word
        if word in "([":
            close = _next(tokens, at + 1, ")" if word == "(" else "]")
            if begun is not None:
                scopes.append(Span(tokens[begun].start, tokens[at - 1].end))
                begun = None
            if close is None:
                break
            at = close + 1
            continue
        leads = begun is None and not scopes and word in _CLAUSE  # 'not because X but because Y'
        if not leads and _ends(tokens, at, of_clause=of_clause, nominal=nominal):
            break
        if begun is None:
            begun = at
        at += 1
    if begun is not None:
        scopes.append(Span(tokens[begun].start, tokens[at - 1].end))
    return tuple(scopes)


def _ends(tokens: Sequence[_Token], at: int, *, of_clause: bool, nominal: bool) -> bool:
    word = tokens[at].word
    following = tokens[at + 1].word if at + 1 < len(tokens) else ""
    if word == ",":
        return not _goes_on_listing(tokens, at)
    if word == "and":
        listing = any(token.word == "," for token in tokens[at - 2 : at])
        return not (of_clause or listing) or following in _SUBJECTS
    if nominal and word in _FINITE:
        return True
    return word in _HARD or word in ")]" or word in _CLAUSE


def _goes_on_listing(tokens: Sequence[_Token], comma: int) -> bool:
    """'input, forget, and output gates': one or two words up to the next comma, 'and' or 'or'."""
    words = [token.word for token in tokens[comma + 1 : comma + 5]]
    if not words or words[0] in _SUBJECTS | _CLAUSE | _HARD:
        return False
    if words[0] in ("and", "or"):
        return words[0] == "or" or (len(words) > 1 and words[1] not in _SUBJECTS)
    return any(word in (",", "and", "or") for word in words[1:3])


def _next(tokens: Sequence[_Token], begin: int, word: str) -> int | None:
    for at in range(begin, min(len(tokens), begin + _FAR)):
        if tokens[at].word == word:
            return at
    return None
