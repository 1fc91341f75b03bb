"""What holds for any text: nothing else changes, nothing but an InputError is raised."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from answerbot.domain.bank import Bank, QuestionId, parse_bank, write_answers
from answerbot.domain.errors import InputError

PIECES = [
    "# Title", "## Question 1", "## Question 2", "### Q3. What is it?", "## 4. Why?", "5. How?",
    "- 6. When?", "**Q7:** Who?", "Q: What?", "A: That.", "**What is it?**", "**Answer:**",
    "**Answer:** TBD", "_[To be filled]_", "Answer: yes", "8 What?Easy", "Setext", "===", "---",
    "***", "```", "```python", "~~~", "# not a heading", "<!-- note -->", "<!--", "-->",
    "<!-- answerbot: accepted abc -->", "text <!-- inline", "<pre>", "</pre>", "    code",
    "\ttab", "> quote", "- item", "1. item", "2. item", "| a | b |", "$$", "x = y", "",
    "", "", "form\ffeed", "\x0b", "\x1c", "\x85", "\u2028", "title: x", "+++", "…", "?",
    "Difficulty: Hard", "**What is it?** **Answer:** TBD", "Q: What? A: That.", "A1. That.",
    "- TBD", "<details>", "<summary>What is it?</summary>", "<summary>Answer</summary>",
    "</details>", "<p>", "</p>", "[⬆ top](#top)", '<a name="x"></a>', "1. [What?](#x)",
    "## 🔥 6. Explain it", "Answer", "`", "**", "wörds — 🎲",
]  # fmt: skip
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def markdown(draw: st.DrawFn) -> str:
    """Lines that matter to a bank, in any order, with any line ends."""
    ends = draw(st.one_of(LINE_ENDS.map(st.just), st.just(LINE_ENDS)))
    lines = draw(st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=24))
    start = draw(st.sampled_from(["", "\ufeff", "---\ntitle: x\n---\n"]))
    text = start + "".join(line + draw(ends) for line in lines)
    return text if draw(st.booleans()) else text.rstrip("\r\n")


@st.composite
def banks(draw: st.DrawFn) -> str:
    """A file of questions as people write them, with what is between them."""
    end = draw(LINE_ENDS)
    between = st.sampled_from(
        [
            "", "---", "Prose between.\n", "```\n## Question 9\n```", "<!-- ## Question 9 -->",
            "<!--\n**Answer:** no\n-->", "Head\n====", "\fform feed", "\t# tab", "~~~~\n```\n~~~~",
        ]
    )  # fmt: skip
    answers = st.sampled_from(
        [
            "", "**Answer:** _[To be filled]_", "**Answer:**", "**Answer:**   ", "TBD",
            "**Answer:** An answer.\n\nIn two paragraphs.", "_TBD_",
            "**Answer:**\n\n- one\n- two\n\n<!-- answerbot: accepted abc -->",
            "**Answer:** …\n\n<!-- answerbot: stale -->",
        ]
    )  # fmt: skip
    lines = [draw(st.sampled_from(["", "# Bank", "---\ntitle: Bank\n---", "Head\n----"]))]
    for number in range(1, draw(st.integers(1, 5)) + 1):
        lines += [f"## Question {number}", "", f"**What is number {number}?**", ""]
        lines += [draw(answers), "", draw(between), ""]
    text = draw(st.sampled_from(["", "\ufeff"])) + "\n".join(lines)
    text = text if draw(st.booleans()) else text.rstrip()
    return text.replace("\n", end)


ANSWERS = st.one_of(
    st.sampled_from(
        [
            "Because.", "Two\n\nparagraphs.", "- a\n- list", "```python\n# 1. code\n```",
            "$$\nh_t = 1\n$$", "| a | b |\n| --- | --- |\n| 1 | 2 |", "a | b\n--|--\n1 | 2",
            "> quoted", "1. one\n2. two", "It ends.\n\n<!-- answerbot: accepted 0123 -->",
            "- a\n\n<!-- answerbot: review why -->", "    indented", "a\r\nb", "wörds — 🎲",
            "#### Deeper\n\ntext", "form\ffeed", "`code` first", "**bold** first", "a\n \nb",
        ]
    ),
    st.text(min_size=1, max_size=30),
)  # fmt: skip


def parsed(text: str) -> Bank:
    try:
        return parse_bank(text, "folder/bank.md")
    except InputError:
        assume(False)
        raise


@given(st.one_of(markdown(), st.text()))
@example("\ufeff")
@example("## Question 1\n\nx" + "\r")
def test_any_text_is_a_bank_or_an_input_error(text: str) -> None:
    try:
        bank = parse_bank(text, "bank.md")
    except InputError as error:
        problems = error.problems
    else:
        problems = ()
        check_consistent(bank)
    assert all(problem.location and problem.hint for problem in problems)


def check_consistent(bank: Bank) -> None:
    text = bank.text
    assert bank.questions
    lines = re.split(r"\r\n|\r|\n", text)
    end = 0
    for question in bank.questions:
        assert (question.answer is None) != (question.gap is None)
        assert question.text.strip()
        assert 1 <= question.line <= len(lines)
        place = question.answer or question.gap
        assert place
        assert end <= place.start <= place.end <= len(text)
        end = place.end
        if question.answer:
            assert question.answer.line >= question.line
            first = question.answer.text.split("\n")[0]
            assert first in lines[question.answer.line - 1]


@given(st.one_of(markdown(), banks()))
def test_writing_nothing_gives_the_same_characters(text: str) -> None:
    assert write_answers(parsed(text), {}) == text


@given(st.one_of(banks(), markdown()), ANSWERS, st.randoms(use_true_random=False))
def test_filling_one_question_leaves_every_other_character_alone(
    text: str, answer: str, random: object
) -> None:
    bank = parsed(text)
    question = random.choice(bank.questions)  # type: ignore[attr-defined]
    try:
        written = write_answers(bank, {question.id: answer})
    except InputError:
        assume(False)
    place = question.answer or question.gap
    assert written.startswith(text[: place.start])
    assert written.endswith(text[place.end :])


@given(banks(), st.data())
def test_what_was_written_is_read_back_and_nothing_else_has_changed(
    text: str, data: st.DataObject
) -> None:
    bank = parsed(text)
    plain = st.sampled_from(
        [
            "Because.", "Two\n\nparagraphs.", "- a\n- list", "```python\n# 1. code\n```",
            "$$\nh_t = 1\n$$", "It ends.\n\n<!-- answerbot: accepted 0123 -->",
        ]
    )  # fmt: skip
    answers = {
        question.id: data.draw(plain) for question in bank.questions if data.draw(st.booleans())
    }
    again = parse_bank(write_answers(bank, answers), bank.path)
    for before, after in zip(bank.questions, again.questions, strict=True):
        assert (before.id, before.text) == (after.id, after.text)
        if before.id in answers:
            assert after.answer
            words, _, note = answers[before.id].partition("\n\n<!-- answerbot: ")
            assert after.answer.text == words
            assert after.answer.note == (note.removesuffix(" -->") or None)
        elif before.answer:
            assert after.answer
            assert (after.answer.text, after.answer.note) == (
                before.answer.text,
                before.answer.note,
            )
        else:
            assert after.gap


@given(banks(), ANSWERS)
def test_writing_the_same_answer_again_changes_nothing(text: str, answer: str) -> None:
    bank = parsed(text)
    id_ = bank.questions[-1].id
    try:
        once = write_answers(bank, {id_: answer})
    except InputError:
        assume(False)
    assert write_answers(parse_bank(once, bank.path), {id_: answer}) == once


@given(banks(), st.sampled_from(["", "  \n", "TBD", "_[to be filled]_", "**…**", "<!-- x -->"]))
def test_an_answer_that_is_none_is_refused(text: str, answer: str) -> None:
    bank = parsed(text)
    with pytest.raises(InputError):
        write_answers(bank, {bank.questions[0].id: answer})


@given(banks())
def test_an_answer_that_would_be_another_question_is_refused(text: str) -> None:
    bank = parsed(text)
    with pytest.raises(InputError, match="read"):
        write_answers(bank, {QuestionId("bank/1"): "Yes.\n\n## Question 77\n\n**What?**"})
