"""What people write, and how it is read: one case a way of writing."""

from __future__ import annotations

import pytest

from answerbot.domain.bank import Bank, parse_bank
from answerbot.domain.errors import InputError

GAP = None


def read(text: str) -> list[tuple[int, str, str | None]]:
    return [
        (question.number, question.text, question.answer.text if question.answer else GAP)
        for question in parse_bank(text, "bank.md").questions
    ]


def bank(text: str) -> Bank:
    return parse_bank(text, "bank.md")


TWO = [(1, "What is A?", "It is a."), (2, "Explain B.", "It is b.")]


@pytest.mark.parametrize(
    "text",
    [
        "## Question 1\n\n**What is A?**\n\n**Answer:** It is a.\n\n---\n\n"
        "## Question 2\n\n**Explain B.**\n\n**Answer:** It is b.\n\n---\n",
        "## Question 1\n\nWhat is A?\n\nIt is a.\n\n## Question 2\n\nExplain B.\n\nIt is b.\n",
        "## Question 1: What is A?\n\nIt is a.\n\n## Question 2: Explain B.\nAnswer: It is b.",
        "## **Question 1:** What is A?\n\nIt is a.\n\n## **Question 2:** Explain B.\n\nIt is b.",
        "## Question #1 - What is A?\nIt is a.\n## Question #2 – Explain B.\nIt is b.",
        "## Question 1 What is A?\n\nIt is a.\n\n## Question No. 2 Explain B.\n\nIt is b.",
        "### Q1. What is A?\nIt is a.\n\n---\n\n### Q2. Explain B.\nIt is b.",
        "### Q.1) What is A? ###\nIt is a.\n### Q2: Explain B.\n#### Answer\n\nIt is b.",
        "###Q1. What is A?\nIt is a.\n###Q2. Explain B.\nIt is b.",
        "Question 1\n==========\n\nWhat is A?\n\nIt is a.\n\n"
        "Question 2\n----------\n\nExplain B.\n\nIt is b.",
        "## 1. What is A?\n\nIt is a.\n\n## 2. Explain B.\n\nIt is b.",
        "## 1) What is A?\n\n**Answer**: It is a.\n\n#### 2) Explain B.\n\n*Answer:* It is b.",
        "## **1.** What is A?\n\nIt is a.\n\n## **2. Explain B.**\n\nIt is b.",
        "1. What is A?\n\nIt is a.\n\n2. Explain B.\n\nIt is b.",
        "1. **What is A?**\n\n   It is a.\n\n2. **Explain B.**\n\n   It is b.",
        "1. What is A?\n   - **Answer:** It is a.\n\n2. Explain B.\n   - **Answer:** It is b.\n",
        "1) What is A?\n   A: It is a.\n2) Explain B.\n   A: It is b.\n",
        "**1. What is A?**\n\nIt is a.\n\n**2. Explain B.**\n\nIt is b.",
        "1. What is A?\nIt is a.\n\n2. Explain B.\nIt is b.",
        "- 1. What is A? It is a.\n- 2. Explain B.\n\nIt is b.",
        "**Q1:** What is A?\n\n**A1:** It is a.\n\n**Q2:** Explain B.\n\n**A2:** It is b.",
        "**Q1: What is A?**\nIt is a.\n\n**Q2: Explain B.**\n\nIt is b.",
        "Q: What is A?\nA: It is a.\n\nQ: Explain B.\nA: It is b.\n",
        "Q: What is A?\nA: It is a.\nQ: Explain B.\nA: It is b.\n",
        "Question: What is A?\nAnswer: It is a.\n\nQuestion: Explain B.\nAnswer: It is b.\n",
        "- **Q:** What is A?\n- **A:** It is a.\n\n- **Q:** Explain B.\n- **A:** It is b.\n",
        "Q1. What is A?\nIt is a.\n\nQ2. Explain B.\n\nIt is b.",
        "1 What is A?Easy\nAnswer: It is a.\n2 Explain B.Hard\nAnswer: It is b.\nA footer\n- x",
        "## What is A?\n\nIt is a.\n\n## Explain B.\n\n**Answer:** It is b.",
        "---\ntitle: Bank\n---\n\n# Bank\n\n## 1. What is A?\nIt is a.\n## 2. Explain B.\nIt is b.",
        "---\n\n## Question 1\n\nWhat is A?\n\nIt is a.\n\n---\n\n## Question 2\n\nExplain B.\n\n"
        "It is b.\n\n---\n\nThe footer of the page.\n",
        "**What is A?** **Answer:** It is a.\n\n**Explain B.** **Answer:** It is b.\n",
        "# Bank\n\n**What is A?**\n\nIt is a.\n\n**Explain B.**\nAnswer: It is b.\n",
        "- **What is A?**\n  It is a.\n- **Explain B.**\n  It is b.\n",
        "## Question 1\n\n**What is A?** **Answer:** It is a.\n\n"
        "## Question 2\n\n**Explain B.** _Answer_: It is b.\n",
        "### Q1. What is A? **Answer:** It is a.\n\n### Q2. Explain B. Answer: It is b.\n",
        "**Q:** What is A? **A:** It is a.\n\n**Q:** Explain B. **A:** It is b.\n",
        "Q: What is A? A: It is a.\nQ: Explain B. A: It is b.\n",
        "**Q1: What is A?**<br>**A1:** It is a.\n\n**Q2: Explain B.**<br/>**A2:** It is b.\n",
        "1. What is A? **Answer:** It is a.\n2. Explain B. **Ans:** It is b.\n",
        "Q1. What is A?\nA1. It is a.\n\nQ2. Explain B.\nA2. It is b.\n",
        "Q1) What is A?\nA1) It is a.\n\nQ2) Explain B.\nAns. It is b.\n",
        "**Q1. What is A?**\n\n**A1.** It is a.\n\n**Q2. Explain B.**\n\nAns:- It is b.\n",
        "Q1 - What is A?\nA1 - It is a.\n\nQ2 - Explain B.\nAnswer - It is b.\n",
        "## Question 1\n\nWhat is A?\n\nAnswer\n\nIt is a.\n\n"
        "## Question 2\n\nExplain B.\n\n**Your answer:**\n\nIt is b.\n",
        "<details>\n<summary>What is A?</summary>\n\nIt is a.\n\n</details>\n\n"
        "<details><summary><b>Explain B.</b></summary>\n<p>It is b.</p>\n</details>\n\nEnd.\n",
        "## Part\n<details>\n  <summary>1. What is A?</summary>\n  It is a.\n</details>\n\n"
        "## Part\n<details>\n  <summary>2. Explain B.</summary>\n  It is b.\n</details>\n",
        "## 1. What is A?\n\n<details>\n<summary>Answer</summary>\n\nIt is a.\n\n</details>\n\n"
        "## 2. Explain B.\n\n<details><summary><b>Show the answer</b></summary>\n<p>\n\n"
        "It is b.\n\n</p>\n</details>\n",
        "<details>\n<summary>What is A?</summary><br><b>\n\nIt is a.\n</b></details>\n\n## Part\n\n"
        "<details>\n<summary>Explain B.</summary><br><b>\nIt is b.\n</b></details>\n",
        "## 1. Part\n\n### 1.1. What is A?\n\nIt is a.\n\n## 2. Part\n\n### 2.1. Explain B.\n\n"
        "It is b.\n",
        "## 🔥 1. What is A?\n\nIt is a.\n\n## ✅ 2. Explain B.\n\nIt is b.\n",
        "### 1️⃣ What is A?\n\nIt is a.\n\n### 2️⃣ Explain B.\n\nIt is b.\n",
        "### ❓ Question 1: What is A?\n\nIt is a.\n\n### ❓ Question 2: Explain B.\n\nIt is b.\n",
        "## 🤖 What is A? 🤔\n\nIt is a.\n\n## 🤖 Explain B.\n\nIt is b.\n".replace(" 🤔", ""),
        "#### Q: What is A?\n**A:** It is a.\n\n#### Q: Explain B.\n**A:** It is b.\n",
        "### 1.1 What is A?\n\nIt is a.\n\n### 1.2 Explain B.\n\nIt is b.\n",
        "### [1. What is A?](#a)\n\nIt is a.\n\n### [2. Explain B.](#b)\n\nIt is b.\n",
        "1. ### What is A?\n\n    It is a.\n\n    **[⬆ Back to Top](#top)**\n\n"
        "2. ### Explain B.\n\n    It is b.\n\n    **[⬆ Back to Top](#top)**\n",
        "# Bank\n\n1. [What is A?](#a)\n2. [Explain B.](#b)\n\n---\n\n1. What is A?\n\nIt is a.\n\n"
        "2. Explain B.\n\nIt is b.\n",
        '<a name="1"></a>\n## 1. What is A?\n\nIt is a.\n\n<a href="#top">↥ top</a>\n\n---\n\n'
        '<a id="2"></a>\n## 2. Explain B.\n\nIt is b.\n\n[Back to top](#top)\n',
        "1.\tWhat is A?\n\n\tIt is a.\n\n2.\tExplain B.\n\n\tIt is b.\n",
        "1. **What is A?** It is a.\n\n2. **Explain B.**\n\n\n\n   It is b.\n\n* * *\n",
        "# Bank\n\n## Part one\n\n### Q1. What is A?\nIt is a.\n\n## Part two\n\nIntroduction.\n\n"
        "### Q2. Explain B.\nIt is b.\n\n# Links\n\n- elsewhere\n",
    ],
)
def test_two_questions_are_read_in_every_way_they_are_written(text: str) -> None:
    assert read(text) == TWO
    assert read(text.replace("\n", "\r\n")) == TWO


@pytest.mark.parametrize(
    "placeholder",
    [
        "_[To be filled]_", "_[to be filled]_", "TBD", "_TBD_", "[TBD]", "**tbd**", "TBD.",
        "TO" "DO", "*[TO" "DO]*", "TO" "DO:", "...", "…", "(to be filled)", "To be filled in.",
        "<your answer here>",
        "???", "______", "\nTBD", "\n\n_[To be filled]_", "", "   ", "<!-- ask Ann -->",
        "- TBD", "* [ ] TBD", "- [ ]", "-", "1. TBD", "\n\n- TBD", "\n\n1. _[To be filled]_",
        "TBD <!-- ask Ann -->", "\n\n<!-- ask Ann -->\n\nTBD", "TBD\n\n<!-- answerbot: old -->",
    ],
)  # fmt: skip
def test_every_placeholder_is_a_gap(placeholder: str) -> None:
    text = f"## Question 1\n\nWhat?\n\n**Answer:** {placeholder}\n\n---\n\n## Question 2\n\nWhy?\n"
    assert read(text) == [(1, "What?", GAP), (2, "Why?", GAP)]


@pytest.mark.parametrize(
    "answer",
    [
        "N/A", "`...`", "It is TBD.", "TBD by the optimizer", "...and so on", "[]", "0", "-1",
        "No.", "1.", "- 1", "- [x] yes", "- TBD\n- x",
        "TBD\n\nSee below.", "`_`", "x",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_placeholder_is_an_answer(answer: str) -> None:
    assert read(f"## Question 1\n\nWhat?\n\n**Answer:** {answer}\n") == [(1, "What?", answer)]


def test_placeholders_are_those_that_the_caller_lists() -> None:
    text = "## Question 1\n\nWhat?\n\n**Answer:** [missing]\n\n## Question 2\n\nWhy?\n\nTBD\n"
    questions = parse_bank(text, "bank.md", ["Missing"]).questions
    assert questions[0].gap
    assert questions[1].answer


HIDDEN = [
    "```\n## Question 9\n\n**Answer:** no\n```",
    "~~~~ md\n```\n## Question 9\n~~~\n~~~~",
    "- item\n\n  ```\n  ## Question 9\n  ```",
    "- ```\n  ## Question 9\n  ```",
    "1. item\n\n    ```\n## Question 9\n    ```",
    "<!--\n## Question 9\n-->",
    "<!-- ## Question 9 -->",
    "Text <!-- that goes on\n## Question 9\n--> and on.",
    "<pre>\n## Question 9\n</pre>",
    "    ## Question 9",
    "\t## Question 9",
    "> ## Question 9\n> ```\n> **Answer:** no",
    "`<!--` opens a comment.",
    "A - B\n* * x",
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_is_code_comment_or_quotation_is_no_question(hidden: str) -> None:
    text = f"## Question 1\n\nWhat?\n\nStart.\n\n{hidden}\n\nEnd.\n\n## Question 2\n\nWhy?\n\nSo.\n"
    assert read(text) == [(1, "What?", f"Start.\n\n{hidden}\n\nEnd."), (2, "Why?", "So.")]


@pytest.mark.parametrize("hidden", HIDDEN[:7])
def test_front_matter_and_what_is_hidden_before_the_first_question_is_none(hidden: str) -> None:
    text = f"---\ntitle: x\nnote: '## Question 8'\n---\n{hidden}\n\n## Question 1\n\nWhat?\n\nSo.\n"
    assert read(text) == [(1, "What?", "So.")]


def test_lists_in_answers_are_no_questions_where_headings_are_numbered() -> None:
    answer = "Ask:\n\n1. Is it stationary?\n2. Is it long?\n\n3. Why?"
    text = f"## 1. What is A?\n\n{answer}\n\n## 2. What is B?\n\nThat.\n"
    assert read(text) == [(1, "What is A?", answer), (2, "What is B?", "That.")]


def test_lists_in_answers_are_no_questions_where_lines_are_numbered() -> None:
    answer = "Steps:\n\n1. Is it stationary?\n2. Is it long?\n3. Scale it."
    text = f"1. Intro?\n\nYes.\n\n2. What is A?\n\n{answer}\n\n3. What is B?\n\nThat.\n"
    assert read(text) == [
        (1, "Intro?", "Yes."),
        (2, "What is A?", answer),
        (3, "What is B?", "That."),
    ]


def test_a_numbered_line_that_fills_a_hole_is_a_question_though_it_does_not_ask() -> None:
    text = "1. What is A?\n\nThis.\n\n2. LSTM and GRU\n\nThat.\n\n3. What is C?\n\nIt.\n"
    assert read(text) == [
        (1, "What is A?", "This."),
        (2, "LSTM and GRU", "That."),
        (3, "What is C?", "It."),
    ]


def test_underlined_questions_are_headings() -> None:
    text = "What is A?\n---\n\nThis.\n\nWhat is B?\n----------\n\nThat.\n"
    assert read(text) == [(1, "What is A?", "This."), (2, "What is B?", "That.")]


def test_a_rule_right_below_a_question_or_an_answer_is_no_underline() -> None:
    text = "## Question 1\n\n**What?**\n---\n\n## Question 2\n\nWhy?\n\nIt is so.\n---\n"
    assert read(text) == [(1, "What?", GAP), (2, "Why?", "It is so.")]


def test_a_list_of_questions_alone_is_a_bank_of_gaps() -> None:
    text = "1. What is A?\n2. What is B?\n3. Explain C.\n"
    assert read(text) == [(1, "What is A?", GAP), (2, "What is B?", GAP), (3, "Explain C.", GAP)]


def test_a_question_may_have_several_sentences_and_lines() -> None:
    text = (
        "1. Is it so? If yes, why?\n\nBecause.\n\n2. What is it? Give an example.\n\nThis.\n\n"
        "3. What is a long question that\n   goes on? It is this.\n"
    )
    assert read(text) == [
        (1, "Is it so? If yes, why?", "Because."),
        (2, "What is it? Give an example.", "This."),
        (3, "What is a long question that goes on?", "It is this."),
    ]


def test_what_stands_between_a_heading_and_the_answer_belongs_to_the_question() -> None:
    text = "## Q1. What does it print?\n\n```python\nprint(1)\n```\n\n**Answer:** 1\n"
    assert read(text) == [(1, "What does it print?\n\n```python\nprint(1)\n```", "1")]


def test_headings_below_a_question_are_part_of_its_answer() -> None:
    answer = "### Short\n\nThis.\n\n### Long\n\nThat."
    text = f"## Question 1\n\nWhat?\n\n**Answer:**\n\n{answer}\n\n## Question 2\n\nWhy?\n"
    assert read(text) == [(1, "What?", answer), (2, "Why?", GAP)]


def test_rules_inside_an_answer_are_part_of_it() -> None:
    answer = "This.\n\n---\n\nThat."
    text = f"## Question 1\n\nA?\n\n{answer}\n\n---\n\n## Question 2\n\nB?\n\n{answer}\n\n---\n"
    assert read(text) == [(1, "A?", answer), (2, "B?", answer)]


@pytest.mark.parametrize(
    ("text", "difficulty"),
    [
        ("## Q1. What? [Hard]\n\nThis.\n", "Hard"),
        ("## Q1. What? (easy)\n\nThis.\n", "easy"),
        ("## Question 1\n\n**Difficulty:** Medium\n\n**What?**\n\n**Answer:** This.\n", "Medium"),
        ("## Question 1\n\n**What?**\n\nDifficulty: Medium\n\n**Answer:** This.\n", "Medium"),
        ("1 What?Hard\nAnswer: This.\n", "Hard"),
        ("## Question 1 (Easy)\n\n**What?**\n\n**Answer:** This.\n", "Easy"),
        ("## Question 1 - [Hard]\n\nWhat?\n\nThis.\n", "Hard"),
        ("## Q1. What is hard (in general)?\n\nThis.\n", None),
    ],
)
def test_difficulty_is_told_apart_from_the_question(text: str, difficulty: str | None) -> None:
    question = bank(text).questions[0]
    assert question.difficulty == difficulty
    assert question.text in ("What?", "What is hard (in general)?")
    assert question.answer
    assert question.answer.text == "This."


def test_the_last_card_keeps_its_formula_and_loses_the_footer() -> None:
    text = "1 What?Easy\nAnswer: This.\nh_t = f(x_t)\nDraw it.\nChecklist\n- a = b\n"
    assert read(text) == [(1, "What?", "This.\nh_t = f(x_t)")]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("## Question 1\n\nA?\n\n## Question 1\n\nB?\n\n## Question 1\n\nC?\n", [5, 9]),
        ("# B\n\n## 2. A?\nx\n## 2. B?\ny\n", [5]),
        ("1. A?\n\nx\n\n2. B?\n\ny\n\n2. C?\n\nz\n", [9]),
        ("Q1: A?\nA: x\nQ1: B?\nA: y\n", [3]),
        ("1 What?Easy\nAnswer: a\n1 Why?Easy\nAnswer: b\n", [3]),
        ("## Question 1\n\n---\n\n## Question 2\n\nB?\n", [1]),
        ("## Question 1\n\n**Answer:** x\n\n## Question 2\n\n<!-- x -->\n", [1, 5]),
        ("## Question 1\n\n_[To be filled]_\n", [1]),
        ("### Q1.\n\n### Q2. B?\nx\n", [1]),
        ("## Question 1\n**\n", [1]),
        ("## 1.\n\n## 2. B?\nx\n", [1]),
        ("## 1. A?\nx\n\n## 2.\ny\n\n## 3. C?\nz\n", [4]),
        ("### Q1. A?\nx\n\n### Q2.\ny\n\n### Q3. C?\nz\n", [4]),
        ("### Q1. A?\nx\n\n### What is B?\ny\n\n### Q3. C?\nz\n", [4]),
        ("## 1. A?\nx\n\n## What is B?\ny\n\n3. C?\n\nz\n", [4]),
        ("Q:\nA: x\n\nQ: What?\nA: y\n", [1]),
        ("## Question 1\n\nA?\n\n```\ncode\n", [5]),
        ("## Question 1\n\nA?\n\n- ~~~\n  code\n", [5]),
        ("## Question 1\n\nA?\n\n<!-- note\n", [5]),
        ("## Question 1\n\nA?\n\n<pre>\n", [5]),
        ("## Question 1\n\nA?\n\n## Question\n\nB?\n\n## Questoin 3\n\nC?\n", [5, 9]),
        ("## Question 1\n\nA?\n\n## Question 1\n\nB?\n\n```\n", [5, 9]),
        ("Prose only.\n", [0]),
        ("## 1. A?\nx\n\n## Title\ny\n\n## 3. C?\nz\n", [4]),
        ("## 1. A?\nx\n\n## Explain B\ny\n\n## 2. C?\nz\n", [4]),
        ("## What is A?\nx\n\n## Title\ny\n\n## What is C?\nz\n", [4]),
        ("# What is A?\nx\n\n## What is B?\ny\n\n## What is C?\nz\n", [1]),
        ("Q1. A?\nA1. x\nA2. y\n", [3]),
        ("Q1. A?\nA1. x\n\nQ2. B?\nA3. y\n", [5]),
        ("**A?** **Answer:** x\n\n**B?** **Answer:** x\n\n**Answer:** y\n", [5]),
        (
            "<details><summary>A?</summary>x</details>\n<details><summary>B</summary>y</details>\n"
            "<details><summary>C?</summary>z</details>\n",
            [2],
        ),
        ("# Title\n\n- a\n- b\n\n2024 was a year.\n", [0]),
        ("", [0]),
        ("\ufeff \r\n\n", [0]),
    ],
)
def test_all_that_is_wrong_is_told_with_its_line_and_a_hint(text: str, lines: list[int]) -> None:
    with pytest.raises(InputError) as caught:
        bank(text)
    problems = caught.value.problems
    assert [problem.location and problem.location.line for problem in problems] == lines
    assert all(problem.hint and str(problem.location).startswith("bank.md") for problem in problems)


def test_lists_and_dialogues_under_headings_that_ask_are_part_of_the_answer() -> None:
    answer = "Ask:\n\n1. Is it long?\n2. Is it short?\n\nQ: Why?\nA: So."
    text = f"# Bank\n\n## What is A?\n\n{answer}\n\n## What is B?\n\nThat.\n"
    assert read(text) == [(1, "What is A?", answer), (2, "What is B?", "That.")]
    text = text.replace("# Bank", "# Ready?", 1)
    assert read(text) == [(1, "What is A?", answer), (2, "What is B?", "That.")]


def test_a_title_that_asks_is_no_question_where_lines_are_numbered() -> None:
    text = "# Ready for your interview?\n\n1. What is A?\n\nThis.\n\n2. What is B?\n\nThat.\n"
    assert read(text) == [(1, "What is A?", "This."), (2, "What is B?", "That.")]


def test_two_answers_to_one_question_are_told_with_both_lines() -> None:
    text = "## Q1. A?\n\n**Answer:** x\n\n**Answer:** y\n"
    with pytest.raises(InputError, match=r"bank\.md:5: .* two answers\n  hint: .* line 3"):
        bank(text)


def test_an_answer_may_show_another_label() -> None:
    answer = "Write it so:\n\nAnswer: 42"
    assert read(f"## Q1. A?\n\n**Answer:** {answer}\n") == [(1, "A?", answer)]


def test_a_duplicate_number_names_the_first() -> None:
    with pytest.raises(InputError, match=r"bank\.md:5: question 1 .*twice\n  hint: .* line 1"):
        bank("## Question 1\n\nA?\n\n## Question 1\n\nB?\n")


def test_options_to_choose_from_are_part_of_the_question() -> None:
    text = "**1. Which?**\n\n- A: this\n- B: that\n\n**Answer: B**\n"
    assert read(text) == [(1, "Which?\n\n- A: this\n- B: that", "**Answer: B**")]


def test_details_inside_an_answer_are_part_of_it() -> None:
    answer = "Short.\n\n<details><summary>Proof</summary>\n\nLong.\n\n</details>"
    folded = f"<details><summary>A?</summary>\n\n{answer}\n\n</details>\n\n"
    assert read(f"## 1. A?\n\n{answer}\n\n## 2. B?\n") == [(1, "A?", answer), (2, "B?", GAP)]
    assert read(folded + "<details><summary>B?</summary></details>\n") == [
        (1, "A?", answer),
        (2, "B?", GAP),
    ]


def test_a_label_in_code_or_in_the_middle_of_a_sentence_is_none() -> None:
    assert read(
        "## 1. What does `x? A: 1` do?\n\nIt chooses.\n\n## 2. What is `**Answer:**`?\n"
    ) == [
        (1, "What does `x? A: 1` do?", "It chooses."),
        (2, "What is `**Answer:**`?", GAP),
    ]
    assert read("## 1. Why?\n\nThe short\nanswer: it is so.\n") == [
        (1, "Why?", "The short\nanswer: it is so.")
    ]


def test_a_title_that_asks_is_no_question_where_headings_below_it_ask() -> None:
    assert read("# Ready?\n\n## A?\n\nThis.\n\n## B?\n\nThat.\n") == [
        (1, "A?", "This."),
        (2, "B?", "That."),
    ]
