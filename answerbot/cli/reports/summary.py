"""The numbers and the wording that all forms of a report share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import sqrt
from typing import Any, Literal

from answerbot.cli.reports.characters import one_line
from answerbot.cli.showing import counted
from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Problem
from answerbot.domain.feedback import Feedback, Missed, feedback, name_of
from answerbot.domain.grade import Flag, Grade, Slip, Ungraded, Verdict
from answerbot.domain.rubric import CriterionVerdict
from answerbot.domain.submission import Graded
from answerbot.workflows.grade import subject_of

Mark = Literal["met", "partial", "not_met"]
Standing = Literal[
    "passed", "not passed", "graded", "to review", "estimated", "unanswered", "not graded"
]
STANDINGS: tuple[Standing, ...] = (
    "passed", "not passed", "graded", "to review", "estimated", "unanswered", "not graded"
)  # fmt: skip
"""In the order in which they are told."""
# What a request is called: the candidate, the question, the step, which of several votes.
_REQUEST = re.compile(r"(?P<quote>'?)(?P<subject>\S+/\S+/\d+) judge(?: \d+)?(?P=quote)")
_NUMBERS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Report:
    """What a run of `grade` came to, and how it is to be shown.

    `pass_mark` in per cent stands in for that of every rubric. Without `solutions` nothing is told
    of what a better answer would say. `usage` is what the run took, as the JSON document has it.
    `unmatched` are answers to no known question, or twice to one, which are in no number; `notices`
    what was guessed of others. `calibration` says by which mapping fractions are calibrated, ''
    where there is none.
    """

    graded: tuple[Graded, ...]
    title: str = "Grades"
    pass_mark: int | None = None
    solutions: bool = True
    usage: Mapping[str, Any] = field(default_factory=dict)
    unmatched: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    calibration: str = ""

    def mark_for(self, one: Graded) -> int | None:
        """The per cent that pass; None where nothing says so."""
        if self.pass_mark is not None:
            return self.pass_mark
        return one.rubric.pass_mark if one.rubric else None

    def passed(self, one: Graded) -> bool | None:
        """Whether a judged grade reaches the mark; None where there is none, estimates included."""
        mark = self.mark_for(one)
        if not isinstance(one.outcome, Grade) or one.estimate or mark is None:
            return None
        return one.outcome.reaches(mark)

    def standing(self, one: Graded) -> Standing:
        """What became of the answer: one thing of each."""
        if one.status == "ungraded":
            return "not graded"
        if is_unanswered(one):
            return "unanswered"
        if one.status == "graded":
            passed = self.passed(one)
            return "graded" if passed is None else "passed" if passed else "not passed"
        return "to review" if one.status == "review" else "estimated"

    def feedback(self, one: Graded) -> Feedback:
        """What the candidate is told."""
        return feedback(one, solutions=self.solutions)

    def told(self, flag: Flag) -> str:
        """The flag, without what gives a better answer away where that is not wanted."""
        return flag.told(solutions=self.solutions)

    def missed(self, one: Graded) -> tuple[Missed, ...]:
        """Where points were lost, the dearest first; why and what for only with solutions."""
        missed = feedback(one).missed
        if self.solutions:
            return missed
        return tuple(replace(loss, reason="", would_have_earned="") for loss in missed)

    def reason(self, part: Verdict | Slip) -> str:
        """Why it was decided so; nothing where that would give a better answer away."""
        told = self.solutions or (isinstance(part, Verdict) and part.verdict == "met")
        return part.reason if told else ""

    @cached_property
    def candidates(self) -> tuple[Group, ...]:
        """The answers of each candidate, in the order given.

        Two who have the same name are told apart by their files.
        """
        named: dict[str, list[Graded]] = {}
        for one in self.graded:
            named.setdefault(one.submission.candidate, []).append(one)
        return tuple(
            group for name, ones in named.items() for group in self._told_apart(name, ones)
        )

    def _told_apart(self, name: str, ones: list[Graded]) -> Iterable[Group]:
        if len({one.submission.question_id for one in ones}) == len(ones):
            return [self._group(name, ones)]
        files: dict[tuple[str, int], list[Graded]] = {}
        times: dict[tuple[str, QuestionId], int] = {}
        for one in ones:
            path, id_ = one.submission.place.path, one.submission.question_id
            times[path, id_] = times.get((path, id_), 0) + 1
            files.setdefault((path, times[path, id_]), []).append(one)
        return [
            self._group(f"{name} ({path})" if time == 1 else f"{name} ({path}, {time})", some)
            for (path, time), some in files.items()
        ]

    @cached_property
    def questions(self) -> tuple[Group, ...]:
        """The answers to each question, by file and number."""
        asked: dict[QuestionId, list[Graded]] = {}
        for one in self.graded:
            asked.setdefault(one.submission.question_id, []).append(one)
        return tuple(self._group(id_, asked[id_]) for id_ in sorted(asked, key=_natural))

    @cached_property
    def everything(self) -> Group:
        """All answers."""
        return self._group("", self.graded)

    @cached_property
    def reviews(self) -> tuple[Graded, ...]:
        """The judged answers that a person should look at."""
        return tuple(one for one in self.graded if one.status == "review")

    def _group(self, name: str, ones: Iterable[Graded]) -> Group:
        ones = tuple(ones)
        return Group(name, ones, Counter(map(self.standing, ones)))


@dataclass(frozen=True)
class Group:
    """Some answers and what they come to; what was not graded counts in no number.

    `standings` is how many answers there are of each kind. An estimate counts in the points, and
    `estimates` then says so.
    """

    name: str
    graded: tuple[Graded, ...]
    standings: Counter[Standing]

    @cached_property
    def grades(self) -> tuple[Grade, ...]:
        """The grades that there are, judged or estimated."""
        return tuple(one.outcome for one in self.graded if isinstance(one.outcome, Grade))

    @cached_property
    def earned(self) -> int:
        """Points."""
        return sum(grade.earned for grade in self.grades)

    @cached_property
    def possible(self) -> int:
        """Points that the graded answers could have had."""
        return sum(grade.possible for grade in self.grades)

    @property
    def fraction(self) -> float | None:
        """Points out of possible, None where nothing was graded."""
        return self.earned / self.possible if self.possible else None

    @cached_property
    def calibrated(self) -> float | None:
        """The calibrated points out of possible, of the answers that have them."""
        weighed = [
            (one.calibrated, one.outcome.possible)
            for one in self.graded
            if one.calibrated is not None and isinstance(one.outcome, Grade)
        ]
        possible = sum(points for _, points in weighed)
        return sum(share * points for share, points in weighed) / possible if weighed else None

    @cached_property
    def _spread(self) -> tuple[float, float | None] | None:
        return mean_and_spread(grade.fraction for grade in self.grades)

    @property
    def mean(self) -> float | None:
        """The mean of the answers' fractions."""
        return self._spread and self._spread[0]

    @property
    def spread(self) -> float | None:
        """The standard deviation of the answers' fractions, None where there are not two."""
        return self._spread and self._spread[1]

    @cached_property
    def of_question(self) -> Mapping[QuestionId, Graded]:
        """A candidate's answer to each question."""
        return {one.submission.question_id: one for one in self.graded}

    @cached_property
    def estimates(self) -> int:
        """How many no model judged."""
        return sum(one.status == "estimated" for one in self.graded)

    @cached_property
    def estimated_points(self) -> tuple[int, int]:
        """The points that no model judged, and out of how many."""
        grades = [
            one.outcome for one in self.graded if one.estimate and isinstance(one.outcome, Grade)
        ]
        return sum(grade.earned for grade in grades), sum(grade.possible for grade in grades)

    @cached_property
    def reviews(self) -> int:
        """How many judged ones a person should look at."""
        return sum(one.status == "review" for one in self.graded)

    @cached_property
    def ungraded(self) -> int:
        """How many have no grade."""
        return sum(one.status == "ungraded" for one in self.graded)

    @cached_property
    def judged(self) -> int:
        """How many have a grade that no estimate is."""
        return len(self.graded) - self.estimates - self.ungraded

    @cached_property
    def unanswered(self) -> tuple[Graded, ...]:
        """The answers with nothing in them."""
        return tuple(one for one in self.graded if is_unanswered(one))


def mean_and_spread(numbers: Iterable[float]) -> tuple[float, float | None] | None:
    """The mean and the standard deviation (of these numbers, no sample); None of no numbers.

    A single number has no spread.
    """
    numbers = tuple(numbers)
    if not numbers:
        return None
    mean = sum(numbers) / len(numbers)
    if len(numbers) == 1:
        return mean, None
    return mean, sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))


def is_unanswered(one: Graded) -> bool:
    """Whether the candidate left the question blank."""
    if not one.submission.text.strip():
        return True
    return isinstance(one.outcome, Grade) and any(
        flag.kind == "blank" for flag in one.outcome.flags
    )


def why_review(one: Graded, report: Report) -> tuple[str, ...]:
    """What makes a human look at the answer, once a criterion.

    That a quote of the judge's was invented goes without saying where it cost the criterion.
    """
    if not isinstance(one.outcome, Grade):
        return ()
    flags = [flag for flag in one.outcome.flags if flag.review]
    lost = {_subject(flag) for flag in flags if flag.kind == "no-evidence"}
    told: dict[str, Flag] = {}
    for flag in flags:
        if flag.kind == "unverified-quote":
            if _subject(flag) not in lost:
                told.setdefault(flag.what, flag)
        else:
            told[str(flag)] = flag
    return tuple(map(report.told, told.values()))


def _subject(flag: Flag) -> str:
    """The criterion that the flag is about."""
    return flag.what.partition(": ")[0]


def why_ungraded(one: Graded) -> str:
    """Why there is no grade; nothing where there is one."""
    return one.outcome.reason if isinstance(one.outcome, Ungraded) else ""


def reasons_ungraded(graded: Iterable[Graded]) -> dict[str, list[Graded]]:
    """The answers without a grade by the reason, which many may share.

    A reason that names one of them is worded for all: of the same kind, it is the same reason.
    """
    ungraded = [one for one in graded if one.status == "ungraded"]
    subjects = {subject_of(one.submission).id for one in ungraded}

    def general(named: re.Match[str]) -> str:
        return "a judgement" if named["subject"] in subjects else named[0]

    reasons: dict[str, list[Graded]] = {}
    for one in ungraded:
        reasons.setdefault(_REQUEST.sub(general, why_ungraded(one)), []).append(one)
    return reasons


def tallied(group: Group) -> str:
    """How many answers there are of each kind, in one line; the kinds add up."""
    told = []
    for standing in STANDINGS:
        if number := group.standings[standing]:
            points = "({:,}/{:,} points)".format(*group.estimated_points)
            more = f" {points}" if standing == "estimated" else ""
            told.append(f"{number:,} {standing}{more}")
    answers = counted(len(group.graded), "answer")
    return f"{answers}: {', '.join(told)}" if told else answers


def by_whom(*, human: bool, estimated: bool) -> str:
    """Who decided, where it was not the judge: 'human' or 'estimate', else ''."""
    return "human" if human else "estimate" if estimated else ""


def mark_of(verdict: CriterionVerdict) -> tuple[Mark, int | None]:
    """The verdict as every form shows it, and the level where it is one."""
    if verdict.startswith("level_"):
        return "partial", int(verdict.removeprefix("level_"))
    return verdict, None  # type: ignore[return-value]  # levels are gone


def words_of(id_: str) -> str:
    """A criterion's id as a title: 'repeated-product' -> 'Repeated product'."""
    words = name_of(id_)
    return words[:1].upper() + words[1:]


def percent(fraction: float | None) -> str:
    """'67 %'; a dash where there is no number. Only full marks are 100 %, only none are 0 %."""
    if fraction is None:
        return "–"
    rounded = round(fraction * 100)
    if 0 < fraction < 1:
        rounded = min(max(rounded, 1), 99)
    return f"{rounded} %"


def short_names(ids: Iterable[str]) -> dict[str, str]:
    """A few characters for the head of each column: numbers where all are of one bank."""
    ids = list(ids)
    if one_bank(ids):
        return {id_: number_of(id_) for id_ in ids}
    return {id_: f"#{number}" for number, id_ in enumerate(ids, start=1)}


def one_bank(ids: Iterable[str]) -> str:
    """The bank that all the questions are of; '' where they are of several."""
    banks = {bank_of(id_) for id_ in ids}
    return banks.pop() if len(banks) == 1 else ""


def bank_of(id_: str) -> str:
    """'rnn-theory-50/2' -> 'rnn-theory-50'."""
    return id_.rpartition("/")[0]


def number_of(id_: str) -> str:
    """'rnn-theory-50/2' -> '2'."""
    return id_.rpartition("/")[2]


def names_cut(names: Iterable[str], width: int) -> dict[str, str]:
    """The names on one line, cut in the middle to this width or what more tells them apart."""
    lines = {name: one_line(name) for name in names}
    while True:
        cut = {name: _middle_cut(line, width) for name, line in lines.items()}
        if len(set(cut.values())) == len(set(lines.values())):
            return cut
        width += 1


def _middle_cut(name: str, width: int) -> str:
    if len(name) <= width:
        return name
    kept = width - 1
    return f"{name[: kept // 2].rstrip()}…{name[len(name) - (kept - kept // 2) :].lstrip()}"


def _natural(id_: str) -> list[tuple[int, str]]:
    """Numbers by size: 'a/2' before 'a/10'."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBERS.split(id_) if part
    ]
