import pytest

from answerbot.domain.sentences import sentence_around, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        (
            "Gates, e.g. the forget gate, work. So what",
            ["Gates, e.g. the forget gate, work.", "So what"],
        ),
        (
            "See Fig. 3 of J. Elman. It is 0.5 there.",
            ["See Fig. 3 of J. Elman.", "It is 0.5 there."],
        ),
        ("a line\nthat goes on\n\nnext", ["a line\nthat goes on", "next"]),
        ("Intro:\n- one\n- two\n  more\n1. three", ["Intro:", "one", "two\n  more", "three"]),
        ("# Head\ntext", ["Head", "text"]),
        ("with `a. b` and $h_t. c$ inside. End", ["with `a. b` and $h_t. c$ inside.", "End"]),
        ("Say:\n```\nx = 1. \ny = 2\n```\nDone.", ["Say:", "```\nx = 1. \ny = 2\n```", "Done."]),
        ("| a. b | c |\n| d | e |", ["| a.", "b | c |", "| d | e |"]),
        ("Es geht... weiter so. Ja", ["Es geht... weiter so.", "Ja"]),
        ('He said "no." Then', ['He said "no."', "Then"]),
        ("梯度消失。它变小。", ["梯度消失。", "它变小。"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_the_sentence_around_a_span_holds_it() -> None:
    text = "One is here. Two are there. Three."
    start = text.index("are")
    span = sentence_around(text, start, start + 3)
    assert text[span.start : span.end] == "Two are there."
