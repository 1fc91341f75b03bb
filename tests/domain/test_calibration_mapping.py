import random

import numpy as np
import pytest

from answerbot.domain.calibration_fit import fit
from answerbot.domain.calibration_mapping import (
    Basis,
    Kind,
    Mapping,
    line_of,
    parse_mapping,
    written_mapping,
)
from answerbot.domain.errors import InputError
from tests.rated import rated

BASIS = Basis(method="rubric", model="small", prompt="abc")


def mapping(x: tuple[float, ...], y: tuple[float, ...]) -> Mapping:
    return Mapping(kind="isotonic", basis=BASIS, x=x, y=y, answers=9, questions=3, folds=3)


def test_between_the_corners_the_line_is_straight_and_beyond_them_level() -> None:
    found = mapping((0.2, 0.4, 0.4, 0.8), (0.1, 0.3, 0.5, 0.9))
    points = [0, 0.2, 0.3, 0.6, 0.8, 1]
    assert [found.of(x) for x in points] == pytest.approx([0.1, 0.1, 0.2, 0.7, 0.9, 0.9])


def test_it_is_what_numpy_interpolates() -> None:
    x, y = (0.0, 0.3, 0.35, 1.0), (0.05, 0.2, 0.8, 0.95)
    for point in np.linspace(0, 1, 41):
        assert mapping(x, y).of(float(point)) == pytest.approx(float(np.interp(point, x, y)))


def test_one_corner_maps_everything_to_one_value() -> None:
    assert [mapping((0.5,), (0.4,)).of(x) for x in (0, 0.5, 1)] == [0.4, 0.4, 0.4]


def test_a_file_of_a_mapping_reads_as_it_was_written() -> None:
    written = mapping((0.0, 1.0), (0.1, 0.9))
    assert parse_mapping(written_mapping(written), "map.json") == written


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no mapping"),
        ("{}", "no mapping: kind: Field required"),
        (
            written_mapping(mapping((0.0, 1.0), (0.0, 1.0))).replace("0.0", "2.0", 1),
            "no mapping: x",
        ),
        (written_mapping(mapping((0.0, 1.0), (0.25, 1.0))).replace("0.25", "1.0"), ""),
    ],
)
def test_what_is_no_mapping_is_told_with_the_command_that_makes_one(text: str, told: str) -> None:
    if not told:
        assert parse_mapping(text, "map.json").y == (1.0, 1.0)
        return
    with pytest.raises(InputError) as caught:
        parse_mapping(text, "map.json")
    assert str(caught.value).startswith(f"map.json: {told}")
    assert "--save-mapping" in str(caught.value)


def test_a_line_that_falls_is_no_mapping() -> None:
    with pytest.raises(ValueError, match="have to rise"):
        mapping((0.0, 1.0), (0.9, 0.1))


def test_corners_are_kept_once_and_within_the_scale() -> None:
    line = line_of([(1, 1.2), (0, -0.1), (0.5, 0.5), (0.5, 0.5)])
    assert (line.x, line.y) == ((0, 0.5, 1), (0, 0.5, 1))


def harsh(questions: int = 12, each: int = 20) -> list[object]:
    """A program that gives half of what people give, give or take a little."""
    draws = random.Random(3)
    rows = []
    for question in range(questions):
        for _ in range(each):
            human = draws.randint(0, 4)
            machine = min(max(human / 2 + draws.uniform(-0.2, 0.2), 0), 4)
            rows.append(rated(human, machine, question=f"q{question}"))
    return rows  # type: ignore[return-value]


@pytest.mark.parametrize("kind", ["linear", "isotonic"])
def test_a_harsh_program_is_mended_for_questions_that_were_not_fitted(kind: str) -> None:
    fitted = fit(harsh(), kind, BASIS)  # type: ignore[arg-type]
    assert fitted.before["bias"].value == pytest.approx(-0.25, abs=0.04)
    assert fitted.after["bias"].value == pytest.approx(0, abs=0.02)
    assert fitted.after["mae"].value < fitted.before["mae"].value / 3  # type: ignore[operator]
    assert fitted.mapping.of(0.25) == pytest.approx(0.5, abs=0.06)
    assert (fitted.mapping.answers, fitted.mapping.questions, fitted.mapping.folds) == (240, 12, 10)
    assert fitted.mapping.after["mae"].value == fitted.after["mae"].value


def test_the_linear_one_never_falls() -> None:
    rows = [rated(4 - n, n, question=f"q{n}") for n in range(5)]
    found = fit(rows, "linear", BASIS).mapping
    assert list(found.y) == sorted(found.y)


def test_one_question_has_no_others_to_fit_on() -> None:
    with pytest.raises(InputError, match="two questions at least"):
        fit([rated(1, 1), rated(2, 2)], "linear", BASIS)


@pytest.mark.parametrize("kind", ["linear", "isotonic"])
def test_an_answer_is_mapped_by_answers_to_other_questions_alone(kind: Kind) -> None:
    # What is right for one of the two questions is wrong for the other: who has seen answers to a
    # question maps its others without error, and who has seen the other's is wrong in each.
    rows = [rated(0, 1, question="a") for _ in range(10)]
    rows += [rated(4, 2, question="b") for _ in range(10)]
    random.Random(7).shuffle(rows)
    fitted = fit(rows, kind, BASIS)
    assert fitted.mapping.folds == 2
    assert fitted.after["mae"].value == pytest.approx(1)
    assert (fitted.mapping.of(1 / 4), fitted.mapping.of(2 / 4)) == pytest.approx((0, 1))
