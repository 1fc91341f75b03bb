"""Gaps, notes, and answers written back."""

from __future__ import annotations

import time

import pytest

from answerbot.domain.bank import Bank, QuestionId, parse_bank, write_answers
from answerbot.domain.errors import InputError

ONE = QuestionId("bank/1")


def bank(text: str) -> Bank:
    return parse_bank(text, "bank.md")


def fill(text: str, answer: str) -> str:
    return write_answers(bank(text), {ONE: answer})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("## Question 1\n\nWhat?\n", "## Question 1\n\nWhat?\n\n**Answer:** So.\n"),
        ("## Question 1\n\nWhat?", "## Question 1\n\nWhat?\n\n**Answer:** So."),
        ("## Question 1\nWhat?\n---\n", "## Question 1\nWhat?\n\n**Answer:** So.\n\n---\n"),
        ("## Q1. What?\r\n", "## Q1. What?\r\n\r\n**Answer:** So.\r\n"),
        ("## Q1. What?\r", "## Q1. What?\r\r**Answer:** So.\r"),
        ("\ufeff## Q1. What?\n\nTBD\n", "\ufeff## Q1. What?\n\nSo.\n"),
        ("Q1: What?\nA: TBD\nQ2: Why?\n", "Q1: What?\nA: So.\n\nQ2: Why?\n"),
        ("Q1: What?\nA:\nQ2: Why?\n", "Q1: What?\nA: So.\n\nQ2: Why?\n"),
        ("1. What?\n2. Why?\n", "1. What?\n\n**Answer:** So.\n\n2. Why?\n"),
        ("**What?** **Answer:** TBD\n", "**What?** **Answer:** So.\n"),
        ("**What?** **Answer:**\n", "**What?** **Answer:** So.\n"),
        ("## Q1. What? **Answer:** TBD\n", "## Q1. What? **Answer:** So.\n"),
        ("**Q:** What? **A:** TBD\r\n", "**Q:** What? **A:** So.\r\n"),
        ("## Q1. What?\n\n- [ ] TBD\n", "## Q1. What?\n\nSo.\n"),
        ("## Q1. What?\n\n**Answer**\n\nTBD\n", "## Q1. What?\n\n**Answer**\n\nSo.\n"),
        ("## Q1. What?\n\n**Answer: TBD**\n", "## Q1. What?\n\n**Answer:** So.\n"),
        ("## Q1. What?\n\nTBD\n\n[top](#x)\n", "## Q1. What?\n\nSo.\n\n[top](#x)\n"),
        (
            "<details><summary>What?</summary>\n\n</details>\n",
            "<details><summary>What?</summary>\n\nSo.\n\n</details>\n",
        ),
        (
            "## 1. What?\n<details><summary>Answer</summary>TBD</details>\n",
            "## 1. What?\n<details><summary>Answer</summary>So.\n\n</details>\n",
        ),
        ("## Q1. What?\n\n**Answer:**\n", "## Q1. What?\n\n**Answer:** So.\n"),
        ("## Q1. What?\r\n\r\n**Answer:**\r\n", "## Q1. What?\r\n\r\n**Answer:** So.\r\n"),
        ("## Q1. What?\n### Answer\n", "## Q1. What?\n### Answer\n\nSo.\n"),
        ("\f\n## Q1. What?\n\f\n**Answer:** …\n\f", "\f\n## Q1. What?\n\f\n**Answer:** So.\n\f"),
        (
            "## Q1. What?\n\n**Answer:** TBD <!-- x -->\n",
            "## Q1. What?\n\n**Answer:** So.\n\n <!-- x -->\n",
        ),
        (
            "## Q1. What?\n\n**Answer:** TBD\n\n<!-- answerbot: old -->\n\n---\n",
            "## Q1. What?\n\n**Answer:** So.\n\n---\n",
        ),
        (
            "## Q1. What?\n\n**Answer:** Old.\n\nOlder.\n\n<!-- answerbot: old -->\n",
            "## Q1. What?\n\n**Answer:** So.\n",
        ),
        ("1. What?\n\n   TBD\n", "1. What?\n\n   So.\n"),
    ],
)  # fmt: skip
def test_an_answer_goes_where_a_person_would_write_it(text: str, written: str) -> None:
    assert fill(text, "So.") == written


@pytest.mark.parametrize(
    "block",
    [
        "- a\n- b", "1. a\n2. b", "```python\nx = 1\n```", "~~~\nx\n~~~", "| a |\n| - |", "> a",
        "$$\nx = 1\n$$", "a | b\n--|--\n1 | 2", "#### Short\n\nThis.", "<details>\nx\n</details>",
    ],
)  # fmt: skip
def test_a_block_starts_on_a_line_of_its_own(block: str) -> None:
    label = "## Question 1\n\nWhat?\n\n**Answer:** "
    assert fill(f"{label}TBD\n", block) == f"{label}\n\n{block}\n"
    assert fill("## Question 1\n\nWhat?\n", block) == f"{label.rstrip()}\n\n{block}\n"
    assert fill("## Question 1\n\nWhat?\n\nTBD\n", block) == f"## Question 1\n\nWhat?\n\n{block}\n"


def test_an_answer_in_a_list_is_indented_and_reads_back_without() -> None:
    text = "1. What?\n\n   TBD\n\n2. Why?\n"
    answer = "Two\n\n- things\n\n```\n  x\n\ny\n```\n\n<!-- answerbot: ok -->"
    written = fill(text, answer)
    assert written == (
        "1. What?\n\n   Two\n\n   - things\n\n   ```\n     x\n\n   y\n   ```\n\n"
        "   <!-- answerbot: ok -->\n\n2. Why?\n"
    )
    read = bank(written).questions[0].answer
    assert read
    assert (read.text, read.note) == (answer.rpartition("\n\n")[0], "ok")


def test_a_note_is_kept_apart_from_the_answer() -> None:
    text = "## Question 1\n\nA?\n\nThis.\n\n<!-- answerbot:  accepted 0a1b  -->\n\n---\n"
    answer = bank(text).questions[0].answer
    assert answer
    assert (answer.text, answer.note, answer.line) == ("This.", "accepted 0a1b", 5)
    assert text[answer.start : answer.end] == "This.\n\n<!-- answerbot:  accepted 0a1b  -->"


def test_a_note_that_is_not_last_and_other_comments_are_no_notes() -> None:
    text = "## Q1. A?\nThis. <!-- answerbot: x --> More.\n\n<!-- for Ann -->\n"
    answer = bank(text).questions[0].answer
    assert answer
    assert (answer.text, answer.note) == ("This. <!-- answerbot: x --> More.", None)


def test_a_placeholder_above_a_note_is_a_gap_again() -> None:
    text = "## Q1. A?\n_[To be filled]_\n\n<!-- answerbot: x -->\n"
    gap = bank(text).questions[0].gap
    assert gap
    assert text[gap.start : gap.end] == "_[To be filled]_\n\n<!-- answerbot: x -->"


@pytest.mark.parametrize(
    "answer",
    [
        "", " \n", "TBD", "_[To be filled]_", "<!-- answerbot: x -->", "NUL \x00", "half \ud800",
        "## Question 2\n\nWhy?", "So.\n\n## Question 9\n\nWhy?", "So.\n\n# Part two\n\nMore.",
        "```\nnever closed", "So.\n\n<!-- never closed", "So.\n\n---", "<!-- only a comment -->",
    ],
)  # fmt: skip
def test_an_answer_that_would_not_read_back_is_refused(answer: str) -> None:
    with pytest.raises(InputError) as caught:
        fill("## Question 1\n\nWhat?\n\n**Answer:** TBD\n\n---\n\n## Question 2\n\nWhy?\n", answer)
    assert "nothing was written" in str(caught.value)


def test_an_answer_that_would_swallow_the_next_question_is_refused() -> None:
    text = "1. What?\n\nTBD\n\n2. Why?\n\nYes.\n"
    with pytest.raises(InputError, match=r"\(bank/1\).* twice"):
        fill(text, "Ask:\n\n2. Why?")


def test_an_id_that_the_bank_does_not_have_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        write_answers(bank("## Q1. A?\n"), {QuestionId("bank/2"): "So."})


@pytest.mark.parametrize(
    ("path", "stem"),
    [("a/b.c.md", "b.c"), ("bank", "bank"), (".md", ".md"), ("x\\y.md", "y"), ("ä b.txt", "ä b")],
)
def test_an_id_is_the_stem_of_the_file_and_the_number(path: str, stem: str) -> None:
    assert parse_bank("## Q7. A?\n", path).questions[0].id == f"{stem}/7"


UNITS = [
    "#", "*", "`", "` ``", " ", "_", "?", "?) ", "- ", "<!--", "x<!--\n", "-->", "1. a?\n", "$a ",
    "    ```x\n", "=\n", "x\n=\n", "x\n---\n", "**a", "**Answer:**\n", "Q: a?\n", "\r", "[(",
    "**a?** ", "a? Answer: ", "**a?** `A: ", "<summary>", "<details><summary>a?</summary>\n",
    "[top](#a)\n", "<a name=x></a>\n", "A: a\n", "A: a\nB: b\n", "## a\n", "<p>", "?(a) ",
    "Answer\n\n", " (A)", "## Question 1\n\n", "```\n", "<!-- answerbot: x -->\n", "inthe",
    "3. What is\n", "...",
]  # fmt: skip
STARTS = ["", "## Question 1\n\nWhat?\n\n", "**Q1:** ", "3. What ", "## 1. a\n\n## 3. b\n"]


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_length_of_the_text_and_no_faster(unit: str) -> None:
    def effort(size: int) -> float:
        started = time.process_time()
        for start in STARTS:
            try:
                bank(start + unit * (size // len(unit)))
            except InputError:
                continue
        return time.process_time() - started

    limit = 24 * min(effort(2_000) for _ in range(2)) + 0.01
    assert any(effort(16_000) < limit for _ in range(2)), "eight times the text"
