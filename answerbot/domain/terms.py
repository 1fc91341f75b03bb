"""Text -> terms: the words that tell what a text is about, in one form each.

    'Can you describe how GRUs work?'  ->  ['GRU']
    'What are gated recurrent units?'  ->  ['GRU']

A term is a stem in small letters, an abbreviation as the vocabulary has it, or an aspect: what is
asked about a subject (its limits, its uses, how it differs), whatever word says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from answerbot.domain.vocabulary import Vocabulary

ASPECT = "~"
"""What the name of an aspect starts with."""

_STOP_WORDS = frozenset(
    """
    a about above after again against all also although always am among an and any are as at be
    became because been before being below between both but by can cannot could did do does doing
    done down during each either else especially etc ever every few for from further get gets give
    given gives go goes had has have having he her here hers him his how however i if in instead
    into is it its itself just let like made make makes many may me mean meaning means might more
    most much must my near need needed needs neither never no nor not now of off often on once one
    only onto or other others our out over own per perhaps put rather same see several shall she
    should since so some something sometimes such than that the their them then there thereby
    these they thing things this those though through thus to together too toward towards under
    until up upon us usually very via want was way ways we well went were what whatever when where
    whether which while who whom whose why will with within without would yet you your yours
    answer associated brief briefly concept context define describe detail details discuss elaborate
    explain exciting idea illustrate involve involved list mention name outline please question
    regarding related relate say tell typical typically understand understanding
    work works working
    """.split()
)

_ASPECTS: Mapping[str, str] = {
    word: ASPECT + aspect
    for aspect, words in {
        "difference": "better compare compared compares comparing comparison contrast contrasted "
        "differ difference differences different differently differs distinguish distinction "
        "prefer preferred replace replaces similarities unlike versus vs",
        "use": "application applications applied applies apply applying employ employed usage use "
        "used useful uses using utilize",
        "advantage": "advantage advantages benefit benefits pro pros strength strengths",
        "limit": "bottleneck challenge challenges complexities con cons difficult difficulties "
        "difficulty disadvantage disadvantages downside drawback drawbacks failure failures hard "
        "harder issue issues limitation limitations limits obstacle pitfall pitfalls problem "
        "problems shortcoming shortcomings struggle struggles trouble weakness weaknesses",
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
        "instance": "case cases example examples instance instances scenario scenarios",
        "how": "implement implementation implemented implementing operate operates operation",
        "quality": "common commonly main basic fundamental key specific standard traditional "
        "vanilla simple",
    }.items()
    for word in words.split()
}

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_POSSESSIVE = re.compile(r"['’].*$")
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
        if len(rest) >= _ENDINGS.get(ending, len(word)) and _VOWEL.search(rest):
            return rest
    return word


def _without_double(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


class _Forms(dict[str, str]):
    """Word as written -> its term, '' for a stop word; each word is worked out once."""

    def __init__(self, abbreviations: Mapping[str, str], exact: Iterable[str]) -> None:
        super().__init__()
        self._abbreviations = abbreviations
        self._exact = frozenset(exact)

    def __missing__(self, word: str) -> str:
        self[word] = form = self._form(_POSSESSIVE.sub("", word))
        return form

    def _form(self, word: str) -> str:
        for written in (word, word.removesuffix("s")):
            if written in self._exact:
                return written
            if abbreviation := self._abbreviations.get(written.lower()):
                return abbreviation
        low = word.lower()
        if low in _STOP_WORDS or len(low) == 1:
            return ""
        return _ASPECTS.get(low) or stem(low)


class Terms:
    """Reads texts of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        exact = vocabulary.case_sensitive
        self._forms = _Forms({a.lower(): a for a in vocabulary.long_forms if a not in exact}, exact)
        self._phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for written, other in vocabulary.spellings.items():
            self._add(written, tuple(filter(None, self._words(other))))
        for abbreviation, long_forms in vocabulary.long_forms.items():
            for long_form in long_forms:
                self._add(long_form, (abbreviation,))
                self._add(" ".join(self._read(long_form)), (abbreviation,))
        self._related = {
            tuple(self.of(term)): tuple(t for other in others for t in self.of(other))
            for term, others in vocabulary.related.items()
        }

    def of(self, text: str) -> list[str]:
        """The terms of the text in their order, one for each time a term occurs."""
        return [term for term in self._read(text) if term]

    def related(self, terms: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(term, terms that a text about it is likely to use) for those of `terms` that have any.

        For a phrase of several terms, every term of it is given with the same others.
        """
        present = set(terms)
        for phrase, others in self._related.items():
            if present.issuperset(phrase):
                yield from ((term, others) for term in phrase)

    def _add(self, written: str, terms: tuple[str, ...]) -> None:
        words = tuple(self._words(written))
        if words and words != terms:
            phrases = self._phrases.setdefault(words[0], [])
            if (words, terms) not in phrases:
                phrases.append((words, terms))
                phrases.sort(key=lambda phrase: -len(phrase[0]))

    def _words(self, text: str) -> list[str]:
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text)
        return list(map(self._forms.__getitem__, _WORD.findall(text)))

    def _read(self, text: str) -> list[str]:
        words = self._words(text)
        starts = self._phrases.keys() & set(words)
        return self._replace_phrases(words, starts) if starts else words

    def _replace_phrases(self, words: list[str], starts: set[str]) -> list[str]:
        terms: list[str] = []
        at = 0
        while at < len(words):
            word = words[at]
            if word in starts:
                for phrase, replacement in self._phrases[word]:
                    if tuple(words[at : at + len(phrase)]) == phrase:
                        terms.extend(replacement)
                        at += len(phrase)
                        break
                else:
                    terms.append(word)
                    at += 1
            else:
                terms.append(word)
                at += 1
        return terms
