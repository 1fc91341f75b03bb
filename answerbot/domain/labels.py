"""Text of a table -> Labels, one a row: answers with what people gave them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.rows import (
    BadLineError,
    BadLines,
    csv_rows,
    has_surrogate,
    json_rows,
    kind_of,
    shortened,
)

CRITERION = "criterion:"
"""What the name of a column begins with that holds verdicts on one criterion."""

YES, NO = "yes", "no"
"""Verdicts that a rubric puts into words: a criterion is 'met', a misconception 'present'."""

_SHAPE = 'write {"question": text, "reference": text, "answer": text, "score": 2, "max_score": 4}'
_SPARSE = frozenset(["guidance", "reason", "reference"])  # not every row needs these
_NAME_IT = "name the column with {}, or write it into the file"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table has what; a dot leads into an object: `meta.raters`.

    `scores` are one column, or one for each rater; a list in one is one score for each rater too.
    `max_score` is a column, or a number where all answers have the same. `named` are the fields
    that the user named: such a column has to be there.
    """

    question: str = "question"
    question_id: str = "question_id"
    reference: str = "reference"
    guidance: str = "rubric"
    answer: str = "answer"
    scores: tuple[str, ...] = ("score",)
    max_score: str = "max_score"
    rater: str = "rater"
    reason: str = "reason"
    named: frozenset[str] = frozenset()


def columns_named(**names: str | tuple[str, ...] | None) -> Columns:
    """The columns with the names that a user gave; None stands for the usual one."""
    given = {name: value for name, value in names.items() if value is not None}
    return Columns(**given, named=frozenset(given))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Label:
    """An answer, and what people say of it: one of them, `rater`, or all.

    `scores` holds one for each rater, `verdicts` what they say of criteria and misconceptions, by
    id; one of the two may be empty. `guidance` is what the raters were told to look for, '' where
    that is not known, and `criterion` its id where it is one criterion. `most` is the highest score
    there is, None where only a rubric tells.
    """

    place: Location
    question_id: str
    question: str
    reference: str
    guidance: str
    answer: str
    scores: tuple[float, ...]
    most: float | None
    verdicts: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    criterion: str = ""
    rater: str = ""

    @property
    def score(self) -> float:
        """The middle one of all scores; of two, their mean."""
        return float(median(self.scores))


def read_labels_csv(text: str, path: str, columns: Columns) -> list[Label]:
    """The labels of rows below a header.

    Raises:
        InputError: columns are missing, rows cannot be read, or there is none.
    """
    bad = BadLines(path)
    rows: list[tuple[int, Mapping[str, object]]] = []
    header: list[str] | None = None
    for line, row in csv_rows(text, bad):
        if header is None:
            header = _header(row, path, line, columns)
        elif len(row) != len(header):
            what = f"the row has {len(row)} fields, the header {len(header)}"
            bad.add(line, what, 'put fields that hold a separator or line break in quotes: "..."')
        else:
            pairs = zip(header, row, strict=True)
            kept = {name: v for name, v in pairs if v.strip() or name == columns.answer}
            rows.append((line, kept))
    return _labels(rows, path, columns, bad)


def read_labels_json_lines(text: str, path: str, columns: Columns) -> list[Label]:
    """The labels of objects, one a line.

    Raises:
        InputError: lines are no such objects, or there is none.
    """
    bad = BadLines(path)
    return _labels(json_rows(text, bad, _SHAPE), path, columns, bad)


def _header(row: Sequence[str], path: str, line: int, columns: Columns) -> list[str]:
    header = [name.strip() for name in row]
    place = Location(path, line)
    problems = [
        Problem(f"the column {name!r} is there twice", place, "rename one of them")
        for name, count in Counter(header).items()
        if count > 1
    ]
    wanted = [columns.answer, *(name for _, name in _named(columns))]
    problems += [
        Problem(f"the file has no column {name!r}", place, "it has " + ", ".join(header))
        for name in dict.fromkeys(wanted)
        if name not in header
    ]
    if problems:
        raise InputError(*problems)
    return header


def _named(columns: Columns) -> Iterator[tuple[str, str]]:
    """(field, column) of each column that the user named and that is no number."""
    for field_ in sorted(columns.named):
        value = getattr(columns, field_)
        for name in value if isinstance(value, tuple) else (value,):
            if not (field_ == "max_score" and _is_number(name)):
                yield field_, name


def _is_number(text: str) -> bool:
    if "_" in text or not text.strip().isascii():
        return False  # Python reads 1_000, and the digits of every script
    try:
        float(text)
    except ValueError:
        return False
    return True


def _labels(
    rows: Iterable[tuple[int, Mapping[str, object]]], path: str, columns: Columns, bad: BadLines
) -> list[Label]:
    labels: list[Label] = []
    nowhere = {name for field_, name in _named(columns) if field_ in _SPARSE}
    for line, row in rows:
        nowhere = {name for name in nowhere if _at(row, name) is None}
        try:
            labels.append(_Row(row, columns).label(Location(path, line)))
        except BadLineError as error:
            bad.add(line, error.what, error.hint)
    bad.raise_if_any()
    if not labels:
        raise InputError(Problem("the file has no answer", Location(path), _SHAPE))
    if nowhere:
        raise InputError(
            *(Problem(f"no row has {name!r}", Location(path)) for name in sorted(nowhere))
        )
    return labels


def _at(row: Mapping[str, object], name: str) -> object:
    """What a row has under a name, or a dotted one; None where it has nothing."""
    if name in row:
        return row[name]
    at: object = row
    for part in name.split("."):
        at = at.get(part) if isinstance(at, Mapping) else None
    return at


class _Row:
    """A row of a table under the names of its columns."""

    def __init__(self, row: Mapping[str, object], columns: Columns) -> None:
        self._row = row
        self._columns = columns
        for field_, name in _named(columns):
            if _at(row, name) is None and field_ not in _SPARSE:
                raise BadLineError(f"the row has no {name!r}", "fill it in, or leave the row out")

    def label(self, place: Location) -> Label:
        """What the row says."""
        columns = self._columns
        guidance, criterion = self._guidance()
        most = self._most()
        scores = self._scores(most)
        verdicts = self._verdicts()
        if not scores and not verdicts:
            what = f"the row has no score: there is no {columns.scores[0]!r}"
            raise BadLineError(what, _NAME_IT.format("--score"))
        label = Label(
            place,
            self._text(columns.question_id),
            self._text(columns.question),
            self._text(columns.reference),
            guidance,
            self._answer(),
            scores,
            most,
            verdicts,
            self._text(columns.reason),
            criterion,
            self._text(columns.rater),
        )
        if not label.question and not label.question_id:
            raise BadLineError("the row has no question", _NAME_IT.format("--question"))
        return label

    def _at(self, name: str) -> object:
        return _at(self._row, name)

    def _text(self, name: str) -> str:
        return _text(self._at(name), repr(name), _SHAPE)

    def _answer(self) -> str:
        name = self._columns.answer
        value = self._at(name)
        if value is None:
            raise BadLineError(f"the row has no {name!r}", _NAME_IT.format("--answer"))
        text = value if isinstance(value, str) and self._text(name) else self._text(name)
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _guidance(self) -> tuple[str, str]:
        """What to look for, and the id of the criterion where it is one."""
        value = self._at(self._columns.guidance)
        if not isinstance(value, list):
            return self._text(self._columns.guidance), ""
        name, hint = self._columns.guidance, 'write [{"id": "why", "text": "..."}]'
        texts = [part.get("text") if isinstance(part, dict) else part for part in value]
        if not all(isinstance(text, str) for text in texts):
            raise BadLineError(f"{name!r} is a list of something else than texts", hint)
        ids = [part.get("id") if isinstance(part, dict) else None for part in value]
        told = [_text(id_, f"an id in {name!r}", hint) for id_ in ids]
        guidance = _whole("\n".join(map(str, texts)), f"a text in {name!r}")
        return guidance, told[0] if len(told) == 1 else ""

    def _most(self) -> float | None:
        name = self._columns.max_score
        value: object = name if _is_number(name) else self._at(name)
        if value is None:
            return None
        most = _number(value, name)
        if most <= 0:
            raise BadLineError(f"{name!r} is {most:g}", "the highest score is above 0")
        return most

    def _scores(self, most: float | None) -> tuple[float, ...]:
        found: list[float] = []
        for name in self._columns.scores:
            value = self._at(name)
            if value is None:
                continue
            several = value if isinstance(value, list) else [value]
            found += [_number(each, name) for each in several]
        for score in found:
            if score < 0 or (most is not None and score > most):
                highest = "the highest" if most is None else f"{most:g}"
                what = f"the score {score:g} is not from 0 to {highest}"
                raise BadLineError(what, "mend it, or name the highest score with --max-score")
        return tuple(found)

    def _verdicts(self) -> dict[str, str]:
        stated = self._at("criteria")
        found = dict(stated) if isinstance(stated, Mapping) else {}
        found |= {
            name.removeprefix(CRITERION): value
            for name, value in self._row.items()
            if name.startswith(CRITERION)
        }
        return {
            _text(id_, "the name of a criterion", _SHAPE): _verdict(value, id_)
            for id_, value in found.items()
            if value is not None
        }


def _text(value: object, name: str, hint: str) -> str:
    """The value without white space around it, '' where there is none."""
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise BadLineError(f"{name} is {kind_of(value)}, not a text", hint)
    return _whole(value, name).strip()


def _whole(text: str, name: str) -> str:
    if has_surrogate(text):
        what = f"{name} has half of a surrogate pair, which no text can hold"
        raise BadLineError(what, "write the whole character")
    return text


_HIGHEST = 1_000_000_000


def _number(value: object, name: str) -> float:
    if isinstance(value, str):
        if not _is_number(value):
            what = f"{name!r} is {shortened(value)}, not a number"
            raise BadLineError(what, "write it as 2 or 2.5")
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadLineError(f"{name!r} is {kind_of(value)}, not a number", "write it as 2 or 2.5")
    if isinstance(value, float) and not math.isfinite(value):
        raise BadLineError(f"{name!r} is {value}", "leave the row out where there is no score")
    if abs(value) > _HIGHEST:
        what = f"{name!r} is a number of more than {_HIGHEST:,}"
        raise BadLineError(what, "name the column that has the scores with --score")
    return float(value)


_SAID = {
    **dict.fromkeys(("1", "1.0", "true", "yes"), YES),
    **dict.fromkeys(("0", "0.0", "false", "no"), NO),
    **dict.fromkeys(("not_met", "not met"), "not_met"),
    **dict.fromkeys(("partial", "partly", "0.5"), "partial"),
    **{word: word for word in ("met", "level_1", "level_2", "level_3", "present", "absent")},
}


def _verdict(value: object, id_: str) -> str:
    written = str(value).strip().casefold()
    if isinstance(value, (list, dict)) or written not in _SAID:
        shown = kind_of(value) if isinstance(value, (list, dict)) else shortened(str(value))
        hint = "write 1 or met, 0 or not_met, partial, level_1 to level_3; present or absent"
        raise BadLineError(f"{id_}: {shown} is no verdict", hint)
    return _SAID[written]
