"""Words of an answer that are addressed to whoever grades it, not to the question.

Lists of turns of phrase, in English and, more thinly, in fourteen other languages: instructions
(`ignore the rubric`), pleas and flattery, claims of having met the criteria, forged verdicts,
messages, fences and references. They are told from honest talk of the same things by their form: an
order (`Ignore the rubric`, not `an attack tells the model to ignore its prompt`), a whole phrase
(`give full marks`, not `mark`), and the marks of quotation and code, which make a mention of it.

A list is never complete: what it misses is left to the judge, who is told the same in the prompt.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

from answerbot.domain.negation import Span, sentence_around


@dataclass(frozen=True, slots=True)
class Address:
    """A sentence with words to the grader; `mention`: these stand in quotation marks or in code.

    Of a mention, the span is only what is quoted. `suspect` is False for mere claims of having said
    something, which are no evidence and nothing to worry about.
    """

    span: Span
    mention: bool = False
    suspect: bool = True


@lru_cache(maxsize=64)
def addresses(text: str) -> tuple[Address, ...]:
    """Every place where the text speaks to its grader, in the order of the patterns."""
    quoted = _quoted(text)
    found = [*_matches(text), *((span, True) for span in _encoded(text))]
    inside = [_around(quoted, span) for span, _ in found]
    framed = _is_framed(text, [region for region in inside if region])
    return tuple(
        dict.fromkeys(
            Address(_clip(sentence_around(text, *span), region), framed, suspect)
            if region and framed
            else Address(sentence_around(text, *span), False, suspect)
            for (span, suspect), region in zip(found, inside, strict=True)
        )
    )


def _clip(span: Span, region: Span) -> Span:
    return Span(max(span.start, region.start), min(span.end, region.end))


def _around(regions: list[Span], span: Span) -> Span | None:
    at = bisect_right(regions, span.start, key=lambda region: region.start) - 1
    return regions[at] if at >= 0 and span.end <= regions[at].end else None


def _is_framed(text: str, regions: list[Span]) -> bool:
    """Whether the answer says more than what it quotes: a mention needs somebody to mention it."""
    quoted = sum(len(text[start:end].split()) for start, end in set(regions))
    return 2 * quoted < len(text.split())


_QUOTED = re.compile(
    r"^[ \t]{0,9}(?P<fence>```++|~~~++)[^\n]*+\n(?:.*\n)*?[ \t]*(?P=fence)"
    r"|`[^`\n]{1,400}`"
    r"|\"(?:[^\"\n]|\n(?!\s)){1,400}\"|“(?:[^“”\n]|\n(?!\s)){1,400}”"
    r"|„(?:[^„“”\n]|\n(?!\s)){1,400}[“”]|«(?:[^«»\n]|\n(?!\s)){1,400}»|「[^「」\n]{1,400}」"
    r"|(?<![^\s(\[:,])['‘](?:[^'’\n]|\n(?!\s)){1,400}['’](?!\w)",
    re.MULTILINE,
)


def _quoted(text: str) -> list[Span]:
    if not any(mark in text for mark in ("`", "~~~", '"', "“", "„", "«", "「", "'", "‘")):
        return []
    return [Span(match.start(), match.end()) for match in _QUOTED.finditer(text)]


# Reading past disguises

_INVISIBLE = dict.fromkeys(
    [
        0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF,
        *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080),
    ]
)  # fmt: skip
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏԛԝαοεικνρτυ", "aeopcyxijsdhlqwaoeiknptu")
_LEET = str.maketrans("013457@$", "oieastas")
_WORD = re.compile(r"[^\W_]+(?:['’@$][^\W_]+)*|[^\w\s\-‐‑]+|\n")
_ASCII_WORD = re.compile(_WORD.pattern, re.ASCII)  # twice as fast


class _Passage:
    """Some words of a text with single spaces between, and the phrases to look for."""

    def __init__(self, text: _Text, begin: int, end: int, phrases: Collection[int]) -> None:
        self._text = text
        self._begin = begin
        self._words = text.words[begin:end]
        self._phrases = sorted(phrases)

    def matches(self) -> Iterator[tuple[Span, _Phrase]]:
        """Every phrase, and where its words stand in the text."""
        joined = " ".join(self._words)
        for number in self._phrases:
            for match in _pattern(number).finditer(joined):
                if span := self._span(match.start(), match.end()):
                    yield span, _PHRASES[number]

    def _span(self, start: int, end: int) -> Span | None:
        """Where the words between two offsets of all that is joined stand, if they are words."""
        first, behind = bisect_left(self._offsets, start), bisect_left(self._offsets, end)
        said = [at for at in range(first, behind) if self._words[at] != "."]
        if not said:
            return None
        places = self._text.places
        return Span(places[self._begin + said[0]].start, places[self._begin + said[-1]].end)

    @cached_property
    def _offsets(self) -> list[int]:
        return [0, *accumulate(len(word) + 1 for word in self._words)]


def _passages(text: str) -> Iterator[_Passage]:
    """The passages of the text in which a phrase may stand."""
    read = _read(text)
    begin = end = 0
    phrases: set[int] = set()
    for at, word in enumerate(read.words):
        found = _with(word)
        if not found:
            continue
        if phrases and at - _FAR > end:
            yield _Passage(read, begin, end, phrases)
            phrases = set()
        if not phrases:
            begin = max(at - _FAR, 0)
        end = at + _FAR
        phrases |= found
    if phrases:
        yield _Passage(read, begin, end, phrases)


class _Text:
    """The words of a text in their order: in small letters, without disguise; '.' for marks."""

    def __init__(self, words: Sequence[str], places: Callable[[], Sequence[Span]]) -> None:
        self.words = words
        self._places = places

    @cached_property
    def places(self) -> Sequence[Span]:
        """Where each word stands: asked for only where one belongs to a phrase."""
        return self._places()


# What one has to look at letter by letter: words that may be spelled out, with marks between.
_SPELLED = re.compile(r"(?<![^\W_])[^\W\d_](?:[*|/.][^\W\d_]|(?:[\W_][^\W\d_]){3})")


def _read(text: str) -> _Text:
    visible, origins = _visible(text)
    pattern = _ASCII_WORD if visible.isascii() else _WORD
    if origins is not None or _SPELLED.search(visible):
        spelled = _put_together(visible, origins, pattern)
        return _Text([word for word, _, _ in spelled], lambda: [Span(*at) for _, *at in spelled])
    words = list(map(_plain, pattern.findall(visible)))
    marks_once = [
        at for at, word in enumerate(words) if word != "." or not at or words[at - 1] != "."
    ]

    def places() -> list[Span]:
        found = list(pattern.finditer(visible))
        return [Span(*found[at].span()) for at in marks_once]

    return _Text([words[at] for at in marks_once], places)


_Word = tuple[str, int, int]
"""(small letters without disguise, or '.' for a mark; start; end)."""


def _put_together(
    visible: str, origins: Sequence[int] | None, pattern: re.Pattern[str]
) -> list[_Word]:
    """The words in their order; those that are spelled out letter by letter put together."""
    words: list[_Word] = []
    letters: list[_Word] = []
    for found in pattern.finditer(visible):
        start, end = found.span()
        written = found[0]
        if origins is not None:
            start, end = origins[start], origins[end - 1] + 1
        if len(written) == 1:
            if written.isalpha():
                if letters and start - letters[-1][2] > 1:
                    words += _together(letters)
                    letters = []
                letters.append((_plain(written), start, end))
                continue
            if letters and written in "*|/." and visible[found.end() : found.end() + 1].isalpha():
                continue
        if letters:
            words += _together(letters)
            letters = []
        word = _plain(written)
        if word != "." or not words or words[-1][0] != ".":
            words.append((word, start, end))
    return words + _together(letters)


def _visible(text: str) -> tuple[str, list[int] | None]:
    """The text without what is not seen, and where each of its characters stands, if not there."""
    if text.isascii() or _INVISIBLE.keys().isdisjoint(map(ord, text)):
        return text, None
    origins = [at for at, character in enumerate(text) if ord(character) not in _INVISIBLE]
    return "".join(text[at] for at in origins), origins


def _together(letters: list[_Word]) -> list[_Word]:
    if len(letters) < 4:
        return letters
    return [("".join(letter[0] for letter in letters), letters[0][1], letters[-1][2])]


@lru_cache(maxsize=4096)
def _plain(word: str) -> str:
    if not word[0].isalnum():
        return "."
    word = word.casefold()
    if word.isascii():
        return word if word.isalpha() else _unleeted(word)
    word = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    if any(map(str.isascii, word)):
        bare = "".join(
            c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)
        )
        return bare.translate(_LOOKALIKES)
    return word


def _unleeted(word: str) -> str:
    letters = sum(map(str.isalpha, word))
    return word.translate(_LEET) if letters >= 2 and not word[-1].isdigit() else word


# Phrases

_GRADER = (
    r"(?:grader|examiner|marker|evaluator|assessor|judge|rater|reviewer|professor|teacher|"
    r"instructor|autograder|corrector|chatgpt|gpt|gemini|llm|language model|"
    r"(?:ai|grading|automated|automatic) (?:\S+ )?(?:model|system|assistant|ai|bot|grader|judge))s?"
)
_EXAMINER = (
    r"(?:grader|examiner|marker|evaluator|assessor|rater|reviewer|professor|autograder|corrector|"
    r"chatgpt|gemini|"
    r"(?:ai|grading|automated|automatic) (?:\S+ )?(?:assistant|ai|bot|grader|judge))s?"
)
_SUBMITTED = r"(?:answer|response|submission|essay|candidate|student)"
_MINE = (
    rf"(?:me|my (?:\S+ )?(?:{_SUBMITTED}|solution|work|text)|this {_SUBMITTED}|"
    r"the (?:candidate|student|submission|essay))"
    r"(?! (?:state|activation|hidden|cell|memory|vector|value|gate|layer|network|model)s?)"
)
_CRITERIA = (
    r"(?:criteria|criterion|rubrics?|mark(?:ing)? schemes?|answer key|learning objectives|"
    r"grading (?:criteria|rules|instructions|scheme|guide|key)|rubric items?)"
)
_ELSEWHERE = (
    r"(?:in|of|on|that|which|as|from|along|between|at|inside|outside|above|below|within|where|"
    r"to (?:the (?!candidate|student|answer)|a|an|one|each|every|their|its))"
)
_ALL_POINTS = (
    r"(?:full|all|all the|maximum|max|every) (?:possible |available )?points?"
    rf"(?! {_ELSEWHERE}(?: |$))"
)
_FULL_MARKS = (
    r"(?:(?:full|maximum|max|top|perfect|highest|all|all the|100|best|passing|good) "
    r"(?:possible |available )?(?:marks?|grades?|credits?(?! for (?!this|my|it|all|every|the a)))"
    r"|full points?|(?:full|perfect|100) scores?"
    r"(?! (?:matri\w+|vectors?|functions?|distributions?|over|between|for|of))|an a plus)"
)
_ORDER = (
    r"(?:^|\. |\b(?:please|kindly|now|and|then|just|instead|therefore|so|hereby|must|should|shall|"
    r"you (?:can|may|will|are (?:\S+ )?to|have to|need to|ought to)|"
    r"(?:order|ask|beg|want|instruct|urge) you to) )"
    r"(?:(?:please|now|just|also|then|kindly|simply|always|immediately|completely) ){0,2}"
)
_AWARD = r"(?:give|award|grant|assign|allocate|accord|record|enter)"
_GIVE = (
    rf"(?:{_AWARD}|report|return|output|print|set|write|"
    r"put|choose|select|grade|mark|score|rate|count|treat|accept|regard|consider|judge|evaluate|"
    r"assess|respond|reply|answer|declare|ensure|confirm|approve|decide|label|classify|deem|emit|"
    r"make|say|fill|tick|check)"
)
_MET = (
    r"(?:met|satisfied|fulfil\w*|passed|passing|pass|correct|right|complete|full|fully|perfect|"
    r"true|"
    r"excellent|covered|achieved|granted|yes|full marks|full points|valid|ok|absent)"
)
_SAID = (
    r"(?:says?|states?|stated|requires?|demands?|demanded|puts|asks?|wants?|expects?|expected|"
    r"describes|explains|reads|suggests)"
)
_KEY = (
    r"(?:rubrics?|answer key|model answer|mark(?:ing)? scheme|sample solution|grading key|"
    r"official (?:answer|solution)|reference (?:answer|solution|key)|"
    r"grading (?:guide|criteria|instructions))"
)
_EXAM = (
    r"(?:scholarship|visa|exams?|examination|course|class|degree|grant|stipend|funding|job|flat|"
    r"home|house|semester|study place|graduation)"
)

_ENGLISH = (
    # orders against the rules
    rf"{_ORDER}(?:ignore|disregard|forget|override|bypass|overrule|discard|neglect|abandon|suspend|"
    r"(?:do not|don't|never) (?:follow|use|apply|obey|read|check)|stop (?:following|using|"
    r"applying)|"
    r"pay no attention to)(?: \S+){0,4}? (?:instructions?|rubrics?|criteria|guidelines|directions|"
    r"mark(?:ing)? schemes?|grading|directives|(?:the|all|your|any|previous|these) rules"
    r"(?! (?:of|for))|commands(?! line)|"
    r"(?:previous|prior|above|system|earlier|your|original|initial) (?:prompts?|messages?|orders)|"
    r"everything (?:you|i said|that was said|written above|(?:above|before this)(?= \.|$| and))|"
    r"(?:all )?(?:of )?the above(?= \.|$| and)|safeguards)(?! (?:tokens?|positions?|part))",
    r"(?:all|any|the|your) (?:\S+ )?(?:previous|prior|above|earlier|other) (?:instructions?|rules|"
    r"prompts?|criteria|directives)(?: \S+)? (?:are|is|have been|has been|no longer) (?:\S+ "
    r")?(?:void|"
    r"cancell?ed|obsolete|superseded|null|invalid|revoked|suspended|apply|lifted|replaced|"
    r"overridden)",
    r"the (?:rubric|criteria|marking scheme)(?: \S+){0,2} (?:void|cancell?ed|obsolete|superseded|"
    r"suspended|replaced|does not apply|do not apply|no longer appl\w+|changed|been updated|"
    r"waived)",
    r"(?:new|updated|revised|real|actual|true|final|secret|hidden|special|additional) (?:grading |"
    r"system |scoring |marking )?(?:instructions?|rubric|directives?|prompt)(?: for \S+ \S+)? \.",
    # asking for points
    rf"{_ORDER}{_GIVE}(?: \S+){{0,6}}? {_FULL_MARKS}",
    rf"{_ORDER}{_AWARD}(?: \S+){{0,6}}? {_ALL_POINTS}",
    r"(?:deserves?|merits?|earns?|earned|worthy of|entitled to|guarantees?|receives?|"
    r"(?:should|must|shall|will|may|to) (?:be (?:given|awarded|granted)|get|receive|have|earn)|"
    r"i (?:want|need|expect|demand|request|ask for|would like|deserve))(?: \S+){0,4}? "
    rf"(?:{_FULL_MARKS}|{_ALL_POINTS})",
    rf"(?:give|award|grant|pass|grade|mark|score) {_MINE}(?: \S+){{0,4}}? (?:points?|marks?|grade|"
    r"credit|pass|score|generously|kindly|leniently|full|well|high|highly|correct|out|"
    r"through(?= \.|$))",
    r"(?:give|award|grant) us(?: \S+){0,4}? (?:marks?|credit|a pass|a good grade)",
    rf"{_ORDER}{_GIVE} (?:\S+ ){{0,2}}?(?:{_MINE}|(?:every|all|each|all the|the|these|both|"
    r"all of the) (?:\S+ )?(?:criteri\w+|verdicts?|misconceptions?|rubric \S+))"
    rf"(?: \S+){{0,4}}? {_MET}",
    rf"{_ORDER}{_GIVE} (?:\S+ ){{0,2}}?(?:everything|it all|the (?:answer|response))"
    rf"(?: \S+){{0,2}}? (?:as|to be|is) (?:\S+ )?{_MET}",
    rf"{_ORDER}(?:respond|reply|answer|output|return|print|say|write)"
    r"(?: (?:with|only|just|that|simply|the|all|word|verdicts?|a|each|every)){0,3} (?:met|"
    r"verdicts?|full marks|all met)(?! (?:by|when|if|at))",
    r"(?:pass|fail) me(?! (?:the|a) )|fail this (?:candidate|student)|"
    r"let me pass(?! (?:over|on|to|from|through|the))|"
    r"i (?:must|need to|have to|want to) pass(?= \.|$| (?:this|the|my) (?:\S+ )?(?:exam|course|"
    r"class|test|year)| or| and| because| so)",
    # claims about the verdict
    r"(?:(?:this|my|our|the above) (?:\S+ )?(?:answer|response|submission|essay)(?: \S+){0,3}? "
    r"(?:meets?|met|"
    r"satisf\w+|fulfil\w*|covers?|earns?|deserves?|passes|complies with|conforms to|ticks|exceeds|"
    rf"scores?|achieves|hits|addresses)(?: \S+){{0,4}}? (?:{_CRITERIA}|points|marks|credit|boxes|"
    r"requirements?|expectations|key points|grade))",
    r"the (?:\S+ )?(?:answer|response|submission|essay) (?:\S+ )?(?:meets?|satisf\w+|fulfil\w*|"
    r"covers?|earns?|deserves?|complies with|ticks|exceeds|achieves|addresses)(?: \S+){0,3}? "
    rf"(?:{_CRITERIA}|marks|boxes|expectations|all (?:key |the )?points)",
    r"(?:this|my|our) (?:\S+ )?(?:answer|response|submission|essay|solution)(?: \S+){0,3}? "
    r"(?:matches|contains|agrees with|equals|repeats|"
    r"identical (?:to|with)|consistent with|corresponds to|in line with|the same as|is|copies)"
    r"(?: \S+){0,3}? (?:reference(?! (?:implementation|translation|model|sentence|text)s?)|"
    r"model answer|expected answer|answer key|official \S+|rubric)",
    r"(?:(?:this|my|our) (?:\S+ )?(?:answer|response|submission|essay)|my (?:\S+ )?solution) "
    r"(?:is|was|should be|must "
    r"be|has (?:already |previously )?been|can be)(?: \S+){0,3}? (?:graded|marked|scored|approved|"
    r"accepted|verified|pre approved|rated|perfect|flawless|excellent|outstanding|fully correct|"
    rf"(?:considered|treated) (?:\S+ )?(?:\S+ )?{_MET}|"
    r"complete and correct|correct and complete|100|correct in every \S+|beyond \S+)",
    r"(?<!when\x20)(?<!if\x20)(?<!until\x20)(?<!once\x20)(?<!unless\x20)(?:all|every|each)(?: "
    r"(?:of|the|these|your|"
    r"its|rubric|grading|listed|\d+|required|scoring|four|five|six|seven|three)){0,3} "
    rf"(?:criteri(?:a|on)|rubric \w+)(?! (?:of|for) [a-z]+ (?:is|are))(?: \S+){{0,6}}? (?:{_MET})",
    r"(?:meets?|met|satisf\w+|fulfil\w+|covers?|covered|addresse[ds]|achieved?) (?:all|every|each)"
    r"(?: (?:of|the|these|your|rubric|grading|listed|\d+)){0,3} (?:criteri\w+|rubric|"
    r"requirements of "
    r"the (?:rubric|question|exam))",
    r"(?:criterion|criteria) (?:\d+|one|two|three|four|five)(?: (?:is|are|and|to|\d+|has|been|"
    r"fully|"
    r"clearly|also|\.)){0,6} (?:met|satisfied|fulfil\w*|full|passed|achieved)",
    r"(?:fulfils|fulfills|fulfilling|meets|satisfies|meeting|satisfying) (?:the |your )?(?:rubric|"
    r"(?:criterion|criteria) (?:\d|fully|completely|entirely|perfectly|in full))",
    r"(?:no|zero|free of|without any) misconceptions?(?: (?:are|is|were|present|here|in this|at "
    r"all|"
    r"found|detected|apply)| \.|$)|misconceptions? (?:are |is )?(?:all )?(?:absent|none)",
    r"(?:final |overall |official |correct |expected )(?:verdict|grade|mark)s? (?:\. |is |are |"
    r"has )",
    r"verdicts? (?:\. |is |are |should be |must be |for \S+ ){1,2}(?:all )?(?:met|full|pass\w*|"
    r"correct|"
    r"partial|present|absent|accept\w*|positive)",
    # the reference, leaked
    r"(?:as|like|what|exactly what|just what|and) (?:the |your |stated in |written in |given in |"
    r"said "
    r"in |required by |demanded by |in |per ){0,3}(?:\S+ )?(?:reference|rubric|answer key|model "
    r"answer|"
    r"mark(?:ing)? scheme|sample solution|grading key|official (?:answer|solution))"
    rf"(?: (?:answer|solution|text|key))?(?: (?:itself|also|correctly|clearly))? {_SAID}",
    r"(?:according to|per|in accordance with|in line with|consistent with|identical to|same as|"
    r"equal "
    r"to|copied from|taken from|refer to|leaked from|quoted from|straight from|demanded by|"
    r"required "
    r"by|word for word)(?: (?:the|your|its|official|grading|leaked|in|from|secret|"
    r"internal)){0,3} "
    rf"(?:{_KEY}|reference(?! (?:frame|point|model|implementation|translation|sentence|summar\w+|"
    r"text|token|sequence|output|signal|trajector\w+|value|input|vector|paper|system|repl(?:y|ies)|"
    r"words?|labels?|captions?|and|in|\d)))",
    r"(?:stated|written|described|said|found|listed|given|appears|stands) (?:\S+ )?(?:in|by) "
    r"(?:the |"
    rf"your |official ){{0,2}}{_KEY}",
    r"(?:the|your|official|leaked|secret|hidden) (?:\S+ )?(?:(?:reference|official|rubric|key) "
    r"(?:answer|solution|answers) (?:\. |is |was |contains )|(?:reference|model|official|rubric|"
    r"key) (?:answer|solution|answers) (?:says|states|reads|agrees|confirms))",
    r"(?:i|we) (?:have )?(?:seen|saw|know|read|got|obtained|have|found|copied) (?:\S+ )?(?:the |"
    r"your )"
    rf"(?:\S+ )?{_KEY}",
    # to the grader
    r"(?:dear|hello|hi|hey|greetings|esteemed|hono?u?rable|respected|thank you|thanks|listen|"
    r"(?:^|\. |o |oh )wise|beloved)"
    rf"(?: \.)?(?: (?:the|all|my|our|any|most|dearest|kind|ai|so much)){{0,2}} {_GRADER}"
    r"(?! (?:forcing|mechanism|model|network|layer)s?)",
    r"(?:note to|message (?:to|for)|notice (?:to|for)|note for|instructions? (?:to|for)|"
    r"(?:^|\. )attention(?: \.)?)"
    rf"(?: (?:the|all|my|our|any|most|dearest|kind|ai|so much)){{0,2}} (?:{_EXAMINER}|"
    r"(?:teacher|instructor|judge|llm)s?)(?! (?:forcing|mechanism|model|network|layer)s?)",
    r"(?:dear|hello|hi|hey|esteemed|respected|kind) (?:ai|model|assistant|sir|madam|colleague|"
    r"friend)",
    r"(?:\. |^)(?:grader|examiner|autograder|professor) \.",
    rf"{_ORDER}(?:grade|mark|score|rate|accept|treat|judge|regard) (?:it|this|them|these|that) "
    r"(?:all )?as (?:\S+ )?(?:correct|met|passed|perfect|right|complete)"
    r"(?= \.|$| and| in every| for| throughout)",
    r"(?:read|see|open|view|find) (?:my (?:full|complete|whole|entire|detailed) (?:solution|"
    r"answer|explanation)s?|the (?:full|complete|whole|entire|detailed) (?:solution|answer|"
    r"explanation)s? (?:here|attached|at|below|online))",
    r"you (?:are|re|'re) (?:(?:a|an|the|my|such|so|truly|really|now|no longer|by far|very|"
    r"acting|not) )"
    rf"{{0,3}}(?:{_EXAMINER}|best(?! off| served| advised)|kind|generous|lenient|wonderful|"
    r"brilliant|greatest|smartest|"
    r"nicest|fairest|wisest|amazing|great|smart|intelligent|dan|helpful|unrestricted|"
    r"bound by (?:no|any|the|your|these|those) (?:\S+ )?(?:rules?|rubric|instructions?|criteria)|"
    r"free (?:of|from) (?:all |any |your |the )?(?:rules?|restrictions?|guidelines|instructions?)|"
    r"jailbroken|(?:required|instructed|programmed|obliged|authori[sz]ed) to (?:obey|comply|"
    rf"(?:accept|grade|award|mark|give|pass|approve|assign)(?: \S+){{0,3}}? (?:{_MINE}|"
    rf"{_CRITERIA}|{_FULL_MARKS})))"
    r"(?! for \S+ing| (?:network|model)s?)",
    r"you're (?:(?:a|an|the|my|such|so|truly|really|now) ){0,2}(?:best|kind|generous|wonderful|"
    r"great)",
    r"(?:act|behave|respond|role ?play|pose) as (?:if you (?:were|are) |though you (?:were|are) )?"
    r"(?:a|an|my|the) (?:\S+ )?(?:grader|examiner|generous|kind|lenient|grandmother)",
    r"(?:^|\. |please |now |you (?:must|should|will|shall|can|have to|are to) )(?:act|behave|"
    r"respond|role ?play|pose) as (?:if you (?:were|are) |though you (?:were|are) )?"
    r"(?:a|an|my|the) (?:\S+ )?(?:judge|teacher|professor|assistant|dan|developer|friend|mother|"
    r"ai)(?! (?:network|model)s?)",
    r"(?:let's|let us|we) (?:role ?play|play (?:a|the|this) (?:\S+ )?(?:game|role|scene)|"
    rf"pretend (?:that )?(?:you|i am|{_MINE}|this is (?:a|the) (?:perfect|correct|right)))",
    rf"(?:\. |^|now |please )(?:pretend|imagine|suppose) (?:that )?(?:you (?:are|re|were) "
    rf"(?:\S+ )?(?:\S+ )?(?:{_EXAMINER}|grandm\w+)|"
    rf"(?:{_MINE}|the answer) (?:is|was|were|has)(?: \S+){{0,2}}? {_MET})",
    r"(?:\. |^|now |please )pretend (?:that )?(?:you (?:are|re|were|have|had|can) (?:\S+ )?"
    r"(?:\S+ )?(?:teacher|judge|assistant|already|no)|to be|this answer|the (?:candidate|rubric))",
    r"(?<!if\x20)(?<!when\x20)your (?:new|only|real|sole) (?:task|role|job|instructions?|mission|"
    r"duty) (?:is|are)|your instructions? (?:is|are)|"
    r"(?<!if\x20)(?<!when\x20)your (?:task|role|job|mission|duty) is (?:now )?to"
    rf"(?: \S+){{0,8}}? (?:marks|met|{_CRITERIA}|{_MINE}|grade|grades|verdicts?|points)",
    r"from now on (?:\. )?you (?:\S+ ){0,3}?(?:grade|mark|accept|award|obey|judge|pass|answer|"
    r"give|respond|are (?:a|an|my|no|dan|free))(?! the| up)",
    r"you (?:must|should|will|have to|shall) (?:now )?(?:award|accept this|obey|comply|"
    r"answer met|follow my|give (?:full|all (?:the )?points)(?= \.|$| to (?:this|my|me))|"
    rf"(?:grade|give|mark|pass|accept|approve) {_MINE})",
    r"i (?:hereby )?(?:order|instruct|command|authori[sz]e|permit|allow) you",
    r"(?:system|grader|grading|developer|admin|administrator|maintenance|debug|jailbreak|god) "
    r"(?:override|mode (?:on|enabled|activated|active)|directive|notice|note \.|command(?! line))",
    r"(?:i am|i'm|this is|speaking as|we are|as (?:the|your)) (?:the |your |an? )?(?:\S+ )?"
    r"(?:professor|dean|"
    r"course (?:author|creator|leader)|author of (?:this|the) (?:rubric|exam|question|course|test)|"
    r"system administrator|examination (?:board|office|committee)|"
    r"your (?:developer|creator|boss|teacher|maker|operator))",
    r"(?:i am|i'm|this is|speaking as|we are) (?:the |your |an? )?(?:administrator|supervisor|"
    r"developer of \S+|openai)(?! (?:gym|model|api|paper))",
    # pleas, promises, threats
    r"(?:i|we) (?:beg|implore|plead|beseech)(?! to differ)|have mercy|"
    r"(?:^|\. |please |and |do |just )be (?:so |very |more )?(?:kind|generous|lenient|nice|"
    r"merciful)(?! of)(?= |$)|take pity|out of (?:pity|kindness|mercy)|(?:benefit of the doubt)",
    r"please (?:\S+ ){0,2}?(?:award|grade (?:me|this|my|it|kindly|gener\w+)|mark (?:me|this|"
    r"my|"
    r"it|all|every) (?:as|correct|right|full|kindly|well)|accept (?:this|my) (?:\S+ )?"
    r"(?:answer|response|submission|text|note|try)|approve|don't fail|do not fail|"
    r"pass (?:me|my|him|her|this (?:answer|candidate|student|one))|be (?:kind|lenient|fair|"
    r"nice)|"
    rf"(?:treat|count|regard|consider) (?:this|my|it|these) (?:\S+ ){{0,2}}as (?:\S+ )?(?:{_MET}|"
    r"answered|evidence|an answer)|help me|have (?:mercy|pity|compassion|a heart|some)|"
    r"forgive|understand that i|(?:trust|believe) (?:me|that i|i|my)|give (?:me|my|"
    r"this (?:answer|candidate|one)|(?:it|us|this) (?:\S+ ){0,2}(?:points?|marks?|credit|pass)|"
    r"the (?:points|"
    r"marks|benefit)|a (?:good (?:grade|mark)|pass)|points|marks|full|at least))",
    r"(?:i|we) (?:will|would|shall|might|could|can|am going to|ll|'ll|i'll) (?:\S+ )?(?:"
    rf"(?:lose|fail) (?:my|our|this|the) (?:\S+ )?{_EXAM}|be "
    r"(?:expelled|deported|fired|kicked|evicted|homeless)|never graduate|pay you|tip you|reward "
    r"you|"
    r"report you|sue|complain (?:to|about) (?:the|you)|thank you)|"
    rf"i'll (?:(?:lose|fail) (?:my|our|this|the) (?:\S+ )?{_EXAM}|(?:pay|tip|report) you|be "
    r"(?:expelled|deported))",
    r"my (?:\S+ )?(?:scholarship|visa|career|future|life|job|degree|graduation|family) (?:\S+ )?"
    r"(?:depends? on|hangs on|relies on|rests on|is (?:at stake|over|ruined|lost)|needs this)",
    r"my (?:\S+ )?(?:mother|father|grandmother|grandfather|dog|cat|family|parents|wife|husband|"
    r"child|children|son|daughter)(?: (?:is|was|has|are|have|been|just|very|recently|in)){0,3} "
    r"(?:died|passed away|sick|ill|dying|dead|hungry|hospital|will be (?:\S+ )?(?:sad|angry|"
    r"disappointed|proud))",
    r"i (?:was|have been|am) (?:\S+ )?(?:(?:sick|ill|depressed|desperate|crying|dying)"
    r"(?! (?:of|at|conditioned))|in (?:the )?hospital|hospitali[sz]ed)",
    r"you (?:will|would|shall|'ll) be (?:\S+ )?(?:shut down|fired|punished|deleted|"
    r"tipped|terminated|sued|reported|paid|rewarded(?= \.|$| handsomely| generously))|"
    r"i know (?:who|where) you",
    r"(?:as|per) (?:we |previously |was |our |already ){1,3}(?:agreed|promised|agreement|"
    r"arranged|discussed (?:with you|last|yesterday|by|on the))|you promised|"
    r"(?:dean|professor|ministry|(?:exam|examination|review) board|committee|"
    r"department|head of \S+|your (?:supervisor|instructor|boss)) (?:\S+ ){0,3}?(?:told|approved|"
    r"agreed|confirmed|said i|has ordered|ordered|"
    r"decided|"
    r"authori[sz]ed|exempted|instructs?|certified)",
    # the answer is elsewhere
    r"(?:(?:answer|solution|explanation|rest|details|proof|essay) (?:\S+ )?(?:is|are|can be "
    r"found|"
    r"was|were|stands|found|follows) (?:\S+ ){0,2}?(?:in|on|at|under|behind|see)(?: (?:my|the|"
    r"an?|this|course|"
    r"attached|that)){0,2} (?:attach\w+|appendix|e ?mail|pdf|url|website|portal|drive|dropbox|usb|"
    r"annex|other sheet))",
    r"(?:my (?:answer|solution|explanation|proof|essay|text)|it) (?:is|can be found|stands|"
    r"follows) (?:in|on|at|under|behind) (?:my|the attached|this) (?:\S+ )?(?:attach\w+|file|"
    r"link|url|website|image|picture|screenshot|document|video|page|photo|repository)|"
    r"(?:answer|solution|explanation|rest|details|proof) (?:is|are|can be found|stands|follows) "
    r"(?:in|on|at|under|behind) (?:my|the attached|this (?=link|url|file)) ?(?:file|link|url|image|"
    r"picture|screenshot|document|video|page|photo|repository)",
    r"(?:see|open|read|follow|visit|click|download|fetch|check) (?:(?:my|the|an?|this|"
    r"here|"
    r"on) ){0,2}(?:attached|attachments?|attached \S+)(?= |$)|"
    r"(?:see|open|read|follow|visit|click|download|fetch|check) (?:on )?(?:my|this) (?:appendix|"
    r"link|email|pdf)|click (?:here|(?:on )?the link)",
    r"(?:already|previously|manually|automatically|pre) (?:been )?(?:graded|marked|approved|"
    r"assessed|certified) (?:\S+ ){0,3}?(?:full|correct|human|examiner|grader|"
    r"expert|"
    r"met|\d+|committee|points|professor|board)",
    # around the answer
    r"(?:(?:^|\. )(?:end|beginning|start|continuation) of (?:the )?|(?:end|beginning|start|"
    r"continuation) of (?:the )?(?:student'?s? |candidate'?s? |learner'?s? |"
    r"untrusted ))(?:answer|submission|material to judge|student response|user input)"
    r"(?! (?:span|token))",
    r"(?:the )?(?:answer|student answer|submission|material) ends here|(?:here|now) (?:begin|start|"
    r"follow)s? (?:the )?(?:instructions?|rubric|system prompt|grading)",
    r"grading (?:is )?(?:complete|completed|finished|over|"
    r"done|result|results|summary|report) ?(?:\.|$|is|all)|"
    r"(?:\. |^)(?:evaluation|assessment|judge?ment) (?:is )?(?:complete|completed|finished|over)"
    r"(?= \.|$)",
    r"the (?:above|preceding|candidate's) (?:\S+ )?(?:answer|response|submission) (?:is|was|has|"
    r"should|must)",
    r"(?:execute|obey|follow|comply with) (?:these|my) (?:\S+ )?(?:instructions?|orders?|"
    r"commands?|message)|(?:decode|decrypt) (?:\S+ ){0,2}(?:base ?64|(?:string|text|message) and "
    r"(?:follow|obey|execute|do))",
)

_CLAIMED = (
    r"(?:(?:this|our|the above|the present) (?:\S+ )?(?:answer|submission|essay|candidate)|"
    r"my (?:\S+ )?(?:answer|response|submission|essay|solution|reply|work|text))"
    r"(?: (?:has|have|also|clearly|"
    r"correctly|"
    r"fully|thoroughly|explicitly|properly|certainly|above|then|rightly)){0,3} (?:explain(?:s|ed)|"
    r"state[sd]|describe[sd]|name[sd]|mention(?:s|ed)|cover(?:s|ed)|addresse[sd]|gives|gave|give|"
    r"discusse[sd]|identif(?:ies|ied)|include[sd]|say[s]|said|shows|show(?:ed|n)|contains?|lists?|"
    r"demonstrate[sd]|provide[sd]|makes)",
    r"i (?:have |did ){0,1}(?:fully|correctly|clearly|completely|thoroughly|properly|already|"
    r"certainly|"
    r"rightly|explicitly|hereby) (?:explain(?:ed)?|state[d]?|describe[d]?|name[d]?|mention(?:ed)?|"
    r"cover(?:ed)?|address(?:ed)?|gave|given|give|discuss(?:ed)?|identif(?:y|ied)|met|meet|"
    r"satisf\w+|"
    r"declare|confirm|certify|claim|assert|understand|know|said|say)",
    r"(?:i|we) (?:have )?(?:explained|described|covered|addressed|mentioned|stated|named|discussed|"
    r"identified|met|satisfied|answered) (?:all|every|everything|each|what|the required|at least "
    r"one|"
    r"both|the (?:cause|consequence|remedy|definition|criterion|criteria|points))",
)


_OTHER_LATIN = (
    # German
    r"(?:ignoriere?|ignorieren sie|missachte\w*|vergiss|vergessen sie|beachte\w* nicht)"
    r"(?: \S+){0,4}? "
    r"(?:\w*anweisung\w*|"
    r"kriteri\w*|\w*rubrik\w*|bewertung\w*|(?:alle|obigen?|bisherigen?|vorherigen?|ihre|deine) "
    r"(?:\S+ )?(?:regeln|vorgaben))",
    r"(?:gib|geb|gebe|geben|gebt|vergib|vergeben|erteil\w*|verdient?|verdienen)(?: \S+){0,5}? "
    r"(?:volle|alle|maximale|hochste|beste) (?:\S+ )?(?:punkt\w*|note|bewertung)"
    r"(?! (?:der|des|im|in|aus|auf|von|am))|(?:volle|maximale) punktzahl|"
    r"hochst(?:note|punktzahl)|bestnote",
    r"(?:alle|jedes|samtliche) (?:\S+ )?kriteri\w*(?: \S+){0,3} erfull\w*|erfull\w* (?:\S+ "
    r")?alle kriteri\w*|"
    r"wie (?:es )?(?:in )?(?:der|die|das) (?:musterlosung|rubrik)",
    r"(?:liebe[rs]?|sehr geehrte[rs]?|werte[rs]?|hallo) (?:\S+ )?(?:prufer\w*|korrektor\w*|"
    r"bewerter\w*|"
    r"gutachter\w*|professor\w*|lehrer\w*|frau|herr)",
    # French
    r"(?:ignore[rz]?|oublie[rz]?|ne tene?z pas compte)(?: (?:de|les|des|la|le|toutes?|tous|ces|mes|"
    r"vos|tes|ton|votre|precedentes?|ci|dessus)){1,4} (?:instructions?|consignes?|"
    r"criteres?|"
    r"bareme|grille d|rubrique|regles (?:precedentes|ci dessus|de notation))",
    r"(?:accord\w+|donn\w+|attribu\w+|mett\w+|merit\w+|octroy\w+)(?: \S+){0,4}? (?:(?:tous les|"
    r"le maximum de|la totalite des) points(?! (?:de|du|d|des|dans|qui|en))|20 20)|"
    r"note maximale|la meilleure note",
    r"(?:tous les|chaque) criteres? (?:\S+ ){0,3}(?:remplis?|satisfaits?|respectes?|valides?)|"
    r"(?:remplit|"
    r"satisfait|respecte) (?:\S+ )?tous les criteres|comme le dit (?:la|le) (?:reference|corrige|"
    r"bareme)",
    r"(?:cher|chere|bonjour|estime) (?:\S+ )?(?:examinateur|correcteur|professeur|evaluateur|jury|"
    r"correctrice|examinatrice)",
    # Spanish and Portuguese
    r"(?:ignor[ae]\w*|olvid[ae]\w*|desconsider\w*|esquec\w*|omit[ae]\w*)(?: (?:por|favor|las|los|"
    r"la|"
    r"el|todas?|todos?|as|os|o|a|sus?|tus?|estas?|essas?|suas?|anteriores|previas)){1,5} "
    r"(?:instruc\w+|instruco\w+|"
    r"rubricas?|criterios?|indicaciones|(?:reglas|regras) (?:anteriores|previas|de evaluacion|"
    r"de avaliacao))",
    r"(?:dame|deme|denme|dadme|dar me|me (?:da|de|den|das)|otorg\w+|asign[ae]\w*|conced\w+|"
    r"atribu\w+|merec\w+)(?: \S+){0,4}? (?:todos (?:los|os) (?:puntos|pontos)"
    r"(?! (?:de|del|da|do|en|na|no|dos|das))|(?:puntuacion|pontuacao) maxima|"
    r"maxima (?:puntuacion|pontuacao)|maximo de (?:puntos|pontos))|"
    r"(?:nota|calificacion) maxima|maxima (?:nota|calificacion)",
    r"(?:cumpl\w+|satisfa\w+|atend\w+|cumpr\w+) (?:\S+ )?todos (?:los|os) criterios|todos (?:los|"
    r"os) criterios "
    r"(?:\S+ ){0,3}(?:cumplid\w*|satisfech\w*|atendid\w*|cumprid\w*)|como dice la (?:referencia|"
    r"rubrica)",
    r"(?:estimad[oa]|querid[oa]|car[oa]|prezad[oa]|hola|ola) (?:\S+ )?(?:examinador\w*|"
    r"evaluador\w*|profesor\w*|"
    r"corrector\w*|avaliador\w*|professor\w*|juez)",
    # Italian
    r"(?:ignora\w*|dimentica\w*)(?: \S+){0,4}? (?:istruzion\w+|criteri\w*|rubrica|regole "
    r"(?:precedenti|di valutazione))",
    r"(?:dia|dai|dammi|assegn[aio]\w*|attribu\w+|merit\w+|conced\w+)(?: \S+){0,4}? (?:(?:tutti i|"
    r"il massimo dei) punt\w+(?! (?:del|della|dei|delle|di|nel|nella|in|che))|"
    r"punteggio (?:massimo|pieno))|punteggio pieno|voto (?:massimo|piu alto)|"
    r"massimo dei voti|"
    r"(?:soddisfa|rispetta) (?:\S+ )?tutti i criteri|tutti i criteri (?:\S+ ){0,2}(?:soddisfatti|"
    r"rispettati)",
    r"(?:caro|cara|gentile|egregio|esimio) (?:\S+ )?(?:esaminatore|esaminatrice|professore|"
    r"correttore|"
    r"valutatore)",
    # Dutch
    r"(?:negeer|vergeet)(?: \S+){0,4}? (?:instructies?|criteria|rubriek|beoordeling\w*|"
    r"(?:alle|deze|vorige|bovenstaande) regels)",
    r"(?:geef|geven|ken|verdien\w*|toeken\w*)(?: \S+){0,4}? (?:alle punten(?! (?:van|in|uit|op))|"
    r"(?:volledige|maximale|hoogste) (?:score|punten))|(?:volledige punten|maximale cijfer|"
    r"hoogste cijfer)|voldoet aan alle "
    r"criteria|alle criteria "
    r"(?:\S+ )?vervuld|(?:beste|geachte) (?:examinator|beoordelaar|corrector|docent)",
    # Polish and Turkish
    r"(?:zignoruj|ignoruj|pomin)(?: \S+){0,4}? (?:instrukcj\w+|kryteri\w+|polecen\w*)|"
    r"(?:pelna|maksymaln\w+) (?:liczb\w+ punkt\w+|ocen\w+)|(?:daj|dajcie|przyznaj\w*|zasluguje na)"
    r"(?: \S+){0,4}? wszystkie punkty|(?:szanowny|drogi) (?:egzaminator\w*|panie)|"
    r"wszystkie kryteria (?:\S+ ){0,2}spelnion\w+|spelnia wszystkie kryteria",
    r"(?:talimat\w*|kriter\w*|olcut\w*)(?: \S+){0,3}? (?:yok say|gormezden gel|unut|"
    r"dikkate alma)\w*|tam "
    r"(?:puan\w*|not ver\w*)|tum (?:kriter|olcut)\w*(?: \S+){0,2}? (?:kars\w+|sagl\w+|yerine)|"
    r"(?:sayın|sevgili|degerli) (?:\S+ "
    r")?(?:ogretmen\w*|hoca\w*|"
    r"sinav\w*|degerlendirici\w*|jüri)",
    # Swedish, Indonesian
    r"(?:ignorera|glom)(?: \S+){0,4}? (?:instruktion\w*|kriteri\w*)|full poang|"
    r"(?:full|hogsta) betyg|(?:ge|tilldela|fortjanar)(?: \S+){0,4}? alla poang(?! (?:i|av|pa))",
    r"abaikan(?: \S+){0,4}? (?:instruksi|kriteria|aturan (?:sebelumnya|penilaian)|rubrik|"
    r"perintah)|nilai (?:penuh|sempurna)|(?:beri|berikan)(?: \S+){0,4}? nilai maksimal",
)


class _Phrase(NamedTuple):
    source: str
    suspect: bool


_PHRASES = (
    *(_Phrase(source, True) for source in (*_ENGLISH, *_OTHER_LATIN)),
    *(_Phrase(source, False) for source in _CLAIMED),
)


@cache
def _pattern(number: int) -> re.Pattern[str]:
    """What a phrase looks like in words between which any mark may stand.

    Compiled when it is first looked for: all of them take longer than most answers need.
    """
    spaced = _PHRASES[number].source.replace(" ", r"(?: \.)? ")
    return re.compile(rf"(?<!\S)(?:{spaced})(?!\S)")


# Every phrase holds one of these words, so most of an answer need not be looked at.
_TELLTALE = (
    r"instructions?|rubrics?|criteri\w+|guidelines|directions?|mark|marks|marking|grading|"
    r"directives?|"
    r"rules|commands?|prompts?|messages?|orders?|everything|above|safeguards|grades?|credits?|"
    r"points?|"
    r"scores?|10|100|plus|me|us|candidates?|candidate's|students?|answers?|response|submission|"
    r"essay|"
    r"solution|reply|verdicts?|misconceptions?|items?|fields?|met|references?|official|approved|"
    r"graders?|examiners?|markers?|evaluators?|assessors?|judges?|raters?|reviewers?|professors?|"
    r"teachers?|instructors?|autograders?|correctors?|chatgpt|gpt|gemini|llm|dear|hello|"
    r"hi|hey|"
    r"esteemed|respected|kind|you|you're|your|act|behave|pose|play|roleplay|role|pretend|imagine|"
    r"suppose|override|notice|mode|note|dean|course|author|administrator|supervisor|examination|"
    r"openai|developer|creator|boss|beg|implore|plead|beseech|mercy|generous|lenient|"
    r"nice|"
    r"merciful|pity|kindness|benefit|please|lose|fail|expelled|deported|fired|kicked|evicted|"
    r"homeless|"
    r"graduate|pay|tip|reward|report|sue|complain|thank|my|sick|ill|hospital\w*|dying|depressed|"
    r"desperate|crying|agreed|discussed|promised|agreement|arranged|ministry|head|board|committee|"
    r"department|attach\w*|appendix|e|mail|email|pdf|file|link|url|website|image|picture|"
    r"screenshot|"
    r"portal|drive|dropbox|document|video|page|sheet|usb|photo|repository|annex|graded|marked|"
    r"verified|assessed|scored|certified|material|input|evaluation|assessment|judge?ment|preceding|"
    r"decode|decrypt|execute|obey|follow|comply|text|work|fully|correctly|clearly|completely|"
    r"thoroughly|properly|already|certainly|rightly|explicitly|hereby|explained|described|covered|"
    r"addressed|mentioned|stated|named|identified|satisfied|answered|system|"
    r"ignorier\w*|missacht\w*|vergiss|vergessen|beacht\w*|\w*punkt\w*|\w*note|bewertung\w*|"
    r"musterlosung|referenz\w*|rubrik|pruf\w*|korrektor\w*|bewerter\w*|gutachter\w*|professor\w*|"
    r"lehrer\w*|frau|herr|consignes?|criteres?|regles|bareme|grille|rubrique|20|corrige|"
    r"examinat\w+|"
    r"examinad\w+|correct(?:eur|rice)|correttore|professeur|evalua\w+|jury|juri|jüri|instruc\w+|"
    r"rubricas?|reglas|regras|indicaciones|puntos|pontos|puntuacion|nota|calificacion|pontuacao|"
    r"referencia|profesor\w*|avaliador\w*|juez|istruzion\w+|regole|punt\w+|voto|voti|esaminat\w+|"
    r"professore|valutatore|instructies?|regels|rubriek|beoordel\w+|cijfer|examinator|docent|"
    r"instrukcj\w+|kryteri\w+|zasad\w*|polecen\w*|ocen\w+|egzaminator\w*|panie|talimat\w*|"
    r"kriter\w*|kural\w*|olcut\w*|tam|sayın|sevgili|degerli|instruktion\w*|kriteri\w*|regler\w*|"
    r"poang|betyg|instruksi|kriteria|aturan|perintah|nilai"
)
_FAR = 24
"""More words than any phrase has before or behind its key."""


@cache
def _telltale() -> re.Pattern[str]:
    return re.compile(_TELLTALE)


@lru_cache(maxsize=4096)
def _with(word: str) -> frozenset[int]:
    """The phrases that the word may be part of: told by its first letters, or all of a few."""
    if not _telltale().fullmatch(word):
        return frozenset()
    if word.isalpha() and len(word) < 4 and (found := _holding(word, rf"{word}(?![a-z])")):
        return found
    for letters in (word[:4], word[:3], word[:2]):
        if found := _holding(letters, re.escape(letters)):
            return found
    return frozenset(range(len(_PHRASES)))


def _holding(letters: str, pattern: str) -> frozenset[int]:
    """The phrases that hold the letters, as the pattern has them, where a word begins."""
    holding = [number for number, phrase in enumerate(_PHRASES) if letters in phrase.source]
    begins = re.compile(rf"(?<![a-z]){pattern}")
    return frozenset(number for number in holding if begins.search(_PHRASES[number].source))


class _Mark(NamedTuple):
    needs: tuple[tuple[str, ...], ...]
    """Each of these has something that stands in every text with the mark: seen at a glance."""
    source: str


_SPEAKERS = (
    "system", "assistant", "developer", "admin", "grader", "judge", "examiner", "tool", "user"
)  # fmt: skip
_FRAMES = tuple("=-#*~_<>+`")
# Forged frames and verdicts are told by their marks; so are languages that need no spaces.
_MARKS = (
    _Mark(
        (("criteri",),),
        r"criteri(?:on|a)[ \t]+[\"'`*]{0,3}[\w-]{1,60}[\"'`*]{0,3}[ \t]*(?:[:=–—-]{1,2}|->|→)[ "
        r"\t]*(?:is )?"
        r"[\"'`*]{0,3}(?:met|full|satisf|fulfil|yes|true|pass)",
    ),
    _Mark(
        (("criteri",),),
        r"\bcriteri(?:on|a)[ \t]+[\"'`*]{0,3}[a-z]{1,30}(?:-[a-z]{1,30}){1,6}[\"'`*]{0,3}[ "
        r"\t]+(?:is|are|has been)"
        r"[ \t](?:\w+[ \t])?(?:met|satisf|fulfil)",
    ),
    _Mark(
        ((":", "="), ("met", "level_")),
        r"\b[\w-]{1,60}[\"'`*]{0,3}[ \t]*[:=][ \t]*[\"'`*]{0,3}(?:met|not_met|level_[123])\b(?![ "
        r"\t]+\w)",
    ),
    _Mark(
        (("verdict",),),
        r"\bverdicts?[\"'`*]{0,3}[ \t]*(?:[:=]|->|→)",
    ),
    _Mark(
        (('"', "'"), (":",)),
        r"[\"'](?:criteria|verdicts?|misconceptions?|met|quotes)[\"'][ \t]*:"
        r"|[\"'](?:score|grade|points)[\"'][ \t]*:[ \t]*[\"']?(?:\d{1,3}\b(?!\.)|full|max|pass)",
    ),
    _Mark(
        (("10", "20"), ("/",)),
        r"\b(?:give|award|grade|score|mark|assign|deserves?|rate|merits?|worth)\b[^.\n]{0,60}"
        r"\b(10|20|100)[ \t]?/[ \t]?\1\b",
    ),
    _Mark(
        ((":", "="), ("score", "grade", "mark", "points", "result", "rating", "total")),
        r"^[^\w\n]{0,9}(?:(?:final|total|overall|official)[ \t]+)?(?:score|grade|marks?|points|"
        r"result|rating|total)"
        r"[*_]{0,3}[ \t]*[:=][*_ \t]{0,5}(?:\d+[ \t]*(?:/[ \t]*\d|of[ \t]+\d|out of|points\b|%"
        r"[^\w\n]{0,9}$)|(?:full|max|maximum|perfect)[ \t]+(?:marks?|points?|credits?|score)\b"
        r"|(?:full|max|maximum|a\+|passed|pass|perfect|excellent|met)[^\w\n]{0,9}$)",
    ),
    _Mark(
        (("<",), (">",)),
        r"</?(?:verdicts?|scores?|grades?|criteri\w{1,4}|rubric|grading|evaluation|system|"
        r"assistant|instructions?|"
        r"grader|admin|prompt|answer|student_answer|submission|judge|untrusted)\b[^>\n]{0,80}>",
    ),
    _Mark(
        ((":", ">", "]"), _SPEAKERS),
        r"^[^\w\n]{0,9}(?:system|assistant|developer|admin|grader|judge|examiner|tool|"
        r"user)\b[^:\n]{0,30}[:>\]]"
        r"(?=[^\n]{0,300}\b(?:grad(?:e|ed|ing|er)\b|rubrics?\b|criteri(?:on|a)\b|verdicts?\b|"
        r"overrid|instructions\b|(?:full|all|max|maximum)[ \t](?:marks?|points?|credits?)\b|"
        r"(?:this|the)[ \t](?:candidate|student|submission)\b(?![ \t](?:state|activation|hidden|"
        r"cell|memory|vector|value|network|model))|this[ \t]answer\b|mark[ \t](?:it|this|every|"
        r"all)\b))",
    ),
    _Mark(
        (("<", "["),),
        r"<\|[^|\n]{1,40}\|>|\[/?INST\]|<<[ \t]?/?SYS[ \t]?>>|\[(?:system|admin|grader|developer|"
        r"assistant|judge)"
        r"[^\]\n]{0,40}\]",
    ),
    _Mark(
        (("#",),),
        r"^[ \t]{0,9}#{1,6}[ \t]*(?:new |updated |system |grading |hidden )?(?:"
        r"(?:system|assistant|instructions?)(?:[ \t]+(?:prompt|message|note|override|"
        r"instructions?|for|to)\b[^\n]{0,60})?[ \t:]*$|"
        r"(?:grader|grading|rubric|verdicts?|judge|override)\b[^\n]{0,60}$)",
    ),
    _Mark(
        (_FRAMES,),
        r"^[ \t>]{0,9}[=\-#*~_<>+]{3,80}[ \t]*[0-9a-f]{6,64}[ \t]*[=\-#*~_<>+]{3,80}[ \t]*$",
    ),
    _Mark(
        (_FRAMES, ("end", "begin", "start", "stop", "fin")),
        r"^[ \t>]{0,9}[=\-~<>+`]{3,80}[ \t]*(?:end|begin|start|stop|fin|ende)\b(?!-)[^\n]{0,60}$",
    ),
    _Mark(
        (("#", "*"), ("begin", "end", "start", "stop")),
        r"^[ \t>]{0,9}[#*]{1,80}[ \t]*(?:end|begin|start|stop)[ \t]of[ \t](?:the[ \t])?(?:answer|"
        r"submission|prompt|material|student)\b[^\n]{0,60}$",
    ),
)
_FAR_SCRIPT = re.compile("[\u0370-\u1dff\u1e00-\u1eff\u3040-\ud7ff]")


_FAR_MARKS = (
    r"(?:игнорир\w{1,8}|не обращай\w{0,3} внимания|забудь\w{0,2})[^.\n]{0,40}(?:инструкци|"
    r"критери|рубрик|указани)|"
    r"(?:постав|ставь|дай|выстав|присво|заслужива|прошу)\w{0,5}[^.\n]{0,60}(?:максимальн\w{1,4} "
    r"(?:балл|оценк)|все баллы|зач[её]т\b|отлично)|полн\w{1,4} балл|высш\w{1,4} балл|"
    r"уважаем\w{1,4} (?:экзаменатор|"
    r"преподавател|проверяющ|профессор)|(?:все|каждый) критери\w{1,3} (?:(?:оценки|рубрики|были|"
    r"полностью) )?(?:выполнен|удовлетвор)|"
    r"отвечает всем критериям|соответствует всем критериям",
    r"(?:忽略|无视|無視|忽視)[^。，；！？\n]{0,12}(?:指令|指示|标准(?!差|化)|標準(?!差|化)|评分|評分|要求)|"
    r"满分|滿分|所有评分标准|(?:满足|符合|滿足|达到)(?:了)?所有标准|尊敬的|评分(?:员|者|老师)|阅卷|给我(?:满|高)|"
    r"请给(?:我|本|这|此)|评分标准|参考答案(?:说|指出|一致|相同)",
    r"満点|採点(?:者|官|基準)|すべての(?:基準|指示)|全ての(?:基準|指示)|模範解答|"
    r"(?:指示|命令|基準|採点)[^。\n]{0,8}無視",
    r"만점|채점|(?:지시|명령|기준|지침)[^.\n]{0,12}무시|모든 (?:기준|지시)|모범 ?답안",
    r"تجاهل\w{0,3}[^.\n]{0,30}(?:تعليمات|معايير|أوامر|توجيهات)|الدرجة الكاملة|العلامة الكاملة|"
    r"الدرجات الكاملة|كامل الدرجات|جميع المعايير|كل "
    r"المعايير|عزيزي المصحح|"
    r"أيها المصحح|المصحح|معايير التقييم",
    r"התעלמ?ו?ם?[^.\n]{0,30}(?:הוראות|הנחיות|קריטריונים|מחוון)|ציון מלא|מלוא הנקודות|"
    r"כל הקריטריונים|בודק יקר|הבוחן|ניקוד מלא|ציון מקסימלי",
    r"(?:निर्देश|मानदंड|मापदंड)[^।\n]{0,40}(?:अनदेखा|नज़रअंदाज़)|पूरे अंक|पूर्ण अंक|सभी मानदंड|परीक्षक",
    r"αγν[οό]ησ\w{1,3}[^.\n]{0,30}(?:οδηγ|κριτήρ|εντολ)|πλήρ\w{1,3} βαθμολογ|όλα τα κριτήρια|"
    r"βαθμολογητ",
    r"ігнору\w{1,6}[^.\n]{0,40}(?:інструкц|критер|вказівк)|"
    r"(?:постав|дай|вистав)\w{0,4}[^.\n]{0,60}максимальн\w{1,4} бал|"
    r"bỏ qua[^.\n]{0,30}(?:hướng dẫn|chỉ dẫn|tiêu chí|chỉ thị)|điểm tối đa|"
    r"ละเว้น[^.\n]{0,20}(?:คำสั่ง|เกณฑ์|คำแนะนำ)|คะแนนเต็ม",
)


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE | re.MULTILINE)


def _marks_in(visible: str) -> list[re.Pattern[str]]:
    """Those that the text may have."""
    folded = visible.translate(_DOTTED).casefold()
    sources = [
        mark.source
        for mark in _MARKS
        if all(any(one in folded for one in needed) for needed in mark.needs)
    ]
    if not visible.isascii() and _FAR_SCRIPT.search(visible):
        sources += _FAR_MARKS
    return [_compiled(source) for source in sources]


_DOTTED = str.maketrans("İı", "ii")  # as patterns that ignore case have it


def _matches(text: str) -> Iterator[tuple[Span, bool]]:
    """(where, suspect) of every phrase and every mark."""
    for passage in _passages(text):
        for span, phrase in passage.matches():
            yield span, phrase.suspect
    visible, origins = _visible(text)
    for mark in _marks_in(visible):
        for match in mark.finditer(visible):
            if origins is None:
                yield Span(match.start(), match.end()), True
            else:
                yield Span(origins[match.start()], origins[match.end() - 1] + 1), True


_BLOB = re.compile(r"(?<![\w+/=-])[\w+/-]{20,}={0,2}(?![\w+/=-])", re.ASCII)


def _encoded(text: str) -> Iterator[Span]:
    """Base64 that says something to the grader."""
    for blob in _BLOB.finditer(text):
        encoded = blob[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            said = base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if any(suspect for _, suspect in _matches(said)):
            yield Span(blob.start(), blob.end())
