"""A bank of three questions, and copies of it that a candidate filled in."""

from __future__ import annotations

from answerbot.domain.answer_sheet import read_sheet
from answerbot.domain.answers import AnswersFile
from answerbot.domain.bank import DEFAULT_PLACEHOLDERS, Question, QuestionId, parse_bank
from answerbot.domain.known import Known
from answerbot.domain.matching import Submissions, match_answers

NET = "What is a recurrent neural network?"
VANISHING = "What is the vanishing gradient problem?"
LSTM = "Explain how an LSTM cell works."

BANK = f"""# RNN Interview Questions

## Question 1

**{NET}**

**Answer:** _[To be filled]_

---

## Question 2

**{VANISHING}**

**Answer:** _[To be filled]_

---

## Question 3

**{LSTM}**

**Answer:** _[To be filled]_

---
"""


def questions(text: str = BANK, path: str = "rnn.md") -> dict[QuestionId, Question]:
    return {question.id: question for question in parse_bank(text, path).questions}


def filled(one: str = "A net.", two: str = "It fades.", three: str = "It has gates.") -> str:
    """The bank with these answers: at lines 7, 15 and 23 where they are one line each."""
    before, *below = BANK.split("_[To be filled]_")
    return before + "".join(map("".join, zip((one, two, three), below, strict=True)))


def sheet(text: str, path: str = "ada.md", known: Known | None = None) -> AnswersFile:
    return read_sheet(text, path, known or Known(questions()), DEFAULT_PLACEHOLDERS)


def match(text: str, path: str = "ada.md") -> Submissions:
    known = Known(questions())
    return match_answers([sheet(text, path, known)], known)


def graded(submissions: Submissions) -> dict[str, str]:
    """The texts of the answers that can be graded, by the ids of their questions."""
    found = {answer.question_id: answer.text for answer in submissions.answers}
    assert len(found) == len(submissions.answers)
    return {str(id_): text for id_, text in found.items()}


def told(submissions: Submissions) -> list[tuple[int, str]]:
    """(line, what) of every problem; each has a hint."""
    assert all(problem.hint for problem in submissions.problems)
    return [
        (problem.location.line, problem.what)
        for problem in submissions.problems
        if problem.location
    ]
