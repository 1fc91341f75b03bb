from __future__ import annotations

import multiprocessing
import os
import sqlite3
from pathlib import Path

import pytest

from answerbot.adapters.store import Store, StoreError
from tests.adapters.requests import recording, request


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.sqlite3"


def test_what_was_saved_is_there_for_another_process_at_once(path: Path) -> None:
    saved = recording(request())
    Store(path).save(saved)  # never closed, as after a crash
    assert Store(path).get(saved.key) == saved
    assert Store(path).get("0" * 64) is None


def test_the_first_reply_to_a_request_stays(path: Path) -> None:
    store = Store(path)
    store.save(recording(request(), "First."))
    store.save(recording(request(), "Second."))
    kept = store.get(request().key)
    assert kept is not None
    assert kept.reply.text == "First."
    assert store.count() == 1


def test_what_an_endpoint_supports_is_kept_for_each_endpoint_and_model(path: Path) -> None:
    store = Store(path)
    store.remember_ability("http://a/v1", "small", "old")
    store.remember_ability("http://a/v1", "small", "new")
    assert Store(path).ability("http://a/v1", "small") == "new"
    assert store.ability("http://b/v1", "small") is None
    assert store.ability("http://a/v1", "large") is None


def save_many(path: Path, name: str, count: int) -> None:
    store = Store(path)
    for number in range(count):
        store.save(recording(request(f"{name} {number}")))


def test_two_processes_lose_nothing_to_each_other(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=save_many, args=(path, name, 50)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    store = Store(path)
    assert store.count() == 100
    assert store.check() is None


def test_a_file_that_is_no_database_is_an_error_with_a_hint(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("This is not a database, but it is long enough to be taken for one.\n" * 20)
    with pytest.raises(StoreError, match="not a database") as caught:
        Store(path).get("0" * 64)
    assert "move the file away" in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_store_that_another_process_holds_is_an_error_with_a_hint(path: Path) -> None:
    Store(path).count()
    other = sqlite3.connect(path)
    other.execute("begin immediate")
    with pytest.raises(StoreError, match="wait for that one to end"):
        Store(path, wait=0).save(recording(request()))
    other.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_store_that_may_not_be_written_is_an_error_before_anything_is_paid(path: Path) -> None:
    Store(path).close()
    path.parent.mkdir(exist_ok=True)
    path.parent.chmod(0o500)
    with pytest.raises(StoreError, match="make the file and its folder writable"):
        Store(path).prove_writable()


def test_a_folder_in_the_place_of_the_store_is_an_error(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="make the file and its folder writable"):
        Store(path).prove_writable()


def test_a_store_of_a_newer_program_is_left_alone(path: Path) -> None:
    Store(path).count()
    with sqlite3.connect(path) as other:
        other.execute("pragma user_version = 99")
    other.close()
    with pytest.raises(StoreError, match="newer program"):
        Store(path).get("0" * 64)


def test_proving_that_it_is_writable_changes_nothing(path: Path) -> None:
    store = Store(path)
    store.prove_writable()
    store.prove_writable()
    assert store.count() == 0
