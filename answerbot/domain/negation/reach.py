"""What the words of a sentence deny that stand before or behind a denial.

Words are given as all of the sentence; what is told of them is their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from answerbot.domain.negation.phrases import (
    CLAUSE,
    DETERMINERS,
    FINITE,
    HARD,
    MAY_BE_WRONG,
    NEED,
    OPENERS,
    OPENS_CLAUSE,
    SO,
    SUBJECTS,
)

FAR = 50
"""How many words, or items of a list, a denial reaches at most; this keeps the work linear."""

_NO_ITEM = SUBJECTS | CLAUSE | HARD


def back_to(words: Sequence[str], before: int, stops: frozenset[str]) -> int:
    """The first word behind the last stop before `before`."""
    at = before
    while at > max(before - FAR, 0) and words[at - 1] not in stops:
        at -= 1
    return at


def is_opened(words: Sequence[str], first: int, behind: int) -> bool:
    """Whether the clause opens the sentence and no comma tells where it ends: 'If not X Y'."""
    return (
        words[0] in OPENERS
        and first < FAR
        and all(word not in HARD | {","} for word in words[:first])
        and "," not in words[behind : behind + FAR]
    )


def purpose(words: Sequence[str], first: int, behind: int) -> int:
    """Where the end begins that nothing is needed for: 'no gate is needed to keep the state'."""
    if words[first] == "no":
        for at in range(behind, min(len(words) - 1, behind + FAR)):
            if words[at] in NEED and words[at + 1] in ("to", "for", "in"):
                return at + 1
    return len(words)


def first_noun(words: Sequence[str], behind: int) -> int:
    """The first word that is no article."""
    for at in range(behind, len(words)):
        if words[at] not in DETERMINERS:
            return at
    return len(words)


def reached(
    words: Sequence[str], behind: int, *, of_clause: bool, nominal: bool = False
) -> Sequence[tuple[int, int]]:
    """What a denial whose words end before word `behind` reaches: parentheses are left out."""
    scopes: list[tuple[int, int]] = []
    begun: int | None = None
    at = behind
    if at < len(words) and words[at] == "," and (close := _next(words, at + 1, ",")):
        at = close + 1
    while at < min(len(words), behind + FAR):
        word = words[at]
        if word in "([":
            close = _next(words, at + 1, ")" if word == "(" else "]")
            if begun is not None:
                scopes.append((begun, at))
                begun = None
            if close is None:
                break
            at = close + 1
            continue
        leads = begun is None and not scopes and word in CLAUSE  # 'not because X but because Y'
        if not leads and _ends(words, at, of_clause=of_clause, nominal=nominal):
            break
        if begun is None:
            begun = at
        at += 1
    if begun is not None:
        scopes.append((begun, at))
    return scopes


def _ends(words: Sequence[str], at: int, *, of_clause: bool, nominal: bool) -> bool:
    """Whether what is denied ends before the word."""
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if word == ",":
        return not goes_on_listing(words, at)
    if word == "and":
        listing = "," in words[at - 2 : at]
        return not (of_clause or listing) or following in SUBJECTS
    if nominal and word in FINITE:
        return True
    return word in HARD or word in ")]" or word in CLAUSE


def goes_on_listing(words: Sequence[str], comma: int) -> bool:
    """'input, forget, and output gates': one or two words up to the next comma, 'and' or 'or'."""
    after = words[comma + 1 : comma + 5]
    if not after or after[0] in _NO_ITEM:
        return False
    if after[0] in ("and", "or"):
        return after[0] == "or" or (len(after) > 1 and after[1] not in SUBJECTS)
    return any(word in (",", "and", "or") for word in after[1:3])


def _next(words: Sequence[str], begin: int, word: str) -> int | None:
    for at in range(begin, min(len(words), begin + FAR)):
        if words[at] == word:
            return at
    return None


def says_what_was_wrong(words: Sequence[str], first: int, behind: int) -> bool:
    """'It is fed its prediction, which is wrong, so ...' tells of an error and denies nothing."""
    if words[first] in ("this", "that", "both"):
        return False
    before = next(
        (word for word in reversed(words[:first]) if word not in (",", "but", "and", "(")), ""
    )
    after = words[behind : behind + 3]
    return before in MAY_BE_WRONG or (after[:1] == [","] and not SO.isdisjoint(after[1:]))


def is_condition(words: Sequence[str], begin: int, verb: int) -> bool:
    """Whether the verb is the first of a clause that 'if', 'once' or their like opens."""
    for at in range(verb - 1, begin - 1, -1):
        word = words[at]
        if word in OPENS_CLAUSE:
            return True
        if word in FINITE or word == ",":
            return False
    return False
