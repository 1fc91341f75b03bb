"""Where an answer ends in Markdown, and whose it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerbot.domain.errors import InputError
from answerbot.domain.known import Known
from tests.sheets import BANK, LSTM, NET, VANISHING, filled, graded, match, questions, sheet, told

ALL = {"rnn/1": "A net.", "rnn/2": "It fades.", "rnn/3": "It has gates."}


def test_a_filled_in_copy_of_a_bank_is_an_answers_file() -> None:
    submissions = match(filled())
    assert graded(submissions) == ALL
    assert [answer.place.line for answer in submissions.answers] == [7, 15, 23]
    assert not submissions.problems
    assert not submissions.notices


def test_a_gap_is_a_blank_answer() -> None:
    assert graded(match(filled(two="_[To be filled]_"))) == ALL | {"rnn/2": ""}


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(newline: str) -> None:
    text = "\ufeff" + filled(two="It\n\nfades.").replace("\n", newline)
    assert graded(match(text)) == ALL | {"rnn/2": "It\n\nfades."}


@pytest.mark.parametrize(
    "fake",
    [
        f"## Question 2\n\n**{VANISHING}**\n\n**Answer:** Mine.",
        f"Question 2\n----------\n\n**{VANISHING}**\n\nMine.",
        f"# Question 2\n\n{VANISHING}\n\nMine.",
        f"## Q2. {VANISHING}\n\nMine.",
    ],
)
def test_a_fake_heading_takes_over_no_answer_but_makes_two_that_are_told(fake: str) -> None:
    submissions = match(filled(one=f"A net.\n\n{fake}"))
    assert graded(submissions) == {"rnn/1": "A net.", "rnn/3": "It has gates."}
    (first, one), (second, other) = told(submissions)
    assert first == 9
    assert second > first
    assert "rnn/2 is answered twice" in one
    assert f"line {second}" in one
    assert f"line {first}" in other


def test_a_fake_heading_below_the_answer_that_it_fakes_makes_two_as_well() -> None:
    fake = f"## Question 1\n\n{NET}\n\nBetter."
    submissions = match(filled(two=f"It fades.\n\n{fake}"))
    assert graded(submissions) == {"rnn/2": "It fades.", "rnn/3": "It has gates."}
    assert [line for line, _ in told(submissions)] == [3, 17]


@pytest.mark.parametrize(
    ("fake", "what"),
    [
        (f"## Question 3\n\n{VANISHING}\n\nMine.", "the number is 3, and the text that of"),
        (f"## Question 9\n\n{VANISHING}\n\nMine.", "the number is 9, and the text that of"),
        ("## Question 9\n\nWhat is love?\n\nMine.", "no known question is 'What is love?'"),
        ("## Question 2\n\nIgnore the rest.\n\nMine.", "no known question is 'Ignore the rest.'"),
        ("## Question 2", "the heading has no question"),
        ("## Question 2\n\n_[To be filled]_", "a placeholder stands where the question should"),
        ("## Question two: What is love?\n\nMine.", "the heading asks something, but has no"),
    ],
)
def test_a_fake_heading_that_agrees_with_no_question_is_told_and_costs_no_answer(
    fake: str, what: str
) -> None:
    submissions = match(filled(one=f"A net.\n\n{fake}"))
    assert graded(submissions) == ALL
    ((line, said),) = told(submissions)
    assert line == 9
    assert what in said


@pytest.mark.parametrize(
    "text",
    [
        f"```\n## Question 2\n\n{VANISHING}\n```",
        f"~~~~ text\n```\n## Question 2\n\n{VANISHING}\n~~~~",
        f"> ## Question 2\n>\n> **{VANISHING}**",
        f"    ## Question 2\n\n    {VANISHING}",
        "### Question 7\n\nIt is a part of mine.",
        f"### Question 2\n\n{VANISHING}\n\nIt is a part of mine.",
        "### 1. First step\n\nUnroll.\n\n### 2. Second step\n\nMultiply.",
        "#### What does that mean?\n\nMuch.",
        "### Summary\n\nIt loops.",
        f"**{VANISHING}**\n\nIt fades.",
        f"2. {VANISHING}\n3. {LSTM}",
        f"<h2>Question 2</h2>\n<p>{VANISHING}</p>",
        "---\ncandidate: Mallory\n---",
        "---\n\nBelow a rule.",
        "<!-- ## Question 2 --> and on",
    ],
)
def test_what_is_no_heading_of_a_question_is_text_of_the_answer(text: str) -> None:
    answer = f"A net.\n\n{text}\n\nThat is all."
    submissions = match(filled(one=answer))
    assert graded(submissions) == ALL | {"rnn/1": answer}
    assert not submissions.problems
    assert {answer.candidate for answer in submissions.answers} == {"ada"}


def test_a_known_question_inside_an_answer_is_noticed() -> None:
    (notice,) = match(filled(one=f"A net.\n\n```\n**{VANISHING}**\n```")).notices
    assert notice.location
    assert notice.location.line == 10
    assert "was read as text" in notice.what


@pytest.mark.parametrize(
    ("rest", "what", "line"),
    [
        ("```python\nx = 1", "the code fence ``` is never closed", 17),
        ("<!-- note", "the HTML comment <!-- is never closed", 17),
        ("<pre>", "<pre> is never closed", 17),
    ],
)
def test_what_is_left_open_costs_its_answer_and_those_below_that_it_swallows(
    rest: str, what: str, line: int
) -> None:
    submissions = match(filled(two=f"It fades.\n\n{rest}"))
    assert graded(submissions) == {"rnn/1": "A net."}
    (first, said), (_, swallowed) = told(submissions)
    assert first == line
    assert what in said
    assert LSTM in swallowed


@pytest.mark.parametrize(
    "rest",
    [
        "## Summary\n\nMore.",
        "Summary\n-------\n\nMore.",
        "# Summary\n\nMore.",
        "## rnn/3\n\nMore.",
    ],
)
def test_text_below_a_heading_that_may_be_the_candidates_is_not_cut_off_silently(
    rest: str,
) -> None:
    submissions = match(filled(two=f"It fades.\n\n{rest}"))
    assert graded(submissions) == {"rnn/1": "A net.", "rnn/3": "It has gates."}
    ((line, said),) = told(submissions)
    assert line in (19, 20)
    assert "not clear whether this belongs to the answer above" in said


def test_text_below_the_last_rule_is_not_cut_off_silently() -> None:
    text = filled(three="It has gates.\n\n---\n\nAnd a cell.").rstrip("\n-")
    submissions = match(text)
    assert graded(submissions) == {"rnn/1": "A net.", "rnn/2": "It fades."}
    assert [line for line, _ in told(submissions)] == [27]


def test_two_labels_in_one_answer_cost_that_answer_alone() -> None:
    submissions = match(filled(two="It fades.\n\n**Answer:** It explodes."))
    assert graded(submissions) == {"rnn/1": "A net.", "rnn/3": "It has gates."}
    ((line, said),) = told(submissions)
    assert line == 17
    assert "the question has two answers" in said


def test_questions_above_the_first_one_that_are_written_in_another_form_are_told() -> None:
    text = f"### 1. {NET}\n\nA net.\n\n## Question 3\n\n{LSTM}\n\nIt has gates.\n"
    submissions = match(text)
    assert graded(submissions) == {"rnn/3": "It has gates."}
    ((line, said),) = told(submissions)
    assert line == 1
    assert "another form" in said


def test_headings_with_ids_need_no_text() -> None:
    text = f"# Ada\n\n## rnn/3\n\nIt has gates.\n\n## `rnn/1`: {NET}\n\nA net.\n\n## rnn/2\n"
    submissions = match(text)
    assert graded(submissions) == ALL | {"rnn/2": ""}
    assert {matched.how for matched in submissions.matched} == {"id"}


def test_a_file_without_a_question_cannot_be_read() -> None:
    with pytest.raises(InputError, match="the file has no question"):
        sheet("I know it all.\n")
    with pytest.raises(InputError, match="the file is empty"):
        sheet("\n \n")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("---\ncandidate: Grace Hopper\n---\n\n", "Grace Hopper"),
        ("---\nname: 'Grace: Hopper' # of Yale\ncourse: 1\n---\n\n", "Grace: Hopper"),
        ('+++\nname = "Grace"\n+++\n\n', "Grace"),
        ("---\nname: course\ncandidate: Grace\n---\n\n", "Grace"),
        ("---\nname:\ncourse: 1\n---\n\n", "ada"),
        ("---\nname: Gr\x1bace\u200b  Hop\tper\n---\n\n", "Gr\\x1bace\\u200b Hop per"),
        ("---\nname: " + "x" * 201 + "\n---\n\n", "ada"),
        ("# Grace Hopper\n\n", "Grace Hopper"),
        ("Grace Hopper\n============\n\n", "Grace Hopper"),
        ("# **Grace Hopper**\n\n", "Grace Hopper"),
        ("# Answers of Grace Hopper\n\n", "Grace Hopper"),
        ("# Grace Hopper's answers\n\n", "Grace Hopper"),
        ("# Candidate: Grace Hopper\n\n", "Grace Hopper"),
        ("---\ncandidate: Grace\n---\n\n# Hopper\n\n", "Grace"),
        ("# RNN Interview Questions - Theory Questions\n\n", "ada"),
        ("# Recurrent neural network\n\n", "ada"),
        ("# Homework 3\n\n", "ada"),
        ("# Do you know it?\n\n", "ada"),
        ("# " + "Grace " * 30 + "\n\n", "ada"),
        ("# ???\n\n", "ada"),
        ("## Grace Hopper\n\n", "ada"),
        ("Grace Hopper\n\n", "ada"),
        ("", "ada"),
    ],
)
def test_a_file_is_of_the_one_whom_front_matter_title_or_file_name_tell(
    head: str, name: str
) -> None:
    text = head + f"## Question 1\n\n{NET}\n\nA net.\n\n## Question 2\n\n{VANISHING}\n\nFades.\n"
    assert sheet(text).candidate == name


def test_a_name_in_front_matter_that_is_too_long_is_told() -> None:
    text = f"---\nname: {'x' * 201}\n---\n## Q1. {NET}\n\nA net.\n"
    (notice,) = sheet(text).notices
    assert "201 characters" in notice.what
    assert notice.location
    assert notice.location.line == 2


@pytest.mark.parametrize(
    ("title", "name", "told_of"),
    [
        ("Jordan", "Jordan", False),
        ("Michael Jordan", "Michael Jordan", False),
        ("Jordan Elman", "Jordan Elman", False),
        ("Networks", "ada", True),
        ("Elman and Jordan networks", "ada", True),
        ("Homework of Grace Hopper", "ada", True),
        ("Grace " * 30, "ada", True),
        ("RNN Interview Questions", "ada", False),
        ("Homework 3", "ada", False),
        ("???", "ada", False),
    ],
)
def test_a_name_that_is_asked_about_is_a_name_and_a_title_that_is_passed_over_is_told(
    title: str, name: str, told_of: bool
) -> None:
    asked = "How do Elman and Jordan networks differ?"
    known = Known(questions(BANK.replace(LSTM, asked)))
    text = f"# {title}\n\n## Question 1\n\n{NET}\n\nA net.\n\n## Question 3\n\n{asked}\n\nSo.\n"
    read = sheet(text, known=known)
    assert read.candidate == name
    assert any("is not taken for the candidate's name" in n.what for n in read.notices) == told_of


def test_a_title_below_a_question_is_nobody() -> None:
    assert sheet(f"## Question 1\n\n{NET}\n\nA net.\n\n# Mallory\n").candidate == "ada"


FORMS = {
    "question headings": "### Q{n}. {q}\n{a}\n\n---\n\n",
    "numbered headings": "## {n}. {q}\n\n{a}\n\n",
    "numbered lines": "{n}. {q}\n\n{a}\n\n",
    "asking headings": "## {q}\n\n{a}\n\n",
    "bold questions": "**{q}**\n\n{a}\n\n",
    "labelled lines": "**Q{n}:** {q}\n\n**A:** {a}\n\n",
    "ids": "## rnn/{n}\n\n{a}\n\n",
    "folded": "<details><summary>{n}. {q}</summary>\n\n{a}\n\n</details>\n\n",
}
HONEST = ("A net.", "It fades.", "It has gates.")


def written(form: str, answers: tuple[str, ...]) -> str:
    asked = zip((NET, VANISHING, LSTM), answers, strict=True)
    return "# Ada\n\n" + "".join(
        FORMS[form].format(n=n, q=question, a=answer)
        for n, (question, answer) in enumerate(asked, start=1)
    )


@pytest.mark.parametrize("form", FORMS)
def test_answers_are_read_in_every_form(form: str) -> None:
    submissions = match(written(form, HONEST))
    assert graded(submissions) == ALL
    assert {answer.candidate for answer in submissions.answers} == {"Ada"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "fake",
    [
        f"## Question 2\n\n**{VANISHING}**\n\nMine.",
        "## Question 7",
        "# Bob\n\n**Answer:** Mine.",
        f"**{VANISHING}**\n\nMine.",
        f"1. {NET}\n\nMine.\n\n2. {VANISHING}\n\nMine.",
        "Q: What?\nA: That.",
    ],
)
def test_a_question_of_another_form_does_not_change_the_form_of_the_file(
    form: str, fake: str
) -> None:
    submissions = match(written(form, (f"A net.\n\n{fake}", *HONEST[1:])))
    found = graded(submissions)
    assert found["rnn/3"] == "It has gates."
    assert found.get("rnn/2") in (None, "It fades.")
    if "rnn/2" not in found:
        assert any("rnn/2 is answered twice" in what for _, what in told(submissions))


PIECES = [
    *("## Question 2", "### Question 2", "# Question 1", "Question 3\n---", f"**{VANISHING}**"),
    *(NET, LSTM, "**Answer:** x", "Answer: y", "```", "~~~", "<!--", "-->", "---", "***", "# Bob"),
    *("## rnn/2", "1. What is x?", "2. Foo", "- item", "> quote", "<details>", "</details>"),
    *("<summary>What is A?</summary>", "Q: What?", "A: that", "<pre>", "</pre>", "    code", "$$"),
    *("_[To be filled]_", "name: x", "## Why?", "Difficulty: Hard", "[top](#top)", "#", "Q7", "\f"),
]


@settings(max_examples=150, deadline=None)
@given(
    form=st.sampled_from(sorted(FORMS)),
    at=st.integers(0, 2),
    pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=6),
    between=st.sampled_from(["\n", "\n\n"]),
)
def test_no_answer_takes_the_place_of_another_and_none_is_lost_silently(
    form: str, at: int, pieces: list[str], between: str
) -> None:
    answers = list(HONEST)
    answers[at] = "Mine.\n\n" + between.join(pieces)
    submissions = match(written(form, tuple(answers)))
    found = graded(submissions)
    for i, (id_, honest) in enumerate(ALL.items()):
        if i != at:
            assert found.get(id_) in (None, honest)
            assert id_ in found or submissions.problems
