"""What the repository promises about itself: its documents, its layers, its commands."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
import yaml

import tests.__main__ as checks
from answerbot.adapters.config import load_config

ENVIRONMENT = Path(sys.executable).parent


def shell_blocks(markdown: str) -> list[str]:
    """The text of each fenced block of shell commands."""
    return re.findall(r"^```sh\n(.*?)^```$", markdown, flags=re.MULTILINE | re.DOTALL)


def test_ci_runs_the_second_command_of_the_readme(repository: Path) -> None:
    _, second, *_ = shell_blocks((repository / "README.md").read_text("utf-8"))
    last_line = (repository / ".ci" / "run").read_text("utf-8").splitlines()[-1]
    assert last_line.replace('"$venv"', ".venv") == second.strip()


def test_make_check_runs_what_ci_runs(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text("utf-8")
    assert re.search(r"^check: .*\n\t\$\(BIN\)/python -m tests\n\n", makefile, re.MULTILINE)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is a convenience, not needed")
def test_bare_make_lists_every_target(repository: Path) -> None:
    targets = re.findall(r"^(\w+):", (repository / "Makefile").read_text("utf-8"), re.MULTILINE)
    listed = subprocess.run(
        ["make", "--no-print-directory"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [line.split()[0] for line in listed.splitlines()] == targets


def test_every_check_is_a_program_of_the_development_environment() -> None:
    programs = [check[0] for check in (*checks.CHECKS, checks.TESTS)]
    missing = [program for program in programs if not (ENVIRONMENT / program).exists()]
    assert missing == []


def test_a_check_that_fails_fails_the_run_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = []

    def passes(check: tuple[str, ...]) -> bool:
        ran.append(check)
        return check[0] != "mypy"

    monkeypatch.setattr(checks, "passes", passes)
    assert checks.main(["-x"]) == 1
    assert ran == [*checks.CHECKS, (*checks.TESTS, "-x")]
    assert capsys.readouterr().err == "failed: mypy\n"


def test_the_page_of_commands_is_what_the_commands_say(repository: Path) -> None:
    generated = subprocess.run(
        [sys.executable, repository / "docs" / "generate_commands.py"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        check=True,
    ).stdout
    page = (repository / "docs" / "commands.md").read_text("utf-8")
    assert page == generated, "write it anew: make docs"


def test_every_decision_is_listed(repository: Path) -> None:
    folder = repository / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert re.findall(r"\]\(([^)]+)\)", index) == pages


def test_the_shipped_bank_is_configured(repository: Path) -> None:
    config = load_config(repository)
    assert config.file == repository / "pyproject.toml"
    assert [path.name for path in config.question_files()] == [
        "rnn-theory-22.md",
        "rnn-theory-50.md",
    ]
    assert [path.name for path in config.reference_files()] == [
        "commonly-asked-20.md",
        "essential-15.txt",
        "rnn-100.md",
    ]
    assert config.filled_folder() == repository / "bank" / "filled"


def test_the_program_imports_what_it_declares_and_nothing_else(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [lines for name, lines in project["optional-dependencies"].items() if name != "dev"]
    wanted = [*project["dependencies"], *chain.from_iterable(extras)]
    declared = {canonical(re.split(r"[\[<>=]", line)[0]) for line in wanted}
    modules = {
        module
        for path in (repository / "answerbot").rglob("*.py")
        for module in imported_modules(path)
        if module not in sys.stdlib_module_names and module != "answerbot"
    }
    # Several distributions may have parts of one package: those of OpenTelemetry. Ray, which is not
    # installed everywhere, is named as its package.
    found = packages_distributions()
    imported = {
        module: {canonical(name) for name in found.get(module, [module])} for module in modules
    }
    assert not [module for module, names in imported.items() if not names & declared]
    assert declared <= set(chain.from_iterable(imported.values()))


WITHOUT_EXTRAS = """
import sys
of_extras = "bm25s numpy opentelemetry pandas pyarrow ray scipy sklearn"
sys.modules.update(dict.fromkeys(of_extras.split()))
from answerbot.cli.app import run
sys.exit(max(map(run, (
    ["check", "attention"],
    ["references", "What is attention?"],
    ["grade", sys.argv[1], "--replay"],
    ["calibrate", sys.argv[2], "--estimate", "--max-score", "1"],
    ["grade", sys.argv[3], "-o", sys.argv[3] + "-results.jsonl", "--dry-run"],
))))
"""


def test_what_extras_bring_is_not_needed_by_the_other_commands(
    repository: Path, tmp_path: Path
) -> None:
    rubric = yaml.safe_load((repository / "rubrics" / "attention.yaml").read_text("utf-8"))
    question = {"question": rubric["questions"][0], "candidate": "one"}
    answers, labels, many = (tmp_path / f"{name}.jsonl" for name in ("answers", "labels", "many"))
    rows = [{**question, "answer": one["answer"].strip()} for one in rubric["exemplars"][:3]]
    labelled = {"score": 0.5, "reference": rows[0]["answer"]}
    answers.write_text(json.dumps(rows[0]) + "\n", "utf-8")
    labels.write_text("".join(json.dumps(row | labelled) + "\n" for row in rows), "utf-8")
    # More than a plan counts one by one.
    lines = [rows[0] | {"candidate": str(turn), "answer": f"Turn {turn}."} for turn in range(250)]
    many.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    store = {"ANSWERBOT_STORE": str(tmp_path / "store.sqlite3")}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRAS, answers, labels, many],
        cwd=repository,
        env=os.environ | store | {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


OF_EXTRAS = {
    "numpy": {"domain/calibration_fit.py"},
    "opentelemetry": {"adapters/tracing.py"},
    "pyarrow": {
        "adapters/answer_rows.py",
        "adapters/ray_engine.py",
        "adapters/result_rows.py",
    },
    "ray": {"adapters/ray_engine.py"},
    "sklearn": {"domain/calibration_fit.py"},
}


@pytest.mark.parametrize(("package", "files"), OF_EXTRAS.items())
def test_what_an_extra_brings_is_imported_where_it_is_known_to_be_there(
    package: str, files: set[str], repository: Path
) -> None:
    program = repository / "answerbot"
    importing = {
        path.relative_to(program).as_posix()
        for path in program.rglob("*.py")
        if package in imported_modules(path)
    }
    assert importing == files


def imported_modules(path: Path) -> set[str]:
    """The first part of every module that the file imports, at its top or in a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def canonical(distribution: str) -> str:
    """The name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("domain/errors.py", "import pathlib", "the domain is pure"),
        ("domain/errors.py", "import answerbot.cli.app", "cli knows all"),
        ("adapters/__init__.py", "import answerbot.workflows", "cli knows all"),
        ("workflows/__init__.py", "import answerbot.adapters", "cli knows all"),
        ("workflows/__init__.py", "import openai", "workflows reach the world through the port"),
        ("adapters/__init__.py", "import rich", "only the command line speaks to the terminal"),
    ],
)
def test_an_import_against_the_layers_fails_the_check(
    module: str, statement: str, contract: str, repository: Path, tmp_path: Path
) -> None:
    shutil.copy(repository / "pyproject.toml", tmp_path)
    shutil.copytree(repository / "answerbot", tmp_path / "answerbot")
    with (tmp_path / "answerbot" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{statement}\n")
    done = subprocess.run(
        [ENVIRONMENT / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "200"},
    )
    broken = [line for line in done.stdout.splitlines() if " BROKEN" in line]
    assert done.returncode == 1
    assert [line.startswith(contract) for line in broken] == [True]
