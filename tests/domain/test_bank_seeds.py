"""All 207 questions of the five seed files, against what a person read in them."""

import json
from pathlib import Path

import pytest

from answerbot.adapters.files import read_bank
from answerbot.domain.bank import QuestionId, parse_bank, write_answers
from answerbot.domain.spacing import repair

REPOSITORY = Path(__file__).resolve().parents[2]
EXPECTED = REPOSITORY / "tests" / "data"
SEEDS = {
    "rnn-theory-22": ("questions/rnn-theory-22.md", 22),
    "rnn-theory-50": ("questions/rnn-theory-50.md", 50),
    "rnn-100": ("curated/rnn-100.md", 100),
    "commonly-asked-20": ("curated/commonly-asked-20.md", 20),
    "essential-15": ("curated/essential-15.txt", 15),
}


def seed(stem: str) -> Path:
    return REPOSITORY / "bank" / SEEDS[stem][0]


@pytest.mark.parametrize("stem", SEEDS)
def test_every_seed_question_is_read_as_a_person_reads_it(stem: str) -> None:
    expected = json.loads((EXPECTED / f"{stem}.expected.json").read_text(encoding="utf-8"))
    assert len(expected) == SEEDS[stem][1]
    bank = read_bank(seed(stem))
    assert [
        {
            "number": question.number,
            "line": question.line,
            "question": question.text,
            "answer": question.answer.text if question.answer else None,
            "answer_line": question.answer.line if question.answer else None,
            "difficulty": question.difficulty,
        }
        for question in bank.questions
    ] == expected
    assert [question.id for question in bank.questions] == [
        f"{stem}/{item['number']}" for item in expected
    ]


@pytest.mark.parametrize("stem", SEEDS)
def test_the_dialect_is_known_by_content_and_not_by_name(stem: str) -> None:
    bank = read_bank(seed(stem))
    renamed = parse_bank(bank.text, "folder.d/something.else")
    assert renamed.dialect == bank.dialect
    assert [q.text for q in renamed.questions] == [q.text for q in bank.questions]
    assert renamed.questions[0].id == "something/1"


@pytest.mark.parametrize("stem", SEEDS)
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_a_seed_reads_the_same_with_other_line_ends_and_a_byte_order_mark(
    stem: str, end: str
) -> None:
    bank = read_bank(seed(stem))
    other = parse_bank("\ufeff" + bank.text.replace("\n", end), bank.path)
    for before, after in zip(bank.questions, other.questions, strict=True):
        assert (before.id, before.text, before.line) == (after.id, after.text, after.line)
        assert (before.answer and before.answer.text) == (after.answer and after.answer.text)


@pytest.mark.parametrize("stem", ["rnn-theory-22", "rnn-theory-50"])
def test_filling_every_gap_of_a_seed_changes_nothing_else(stem: str) -> None:
    bank = read_bank(seed(stem))
    answers = {question.id: f"Answer {question.number}." for question in bank.questions}
    written = write_answers(bank, answers)
    again = parse_bank(written, bank.path)
    assert [q.answer and q.answer.text for q in again.questions] == list(answers.values())
    undone = written
    for question in bank.questions:
        gap = question.gap
        assert gap
        new = gap.before + answers[question.id] + gap.after
        assert undone[gap.start : gap.start + len(new)] == new
        undone = (
            undone[: gap.start] + bank.text[gap.start : gap.end] + undone[gap.start + len(new) :]
        )
    assert undone == bank.text


def test_a_question_without_a_placeholder_gets_the_paragraph_that_the_other_file_has() -> None:
    text = "## Question 1\n\n**What isBPTT?**\n\n---\n\n## Question 2\n\n**Why?**\n\n---\n"
    bank = parse_bank(text, "bank.md")
    assert write_answers(bank, {QuestionId("bank/1"): "Unrolling."}) == (
        "## Question 1\n\n**What isBPTT?**\n\n**Answer:** Unrolling.\n\n---\n\n"
        "## Question 2\n\n**Why?**\n\n---\n"
    )


@pytest.mark.parametrize("stem", ["rnn-theory-50", "rnn-100", "commonly-asked-20", "essential-15"])
def test_repairing_spaces_breaks_nothing_that_is_right_in_the_seeds(stem: str) -> None:
    text = read_bank(seed(stem)).text
    assert repair(text) == text
