"""What a workflow on GitHub and pre-commit run, run as they do it, with answerbot installed."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from answerbot.cli.app import run
from answerbot.domain.rubric import Exemplar, parse_rubric
from tests.cli.check_reports.made import PATH, TEA, TEA_LINE
from tests.cli.conftest import endpoint
from tests.endpoint import Answer, Body, Endpoint, said

__all__ = ["endpoint"]

pytestmark = pytest.mark.enable_socket

REPOSITORY = Path(__file__).resolve().parents[1]
ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text("utf-8"))
HOOKS = {
    hook["id"]: hook
    for hook in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text("utf-8"))
}
INPUTS = {name: about["default"] for name, about in ACTION["inputs"].items()}
EXPRESSION = re.compile(r"\$\{\{ *(\S+?) *\}\}")
SCRIPTS = sysconfig.get_path("scripts")
ATTACKS = (
    '"; touch pwned; "',
    "$(touch pwned)",
    "`touch pwned`",
    "x' ; touch pwned #",
    "a\ntouch pwned\n",
    "${{ inputs.args }} && touch pwned",
)


@pytest.fixture
def course(endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one rubric, its recordings and its baseline, all as it should be."""
    folder = tmp_path / "course"
    (folder / "rubrics").mkdir(parents=True)
    (folder / "bank").mkdir()
    (folder / PATH).write_text(TEA, "utf-8")
    (folder / "bank/tea.md").write_text("## Question 1\n\n**How is tea steeped?**\n", "utf-8")
    (folder / "answerbot.toml").write_text('[bank]\nquestions = ["bank/*.md"]\n', "utf-8")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    endpoint.reply = as_labelled
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    monkeypatch.chdir(folder)
    assert run(["check", "--record", "--yes", "--bless"]) == 0
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.delenv("OPENAI_API_KEY")
    return folder


def as_labelled(body: Body) -> Answer:
    """A judge that finds what the labels say, and quotes the whole answer for it."""
    rubric = parse_rubric(TEA, PATH)
    asked = body["messages"][-1]["content"]
    (exemplar,) = (one for one in rubric.exemplars if one.answer.strip() in asked)
    return said(
        json.dumps(
            {
                "criteria": [claim(exemplar, one.id, "not_met") for one in rubric.criteria],
                "misconceptions": [
                    claim(exemplar, one.id, "absent") for one in rubric.misconceptions
                ],
            }
        )
    )


def claim(exemplar: Exemplar, part: str, nothing: str) -> dict[str, Any]:
    verdict = exemplar.verdicts[part]
    quotes = [] if verdict == nothing else [exemplar.answer.strip()]
    return {"id": part, "reason": "As labelled.", "quotes": quotes, "verdict": verdict}


def edit_the_text(course: Path) -> None:
    """Change what the judge reads, so that no recording is of it."""
    path = course / PATH
    path.write_text(TEA.replace("states: Three minutes.", "states: Two minutes."), "utf-8")


class Runner:
    """Runs the steps of the action that have a shell, as a runner of GitHub does."""

    def __init__(self, workspace: Path, temporary: Path) -> None:
        self.workspace = workspace
        self.temporary = temporary
        temporary.mkdir()
        self.summary = temporary / "summary.md"
        self.output = temporary / "output"
        for path in (self.summary, self.output):
            path.touch()

    def run(
        self, step: str, path: str = SCRIPTS, **inputs: str
    ) -> subprocess.CompletedProcess[str]:
        """The step with these inputs; `path` is where commands are looked for first."""
        (chosen,) = (one for one in ACTION["runs"]["steps"] if one["name"] == step)
        values = {f"inputs.{name}": value for name, value in (INPUTS | inputs).items()}
        values["github.action_path"] = str(REPOSITORY)
        script = self.temporary / "script.sh"
        script.write_text(chosen["run"], "utf-8")
        own = {name: filled(value, values) for name, value in chosen["env"].items()}
        assert chosen["shell"] == "bash"
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace / filled(chosen.get("working-directory", "."), values),
            capture_output=True,
            encoding="utf-8",
            env={
                "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
                "HOME": os.environ["HOME"],
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_WORKSPACE": str(self.workspace),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "GITHUB_OUTPUT": str(self.output),
                "RUNNER_TEMP": str(self.temporary),
                **own,
            },
        )


def filled(value: str, values: dict[str, str]) -> str:
    """The value with its expressions put in, once."""
    return EXPRESSION.sub(lambda match: values[match[1]], value)


@pytest.fixture
def runner(course: Path, tmp_path: Path) -> Runner:
    return Runner(course, tmp_path / "runner")


def notes(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines that a runner takes for commands, of both streams."""
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


def test_rubrics_that_are_right_pass_with_a_summary_and_no_notes(runner: Runner) -> None:
    runner.summary.write_text("before\n", "utf-8")
    done = runner.run("Check the rubrics")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("1 rubric, 4 exemplars: passed\n")
    assert [line for line in notes(done) if "::error" in line] == []
    assert runner.summary.read_text("utf-8").startswith(
        "before\n## Rubrics\n\n✅ **1 rubric, 4 exemplars: passed**"
    )
    junit = ET.parse(runner.workspace / "answerbot-check.xml").getroot()
    assert (junit.get("failures"), junit.get("errors")) == ("0", "0")


def test_an_edited_rubric_fails_with_a_note_on_the_line_of_the_edit(runner: Runner) -> None:
    edit_the_text(runner.workspace)
    done = runner.run("Check the rubrics", junit="")
    assert done.returncode == 1
    (note,) = (line for line in notes(done) if line.startswith("::error"))
    line = TEA_LINE["- id: three-minutes"]
    assert note.startswith(f"::error file=rubrics/tea.yaml,line={line},title=answerbot%3A stale")
    assert "❌ **1 rubric, 4 exemplars: failed" in runner.summary.read_text("utf-8")
    assert not (runner.workspace / "answerbot-check.xml").exists()


def test_notes_are_on_stderr_where_stdout_is_a_document(runner: Runner) -> None:
    edit_the_text(runner.workspace)
    done = runner.run("Check the rubrics", args="--json")
    assert json.loads(done.stdout)["passed"] is False
    assert any(line.startswith("::error") for line in done.stderr.splitlines())


def test_a_folder_below_the_top_has_notes_with_paths_from_the_top(
    runner: Runner, course: Path
) -> None:
    (course / "week").mkdir()
    for name in ("rubrics", "bank", "answerbot.toml"):
        shutil.move(course / name, course / "week")
    edit_the_text(course / "week")
    done = runner.run("Check the rubrics", **{"working-directory": "week", "rubrics": "tea"})
    assert any("file=week/rubrics/tea.yaml," in line for line in notes(done)), done.stderr
    assert (course / "week/answerbot-check.xml").exists()


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", ["rubrics", "args", "junit"])
def test_no_input_of_the_check_is_code(attack: str, name: str, tmp_path: Path) -> None:
    told = only_told("answerbot", "Check the rubrics", tmp_path, **{name: attack})
    words = [attack] if name == "junit" else attack.split()
    assert told[0] == "check"
    at = told.index(words[0])
    assert told[at : at + len(words)] == words


@pytest.mark.parametrize("attack", ["", "answerbot==1.0", "--index-url=https://x", *ATTACKS])
def test_what_is_installed_is_one_word_and_no_option(attack: str, tmp_path: Path) -> None:
    told = only_told("python", "Install answerbot", tmp_path, version=attack)
    assert told[:3] == ["-m", "venv", str(tmp_path / "runner/answerbot")]
    assert told[3:5] == ["-m", "pip"]
    assert told[-2:] == ["--", attack or str(REPOSITORY)]


def only_told(command: str, step: str, tmp_path: Path, **inputs: str) -> list[str]:
    """The words that the step gives to a command that does nothing; nothing else may happen."""
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    told = stubs / "told"
    stub = stubs / command
    stub.write_text(f'#!/bin/bash\nprintf "%s\\0" "$@" >> "{told}"\n', "utf-8")
    stub.chmod(0o755)
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    runner = Runner(workspace, tmp_path / "runner")
    tools = runner.temporary / "answerbot/bin"
    tools.mkdir(parents=True)
    (tools / "python").symlink_to(stub)
    assert runner.run(step, path=str(stubs), **inputs).returncode == 0
    assert not list(tmp_path.rglob("pwned"))
    return told.read_text("utf-8").split("\0")[:-1]


def test_the_cache_of_pip_is_named_by_what_the_action_depends_on(runner: Runner) -> None:
    done = runner.run("Find the cache of pip")
    assert done.returncode == 0, done.stderr
    pairs = dict(line.split("=", 1) for line in runner.output.read_text("utf-8").splitlines())
    assert re.fullmatch("[0-9a-f]{64}", pairs["hash"])
    assert Path(pairs["folder"]).is_absolute()


def test_expressions_stand_in_the_environment_and_never_in_the_shell() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_every_input_is_told_about_and_used() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(ACTION["runs"])))
    assert used == set(ACTION["inputs"])
    assert all(about["description"].endswith(".") for about in ACTION["inputs"].values())


def test_hooks_run_commands_that_are_installed() -> None:
    scripts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"][
        "scripts"
    ]
    for hook in HOOKS.values():
        assert set(hook) == {
            *("id", "name", "description", "entry", "language", "files"),
            *("pass_filenames", "require_serial"),
        }
        assert hook["language"] == "python"
        assert shlex.split(hook["entry"])[0] in scripts


@pytest.mark.parametrize(
    ("path", "hooks"),
    [
        ("rubrics/lstm-gates.yaml", {"answerbot-check"}),
        ("course/rubrics/recordings/x.jsonl", {"answerbot-check"}),
        ("prompts/judge.md.j2", {"answerbot-check", "answerbot-fill-check"}),
        ("bank/questions/rnn.md", {"answerbot-check", "answerbot-fill-check"}),
        ("answerbot.toml", {"answerbot-check", "answerbot-fill-check"}),
        ("README.md", set()),
        ("myrubrics/x.yaml", set()),
        ("docs/not-answerbot.toml", set()),
    ],
)
def test_hooks_run_for_what_they_read(path: str, hooks: set[str]) -> None:
    assert {id_ for id_, hook in HOOKS.items() if re.search(hook["files"], path)} == hooks


def hooked(id_: str, folder: Path) -> list[subprocess.CompletedProcess[str]]:
    """The hook as pre-commit runs it on what is staged: once, without the names of files."""
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    staged = subprocess.run(
        ["git", "diff", "--staged", "--name-only", "--no-ext-diff"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout.splitlines()
    hook = HOOKS[id_]
    assert hook["pass_filenames"] is False
    if not any(re.search(hook["files"], path) for path in staged):
        return []
    environment = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    command = shlex.split(hook["entry"])
    return [
        subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", env=environment)
    ]


@pytest.fixture
def committed(course: Path) -> Path:
    subprocess.run(["git", "add", "-A"], cwd=course, check=True)
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, "commit", "-qm", "Begin"], cwd=course, check=True)
    return course


def test_the_hook_lets_a_right_rubric_pass_and_stops_a_stale_one(committed: Path) -> None:
    assert hooked("answerbot-check", committed) == []
    (committed / "README.md").write_text("x", "utf-8")
    assert hooked("answerbot-check", committed) == []
    (committed / PATH).write_text(f"{TEA}# The same rubric.\n", "utf-8")
    (passed,) = hooked("answerbot-check", committed)
    assert passed.returncode == 0, passed.stdout
    edit_the_text(committed)
    (stopped,) = hooked("answerbot-check", committed)
    assert stopped.returncode == 1
    assert "rubrics/tea.yaml:12: the text of criterion three-minutes" in stopped.stdout


def test_the_hook_stops_questions_whose_answers_are_not_filled_in(committed: Path) -> None:
    (committed / "bank/tea.md").write_text("## Question 1\n\n**Why is tea steeped?**\n", "utf-8")
    (stopped,) = hooked("answerbot-fill-check", committed)
    assert stopped.returncode != 0
