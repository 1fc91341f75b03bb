"""The wheel, built from the sdist, works in an environment and a folder that know no checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from answerbot import __version__
from answerbot.adapters.recordings import load_recordings
from tests.endpoint import Endpoint
from tests.obliging import obliging

DATA = ("bank", "prompts", "rubrics")
CHECKOUT_ONLY = shutil.ignore_patterns(
    ".git", ".venv", "venv", "build", "dist", "__pycache__", ".*_cache", ".hypothesis"
)


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **environment},
    )


def build(checkout: Path) -> subprocess.CompletedProcess[str]:
    """Build the sdist, and the wheel from it, with the tools of this environment."""
    return run(sys.executable, "-m", "build", "--no-isolation", cwd=checkout)


def contents(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def names_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository in a folder whose name has spaces."""
    copy = tmp_path_factory.mktemp("packaging") / "a copy of answerbot"
    shutil.copytree(Path(__file__).resolve().parents[1], copy, ignore=CHECKOUT_ONLY)
    return copy


@pytest.fixture(scope="module")
def distributions(checkout: Path) -> Path:
    """The folder with the sdist and the wheel."""
    done = build(checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    return checkout / "dist"


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Path:
    [wheel] = distributions.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment into which only the wheel was installed.

    What the wheel depends on is lent by this environment, so that no index is needed: as a folder
    at the end of the path, whose own `.pth` files, and with them the checkout, do not count.
    """
    environment = tmp_path_factory.mktemp("environment") / "empty environment"
    venv.create(environment, symlinks=os.name != "nt")
    scheme = {"base": str(environment), "platbase": str(environment)}
    packages = Path(sysconfig.get_path("purelib", "venv", scheme))
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    scripts = Path(sysconfig.get_path("scripts", "venv", scheme))
    done = run(
        *(sys.executable, "-m", "pip", "--python", scripts / "python", "install", "--quiet"),
        *("--disable-pip-version-check", "--no-index", "--no-deps", wheel),
        cwd=environment,
    )
    assert done.returncode == 0, done.stderr
    return scripts


def test_the_wheel_contains_the_code_and_every_file_of_the_data(
    checkout: Path, wheel: Path
) -> None:
    names = {name for name in contents(wheel) if ".dist-info/" not in name}
    code = {f"answerbot/{name}" for name in names_below(checkout / "answerbot")}
    data = {
        f"answerbot/_data/{folder}/{name}"
        for folder in DATA
        for name in names_below(checkout / folder)
    }
    assert names == code | {re.sub(r"\.jsonl$", ".jsonl.gz", name) for name in data}
    assert {
        "answerbot/py.typed",
        "answerbot/_data/prompts/draft.md.j2",
        "answerbot/_data/bank/questions/rnn-theory-22.md",
        "answerbot/_data/bank/questions/rnn-theory-50.md",
        "answerbot/_data/bank/curated/commonly-asked-20.md",
        "answerbot/_data/bank/curated/essential-15.txt",
        "answerbot/_data/bank/curated/rnn-100.md",
    } <= names
    assert any(name.startswith("answerbot/_data/rubrics/") for name in names)


def test_recordings_are_packed_in_the_wheel_and_read_there(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    for folder in ("bank/recordings", "rubrics/recordings", "rubrics/recordings/mutants"):
        own = load_recordings([Path(__file__).resolve().parents[1] / folder])
        packed = load_recordings([tmp_path / "answerbot" / "_data" / folder])
        assert list(packed.keys()) == list(own.keys())


def test_the_wheel_names_its_version_and_its_licence(wheel: Path) -> None:
    assert wheel.name == f"answerbot-{__version__}-py3-none-any.whl"
    assert f"answerbot-{__version__}.dist-info/licenses/LICENSE" in contents(wheel)


def test_the_sdist_holds_what_a_contributor_needs(distributions: Path) -> None:
    [sdist] = distributions.glob("*.tar.gz")
    top = f"answerbot-{__version__}"
    with tarfile.open(sdist) as archive:
        names = {name.removeprefix(f"{top}/") for name in archive.getnames()}
    assert {
        ".ci/run",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "hatch_build.py",
        "pyproject.toml",
        "tests/conftest.py",
    } <= names


@pytest.mark.parametrize("folder", DATA)
def test_without_a_folder_of_the_data_there_is_no_wheel(
    folder: str, checkout: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(checkout, copy, ignore=CHECKOUT_ONLY)
    shutil.rmtree(copy / folder)
    assert run(sys.executable, "-m", "hatchling", "build", cwd=copy).returncode != 0
    assert list(copy.glob("dist/*.whl")) == []


def test_the_program_is_the_one_of_the_wheel(programs: Path, tmp_path: Path) -> None:
    done = run(programs / "python", "-c", "import answerbot as a; print(a.__file__)", cwd=tmp_path)
    assert Path(done.stdout.strip()).is_relative_to(programs.parent)


def test_the_installed_program_tells_its_version(programs: Path, tmp_path: Path) -> None:
    done = run(programs / "answerbot", "--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"answerbot {__version__}\n")


def test_the_installed_program_starts_and_reads_a_bank(programs: Path, tmp_path: Path) -> None:
    started = run(programs / "answerbot", "init", "my bank", cwd=tmp_path)
    assert started.returncode == 0, started.stderr
    read = run(
        *(programs / "answerbot", "parse", "bank/questions/example.md", "--json"),
        cwd=tmp_path / "my bank",
    )
    assert read.returncode == 0, read.stderr
    [question] = json.loads(read.stdout)["questions"]
    assert question["id"] == "example/1"
    assert question["question"] == "What is overfitting, and how do you notice it?"
    assert question["answer"] is None


@pytest.mark.enable_socket
def test_the_installed_program_fills_a_bank_of_the_users_own(
    programs: Path, tmp_path: Path
) -> None:
    (tmp_path / "tea.md").write_text("## Question 1\n\n**Why tea?**\n\n**Answer:** TBD\n", "utf-8")
    with Endpoint().running() as endpoint:
        endpoint.reply = obliging
        filled = run(
            *(programs / "answerbot", "fill", "tea.md"),
            cwd=tmp_path,
            OPENAI_BASE_URL=endpoint.url,
        )
    assert filled.returncode == 0, filled.stderr
    text = (tmp_path / "tea.md").read_text("utf-8")
    assert "**Answer:** It is **this**: Why tea?" in text
    assert "<!-- answerbot: accepted; checks: claims;" in text


def test_the_installed_program_replays_the_shipped_bank_outside_the_checkout(
    programs: Path, checkout: Path, tmp_path: Path
) -> None:
    for name in ("rnn-theory-22.md", "rnn-theory-50.md"):
        shutil.copy(checkout / "bank" / "questions" / name, tmp_path)
    filled = run(programs / "answerbot", "fill", *sorted(tmp_path.glob("*.md")), cwd=tmp_path)
    assert filled.returncode == 0, filled.stderr
    for name in ("rnn-theory-22.md", "rnn-theory-50.md"):
        expected = (checkout / "bank" / "filled" / name).read_bytes()
        assert (tmp_path / name).read_bytes() == expected
