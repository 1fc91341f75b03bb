import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerbot.domain.evidence import Evidence, find_quote

ANSWER = "The **forget gate** decides\nwhat to keep; it’s a “soft” mask — between 0 and 1. ﬁne café"


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("decides", "decides"),
        ("forget gate decides what", "forget gate** decides\nwhat"),
        ('IT\'S A "SOFT" MASK', "it’s a “soft” mask"),
        ("mask - between 0", "mask — between 0"),
        ("fine cafe\u0301", "ﬁne café"),
        ("  keep;  ", "keep;"),
        ("deci\u200bdes", "decides"),
    ],
)
def test_a_quote_is_found_exactly_or_normalised_and_given_in_the_texts_own_words(
    quote: str, found: str
) -> None:
    evidence = find_quote(ANSWER, quote)
    assert evidence is not None
    assert evidence.quote == found
    assert ANSWER[evidence.start : evidence.end] == found


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "   ",
        "\u200b",
        "**",
        "forgets",
        "decides to keep",
        "The forget gate ... between 0 and 1",
    ],
)
def test_words_that_do_not_stand_together_are_not_found(quote: str) -> None:
    assert find_quote(ANSWER, quote) is None


def test_an_exact_quote_wins_over_an_earlier_normalised_one() -> None:
    assert find_quote("GRU or gru", "gru") == Evidence("gru", 7, 10)


def test_a_subscript_is_not_taken_for_emphasis() -> None:
    assert find_quote("the state h_t decays", "the state ht decays") is None


@given(st.text(), st.data())
def test_every_piece_of_a_text_is_found_where_it_stands_or_before(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    piece = text[start:end].strip()
    evidence = find_quote(text, piece)
    if not any(map(str.isalnum, piece)):
        assert evidence is None
    else:
        assert evidence is not None
        assert evidence.quote == piece
        assert evidence.end <= end


@given(st.text(), st.text())
def test_what_is_found_stands_in_the_text(text: str, quote: str) -> None:
    evidence = find_quote(text, quote)
    assert evidence is None or text[evidence.start : evidence.end] == evidence.quote != ""
