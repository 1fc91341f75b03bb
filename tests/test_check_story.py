"""A keeper of rubrics edits one thing after the other, and `check` says each time what that did.

Everything happens in a copy of the repository, with no endpoint and no network: what the command
says can come from recordings and the baseline alone. Edits of code are read by a process of its
own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from answerbot.cli.app import run

RUBRIC = "lstm-gates"
PARTS = ("bank", "prompts", "rubrics", "pyproject.toml")


class Keeper:
    """Somebody who edits files of a copy and runs `answerbot check` there."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.rubric = folder / "rubrics" / f"{RUBRIC}.yaml"
        self.code = 0
        self.errors = ""
        self._capsys = capsys

    def check(self, *options: str) -> str:
        """What the command prints; its exit code and stderr are kept."""
        self.code = run(["check", RUBRIC, *options])
        told = self._capsys.readouterr()
        self.errors = told.err
        return told.out

    def check_with_edited_code(self, path: str, before: str, after: str) -> str:
        """What the command prints once its own code was edited."""
        code = self.folder / "answerbot"
        # What is compiled goes along: it holds until its source is edited.
        ignored = shutil.ignore_patterns("*.pyc.*")
        shutil.copytree(Path(__file__).parents[1] / "answerbot", code, ignore=ignored)
        self.edit(before, after, code / path)
        done = subprocess.run(
            [sys.executable, "-m", "answerbot", "check", RUBRIC],
            cwd=self.folder,
            env={**os.environ, "NO_COLOR": "1", "GITHUB_ACTIONS": ""},
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.code = done.returncode
        return done.stdout

    def document(self) -> dict[str, Any]:
        """What the command says as JSON."""
        document: dict[str, Any] = json.loads(self.check("--json"))
        return document

    def edit(self, before: str, after: str, path: Path | None = None) -> int:
        """Replace the one place where a text stands; the line it is on."""
        path = path or self.rubric
        text = path.read_text("utf-8")
        assert text.count(before) == 1
        path.write_text(text.replace(before, after), "utf-8")
        return text[: text.index(before)].count("\n") + 1


@pytest.fixture
def keeper(
    repository: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Keeper:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    for part in PARTS:
        if (repository / part).is_dir():
            shutil.copytree(repository / part, tmp_path / part)
        else:
            shutil.copy(repository / part, tmp_path / part)
    return Keeper(tmp_path, capsys)


OUTPUT_GATE = "  - id: output-gate\n    points: "


def test_the_shipped_rubric_passes_as_it_is(keeper: Keeper) -> None:
    keeper.check()
    assert keeper.code == 0


def test_an_edit_of_points_scores_the_stored_verdicts_again_and_shows_the_difference(
    keeper: Keeper,
) -> None:
    keeper.edit(f"{OUTPUT_GATE}2", f"{OUTPUT_GATE}4")
    text = keeper.check()
    assert keeper.code == 0
    assert "output-gate: points 2 → 4" in text
    assert "10/10 pass → 12/12 pass" in text
    assert "recording" not in text.partition("Gates")[0]


def test_blessing_shows_what_it_accepts_and_nothing_is_left_to_tell(keeper: Keeper) -> None:
    keeper.edit(f"{OUTPUT_GATE}2", f"{OUTPUT_GATE}4")
    baseline = keeper.folder / "rubrics" / "baseline.json"
    before = baseline.read_bytes()
    diff = keeper.check("--bless", "--diff")
    assert keeper.code == 1
    assert '-    "output-gate": {"points": 2' in diff
    assert '+    "output-gate": {"points": 4' in diff
    assert baseline.read_bytes() == before
    keeper.check("--bless")
    assert keeper.code == 0
    assert "accepted into rubrics/baseline.json: 1 edit, " in keeper.errors
    assert "points 2 → 4" not in keeper.check()
    assert keeper.code == 0
    keeper.check("--bless", "--check")
    assert keeper.code == 0


def test_an_edit_of_a_criterion_s_text_makes_its_recordings_stale(keeper: Keeper) -> None:
    line = keeper.edit("(or erased).", "(or forgotten).")
    text = keeper.check()
    assert keeper.code == 1
    criterion = keeper.rubric.read_text("utf-8").splitlines()[: line - 1]
    place = max(n for n, one in enumerate(criterion, start=1) if one.startswith("  - id: "))
    assert f"rubrics/{RUBRIC}.yaml:{place}: the text of criterion forget-gate" in text
    assert f"answerbot check --record {RUBRIC}" in text
    document = keeper.document()
    assert document["stale"]
    assert [gate["name"] for gate in document["gates"] if not gate["passed"]] == ["stale"]


def test_a_mistake_in_the_scoring_code_is_caught(keeper: Keeper) -> None:
    text = keeper.check_with_edited_code(
        "domain/grade.py", "max(min(earned, ceiling), 0)", "max(min(earned, ceiling), 1)"
    )
    assert keeper.code == 1
    assert "the code that adds up the points" in text
    assert "0/10 fail → 1/10 fail" in text


def test_a_mistake_in_the_code_that_believes_the_judge_is_caught(keeper: Keeper) -> None:
    text = keeper.check_with_edited_code(
        "workflows/judge.py",
        'believed = verdict if evidence or verdict is None else "not_met"',
        'believed = "not_met"',
    )
    assert keeper.code == 1
    assert "the code that reads the judge's reply" in text


def test_an_exemplar_without_its_key_sentence_is_caught(keeper: Keeper) -> None:
    keeper.edit(
        " The\n      input gate determines how much of the new candidate content (a tanh "
        "layer) is written into the\n      cell.",
        "",
    )
    text = keeper.check()
    assert keeper.code == 1
    assert "the answer of exemplar full" in text
    assert "input-gate" in text.partition("Gates")[0]


def test_an_edit_of_the_prompt_names_the_prompt(keeper: Keeper) -> None:
    keeper.edit(
        "You judge a free-text answer",
        "You assess a free-text answer",
        keeper.folder / "prompts" / "judge.md.j2",
    )
    text = keeper.check()
    assert keeper.code == 1
    assert "the judge's prompt" in text


def test_a_flipped_verdict_is_told_with_the_reply_that_changed(keeper: Keeper) -> None:
    recordings = keeper.folder / "rubrics" / "recordings" / f"{RUBRIC}.jsonl"
    lines = recordings.read_text("utf-8").splitlines()
    first = json.loads(lines[0])
    reply = json.loads(first["reply"]["text"])
    assert reply["criteria"][0]["verdict"] == "met"
    reply["criteria"][0]["verdict"] = "not_met"
    first["reply"]["text"] = json.dumps(reply)
    recordings.write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n", "utf-8")
    text = keeper.check()
    assert keeper.code == 1
    assert "the same request was answered otherwise" in text
    assert "met → not_met" in text
