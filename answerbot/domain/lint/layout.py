"""How the file is written, where that means nothing to a judge: what `--fix` mends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from answerbot.domain.lint.complaints import Finding, Fix, Source
from answerbot.domain.rubric_text import FIRST_LINE, SCHEMA_FILE
from answerbot.domain.strict_yaml import Document

_SCHEMA_LINE = re.compile(
    rf"# yaml-language-server: \$schema=(?:\S*/)?{re.escape(SCHEMA_FILE)}[ \t]*"
)
_TRAILING = re.compile(r"[ \t]+(?=\r?$)", re.MULTILINE)
_MARK = "\ufeff"


def schema_line(source: Source) -> Iterator[Finding]:
    """A first line that does not name the schema, by which editors check and complete."""
    start = len(_MARK) if source.text.startswith(_MARK) else 0
    first = source.text[start:].partition("\n")[0]
    if _SCHEMA_LINE.fullmatch(first.rstrip("\r")):
        return
    end = start
    line = FIRST_LINE + ("\r\n" if first.endswith("\r") else "\n")
    if first.startswith("# yaml-language-server:"):
        end, line = start + len(first.rstrip("\r")), FIRST_LINE
    what = "the first line does not name the schema, so that editors cannot check the file"
    yield Finding((), what, f"begin with: {FIRST_LINE}", line=1, fix=Fix(start, end, line))


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
