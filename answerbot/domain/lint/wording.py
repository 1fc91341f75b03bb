"""How criteria and misconceptions are worded: would two experts decide alike by these words?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from answerbot.domain import coverage
from answerbot.domain.lint.complaints import Finding, Source
from answerbot.domain.lint.coordination import second_demand
from answerbot.domain.rubric import Criterion, Misconception, Rubric
from answerbot.domain.strict_yaml import Trail

MOST_WORDS = 60
"""A longer demand, its examples not counted, is one that nobody keeps in mind while reading."""


def plain(text: str) -> str:
    """The text as it is compared: without case, line breaks, quotes and a stop."""
    return " ".join(text.casefold().split()).strip("'\"“”.")


@lru_cache(maxsize=256)
def content(text: str) -> tuple[str, ...]:
    """The lemmas that say something, in their order; several rules ask for those of one text."""
    return tuple(coverage.content(text))


class Wording(NamedTuple):
    """A text of the rubric that a judge reads, and what it is a part of."""

    trail: Trail
    text: str
    owner: str


def _parts(rubric: Rubric) -> Iterator[tuple[Trail, Criterion | Misconception]]:
    for number, criterion in enumerate(rubric.criteria):
        yield ("criteria", number), criterion
    for number, misconception in enumerate(rubric.misconceptions):
        yield ("misconceptions", number), misconception


def _demands(rubric: Rubric) -> Iterator[Wording]:
    """What criteria ask for, whole or in part."""
    for number, criterion in enumerate(rubric.criteria):
        owner = f"criterion {criterion.id!r}"
        yield Wording(("criteria", number, "states"), criterion.states, owner)
        if criterion.partial is not None:
            yield Wording(("criteria", number, "partial"), criterion.partial, owner)
        for at, level in enumerate(criterion.levels):
            yield Wording(("criteria", number, "levels", at, "states"), level.states, owner)


def _statements(rubric: Rubric) -> Iterator[Wording]:
    """What criteria ask for and misconceptions claim."""
    yield from _demands(rubric)
    for number, misconception in enumerate(rubric.misconceptions):
        owner = f"misconception {misconception.id!r}"
        yield Wording(("misconceptions", number, "states"), misconception.states, owner)


def _samples(rubric: Rubric) -> Iterator[Wording]:
    """The wordings that count, and those that do not."""
    for number, criterion in enumerate(rubric.criteria):
        owner = f"criterion {criterion.id!r}"
        for at, text in enumerate(criterion.accepts):
            yield Wording(("criteria", number, "accepts", at), text, owner)
        for at, text in enumerate(criterion.rejects):
            yield Wording(("criteria", number, "rejects", at), text, owner)


# Double-barrelled


def double_barrelled(source: Source) -> Iterator[Finding]:
    """Two demands for one set of points, with no step for the half of it."""
    for number, criterion in enumerate(source.rubric.criteria):
        second = None if criterion.steps else second_demand(criterion.states)
        if second:
            yield Finding(
                ("criteria", number, "states"),
                f"criterion {criterion.id!r} asks for two things at one price; the second begins "
                f"{second!r}",
                "make two criteria of it, or say in 'partial' what one of the two earns",
            )


# Words that everybody reads otherwise

_QUOTED = re.compile(r"\"[^\"]*\"|“[^“”]*”|'[^']*'(?!\w)")
_ADJECTIVES = "(?:good|basic|solid|deep|thorough|fair|clear|proper|sufficient|strong|sound)"
_KNOWING = "(?:understanding|knowledge|grasp|awareness|familiarity|insight)"
_VAGUE = re.compile(
    rf"""\b(?:
    (?:in)?appropriate(?:ly)? | (?:in)?adequate(?:ly)? | clearly | properly | satisfactor(?:y|ily)
    | well[ -](?:written|explained|structured|argued|reasoned) | relevant | precise(?:ly)?
    | reasonabl[ey] | convincing(?:ly)? | acceptabl[ey]
    | etc\.? | and\ so\ (?:on|forth) | (?:and|or)\ the\ like | or\ something\ like
    | (?:in|with|enough|sufficient)\ (?:enough\ |some\ |great\ )?detail
    | (?:shows?|demonstrates?|displays?|evidence\ of)\ (?:an?\ |the\ |some\ )?
      (?:{_ADJECTIVES}\ )?{_KNOWING}
    | (?:{_ADJECTIVES}|some)\ {_KNOWING}
    | {_ADJECTIVES}\ (?:explanation|description|discussion|answer|definition|example)
    | (?:key|main)\ (?:aspects?|points?|ideas?|facts?|concepts?)
    | (?:important|relevant|essential)\ (?:aspects?|points?)
    | touch(?:es)?\ (?:on|upon) | deals?\ with\ the\ topic
    | as\ (?:needed|necessary|appropriate) | (?:where|if)\ (?:applicable|appropriate|relevant)
    | to\ some\ (?:extent|degree) | among\ others | some\ (?:sort|kind)\ of
    )(?![\w-])""",
    re.VERBOSE | re.IGNORECASE,
)
_VAGUE_BEGINNING = re.compile(
    r"(?:(?:the|an?)\s+(?:answer|candidate|student|explanation|response)\s+(?:is\s+|are\s+)?)?"
    r"(?:good|nice|interesting|understands?|knows?|is\s+aware|is\s+familiar|talks?\s+about"
    r"|writes?\s+about|(?:correct|right|complete|relevant)\s+"
    r"(?:definition|explanation|answer|description|examples?|use))(?![\w-])",
    re.IGNORECASE,
)


def vague_word(source: Source) -> Iterator[Finding]:
    """Words by which one reader decides so and the next otherwise."""
    for trail, text, owner in _statements(source.rubric):
        own = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
        begins = _VAGUE_BEGINNING.match(own)
        within = _VAGUE.finditer(own, begins.end() if begins else 0)
        words = [begins[0]] if begins else []
        words += [found[0] for found in within]
        if words:
            yield Finding(
                trail,
                f"{owner} says {', '.join(map(repr, dict.fromkeys(words)))}, which readers take "
                "differently",
                "say what words of an answer show it, or list what counts in 'accepts'",
            )


# Demands that silence meets

_SAYS = "(?:say|claim|state|mention|confuse|name|assume|suggest|describe|call|mistake|repeat)"
_SILENCE = re.compile(
    rf"(?:(?:the\ |an\ )?(?:answer|candidate|it)\s+)?(?:"
    rf"(?:does\ not|doesn't|do\ not|never|must\ not|should\ not)\s+{_SAYS}s?"
    rf"|avoids?\s+(?:the\ )?(?:{_SAYS}?ing|mistak\w+|confus\w+|nam\w+|errors?|claims?)"
    r"|(?:(?:contains?|makes?|has|with)\s+)?no\s+(?:mention|mistakes?|errors?|false|wrong|incorrect)"
    r"|without\s+(?:mistakes?|errors?)|free\s+of\s+(?:mistakes?|errors?))\b",
    re.IGNORECASE,
)


def met_by_silence(source: Source) -> Iterator[Finding]:
    """A criterion that an empty answer would meet."""
    for trail, text, owner in _demands(source.rubric):
        if found := _SILENCE.match(text):
            yield Finding(
                trail,
                f"{owner} is met by saying nothing: {found[0]!r}",
                "ask for what an answer has to say, and make a misconception of what it must not",
            )


# What the judge does not know

_POINTS = re.compile(
    r"\b(?:half|full|one|two|three|four|five|\d+)\s+(?:of\s+the\s+|a\s+)?(?:marks?|credits?)\b"
    r"|\b\d+\s+points?\b(?!\s+(?:in|of|on|per|apart|and|or|are|is))|\b(?:partial|full|half)\s+credit\b"
    r"|\bhalf\s+(?:of\s+)?(?:the\s+)?points\b|\bearn(?:s|ed)?\s+(?:\w+\s+)?points?\b",
    re.IGNORECASE,
)


def points_in_text(source: Source) -> Iterator[Finding]:
    """Points in the wording: the judge never sees any, the program adds them up."""
    for trail, text, owner in (*_statements(source.rubric), *_samples(source.rubric)):
        if found := _POINTS.search(text):
            yield Finding(
                trail,
                f"{owner} speaks of points ({found[0]!r}), of which the judge knows nothing",
                "say what the answer must say; 'points', 'partial' and 'levels' hold the numbers",
            )


_ELSEWHERE = re.compile(
    r"\b(?:(?:as|see|described|explained|mentioned|named|listed|stated|said|given)\s+(?:above|below)"
    r"|(?:the\s+)?(?:previous|preceding|next|following|first|second|third|last|other)\s+criteri(?:on|a)"
    r"|criterion\s+(?:\d+|of\s+the\s+one\s+before|above|below|before)|same\s+as\s+(?:above|before))\b",
    re.IGNORECASE,
)


# An id of two words may be a word of the field, unless it is called a part of the rubric.
_NAME = r"[a-z0-9]+(?:-[a-z0-9]+)"
_NAMED = re.compile(
    r"(?:\b(?:criteri(?:on|a)|misconceptions?)|(?:^|(?<=[(.;])|(?<=[.;]\s))see)\s+['\"`]?"
    rf"(?!criteri|misconception)(?P<part>{_NAME}*)(?![\w-])|(?<![\w-])(?P<long>{_NAME}{{2,}})(?![\w-])",
    re.IGNORECASE,
)


def not_self_contained(source: Source) -> Iterator[Finding]:
    """A wording that leans on another criterion, which the judge may not see."""
    ids = {part.id for _, part in _parts(source.rubric)}
    for trail, text, owner in _statements(source.rubric):
        elsewhere = _ELSEWHERE.search(text)
        if words := elsewhere[0] if elsewhere else _naming(text, ids):
            yield Finding(
                trail,
                f"{owner} leans on another part of the rubric: {words!r}",
                "write out what is meant; criteria are judged one by one where that is asked for",
            )


def _naming(text: str, ids: Collection[str]) -> str | None:
    """The first words of the text that name a part of the rubric."""
    named = (found for found in _NAMED.finditer(text) if found[found.lastgroup or 0].lower() in ids)
    return next((found[0] for found in named), None)


# Length and steps

_EXAMPLES = re.compile(
    r"\([^()]*\)|[,:]?\s*\b(?:such as|for example|for instance)\b[^;.]*", re.IGNORECASE
)


def long_criterion(source: Source) -> Iterator[Finding]:
    """A demand that is too long to decide by."""
    for trail, text, owner in _statements(source.rubric):
        words = len(_EXAMPLES.sub(" ", text).split())
        if words > MOST_WORDS:
            yield Finding(
                trail,
                f"{owner} takes {words} words, its examples not counted",
                f"say it in {MOST_WORDS} or fewer, or make two criteria of it",
            )


def same_step(source: Source) -> Iterator[Finding]:
    """A step that asks for what the whole asks for, in the same words."""
    for number, criterion in enumerate(source.rubric.criteria):
        texts = {content(criterion.states): "all points"}
        steps: list[tuple[Trail, str]] = [
            (("criteria", number, "levels", at, "states"), level.states)
            for at, level in enumerate(criterion.levels)
        ]
        if criterion.partial is not None:
            steps.append((("criteria", number, "partial"), criterion.partial))
        for trail, text in steps:
            lemmas = content(text)
            if lemmas and lemmas in texts:
                yield Finding(
                    trail,
                    f"criterion {criterion.id!r} asks the same here as for {texts[lemmas]}",
                    "say what is missing where only this is reached",
                )
            texts.setdefault(lemmas, "another step")


# Lists


def contradiction(source: Source) -> Iterator[Finding]:
    """A wording that a criterion both accepts and rejects."""
    for number, criterion in enumerate(source.rubric.criteria):
        accepted = {plain(text) for text in criterion.accepts}
        for at, text in enumerate(criterion.rejects):
            if plain(text) in accepted:
                yield Finding(
                    ("criteria", number, "rejects", at),
                    f"criterion {criterion.id!r} accepts and rejects {text!r}",
                    "decide, and delete the other",
                )


def repeated_entry(source: Source) -> Iterator[Finding]:
    """An entry of a list that stands there already."""
    for trail, name, entries in _lists(source.rubric):
        seen: set[str] = set()
        for at, entry in enumerate(entries):
            if entry in seen:
                yield Finding((*trail, at), f"{name} has {entry!r} twice", "delete one of the two")
            seen.add(entry)


def _lists(rubric: Rubric) -> Iterator[tuple[Trail, str, tuple[str, ...]]]:
    for number, criterion in enumerate(rubric.criteria):
        for key, entries in (("accepts", criterion.accepts), ("rejects", criterion.rejects)):
            yield ("criteria", number, key), f"{key!r} of {criterion.id!r}", entries
    for trail, part in _parts(rubric):
        for at, group in enumerate(part.cues):
            yield (*trail, "cues", at), f"a list of cues of {part.id!r}", group


# Not written yet

_LATER = "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "TBD", "tbd"))
_PLACEHOLDER = re.compile(
    rf"\b(?:{_LATER})\b|lorem ipsum|\[[^\]]*to be (?:filled|done)[^\]]*\]|^\W*$|^<[^<>]+>$"
)


def placeholder(source: Source) -> Iterator[Finding]:
    """A text that somebody meant to write later."""
    rubric = source.rubric
    title = Wording(("title",), rubric.title, "the title")
    answers = (
        Wording(("exemplars", number, "answer"), one.answer.strip(), f"exemplar {one.id!r}")
        for number, one in enumerate(rubric.exemplars)
        if not one.answer.strip(" .\n…")
    )
    for trail, text, owner in (title, *_statements(rubric), *_samples(rubric), *answers):
        if found := _PLACEHOLDER.search(text):
            yield Finding(trail, f"{owner} is not written yet: {found[0]!r}", "write it")


_EMPTY_ID = re.compile(
    r"(?:[a-z]|criteri(?:on|a)|crit|misconception|misc|error|mistake|exemplar|example|answer|item"
    r"|point|part|thing|step|rubric|question|new|test|foo|bar|untitled)?(?:-?[a-z]?\d+|-[a-z])?"
)


def empty_id(source: Source) -> Iterator[Finding]:
    """A name that tells nothing to whoever reads a report."""
    rubric = source.rubric
    named: list[tuple[Trail, str]] = [
        ((), rubric.id),
        *((trail, part.id) for trail, part in _parts(rubric)),
        *((("exemplars", number), one.id) for number, one in enumerate(rubric.exemplars)),
    ]
    for trail, name in named:
        if _EMPTY_ID.fullmatch(name):
            yield Finding(
                (*trail, "id"),
                f"the id {name!r} says nothing of what it names",
                "name what is asked for, as in 'gradient-shrinks'",
            )


def missing_cues(source: Source) -> Iterator[Finding]:
    """A part without cues where others of its kind have some."""
    parts = list(_parts(source.rubric))
    for kind in ("criteria", "misconceptions"):
        same = [(trail, part) for trail, part in parts if trail[0] == kind]
        if any(part.cues for _, part in same):
            for trail, part in same:
                if not part.cues:
                    yield Finding(
                        trail,
                        f"{part.id!r} has no cues, so that the estimate never finds it",
                        "add lists of phrases of which an answer that says it has one each",
                    )
