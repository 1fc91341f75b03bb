"""YAML text -> plain values, read strictly, and the line of each.

Tags, aliases, keys that stand twice and depths that no file of ours has are errors with their
line; nothing is coerced but whole numbers, `true`, `false` and `null`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: the same, ten times slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

from answerbot.domain.errors import InputError, Location, Problem

MAX_CHARACTERS = 200_000
MAX_DEPTH = 10

_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
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


def events(text: str) -> Iterator[yaml.Event]:
    """What the parser meets in the text, with marks that count characters."""
    # `yaml.parse` asks before each event whether there is one: two calls for one.
    parser: Any = _Loader(text)
    return iter(parser.get_event, None)


def read_yaml(text: str, path: str, what: str) -> Document:
    """The mapping that the text is; `what` names what the file should hold, for messages.

    Raises:
        InputError: the text is no mapping, is too large, or is written with tricks.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            Problem(f"the file has more than {MAX_CHARACTERS:,} characters", Location(path))
        )
    reader = _Reader(path, what, events(text))
    try:
        values = reader.document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise InputError(Problem(f"no YAML: {error.problem}", Location(path, line))) from error
    except yaml.YAMLError as error:
        raise InputError(Problem(f"no YAML: {error}", Location(path))) from error
    if not isinstance(values, dict):
        raise InputError(Problem(f"the file holds no {what}", Location(path, 1)))
    return Document(path, values, reader.lines)


@dataclass
class _Reader:
    """Makes values of the events of a text, in one pass."""

    path: str
    what: str
    events: Iterator[yaml.Event]
    lines: dict[Trail, int] = field(default_factory=dict)

    def document(self) -> Any:
        """The value of the first document, None where there is none; a second one is an error."""
        value, seen = None, False
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                if seen:
                    raise self._error("a second document", event)
                value, seen = self._value(event, ()), True
        return value

    def _value(self, event: yaml.Event, trail: Trail) -> Any:
        """Lists as tuples; `lines` gains the line of every value."""
        self.lines[trail] = _line(event)
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_tricks(event, event.tag, trail)
            return _plain(event.value) if event.implicit[0] else event.value
        if isinstance(event, yaml.AliasEvent):
            # One alias of another could make a small file huge.
            raise self._error("an alias; write the value out", event)
        assert isinstance(event, yaml.CollectionStartEvent)
        self._refuse_tricks(event, event.tag, trail)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(trail)
        items = takewhile(_is_no_end, self.events)
        return tuple(self._value(item, (*trail, at)) for at, item in enumerate(items))

    def _refuse_tricks(self, event: yaml.Event, tag: str | None, trail: Trail) -> None:
        if tag is not None:
            raise self._error(f"the tag {tag!r}; write the value without one", event)
        if len(trail) > MAX_DEPTH:
            raise self._error(f"nested too deeply for a {self.what}", event)

    def _mapping(self, trail: Trail) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for event in takewhile(_is_no_end, self.events):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._error("a key that is no text", event)
            key = event.value
            place = (*trail, key)
            if key in values:
                hint = f"delete one; the first is at line {self.lines[place]}"
                raise self._error(f"the key {key!r} stands twice", event, hint)
            values[key] = self._value(next(self.events), place)
            self.lines[place] = _line(event)
        return values

    def _error(self, what: str, event: yaml.Event, hint: str | None = None) -> InputError:
        return InputError(Problem(what, Location(self.path, _line(event)), hint))


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None, "the parser knows where it is"
    return event.start_mark.line + 1


def _is_no_end(event: yaml.Event) -> bool:
    return not isinstance(event, yaml.CollectionEndEvent)


def _plain(text: str) -> Any:
    """What stands without quotes: whole numbers, true, false and null; all else is text."""
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text
