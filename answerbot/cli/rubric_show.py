"""A rubric as a person reads it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from answerbot.cli.notices import printable
from answerbot.cli.showing import counted
from answerbot.domain.bank import QuestionId
from answerbot.domain.rubric import Criterion, Exemplar, Rubric

_WIDTH = 96


def as_text(rubric: Rubric) -> str:
    """The rubric: what earns points, what costs points, the exemplars with their verdicts."""
    lines = [
        rubric.title,
        f"{rubric.id}, for {', '.join(rubric.questions)}",
        f"{counted(rubric.possible, 'point')}, {rubric.pass_mark} % pass; "
        f"at most {rubric.cap} % without an essential criterion",
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


def _wrapped(text: str, indent: int) -> list[str]:
    space = " " * indent
    return textwrap.wrap(text, _WIDTH, initial_indent=space, subsequent_indent=space + "  ")


def _exemplar(exemplar: Exemplar) -> Iterator[str]:
    yield f"  {exemplar.id}"
    for line in exemplar.answer.strip().splitlines():
        yield from _wrapped(line, 6) or [""]
    for name, verdict in exemplar.verdicts.items():
        yield f"      {verdict:>8}  {name}"


def as_document(rubric: Rubric) -> dict[str, Any]:
    """The rubric as JSON values."""
    return {"version": 1, "rubric": rubric.model_dump(mode="json", by_alias=True)}


def list_text(rubrics: Sequence[Rubric], unserved: Sequence[QuestionId]) -> str:
    """A line a rubric, then the questions without one."""
    width = max((len(rubric.id) for rubric in rubrics), default=0)
    lines = [
        f"{rubric.id:{width}}  {rubric.possible:>3} points  "
        f"{counted(len(rubric.exemplars), 'exemplar')}  {', '.join(rubric.questions)}"
        for rubric in rubrics
    ]
    lines.append(
        f"{counted(len(rubrics), 'rubric')} for "
        f"{counted(sum(len(rubric.questions) for rubric in rubrics), 'question')}"
    )
    if unserved:
        lines.append(f"without a rubric: {', '.join(unserved)}")
    return printable("\n".join(lines))
