"""The whole command on a bank of its own: recorded over a real socket, then checked offline."""

import json
from pathlib import Path
from typing import Any

import pytest

from answerbot.cli.app import run
from tests.endpoint import Answer, Body, Endpoint, refused, said
from tests.rubrics import CLIPPING, CLIPPING_TEXT

pytestmark = pytest.mark.enable_socket

CONFIG = '[bank]\nquestions = ["bank/*.md"]\nreferences = []\n'
PRICED = CONFIG + "[model]\nlive = 'small'\n[prices.small]\ninput = 1\noutput = 10\n"
# The words of each exemplar that a careful judge would quote.
QUOTES = {
    "full": {
        "what": "A gradient above a norm is shrunk to it",
        "why": "no single\nbatch throws the parameters far off",
        "when": "after backprop and before the step",
    },
    "partly": {"what": "Gradients are limited", "why": "makes training stable"},
    "mistaken": {"cure": "It makes tiny gradients larger, so that they no longer vanish"},
    "parroted": {},
}


def judging(body: Body, **otherwise: str) -> Answer:
    """A judge that agrees with the labels, but for the verdicts named."""
    prompt = body["messages"][-1]["content"]
    exemplar = next(one for one in CLIPPING.exemplars if one.answer.strip() in prompt)
    quotes, labels = QUOTES[exemplar.id], exemplar.verdicts | otherwise

    def claim(id_: str) -> dict[str, Any]:
        verdict = labels[id_]
        said_ = [] if verdict in ("not_met", "absent") else [quotes[id_]]
        return {"id": id_, "reason": f"It is {verdict}.", "quotes": said_, "verdict": verdict}

    reply = {
        "criteria": [claim(one.id) for one in CLIPPING.criteria],
        "misconceptions": [claim(one.id) for one in CLIPPING.misconceptions],
    }
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    return said(json.dumps(reply), usage=usage)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bank of one question with its rubric; it is the current folder."""
    (tmp_path / "answerbot.toml").write_text(PRICED, "utf-8")
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "deep.md").write_text("## Question 1\n\nWhat is clipping?\n", "utf-8")
    (tmp_path / "rubrics").mkdir()
    rubric = CLIPPING_TEXT.replace("[bank/1]", "[deep/1]")
    (tmp_path / "rubrics" / "clipping.yaml").write_text(rubric, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def recorded(
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    project: Path,
    capsys: pytest.CaptureFixture[str],
) -> Endpoint:
    """The endpoint, all exemplars recorded from it and blessed; it is configured no more."""
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = judging
    assert run(["check", "--record", "--bless"]) == 0
    monkeypatch.delenv("OPENAI_BASE_URL")
    capsys.readouterr()
    return endpoint


def document(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> dict[str, Any]:
    assert run(["check", *args, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def failed_gates(found: dict[str, Any]) -> set[str]:
    return {gate["name"] for gate in found["gates"] if gate["on"] and not gate["passed"]}


def edit(project: Path, before: str, after: str) -> None:
    path = project / "rubrics" / "clipping.yaml"
    text = path.read_text("utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), "utf-8")


@pytest.mark.usefixtures("project")
def test_what_was_never_recorded_is_stale_with_calls_price_and_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["check"]) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "4 calls, about $" in text
    assert "answerbot check --record clipping" in text


def test_recording_asks_for_each_exemplar_once_and_the_next_check_for_nothing(
    recorded: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(recorded.bodies) == 4
    lines = (project / "rubrics" / "recordings" / "clipping.jsonl").read_text("utf-8").splitlines()
    labels = [json.loads(line)["label"] for line in lines]
    assert labels == [f"clipping/{e.id}/deep/1 judge" for e in CLIPPING.exemplars]
    found = document(capsys)
    assert failed_gates(found) == set()
    assert found["usage"]["replies"] == {"recording": 4, "store": 0, "endpoint": 0}


def test_recording_anew_asks_only_for_what_is_stale_and_drops_what_it_replaces(
    recorded: Endpoint, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(project, "which makes training stable", "which keeps training stable")
    monkeypatch.setenv("OPENAI_BASE_URL", recorded.url)
    recorded.bodies.clear()
    full = CLIPPING.exemplars[0].answer.strip()

    def reply(body: Body) -> Answer:
        assert full not in body["messages"][-1]["content"]
        body["messages"][-1]["content"] = body["messages"][-1]["content"].replace("keeps", "makes")
        return judging(body, why="not_met")

    recorded.reply = reply
    run(["check", "--record"])
    assert len(recorded.bodies) == 1
    lines = (project / "rubrics" / "recordings" / "clipping.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 4


@pytest.mark.usefixtures("recorded")
def test_an_endpoint_is_never_asked_without_record(
    endpoint: Endpoint,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.bodies.clear()
    edit(project, "to a threshold.", "to a limit.")
    found = document(capsys, code=1)
    assert failed_gates(found) == {"stale"}
    assert endpoint.bodies == []


def test_recording_without_an_endpoint_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--record"]) == 2
    assert "none is configured" in capsys.readouterr().err


def test_a_failing_endpoint_is_no_pass_and_keeps_what_came(
    endpoint: Endpoint,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    parroted = CLIPPING.exemplars[-1].answer.strip()

    def reply(body: Body) -> Answer:
        if parroted in body["messages"][-1]["content"]:
            return refused(400, "no")
        return judging(body)

    endpoint.reply = reply
    found = document(capsys, "--record", code=3)
    assert "unjudged" in failed_gates(found)
    lines = (project / "rubrics" / "recordings" / "clipping.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 3


def test_a_verdict_that_turned_wrong_fails_and_blessing_accepts_it(
    recorded: Endpoint,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    edit(project, "to a threshold.", "to a limit.")
    monkeypatch.setenv("OPENAI_BASE_URL", recorded.url)
    recorded.reply = lambda body: judging(body, when="not_met")
    found = document(capsys, "--record", code=1)
    assert "flips" in failed_gates(found)
    (change,) = found["verdict_changes"]
    assert (change["exemplar"], change["part"]) == ("full", "when")
    assert (change["before"], change["after"], change["expected"]) == ("met", "not_met", "met")
    assert [cause["kind"] for cause in change["causes"]] == ["rubric-text"]
    assert [cause["kind"] for cause in found["score_changes"][0]["causes"]] == ["rubric-text"]
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert run(["check", "--bless"]) == 0
    assert (
        "1 edit, 1 changed verdict, 1 of them wrong now, 1 changed score" in capsys.readouterr().err
    )
    assert failed_gates(document(capsys)) == set()


@pytest.mark.usefixtures("recorded")
def test_a_stale_rubric_is_not_blessed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = project / "rubrics" / "baseline.json"
    before = baseline.read_bytes()
    edit(project, "to a threshold.", "to a limit.")
    assert run(["check", "--bless"]) == 1
    assert "not accepted" in capsys.readouterr().err
    assert baseline.read_bytes() == before


@pytest.mark.usefixtures("recorded")
def test_gates_are_set_in_the_configuration(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project, "to a threshold.", "to a limit.")
    (project / "answerbot.toml").write_text(PRICED + "[check]\nstale = false\n", "utf-8")
    found = document(capsys)
    assert {gate["name"]: gate["passed"] for gate in found["gates"]}["stale"] is False
    (project / "answerbot.toml").write_text(PRICED + "[check]\nstal = false\n", "utf-8")
    assert run(["check"]) == 2
    assert "did you mean 'stale'?" in capsys.readouterr().err


@pytest.mark.usefixtures("recorded")
def test_any_changed_score_can_be_made_to_fail(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project, "points: 2\n", "points: 4\n")
    assert failed_gates(document(capsys)) == set()
    (project / "answerbot.toml").write_text(PRICED + "[check]\nscores = 'any'\n", "utf-8")
    assert failed_gates(document(capsys, code=1)) == {"scores"}


@pytest.mark.usefixtures("recorded")
def test_a_file_that_is_no_rubric_is_a_complaint_with_its_line_and_the_rest_is_checked(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "rubrics" / "broken.yaml").write_text("id: broken\npoints: [\n", "utf-8")
    found = document(capsys, code=1)
    assert failed_gates(found) == {"lint"}
    (complaint,) = [one for one in found["complaints"] if one["rule"] == "invalid"]
    assert complaint["path"] == "rubrics/broken.yaml"
    assert found["usage"]["replies"]["recording"] == 4


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("name", ["clipping", "rubrics/clipping.yaml", "./rubrics/clipping.yaml"])
def test_a_rubric_is_named_by_its_id_or_its_file(name: str) -> None:
    assert run(["check", name]) == 0


@pytest.mark.usefixtures("project")
def test_a_rubric_that_there_is_not_is_told_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["check", "cliping"]) == 2
    assert "did you mean clipping?" in capsys.readouterr().err


def test_without_any_rubric_the_command_says_how_to_get_one(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "rubrics" / "clipping.yaml").unlink()
    assert run(["check"]) == 2
    assert "rubric draft" in capsys.readouterr().err


def test_a_broken_baseline_is_named_and_not_overwritten(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = project / "rubrics" / "baseline.json"
    baseline.write_text("{", "utf-8")
    assert run(["check", "--bless"]) == 2
    assert "rubrics/baseline.json: no baseline" in capsys.readouterr().err
    assert baseline.read_text("utf-8") == "{"


@pytest.mark.parametrize("flag", ["--bless", "--record", "--fix"])
def test_the_packaged_rubrics_are_checked_and_never_written(
    flag: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["check", "lstm-gates", flag]) == 2
    assert "came with answerbot" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_lint_can_mend_is_shown_and_mended(
    recorded: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rubric = project / "rubrics" / "clipping.yaml"
    text = rubric.read_text("utf-8")
    rubric.write_text(text.replace("cap: 50\n", "cap: 50  \n"), "utf-8")
    untouched = rubric.read_text("utf-8")
    assert run(["check", "--fix", "--diff"]) == 1
    assert "-cap: 50  \n+cap: 50\n" in capsys.readouterr().out
    assert rubric.read_text("utf-8") == untouched
    assert run(["check", "--fix"]) == 0
    assert "cap: 50\n" in rubric.read_text("utf-8")


def test_check_and_diff_alone_are_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--diff"]) == 2
    assert "--bless or --fix" in capsys.readouterr().err


@pytest.mark.usefixtures("recorded")
def test_reports_go_to_files(project: Path) -> None:
    assert run(["check", "--junit", "check.xml", "--markdown", "check.md"]) == 0
    assert "clipping" in (project / "check.xml").read_text("utf-8")
    assert (project / "check.md").read_text("utf-8").strip()
    assert run(["check", "--junit", "nowhere/check.xml"]) == 2
