"""Baseline: what every exemplar came to when somebody last accepted it, and what that rested on.

Texts stand in it as digests, so that an edit can be named without keeping the text twice; points
stand in it as they are, so that old verdicts can be scored again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.grade import Grade, labelled
from answerbot.domain.rubric import (
    Criterion,
    CriterionVerdict,
    Exemplar,
    Level,
    Misconception,
    MisconceptionVerdict,
    Rubric,
)

_HINT = "restore it from version control; or delete it, and accept what is with `check --bless`"


class _State(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CriterionState(_State):
    """What a criterion was worth, and the digest of what the judge read of it."""

    points: int
    partial: bool = False
    levels: tuple[int, ...] = ()
    essential: bool = False
    text: str


class MisconceptionState(_State):
    """What a misconception cost, and the digest of what the judge read of it."""

    points: int
    text: str


class Judged(_State):
    """What the judge's reply came to; no points and no verdicts where that was no grade.

    `request` and `reply` are digests of what was asked first, of whatever model, and of all that
    was answered; `model` is who answered.
    """

    earned: int | None
    passed: bool
    verdicts: dict[str, CriterionVerdict | MisconceptionVerdict]
    request: str
    reply: str
    model: str


class ExemplarState(_State):
    """An exemplar: the digest of its answer, the verdicts that it should get, and its outcome.

    In a file `expected` names only those that the judge did not give.
    """

    answer: str
    expected: dict[str, CriterionVerdict | MisconceptionVerdict]
    judged: Judged | None = None

    @model_validator(mode="before")
    @classmethod
    def _as_judged_unless_said(cls, values: Any) -> Any:
        if isinstance(values, dict) and isinstance(judged := values.get("judged"), dict):
            verdicts, expected = judged.get("verdicts"), values.get("expected", {})
            if isinstance(verdicts, dict) and isinstance(expected, dict):
                return {**values, "expected": {**verdicts, **expected}}
        return values


class RubricState(_State):
    """A rubric, what was asked with it, and what that came to."""

    pass_mark: int = Field(alias="pass")
    cap: int
    title: str
    question: str
    prompt: str
    schema_: str = Field(alias="schema")
    settings: str
    criteria: dict[str, CriterionState]
    misconceptions: dict[str, MisconceptionState]
    exemplars: dict[str, ExemplarState]

    @property
    def possible(self) -> int:
        """The points of a full answer."""
        return sum(criterion.points for criterion in self.criteria.values())


class Baseline(_State):
    """The accepted state of every rubric, by its id."""

    version: Literal[1] = 1
    rubrics: dict[str, RubricState] = {}


def digest(*texts: str) -> str:
    """16 hex digits that tell other texts apart."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def criterion_state(criterion: Criterion) -> CriterionState:
    """The criterion as the baseline keeps it."""
    return CriterionState(
        points=criterion.points,
        partial=criterion.partial is not None,
        levels=tuple(level.points for level in criterion.levels),
        essential=criterion.essential,
        text=digest(*criterion.wording),
    )


def misconception_state(misconception: Misconception) -> MisconceptionState:
    """The misconception as the baseline keeps it."""
    return MisconceptionState(points=misconception.points, text=digest(*misconception.wording))


def exemplar_state(exemplar: Exemplar, judged: Judged | None) -> ExemplarState:
    """The exemplar as the baseline keeps it; without `judged` nobody knows what it comes to."""
    return ExemplarState(
        answer=digest(exemplar.answer.strip()), expected=dict(exemplar.verdicts), judged=judged
    )


def rescored(rubric: RubricState, verdicts: Mapping[str, str]) -> Grade | None:
    """The grade that the verdicts get by the rubric's points, in the scoring code as it is now.

    None: the verdicts are not those of this rubric.
    """
    if set(verdicts) != {*rubric.criteria, *rubric.misconceptions}:
        return None
    return labelled(_bare(rubric), verdicts)


def _bare(rubric: RubricState) -> Rubric:
    """The rubric with its points and without its texts."""
    return Rubric.model_construct(
        pass_mark=rubric.pass_mark,
        cap=rubric.cap,
        criteria=tuple(
            Criterion.model_construct(
                id=id_,
                points=one.points,
                states="",
                partial="" if one.partial else None,
                levels=tuple(Level.model_construct(points=p, states="") for p in one.levels),
                essential=one.essential,
            )
            for id_, one in rubric.criteria.items()
        ),
        misconceptions=tuple(
            Misconception.model_construct(id=id_, points=one.points, states="")
            for id_, one in rubric.misconceptions.items()
        ),
    )


def parse_baseline(text: str, path: str) -> Baseline:
    """The baseline that a file holds.

    Raises:
        InputError: the file holds none.
    """
    try:
        return Baseline.model_validate_json(text)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, detail["loc"]))
        what = f"no baseline: {where + ': ' if where else ''}{detail['msg']}"
        raise InputError(Problem(what, Location(path), _HINT)) from None


def write_baseline(baseline: Baseline) -> str:
    """The text of the file: a line for each criterion and each exemplar, for diffs."""
    rubrics = baseline.model_dump(mode="json", by_alias=True, exclude_defaults=True)["rubrics"]
    for rubric in rubrics.values():
        for exemplar in rubric["exemplars"].values():
            exemplar["expected"] = _unmet(exemplar)
    lines = [_block(id_, rubrics[id_]) for id_ in sorted(rubrics)]
    return f'{{\n"version": {baseline.version},\n"rubrics": {{\n' + ",\n".join(lines) + "\n}\n}\n"


def _unmet(exemplar: Mapping[str, Any]) -> dict[str, str]:
    """The labels that the judge's verdicts do not tell."""
    verdicts = exemplar.get("judged", {}).get("verdicts", {})
    return {id_: one for id_, one in exemplar["expected"].items() if verdicts.get(id_) != one}


_LISTED = ("criteria", "misconceptions", "exemplars")


def _block(id_: str, rubric: Mapping[str, Any]) -> str:
    plain = ", ".join(f'"{name}": {_json(rubric[name])}' for name in rubric if name not in _LISTED)
    lists = [f'  "{name}": {{\n{_lines(rubric[name].items())}\n  }}' for name in _LISTED]
    return f'"{id_}": {{\n  {plain},\n' + ",\n".join(lists) + "\n}"


def _lines(items: Iterable[tuple[str, Any]]) -> str:
    return ",\n".join(f"    {_json(name)}: {_json(value)}" for name, value in items)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
