from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerbot.domain.negation import denied
from answerbot.domain.sentences import sentences


def marked(text: str) -> tuple[str, int, int]:
    """The text without the marks «», and the span between them."""
    start, end = text.index("«"), text.index("»") - 1
    return text.replace("«", "").replace("»", ""), start, end


@pytest.mark.parametrize(
    "text",
    [
        "It is not true that «LSTMs have three gates».",
        "LSTMs do not, as many think, «have a forget gate».",
        "LSTMs do not (as is often said) «have a forget gate».",
        "LSTMs do **not** «have\nthree gates».",
        "LSTMs don’t «have three gates».",
        "It is a myth that «LSTMs have three gates»",
        "Contrary to the belief that «LSTMs have three gates», they have four.",
        "It's false that «LSTMs have three gates».",
        "It is not the case that «the mask changes».",
        "It is wrong to say that «clipping cures vanishing gradients».",
        "I don't think that «LSTMs have three gates».",
        "Some people mistakenly believe that «LSTMs have three gates».",
        "«LSTMs have three gates»? No.",
        "«LSTMs have three gates»? No, four.",
        "Do «they have three gates»? Not at all.",
        "The claim that «LSTMs have three gates» is wrong.",
        "«LSTMs have three gates» is a misconception.",
        "«LSTMs have three gates», which is false.",
        "Many think «LSTMs have three gates», but that is wrong.",
        "«LSTMs have three gates». This is false.",
        "«Clipping cures it». That's not true.",
        "RNNs never «learn long dependencies».",
        "RNNs cannot «learn long dependencies».",
        "An RNN fails to «learn long dependencies».",
        "It works without a «forget gate».",
        "It has no «forget gate».",
        "It has _no_ «forget gate».",
        "Neither do they «have gates».",
        "Not because «the gradient explodes» but because it vanishes.",
        "~~«LSTMs have three gates»~~ They have four.",
        "Myth: «LSTMs have three gates».",
        "Common misconceptions:\n- LSTMs are fast\n- «LSTMs have three gates»\n\nThey have four.",
        "## Misconceptions\n\n* «Zoneout sets units to zero»\n",
        "They do not have «input, forget, and output gates».",
        "The belief that «gradients vanish because training is long» is wrong.",
        "If asked, many say «the mask changes», but that is wrong, so beware.",
        "«LSTMs have input, forget, and output gates»? No.",
        "«LSTMs have three gates, don't they»? No.",
        "In an LSTM, «there are five gates»? No.",
        "No «gate is used» to let the gradient pass.",
    ],
)
def test_words_that_a_sentence_denies_are_denied(text: str) -> None:
    assert denied(*marked(text))


@pytest.mark.parametrize(
    "text",
    [
        "It is not true that LSTMs have three gates, «they have four».",
        "It is not true that LSTMs have three gates, but «they have four».",
        "Contrary to the belief that LSTMs have three gates, «they have four».",
        "Contrary to popular belief, «LSTMs have four layers».",
        "Not only «the forward pass slows» but also the backward pass.",
        "Not only the forward pass but also «the backward pass slows».",
        "Not because the gradient explodes but because «it vanishes».",
        "The gradient does not reach early steps because «the product shrinks».",
        "«The gradient vanishes» when the weights are not orthogonal.",
        "It does not vanish when «the weights are orthogonal».",
        "If weights are not orthogonal, «the gradient vanishes».",
        "If there is no gating «the gradient vanishes».",
        "Without clipping «gradients explode».",
        "Training without backpropagation «is cheap».",
        "RNNs do not gate; «LSTMs use gates».",
        "RNNs cannot remember, whereas «LSTMs use gates».",
        "RNNs are not CNNs: «they loop».",
        "The weights are not trained and «the readout is linear».",
        "«Cells keep the state» but not the gate.",
        "It isn't needed. «The mask stays».",
        "It isn't needed\n\n«The mask stays»",
        "- the mask does not change\n- «the units keep their value»",
        "No, «the mask is kept».",
        "Does it vanish? «Yes, it vanishes». No exception is known.",
        "«The cell state is additive». This is not the case for GRUs.",
        "The gradient no longer «flows».",
        "«non-linear units» are used",
        "Here non-linear «units are used»",
        "Not surprisingly, «gradients vanish».",
        "Not surprisingly «gradients vanish».",
        "Not every RNN «has a gate».",
        "See no. 5: «the mask».",
        "In code, `not` «negates the mask».",
        "«The model has to go on from its own predictions», and once one of them is wrong, the "
        "later ones drift.",
        "«It is fed its own predictions», and when they are wrong, the errors add up.",
        "«It is fed its own predictions», and if one is wrong, all later ones are off.",
        "«It has to go on from its own token», and if it is wrong, the errors add up.",
        "«The model is fed its prediction», which is wrong, so the next one is worse.",
        "«The model is fed its own prediction», which is wrong.",
        "«At inference it sees what it said itself», and it is wrong, so the error grows.",
        "No gate is needed to «let the gradient pass unchanged».",
        "No labels are required for «the readout to be trained by regression».",
        "«Save the model, dockerize it, wrap it in an API», done? No. Whatever runs must be seen.",
    ],
)
def test_words_that_a_denial_does_not_reach_are_not_denied(text: str) -> None:
    assert not denied(*marked(text))


@pytest.mark.parametrize(
    "text",
    [
        "It is not false that «LSTMs have gates».",
        "It is not a myth that «gradients vanish».",
        "There is no doubt that «gradients vanish».",
        "It never fails to «learn the rule».",
        "It cannot learn without «a forget gate».",
        "It is not true that LSTMs do not «have a forget gate».",
    ],
)
def test_two_denials_of_the_same_words_cancel(text: str) -> None:
    assert not denied(*marked(text))


@pytest.mark.parametrize(
    "text", ["«LSTMs do not have a forget gate».", "«It is a myth that clipping cures it»."]
)
def test_a_denial_inside_the_span_is_part_of_what_it_says(text: str) -> None:
    assert not denied(*marked(text))


WORDS = ["not ", "no ", "it is not true that ", "without ", "and ", "is wrong", "myth ", "gate "]
MARKS = [
    "(",
    ")",
    ", ",
    ". ",
    ".",
    "`",
    "\n- ",
    "\n",
    "~~",
    "$",
    "?",
    ":",
    "No.",
    "This is false. ",
]
HOSTILE = st.lists(st.sampled_from(WORDS + MARKS), max_size=60).map("".join)


@given(HOSTILE | st.text(), st.data())
def test_sentences_are_in_order_and_apart_whatever_the_text(text: str, data: st.DataObject) -> None:
    def edges() -> Iterator[int]:
        for start, end in sentences(text):
            yield from (start, end)

    positions = list(edges())
    assert positions == sorted(positions)
    assert all(0 <= position <= len(text) for position in positions)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert denied(text, start, end) in (True, False)


@given(st.text(st.characters(exclude_characters="~<❌✗✘")))
def test_a_whole_text_is_never_denied_by_itself(text: str) -> None:
    assert not denied(text, 0, len(text))
