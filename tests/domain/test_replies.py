from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, Field

from answerbot.domain.replies import find_json, schema_of, why_no_json


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', '{"a": 1}'),
        (' \n{"a": 1}\n', '{"a": 1}'),
        ('```json\n{"a": {"b": "}"}}\n```', '{"a": {"b": "}"}}'),
        ('Let {x} be: {"a": 1}. Done.', '{"a": 1}'),
        ('<think>{"a": 2}?</think>{"a": 1}', '{"a": 1}'),
        ('Is it {"a": 2}?\n</think>\n{"a": 1}', '{"a": 1}'),
        ('{"a": "<think>x</think>"}', '{"a": "<think>x</think>"}'),
        ('```json\n{"a": "x</think>"}\n```', '{"a": "x</think>"}'),
        ('{"b": 1} but rather {"a": 1}', '{"a": 1}'),
        ('{"a": "x\n\ty\x04"}', r'{"a": "x\n\ty\u0004"}'),
        ('Where f(x) = {{x}: y}: {"a": 1}', '{"a": 1}'),
        ('{{"a": 1}}', '{"a": 1}'),
        ('Like {"a": <number>}, so: {"a": 1}', '{"a": 1}'),
        ('{"a": 1', None),
        ('{"b": [{"a": 1}, {"a": 2}, {"a":', None),
        ('```json\n{"b": [{"a": 1}], "c": "and so\n```', None),
        ('{"b": {"a": 1},}', None),
        ('{b: {"a": 1}}', None),
        ('{"b": "5" long", "c": {"a": 1}}', None),
        ('{"b": "a \\" {", "c": x, "d": "}"} {"a": 1}', '{"a": 1}'),
        ("{x} " * 5000 + '{"a": 1}', '{"a": 1}'),
        ("{b: 1} " * 99 + '{"a": 1}', '{"a": 1}'),
        ("{b: 1} " * 100 + '{"a": 1}', None),
        ("[1, 2]", None),
        ('{"a": ' * 5000, None),
        ("", None),
    ],
)
def test_the_json_object_with_the_required_members_is_found(text: str, found: str | None) -> None:
    assert find_json(text, ["a"]) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("It is Paris.", "holds no JSON object"),
        ("[1, 2]", "holds no JSON object"),
        ('Here: {"a": [{"b": 1}, {"b":', "does not end: it breaks off"),
        ('{"a": "5" long"}', "a quotation mark in it is not escaped"),
        ('{"a": 1,}', "is not valid: Expecting property name"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "is not valid: maximum recursion depth"),
    ],
)
def test_a_text_without_json_is_told_what_is_the_matter_with_it(text: str, why: str) -> None:
    assert find_json(text) is None
    assert why in why_no_json(text)


class Part(BaseModel):
    """A part."""

    words: str = Field(default="", max_length=9)


class Whole(BaseModel):
    kind: Literal["x", "y"]
    parts: tuple[Part, ...] = ()
    first: Part = Field(default=Part(), description="The first one.")
    title: str | None = None


def test_a_strict_schema_closes_every_object_requires_every_member_and_holds_no_prose() -> None:
    part = {
        "type": "object",
        "properties": {"words": {"type": "string"}},
        "required": ["words"],
        "additionalProperties": False,
    }
    assert schema_of(Whole).name == "Whole"
    assert schema_of(Whole).json_schema == {
        "$defs": {"Part": part},
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": ["x", "y"]},
            "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
            "first": part,
            "title": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["kind", "parts", "first", "title"],
        "additionalProperties": False,
    }
