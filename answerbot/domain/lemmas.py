"""Text -> sentences of words, each word in the one form that its inflections share, with offsets.

'The gates **kept** it.'  ->  the gat keep it
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from answerbot.domain import sentences as plain_sentences
from answerbot.domain.english import stem
from answerbot.domain.vocabulary import DEFAULT

_JOINERS = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u0300-\u036f"
_HIGH = "²³¹⁰⁴-⁹₀-₉"
_LETTER = rf"[^\W_{_HIGH}]"
_WORD = re.compile(rf"{_LETTER}(?:[{_JOINERS}'’]*{_LETTER})*|[{_HIGH}]+")
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_POSSESSIVE = re.compile(r"'s?$")

# What a reader of the rendered page does not see as the author's words: code, comments, tags.
_UNREAD = re.compile(
    r"^(?P<fence>```+|~~~+).*?(?:^(?P=fence)|\Z)|<!--.*?(?:-->|\Z)|</?[A-Za-z][^<>]{0,300}>",
    re.DOTALL | re.MULTILINE,
)
# Past forms and plurals that no ending shows.
_IRREGULAR = {
    form: base
    for line in """
        become became; begin began begun; bind bound; blow blew blown; break broke broken;
        bring brought; build built; choose chose chosen; criterion criteria; deal dealt;
        do does did done; draw drew drawn; drive drove driven; fall fell fallen; feed fed;
        find found; forget forgot forgotten; freeze froze frozen; get got gotten; give gave given;
        go goes went gone; grow grew grown; have has had; hold held; index indices; keep kept;
        know knew known; learn learnt; leave left; lead led; lose lost loses losing; make made;
        matrix matrices; mean meant; pay paid; rise rose risen; run ran; say said; see saw seen;
        send sent; shrink shrank shrunk shrunken; spend spent; stand stood; take took taken;
        teach taught; tell told; think thought; throw threw thrown; vertex vertices; wear wore worn;
        write wrote written; be is are was were been being am; small tiny smaller smallest;
        zero 0; one 1; two 2; three 3; four 4; five 5; ten 10;
        not no never without cannot neither nor
    """.split(";")  # noqa: SIM905 - a list literal would be one form a line
    for base, *forms in [line.split()]
    for form in forms
}  # fmt: skip


class Word(NamedTuple):
    """A word of a text: `written` in small letters, its lemma, and where it stands."""

    written: str
    lemma: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or an item of a list: its words, and the text between its ends."""

    words: tuple[Word, ...]
    start: int
    end: int


def lemma(written: str) -> str:
    """The form that the inflections of a word share."""
    word = _POSSESSIVE.sub("", written)
    word = "not" if word.endswith("n't") else _IRREGULAR.get(word, word)
    if len(word) > 5 and word.endswith(("our", "ours", "oured", "ouring")):
        word = word.replace("our", "or")
    return stem(word)


@lru_cache(maxsize=50_000)
def _forms(word: str) -> tuple[str, str]:
    """How the word is written in small letters, and its lemma."""
    written = _written(word)
    return written, lemma(written)


def _written(word: str) -> str:
    if word[-1] == "s" and word[:-1].isupper():
        word = word[:-1]
    if word.isascii():
        return word.lower()
    if len(word) == 1 and "GREEK" in unicodedata.name(word, ""):
        return unicodedata.name(word).split()[-1].lower()
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", word)).casefold()
    return plain.replace("’", "'")


def words_of(text: str, start: int = 0, end: int | None = None) -> tuple[Word, ...]:
    """The words between two offsets, in their order."""
    stop = len(text) if end is None else end
    found = [Word(*_forms(match[0]), *match.span()) for match in _WORD.finditer(text, start, stop)]
    return tuple(_as_spelt(found))


@cache
def _spellings() -> Mapping[str, Sequence[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """First lemma -> the phrases that start with it, longest first, and the lemmas for each."""
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    long_forms = [(form, short) for short, forms in DEFAULT.long_forms.items() for form in forms]
    for written, other in [*long_forms, *DEFAULT.spellings.items()]:
        phrase, others = _plain_lemmas(written), _plain_lemmas(other)
        phrases.setdefault(phrase[0], []).append((phrase, others))
    return {first: sorted(found, key=lambda p: -len(p[0])) for first, found in phrases.items()}


def _plain_lemmas(text: str) -> tuple[str, ...]:
    return tuple(_forms(match[0])[1] for match in _WORD.finditer(text))


def _as_spelt(words: list[Word]) -> Iterator[Word]:
    """The words, each thing spelt in one way: abbreviations for their long forms."""
    at = 0
    while at < len(words):
        for phrase, others in _spellings().get(words[at].lemma, ()):
            same = words[at : at + len(phrase)]
            if tuple(word.lemma for word in same) == phrase:
                for other in others:
                    yield Word(other, other, same[0].start, same[-1].end)
                at += len(phrase)
                break
        else:
            yield words[at]
            at += 1


def sentences(text: str) -> Sequence[Sentence]:
    """The sentences and list items of a text that have a word; code, comments and tags left out."""
    visible = _UNREAD.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    read = ((words_of(visible, *span), span) for span in plain_sentences.sentences(visible))
    return [Sentence(words, *span) for words, span in read if words]
