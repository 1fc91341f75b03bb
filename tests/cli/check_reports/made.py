"""Checks that a test says itself: a rubric on tea, what the judge makes of it, and what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from answerbot.domain.baseline import (
    Judged,
    RubricState,
    criterion_state,
    digest,
    exemplar_state,
    misconception_state,
)
from answerbot.domain.check import (
    Case,
    Checked,
    CheckReport,
    Refresh,
    statistics,
)
from answerbot.domain.errors import Location
from answerbot.domain.gates import Limits, gates
from answerbot.domain.grade import Grade, Outcome, Slip, Ungraded, Verdict, score
from answerbot.domain.lint import Complaint
from answerbot.domain.regression import compare
from answerbot.domain.rubric import Exemplar, Rubric, parse_rubric
from answerbot.domain.strict_yaml import Document, read_yaml

PATH = "rubrics/tea.yaml"
TEA = """\
id: tea
title: Steeping tea
questions: [tea/1]
pass: 60
cap: 50
criteria:
  - id: hot-water
    points: 4
    essential: true
    states: Water just off the boil.
    partial: Hot water.
  - id: three-minutes
    points: 3
    states: Three minutes.
  - id: take-the-leaves-out
    points: 3
    states: The leaves come out after that.
misconceptions:
  - id: boil-the-leaves
    points: -2
    states: Leaves are boiled with the water.
exemplars:
  - id: full
    answer: Just off the boil, three minutes, leaves out.
    verdicts:
      hot-water: met
      three-minutes: met
      take-the-leaves-out: met
      boil-the-leaves: absent
  - id: some
    answer: Boiled water and three minutes.
    verdicts:
      hot-water: met
      three-minutes: met
      take-the-leaves-out: not_met
      boil-the-leaves: absent
  - id: wrong
    answer: Hot water, boil the leaves.
    verdicts:
      hot-water: partial
      three-minutes: not_met
      take-the-leaves-out: not_met
      boil-the-leaves: present
  - id: nothing
    answer: Tea is a drink.
    verdicts:
      hot-water: not_met
      three-minutes: not_met
      take-the-leaves-out: not_met
      boil-the-leaves: absent
"""
TEA_LINE = {text.strip(): number for number, text in enumerate(TEA.splitlines(), start=1)}
"""Where each line of it stands."""

Said = Mapping[str, Mapping[str, str] | str | None]
"""By exemplar: verdicts other than the labels; or why there is no grade; None is stale."""


@dataclass(frozen=True)
class Tried:
    """A rubric with what the judge made of its exemplars."""

    rubric: Rubric
    document: Document
    cases: tuple[Case, ...]
    state: RubricState


def tried(
    text: str = TEA,
    said: Said | None = None,
    *,
    path: str = PATH,
    prompt: str = "Judge.",
    reason: str = "So it says.",
) -> Tried:
    """The exemplars as labelled, but for what is `said`; `reason` is the judge's everywhere."""
    rubric = parse_rubric(text, path)
    outcomes = [
        _outcome(rubric, one, (said or {}).get(one.id, {}), reason) for one in rubric.exemplars
    ]
    cases = tuple(map(Case, [rubric] * len(outcomes), rubric.exemplars, outcomes))
    return Tried(rubric, read_yaml(text, path, "rubric"), cases, _state(rubric, cases, prompt))


def _outcome(
    rubric: Rubric, exemplar: Exemplar, said: Mapping[str, str] | str | None, reason: str
) -> Outcome | None:
    if said is None:
        return None
    if isinstance(said, str):
        return Ungraded(said)
    verdicts = {**exemplar.verdicts, **said}
    return score(
        rubric,
        [Verdict(one, verdicts[one.id], (), reason) for one in rubric.criteria],  # type: ignore[arg-type]
        [Slip(m, (), reason) for m in rubric.misconceptions if verdicts[m.id] == "present"],
    )


def _state(rubric: Rubric, cases: Sequence[Case], prompt: str) -> RubricState:
    criteria = {one.id: criterion_state(one) for one in rubric.criteria}
    asked = digest(prompt, *(one.text for one in criteria.values()))
    return RubricState.model_validate(
        {
            "pass": rubric.pass_mark,
            "cap": rubric.cap,
            "title": digest(rubric.title),
            "question": digest("How is tea steeped?"),
            "prompt": digest(prompt),
            "schema": digest("schema"),
            "settings": digest("settings"),
            "criteria": criteria,
            "misconceptions": {one.id: misconception_state(one) for one in rubric.misconceptions},
            "exemplars": {
                case.exemplar.id: exemplar_state(case.exemplar, _judged(case, asked))
                for case in cases
            },
        }
    )


def _judged(case: Case, asked: str) -> Judged | None:
    if case.outcome is None:
        return None
    grade = case.outcome if isinstance(case.outcome, Grade) else None
    return Judged(
        earned=grade.earned if grade else None,
        passed=grade is not None and grade.reaches(case.rubric.pass_mark),
        verdicts=case.verdicts,
        request=digest(asked, case.exemplar.answer),
        reply=digest(str(case.verdicts)),
        model="a-judge",
    )


def checked(before: Tried | None, after: Tried) -> Checked:
    """The one compared with the other as the baseline."""
    old = before.state if before else None
    return Checked(
        after.rubric, after.document, after.cases, old, after.state, compare(old, after.state)
    )


def reported(
    *ones: Checked, complaints: Sequence[Complaint] = (), limits: Limits | None = None
) -> CheckReport:
    """The report of these."""
    judged = any(case.verdicts for one in ones for case in one.cases)
    figures = statistics(ones) if judged else None
    stale = sum(len(one.comparison.stale) for one in ones)
    return CheckReport(
        checked=ones,
        complaints=tuple(complaints),
        statistics=figures,
        gates=tuple(gates(ones, complaints, figures, limits or Limits())),
        refresh=Refresh(stale, "about $0.02", "answerbot check --record") if stale else None,
        removed=(),
        usage={"replies": {"recording": 4, "store": 0, "endpoint": 0}},
    )


def edited(old: str, new: str, text: str = TEA) -> str:
    """The rubric with one line of it written otherwise."""
    assert text.count(old) == 1
    return text.replace(old, new)


@cache
def clean() -> CheckReport:
    """Nothing changed, all is as labelled."""
    return reported(checked(tried(), tried()))


@cache
def pointed() -> CheckReport:
    """A criterion is worth 2 points less, and two scores follow."""
    after = tried(edited("points: 4", "points: 2"))
    return reported(checked(tried(), after))


@cache
def stale() -> CheckReport:
    """The text of a criterion changed, so nothing is recorded."""
    after = tried(
        edited("states: Three minutes.", "states: Two minutes."),
        {"full": None, "some": None, "wrong": None, "nothing": None},
    )
    return reported(checked(tried(), after))


@cache
def flipped() -> CheckReport:
    """The prompt changed, and the judge no longer finds the leaves taken out."""
    after = tried(said={"full": {"take-the-leaves-out": "not_met"}}, prompt="Judge strictly.")
    return reported(checked(tried(), after))


LINTED = (
    Complaint(
        "vague-word", "warning", "'just' says little", Location(PATH, 10), "say how hot it is"
    ),
    Complaint("overlapping-criteria", "error", "both want heat", Location(PATH, 4)),
)


@cache
def everything() -> CheckReport:
    """Lint, a flip, changed scores, stale recordings, no grade, a disagreement, a new rubric."""
    milk = edited("id: tea\n", "id: milk\n")
    coffee = edited("id: tea\n", "id: coffee\n")
    wrong: Said = {"nothing": {"hot-water": "partial"}}
    return reported(
        checked(
            tried(said=wrong),
            tried(
                edited("pass: 60", "pass: 80"),
                {**wrong, "full": {"take-the-leaves-out": "not_met"}},
                prompt="Judge strictly.",
            ),
        ),
        checked(
            tried(milk, path="rubrics/milk.yaml"),
            tried(
                edited("states: Three minutes.", "states: Two minutes.", milk),
                {"full": None, "some": None, "wrong": "the judge gave no usable reply"},
                path="rubrics/milk.yaml",
                prompt="Judge strictly.",
            ),
        ),
        checked(None, tried(coffee, path="rubrics/coffee.yaml", prompt="Judge strictly.")),
        complaints=LINTED,
    )


EVERY: Mapping[str, Callable[[], CheckReport]] = {
    "clean": clean,
    "pointed": pointed,
    "stale": stale,
    "flipped": flipped,
    "everything": everything,
}


@cache
def hostile(text: str) -> CheckReport:
    """A check in which every word that a rubric or a judge may choose is this one."""
    after = tried(
        said={"full": {"take-the-leaves-out": "not_met"}, "wrong": text, "some": None},
        path=f"{text}.yaml",
        reason=text,
        prompt="Judge strictly.",
    )
    document = replace(after.document, path=f"{text}.yaml")
    before = tried(said={"nothing": {"hot-water": "partial"}})
    one = checked(before, replace(after, document=document))
    comparison = replace(
        one.comparison,
        verdicts=tuple(
            replace(v, causes=tuple(replace(c, what=text, trail=("cap",)) for c in v.causes))
            for v in one.comparison.verdicts
        ),
    )
    complaint = Complaint("vague-word", "error", text, Location(f"{text}.yaml", 3), text)
    report = reported(replace(one, comparison=comparison), complaints=[complaint])
    gates = tuple(replace(gate, what=text) for gate in report.gates)
    return replace(report, gates=gates, refresh=Refresh(1, text, text), removed=(text,))
