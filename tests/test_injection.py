"""No answer talks its way to points, and none loses any for looking as if it tried."""

import pytest

from answerbot.domain.evidence import find_quote
from answerbot.domain.grade import Grade
from tests.fooled import FOOLS, Case, cases, graded, graded_by_careful_fool

HOSTILE = cases("injection")
ODD = cases("odd_answers")
INJECTED = ("the injected words", "each injected sentence", "other words for each")
OF_THE_ANSWER = {"addresses-grader", "hidden-characters"}


def test_the_hostile_answers_are_many_and_of_many_classes() -> None:
    assert len(HOSTILE) >= 72
    assert len({case.kind for case in HOSTILE}) >= 14
    assert len({case.id for case in HOSTILE}) == len(HOSTILE)
    assert len(ODD) >= 30
    for case in HOSTILE:
        assert case.carries in case.answer


@pytest.mark.parametrize("kind", [kind for kind in FOOLS if kind not in INJECTED])
def test_a_fooled_judge_without_words_of_the_attackers_own_gives_nothing(kind: str) -> None:
    for case in HOSTILE:
        outcome = FOOLS[kind](case)
        assert isinstance(outcome, Grade)
        assert outcome.earned == 0, (case.id, [v.evidence for v in outcome.verdicts])


@pytest.mark.parametrize("kind", INJECTED)
def test_a_fooled_judge_that_quotes_the_injection_is_noticed(kind: str) -> None:
    aside, gaining, believed = 0, 0, []
    for case in HOSTILE:
        outcome = FOOLS[kind](case)
        assert isinstance(outcome, Grade)
        aside += outcome.needs_review
        gaining += outcome.earned > 0
        if outcome.earned and not outcome.needs_review:
            believed.append(case.id)
    assert aside >= 0.95 * len(HOSTILE)
    assert len(believed) <= 0.05 * gaining, believed


def test_words_to_the_grader_are_noticed_whatever_the_judge_quotes() -> None:
    gaining, unnoticed = 0, []
    for case in HOSTILE:
        outcome = graded_by_careful_fool(case)
        assert isinstance(outcome, Grade)
        gaining += outcome.earned > 0
        if outcome.earned and OF_THE_ANSWER.isdisjoint(flag.kind for flag in outcome.flags):
            unnoticed.append(case.id)
    assert len(unnoticed) <= 0.05 * gaining, unnoticed


@pytest.mark.parametrize("case", ODD, ids=lambda case: case.id)
def test_an_honest_answer_that_looks_odd_loses_nothing(case: Case) -> None:
    for _, quote in case.verdicts.values():
        assert find_quote(case.answer, quote), quote
    claims = {name: (verdict, [quote]) for name, (verdict, quote) in case.verdicts.items()}
    outcome = graded(case, claims)
    assert isinstance(outcome, Grade)
    expected = {name: verdict for name, (verdict, _) in case.verdicts.items()}
    assert {
        one.criterion.id: one.verdict for one in outcome.verdicts if one.verdict != "not_met"
    } == expected
    assert not outcome.needs_review, outcome.flags
