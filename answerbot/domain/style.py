"""How long an answer is, and what Markdown it may contain."""

from __future__ import annotations

import re
from typing import Literal

Style = Literal["concise", "standard", "deep"]

WORDS: dict[Style, int] = {"concise": 90, "standard": 180, "deep": 500}
"""What is asked for: at most so many words, formulas and code not counted."""

_TOLERANCE = 1.15
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_CODE = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1`*~*[ \t]*$|`+[^`\n]*`+", re.MULTILINE | re.DOTALL)
_MATH = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def word_count(text: str) -> int:
    """How many words a reader reads; code and formulas are not counted."""
    prose = _MATH.sub(" ", _CODE.sub(" ", text))
    return sum(any(map(str.isalnum, word)) for word in prose.split())


def faults(text: str, style: Style) -> list[str]:
    """What keeps the text from standing as an answer in a bank, for its writer to mend."""
    if not text.strip():
        return ["The answer is empty."]
    found: list[str] = []
    prose = _CODE.sub(" ", text)
    if _CONTROL.search(prose):
        found.append(
            "The answer contains a control character or tab: "
            "in JSON every backslash of a formula is written twice."
        )
    if len(_FENCE.findall(text)) % 2:
        found.append("A code fence is not closed.")
    for line in prose.split("\n"):
        if re.match(r" {0,3}(?:#{1,6}(?:\s|$)|(?:[-*_]\s*){3,}$|=+\s*$)", line):
            found.append(
                f"No headings and no horizontal rules: {line.strip()!r}. Use bold words or a list."
            )
            break
    if re.search(r"^ {0,3}(?:\*\*|__)?(?:answer|question)\b[^\n]{0,12}?:", prose, re.I | re.M):
        found.append("Do not label the text as 'Answer:' or 'Question:'.")
    if "<!--" in prose:
        found.append("No HTML comments.")
    if re.search(r"\\[(\[]", prose):
        found.append(r"Formulas stand between $ or $$, not between \( \) or \[ \].")
    if "$" in _MATH.sub(" ", prose).replace(r"\$", ""):
        found.append(
            "The $ signs do not pair up: an inline formula opens and closes in one line, "
            r"and a dollar that is no formula is written \$."
        )
    if eaten := _eaten(prose):
        found.append(
            f"Markdown takes something out of this formula: {eaten} - it takes away a backslash "
            r"before punctuation (write \cr, \quad, \lbrace or \Vert, not \\, \,, \{ or \|) and "
            r"may read an underscore right after a brace as italics (\hat y_t, not \hat{y}_t)."
        )
    if any(
        re.search(r"\\\\[A-Za-z]{2,}", formula) and r"\begin" not in formula
        for formula in _MATH.findall(prose)
    ):
        found.append("A LaTeX command has two backslashes; in the answer itself it has one.")
    words, limit = word_count(text), WORDS[style]
    if words > limit * _TOLERANCE:
        found.append(f"The answer has {words} words; at most {limit} are wanted.")
    return found


def _eaten(prose: str) -> str | None:
    """The first formula that does not survive Markdown, which knows no formulas; one line."""
    formulas = _MATH.findall(prose)
    if not formulas:
        return None
    from markdown_it import MarkdownIt

    shown = [
        _one_line("".join(child.content if child.type == "text" else " " for child in children))
        for children in (block.children for block in MarkdownIt("commonmark").parse(prose))
        if children
    ]
    lines = map(_one_line, formulas)
    return next((one for one in lines if not any(one in text for text in shown)), None)


def _one_line(text: str) -> str:
    return " ".join(text.split())
