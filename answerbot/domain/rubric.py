"""YAML text -> Rubric, Criterion.

One rubric a file, named by its id. The types are the schema: `rubrics/rubric.schema.json` is made
of them, for editors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import InputError, Problem
from answerbot.domain.strict_yaml import Document, Trail, read_yaml

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, Field(min_length=1, pattern=r"\S")]
Prose = Annotated[Text, AfterValidator(lambda text: _unwrapped(text))]
"""Text whose line breaks mean nothing: how a file is wrapped changes no prompt."""
CriterionVerdict = Literal["met", "partial", "level_1", "level_2", "level_3", "not_met"]
MisconceptionVerdict = Literal["present", "absent"]
Percent = Annotated[int, Field(ge=0, le=100)]
Cues = tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...]


def _unwrapped(text: str) -> str:
    return " ".join(text.split())


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Level(_Part):
    """What earns a part of a criterion's points."""

    points: Annotated[int, Field(gt=0)]
    states: Prose


class Criterion(_Part):
    """What an answer must say to earn whole points.

    `partial` is what earns half of them, rounded down; `levels`, from the fewest points up, is for
    finer steps. `accepts` and `rejects` are wordings that count and that do not. Without an
    `essential` criterion the grade is capped. `cues` serve the estimate that no model makes: each
    is a list of phrases of which one has to occur.
    """

    id: Id
    points: Annotated[int, Field(gt=0)]
    states: Prose
    partial: Prose | None = None
    levels: Annotated[tuple[Level, ...], Field(max_length=3)] = ()
    accepts: tuple[Prose, ...] = ()
    rejects: tuple[Prose, ...] = ()
    essential: bool = False
    cues: Cues = ()

    @property
    def steps(self) -> dict[CriterionVerdict, Level]:
        """What lies between nothing and all: the verdict, and what it takes and earns."""
        if self.partial is not None:
            return {"partial": Level.model_construct(points=self.points // 2, states=self.partial)}
        names: tuple[CriterionVerdict, ...] = ("level_1", "level_2", "level_3")
        return dict(zip(names, self.levels, strict=False))

    @property
    def wording(self) -> tuple[str, ...]:
        """All that the judge reads of it; its points are not among it."""
        steps = [text for verdict, step in self.steps.items() for text in (verdict, step.states)]
        accepts = [f"+{one}" for one in self.accepts]
        rejects = [f"-{one}" for one in self.rejects]
        return (self.states, *steps, *accepts, *rejects)

    def points_for(self, verdict: CriterionVerdict) -> int:
        """Whole points, 0 for a step that the criterion does not have."""
        if verdict in ("met", "not_met"):
            return self.points if verdict == "met" else 0
        step = self.steps.get(verdict)
        return step.points if step else 0


class Misconception(_Part):
    """A wrong statement that costs points (they are negative)."""

    id: Id
    points: Annotated[int, Field(lt=0)]
    states: Prose
    cues: Cues = ()

    @property
    def wording(self) -> tuple[str, ...]:
        """All that the judge reads of it."""
        return (self.states,)


class Exemplar(_Part):
    """A sample answer with the verdict expected for every criterion and misconception."""

    id: Id
    answer: Text
    verdicts: dict[str, CriterionVerdict | MisconceptionVerdict]


class Rubric(_Part):
    """What an answer to one question must contain.

    `cap` is the share of the possible points, in per cent, that an answer without an essential
    criterion gets at most; `pass` (here `pass_mark`) the share that passes. The exemplars show at
    least: full marks, some of the points, a misconception, and nothing of use.
    """

    model_config = ConfigDict(validate_by_name=True)

    id: Id
    title: Prose
    questions: Annotated[tuple[QuestionId, ...], Field(min_length=1)]
    pass_mark: Annotated[int, Field(ge=1, le=100, alias="pass")] = 60
    cap: Percent = 50
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=3, max_length=7)]
    misconceptions: Annotated[tuple[Misconception, ...], Field(min_length=1, max_length=4)]
    exemplars: Annotated[tuple[Exemplar, ...], Field(min_length=4)]

    @property
    def possible(self) -> int:
        """The points of a full answer."""
        return sum(criterion.points for criterion in self.criteria)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for _, what in inconsistencies(self):
            raise ValueError(what)
        return self


def inconsistencies(rubric: Rubric) -> Iterator[tuple[Trail, str]]:
    """What no single value shows to be wrong, and where."""
    yield from _twice("questions", rubric.questions)
    ids = [c.id for c in rubric.criteria] + [m.id for m in rubric.misconceptions]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            kind, place = (
                ("criteria", number)
                if number < len(rubric.criteria)
                else ("misconceptions", number - len(rubric.criteria))
            )
            yield (kind, place, "id"), f"the id {name!r} is used twice"
    for number, criterion in enumerate(rubric.criteria):
        for key, what in _wrong_steps(criterion):
            yield ("criteria", number, *key), f"criterion {criterion.id!r}: {what}"
    yield from _twice("exemplars", [exemplar.id for exemplar in rubric.exemplars])
    mislabelled = False
    for number, exemplar in enumerate(rubric.exemplars):
        for key, what in _wrong_labels(rubric, exemplar):
            mislabelled = True
            yield ("exemplars", number, "verdicts", *key), f"exemplar {exemplar.id!r} {what}"
    if mislabelled:
        return  # what the exemplars show is not known yet
    for kind in sorted(_KINDS - {_kind(rubric, exemplar) for exemplar in rubric.exemplars}):
        yield ("exemplars",), f"no exemplar shows {kind}"


_SOME = "some of the points and no misconception"
_KINDS = frozenset({"full marks", _SOME, "a misconception", "nothing of use"})


def _twice(key: str, names: tuple[str, ...] | list[str]) -> Iterator[tuple[Trail, str]]:
    for number, name in enumerate(names):
        if name in names[:number]:
            yield (key, number), f"{name!r} stands twice"


def _wrong_steps(criterion: Criterion) -> Iterator[tuple[Trail, str]]:
    if criterion.partial is not None and criterion.points < 2:
        yield ("partial",), "half of one point is none; give it 2 points, or leave 'partial' out"
    if criterion.partial is not None and criterion.levels:
        yield ("levels",), "'partial' and 'levels' exclude each other"
    below = 0
    for number, level in enumerate(criterion.levels):
        if not below < level.points < criterion.points:
            yield (
                ("levels", number, "points"),
                f"the points of levels rise, and stay below the criterion's {criterion.points}",
            )
        below = level.points


def _wrong_labels(rubric: Rubric, exemplar: Exemplar) -> Iterator[tuple[Trail, str]]:
    criteria = {criterion.id: criterion for criterion in rubric.criteria}
    misconceptions = {misconception.id for misconception in rubric.misconceptions}
    for name in (*criteria, *sorted(misconceptions)):
        if name not in exemplar.verdicts:
            yield (), f"has no verdict for {name!r}"
    for name, verdict in exemplar.verdicts.items():
        if name in criteria:
            known = verdict in ("met", "not_met", *criteria[name].steps)
        elif name in misconceptions:
            known = verdict in ("present", "absent")
        else:
            yield (name,), f"has a verdict for the unknown {name!r}"
            continue
        if not known:
            yield (name,), f"cannot have {verdict!r} for {name!r}"


def _kind(rubric: Rubric, exemplar: Exemplar) -> str:
    """What the exemplar shows, by its labels."""
    if "present" in exemplar.verdicts.values():
        return "a misconception"
    labels = {exemplar.verdicts.get(criterion.id) for criterion in rubric.criteria}
    if labels == {"met"}:
        return "full marks"
    return "nothing of use" if labels == {"not_met"} else _SOME


class NoRubricError(ValueError):
    """The values are no rubric: every fault, and the trail to it."""

    def __init__(self, faults: list[tuple[Trail, str]]) -> None:
        super().__init__("; ".join(what for _, what in faults))
        self.faults = faults


def rubric_of(values: Mapping[str, Any]) -> Rubric:
    """The rubric that the values of a file, or of a reply, describe.

    Raises:
        NoRubricError: they describe none.
    """
    try:
        return Rubric.model_validate(values, by_name=False, by_alias=True)
    except ValidationError as error:
        faults: list[tuple[Trail, str]] = []
        errors = error.errors()
        for one in errors:
            below = (other["loc"][: len(one["loc"])] == one["loc"] for other in errors)
            if one["type"] == "too_short" and sum(below) > 1:
                continue  # pydantic does not count the items that are wrong in themselves
            if one["loc"]:
                faults.append((one["loc"], _message(one)))
            else:
                faults += inconsistencies(_unchecked(values))
        raise NoRubricError(faults) from error


def _unchecked(values: Mapping[str, Any]) -> Rubric:
    """The rubric, its parts valid, before it is asked whether they fit together."""
    return Rubric.model_construct(
        id=values["id"],
        questions=values["questions"],
        criteria=tuple(map(Criterion.model_validate, values["criteria"])),
        misconceptions=tuple(map(Misconception.model_validate, values["misconceptions"])),
        exemplars=tuple(map(Exemplar.model_validate, values["exemplars"])),
    )


_KEYS = sorted(
    {
        field.alias or name
        for part in (Level, Criterion, Misconception, Exemplar, Rubric)
        for name, field in part.model_fields.items()
    }
)


def _message(error: Mapping[str, Any]) -> str:
    """What is wrong, in the words of somebody who writes YAML."""
    *above, last = error["loc"]
    where = " → ".join(f"{part + 1}." if isinstance(part, int) else part for part in above)
    message = f"{last}: {error['msg']}"
    if error["type"] == "extra_forbidden":
        near = get_close_matches(str(last), _KEYS, n=1)
        message = f"unknown key {last!r}" + (f"; did you mean {near[0]}?" if near else "")
    elif error["type"] == "int_type":
        message = f"{last}: a whole number is wanted, without quotes, not {error['input']!r}"
    elif error["type"] == "string_type":
        message = f"{last}: text is wanted, not {error['input']!r}; quotes make it text"
    elif error["type"] == "missing":
        message = f"{last} is missing"
    return f"{where}: {message}" if where else message


def parse_rubric(text: str, path: str) -> Rubric:
    """The rubric that a YAML text holds.

    Raises:
        InputError: the text is no rubric; every problem with its line.
    """
    return rubric_in(read_yaml(text, path, "rubric"))


def rubric_in(document: Document) -> Rubric:
    """The rubric that a file holds.

    Raises:
        InputError: as `parse_rubric`.
    """
    try:
        return rubric_of(document.values)
    except NoRubricError as error:
        raise InputError(
            *(Problem(what, document.location(trail)) for trail, what in error.faults)
        ) from error


def rubric_schema() -> dict[str, Any]:
    """The JSON Schema of a rubric's file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Rubric.model_json_schema(by_alias=True),
    }
