"""`answerbot parse`, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from answerbot.cli.app import run

BANK = Path(__file__).resolve().parents[2] / "bank"
SOUND = "## Question 1\n\n**What areRNNs?**\n\n**Answer:** TBD\n\n## Question 2\n\nWhy?\n\nSo.\n"


def document(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    printed = json.loads(capsys.readouterr().out)
    assert printed["version"] == 1
    assert list(printed) == ["version", "questions"]
    questions: list[dict[str, object]] = printed["questions"]
    return questions


def test_json_says_what_was_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "my.md").write_text(SOUND)
    assert run(["parse", "my.md", "--json"]) == 0
    assert document(capsys) == [
        {
            "id": "my/1",
            "file": "my.md",
            "line": 1,
            "number": 1,
            "question": "What are RNNs?",
            "answer": None,
            "difficulty": None,
        },
        {
            "id": "my/2",
            "file": "my.md",
            "line": 7,
            "number": 2,
            "question": "Why?",
            "answer": "So.",
            "difficulty": None,
        },
    ]


def test_all_five_seed_files_give_207_questions(capsys: pytest.CaptureFixture[str]) -> None:
    paths = [*BANK.glob("questions/*"), *BANK.glob("curated/*")]
    assert run(["parse", "--json", *map(str, paths)]) == 0
    questions = document(capsys)
    assert len(questions) == 22 + 50 + 100 + 20 + 15
    assert sum(question["answer"] is None for question in questions) == 72
    assert sum(question["difficulty"] is not None for question in questions) == 15


def test_a_table_shows_each_file_with_its_questions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "my.md").write_text(SOUND)
    (tmp_path / "cards.txt").write_text("1 What is [b]it[/b]\x1b[31m?Hard\nAnswer: This.\n")
    assert run(["parse", "my.md", "cards.txt"]) == 0
    shown = capsys.readouterr()
    assert not shown.err
    assert "my.md: 2 questions" in shown.out
    assert "│    7 │      2 │ Why?" in shown.out
    assert "1 without an answer" in shown.out
    assert "What are RNNs?" in shown.out
    assert "[b]it[/b]\\x1b[31m" in shown.out
    assert "Hard" in shown.out


def test_a_file_with_a_mistake_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "my.md").write_text(SOUND)
    (tmp_path / "bad.md").write_text("## Q1. A?\n\n## Q1. B?\n\n```\n")
    (tmp_path / "empty.md").write_text("")
    assert run(["parse", "empty.md", "my.md", "bad.md", "none.md", "--json"]) == 2
    shown = capsys.readouterr()
    assert [question["id"] for question in json.loads(shown.out)["questions"]] == ["my/1", "my/2"]
    errors = shown.err.splitlines()
    assert [line.split(": ")[0] for line in errors[::2]] == [
        "empty.md",
        "bad.md:3",
        "bad.md:5",
        "none.md",
    ]
    assert all(line.startswith("  hint: ") for line in errors[1::2])


def test_placeholders_come_from_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "answerbot.toml").write_text('[bank]\nplaceholders = ["missing"]\n')
    (tmp_path / "my.md").write_text("## Q1. A?\n*Missing*\n\n## Q2. B?\nTBD\n")
    assert run(["parse", "my.md", "--json"]) == 0
    assert [question["answer"] for question in document(capsys)] == [None, "TBD"]


def test_a_file_has_to_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["parse"]) == 2
    assert "FILE" in capsys.readouterr().err
