"""The exemplars of the shipped rubrics notice mutants, and the recorded readings are all used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from answerbot.adapters.config import load_config
from answerbot.adapters.recorded_llm import RecordedLLM
from answerbot.adapters.recordings import load_recordings
from answerbot.cli.app import run
from answerbot.cli.check_run import judge_suite
from answerbot.cli.check_suite import read_suite
from answerbot.cli.loading import load_prompts
from answerbot.cli.running import Watch
from answerbot.workflows.mutate import read_mutants
from answerbot.workflows.session import Session


def test_the_exemplars_notice_nine_of_ten_mutants_that_points_decide(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    run(["check", "--mutate", "--json"])
    assert json.loads(capsys.readouterr().out)["mutants"]["kill_rate"] >= 90


async def test_every_mutant_of_eight_rubrics_was_read_and_no_recording_is_left_over(
    repository: Path,
) -> None:
    files = sorted((repository / "rubrics" / "recordings" / "mutants").glob("*.jsonl"))
    assert len(files) == 8
    config = load_config(repository, flags={"model.mode": "replay"})
    suite = read_suite(config, [file.stem for file in files])
    outcome = await judge_suite(suite, config, Watch(), record=False, yes=False)
    recordings = load_recordings(files)
    llm = RecordedLLM(recordings, outcome.stack.models)
    session = Session(llm, load_prompts(config), outcome.stack.settings)
    for trial in outcome.trials:
        question = suite.questions[trial.rubric.questions[0]]
        found = await read_mutants(trial.rubric, trial.cases, question, session)
        assert not [request.label for request in found.missing]
        kinds = {one.mutant.kind for one in found.read}
        assert kinds == {"loosen", "remove", "negate", "pad", "reorder", "paraphrase"}
    assert llm.used == set(recordings.keys())
