"""How much of a statement a text covers."""

from __future__ import annotations

from answerbot.domain.coverage import content, covered, fullest_sentence, rarities, target
from answerbot.domain.cues import Passage
from answerbot.domain.lemmas import sentences
from tests.domain.lemmas import lemmas_of

STATED = "Old inputs fade while different histories lead to distinguishable states."
OTHERS = ("The readout is a linear map of the states.", "Inputs are scaled.")
WEIGHTS = rarities(map(content, (STATED, *OTHERS)))
WANTED = target(content(STATED), frozenset(), WEIGHTS)


def passage(text: str) -> Passage:
    return Passage(text, sentences(text))


def test_a_word_of_many_statements_tells_less_than_a_word_of_one() -> None:
    [state, fade] = lemmas_of("states fade")
    assert WEIGHTS[state] < WEIGHTS[fade] == 1


def test_more_of_the_statement_covers_more_and_nothing_covers_nothing() -> None:
    little = covered(passage("Old inputs fade."), WANTED)
    much = covered(passage("Old inputs fade, and histories lead to different states."), WANTED)
    none = covered(passage("It is about something else."), WANTED)
    assert none.together == none.ordered == 0
    assert 0 < little.together < much.together


def test_to_say_it_again_covers_no_more() -> None:
    once = covered(passage("Old inputs fade."), WANTED)
    often = covered(passage("Old inputs fade. " * 30), WANTED)
    assert once == often


def test_what_is_said_far_apart_covers_less_than_what_is_said_together() -> None:
    scattered = "Old inputs matter. " + "Nothing here. " * 5 + "There are different histories."
    together = "Old inputs matter. There are different histories."
    assert (
        covered(passage(scattered), WANTED).together < covered(passage(together), WANTED).together
    )


def test_words_in_the_order_of_the_statement_count_as_ordered() -> None:
    said = covered(passage("Old inputs fade away."), WANTED)
    reversed_ = covered(passage("Away fade inputs old."), WANTED)
    assert said.ordered > reversed_.ordered == 0


def test_what_is_denied_covers_nothing_unless_a_denial_is_sought() -> None:
    text = passage("It is not so that histories are distinguishable.")
    assert covered(text, WANTED).together == 0
    assert covered(text, WANTED, negative=True).together > 0


def test_words_of_the_question_are_no_part_of_a_target() -> None:
    asked = frozenset(lemmas_of("Which inputs fade?"))
    assert not asked & target(content(STATED), asked, WEIGHTS).weights.keys()


def test_the_fullest_sentence_has_most_of_the_statement() -> None:
    text = "Here is one of the inputs. Old inputs fade. Something else."
    assert fullest_sentence(passage(text), WANTED) == {1}
    assert fullest_sentence(passage("Something else."), WANTED) == frozenset()
