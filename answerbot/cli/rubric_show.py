"""A rubric as a person reads it."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from answerbot.cli.notices import printable
from answerbot.cli.showing import counted
from answerbot.domain.bank import QuestionId
from answerbot.domain.rubric import Criterion, Exemplar, Rubric

_NARROWEST, _WIDEST = 40, 100
# Lines that do not continue the one above: items of lists, headings, quotes, tables, fences.
_BEGINS = re.compile(r"\s*(?:[-*+] |\d+[.)] |[#>|]|```|~~~)")


def as_text(rubric: Rubric) -> str:
    """The rubric: what earns points, what costs points, the exemplars with their verdicts."""
    lines = [
        *_wrapped(rubric.title, 0),
        *_wrapped(f"{rubric.id}, for {', '.join(rubric.questions)}", 0),
        *_wrapped(
            f"{counted(rubric.possible, 'point')}, {rubric.pass_mark} % pass; "
            f"at most {rubric.cap} % without an essential criterion",
            0,
        ),
        "",
        "What earns points",
        *(line for criterion in rubric.criteria for line in _criterion(criterion)),
        "",
        "What costs points",
    ]
    for misconception in rubric.misconceptions:
        lines += _item(f"{misconception.points:+d}", misconception.id, misconception.states)
    lines += ["", "Exemplars"]
    for exemplar in rubric.exemplars:
        lines += _exemplar(exemplar)
    return printable("\n".join(lines))


def _criterion(criterion: Criterion) -> Iterator[str]:
    name = criterion.id + (" (essential)" if criterion.essential else "")
    yield from _item(f"{criterion.points:+d}", name, criterion.states)
    for level in criterion.steps.values():
        yield from _wrapped(f"{level.points:+d} only: {level.states}", 6)
    for wording in criterion.accepts:
        yield from _wrapped(f"counts: {wording}", 6)
    for wording in criterion.rejects:
        yield from _wrapped(f"does not count: {wording}", 6)


def _item(points: str, name: str, text: str) -> Iterator[str]:
    yield f"  {points:>3} {name}"
    yield from _wrapped(text, 6)


def _wrapped(text: str, indent: int, hanging: int = 2) -> list[str]:
    """The paragraphs and items of a list as lines that the terminal holds."""
    columns = shutil.get_terminal_size().columns
    return [
        line
        for paragraph in _paragraphs(text)
        for line in textwrap.wrap(
            paragraph,
            min(max(columns, _NARROWEST), _WIDEST),
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_on_hyphens=False,
        )
        or [""]
    ]


def _paragraphs(text: str) -> Iterator[str]:
    """The text with the lines of each paragraph as one; a blank line is an empty paragraph."""
    joined: list[str] = []
    for line in text.strip().splitlines():
        if joined and (not line.strip() or _BEGINS.match(line)):
            yield " ".join(joined)
            joined = []
        if line.strip():
            joined.append(line.strip())
        else:
            yield ""
    if joined:
        yield " ".join(joined)


def _exemplar(exemplar: Exemplar) -> Iterator[str]:
    yield f"  {exemplar.id}"
    yield from _wrapped(exemplar.answer, 6, hanging=0)
    for name, verdict in exemplar.verdicts.items():
        yield f"      {verdict:>8}  {name}"


def as_document(rubric: Rubric) -> dict[str, Any]:
    """The rubric as JSON values."""
    return {"version": 1, "rubric": rubric.model_dump(mode="json", by_alias=True)}


def list_text(rubrics: Sequence[Rubric], unserved: Sequence[QuestionId]) -> str:
    """Each rubric with its title and the questions it serves, then the questions without one."""
    lines = []
    for rubric in rubrics:
        lines += _wrapped(f"{rubric.id}: {rubric.title}", 0)
        exemplars = counted(len(rubric.exemplars), "exemplar")
        served = ", ".join(rubric.questions)
        lines += _wrapped(f"{counted(rubric.possible, 'point')}, {exemplars}; for {served}", 4)
    lines.append(
        f"{counted(len(rubrics), 'rubric')} for "
        f"{counted(sum(len(rubric.questions) for rubric in rubrics), 'question')}"
    )
    if unserved:
        lines += _wrapped(f"without a rubric: {', '.join(unserved)}", 0)
    return printable("\n".join(lines))
