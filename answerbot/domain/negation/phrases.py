"""The words and phrases that deny, and those that bound what is denied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


HARD = _words("; : . ! ? | … — – - --")
CLAUSE = _words(
    "but however whereas while although though because since unless therefore thus hence instead "
    "if when whenever where until after before so yet as otherwise"
)
SUBJECTS = _words(
    "it they we this these those there the that he she you i its their in instead so thus "
    "therefore hence then"
)
FINITE = _words(
    "is are was were has have had can could will would does do did may might must should cannot"
)
DETERMINERS = _words(
    "a an the any such its their this that these those using having needing requiring being "
    "explicit real true much"
)
OPENERS = _words("if when whenever since because as unless with although while once")
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


@dataclass(frozen=True)
class Phrase:
    """A pattern, and words of which each match has one: to look for these first is faster."""

    needs: frozenset[str]
    source: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when it is first looked for."""
        return re.compile(self.source)


NO_DENIAL = Phrase(
    _NOT_WORDS | {"no"},
    rf"(?<!\S)(?:{_NOT} (?:{_WEAKENED.replace('_', ' ')})"
    r"|no (?:longer|matter|wonder|more|less|fewer|doubt(?! that)|later|sooner|problem))(?!\S)",
)
COMPLEMENT = Phrase(
    _words("that wrongly mistakenly falsely erroneously incorrectly"),
    rf"(?<!\S)(?:{_NOT} (?:really |quite |actually |strictly |at all )?{_TRUE}"
    rf"(?: to {_SAY}|,)?(?: that)"
    rf"|{_UNTRUE}(?: to {_SAY})? that"
    rf"|(?:{_MYTH}|mistake|error|lie)(?: (?:is|was))?(?: to {_SAY})? that"
    r"|contrary to (?:[\w'-]+ ){0,5}?that"
    rf"|(?:wrongly|mistakenly|falsely|erroneously|incorrectly) (?:[\w'-]+ )?{_SAY}(?: (?:that|to))?"
    r"|(?:doubt|deny|denies|disagree|disagrees|disproves?|refutes?) (?:[\w'-]+ )?that)(?!\S)",
)
VERBAL = Phrase(
    _NOT_WORDS
    | _words(
        "never neither nor nobody none nothing nowhere no-one hardly scarcely barely fail fails "
        "failed failing unable incapable refuse refuses no"
    ),
    rf"(?<!\S)(?:{_NOT}|never|neither|nor|nobody|none|nothing|nowhere|no-one|hardly|scarcely|barely"
    r"|fail(?:s|ed|ing)? to|unable to|incapable of|refuses? to|no)(?!\S)",
)
NOMINAL = Phrase(
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
POINTING = Phrase(
    _WRONG_WORDS,
    r"(?<!\S)(?:this|that|it|which|these|those|they|both)"
    r"(?: (?:claim|statement|belief|idea|view|answer|people|notion))?"
    rf"(?:'s|'re)? (?:{_BE} )?(?:{_WRONG})|(?<!\S)(?:isn't|aren't) true",
)
OF_CLAIM = Phrase(
    _WRONG_WORDS, rf"(?<!\S)(?:{_BE} {_WRONG}|(?:isn't|aren't|wasn't) {_TRUE}(?= [.;:,!?]|$))"
)
OPENS_CLAUSE = OPENERS | _words("where until after before which who whose")
MAY_BE_WRONG = _words(
    "prediction predictions output outputs guess guesses token tokens word words label labels "
    "value values input inputs estimate estimates"
)
SO = _words("so then thus hence therefore")
NEED = _words("needed required necessary")
ASKING = _words(
    "is are was were do does did has have had can could will would should must may might isn't "
    "aren't don't doesn't so"
)
TAG = re.compile(r"(?:right|correct|true|ok|no|yes|[a-z]+n't [a-z]+|(?:is|are|do|does) [a-z]+) \?$")
CLAIM = _words(
    "claim claims statement statements idea belief beliefs notion assumption view assertion saying "
    "claiming thinking argument"
)
PRELUDE = re.compile(r"(?:(?:but|however|yet|actually|in fact|well|of course|sadly) (?:, )?){0,2}")
LABEL = re.compile(
    rf"(?:(?:a|an|one|the|common|popular|another|widespread|frequent) ){{0,3}}"
    rf"(?:not true|{_UNTRUE}|{_MYTH})(?: \d+)? :|[❌✗✘]"
)
LEAD_IN = re.compile(rf"(?<!\S)(?:{_UNTRUE}|{_MYTH}|{_NOT} {_TRUE}(?: that)?)(?: that)?(?: :)?$")
ANSWER_NO = re.compile(
    r"(?:no|nope|nah|wrong|false|never|incorrect|hardly)(?: [.,;:!—–-]|$)"
    r"|(?:not at all|not really|not quite|certainly not|of course not|definitely not|far from it)"
    r"(?!\S)"
)
# Every denial has one of these words or ends in "n't", so most sentences need no closer look.
DENYING = _words(
    "n't no not nor never neither none nothing nobody nowhere no-one nope nah hardly scarcely "
    "barely dont doesnt didnt isnt arent wasnt cannot fail fails failed failing unable incapable "
    "refuse refuses without lack lacks lacked lacking absence devoid instead rather opposed "
    "myth myths misconception misconceptions fallacy fallacies misbelief misbeliefs "
    "misunderstanding misunderstandings falsehood falsehoods false wrong incorrect untrue mistaken "
    "erroneous inaccurate nonsense bogus mistake error lie rubbish contrary wrongly mistakenly "
    "falsely erroneously incorrectly doubt deny denies disagree disagrees disprove disproves "
    "refute refutes far ❌ ✗ ✘"
)
STRUCK = re.compile(r"~~[^~]+~~|<(del|s|strike)>[^<]+</\1>", re.IGNORECASE)
