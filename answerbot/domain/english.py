"""What is English about reading a question: words that say nothing, aspects, inflections."""

from __future__ import annotations

import re
from collections.abc import Mapping

ASPECT = "~"
"""What the name of an aspect starts with."""

# What a question is not about: English function words, and the words that ask.
STOP_WORDS = frozenset(
    """
    a about above after again against all also although always am among an and any are as at be
    became because been before being below between both but by can cannot could did do does
    doing done down during each either else especially etc ever every few for from further get
    gets give given gives go goes had has have having he her here hers him his how however i if
    in instead into is it its itself just let like made make makes making many may me mean
    meaning means might more most much must my near need needed needs neither never no nor not
    now of off often on once one only onto or other others our out over own per perhaps put
    rather same see several shall she should since so some something sometimes such than that
    the their them then there thereby these they thing things this those though through thus to
    together too toward towards under until up upon us usually very via want was way ways we
    well went were what whatever when where whether which while who whom whose why will with
    within without would yet you your yours
    answer associated based brief briefly common commonly concept context define describe detail
    details discuss elaborate exciting explain fundamental idea illustrate involve involved key
    list main mention name outline please question regarding relate related say specific tell
    typical typically understand understanding work working works
    """.split()  # noqa: SIM905 - a list literal would be one word a line
)

# What is asked about a subject, whatever word asks it; the commonest sense counts.
ASPECTS: Mapping[str, str] = {
    word: ASPECT + aspect
    for aspect, words in {
        "difference": "better compare compared compares comparing comparison contrast contrasted "
        "differ difference differences different differently differs distinguish distinction "
        "prefer preferred replace replaces similarities unlike versus vs",
        "use": "application applications applied applies apply applying appropriate employ "
        "employed suitable suited usage use used useful uses using utilize",
        "advantage": "advantage advantages benefit benefits pro pros strength strengths",
        "limit": "bottleneck challenge challenges complexities con cons difficult difficulties "
        "difficulty disadvantage disadvantages downside drawback drawbacks failure failures hard "
        "harder issue issues limitation limitations limits obstacle pitfall pitfalls "
        "shortcoming shortcomings struggle struggles trouble weakness weaknesses",
        "remedy": "address addresses avoid avoiding cope deal fix handle handles handling mitigate "
        "mitigated mitigates overcome prevent prevents preventing reduce reduces reducing solution "
        "solutions solve solves tackle",
        "method": "approach approaches method methods mode modes procedure strategies strategy "
        "technique techniques",
        "purpose": "aim consideration considerations goal importance important matter matters "
        "motivation necessary purpose reason reasons role roles why",
        "effect": "affect affects cause causes causing consequence consequences effect effects "
        "happen happens impact impacts influence lead leads",
        "kind": "kind kinds type types variant variants variation variations",
        "structure": "architecture architectures framework frameworks model models network "
        "networks structure structures system systems",
        "instance": "case cases example examples instance instances scenario scenarios",
        "how": "implement implementation implemented implementing operate operates operation",
        "practice": "area areas domain domains field fields performance practice practices process "
        "processes task tasks",
        "problem": "problem problems",
        "plain": "basic classic ordinary plain simple standard traditional vanilla",
    }.items()
    for word in words.split()
}

# The aspects that make another question of it: an advantage of a thing is not its limit.
DECISIVE = frozenset(
    ASPECT + aspect for aspect in ("difference", "use", "advantage", "limit", "remedy", "effect")
)

_VOWEL = re.compile(r"[aeiouy]")

# The shortest rest each ending may leave; of those that fit, the longest is taken.
_ENDINGS: Mapping[str, int] = {
    **dict.fromkeys(["ization", "isation", "ational", "ication", "ability", "ibility"], 3),
    **dict.fromkeys(["izing", "ising", "ized", "ised", "izer", "iser", "ize", "ise"], 4),
    **dict.fromkeys(["ating", "ation", "ative", "ator", "ated", "ate", "ition"], 4),
    **dict.fromkeys(["ential", "ional", "ical", "ially", "ally", "ial", "al", "ly"], 4),
    **dict.fromkeys(["able", "ible"], 5),
    **dict.fromkeys(["ence", "ency", "ance", "ancy", "ent", "ant", "ment", "ness", "ity"], 4),
    **dict.fromkeys(["sion", "ion", "ive", "ous", "ier", "er", "or", "ic", "ism", "ist"], 4),
    **dict.fromkeys(["ied", "ing", "ed"], 3),
    **dict.fromkeys(["y", "e"], 3),
}
_LONGEST_ENDING = max(map(len, _ENDINGS))


def stem(word: str) -> str:
    """The part of an English word that its inflections and nearest derivations share."""
    if len(word) <= 3 or not word.isascii() or not word.isalpha():
        return word
    return _without_double(_without_ending(_singular(word)))


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("sses"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and word[-2] not in "siu" else word


def _without_ending(word: str) -> str:
    for length in range(min(_LONGEST_ENDING, len(word) - 3), 0, -1):
        rest, ending = word[:-length], word[-length:]
        if ending == "y" and rest[-1] in "aeo":  # deploy, play
            continue
        if len(rest) >= _ENDINGS.get(ending, len(word)) and _VOWEL.search(rest):
            return rest
    return word


def _without_double(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


_BETWEEN_CLAUSES = re.compile(r"[;:.?!]\s+|,?\s+(?:and|or)\s+|,\s+", re.IGNORECASE)
_POINTS_BACK = re.compile(r"\b(?:it|its|they|them|their|theirs|this|these|those)\b", re.IGNORECASE)


def clauses(question: str) -> list[str]:
    """The parts of a question that joins several, in their order; one part when it joins none."""
    return [part for part in _BETWEEN_CLAUSES.split(question) if part]


def stands_alone(clause: str) -> bool:
    """Whether the clause makes sense without those before it."""
    return not _POINTS_BACK.search(clause)
