"""How the file is written, where that means nothing to a judge: what `--fix` mends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from answerbot.domain.lint.complaints import Finding, Fix, Source
from answerbot.domain.rubric_text import FIRST_LINE, SCHEMA_FILE
from answerbot.domain.strict_yaml import Document

_ABOVE = re.compile(r"(?:[ \t\r]*(?:#[^\n]*)?\n)*")
_NAMES_SCHEMA = re.compile(r"^#[ \t]*yaml-language-server[ \t]*:[^\r\n]*", re.MULTILINE)
_SCHEMA_LINE = re.compile(
    rf"# yaml-language-server: \$schema=(?:\S*/)?{re.escape(SCHEMA_FILE)}[ \t]*"
)
_TRAILING = re.compile(r"(?<![ \t])[ \t]++(?=\r?$)", re.MULTILINE)
_MARK = "\ufeff"


def schema_line(source: Source) -> Iterator[Finding]:
    """Comments at the top that do not name the schema, by which editors check and complete."""
    text = source.text
    start = len(_MARK) if text.startswith(_MARK) else 0
    above = _ABOVE.match(text, start)
    head = above[0] if above else ""
    named = list(_NAMES_SCHEMA.finditer(head))
    if any(_SCHEMA_LINE.fullmatch(line[0]) for line in named):
        return
    if named:
        begin, end = named[0].span()
        line = 1 + head.count("\n", 0, begin)
        fix = Fix(start + begin, start + end, FIRST_LINE)
    else:
        line_end = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
        line, fix = 1, Fix(start, start, FIRST_LINE + line_end)
    what = "no comment at the top names the schema, so that editors cannot check the file"
    yield Finding((), what, f"begin with: {FIRST_LINE}", line=line, fix=fix)


def trailing_space(source: Source) -> Iterator[Finding]:
    """White space at the end of a line, but in answers, where it may be meant."""
    if not _TRAILING.search(source.text):
        return
    answers = _answer_lines(source.document)
    line, at = 1, 0
    for found in _TRAILING.finditer(source.text):
        line += source.text.count("\n", at, found.start())
        at = found.start()
        if not any(line in lines for lines in answers):
            fix = Fix(found.start(), found.end())
            yield Finding((), "white space at the end of the line", "delete it", line, fix)


def _answer_lines(document: Document) -> list[range]:
    """The lines from each answer's key to the next key or exemplar."""
    starts = sorted(
        (line, trail)
        for trail, line in document.lines.items()
        if trail[:1] == ("exemplars",) and len(trail) in (2, 3)
    )
    after = [line for line, _ in starts[1:]] + [10**9]
    return [
        range(line, max(behind, line + 1))
        for (line, trail), behind in zip(starts, after, strict=True)
        if trail[-1] == "answer"
    ]
