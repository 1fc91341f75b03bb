"""A statement -> its denial, in English, by form alone."""

from __future__ import annotations

import re

_VERB = re.compile(r"\b(?:is|are|was|were|can|will|must|should)\b")
# With any of these in it, a sentence may have a second verb, or be denied already.
_MANIFOLD = re.compile(
    r"[,;:()]|\b(?:and|or|but|because|so|which|who|that|if|while|when|where|as|than|since|although"
    r"|whereas|until|after|before|not|no|never|cannot|without|only)\b|n't\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:so|then|thus|hence|therefore|but|and|also|however|moreover|finally|now),?\s+",
    re.IGNORECASE,
)
_FIRST_WORD = re.compile(r"[A-Z][a-z]+\b|A\b")


def negated(statement: str) -> str:
    """The statement denied: with 'not' behind its only verb, else as 'it is not true that ...'."""
    verbs = list(_VERB.finditer(statement))
    if len(verbs) == 1 and not _MANIFOLD.search(statement):
        verb = verbs[0]
        denial = "cannot" if verb[0] == "can" else f"{verb[0]} not"
        return statement[: verb.start()] + denial + statement[verb.end() :]
    opening = _OPENING.match(statement)
    before = opening[0] if opening else ""
    rest = statement[len(before) :]
    if opening or not statement[:1].isupper():
        return f"{before}it is not true that {_small(rest)}"
    return f"It is not true that {_small(rest)}"


def _small(text: str) -> str:
    """The text as it goes on within a sentence: names in capitals and formulas stay."""
    return text[:1].lower() + text[1:] if _FIRST_WORD.match(text) else text
