"""The shipped bank is what its recordings give: 72 answers, each recording used, none edited."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from answerbot.adapters.files import read_bank
from answerbot.adapters.recordings import load_recordings
from answerbot.cli.app import run
from answerbot.cli.loading import load_prompts
from answerbot.cli.options import EndpointFlags, ModeFlags, configured
from answerbot.domain.filling import standing
from answerbot.domain.style import faults

NAMES = ("rnn-theory-22", "rnn-theory-50")


@pytest.fixture
def shipped(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository as the current folder, as somebody has it who cloned it."""
    monkeypatch.chdir(repository)
    return repository


@pytest.mark.usefixtures("shipped")
def test_the_committed_answers_are_what_the_recordings_give(
    tmp_path: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fill", "--replay", "--output", str(tmp_path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["questions"]) == 72
    assert {q["status"] for q in document["questions"]} <= {"accepted", "needs_review"}
    for name in NAMES:
        committed = repository / "bank" / "filled" / f"{name}.md"
        assert (tmp_path / f"{name}.md").read_bytes() == committed.read_bytes()


@pytest.mark.usefixtures("shipped")
def test_every_recording_of_the_bank_is_used_and_has_its_key(
    tmp_path: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fill", "--replay", "--output", str(tmp_path), "--json"]) == 0
    used = json.loads(capsys.readouterr().out)["usage"]["replies"]["recording"]
    assert run(["crosscheck", "bank/curated", "--replay", "--json"]) == 1
    used += json.loads(capsys.readouterr().out)["usage"]["replies"]["recording"]
    recordings = list(load_recordings([repository / "bank" / "recordings"]).all())
    assert len(recordings) == used
    assert {recording.reply.finish_reason for recording in recordings} == {"stop"}


def test_the_questions_around_the_answers_are_untouched(repository: Path) -> None:
    for name in NAMES:
        source = (repository / "bank" / "questions" / f"{name}.md").read_bytes()
        bank = read_bank(repository / "bank" / "filled" / f"{name}.md")
        text = bank.text
        for question in reversed(bank.questions):
            assert question.answer is not None
            start, end = question.answer.start, question.answer.end
            before = text[:start].removesuffix("\n\n")  # in front of a list or a formula
            text = before + "_[To be filled]_" + text[end:]
        if name == "rnn-theory-22":  # has no placeholders, nor lines for answers
            text = re.sub(r"\n\n\*\*Answer:\*\* ?_\[To be filled\]_", "", text)
        assert text.encode() == source


def test_every_answer_is_in_the_default_style_and_its_note_covers_it(repository: Path) -> None:
    for name in NAMES:
        for question in read_bank(repository / "bank" / "filled" / f"{name}.md").questions:
            assert question.answer is not None
            assert faults(question.answer.text, "standard") == [], question.id
            assert standing(question) == "ours", question.id


@pytest.mark.usefixtures("shipped")
def test_a_changed_prompt_makes_the_recordings_stale_and_says_what_differs(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "checkout"
    for folder in ("bank", "rubrics", "prompts"):
        shutil.copytree(repository / folder, copy / folder)
    (copy / "answerbot.toml").write_text('[bank]\nfilled = "bank/filled"\n', "utf-8")
    template = copy / "prompts" / "check-claims.md.j2"
    template.write_text(template.read_text("utf-8").replace("published", "printed", 1), "utf-8")
    with pytest.MonkeyPatch.context() as there:
        there.chdir(copy)
        assert run(["fill", "--check", "--replay"]) == 3
    err = capsys.readouterr().err
    assert "check-1 claims" in err
    assert "message 1 (system) differs" in err
    assert "-You review an answer to a technical question before it is published" in err


@pytest.mark.usefixtures("shipped")
def test_the_repositorys_own_configuration_and_prompts_load() -> None:
    config = configured(EndpointFlags(), ModeFlags(replay=True))
    load_prompts(config)
    assert [path.stem for path in config.question_files()] == list(NAMES)
