import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from answerbot.domain.spelling import Spelled, likeness, typing_errors

TEXTS = st.text("abc é", max_size=30)


def test_likeness_is_the_share_of_letters_that_both_have_in_the_same_order() -> None:
    assert likeness("gate", "gate") == 100
    assert likeness("gate", "gates") == pytest.approx(100 * 8 / 9)
    assert likeness("gate", "cell") == pytest.approx(100 * 2 / 8)
    assert likeness("gate", "") == likeness("gate", "XYZ") == 0
    assert likeness("", "") == 100


@given(st.lists(TEXTS, max_size=5), TEXTS)
def test_many_texts_are_as_alike_as_each_alone(texts: list[str], text: str) -> None:
    found = Spelled(texts).likenesses(text)
    assert found == pytest.approx([fuzz.ratio(one, text) for one in texts])


def test_any_number_of_texts_is_held_against_one() -> None:
    found = Spelled([f"term {number}" for number in range(200)]).likenesses("term 150")
    assert len(found) == 200
    assert [number for number, one in enumerate(found) if one == 100] == [150]


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [
        ("gradient", "gradient", 0),
        ("gradeint", "gradient", 1),
        ("gradent", "gradient", 1),
        ("gradiient", "gradient", 1),
        ("gradiemt", "gradient", 1),
        ("gate", "cell", 4),
        ("", "cell", 4),
        ("ca", "abc", 3),
    ],
)
def test_typing_errors_are_letters_left_out_put_in_changed_and_swapped(
    one: str, other: str, errors: int
) -> None:
    assert typing_errors(one, other) == errors


@given(TEXTS, TEXTS)
def test_typing_errors_are_the_distance_of_optimal_string_alignment(one: str, other: str) -> None:
    assert typing_errors(one, other) == OSA.distance(one, other)
