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

from answerbot.domain.english import ASPECTS, STOP_WORDS, stem
from answerbot.domain.vocabulary import Vocabulary

_STOP = " "
"""What the form of a stop word starts with: phrases may hold one, terms may not."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_POSSESSIVE = re.compile(r"['’].*$")
# Splitting ASCII so takes a third of the time that the expression above takes.
_ASCII = "".join(c if c.isalnum() or c == "'" else " " for c in map(chr, range(128)))


class _Forms(dict[str, str]):
    """Word as written -> its term, or a marked stop word; each word is worked out once."""

    def __init__(self, abbreviations: Mapping[str, str], exact: Iterable[str]) -> None:
        super().__init__()
        self._abbreviations = abbreviations
        self._exact = frozenset(exact)

    def __missing__(self, word: str) -> str:
        self[word] = form = self._form(_POSSESSIVE.sub("", word.strip("'")))
        return form

    def _form(self, word: str) -> str:
        for written in (word, word.removesuffix("s")):
            if written in self._exact:
                return written
            if abbreviation := self._abbreviations.get(written.lower()):
                return abbreviation
        low = word.lower()
        if low in STOP_WORDS or len(low) < 2:
            return _STOP + low
        return ASPECTS.get(low) or stem(low)


class Terms:
    """Reads texts of one vocabulary.

    `concepts` are the terms that stand for several words.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        exact = vocabulary.case_sensitive
        self._forms = _Forms({a.lower(): a for a in vocabulary.long_forms if a not in exact}, exact)
        self._phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for abbreviation, long_forms in vocabulary.long_forms.items():
            for long_form in long_forms:
                self._add(long_form, (abbreviation,))
        for written, other in vocabulary.spellings.items():
            self._add(written, tuple(self.of(other)))
        self.concepts = frozenset(
            abbreviation
            for abbreviation, long_forms in vocabulary.long_forms.items()
            if any(len(self._words(long_form)) > 1 for long_form in long_forms)
        )
        self._related = {
            tuple(self.of(term)): tuple(t for other in others for t in self.of(other))
            for term, others in vocabulary.related.items()
        }

    def of(self, text: str) -> list[str]:
        """The terms of the text in their order, one for each time a term occurs."""
        return [term for term in self._read(text) if term[0] != _STOP]

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
        if text.isascii():
            words = text.translate(_ASCII).split()
        else:
            words = _WORD.findall(unicodedata.normalize("NFKC", text))
        return list(map(self._forms.__getitem__, words))

    def _read(self, text: str) -> list[str]:
        words = self._words(text)
        return words if self._phrases.keys().isdisjoint(words) else self._replace_phrases(words)

    def _replace_phrases(self, words: list[str]) -> list[str]:
        terms: list[str] = []
        at = 0
        while at < len(words):
            for phrase, replacement in self._phrases.get(words[at], ()):
                if tuple(words[at : at + len(phrase)]) == phrase:
                    terms.extend(replacement)
                    at += len(phrase)
                    break
            else:
                terms.append(words[at])
                at += 1
        return terms
