from __future__ import annotations

import json
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answerbot.adapters.batch_book import Batch, BatchBook
from answerbot.adapters.recordings import load_recordings, write_recordings
from answerbot.adapters.store import VERSION, Store
from answerbot.cli.app import run
from answerbot.domain.recording import Recording
from tests.adapters.requests import kept, recording, request


def days_old(days: int, text: str, model: str = "small") -> Recording:
    when = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    return recording(request(text, model=model)).model_copy(update={"recorded_at": when})


@pytest.fixture
def path() -> Path:
    return Path(os.environ["ANSWERBOT_STORE"])


@pytest.fixture
def filled(path: Path) -> Path:
    """A store of three replies: a new and an old one of one model, an old one of another."""
    store = Store(path)
    store.save(days_old(0, "New?"), days_old(40, "Old?"), days_old(40, "Large?", "large"))
    store.close()
    return path


def document(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> dict[str, Any]:
    assert run(["store", *args, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found.pop("version") == 1
    return found


def test_the_status_of_a_store_that_is_not_there_makes_none(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["store", "status"]) == 0
    assert capsys.readouterr().out == f"{path}: not there yet\n"
    assert document(capsys, "status") == {"path": str(path), "exists": False}
    assert not path.exists()


def test_the_status_tells_file_size_models_and_ages(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(capsys, "status")
    assert (found["replies"], found["schema"], found["damage"]) == (3, VERSION, None)
    assert found["bytes"] == filled.stat().st_size
    assert [(one["model"], one["replies"]) for one in found["models"]] == [
        ("large", 1),
        ("small", 2),
    ]
    small = found["models"][1]
    assert small["oldest"] < small["newest"]
    assert run(["store", "status"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{filled}: 3 replies, 0.0 MB, schema {VERSION}\n  large: 1, ")
    assert out.endswith("  the file is sound\n")


def test_the_status_names_what_is_of_no_use(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(filled)
    store.save(recording(request("Empty?"), ""))
    store.close()
    assert run(["store", "status"]) == 1
    assert "1 reply of no use: `answerbot store prune --unusable`" in capsys.readouterr().out
    (found,) = document(capsys, "status", code=1)["unusable"]
    assert found == {"key": request("Empty?").key, "why": "the reply is empty"}


def test_what_was_kept_as_it_came_is_counted_by_its_name_and_taken_out_on_demand(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(filled)
    store.keep(kept(request("Refused?"), "refusal", "{}"))
    store.close()
    found = document(capsys, "status", code=1)
    assert found["replies"] == 4
    (useless,) = found["unusable"]
    assert useless == {"key": request("Refused?").key, "why": "refusal: the model declined"}
    assert run(["store", "export", "replies.jsonl"]) == 0
    assert "3 recordings" in capsys.readouterr().out
    assert document(capsys, "prune", "--unusable")["left"] == 3
    assert document(capsys, "status")["unusable"] == []


def test_the_status_of_a_torn_file_is_no(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(filled) as connection:
        (page,) = connection.execute(
            "select rootpage from sqlite_schema where name = 'replies_by_model'"
        ).fetchone()
        (size,) = connection.execute("pragma page_size").fetchone()
    connection.close()
    content = bytearray(filled.read_bytes())
    content[(page - 1) * size + 8 : page * size] = bytes(size - 8)
    filled.write_bytes(content)
    assert run(["store", "status"]) == 1
    printed = capsys.readouterr()
    assert "\n  damaged: " in printed.out
    assert "`answerbot store export FILE.jsonl` saves what can be read" in printed.out
    assert printed.err == ""
    assert run(["store", "export", "saved.jsonl"]) == 0
    assert "3 recordings" in capsys.readouterr().out


def test_the_wal_that_a_crash_left_behind_is_folded_in(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crashed = filled.with_name("crashed.sqlite3")
    store = Store(filled)
    store.save(recording(request("Last?")))
    for ending in ("", "-wal"):  # as they stand on the disk while a run is under way
        file = filled.with_name(filled.name + ending)
        crashed.with_name(crashed.name + ending).write_bytes(file.read_bytes())
    store.close()
    os.environ["ANSWERBOT_STORE"] = str(crashed)
    found = document(capsys, "status")
    assert found["wal_bytes"] > 0
    assert found["replies"] == 4
    assert document(capsys, "status")["wal_bytes"] == 0


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["--older-than", "30"], {"New?"}),
        (["--older-than", "50"], {"New?", "Old?", "Large?"}),
        (["--older-than", "0"], set()),
        (["--model", "small"], {"Large?"}),
        (["--model", "small", "--model", "large"], set()),
        (["--model", "small", "--older-than", "30"], {"New?", "Large?"}),
        (["--unusable"], {"New?", "Old?", "Large?"}),
    ],
)
def test_pruning_deletes_what_all_options_name(
    filled: Path, options: list[str], kept: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    gone = 3 - len(kept)
    planned = document(capsys, "prune", *options, "--check", code=int(gone > 0))
    assert (planned["deleted"], planned["left"], planned["written"]) == (gone, len(kept), False)
    assert Store(filled).count() == 3
    done = document(capsys, "prune", *options)
    assert (done["deleted"], done["left"], done["written"]) == (gone, len(kept), True)
    left = {one.request.messages[0].content for one in Store(filled).recordings()}
    assert left == kept


@pytest.mark.usefixtures("filled")
def test_pruning_tells_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["store", "prune", "--model", "large", "--check"]) == 1
    assert capsys.readouterr().out == "1 reply would be deleted, 2 left\n"
    assert run(["store", "prune", "--model", "large"]) == 0
    assert capsys.readouterr().out == "1 reply deleted, 2 left\n"


def test_pruning_takes_out_what_is_of_no_use(filled: Path) -> None:
    store = Store(filled)
    store.save(recording(request("Empty?"), ""))
    store.close()
    assert run(["store", "prune", "--unusable", "--model", "large"]) == 0
    assert Store(filled).count() == 4
    assert run(["store", "prune", "--unusable"]) == 0
    assert Store(filled).count() == 3


def test_pruning_gives_room_back(path: Path) -> None:
    store = Store(path)
    store.save(*(recording(request(f"{number}?"), "Long. " * 500) for number in range(300)))
    store.close()
    before = path.stat().st_size
    assert run(["store", "prune", "--model", "small"]) == 0
    assert path.stat().st_size < before / 10


def test_pruning_where_another_process_reads_deletes_all_the_same(
    filled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store.__init__, "__kwdefaults__", {"wait": 0.1})
    with sqlite3.connect(filled, isolation_level=None) as other:
        other.execute("begin")
        other.execute("select count(*) from replies").fetchone()
        assert run(["store", "prune", "--model", "small"]) == 0
    other.close()
    assert Store(filled).count() == 1


@pytest.mark.usefixtures("filled")
def test_pruning_nothing_in_particular_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["store", "prune"]) == 2
    assert "nothing says what to delete" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["prune", "--unusable"], ["export", "replies.jsonl"]])
def test_without_a_store_there_is_nothing_to_delete_or_export(
    command: list[str], path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["store", *command]) == 2
    assert "there is no store" in capsys.readouterr().err
    assert not path.exists()


def test_what_was_exported_is_a_file_of_recordings_and_fills_another_store(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "replies.jsonl"
    assert document(capsys, "export", str(file))["exported"] == 3
    held = {one.key: one for one in Store(filled).recordings()}
    assert {one.key: one for one in load_recordings([file]).all()} == held
    os.environ["ANSWERBOT_STORE"] = str(tmp_path / "new" / "store.sqlite3")
    planned = document(capsys, "import", str(file), "--check", code=1)
    assert (planned["imported"], planned["held"]) == (3, 0)
    done = document(capsys, "import", str(file))
    assert (done["imported"], done["held"]) == (3, 0)
    again = document(capsys, "import", str(file))
    assert (again["imported"], again["held"]) == (0, 3)
    assert {one.key: one for one in Store(Path(done["path"])).recordings()} == held


def test_an_export_leaves_out_what_is_damaged_and_names_it(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torn = request("Old?").key
    with sqlite3.connect(filled) as connection:
        connection.execute("update replies set line = substr(line, 1, 90) where key = ?", (torn,))
    connection.close()
    told = document(capsys, "export", "replies.jsonl", code=1)
    assert told["exported"] == 2
    assert [one["key"] for one in told["damaged"]] == [torn]
    assert "is damaged" in told["damaged"][0]["why"]
    questions = {
        one.request.messages[0].content
        for one in load_recordings([tmp_path / "replies.jsonl"]).all()
    }
    assert questions == {"New?", "Large?"}
    assert run(["store", "export", "replies.jsonl", "--force"]) == 1
    assert f"1 reply left out: `answerbot store prune --unusable`\n    {torn[:12]}: " in (
        capsys.readouterr().out
    )


def test_one_model_alone_is_exported(filled: Path, tmp_path: Path) -> None:
    assert run(["store", "export", "replies.jsonl", "--model", "large"]) == 0
    (only,) = load_recordings([tmp_path / "replies.jsonl"]).all()
    assert only.request.model == "large"


def test_an_export_replaces_no_file_unless_it_is_told_to(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text("mine\n")
    assert run(["store", "export", str(file)]) == 2
    assert "--force" in capsys.readouterr().err
    assert file.read_text() == "mine\n"
    assert run(["store", "export", str(file), "--force"]) == 0
    assert len(load_recordings([file])) == 3


def test_an_export_makes_no_folder(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["store", "export", "nowhere/replies.jsonl"]) == 2
    assert "no such folder" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_a_secret_is_neither_exported_nor_imported(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(filled)
    store.save(leaky := recording(request("Key?"), "It is sk-" + "a1b2c3d4" * 4))
    store.close()
    assert run(["store", "export", "replies.jsonl"]) == 2
    assert "looks like a secret" in capsys.readouterr().err
    assert not (tmp_path / "replies.jsonl").exists()
    (tmp_path / "theirs.jsonl").write_text(leaky.to_line() + "\n")
    assert run(["store", "import", "theirs.jsonl"]) == 2
    assert "looks like a secret" in capsys.readouterr().err


def test_an_import_of_what_is_no_recording_takes_nothing(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, edited = recording(request("Good?")), recording(request("Edited?"))
    forged = edited.to_line().replace("Edited?", "Forged?")
    (tmp_path / "theirs.jsonl").write_text(f"{good.to_line()}\n{forged}\n")
    assert run(["store", "import", "theirs.jsonl"]) == 2
    assert "theirs.jsonl:2: " in capsys.readouterr().err
    assert run(["store", "import", "nowhere.jsonl"]) == 2
    assert "there is no such file" in capsys.readouterr().err
    assert Store(filled).count() == 3


def test_an_import_leaves_what_is_held_as_it_is(filled: Path, tmp_path: Path) -> None:
    held = days_old(0, "New?")
    other = recording(request("New?"), "Another reply to the same request.")
    write_recordings(tmp_path / "theirs.jsonl", [other])
    assert run(["store", "import", "theirs.jsonl"]) == 0
    kept = Store(filled).get(held.key)
    assert kept is not None
    assert kept.reply == held.reply


def test_a_batch_that_is_given_up_is_awaited_no_more(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = "2026-11-21T08:00:00+00:00"
    book = BatchBook(Store(path))
    book.begin(Batch("mine", "http://here/v1", began, frozenset(["a", "b"])))
    book.created("mine", "batch_1")

    assert run(["store", "forget-batch", "batch_1"]) == 0
    assert capsys.readouterr().out == "batch batch_1: 2 replies awaited no more\n"
    assert book.under_way() == []
    assert run(["store", "forget-batch", "batch_1"]) == 2
    assert "there is no batch 'batch_1' under way" in capsys.readouterr().err
