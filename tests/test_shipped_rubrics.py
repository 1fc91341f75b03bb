"""The shipped rubrics serve the whole bank, and every exemplar is judged from a recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from answerbot.adapters.recordings import load_recordings
from answerbot.cli.app import run
from answerbot.domain.rubric import Rubric, parse_rubric
from benchmarks.grade import write_answers

QUESTIONS = {
    f"{stem}/{number}"
    for stem, last in (("rnn-theory-22", 22), ("rnn-theory-50", 50))
    for number in range(1, last + 1)
}


@pytest.fixture
def rubrics(repository: Path) -> dict[str, Rubric]:
    paths = sorted((repository / "rubrics").glob("*.yaml"))
    return {path.stem: parse_rubric(path.read_text("utf-8"), str(path)) for path in paths}


def judged(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The document of these answers, graded in the repository from recordings alone."""
    assert run(["grade", str(path), "--replay", "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_every_question_of_the_bank_has_exactly_one_rubric(rubrics: dict[str, Rubric]) -> None:
    served = [question for rubric in rubrics.values() for question in rubric.questions]
    assert set(served) >= QUESTIONS
    assert len(served) == len(set(served))


def test_each_rubric_names_its_schema_and_itself(
    repository: Path, rubrics: dict[str, Rubric]
) -> None:
    for stem, rubric in rubrics.items():
        first = (repository / "rubrics" / f"{stem}.yaml").read_text("utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=rubric.schema.json"
        assert rubric.id == stem
        assert rubric.possible == 10
        assert any(criterion.essential for criterion in rubric.criteria)
        assert all(criterion.cues for criterion in rubric.criteria)


def test_every_exemplar_is_judged_from_a_recording_and_no_recording_is_left_over(
    repository: Path,
    rubrics: dict[str, Rubric],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(repository)
    path = tmp_path / "exemplars.jsonl"
    write_answers(path, 10_000)
    document = judged(path, capsys)
    exemplars = sum(len(rubric.exemplars) for rubric in rubrics.values())
    assert len(document["grades"]) == exemplars >= 4 * len(rubrics)
    assert {grade["status"] for grade in document["grades"]} <= {"graded", "review"}
    used = document["usage"]["replies"]["recording"]
    used += judged(repository / "examples" / "answers.md", capsys)["usage"]["replies"]["recording"]
    recordings = list(load_recordings([repository / "rubrics" / "recordings"]).all())
    assert used == len(recordings)
    assert {recording.reply.finish_reason for recording in recordings} == {"stop"}


def test_the_sample_answers_are_graded_as_the_readme_shows(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    grades = judged(Path("examples/answers.md"), capsys)["grades"]
    assert [(grade["status"], grade["score"]) for grade in grades] == [
        ("graded", 10),
        ("review", 6),
        ("graded", 8),
        ("graded", 2),
        ("review", 0),
        ("graded", 0),
    ]


def test_no_exemplar_copies_a_criterion(rubrics: dict[str, Rubric]) -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
        return {tuple(words[at : at + 8]) for at in range(len(words) - 7)}

    for rubric in rubrics.values():
        wanted = {run_ for criterion in rubric.criteria for run_ in runs(criterion.states)}
        for exemplar in rubric.exemplars:
            assert not wanted & runs(exemplar.answer), (rubric.id, exemplar.id)
