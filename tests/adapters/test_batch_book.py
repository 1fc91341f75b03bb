from __future__ import annotations

from pathlib import Path

import pytest

from answerbot.adapters.batch_book import Batch, BatchBook
from answerbot.adapters.store import Store
from tests.adapters.requests import recording, request

HERE = "http://127.0.0.1/v1"
FIRST, SECOND = request("one"), request("two")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store.sqlite3")


def batch(name: str, *keys: str, began: str = "2026-11-21T08:00:00+00:00") -> Batch:
    return Batch(name, HERE, began, frozenset(keys))


def test_a_batch_is_under_way_from_before_it_is_created(store: Store, tmp_path: Path) -> None:
    BatchBook(store).begin(batch("a", FIRST.key, SECOND.key))
    store.close()
    book = BatchBook(Store(tmp_path / "store.sqlite3"))
    assert book.under_way(HERE) == [batch("a", FIRST.key, SECOND.key)]
    book.created("a", "batch_1")
    assert [one.id for one in book.under_way(HERE)] == ["batch_1"]
    assert book.under_way("http://elsewhere/v1") == []


def test_nothing_is_awaited_of_a_batch_once_its_replies_are_stored(store: Store) -> None:
    book = BatchBook(store)
    book.begin(batch("a", FIRST.key, SECOND.key))
    store.save(recording(FIRST))
    book.settle()
    assert book.under_way(HERE) == [batch("a", SECOND.key)]
    store.save(recording(SECOND))
    book.settle()
    assert book.under_way(HERE) == []


def test_a_reply_that_is_forgotten_is_not_taken_from_its_batch_again(store: Store) -> None:
    book = BatchBook(store)
    book.begin(batch("a", FIRST.key, SECOND.key))
    store.save(recording(FIRST))
    store.forget([FIRST.key])
    assert book.under_way(HERE) == [batch("a", SECOND.key)]


def test_what_failed_for_good_and_what_is_long_past_is_awaited_no_more(store: Store) -> None:
    book = BatchBook(store)
    book.begin(batch("old", FIRST.key, began="2026-10-01T08:00:00+00:00"))
    book.begin(batch("new", FIRST.key, SECOND.key))
    book.settle(before="2026-11-01")
    assert book.under_way(HERE) == [batch("new", FIRST.key, SECOND.key)]
    book.settle([("old", SECOND.key), ("new", FIRST.key)])
    assert book.under_way(HERE) == [batch("new", SECOND.key)]
    book.end("new")
    assert book.under_way(HERE) == []


def test_a_batch_that_has_ended_leaves_nothing_behind(store: Store) -> None:
    book = BatchBook(store)
    book.begin(batch("a", FIRST.key))
    book.end("a")
    assert book.under_way(HERE) == []
    book.begin(batch("a", SECOND.key))
    assert book.under_way(HERE) == [batch("a", SECOND.key)]
