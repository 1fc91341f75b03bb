"""Rubric -> YAML text, as a person would write it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import yaml

from answerbot.domain.rubric import Cues, Rubric

SCHEMA_FILE = "rubric.schema.json"
FIRST_LINE = f"# yaml-language-server: $schema={SCHEMA_FILE}"
_WIDTH = 100


class _Prose(str):
    """Text that is written as a block, wrapped."""


class _InLine(tuple[str, ...]):
    """A list that is written on one line."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent the items of lists too."""
        super().increase_indent(flow, False)


_Dumper.add_representer(
    _Prose, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
)
_Dumper.add_representer(
    _InLine,
    lambda dumper, items: dumper.represent_sequence(
        "tag:yaml.org,2002:seq", items, flow_style=True
    ),
)


def write_rubric(rubric: Rubric) -> str:
    """The text that `parse_rubric` reads the rubric from, without what is at its default."""
    text = yaml.dump(
        _values(rubric), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH
    )
    return f"{FIRST_LINE}\n{text}"


def _values(rubric: Rubric) -> dict[str, Any]:
    return {
        "id": rubric.id,
        "title": rubric.title,
        "questions": _InLine(rubric.questions),
        "pass": rubric.pass_mark,
        "cap": rubric.cap,
        "criteria": [
            _without_empty(
                {
                    "id": criterion.id,
                    "points": criterion.points,
                    "essential": criterion.essential,
                    "states": _prose(criterion.states),
                    "partial": criterion.partial and _prose(criterion.partial),
                    "levels": [
                        {"points": level.points, "states": _prose(level.states)}
                        for level in criterion.levels
                    ],
                    "accepts": list(criterion.accepts),
                    "rejects": list(criterion.rejects),
                    "cues": _cues(criterion.cues),
                }
            )
            for criterion in rubric.criteria
        ],
        "misconceptions": [
            _without_empty(
                {
                    "id": misconception.id,
                    "points": misconception.points,
                    "states": _prose(misconception.states),
                    "cues": _cues(misconception.cues),
                }
            )
            for misconception in rubric.misconceptions
        ],
        "exemplars": [
            {
                "id": exemplar.id,
                "answer": _prose(exemplar.answer),
                "verdicts": dict(exemplar.verdicts),
            }
            for exemplar in rubric.exemplars
        ],
    }


def _prose(text: str) -> _Prose:
    lines = (
        [line] if len(line) <= _WIDTH else textwrap.wrap(line, _WIDTH - 6, break_long_words=False)
        for line in text.strip().splitlines()
    )
    return _Prose("\n".join(part for wrapped in lines for part in wrapped) + "\n")


def _cues(cues: Cues) -> list[_InLine]:
    return [_InLine(group) for group in cues]


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}
