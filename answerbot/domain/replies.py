"""Text of a model -> the JSON object in it; pydantic type -> the JSON Schema that is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from answerbot.domain.llm import ReplySchema

# What strict structured outputs refuse, or what says nothing to a model. A description is the
# docstring of the type, written for programmers: no edit of it may make a recording stale.
_LEFT_OUT = {
    "title", "description", "default", "examples", "discriminator", "minLength", "maxLength",
    "uniqueItems", "minProperties", "maxProperties", "patternProperties", "propertyNames",
}  # fmt: skip
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)


def find_json(text: str, required: Collection[str] = ()) -> str | None:
    """The first JSON object in the text that has the required members, or None.

    Prose, code fences and a `<think>` block around it are passed over. Line ends and other control
    characters that a model leaves as they are in a string stand escaped in what is returned.
    """
    text = _THOUGHT.sub("", text)
    start = text.find("{")
    while start >= 0:
        try:
            found, value, end = _object_at(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        if all(name in value for name in required):
            return found
        start = text.find("{", end)
    return None


_STRICT, _LENIENT = json.JSONDecoder(), json.JSONDecoder(strict=False)


def _object_at(text: str, start: int) -> tuple[str, Any, int]:
    """The object that begins there as valid JSON, its value, and where it ends in the text."""
    try:
        value, end = _STRICT.raw_decode(text, start)
        return text[start:end], value, end
    except ValueError:
        value, end = _LENIENT.raw_decode(text, start)
        return json.dumps(value), value, end


@cache
def schema_of(reply_type: type[BaseModel]) -> ReplySchema:
    """The strict JSON Schema of a type: every object closed, every member required."""
    schema = reply_type.model_json_schema()
    name = re.sub(r"[^A-Za-z0-9_-]", "_", reply_type.__name__)[:64]
    return ReplySchema(name=name, json_schema=_strict(schema, schema.get("$defs", {})))


def _strict(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_strict(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node and len(node) > 1:
        # A reference must stand alone in strict mode, so what it names is written out.
        target = definitions[node["$ref"].rsplit("/", 1)[1]]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    result: dict[str, Any] = {}
    for key, value in node.items():
        if key in ("properties", "$defs"):
            result[key] = {name: _strict(member, definitions) for name, member in value.items()}
        elif key in ("enum", "const", "required"):
            result[key] = value
        elif key not in _LEFT_OUT:
            result["anyOf" if key == "oneOf" else key] = _strict(value, definitions)
    if "properties" in result:
        result["additionalProperties"] = False
        result["required"] = list(result["properties"])
    return result
