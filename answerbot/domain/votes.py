"""Independent readings of one answer -> one grade: the middle verdict, and how far they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from answerbot.domain.evidence import Evidence
from answerbot.domain.grade import Flag, Grade, Outcome, Slip, Ungraded, Verdict, score
from answerbot.domain.rubric import Criterion, CriterionVerdict, Misconception, Rubric


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one reading makes of one criterion; None: it could not be assessed."""

    verdict: CriterionVerdict | None
    evidence: tuple[Evidence, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What one reading makes of one misconception."""

    present: bool
    evidence: tuple[Evidence, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """One reading of an answer: an opinion a criterion, a suspicion a misconception, in order."""

    opinions: tuple[Opinion, ...]
    suspicions: tuple[Suspicion, ...]
    flags: tuple[Flag, ...] = ()


def settle(rubric: Rubric, judgements: Sequence[Judgement], margin: int | None = None) -> Outcome:
    """The grade that the readings give together.

    Of each criterion the middle verdict counts (which is the majority's where there is one), the
    lower one of two. A misconception counts that more than half of the readings found. Where they
    differ, where one could not assess a criterion, and where the total is within `margin` per cent
    of the pass mark, the item is for a human. Ungraded where no reading could assess anything.

    Raises:
        ValueError: there is no judgement.
    """
    if not judgements:
        raise ValueError("a grade needs a judgement")
    if all(opinion.verdict is None for one in judgements for opinion in one.opinions):
        reason = judgements[0].opinions[0].reason
        return Ungraded("the judge could not assess it", reason, "cannot-assess")
    verdicts, slips = [], []
    flags = list(dict.fromkeys(flag for one in judgements for flag in one.flags))
    for number, criterion in enumerate(rubric.criteria):
        verdict, more = _verdict(criterion, [one.opinions[number] for one in judgements])
        verdicts.append(verdict)
        flags += more
    for number, misconception in enumerate(rubric.misconceptions):
        slip, more = _slip(misconception, [one.suspicions[number] for one in judgements])
        slips += slip
        flags += more
    grade = score(rubric, verdicts, slips, flags)
    if margin is None or not is_near(grade.earned, rubric, margin):
        return grade
    return score(rubric, verdicts, slips, [*flags, nearness(grade, rubric)])


def is_near(earned: int, rubric: Rubric, margin: int) -> bool:
    """Whether the points are within `margin` per cent of the possible ones of the pass mark."""
    return abs(100 * earned - rubric.pass_mark * rubric.possible) <= margin * rubric.possible


def nearness(grade: Grade, rubric: Rubric) -> Flag:
    """What is told of a grade that is near the pass mark."""
    return Flag(
        "near-pass-mark",
        f"{grade.earned} of {grade.possible} points is near the pass mark of {rubric.pass_mark} %",
    )


def _verdict(criterion: Criterion, opinions: Sequence[Opinion]) -> tuple[Verdict, list[Flag]]:
    middle = _middle(criterion, opinions)
    agreeing = [one for one in opinions if one.verdict == middle]
    verdict = Verdict(
        criterion,
        middle or "not_met",
        tuple(dict.fromkeys(evidence for one in agreeing for evidence in one.evidence)),
        agreeing[0].reason,
        len(agreeing) / len(opinions),
    )
    flags = []
    if any(one.verdict is None for one in opinions):
        unread = next(one for one in opinions if one.verdict is None)
        what = f"{criterion.id}: could not be assessed"
        flags.append(Flag("cannot-assess", what, detail=unread.reason, about=(criterion.id,)))
    if len(agreeing) < len(opinions):
        flags.append(_split(criterion.id, [one.verdict or "cannot_assess" for one in opinions]))
    return verdict, flags


def _middle(criterion: Criterion, opinions: Sequence[Opinion]) -> CriterionVerdict | None:
    if len(opinions) == 1:
        return opinions[0].verdict
    ranked = sorted(opinions, key=lambda one: _rank(criterion, one.verdict))
    return ranked[(len(ranked) - 1) // 2].verdict


def _rank(criterion: Criterion, verdict: CriterionVerdict | None) -> int:
    return -1 if verdict is None else criterion.points_for(verdict)


def _slip(
    misconception: Misconception, suspicions: Sequence[Suspicion]
) -> tuple[list[Slip], list[Flag]]:
    found = [one for one in suspicions if one.present]
    split = 0 < len(found) < len(suspicions)
    flags = (
        [_split(misconception.id, ["present" if one.present else "absent" for one in suspicions])]
        if split
        else []
    )
    if len(found) * 2 <= len(suspicions):
        return [], flags
    evidence = tuple(dict.fromkeys(each for one in found for each in one.evidence))
    return [Slip(misconception, evidence, found[0].reason, len(found) / len(suspicions))], flags


def _split(name: str, votes: Sequence[str]) -> Flag:
    told = ", ".join(f"{number} {vote}" for vote, number in Counter(votes).most_common())
    return Flag("split-vote", f"{name}: the votes differ: {told}", about=(name,))
