"""Cues near each other."""

from __future__ import annotations

import pytest

from answerbot.domain.cues import Found, Passage, find_cues, groups_of
from answerbot.domain.lemmas import sentences
from tests.domain.lemmas import lemmas_of

CUES = (("gradient", "error signal"), ("shrink", "become small", "vanish"))


def found(text: str, question: str = "", negative: bool = False) -> Found:
    asked = frozenset(lemmas_of(question))
    return find_cues(Passage(text, sentences(text)), groups_of(CUES, asked, negative))


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("The gradient shrinks.", 2),
        ("Gradients shrank.", 2),
        ("The error signal becomes very small.", 2),
        ("What the signal of the error becomes is small.", 2),
        ("It shrinks. So does the gradient.", 2),
        ("It shrinks. Here is something. And more. The gradient is large.", 1),
        ("The gradient does not shrink.", 1),
        ("The gradient never vanishes, it explodes.", 1),
        ("Everything is fine.", 0),
        ("", 0),
    ],
)
def test_groups_are_found_that_stand_near_each_other_and_are_not_denied(
    text: str, groups: int
) -> None:
    assert (found(text).groups, found(text).of) == (groups, 2)


def test_words_of_the_question_alone_show_nothing_but_help_others() -> None:
    question = "Why do gradients vanish?"
    assert found("Gradients vanish.", question).groups == 0
    assert found("Gradients shrink.", question).groups == 2


def test_a_denial_is_what_is_sought_where_the_criterion_is_negative() -> None:
    assert found("The gradient does not shrink.", negative=True).groups == 2


def test_cues_far_apart_in_one_sentence_are_not_near() -> None:
    between = " and then it goes on for a while" * 10
    assert found(f"It shrinks{between} before the gradient comes.").groups == 1


def test_the_hits_are_the_words_that_matched() -> None:
    text = "Well, the error signal often shrinks."
    passage = Passage(text, sentences(text))
    hits = find_cues(passage, groups_of(CUES, frozenset())).hits
    spans = sorted(passage.span(hit) for hit in hits)
    assert [text[start:end] for start, end in spans] == ["error signal", "shrinks"]


def test_of_an_enumeration_one_group_counts() -> None:
    text = "gradient, shrink."
    read = sentences(text)
    listed = Passage(text, read, frozenset(sentence.start for sentence in read))
    assert find_cues(listed, groups_of(CUES, frozenset())).groups == 1
