"""Files that are no bank: each command says where, what and what to do, and exits with 2."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from answerbot.cli.app import run

SOUND = "## Question 1\n\nWie groß?\n"

CONTENTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "bad.md: the file is empty"),
    "blank": (b" \r\n\t\n", "bad.md: the file is empty"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00", "bad.md:3: the file is binary"),
    "UTF-16": (SOUND.encode("utf-16"), "bad.md: the file is UTF-16, not UTF-8"),
    "UTF-16 without a mark": (SOUND.encode("utf-16-le"), "bad.md:1: the file is binary"),
    "UTF-32": (SOUND.encode("utf-32"), "bad.md: the file is UTF-32, not UTF-8"),
    "Latin-1": (SOUND.encode("latin-1"), "bad.md:3: the file is not UTF-8: byte 0xdf"),
    "no question": (b"# Title\n\nProse.\n", "bad.md: the file has no question"),
    "a number twice": (b"## Q1. A?\n\n## Q1. B?\n", "bad.md:3: question 1 is there twice"),
    "no question below": (b"## Question 1\n\n## Q2. B?\n", "bad.md:1: the heading has no question"),
    "an open fence": (b"## Q1. A?\n\n```\nx\n", "bad.md:3: the code fence ``` is never closed"),
    "an open comment": (
        b"## Q1. A?\n\n<!-- x\n",
        "bad.md:3: the HTML comment <!-- is never closed",
    ),
    "two answers": (b"## Q1. A?\nAnswer: x\nAnswer: y\n", "bad.md:3: the question has two answers"),
    "another's answer": (b"Q1. A?\nA2. x\n", "bad.md:2: answer 2 stands below question 1"),
    "one long line": (b"x" * 5_000_000, "bad.md: the file has no question"),
    "one long question": (
        b"## Q1. " + b"why? " * 1_000_000,
        "bad.md:1: the question is 4,999,999 characters long",
    ),
    "100,000 hashes": (b"#" * 100_000, "bad.md: the file has no question"),
    "20,000 headings": (b"#\n" * 20_000, "bad.md: the file has no question"),
}
COMMANDS = [["parse"], ["parse", "--json"], ["fill"], ["fill", "--check"], ["crosscheck"]]
TOLD = re.compile(r"(bad\.md(?::\d+)?: [^\n]+\n  hint: [^\n]+\n)+")

in_every_command = pytest.mark.parametrize("command", COMMANDS, ids=" ".join)


def told(command: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert run([*command, "bad.md"]) == 2
    shown = capsys.readouterr()
    assert TOLD.fullmatch(shown.err), shown.err
    return shown.err


@in_every_command
@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_that_is_no_bank_is_told_with_line_and_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], kind: str
) -> None:
    content, problem = CONTENTS[kind]
    (tmp_path / "bad.md").write_bytes(content)
    assert told(command, capsys).startswith(problem)
    assert (tmp_path / "bad.md").read_bytes() == content


def leave_out(path: Path) -> None:
    assert not path.exists()


def point_to_itself(path: Path) -> None:
    path.symlink_to(path)


def point_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "nothing.md")


@in_every_command
@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (leave_out, "there is no such file"),
        (point_to_nothing, "there is no such file"),
        (point_to_itself, "the file cannot be read: Too many levels of symbolic links"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_with_a_hint(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    make: Callable[[Path], None],
    problem: str,
) -> None:
    make(tmp_path / "bad.md")
    assert f"bad.md: {problem}\n" in told(command, capsys)


@in_every_command
def test_a_file_that_may_not_be_read_is_told_with_a_hint(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    (tmp_path / "bad.md").write_text(SOUND)
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "bad.md":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    # root may read everything
    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr(os, "access", lambda path, *_, **__: Path(path).name != "bad.md")
    assert "bad.md: no permission to read the file\n" in told(command, capsys)


@pytest.mark.parametrize("command", [["parse"], ["fill", "--check"]], ids=" ".join)
def test_a_folder_is_told_with_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (tmp_path / "bad.md").mkdir()
    assert told(command, capsys).startswith("bad.md: this is a folder\n")
