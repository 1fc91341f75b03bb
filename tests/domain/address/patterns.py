r"""Which words must a text have for a pattern to match in it?

`(?:give|award) me(?: \S+){0,4}? marks?` needs one of `give` and `award`, needs `me`, and one of
`mark` and `marks`. Words that end in `*` stand for all that begin so. Understood is what patterns
of phrases are made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_PART = re.compile(
    r"(?:(?P<around>\(\?<?[=!])|(?P<group>\(\?:)|(?P<close>\))|(?P<bar>\|)|(?P<nothing>\\b|\^|\$)"
    r"|(?P<any>\\[Swd]|\[[^]]+\])|\\?(?P<text>(?<=\\)\.|[^\W_]+(?![?*+{])|[^\W_]|[' ]))"
    r"(?P<times>[?*+]|\{\d,\d\})?\??"
)
_ANY = "*"
_SPACE = " "

Words = frozenset[str]


class _Part(NamedTuple):
    what: str | Sequence[_Sequence]
    """Text, `_ANY`, or a group's alternatives."""
    optional: bool
    repeated: bool


_Sequence = list[_Part]


def words_needed(pattern: str) -> Sequence[Words]:
    """The sets of words of which each has one in every match, where words end with the match."""
    return _alternatives(_parsed(pattern), frozenset([""]), True)[0]


def _parsed(pattern: str) -> Sequence[_Sequence]:
    outer: list[tuple[list[_Sequence], str]] = []
    alternatives: list[_Sequence] = [[]]
    at = 0
    while at < len(pattern):
        found = _PART.match(pattern, at)
        assert found, f"not understood: {pattern[at : at + 20]}"
        at = found.end()
        times = found["times"] or ""
        optional, repeated = times[:1] in ("?", "*") or "{0" in times, times not in ("", "?")
        if found["around"] or found["group"]:
            outer.append((alternatives, found[0]))
            alternatives = [[]]
        elif found["bar"]:
            alternatives.append([])
        elif found["close"]:
            group = alternatives
            alternatives, opened = outer.pop()
            if opened == "(?:":
                alternatives[-1].append(_Part(group, optional, repeated))
        elif not found["nothing"]:
            what = _ANY if found["any"] else found["text"]
            alternatives[-1].append(_Part(what, optional, repeated))
    return alternatives


_Needed = tuple[list[Words], Words]
"""What is needed, and the words that may be begun at the end: '' where none is."""


def _alternatives(alternatives: Iterable[_Sequence], begun: Words, ends: bool) -> _Needed:
    needed, endings = zip(*(_sequence(one, begun, ends) for one in alternatives), strict=True)
    longest = max(map(len, needed)) if all(needed) else 0
    together = [
        frozenset().union(*(each[min(at, len(each) - 1)] for each in needed))
        for at in range(longest)
    ]
    return together, frozenset().union(*endings)


def _sequence(sequence: _Sequence, begun: Words, ends: bool) -> _Needed:
    """`ends`: a word that is begun at the end of the sequence ends there."""
    needed: list[Words] = []
    for at, part in enumerate(sequence):
        ends_here = _is_space_next(sequence[at + 1 :], ends)
        if not part.optional:
            more, begun = _one(part, begun, ends_here and not part.repeated)
            needed += more
            if not part.repeated:
                continue
        if part.what == _SPACE:
            begun |= {""}
        elif _opens_with_space(part):
            needed += _ended(begun if ends_here else _begins(begun))
            begun = frozenset([_ANY])
        else:
            _, after = _one(part, begun, False)
            begun |= _begins(after) if part.repeated and after != begun else after
    if ends and "" not in begun:
        return needed + _ended(begun), frozenset([_ANY])
    return needed, begun


def _one(part: _Part, begun: Words, ends: bool) -> _Needed:
    if not isinstance(part.what, str):
        return _alternatives(part.what, begun, ends)
    if part.what == _SPACE:
        return _ended(begun), frozenset([""])
    if part.what == _ANY:
        return [], _begins(begun)
    return [], frozenset(one if one.endswith(_ANY) else one + part.what for one in begun)


def _ended(words: Words) -> list[Words]:
    """What is needed where these words end: nothing where it may be any word."""
    return [] if words & {"", _ANY} else [words]


def _begins(words: Words) -> Words:
    return frozenset(one.rstrip(_ANY) + _ANY for one in words)


def _opens_with_space(part: _Part) -> bool:
    if isinstance(part.what, str):
        return part.what == _SPACE
    return all(each and not each[0].optional and _opens_with_space(each[0]) for each in part.what)


def _is_space_next(sequence: _Sequence, ends: bool) -> bool:
    for part in sequence:
        if not _opens_with_space(part):
            return False
        if not part.optional:
            return True
    return ends
