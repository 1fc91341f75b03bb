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
# Some servers leave its first tag out. What begins with an object is none: a text may be quoted
# in it that has such a tag.
_THOUGHT = re.compile(r"\A(?!\s*(?:```\w*\s*)?\{).*?</think>", re.DOTALL)
# A brace that is meant to open an object, and not one of prose or of a formula.
_OPENING = re.compile(r"""\{\s*(?:["'}]|\w+\s*:)""")
_MARK = re.compile(r'"(?:[^"\\]|\\.)*+"|["{}]', re.DOTALL)

# An error counts the lines of the text before it, so that thousands would take seconds.
_MOST_BROKEN = 100


def find_json(text: str, required: Collection[str] = ()) -> str | None:
    """The first whole JSON object in the text that has the required members, or None.

    Prose, code fences and a `<think>` block around it are passed over, and so is an object that is
    broken, with all that stands in it; behind a hundred of these nothing is looked for. Line ends
    and other control characters that a model leaves as they are in a string stand escaped in what
    is returned.
    """
    text = _THOUGHT.sub("", text)
    broken, end = 0, 0
    while broken < _MOST_BROKEN and (opening := _OPENING.search(text, end)):
        start = opening.start()
        try:
            found, value, end = _object_at(text, start)
        except (ValueError, RecursionError):
            broken, end = broken + 1, _closed(text, start) or len(text)
        else:
            if all(name in value for name in required):
                return found
    return None


def why_no_json(text: str) -> str:
    """What is the matter with a text in which `find_json` finds nothing."""
    text = _THOUGHT.sub("", text)
    opening = _OPENING.search(text)
    if opening and _closed(text, opening.start()) is None:
        return (
            "the JSON object in it does not end: it breaks off, or a quotation mark in it is not "
            "escaped"
        )
    try:
        if opening:
            _object_at(text, opening.start())
    except (ValueError, RecursionError) as error:
        return f"the JSON object in it is not valid: {error}"
    return "it holds no JSON object"


def _closed(text: str, start: int) -> int | None:
    """Where the object that begins there ends, valid or not; None where it does not."""
    depth = 0
    for mark in _MARK.finditer(text, start):
        if mark[0] == '"':
            return None
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if depth == 0:
            return mark.end()
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
