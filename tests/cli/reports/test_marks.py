from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from answerbot.cli.reports.marks import Key, marked, marks_of, shown
from answerbot.domain.evidence import Evidence

FIRST = Key("1", "k1", "a1-1", "criterion 1: First")
SECOND = Key("2", "k2", "a1-2", "criterion 2: Second")


def spans(text: str, *places: tuple[int, int]) -> list[Evidence]:
    return [Evidence(text[start:end], start, end) for start, end in places]


def html_of(text: str, *evidence: tuple[Key, tuple[int, int]]) -> str:
    marks = [m for key, place in evidence for m in marks_of(key, spans(text, place), len(text))]
    return str(marked(text, marks))


def link(key: Key) -> str:
    title = key.title
    return f'<a class="ref {key.slot}" href="#{key.anchor}" aria-label="{title}">{key.label}</a>'


def test_a_mark_surrounds_its_words_and_links_to_what_they_speak_for() -> None:
    assert html_of("hot <water> now", (FIRST, (4, 11))) == (
        f'hot <mark class="k1 lane0" id="a1-1-1">&lt;water&gt;</mark>{link(FIRST)} now'
    )


def test_words_that_speak_for_two_criteria_are_in_both_marks() -> None:
    assert html_of("abcd", (FIRST, (0, 3)), (SECOND, (1, 4))) == (
        '<mark class="k1 lane0" id="a1-1-1">a</mark>'
        '<mark class="k1 lane0"><mark class="k2 lane1" id="a1-2-1">bc</mark></mark>'
        f'{link(FIRST)}<mark class="k2 lane1">d</mark>{link(SECOND)}'
    )


def test_the_same_words_may_speak_for_two_criteria() -> None:
    assert html_of("ab", (FIRST, (0, 2)), (SECOND, (0, 2))) == (
        '<mark class="k1 lane0" id="a1-1-1"><mark class="k2 lane1" id="a1-2-1">ab</mark></mark>'
        f"{link(FIRST)}{link(SECOND)}"
    )


def test_overlapping_quotes_of_one_criterion_are_one_mark() -> None:
    text = "abcdef"
    marks = marks_of(FIRST, spans(text, (2, 4), (0, 3), (5, 6)), len(text))
    assert [(mark.start, mark.end, mark.anchor) for mark in marks] == [
        (0, 4, "a1-1-1"),
        (5, 6, "a1-1-2"),
    ]


def test_offsets_beyond_the_answer_mark_nothing_beyond_it() -> None:
    assert [(m.start, m.end) for m in marks_of(FIRST, [Evidence("x", 1, 99)], 3)] == [(1, 3)]
    assert marks_of(FIRST, [Evidence("x", 7, 9)], 3) == []


def test_hidden_characters_are_shown_as_their_code_points() -> None:
    assert shown("a\u202eb\x1b\u200b") == (
        'a<span class="hidden">U+202E</span>b<span class="hidden">U+001B</span>'
        '<span class="hidden">U+200B</span>'
    )


def test_joiners_stay_where_scripts_and_emoji_need_them() -> None:
    assert shown("👩\u200d🔬 می\u200cخواهم") == "👩\u200d🔬 می\u200cخواهم"
    assert shown("a\u200db") == 'a<span class="hidden">U+200D</span>b'


def test_a_hard_wrapped_line_goes_on_and_a_list_does_not() -> None:
    long = "The hidden state is carried on from each time step to the one after it"
    assert str(marked(f"{long}\nand so on.", [])) == f"{long} and so on."
    assert str(marked(f"{long}\n- an item", [])) == f"{long}\n- an item"
    assert str(marked("short\nlines", [])) == "short\nlines"
    fenced = f"```\n{long}\nx\n```"
    assert str(marked(fenced, [])) == fenced


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"])),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 60), st.integers(0, 30))),
)
def test_marks_add_and_drop_no_word(text: str, places: list[tuple[int, int, int]]) -> None:
    keys = [Key(str(n), f"k{n}", f"a1-{n}", f"criterion {n}") for n in range(7)]
    evidence = {
        number: spans(text, *((s, s + size) for n, s, size in places if n == number))
        for number in range(7)
    }
    marks = [m for n, key in enumerate(keys) for m in marks_of(key, evidence[n], len(text))]
    html = str(marked(text, marks))
    words = re.sub(r"<a .*?</a>", "", html)
    assert unescape(re.sub(r"</?mark[^>]*>", "", words)) == text
    assert html.count("<a ") == len(marks)
    assert sorted(re.findall(r'id="([^"]+)"', html)) == sorted(mark.anchor for mark in marks)
