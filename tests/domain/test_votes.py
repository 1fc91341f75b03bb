import pytest

from answerbot.domain.evidence import Evidence
from answerbot.domain.grade import Flag, Grade, Ungraded
from answerbot.domain.rubric import CriterionVerdict
from answerbot.domain.votes import Judgement, Opinion, Suspicion, settle
from tests.rubrics import CLIPPING

FIRST, SECOND = Evidence("one", 0, 3), Evidence("two", 4, 7)


def judgement(
    what: CriterionVerdict | None = "met",
    why: CriterionVerdict | None = "met",
    when: CriterionVerdict | None = "met",
    *,
    cure: bool = False,
    evidence: Evidence = FIRST,
    flags: tuple[Flag, ...] = (),
) -> Judgement:
    opinions = tuple(Opinion(v, (evidence,) if v else (), f"{v}") for v in (what, why, when))
    return Judgement(opinions, (Suspicion(cure, (evidence,) if cure else (), "so"),), flags)


def settled(*judgements: Judgement, margin: int | None = None) -> Grade:
    outcome = settle(CLIPPING, judgements, margin)
    assert isinstance(outcome, Grade)
    return outcome


def test_one_judgement_is_the_grade() -> None:
    grade = settled(judgement(why="level_1", cure=True))
    assert (grade.earned, grade.flags) == (4 + 1 + 2 - 2, ())
    assert [verdict.agreement for verdict in grade.verdicts] == [1, 1, 1]


def test_the_majority_decides_each_criterion_and_the_split_is_flagged() -> None:
    grade = settled(
        judgement(what="met"), judgement(what="not_met", evidence=SECOND), judgement(what="met")
    )
    verdict = grade.verdicts[0]
    assert (verdict.verdict, verdict.evidence, verdict.reason) == ("met", (FIRST,), "met")
    assert verdict.agreement == pytest.approx(2 / 3)
    assert [flag.what for flag in grade.flags] == ["what: the votes differ: 2 met, 1 not_met"]
    assert grade.needs_review


def test_without_a_majority_the_middle_verdict_counts_and_of_two_the_lower() -> None:
    three = settled(judgement(what="met"), judgement(what="not_met"), judgement(what="partial"))
    assert three.verdicts[0].verdict == "partial"
    assert settled(judgement(why="level_2"), judgement(why="met")).verdicts[1].verdict == "level_2"


def test_evidence_of_those_who_agree_is_put_together_once() -> None:
    grade = settled(judgement(), judgement(evidence=SECOND), judgement())
    assert grade.verdicts[0].evidence == (FIRST, SECOND)


def test_a_misconception_needs_more_than_half_of_the_votes() -> None:
    assert settled(judgement(cure=True), judgement()).slips == ()
    grade = settled(judgement(cure=True), judgement(), judgement(cure=True))
    assert grade.slips[0].agreement == pytest.approx(2 / 3)
    assert [flag.kind for flag in grade.flags] == ["split-vote"]


def test_what_could_not_be_assessed_earns_nothing_and_is_for_a_human() -> None:
    grade = settled(judgement(when=None))
    assert (grade.earned, grade.needs_review) == (8, True)
    assert "could not be assessed" in grade.flags[0].what


def test_where_nothing_could_be_assessed_there_is_no_grade() -> None:
    outcome = settle(CLIPPING, [judgement(None, None, None)])
    assert isinstance(outcome, Ungraded)


@pytest.mark.parametrize(("margin", "near"), [(0, False), (9, False), (10, True), (None, False)])
def test_near_the_pass_mark_a_human_decides(margin: int | None, near: bool) -> None:
    grade = settled(judgement(why="level_1"), margin=margin)  # 70 % where 60 % pass
    assert [flag.kind for flag in grade.flags] == (["near-pass-mark"] if near else [])


def test_the_same_flag_of_several_votes_is_told_once() -> None:
    flag = Flag("unverified-quote", "not there")
    assert settled(judgement(flags=(flag,)), judgement(flags=(flag,))).flags == (flag,)


def test_no_judgement_is_no_grade() -> None:
    with pytest.raises(ValueError, match="needs a judgement"):
        settle(CLIPPING, [])
