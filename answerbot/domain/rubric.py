"""YAML text -> Rubric, Criterion.

One rubric a file, named by its id. The text is read strictly: unknown and duplicate keys, aliases
and values of another type than asked for are errors with their line; nothing is coerced.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import InputError, Location, Problem

MAX_CHARACTERS = 200_000
MAX_DEPTH = 10

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
Text = Annotated[str, Field(min_length=1)]
CriterionVerdict = Literal["met", "partial", "not_met"]
MisconceptionVerdict = Literal["present", "absent"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Criterion(_Part):
    """What an answer must say to earn whole points; `partial` is what earns half, rounded down."""

    id: Id
    points: Annotated[int, Field(gt=0)]
    states: Text
    partial: Text | None = None
    essential: bool = False


class Misconception(_Part):
    """A wrong statement that costs points (they are negative)."""

    id: Id
    points: Annotated[int, Field(lt=0)]
    states: Text


class Exemplar(_Part):
    """A sample answer with the verdict expected for every criterion and misconception."""

    id: Id
    answer: Text
    verdicts: dict[str, CriterionVerdict | MisconceptionVerdict]


class Rubric(_Part):
    """What an answer to one question must contain.

    `cap` is the share of the possible points, in per cent, that an answer without an essential
    criterion gets at most; `pass_mark` the share that passes.
    """

    id: Id
    title: Text
    questions: Annotated[tuple[QuestionId, ...], Field(min_length=1)]
    pass_mark: Annotated[int, Field(ge=1, le=100)] = 60
    cap: Annotated[int, Field(ge=0, le=100)] = 50
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    misconceptions: tuple[Misconception, ...] = ()
    exemplars: tuple[Exemplar, ...] = ()

    @property
    def possible(self) -> int:
        """The points of a full answer."""
        return sum(criterion.points for criterion in self.criteria)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [c.id for c in self.criteria] + [m.id for m in self.misconceptions]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"the id {twice[0]!r} is used twice")
        criteria = {c.id for c in self.criteria}
        for exemplar in self.exemplars:
            if odd := sorted(set(ids) ^ set(exemplar.verdicts)):
                state = "has no verdict for" if odd[0] in ids else "has a verdict for the unknown"
                raise ValueError(f"exemplar {exemplar.id!r} {state} {odd[0]!r}")
            for name, verdict in exemplar.verdicts.items():
                if (name in criteria) == (verdict in ("present", "absent")):
                    raise ValueError(f"exemplar {exemplar.id!r}: {name!r} cannot be {verdict!r}")
        return self


def parse_rubric(text: str, path: str) -> Rubric:
    """The rubric that a YAML text holds.

    Raises:
        InputError: the text is no rubric; every problem with its line.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            Problem(f"the file has more than {MAX_CHARACTERS:,} characters", Location(path))
        )
    lines: dict[tuple[str | int, ...], int] = {}
    try:
        _refuse_tricks(text, path)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise InputError(Problem(f"no YAML: {error.problem}", Location(path, line))) from error
    except yaml.YAMLError as error:
        raise InputError(Problem(f"no YAML: {error}", Location(path))) from error
    if not isinstance(node, yaml.MappingNode):
        raise InputError(Problem("the file holds no rubric", Location(path, 1)))
    value = _construct(node, (), path, lines)
    try:
        return Rubric.model_validate(_tuples(value))
    except ValidationError as error:
        raise InputError(
            *(
                Problem(_message(e["loc"], e["msg"]), Location(path, _line(lines, e["loc"])))
                for e in error.errors()
            )
        ) from error


def _refuse_tricks(text: str, path: str) -> None:
    """No alias, which could make a small file huge, and no depth that a rubric does not have."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise InputError(Problem("an alias; write the value out", Location(path, line)))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise InputError(Problem("nested too deeply for a rubric", Location(path, line)))


def _construct(
    node: yaml.Node,
    trail: tuple[str | int, ...],
    path: str,
    lines: dict[tuple[str | int, ...], int],
) -> Any:
    """The node as plain values; `lines` gains the line of every value."""
    lines[trail] = node.start_mark.line + 1
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
        return [_construct(item, (*trail, i), path, lines) for i, item in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    if node.tag == "tag:yaml.org,2002:int" and node.value.lstrip("+-").isdecimal():
        return int(node.value)
    if node.tag == "tag:yaml.org,2002:bool" and node.value in ("true", "false"):
        return node.value == "true"
    return node.value


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _line(lines: dict[tuple[str | int, ...], int], trail: tuple[str | int, ...]) -> int:
    while trail not in lines:
        trail = trail[:-1]
    return lines[trail]


def _message(trail: tuple[str | int, ...], message: str) -> str:
    where = " → ".join(str(part) for part in trail)
    return f"{where}: {message}" if where else message
