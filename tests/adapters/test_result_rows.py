"""Rows of results on disk: there at once, whole, or not at all."""

from __future__ import annotations

import json
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from answerbot.adapters import result_rows
from answerbot.adapters.result_rows import schema, writing_rows
from answerbot.domain.errors import NotFinishedError


@pytest.fixture
def small_files() -> Iterator[int]:
    """No file may be longer than so many bytes."""
    most = 10_000
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    yield most
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def row(number: int, answer: str = "A net.") -> dict[str, Any]:
    evidence = [{"quote": "net", "start": 2, "end": 5}]
    verdicts = [{"criterion": "what", "verdict": "met", "points": number, "evidence": evidence}]
    return {"version": 1, "candidate": f"c{number}", "answer": answer, "verdicts": verdicts}


def write_rows(path: Path, *rows: dict[str, Any], then: Exception | None = None) -> None:
    """Write the rows; then the run fails, where it is to."""
    with writing_rows(path) as write:
        for one in rows:
            write(one)
        if then:
            raise then


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def candidates(path: Path) -> list[str]:
    rows = pq.read_table(path).to_pylist() if path.suffix == ".parquet" else lines(path)
    return [one["candidate"] for one in rows]


def test_a_line_is_there_as_soon_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with writing_rows(path) as write:
        for number in range(3):
            write(row(number, "Tür \ud800"))
            assert lines(path) == [row(n, "Tür \ud800") for n in range(number + 1)]


def test_what_was_there_before_goes_with_the_first_row(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text("before\n")
    with pytest.raises(KeyError):
        write_rows(path, then=KeyError())
    assert path.read_text() == "before\n"
    with pytest.raises(KeyError):
        write_rows(path, row(1), then=KeyError())
    assert lines(path) == [row(1)]


def test_what_was_there_before_stays_until_a_row_is_worth_more(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text("before\n")
    worth = iter([False, False, True])
    with writing_rows(path, lambda: next(worth)) as write:
        for number in range(2):
            write(row(number))
            assert path.read_text() == "before\n"
        for number in (2, 3):
            write(row(number))
            assert lines(path) == [row(n) for n in range(number + 1)]


@pytest.mark.parametrize("name", ["r.jsonl", "r.parquet"])
def test_rows_that_are_worth_nothing_replace_nothing(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with writing_rows(path, lambda: False) as write:
        write(row(1))
    before = path.read_bytes()
    assert candidates(path) == ["c1"]
    with writing_rows(path, lambda: False) as write:
        write(row(2, "long " * 300_000))
        write(row(3))
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["r.jsonl", "r.parquet"])
def test_no_rows_make_an_empty_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("before\n")
    write_rows(path)
    if name.endswith("parquet"):
        assert pq.read_table(path).num_rows == 0
        assert pq.read_schema(path).equals(schema())
    else:
        assert path.read_bytes() == b""


def test_a_full_disk_leaves_whole_lines(tmp_path: Path, small_files: int) -> None:
    path = tmp_path / "r.jsonl"
    with pytest.raises(NotFinishedError) as caught:
        write_rows(path, row(1), row(2, "x" * small_files))
    (problem,) = caught.value.problems
    assert "cannot be written" in problem.what
    assert "in the store" in (problem.hint or "")
    assert lines(path) == [row(1)]


def test_a_full_disk_leaves_the_file_of_parquet_as_it_was(tmp_path: Path, small_files: int) -> None:
    path = tmp_path / "r.parquet"
    path.write_text("before")
    noise = "".join(map(chr, range(33, 33 + small_files)))
    with pytest.raises(NotFinishedError, match="cannot be written"):
        write_rows(path, row(1, noise))
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["r.parquet"]


def test_rows_of_parquet_take_the_place_of_the_file_together(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    path.write_text("before")
    with writing_rows(path) as write:
        for number in range(5):
            write(row(number))
        assert path.read_text() == "before"
    read = pq.read_table(path).to_pylist()
    assert [one["candidate"] for one in read] == ["c0", "c1", "c2", "c3", "c4"]
    (verdict,) = read[3]["verdicts"]
    assert (verdict["points"], verdict["reason"]) == (3, None)
    assert verdict["evidence"] == [{"quote": "net", "start": 2, "end": 5}]
    assert [one.name for one in tmp_path.iterdir()] == ["r.parquet"]


def test_a_file_of_parquet_that_is_not_finished_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    path.write_text("before")
    with pytest.raises(KeyError):
        write_rows(path, row(1), then=KeyError())
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["r.parquet"]


def test_many_rows_are_several_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_rows, "_BATCH", 2)
    monkeypatch.setattr(result_rows, "_ROW_GROUP", 4)
    path = tmp_path / "r.parquet"
    write_rows(path, *map(row, range(11)))
    file = pq.ParquetFile(path)
    groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert groups == [4, 4, 3]
    assert [one["candidate"] for one in file.read().to_pylist()] == [f"c{n}" for n in range(11)]


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("r.jsonl", "r.parquet"):
        for folder in ("a", "b"):
            (tmp_path / folder).mkdir(exist_ok=True)
            write_rows(tmp_path / folder / name, *map(row, range(7)))
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_halves_of_surrogate_pairs_stand_in_parquet_as_their_codes(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    write_rows(path, row(1, "Tür \ud800"))
    (read,) = pq.read_table(path).to_pylist()
    assert read["answer"] == "Tür \\ud800"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    for name in ("r.jsonl", "r.parquet"):
        with pytest.raises(NotFinishedError, match="cannot be written"):
            write_rows(tmp_path / "none" / name, row(1))


def test_another_run_is_noticed_before_the_first_row(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with writing_rows(path) as write:
        write(row(1))
        with pytest.raises(NotFinishedError, match="another run is writing"), writing_rows(path):
            pytest.fail("it was not noticed")


@pytest.mark.parametrize("name", ["r.jsonl", "r.parquet"])
def test_two_runs_do_not_write_to_one_file_at_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with writing_rows(path) as write:
        write(row(1))
        with pytest.raises(NotFinishedError, match="another run is writing"):
            write_rows(path, row(2))
        write(row(3))
    assert candidates(path) == ["c1", "c3"]
    write_rows(path, row(4))
    assert candidates(path) == ["c4"]


def test_what_a_killed_run_left_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    (tmp_path / ".r.parquet.part").write_text("half" * 10_000)
    write_rows(path, row(1))
    assert candidates(path) == ["c1"]
    assert [one.name for one in tmp_path.iterdir()] == ["r.parquet"]


def test_a_file_of_parquet_keeps_its_mode_and_a_link_to_it_stays(tmp_path: Path) -> None:
    path, link = tmp_path / "r.parquet", tmp_path / "link.parquet"
    path.write_text("before")
    path.chmod(0o640)
    link.symlink_to(path)
    write_rows(link, row(1))
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert candidates(path) == ["c1"]
