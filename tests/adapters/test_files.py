"""Files as they are on disk: every byte read, and written whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerbot.adapters.files import read_bank, read_text, write_atomically
from answerbot.domain.errors import InputError, Location, NotFinishedError

SOUND = "## Question 1\n\nWhat?\n"


def problem_of(path: Path) -> tuple[str, Location | None]:
    with pytest.raises(InputError) as caught:
        read_bank(path)
    (problem,) = caught.value.problems
    assert problem.hint
    return problem.what, problem.location


@pytest.mark.parametrize(
    ("content", "what", "line"),
    [
        (b"", "empty", 0),
        (b" \r\n\t\n", "empty", 0),
        (b"\xef\xbb\xbf", "empty", 0),
        (b"## Q1. A?\n\x00\x01", "binary", 2),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary", 3),
        ("\ufeff## Q1. A?\n".encode("utf-16-le"), "UTF-16", 0),
        ("\ufeff## Q1. A?\n".encode("utf-16-be"), "UTF-16", 0),
        ("\ufeff## Q1. A?\n".encode("utf-32-le"), "UTF-32", 0),
        ("## Q1. A?\n".encode("utf-16-le"), "binary", 1),
        (b"## Q1. A?\r\n\r\nna\xefve\r\n", "not UTF-8: byte 0xef", 3),
        (b"## Q1. A?\rna\xe9ve", "not UTF-8: byte 0xe9", 2),
        (b"## Q1. A?\n\xed\xa0\x80", "not UTF-8", 2),
        (b"Prose.\n", "no question", 0),
    ],
)
def test_a_file_that_is_no_bank_says_what_it_is_and_where(
    tmp_path: Path, content: bytes, what: str, line: int
) -> None:
    path = tmp_path / "bank.md"
    path.write_bytes(content)
    said, location = problem_of(path)
    assert what in said
    assert location == Location(str(path), line)


def test_a_file_that_is_not_there_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    assert "no such file" in problem_of(tmp_path / "none.md")[0]
    assert "folder" in problem_of(tmp_path)[0]
    assert "cannot be read" in problem_of(tmp_path / ("long" * 100))[0]
    (tmp_path / "file").write_text("x")
    assert "cannot be read" in problem_of(tmp_path / "file" / "bank.md")[0]
    loop = tmp_path / "loop.md"
    loop.symlink_to(loop)
    assert "cannot be read" in problem_of(loop)[0]


def test_a_file_that_may_not_be_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bank.md"
    path.write_text(SOUND)

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read everything
    assert "permission" in problem_of(path)[0]


def test_a_file_is_on_the_disk_before_it_gets_its_name_and_its_name_is_before_all_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, int]] = []
    sync, replace = os.fsync, Path.replace

    def recorded_sync(descriptor: int) -> None:
        calls.append(("sync", os.fstat(descriptor).st_ino))
        sync(descriptor)

    def recorded_replace(self: Path, target: Path) -> Path:
        calls.append(("rename", self.stat().st_ino))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", recorded_sync)
    monkeypatch.setattr(Path, "replace", recorded_replace)
    path = tmp_path / "bank.md"
    write_atomically(path, SOUND)
    file, folder = path.stat().st_ino, tmp_path.stat().st_ino
    assert calls == [("sync", file), ("rename", file), ("sync", folder)]


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_back_byte_by_byte(tmp_path: Path, text: str) -> None:
    path = tmp_path / "text.md"
    write_atomically(path, "x\r\n\f" + text)
    assert path.read_bytes() == ("x\r\n\f" + text).encode()
    assert read_text(path) == "x\r\n\f" + text


def test_a_byte_order_mark_and_line_ends_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "bank.md"
    path.write_bytes(b"\xef\xbb\xbf## Q1. A?\r\nx\ry\n")
    assert read_bank(path).text == "\ufeff## Q1. A?\r\nx\ry\n"


def test_writing_keeps_the_mode_of_a_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "bank.md"
    path.write_text("old")
    path.chmod(0o640)
    write_atomically(path, "new")
    assert path.stat().st_mode & 0o7777 == 0o640
    assert path.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["bank.md"]


def test_a_new_file_has_the_mode_that_any_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("x")
    write_atomically(tmp_path / "bank.md", "new")
    assert (tmp_path / "bank.md").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "bank.md"
    target.parent.mkdir()
    target.write_text("old")
    link = tmp_path / "bank.md"
    link.symlink_to(target)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["bank.md"]


@pytest.mark.parametrize("failing", ["fsync", "chmod"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "bank.md"
    path.write_text("old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(NotFinishedError, match=r"bank\.md: .*No space left") as caught:
        write_atomically(path, "new")
    assert caught.value.problems[0].hint
    assert path.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["bank.md"]


def test_a_file_is_written_where_folders_cannot_be_opened_nor_modes_of_open_files_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bank.md"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(os, "fchmod")
    write_atomically(path, "new")
    assert path.read_text() == "new"


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bank.md"
    path.write_text("old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["bank.md"]


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(NotFinishedError, match="cannot be written"):
        write_atomically(tmp_path / "none" / "bank.md", "new")
