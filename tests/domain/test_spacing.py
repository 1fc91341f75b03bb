"""Lost spaces are put back, and right words are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerbot.domain.spacing import repair


@pytest.mark.parametrize(
    ("glued", "right"),
    [
        ("areRecurrent", "are Recurrent"),
        ("theexploding gradient problem", "the exploding gradient problem"),
        ("RNNsand", "RNNs and"),
        ("areLong Short-Term Memory (LSTM)networks", "are Long Short-Term Memory (LSTM) networks"),
        ("ofthe", "of the"),
        ("Inthe network", "In the network"),
        ("probleminRNNsand why", "problem in RNNs and why"),
        ("detectioninsequential data", "detection in sequential data"),
        ("usingRNNsfornatural language", "using RNNs for natural language"),
        ("betweenLSTMandGRU", "between LSTM and GRU"),
        ("RNNsinmulti-agent systemsand", "RNNs in multi-agent systems and"),
        ("trainingvanilla RNNs", "training vanilla RNNs"),
        ("theseq2seq model", "the seq2seq model"),
        ("inPyTorch.", "in PyTorch."),
        ("bytheRNN", "by the RNN"),
        ("'ofBPTT'", "'of BPTT'"),
    ],
)
def test_words_that_were_glued_part(glued: str, right: str) -> None:
    assert repair(glued) == right


RIGHT = """
LSTM LSTMs GRUs RNNs IoT pack_padded_sequence seq2seq word2vec PyTorch TensorFlow iPhone eBay
McCulloch therein wherein isotropic inform information therefore together forget forward input
output within into onto without another cannot areas inability invariants instep independence
forEach toString isNaN asType onClick isTraining toTensor fromJSON andThen LSTMCell GRUCell
SimpleRNN ConvLSTM BiLSTM xLSTM IndRNN DeepAR GRU-D JavaScript LaTeX timestep timesteps dataset
framework minibatch dropout softmax nn.LSTM torch.nn backpropagation theory thesis often handle
(un)supervised (Bi)LSTM f(x)dx P(A)and network(s) h_t x_t encoder-decoder state-of-the-art
""".split()  # noqa: SIM905 - a list of literals would be one word a line


@pytest.mark.parametrize("word", RIGHT)
def test_a_word_that_is_right_stays(word: str) -> None:
    assert repair(word) == word
    assert repair(f"What is {word}, and why?") == f"What is {word}, and why?"


def test_code_and_formulas_stay() -> None:
    text = "Why `theRNN` and ``inthe ` loop`` and $theRNN$ and $$ofthe$$?"
    assert repair(text) == text
    assert repair("`a` ofthe `b") == "`a` of the `b"


@given(st.text())
def test_only_spaces_are_added(text: str) -> None:
    repaired = repair(text)
    assert repaired.replace(" ", "") == text.replace(" ", "")
    assert len(repaired) >= len(text)


@given(st.lists(st.sampled_from([*RIGHT, "theexploding", "RNNsand", "areRecurrent"])))
def test_a_repaired_text_needs_no_repair(words: list[str]) -> None:
    once = repair(" ".join(words))
    assert repair(once) == once
