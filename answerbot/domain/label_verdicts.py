"""Verdicts as people write them -> those that a rubric's parts have, and the score they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from answerbot.domain.errors import InputError, Problem
from answerbot.domain.grade import Slip, Verdict, score
from answerbot.domain.labels import NO, YES, Label
from answerbot.domain.raters import merged
from answerbot.domain.rubric import Rubric

_WORTH = {"met": 1.0, "partial": 0.5, "not_met": 0.0}
"""Without a rubric: a criterion's verdicts, the best first, and the share of it that they earn."""


def translated(row: Label, rubric: Rubric | None) -> Label:
    """The row with verdicts in the words of the part that they are on: a yes is 'met' or 'present'.

    Raises:
        InputError: a part does not have such a verdict.
    """
    parts = _parts(row, rubric)
    problems = [
        Problem(f"{id_}: {said!r} is no verdict that it has", row.place, _hint(parts[id_]))
        for id_, said in row.verdicts.items()
        if id_ in parts and said not in (YES, NO, *parts[id_])
    ]
    if problems:
        raise InputError(*problems)
    verdicts = {
        id_: _in_words(said, parts.get(id_, tuple(_WORTH))) for id_, said in row.verdicts.items()
    }
    return replace(row, verdicts=verdicts)


def _parts(row: Label, rubric: Rubric | None) -> Mapping[str, tuple[str, ...]]:
    """The verdicts that each part has, from yes to no; of others than these nothing is known."""
    if rubric is None:
        return {row.criterion: tuple(_WORTH)} if row.criterion else {}
    criteria = {one.id: ("met", *one.steps, "not_met") for one in rubric.criteria}
    return criteria | {one.id: ("present", "absent") for one in rubric.misconceptions}


def _in_words(said: str, words: Sequence[str]) -> str:
    return {YES: words[0], NO: words[-1]}.get(said, said)


def _hint(words: Sequence[str]) -> str:
    return f"write 1 or {words[0]}, 0 or {words[-1]}" + "".join(f"; {w}" for w in words[1:-1])


def label_of(rows: Sequence[Label], rubric: Rubric | None) -> Label:
    """What all raters say of one answer; where none gives a score, that which verdicts come to.

    Verdicts come to the rubric's points, else to how many criteria are met. They do so for each
    rater, where each has one on every criterion.

    Raises:
        InputError: scores are on several scales, or there is neither a score nor every verdict.
    """
    label = merged(rows)
    if label.scores:
        return label
    criteria = [one.id for one in rubric.criteria] if rubric else _named(rows)
    complete = all(id_ in row.verdicts for row in rows for id_ in criteria)
    scored = [_scored(row, criteria, rubric) for row in (rows if complete else [label])]
    scores = tuple(one for row in scored for one in row.scores)
    return replace(label, scores=scores, most=scored[0].most)


def _named(rows: Sequence[Label]) -> list[str]:
    return list(dict.fromkeys(id_ for row in rows for id_ in row.verdicts))


def _scored(row: Label, criteria: Sequence[str], rubric: Rubric | None) -> Label:
    for id_ in criteria:
        if id_ not in row.verdicts:
            what = f"there is no score, and no verdict on {id_}, or none that most raters share"
            raise InputError(Problem(what, row.place, "name the score with --score"))
    if rubric is None:
        return _counted(row)
    earned = score(
        rubric,
        [Verdict(one, row.verdicts[one.id], (), "") for one in rubric.criteria],  # type: ignore[arg-type]
        [Slip(m, (), "") for m in rubric.misconceptions if row.verdicts.get(m.id) == "present"],
    ).earned
    return replace(row, scores=(float(earned),), most=float(rubric.possible))


def _counted(row: Label) -> Label:
    for id_, said in row.verdicts.items():
        if said not in _WORTH:
            what = f"{id_}: without a rubric nobody knows what {said!r} is worth"
            raise InputError(Problem(what, row.place, "name the score with --score"))
    earned = sum(_WORTH[said] for said in row.verdicts.values())
    return replace(row, scores=(earned,), most=float(len(row.verdicts)))
