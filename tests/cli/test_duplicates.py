"""`answerbot duplicates`: groups of ids, for programs and for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from answerbot.cli.app import run

ONE = "## Question 1\n\n**What is entropy?**\n\n## Question 2\n\n**What is enthalpy?**\n"
OTHER = ONE.replace("What is entropy?", "Explain the concept of entropy.").replace(
    "What is enthalpy?", "Why is ice slippery?"
)
KNOWN = "### Q1. What is enthalpy?\nHeat content.\n\n### Q2. What is a phase?\nA uniform part.\n"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    for name, text in {
        "questions/one": ONE,
        "questions/other": OTHER,
        "curated/known": KNOWN,
    }.items():
        file = tmp_path / "bank" / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def groups(capsys: pytest.CaptureFixture[str], *args: str) -> list[list[str]]:
    assert run(["duplicates", "--json", *args]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"version", "groups"}
    assert document["version"] == 1
    found: list[list[str]] = document["groups"]
    return found


def test_the_question_files_of_the_bank_are_looked_through(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert groups(capsys) == [["one/1", "other/1"]]


def test_the_references_too_when_asked_for(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert groups(capsys, "--curated") == [["one/1", "other/1"], ["one/2", "known/1"]]


def test_named_files_and_folders_are_looked_through_instead(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert groups(capsys, "bank/questions/one.md", "bank/curated/known.md") == [
        ["one/2", "known/1"]
    ]
    assert groups(capsys, "bank/questions") == [["one/1", "other/1"]]
    assert groups(capsys, "bank/questions/one.md", "bank/questions/one.md") == []


def test_for_people_the_texts_stand_beside_the_ids(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["duplicates"]) == 0
    assert capsys.readouterr().out == (
        "one/1    What is entropy?\n"
        "other/1  Explain the concept of entropy.\n"
        "\n"
        "4 questions, 1 group that asks the same; 1 to spare.\n"
    )


def test_no_questions_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["duplicates"]) == 2
    assert "there are no questions: [bank] questions is bank/questions/*.md" in (
        capsys.readouterr().err
    )


def test_a_file_that_is_not_there_is_an_error(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["duplicates", "bank/questions/none.md"]) == 2
    assert "none.md: there is no such file" in capsys.readouterr().err


def test_the_shipped_question_files_overlap(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    found = groups(capsys)
    assert ["rnn-theory-22/7", "rnn-theory-50/2"] in found
    assert ["rnn-theory-22/8", "rnn-theory-50/4"] in found
