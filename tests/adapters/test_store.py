from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from answerbot.adapters.store import (
    VERSION,
    DamagedReplyError,
    Holding,
    Store,
    StoreError,
    Which,
)
from answerbot.domain.llm import Message, ReplySchema, Request
from tests.adapters.requests import kept, recording, request


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


OLD = range(1, VERSION)


@pytest.fixture(params=OLD)
def made_by(request: pytest.FixtureRequest) -> int:
    """The version of the schema of an older store."""
    return int(request.param)


@pytest.fixture
def old(repository: Path, path: Path, made_by: int) -> Path:
    """A store that an earlier version of the program made."""
    path.parent.mkdir()
    shutil.copy(repository / "tests" / "data" / f"store-version-{made_by}.sqlite3", path)
    return path


def version(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        found = int(connection.execute("pragma user_version").fetchone()[0])
    connection.close()
    return found


def test_an_older_store_is_brought_up_to_date_and_keeps_all_that_it_held(
    old: Path, made_by: int
) -> None:
    assert version(old) == made_by
    store = Store(old)
    assert store.get(request().key) == recording(request())
    large = recording(request("What is an LSTM?", model="large"), "A gated network.")
    assert store.get(large.key) == large
    assert store.ability("http://127.0.0.1/v1", "small") == (
        '{"rung": "tools", "refused": [], "proven": true}'
    )
    when = "2026-01-02T03:04:05+00:00"
    assert store.holdings() == [Holding("large", 1, when, when), Holding("small", 1, when, when)]
    assert store.save(recording(request("New?"))) == 1
    assert store.check() is None
    store.close()
    assert version(old) == VERSION


def open_and_close(path: Path) -> None:
    Store(path).count()


@pytest.mark.parametrize("made_by", [1], indirect=True)
def test_processes_that_find_an_older_store_together_bring_it_up_to_date_once(old: Path) -> None:
    context = multiprocessing.get_context("spawn")
    openers = [context.Process(target=open_and_close, args=(old,)) for _ in range(3)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert [opener.exitcode for opener in openers] == [0, 0, 0]
    assert Store(old).count() == 2


def test_an_update_that_is_broken_off_leaves_the_store_as_it_was(
    old: Path, made_by: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from answerbot.adapters import store

    *first, last = store._MIGRATIONS
    monkeypatch.setattr(store, "_MIGRATIONS", (*first, (*last, "create nonsense")))
    with pytest.raises(StoreError):
        Store(old).count()
    monkeypatch.undo()
    assert version(old) == made_by
    assert Store(old).count() == 2


def test_a_store_is_moved_by_moving_its_file_once_it_is_closed(path: Path, tmp_path: Path) -> None:
    store = Store(path)
    store.save(recording(request()))
    store.close()
    assert [file.name for file in path.parent.iterdir()] == ["store.sqlite3"]
    moved = path.rename(tmp_path / "elsewhere.sqlite3")
    assert Store(moved).get(request().key) == recording(request())


def test_many_are_saved_at_once_and_the_new_ones_counted(path: Path) -> None:
    store = Store(path)
    one, two = recording(request("One?")), recording(request("Two?"))
    assert store.save(one) == 1
    assert store.save(one, two, two) == 1
    assert one.key in store
    assert "0" * 64 not in store
    assert sorted(store.recordings(), key=lambda each: each.key) == sorted(
        [one, two], key=lambda each: each.key
    )


def test_what_is_old_or_of_a_model_is_found_and_deleted(path: Path) -> None:
    store = Store(path)
    for number in range(1200):  # more than are read at a time
        when = f"2026-01-01T00:{number // 60:02}:{number % 60:02}+00:00"
        store.save(recording(request(f"{number}?")).model_copy(update={"recorded_at": when}))
    store.save(recording(request("Large?", model="large")))
    early = Which(("small",), "2026-01-01T00:10:00+00:00")
    assert store.count(early) == 600
    assert len(list(store.recordings(early))) == 600
    assert store.prune(early) == 600
    assert (store.count(), store.count(Which(("large",)))) == (601, 1)
    assert store.count(Which(before="2026-01-01T00:10:00+00:00")) == 0
    store.compact()
    assert store.check() is None


def put(path: Path, key: str, line: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("insert or replace into replies (key, line) values (?, ?)", (key, line))
    connection.close()


def test_what_is_damaged_or_lacks_what_was_asked_for_is_of_no_use(path: Path) -> None:
    store = Store(path)
    schema = ReplySchema(name="Sum", json_schema={"type": "object", "required": ["sum"]})
    asked = [request(f"{number}?", reply_schema=schema) for number in range(3)]
    texts = ['{"sum": 5}', '{"product": 6}', "Five."]
    store.save(*(recording(one, text) for one, text in zip(asked, texts, strict=True)))
    store.save(recording(request("Empty?"), " \n"), recording(request("Fine?")))
    right, wrong = recording(request("Torn?")), recording(request("Other?"))
    put(path, right.key, right.to_line()[:50])
    put(path, "f" * 64, wrong.to_line())
    assert store.unusable().keys() == {
        asked[1].key,
        asked[2].key,
        request("Empty?").key,
        right.key,
        "f" * 64,
    }
    with pytest.raises(DamagedReplyError, match="damaged") as caught:
        store.get(right.key)
    assert "store prune --unusable" in str(caught.value)
    assert not caught.value.stops_all
    store.forget(store.unusable())
    assert store.unusable() == {}
    assert store.count() == 2


def test_a_commit_returns_once_it_is_on_the_disk(path: Path) -> None:
    with Store(path).writing() as connection:
        assert connection.execute("pragma synchronous").fetchone() == (2,)  # full
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(("second", "of_no_use"), [('{"sum": 5}', 0), ("Five, I said.", 2)])
def test_a_reply_that_was_sent_back_is_of_use_where_the_second_one_is(
    path: Path, second: str, of_no_use: int
) -> None:
    store = Store(path)
    schema = ReplySchema(name="Sum", json_schema={"type": "object", "required": ["sum"]})
    asked = request("2 + 3?", reply_schema=schema)
    answered = recording(asked, "Five.")
    again = Message(role="assistant", content="Five."), Message(role="user", content="As JSON.")
    corrected = Request(**asked.sent() | {"messages": (*asked.messages, *again)})
    store.save(answered, recording(corrected, second))
    assert len(store.unusable()) == of_no_use
    store.mark({answered.key: "invalid"})
    assert len(store.unusable()) == of_no_use


def test_another_reply_than_the_one_that_was_sent_back_is_of_no_use(path: Path) -> None:
    store = Store(path)
    schema = ReplySchema(name="Sum", json_schema={"type": "object", "required": ["sum"]})
    asked = request("2 + 3?", reply_schema=schema)
    again = Message(role="assistant", content="Six."), Message(role="user", content="As JSON.")
    corrected = Request(**asked.sent() | {"messages": (*asked.messages, *again)})
    store.save(recording(asked, "Five."), recording(corrected, '{"sum": 5}'))
    assert store.unusable().keys() == {asked.key}


def test_a_reply_of_no_use_is_kept_as_it_came_and_is_no_recording(path: Path) -> None:
    store = Store(path)
    store.keep(kept(request(), "refusal", '{"choices": [...]}'))
    assert Store(path).find(request().key) == kept(request(), "refusal", '{"choices": [...]}')
    assert store.get(request().key) is None
    assert request().key not in store
    assert list(store.recordings()) == []
    assert store.count(Which(("small",))) == 1
    assert store.unusable() == {request().key: "refusal: the model declined"}


def test_a_reply_of_use_takes_the_place_of_one_that_was_of_none(path: Path) -> None:
    store = Store(path)
    store.keep(kept(request(), "empty", "{}"))
    assert store.save(recording(request())) == 1
    store.keep(kept(request(), "empty", "{}"))
    assert store.get(request().key) == recording(request())
    assert store.find(request().key) == store.get(request().key)
    assert store.unusable() == {}


def test_a_reply_that_turned_out_to_be_of_no_use_stays_and_is_marked(path: Path) -> None:
    store = Store(path)
    wrong, right = recording(request("Wrong?")), recording(request("Right?"))
    store.save(wrong, right)
    store.mark({wrong.key[:20]: "invalid"})
    assert store.get(wrong.key) == wrong
    (found,) = store.unusable().items()
    assert found[0] == wrong.key
    assert found[1].startswith("invalid: ")


def test_a_kept_reply_that_is_damaged_is_of_no_use_and_an_error_where_it_is_read(
    path: Path,
) -> None:
    store = Store(path)
    store.keep(kept(request(), "empty", "{}"))
    with sqlite3.connect(path) as connection:
        connection.execute("update replies set line = substr(line, 1, 40)")
    connection.close()
    with pytest.raises(DamagedReplyError, match="damaged"):
        store.find(request().key)
    assert "damaged" in store.unusable()[request().key]
