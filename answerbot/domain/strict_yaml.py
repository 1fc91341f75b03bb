"""YAML text -> plain values, read strictly, and the line of each.

Tags, aliases, keys that stand twice and depths that no file of ours has are errors with their
line; nothing is coerced but whole numbers, `true`, `false` and `null`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: the same, ten times slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

from answerbot.domain.errors import InputError, Location, Problem

MAX_CHARACTERS = 200_000
MAX_DEPTH = 10

_YAML = "tag:yaml.org,2002:"
_TAGS = {"map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value"}
_WHOLE = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,8})")

Trail = tuple[str | int, ...]
"""The keys and indexes that lead to a value: ('criteria', 0, 'points')."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds, and where each part of it stands."""

    path: str
    values: Mapping[str, Any]
    lines: Mapping[Trail, int]

    def location(self, trail: Trail) -> Location:
        """Where the value stands, or the nearest one around it."""
        while trail not in self.lines:
            trail = trail[:-1]
        return Location(self.path, self.lines[trail])


def read_yaml(text: str, path: str, what: str) -> Document:
    """The mapping that the text is; `what` names what the file should hold, for messages.

    Raises:
        InputError: the text is no mapping, is too large, or is written with tricks.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            Problem(f"the file has more than {MAX_CHARACTERS:,} characters", Location(path))
        )
    try:
        _refuse_tricks(text, path, what)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise InputError(Problem(f"no YAML: {error.problem}", Location(path, line))) from error
    except yaml.YAMLError as error:
        raise InputError(Problem(f"no YAML: {error}", Location(path))) from error
    if not isinstance(node, yaml.MappingNode):
        raise InputError(Problem(f"the file holds no {what}", Location(path, 1)))
    lines: dict[Trail, int] = {}
    return Document(path, _construct(node, (), path, lines), lines)


def _refuse_tricks(text: str, path: str, what: str) -> None:
    """No alias, which could make a small file huge, and no depth that the file does not need."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise InputError(Problem("an alias; write the value out", Location(path, line)))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise InputError(Problem(f"nested too deeply for a {what}", Location(path, line)))


def _construct(node: yaml.Node, trail: Trail, path: str, lines: dict[Trail, int]) -> Any:
    """The node as plain values, lists as tuples; `lines` gains the line of every value."""
    lines[trail] = node.start_mark.line + 1
    if node.tag.removeprefix(_YAML) not in _TAGS:
        what = f"the tag {node.tag!r}; write the value without one"
        raise InputError(Problem(what, Location(path, lines[trail])))
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key, str):
                raise InputError(Problem("a key that is no text", Location(path, line)))
            if key in values:
                first = lines[(*trail, key)]
                raise InputError(
                    Problem(
                        f"the key {key!r} stands twice",
                        Location(path, line),
                        f"delete one; the first is at line {first}",
                    )
                )
            values[key] = _construct(value_node, (*trail, key), path, lines)
            lines[(*trail, key)] = line
        return values
    if isinstance(node, yaml.SequenceNode):
        return tuple(
            _construct(item, (*trail, i), path, lines) for i, item in enumerate(node.value)
        )
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(node)


def _scalar(node: yaml.ScalarNode) -> Any:
    """Whole numbers, true, false and null as such; all else is text, also 'yes' and '1.10'."""
    if node.tag == f"{_YAML}int" and _WHOLE.fullmatch(node.value):
        return int(node.value)
    if node.tag == f"{_YAML}bool" and node.value in ("true", "false"):
        return node.value == "true"
    return None if node.tag == f"{_YAML}null" else node.value
