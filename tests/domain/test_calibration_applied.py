from dataclasses import replace

import pytest

from answerbot.domain.calibration import Method
from answerbot.domain.calibration_applied import calibrated, doubts, require_fit
from answerbot.domain.calibration_mapping import Basis, Mapping
from answerbot.domain.errors import InputError
from answerbot.domain.grade import Flag, Grade, Ungraded
from tests.cli.reports.made import graded


def mapping(method: Method = "rubric", model: str = "small") -> Mapping:
    basis = Basis(method=method, model=model, prompt="abc")
    return Mapping(
        kind="linear", basis=basis, x=(0.0, 1.0), y=(0.2, 1.0), answers=9, questions=3, folds=3
    )


ALL = graded(1, ("met", "met", "met"))


def test_the_fraction_is_calibrated_and_the_points_stay() -> None:
    half = graded(1, ("partial", "level_1", "met"))
    found = calibrated(half, mapping())
    assert isinstance(half.outcome, Grade)
    assert found.outcome == half.outcome
    assert found.calibrated == pytest.approx(0.2 + 0.8 * half.outcome.fraction, abs=1e-4)


def test_an_estimate_is_left_alone_by_a_mapping_of_judgements_and_the_other_way_round() -> None:
    guess = replace(ALL, estimate=True)
    assert calibrated(guess, mapping()).calibrated is None
    assert calibrated(guess, mapping("estimate", "")).calibrated == 1
    assert calibrated(ALL, mapping("estimate", "")).calibrated is None


def test_a_blank_answer_stays_at_nothing() -> None:
    nothing = graded(1, ("not_met", "not_met", "not_met"), flags=[Flag("blank", "no answer")])
    assert calibrated(nothing, mapping()).calibrated == 0


def test_what_people_decided_is_what_people_give() -> None:
    assert isinstance(ALL.outcome, Grade)
    first, *rest = ALL.outcome.verdicts
    outcome = replace(ALL.outcome, verdicts=(replace(first, human=True), *rest), earned=5)
    one = replace(ALL, outcome=outcome)
    assert calibrated(one, mapping()).calibrated == outcome.fraction


def test_no_grade_has_nothing_to_calibrate() -> None:
    assert calibrated(replace(ALL, outcome=Ungraded("why")), mapping()).calibrated is None


def test_a_mapping_of_another_kind_of_grades_is_refused() -> None:
    require_fit(mapping("rubric"), estimated=False)
    require_fit(mapping("estimate"), estimated=True)
    require_fit(mapping("estimate"), estimated=False)
    wrong: list[tuple[Method, bool]] = [
        ("reference", False),
        ("overlap", True),
        ("overlap", False),
        ("rubric", True),
    ]
    for method, estimated in wrong:
        with pytest.raises(InputError, match="--calibration: the mapping is of answers"):
            require_fit(mapping(method), estimated=estimated)


def test_another_model_or_prompt_is_a_reason_for_doubt() -> None:
    assert list(doubts(mapping(), ["small"], "abc")) == []
    (model,) = doubts(mapping(), ["large", "small"], "abc")
    assert "small" in model
    assert "large" in model
    (prompt,) = doubts(mapping(), [], "abd")
    assert "another prompt" in prompt
    assert list(doubts(mapping("estimate", ""), ["large"], "")) == []
