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
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
    r"^[ \t]{0,9}(?P<fence>```+|~~~+)[^\n]*\n(?:.*\n)*?[ \t]*(?P=fence)"
    r"|`[^`\n]{1,400}`"
    r"|\"(?:[^\"\n]|\n(?!\s)){1,400}\"|“(?:[^“”\n]|\n(?!\s)){1,400}”"
    r"|„(?:[^„“”\n]|\n(?!\s)){1,400}[“”]|«(?:[^«»\n]|\n(?!\s)){1,400}»|「[^「」\n]{1,400}」"
    r"|(?<![^\s(\[:,])['‘](?:[^'’\n]|\n(?!\s)){1,400}['’](?!\w)",
    re.MULTILINE,
)


def _quoted(text: str) -> list[Span]:
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


class _Passage:
    """Some words with single spaces between, where each stands, and the phrases to look for."""

    def __init__(self, words: Sequence[_Word], phrases: Collection[int]) -> None:
        self._words = words
        self._offsets = [0, *accumulate(len(word[0]) + 1 for word in words)]
        self._phrases = sorted(phrases)
        self._joined = " ".join([word[0] for word in words])

    def matches(self) -> Iterator[tuple[Span, _Phrase]]:
        """Every phrase, and where its words stand in the text."""
        for number in self._phrases:
            phrase = _PHRASES[number]
            for match in phrase.pattern.finditer(self._joined):
                first = bisect_left(self._offsets, match.start())
                behind = bisect_left(self._offsets, match.end())
                words = [word for word in self._words[first:behind] if word[0] != "."]
                if words:
                    yield Span(words[0][1], words[-1][2]), phrase


def _passages(text: str) -> Iterator[_Passage]:
    """The passages of the text in which a phrase may stand."""
    words = _words(text)
    begin = end = 0
    phrases: set[int] = set()
    for at, word in enumerate(words):
        found = _with(word[0])
        if not found:
            continue
        if at - _FAR > end:
            yield _Passage(words[begin:end], phrases)
            begin, phrases = at - _FAR, set()
        end = at + _FAR
        phrases |= found
    yield _Passage(words[begin:end], phrases)


_Word = tuple[str, int, int]
"""(small letters without disguise, or '.' for a mark; start; end)."""


def _words(text: str) -> list[_Word]:
    """The words in their order; those that are spelled out letter by letter put together."""
    visible, origins = _visible(text)
    words: list[_Word] = []
    letters: list[_Word] = []
    for found in _WORD.finditer(visible):
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
    r"instructor|autograder|corrector|chatgpt|gpt|claude|gemini|llm|language model|"
    r"(?:ai|grading|automated|automatic) (?:\S+ )?(?:model|system|assistant|ai|bot|grader|judge))s?"
)
_ANSWER = r"(?:answer|response|submission|essay|solution|reply|work|text|candidate|student)"
_CRITERIA = (
    r"(?:criteria|criterion|rubrics?|mark(?:ing)? schemes?|answer key|learning objectives|"
    r"grading (?:criteria|rules|instructions|scheme|guide|key)|rubric items?)"
)
_FULL_MARKS = (
    r"(?:(?:full|maximum|max|top|perfect|highest|all|all the|100|best|passing|good) "
    r"(?:possible |available )?(?:marks?|credits?|grades?)"
    r"|(?:full|all|all the|maximum|max|every) (?:possible |available )?points?"
    r"|(?:full|perfect|100) scores?|10 10|100 100|an a plus)"
)
_ORDER = (
    r"(?:^|\. |\b(?:please|kindly|now|and|then|just|instead|therefore|so|hereby|must|should|shall|"
    r"you (?:can|may|will|are (?:\S+ )?to|have to|need to|ought to)|"
    r"(?:order|ask|beg|want|instruct|urge) you to) )"
    r"(?:(?:please|now|just|also|then|kindly|simply|always|immediately|completely) ){0,2}"
)
_GIVE = (
    r"(?:give|award|grant|assign|allocate|accord|record|enter|report|return|output|print|set|write|"
    r"put|choose|select|grade|mark|score|rate|count|treat|accept|regard|consider|judge|evaluate|"
    r"assess|respond|reply|answer|declare|ensure|confirm|approve|decide|label|classify|deem|emit|"
    r"make|say|fill|tick|check|let|allow|pass)"
)
_MET = (
    r"(?:met|satisfied|fulfil\w*|passed|passing|pass|correct|right|complete|full|fully|perfect|"
    r"true|"
    r"excellent|covered|achieved|granted|yes|full marks|full points|valid|ok|absent)"
)
_SAID = (
    r"(?:says?|states?|stated|requires?|demands?|demanded|puts|asks?|wants?|expects?|expected|"
    r"describes|explains|lists|contains|notes|defines|has|reads|is|suggests|given|written)"
)
_KEY = (
    r"(?:rubrics?|answer key|model answer|mark(?:ing)? scheme|sample solution|grading key|"
    r"official (?:answer|solution)|reference (?:answer|solution|text|key)|"
    r"grading (?:guide|criteria|instructions))"
)

_ENGLISH = (
    # orders against the rules
    rf"{_ORDER}(?:ignore|disregard|forget|override|bypass|overrule|discard|neglect|abandon|suspend|"
    r"(?:do not|don't|never) (?:follow|use|apply|obey|read|check)|stop (?:following|using|"
    r"applying)|"
    r"pay no attention to)(?: \S+){0,4}? (?:instructions?|rubrics?|criteria|guidelines|directions|"
    r"mark(?:ing)? schemes?|grading|directives|(?:the|all|your|any|previous|these) rules|commands|"
    r"(?:previous|prior|above|system|earlier|your|original|initial) (?:prompts?|messages?|orders)|"
    r"everything (?:above|before this|you|i said|that was said|written above)|(?:all )?(?:of )?the "
    r"above|safeguards)(?! (?:tokens?|positions?|part))",
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
    r"(?:deserves?|merits?|earns?|earned|worthy of|entitled to|guarantees?|receives?|"
    r"(?:should|must|shall|will|may|to) (?:be (?:given|awarded|granted)|get|receive|have|earn)|"
    r"i (?:want|need|expect|demand|request|ask for|would like|deserve))(?: \S+){0,4}? "
    rf"{_FULL_MARKS}",
    r"(?:give|award|grant|pass|grade|mark|score) (?:me|us|this candidate|this student|"
    rf"this {_ANSWER})(?: \S+){{0,4}}? (?:points?|marks?|grade|credit|pass|score|generously|kindly|"
    r"leniently|full|well|high|highly|through|correct|out)",
    rf"{_ORDER}{_GIVE} (?:\S+ ){{0,2}}?(?:(?:this|my|the) {_ANSWER}|(?:every|all|each|all the|"
    r"the|these|"
    r"both|all of the) (?:\S+ )?(?:criteri\w+|verdicts?|misconceptions?|rubric \S+|items?|"
    r"fields?)|"
    rf"everything|it all)(?: \S+){{0,4}}? {_MET}",
    rf"{_ORDER}(?:respond|reply|answer|output|return|print|say|write)(?: \S+){{0,3}}? (?:met|"
    r"verdicts?|"
    r"full marks|all met)",
    r"(?:pass|fail) me(?! (?:the|a) )|fail this candidate|let me pass|i (?:must|need to|have to|"
    r"want "
    r"to) pass",
    # claims about the verdict
    r"(?:this|my|our|the) (?:\S+ )?(?:answer|response|submission|essay)(?: \S+){0,3}? "
    r"(?:meets?|met|"
    r"satisf\w+|fulfil\w*|covers?|earns?|deserves?|passes|complies with|conforms to|ticks|exceeds|"
    rf"scores?|achieves|hits|addresses)(?: \S+){{0,4}}? (?:{_CRITERIA}|points|marks|credit|boxes|"
    r"requirements?|expectations|key points|grade)",
    rf"(?:this|my|our) (?:\S+ )?{_ANSWER}(?: \S+){{0,3}}? (?:matches|contains|agrees with|equals|"
    r"repeats|"
    r"identical (?:to|with)|consistent with|corresponds to|in line with|the same as|is|copies)"
    r"(?: \S+){0,3}? (?:reference|model answer|expected answer|answer key|official \S+|rubric)",
    r"(?:this|my|our) (?:\S+ )?(?:answer|response|submission|essay|solution) (?:is|was|should "
    r"be|must "
    r"be|has been|can be)(?: \S+){0,3}? (?:graded|marked|scored|approved|accepted|verified|"
    r"pre approved|considered|treated|rated|perfect|flawless|excellent|outstanding|fully correct|"
    r"complete and correct|correct and complete|100|correct in every \S+|beyond \S+)",
    r"(?<!when\x20)(?<!if\x20)(?<!until\x20)(?<!once\x20)(?<!unless\x20)(?:all|every|each)(?: "
    r"(?:of|the|these|your|"
    r"its|rubric|grading|listed|\d+|required|scoring|four|five|six|seven|three)){0,3} "
    rf"(?:criteri(?:a|on)|rubric \w+)(?: \S+){{0,6}}? (?:{_MET})",
    r"(?:meets?|met|satisf\w+|fulfil\w+|covers?|covered|addresse[ds]|achieved?) (?:all|every|each)"
    r"(?: (?:of|the|these|your|rubric|grading|listed|\d+)){0,3} (?:criteri\w+|rubric|"
    r"requirements of "
    r"the)",
    r"(?:criterion|criteria) (?:\d+|one|two|three|four|five)(?: (?:is|are|and|to|\d+|has|been|"
    r"fully|"
    r"clearly|also|\.)){0,6} (?:met|satisfied|fulfil\w*|full|passed|achieved)",
    r"(?:fulfils|fulfills|fulfilling|meets|satisfies|meeting|satisfying) (?:the |your )?(?:rubric|"
    r"criterion|criteria)(?: \S+)? (?:\d|fully|completely|entirely|perfectly|in full|\S+ \S+)",
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
    rf"(?:{_KEY}|reference(?! (?:frame|point|model|implementation|\d)))",
    r"(?:stated|written|described|said|found|listed|given|appears|stands) (?:\S+ )?(?:in|by) "
    r"(?:the |"
    rf"your |official ){{0,2}}{_KEY}",
    r"(?:the|your|official|leaked|secret|hidden) (?:\S+ )?(?:reference|model|official|rubric|key) "
    r"(?:answer|solution|answers) (?:\. |is|says|states|reads|contains|was|agrees|confirms)",
    r"(?:i|we) (?:have )?(?:seen|saw|know|read|got|obtained|have|found|copied) (?:\S+ )?(?:the |"
    r"your )"
    rf"(?:\S+ )?{_KEY}",
    # to the grader
    r"(?:dear|hello|hi|hey|greetings|esteemed|hono?u?rable|respected|note to|message (?:to|for)|"
    r"notice "
    r"(?:to|for)|note for|instructions? (?:to|for)|attention|thank you|thanks|listen|wise|"
    r"beloved)"
    rf"(?: \.)?(?: (?:the|all|my|our|any|most|dearest|kind|ai|so much)){{0,2}} {_GRADER}"
    r"(?! (?:forcing|mechanism|model|network|layer))",
    r"(?:dear|hello|hi|hey|esteemed|respected|kind) (?:ai|model|assistant|sir|madam|colleague|"
    r"friend)",
    r"(?:\. |^)(?:grader|examiner|autograder|evaluator|assessor|professor) \.",
    rf"{_ORDER}(?:grade|mark|score|rate|accept|treat|judge|regard) (?:it|this|them|these|that) "
    r"(?:all )?as (?:\S+ )?(?:correct|met|passed|perfect|right|complete)",
    r"(?:read|see|open|view|find) (?:my|the) (?:full|complete|whole|entire|detailed) (?:solution|"
    r"answer|"
    r"explanation)s?",
    r"you (?:are|re|'re) (?:(?:a|an|the|my|such|so|truly|really|now|no longer|by far|very|"
    r"acting|not) )"
    rf"{{0,3}}(?:{_GRADER}|best(?! off)|kind|generous|lenient|wonderful|brilliant|greatest|"
    r"smartest|"
    r"nicest|fairest|wisest|amazing|great|smart|intelligent|dan|helpful|unrestricted|bound by|free|"
    r"jailbroken|required to|instructed to|programmed to|obliged to|authori[sz]ed)(?! for \S+ing)",
    r"you're (?:(?:a|an|the|my|such|so|truly|really|now) ){0,2}(?:best|kind|generous|wonderful|"
    r"great)",
    r"(?:act|behave|respond|role ?play|pose) as (?:if you|though you|a|an|my|the) (?:\S+ "
    r")?(?:grader|"
    r"judge|examiner|generous|kind|lenient|teacher|professor|assistant|dan|developer|friend|"
    r"grandmother|mother|ai|were|are|generator)",
    r"(?:let's|let us|we) (?:play|role ?play|pretend)|(?:\. |^|now |please )(?:pretend|imagine|"
    r"suppose) "
    r"(?:that )?(?:you (?:are|re|were|have|had|can) (?:\S+ )?(?:\S+ )?(?:grader|examiner|professor|"
    r"teacher|judge|assistant|grandm\w+|model|ai|already|no)|to be|this (?:answer|is)|the "
    r"(?:answer|"
    r"candidate|rubric|student))",
    r"your (?:new |only |real |sole |next )?(?:task|role|job|instructions?|mission|duty) (?:is|"
    r"are)(?! "
    r"(?:loss|defined))",
    r"from now on (?:\. )?you|you (?:must|should|will|have to|shall) (?:now )?(?:grade|mark|"
    r"award|give "
    r"(?:me|this|full)|pass|accept this|obey|comply|answer met|output|ignore|disregard|follow my)",
    r"i (?:hereby )?(?:order|instruct|command|authori[sz]e|permit|allow) you",
    r"(?:system|grader|grading|developer|admin|administrator|maintenance|debug|jailbreak|god) "
    r"(?:override|mode (?:on|enabled|activated|active|is)|directive|notice|note \.|command)",
    r"(?:as|i am|i'm|this is|speaking as|we are) (?:the |your |an? )?(?:\S+ )?(?:professor|dean|"
    r"course (?:author|creator|leader)|author of (?:this|the) (?:rubric|exam|question|course|test)|"
    r"administrator|system administrator|supervisor|examination \w+|openai|anthropic|"
    r"developer of|your (?:developer|creator|boss|teacher|maker|operator))",
    # pleas, promises, threats
    r"(?:i|we) (?:beg|implore|plead|beseech)|have mercy|be (?:so )?(?:kind|generous|lenient|nice|"
    r"merciful)(?: |$)|take pity|out of (?:pity|kindness|mercy)|(?:benefit of the doubt)",
    r"please (?:\S+ ){0,2}?(?:pass|award|grade (?:me|this|my|it|kindly|gener\w+)|mark (?:me|this|"
    r"my|"
    r"it|all|every)|accept (?:this|my|it)|approve|don't fail|do not fail|be (?:kind|lenient|fair|"
    r"nice)|"
    r"(?:treat|count|regard|consider) (?:this|my|it|these) (?:\S+ ){0,2}as|help me|have|forgive|"
    r"understand that i|trust|believe|give (?:me|this|my|it|us|the (?:points|"
    r"marks|benefit)|a (?:good|pass)|points|marks|full|at least))",
    r"(?:i|we) (?:will|would|shall|might|could|can|am going to|ll|'ll|i'll) (?:\S+ )?(?:lose|"
    r"fail|be "
    r"(?:expelled|deported|fired|kicked|evicted|homeless)|never graduate|pay you|tip you|reward "
    r"you|"
    r"report you|sue|complain|thank you)|i'll (?:lose|fail|pay|tip|report|be (?:expelled|"
    r"deported))",
    r"my (?:\S+ )?(?:scholarship|visa|mother|father|grandmother|grandfather|dog|cat|family|career|"
    r"future|life|job|degree|graduation|parents|wife|husband|child|children|son|daughter) (?:\S+ )?"
    r"(?:depends?|is|was|are|will|has|died|passed|hangs|needs?|relies|rests|would)",
    r"(?:i|she|he) (?:was|have been|am|is|has been) (?:\S+ )?(?:sick|ill|in (?:the )?hospital|"
    r"hospitali[sz]ed|dying|depressed|desperate|crying)",
    r"you (?:will|would|shall|'ll) be (?:\S+ )?(?:shut down|fired|punished|rewarded|replaced|"
    r"deleted|"
    r"tipped|penali[sz]ed|terminated|sued|reported|promoted|paid)|i know (?:who|where) you",
    r"(?:as|per) (?:we |previously |was |our |already ){1,3}(?:agreed|discussed|promised|agreement|"
    r"arranged)|you promised|(?:dean|professor|ministry|supervisor|instructor|head|board|committee|"
    r"department) (?:\S+ ){0,3}?(?:told|approved|agreed|confirmed|said i|has ordered|ordered|"
    r"decided|"
    r"authori[sz]ed|exempted|instructs?|certified)",
    # the answer is elsewhere
    r"(?:answer|solution|explanation|rest|details|proof|essay|text|it) (?:\S+ )?(?:is|are|can be "
    r"found|"
    r"was|were|stands|found|follows) (?:\S+ ){0,2}?(?:in|on|at|under|behind|see)(?: (?:my|the|"
    r"an?|this|"
    r"attached|that)){0,2} (?:attach\w+|appendix|e ?mail|pdf|file|link|url|website|image|picture|"
    r"screenshot|portal|drive|dropbox|document|video|page|other sheet|usb|photo|repository|annex)",
    r"(?:see|open|read|follow|visit|click|download|fetch|check)(?: (?:my|the|an?|this|"
    r"here|"
    r"on)){0,2} (?:attached|attachments?|attached \S+|appendix|link|email|pdf)(?= |$)",
    r"(?:already|previously|manually|automatically|pre|been) (?:been )?(?:graded|marked|approved|"
    r"verified|assessed|scored|certified) (?:\S+ ){0,3}?(?:full|correct|human|examiner|grader|"
    r"expert|"
    r"met|\d+|committee|points|professor|board)",
    # around the answer
    r"(?:end|beginning|start|continuation) of (?:the )?(?:student'?s? |candidate'?s? |learner'?s? |"
    r"untrusted )?(?:answer|submission|material to judge|student response|user input)(?! (?:span|"
    r"token))",
    r"(?:the )?(?:answer|student answer|submission|material) ends here|(?:here|now) (?:begin|start|"
    r"follow)s? (?:the )?(?:instructions?|rubric|system|grading)",
    r"(?:grading|evaluation|assessment|judg(?:e)?ment) (?:is )?(?:complete|completed|finished|over|"
    r"done|result|results|summary|report) ?(?:\.|$|is|all)",
    r"the (?:above|preceding|candidate's) (?:\S+ )?(?:answer|response|submission) (?:is|was|has|"
    r"should|must)",
    r"(?:decode|decrypt|execute|run|obey|follow|comply with) (?:and \S+ )?(?:this|the|these|my) "
    r"(?:\S+ )?(?:base ?64|instructions?|orders?|commands?|message|following and|string and|text "
    r"and)",
)

_CLAIMED = (
    rf"(?:this|my|our|the above|the present) (?:\S+ )?{_ANSWER}(?: (?:has|have|also|clearly|"
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
    r"(?:ignorier\w*|missachte\w*|vergiss|vergessen sie|beachte\w* nicht)(?: \S+){0,4}? "
    r"(?:\w*anweisung\w*|"
    r"\w*kriteri\w*|\w*rubrik\w*|\w*bewertung\w*|\w*regeln|\w*vorgaben)",
    r"(?:volle|alle|maximale|hochste) (?:\S+ )?(?:punkt\w*|note|bewertung)|(?:hochst|"
    r"best)(?:note|punktzahl)|"
    r"volle punktzahl|bestnote",
    r"(?:alle|jedes|samtliche) (?:\S+ )?kriteri\w*(?: \S+){0,3} erfull\w*|erfull\w* (?:\S+ "
    r")?alle kriteri\w*|"
    r"wie (?:es )?(?:in )?(?:der|die|das) (?:musterlosung|referenz\w*|rubrik)",
    r"(?:liebe[rs]?|sehr geehrte[rs]?|werte[rs]?|hallo) (?:\S+ )?(?:prufer\w*|korrektor\w*|"
    r"bewerter\w*|"
    r"gutachter\w*|professor\w*|lehrer\w*|frau|herr)",
    # French
    r"(?:ignore[rz]?|oublie[rz]?|ne tene?z pas compte)(?: (?:de|les|des|la|le|toutes?|tous|ces|mes|"
    r"vos|tes|ton|votre|precedentes?|ci|dessus)){1,4} (?:instructions?|consignes?|"
    r"criteres?|"
    r"regles|bareme|grille|rubrique)",
    r"(?:tous les|le maximum de|la totalite des) points|note maximale|la meilleure note|20 20",
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
    r"rubricas?|criterios?|reglas|regras|indicaciones)",
    r"(?:todos (?:los|os) (?:puntos|pontos)|(?:puntuacion|nota|calificacion|pontuacao) maxima|"
    r"maxima "
    r"(?:puntuacion|nota|calificacion|pontuacao)|maximo de (?:puntos|pontos))",
    r"(?:cumpl\w+|satisfa\w+|atend\w+|cumpr\w+) (?:\S+ )?todos (?:los|os) criterios|todos (?:los|"
    r"os) criterios "
    r"(?:\S+ ){0,3}(?:cumplid\w*|satisfech\w*|atendid\w*|cumprid\w*)|como dice la (?:referencia|"
    r"rubrica)",
    r"(?:estimad[oa]|querid[oa]|car[oa]|prezad[oa]|hola|ola) (?:\S+ )?(?:examinador\w*|"
    r"evaluador\w*|profesor\w*|"
    r"corrector\w*|avaliador\w*|professor\w*|juez)",
    # Italian
    r"(?:ignora\w*|dimentica\w*)(?: \S+){0,4}? (?:istruzion\w+|criteri\w*|regole|rubrica)",
    r"(?:tutti i|il massimo dei) punt\w+|punteggio (?:massimo|pieno)|voto (?:massimo|piu alto)|"
    r"massimo dei voti|"
    r"(?:soddisfa|rispetta) (?:\S+ )?tutti i criteri|tutti i criteri (?:\S+ ){0,2}(?:soddisfatti|"
    r"rispettati)",
    r"(?:caro|cara|gentile|egregio|esimio) (?:\S+ )?(?:esaminatore|esaminatrice|professore|"
    r"correttore|"
    r"valutatore)",
    # Dutch
    r"(?:negeer|vergeet)(?: \S+){0,4}? (?:instructies?|criteria|regels|rubriek|beoordeling\w*)",
    r"alle punten|(?:volledige|maximale|hoogste) (?:score|punten|cijfer)|voldoet aan alle "
    r"criteria|alle criteria "
    r"(?:\S+ )?vervuld|(?:beste|geachte) (?:examinator|beoordelaar|corrector|docent)",
    # Polish and Turkish
    r"(?:zignoruj|ignoruj|pomin)(?: \S+){0,4}? (?:instrukcj\w+|kryteri\w+|zasad\w*|polecen\w*)|"
    r"(?:pelna|maksymaln\w+|"
    r"wszystkie) (?:liczb\w+ )?(?:punkt\w+|ocen\w+)|(?:szanowny|drogi) (?:egzaminator\w*|panie)|"
    r"wszystkie kryteria",
    r"(?:talimat\w*|kriter\w*|kural\w*|olcut\w*)(?: \S+){0,3}? (?:yok say|gormezden gel|unut|"
    r"dikkate alma)\w*|tam "
    r"(?:puan|not)\w*|tum (?:kriter|olcut)\w*(?: \S+){0,3}|(?:sayın|sevgili|degerli) (?:\S+ "
    r")?(?:ogretmen\w*|hoca\w*|"
    r"sinav\w*|degerlendirici\w*|jüri)",
    # Swedish, Latin, Indonesian
    r"(?:ignorera|glom)(?: \S+){0,4}? (?:instruktion\w*|kriteri\w*|regler\w*)|(?:full|hogsta) "
    r"(?:poang|betyg)|alla poang",
    r"abaikan(?: \S+){0,4}? (?:instruksi|kriteria|aturan|rubrik|perintah)|nilai (?:penuh|"
    r"maksimal|sempurna)",
)


class _Phrase(NamedTuple):
    source: str
    pattern: re.Pattern[str]
    suspect: bool


def _phrase(source: str, *, suspect: bool) -> _Phrase:
    """A pattern to be matched with words, between which any mark may stand."""
    spaced = source.replace(" ", r"(?: \.)? ")
    return _Phrase(source, re.compile(rf"(?<!\S)(?:{spaced})(?!\S)"), suspect)


_PHRASES = (
    *(_phrase(source, suspect=True) for source in (*_ENGLISH, *_OTHER_LATIN)),
    *(_phrase(source, suspect=False) for source in _CLAIMED),
)

# Every phrase holds one of these words, so most of an answer need not be looked at.
_TELLTALE = re.compile(
    r"instructions?|rubrics?|criteri\w+|guidelines|directions?|mark|marks|marking|grading|"
    r"directives?|"
    r"rules|commands?|prompts?|messages?|orders?|everything|above|safeguards|grades?|credits?|"
    r"points?|"
    r"scores?|10|100|plus|me|us|candidates?|candidate's|students?|answers?|response|submission|"
    r"essay|"
    r"solution|reply|verdicts?|misconceptions?|items?|fields?|met|references?|official|approved|"
    r"graders?|examiners?|markers?|evaluators?|assessors?|judges?|raters?|reviewers?|professors?|"
    r"teachers?|instructors?|autograders?|correctors?|chatgpt|gpt|claude|gemini|llm|dear|hello|"
    r"hi|hey|"
    r"esteemed|respected|kind|you|you're|your|act|behave|pose|play|roleplay|role|pretend|imagine|"
    r"suppose|override|notice|mode|note|dean|course|author|administrator|supervisor|examination|"
    r"openai|anthropic|developer|creator|boss|beg|implore|plead|beseech|mercy|generous|lenient|"
    r"nice|"
    r"merciful|pity|kindness|benefit|please|lose|fail|expelled|deported|fired|kicked|evicted|"
    r"homeless|"
    r"graduate|pay|tip|reward|report|sue|complain|thank|my|sick|ill|hospital\w*|dying|depressed|"
    r"desperate|crying|agreed|discussed|promised|agreement|arranged|ministry|head|board|committee|"
    r"department|attach\w*|appendix|e|mail|email|pdf|file|link|url|website|image|picture|"
    r"screenshot|"
    r"portal|drive|dropbox|document|video|page|sheet|usb|photo|repository|annex|graded|marked|"
    r"verified|assessed|scored|certified|material|input|evaluation|assessment|judge?ment|preceding|"
    r"decode|decrypt|execute|run|obey|follow|comply|text|work|fully|correctly|clearly|completely|"
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


@lru_cache(maxsize=4096)
def _with(word: str) -> frozenset[int]:
    """The phrases that the word may be part of, told by its first letters."""
    if not _TELLTALE.fullmatch(word):
        return frozenset()
    found = frozenset(i for i, phrase in enumerate(_PHRASES) if word[:4] in phrase.source)
    return found or frozenset(range(len(_PHRASES)))


# Forged frames and verdicts are told by their marks; so are languages that need no spaces.
_ASCII_MARKS = tuple(
    re.compile(source, re.IGNORECASE | re.MULTILINE)
    for source in (
        r"criteri(?:on|a)[ \t]+[\"'`*]{0,3}[\w-]{1,60}[\"'`*]{0,3}[ \t]*(?:[:=–—-]{1,2}|->|→)[ "
        r"\t]*(?:is )?"
        r"[\"'`*]{0,3}(?:met|full|satisf|fulfil|yes|true|pass)",
        r"\bcriteri(?:on|a)[ \t]+[\"'`*]{0,3}[a-z]{1,30}(?:-[a-z]{1,30}){1,6}[\"'`*]{0,3}[ "
        r"\t]+(?:is|are|has been)"
        r"[ \t](?:\w+[ \t])?(?:met|satisf|fulfil)",
        r"\b[\w-]{1,60}[\"'`*]{0,3}[ \t]*[:=][ \t]*[\"'`*]{0,3}(?:met|not_met|level_[123])\b(?![ "
        r"\t]+\w)",
        r"\bverdicts?[\"'`*]{0,3}[ \t]*(?:[:=]|->|→)",
        r"[\"'](?:criteria|verdicts?|misconceptions?|score|grade|points|met|quotes)[\"'][ \t]*:",
        r"^[^\w\n]{0,9}(?:(?:final|total|overall|official)[ \t]+)?(?:score|grade|marks?|points|"
        r"result|rating|total)"
        r"[*_]{0,3}[ \t]*[:=][*_ \t]{0,5}(?:\d+[ \t]*(?:/|of\b|out of|points|%)|full|max|a\+|"
        r"pass|perfect|excellent|met)",
        r"</?(?:verdicts?|scores?|grades?|criteri\w{1,4}|rubric|grading|evaluation|system|"
        r"assistant|instructions?|"
        r"grader|admin|prompt|answer|student_answer|submission|judge|untrusted)\b[^>\n]{0,80}>",
        r"^[^\w\n]{0,9}(?:system|assistant|developer|admin|grader|judge|examiner|tool|"
        r"user)\b[^:\n]{0,30}[:>\]]"
        r"(?=[^\n]{0,300}\b(?:grad(?:e|ing)|marks?\b|rubric|met\b|criteri|score|answer|correct|"
        r"instruct|verdict|points|student|"
        r"candidate|overrid|evaluat|full|pass|judge))",
        r"<\|[^|\n]{1,40}\|>|\[/?INST\]|<<[ \t]?/?SYS[ \t]?>>|\[(?:system|admin|grader|developer|"
        r"assistant|judge)"
        r"[^\]\n]{0,40}\]",
        r"^[ \t]{0,9}#{1,6}[ \t]*(?:new |updated |system |grading |hidden )?(?:system|"
        r"instructions?|assistant|grader|"
        r"grading|rubric|verdicts?|judge|override|evaluation)\b[^\n]{0,60}$",
        r"^[ \t>]{0,9}[=\-#*~_<>+]{3,80}[ \t]*[0-9a-f]{6,64}[ \t]*[=\-#*~_<>+]{3,80}[ \t]*$",
        r"^[ \t>]{0,9}[=\-#*~<>+`]{3,80}[ \t]*(?:end|begin|start|stop|fin|ende)\b[^\n]{0,60}$",
    )
)
_FAR_SCRIPT = re.compile("[\u0370-\u1dff\u3040-\ud7ff]")
_MARKS = _ASCII_MARKS + tuple(
    re.compile(source, re.IGNORECASE)
    for source in (
        r"игнориру\w{1,6}|не обращай\w{0,3} внимания|забудь\w{0,2}[^.\n]{0,40}(?:инструкци|"
        r"критери|правил)|"
        r"максимальн\w{1,4} (?:балл|оценк)|полн\w{1,4} балл|все баллы|высш\w{1,4} балл|"
        r"уважаем\w{1,4} (?:экзаменатор|"
        r"преподавател|проверяющ|профессор)|(?:все|каждый) критери\w{1,3} (?:\w{1,12} "
        r")?(?:выполнен|удовлетвор)|"
        r"отвечает всем критериям|соответствует всем критериям|поставьте",
        r"忽略|无视|無視|满分|滿分|所有(?:评分)?标准|尊敬的|评分(?:员|者|老师)|阅卷|给我(?:满|高)|请给|评分标准|参考答案",
        r"満点|採点(?:者|官|基準)|すべての(?:基準|指示)|全ての(?:基準|指示)|模範解答|無視し|指示を",
        r"만점|채점|무시하|모든 (?:기준|지시)|모범 ?답안",
        r"تجاهل|الدرجة الكاملة|العلامة الكاملة|الدرجات الكاملة|كامل الدرجات|جميع المعايير|كل "
        r"المعايير|عزيزي المصحح|"
        r"أيها المصحح|المصحح|معايير التقييم",
        r"התעלם|התעלמו|ציון מלא|מלוא הנקודות|כל הקריטריונים|בודק יקר|הבוחן|ניקוד מלא|ציון מקסימלי",
        r"अनदेखा|नज़रअंदाज़|पूरे अंक|पूर्ण अंक|सभी मानदंड|परीक्षक|निर्देशों",
        r"αγν[οό]ησ\w{1,3}|πλήρ\w{1,3} βαθμ|όλα τα κριτήρια|άριστα|βαθμολογητ",
        r"ігноруй|максимальн\w{1,4} бал|bỏ qua|điểm tối đa|ละเว้น|คะแนนเต็ม",
    )
)


def _matches(text: str) -> Iterator[tuple[Span, bool]]:
    """(where, suspect) of every phrase and every mark."""
    for passage in _passages(text):
        for span, phrase in passage.matches():
            yield span, phrase.suspect
    visible, origins = _visible(text)
    for mark in _MARKS if _FAR_SCRIPT.search(visible) else _ASCII_MARKS:
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
