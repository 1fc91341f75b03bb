from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, Field

from answerbot.domain.replies import find_json, schema_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', '{"a": 1}'),
        (' \n{"a": 1}\n', '{"a": 1}'),
        ('```json\n{"a": {"b": "}"}}\n```', '{"a": {"b": "}"}}'),
        ('Let {x} be: {"a": 1}. Done.', '{"a": 1}'),
        ('<think>{"a": 2}?</think>{"a": 1}', '{"a": 1}'),
        ('{"b": 1} but rather {"a": 1}', '{"a": 1}'),
        ('{"a": "x\n\ty\x04"}', r'{"a": "x\n\ty\u0004"}'),
        ('{"a": 1', None),
        ("[1, 2]", None),
        ('{"a": ' * 5000, None),
        ("", None),
    ],
)
def test_the_json_object_with_the_required_members_is_found(text: str, found: str | None) -> None:
    assert find_json(text, ["a"]) == found


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
