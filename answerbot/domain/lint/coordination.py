"""Does a text ask for two things at once? Not every 'and' joins two demands.

Understood, in English: two reports ('Says that ... and that ...', 'Names X and explains Y'), two
things reported ('Gives a reason for X and a reason for Y', 'Explains both X and Y'), two clauses
with subjects of their own ('The index speeds up look-ups and the log protects ...'), two
sentences. What stands in brackets, in quotes, behind 'such as' or behind a word like 'because',
'so that' or 'which' explains the demand and is no second one; nor is what is said of the same
subject ('it binds the substrate and holds it'). In doubt there is one demand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_ASIDE = re.compile(
    r"\([^()]*\)|\"[^\"]*\"|“[^“”]*”"
    r"|,?\s*\b(?:such as|for example|for instance|that is,|namely)\b[^;:]*",
    re.IGNORECASE,
)
_STRONG = "says? names? explains? describes? mentions? discuss(?:es)?"
_WEAK = (
    "gives? states? defines? derives? identif(?:y|ies) lists? shows? interprets? appl(?:y|ies) "
    "computes? calculates? compares? contrasts? proves? sketch(?:es)? draws? outlines? cites? "
    "tells? justif(?:y|ies) evaluates? distinguish(?:es)? illustrates?"
)
_AFTER_REPORT = (
    r"(?:what|why|how|that|which|when|where|who|whose|whether|the|an?|its?|their|them|at|"
    r"one|two|three|of each|of at|for)"
)


def _reports(verbs: str) -> str:
    return f"(?:{verbs.replace(' ', '|')})"


_ANSWER = (
    r"(?:(?:the|this|an?|every)\s+(?:(?:complete|full)\s+)?(?:answer|candidate)\s+)?"
    r"(?:\w+ly\s+(?:(?:and|but)\s+\w+ly\s+)?)?"
)
_REPORT = re.compile(rf"\s*{_ANSWER}{_reports(f'{_STRONG} {_WEAK}')}\b", re.IGNORECASE)
_REPORT_THAT = re.compile(rf"\s*{_ANSWER}\w+\s+that\b", re.IGNORECASE)
_FURTHER = r"(?:,?\s+and|;(?:\s+and)?)\s+(?:also\s+|then\s+)?"
_AND_REPORT = re.compile(rf"{_FURTHER}(?={_reports(f'{_STRONG} {_WEAK}')}\s+{_AFTER_REPORT}\b)")
_AND_STRONG_REPORT = re.compile(rf"{_FURTHER}(?={_reports(_STRONG)}\s+{_AFTER_REPORT}\b)")
_AND_ANOTHER_THING = re.compile(
    rf"""\s*{_ANSWER}(?!\w+\s+that\b)(?:
      (?:explains?|describes?|discuss(?:es)?|defines?)\s+
      (?:both\b[^.;:]*?\s+and | [^.;:]*?,\s+as\s+well\s+as)\s+
    | \w+\s+(?:(?!\bbetween\b)[^.;:])*?\b(?:an?|one)\s+(?P<thing>\w+)\b
      [^.;:]*?\s+and\s+(?=(?:an?|one|another)\s+(?P=thing)\b)
    | (?:states?|gives?|names?)\s+the\s+\w+(?:\s+of(?:\s+\w+){{1,3}}?)?
      \s+and\s+(?=(?:its|their)\s+\w+\W*$)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_AND_THAT = re.compile(r",?\s+and\s+(?:also\s+)?(?=that\s+(?!is\b|are\b|of\b))")
_OTHER_THAT = re.compile(
    r"\b(?:so|such|fact|means?|condition|in|is|both|because|shows?|knows?|way|ones?|those)\s+that\b"
    r"[^,;]*$|\bboth\b[^,;]*$"
)
_AND = re.compile(r",?\s+and\s+")
_EXPLAINS = re.compile(
    r"\b(?:because|since|so that|as|when|if|unless|which|who|whose|where|while|whereas|after|"
    r"before|until|although|though|why|how|whether|what|between|both|either|means that|that the "
    r"more)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[a-z)\]])[.]\s+(?=[A-Z])")
_GOES_ON = re.compile(
    r"(?:this|that|these|those|it|its|they|their|he|she|or|for|so|thus|hence|therefore|examples?|"
    r"in other words|such|not|any|either|both|one of|only|to say|otherwise|then|if|when|see)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_CLAUSE_END = re.compile(r"[,;:.]")


def _words_in(words: str) -> frozenset[str]:
    return frozenset(words.split())


_AUXILIARIES = _words_in(
    """
    is are was were has have had does do did can cannot could may might must will would shall
    should
    """
)
_DETERMINERS = _words_in(
    """
    the a an this that these those its their his her our your each every some any no one all it
    them what how why where
    """
)
_RELATIVE = _words_in("that which who whose where")
_VERBS = _words_in(
    """
    absorb accept act activate add address adjust affect allow apply arise assign attract avoid bear
    become begin belong bind break bring build buy capture carry cause choose come compile compute
    connect consist consume contain control converge convert create cut decay decide decrease define
    depend describe detect determine diverge divide draw drive drop eliminate emit enable encode
    ensure enter execute exist explain fade fail fall feed fill find fit flow follow forget freeze
    generate get give go govern grow happen have help hold improve increase inhibit introduce keep
    know last lead learn leave let lie live lose lower maintain make mean meet move need occur open
    own pass pay perform pick play possess predict prevent produce protect prove provide pull push
    put raise reach react read receive reduce refer regulate release remain remember remove repeat
    repel represent require rest return rise rotate run save see sell send serve set show shrink
    sign sink slow speak speed split spread stand start stay stimulate stop store supply take tell
    tend tick train transfer transform translate transmit transport travel trigger turn use vanish
    work write yield
    """
)
_ALSO_NOUNS = _words_in(
    """
    acts captures causes controls converts costs cuts decreases draws drives drops falls feeds fills
    finds fits flows forms increases leads lies lives lasts means moves needs opens passes picks
    plays pulls puts raises reads rests returns rises runs saves sets shows signs sinks slows speeds
    splits spreads stands starts stays stops stores supplies ticks trains transfers transforms
    travels triggers turns uses works writes yields
    """
)
_PARTICLES = _words_in("up down off out away back on")
_NO_SUBJECT = _words_in(
    """
    so thus hence therefore then not by in on of with for from to at as what how which who whose
    when where why whether again also both even only no neither without into over under through
    between during until upon or than but if that
    """
)
_LONGEST_SUBJECT = 6
_MOST_CHARACTERS = 2_000  # what follows in a longer text is not looked at


def second_demand(text: str) -> str | None:
    """The beginning of what the text asks for besides its first demand; None where that is all."""
    plain = _ASIDE.sub(lambda aside: " " * len(aside[0]), text[:_MOST_CHARACTERS])
    at = min(_second_demands(plain), default=None)
    return None if at is None else " ".join(text[at:].split()[:7])


def _second_demands(text: str) -> Iterator[int]:
    """Where further demands begin."""
    if _REPORT.match(text):
        joined = _AND_STRONG_REPORT if _REPORT_THAT.match(text) else _AND_REPORT
        yield from (found.end() for found in joined.finditer(text))
        if another := _AND_ANOTHER_THING.match(text):
            yield another.end()
    for found in _AND_THAT.finditer(text):
        if _REPORT_THAT.match(text) and not _OTHER_THAT.search(text, 0, found.start()):
            yield found.end()
    for found in _AND.finditer(text):
        before, behind = text[: found.start()], text[found.end() :]
        before = re.split(r"[.;:]\s", before)[-1]
        if not _EXPLAINS.search(before) and _has_verb(before) and _is_clause(before, behind):
            yield found.end()
    for found in _SENTENCE.finditer(text):
        if not _GOES_ON.match(text, found.end()):
            yield found.end()


def _has_verb(text: str) -> bool:
    words = _words(_REPORT_THAT.sub("", text))
    return any(_is_verb(words, at) for at in range(1, len(words)))


def _is_clause(before: str, text: str) -> bool:
    """Whether the text begins with a subject, and a verb of its own behind it."""
    words = _words(_CLAUSE_END.split(text)[0])
    if not words or words[0] in _NO_SUBJECT or _is_verb(["", *words], 1):
        return False
    if _words(before)[-1:] == words[:1]:
        return False  # 'smaller and smaller'
    for at in range(1, min(len(words), _LONGEST_SUBJECT)):
        if words[at] in _RELATIVE:
            return False
        if _is_verb(words, at):
            return at > 1 or words[at] not in _VERBS  # 'their aims and habits show'
    return False


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _is_verb(words: Sequence[str], at: int) -> bool:
    """Whether a word is a finite verb, as far as it and its neighbours tell."""
    word, before = words[at], words[at - 1]
    after = words[at + 1] if at + 1 < len(words) else ""
    if word in _AUXILIARIES:
        return True
    if before in _DETERMINERS - {"it"} or before in ("to", "and", "or", "not"):
        return False
    if word in _ALSO_NOUNS:
        return after in _DETERMINERS or after in _PARTICLES
    if word in _VERBS:
        return before.endswith("s") and not before.endswith("ss")
    return _base(word) in _VERBS


def _base(word: str) -> str:
    """'carries' -> 'carry'; '' where the word does not end like the third person."""
    if not word.endswith("s") or word.endswith("ss"):
        return ""
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "sses", "xes", "oes")):
        return word[:-2]
    return word[:-1]
