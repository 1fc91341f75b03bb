"""`check --mutate` on files, and over a real socket where mutants are recorded."""

import json
from pathlib import Path
from typing import Any

import pytest

from answerbot.adapters.recordings import load_recordings
from answerbot.cli.app import run
from tests.domain.mutation.made import TEXT
from tests.endpoint import Answer, Body, Endpoint, said
from tests.workflows.test_mutate import FENCED, claims_of

BANK = "## Question 1\n\nWhat makes the tides?\n"
CONFIG = '[bank]\nquestions = ["bank/*.md"]\nreferences = []\n'
RECORDED = Path("rubrics/recordings/mutants/tides.jsonl")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "answerbot.toml").write_text(CONFIG, "utf-8")
    for folder in ("bank", "rubrics"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bank" / "sea.md").write_text(BANK, "utf-8")
    (tmp_path / "rubrics" / "tides.yaml").write_text(TEXT, "utf-8")
    return tmp_path


def judge(body: Body) -> Answer:
    """Finds in any answer the words that prove the criteria, and rewords none."""
    system, user = (message["content"] for message in body["messages"])
    found = FENCED.search(user)
    assert found
    if body["response_format"]["json_schema"]["name"] == "Paraphrase":
        return said(json.dumps({"answer": found[2]}))
    return said(json.dumps(claims_of(system, found[2])))


def checked(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    """What `check --mutate` says of mutants, as JSON values."""
    run(["check", "--mutate", "--json", *options])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    mutants: dict[str, Any] = document["mutants"]
    return mutants


@pytest.mark.usefixtures("project")
def test_rubrics_that_nobody_judged_are_mutated_by_their_labels(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = checked(capsys)
    assert (found["noticed"], found["possible"]) == (9, 15)
    assert found["rubrics"][0]["missing"][0]["percent"] == 60
    # Three criteria loosened, two exemplars each; no full answer is known without a judgement.
    assert found["refresh"]["calls"] == 6
    assert found["refresh"]["command"] == "answerbot check --mutate --record tides"
    assert found["read"]["unread"] == 3


@pytest.mark.usefixtures("project")
def test_too_few_noticed_mutants_fail_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--mutate"]) == 1
    assert "9 of 15 (60.0 %) mutants noticed, at least 90 %" in capsys.readouterr().out


@pytest.mark.enable_socket
@pytest.mark.usefixtures("project")
def test_what_was_recorded_is_replayed(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = judge
    live = checked(capsys, "--record")
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert live["read"]["unread"] == 0
    assert live["refresh"] is None
    labels = [one.label for one in load_recordings([RECORDED]).all()]
    # Loosened 3 x 2; removed, denied 3 each; padded, reordered; paraphrased and judged.
    assert len(labels) == 6 + 3 + 3 + 2 + 2
    again = checked(capsys)
    assert {**again, "rubrics": None} == {**live, "rubrics": None}
    assert again["read"]["kinds"]["remove"] == {"noticed": 3, "possible": 3, "moved_beside": 0}


@pytest.mark.enable_socket
@pytest.mark.usefixtures("project")
def test_what_the_endpoint_did_not_read_is_counted_with_the_command_that_resumes(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(body: Body) -> Answer:
        """Says nothing of use where it is 'not true that', and puts no answer in other words."""
        user = body["messages"][1]["content"]
        rewords = body["response_format"]["json_schema"]["name"] == "Paraphrase"
        return said("No.") if rewords or "not true that" in user else judge(body)

    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = failing
    part = checked(capsys, "--record")
    # That the Sun is a second cause is denied by 'is not', the other two by 'not true that'.
    assert part["read"]["unread"] == 2 + 1
    assert part["refresh"]["calls"] == 2 + 2  # a paraphrase has to be judged too
    assert part["refresh"]["command"] == "answerbot check --mutate --record tides"
    assert run(["check", "--mutate"]) == 1
    assert "Not read: 3 mutants; " in capsys.readouterr().out
    endpoint.reply = judge
    # What was of no use was paid for, and is kept.
    assert run(["store", "prune", "--unusable"]) == 0
    capsys.readouterr()
    whole = checked(capsys, "--record")
    assert (whole["read"]["unread"], whole["refresh"]) == (0, None)


@pytest.mark.enable_socket
def test_recordings_of_mutants_that_are_no_more_are_dropped(
    project: Path,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = judge
    checked(capsys, "--record")
    rubric = project / "rubrics" / "tides.yaml"
    rubric.write_text(TEXT.replace("Earth turns", "Earth spins"), "utf-8")
    checked(capsys, "--record")
    kept = RECORDED.read_text("utf-8").splitlines()
    assert len(kept) == 16
    assert not [line for line in kept if "Earth turns" in line]
    rubric.write_text(rubric.read_text("utf-8").replace("points: 2", "points: 3"), "utf-8")
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert checked(capsys)["read"]["unread"] == 0  # the judge reads no points


@pytest.mark.enable_socket
@pytest.mark.usefixtures("project")
def test_recordings_of_mutants_are_read_for_nothing_else(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = judge
    checked(capsys, "--record")
    monkeypatch.delenv("OPENAI_BASE_URL")
    RECORDED.write_text("nonsense\n", "utf-8")
    run(["check"])
    assert "nonsense" not in capsys.readouterr().err
    assert run(["check", "--mutate"]) == 2
    assert f"{RECORDED}:1: not JSON" in capsys.readouterr().err
