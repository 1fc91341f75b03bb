"""`answerbot references`: a question or its id in, curated answers out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from answerbot.cli.app import run


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    questions = tmp_path / "bank" / "questions"
    curated = tmp_path / "bank" / "curated"
    questions.mkdir(parents=True)
    curated.mkdir()
    (questions / "heat.md").write_text(
        "## Question 1\n\n**What is the Carnot limit?**\n\n**Answer:** _[To be filled]_\n\n---\n\n"
        "## Question 2\n\n**What is enthalpy?**\n\n**Answer:** _[To be filled]_\n",
        encoding="utf-8",
    )
    (curated / "known.md").write_text(
        "### Q1. What is the Carnot efficiency?\n"
        "The limit of any heat engine: 1 − T_cold/T_hot.\n\n---\n\n"
        "### Q2. What is entropy?\nA measure of disorder.\n",
        encoding="utf-8",
    )
    return tmp_path


def test_a_question_gets_its_references_as_json(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["references", "Define the entropy.", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "version": 1,
        "references": [
            {
                "id": "known/2",
                "question": "What is entropy?",
                "answer": "A measure of disorder.",
                "score": 1.0,
            }
        ],
    }


def test_an_id_stands_for_its_question(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["references", "heat/1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["references"]
    assert [reference["id"] for reference in found] == ["known/1"]
    assert "−" in found[0]["answer"]


def test_a_reference_is_none_of_its_own(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["references", "known/2", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"version": 1, "references": []}


def test_for_people_the_question_and_its_references_are_printed(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["references", "heat/1"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("What is the Carnot limit?\n")
    assert "known/1  What is the Carnot efficiency?\n      The limit of any heat" in captured.out
    assert captured.err == ""


def test_an_uncovered_question_says_so_and_exits_1(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["references", "heat/2"]) == 1
    assert capsys.readouterr().out == "uncovered: no reference bears on 'What is enthalpy?'\n"


def test_k_bounds_how_many(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    assert run(["references", "rnn-theory-50/2", "-k", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["references"]
    assert {reference["id"] for reference in found} == {"rnn-100/4", "commonly-asked-20/8"}


def test_an_unknown_id_is_an_error_that_names_the_nearest(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["references", "heta/2"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "there is no question 'heta/2'\n  hint: did you mean heat/2?" in captured.err


@pytest.mark.parametrize("question", ["", "  "])
def test_a_blank_question_is_an_error(
    question: str, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["references", question]) == 2
    assert "the question is blank" in capsys.readouterr().err


@pytest.mark.parametrize("k", ["0", "-1", "many"])
def test_k_is_a_number_above_0(k: str, bank: Path) -> None:
    assert run(["references", "What is entropy?", "-k", k]) == 2


def test_a_bank_without_references_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bank" / "curated").mkdir(parents=True)
    assert run(["references", "What is entropy?"]) == 2
    assert "there are no references" in capsys.readouterr().err


def test_without_a_bank_the_shipped_references_are_searched(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["references", "What is an ESN?", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["references"][0]["id"] == "rnn-100/93"


def test_a_file_that_cannot_be_read_is_named(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bank / "bank" / "curated" / "bad.md").write_bytes(b"\x00\x01")
    assert run(["references", "What is entropy?"]) == 2
    assert "bad.md" in capsys.readouterr().err


def test_the_terminal_obeys_nothing_of_a_reference(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = bank / "bank" / "curated" / "known.md"
    file.write_text("### Q1. What is entropy?\nDis\x1b[31morder.\n", encoding="utf-8")
    assert run(["references", "What is entropy?"]) == 0
    assert "\x1b" not in capsys.readouterr().out
