"""Which batches are under way, and which requests they hold; it stands in the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, replace

from answerbot.adapters.store import Store


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests that were handed to a batch service together.

    `name` is ours and stands in the batch's metadata, so that it is found there where `id`, the
    service's, is not known: None from before it was asked for until it came. `began` is ISO 8601 in
    UTC.
    """

    name: str
    endpoint: str
    began: str
    keys: frozenset[str]
    id: str | None = None

    def with_id(self, id_: str) -> Batch:
        """The same, under the id that the service gave it."""
        return replace(self, id=id_)


class BatchBook:
    """The batches under way, kept for good: what is written here survives a crash.

    Raises (on use):
        StoreError: as `Store`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, batch: Batch) -> None:
        """The batch is about to be asked for."""
        with self._store.writing() as connection, connection:
            connection.execute(
                "insert into batches values (?, ?, ?, ?)",
                (batch.name, batch.id, batch.endpoint, batch.began),
            )
            connection.executemany(
                "insert into batched values (?, ?)", ((batch.name, key) for key in batch.keys)
            )

    def created(self, name: str, id_: str) -> None:
        """The service has the batch under this id."""
        with self._store.writing() as connection, connection:
            connection.execute("update batches set id = ? where name = ?", (id_, name))

    def under_way(self, endpoint: str | None = None) -> list[Batch]:
        """The batches at the endpoint (or any) that replies are still awaited of, by their age."""
        with self._store.reading() as connection:
            rows = connection.execute(
                "select name, endpoint, began, id from batches "
                "where endpoint = coalesce(?, endpoint) order by began, name",
                (endpoint,),
            ).fetchall()
            return [
                Batch(name, where, began, _keys(connection, name), id_)
                for name, where, began, id_ in rows
            ]

    def end(self, name: str) -> None:
        """Nothing is awaited of this batch any more."""
        with self._store.writing() as connection, connection:
            connection.execute("delete from batched where batch = ?", (name,))
            connection.execute("delete from batches where name = ?", (name,))

    def settle(self, of_no_use: Collection[tuple[str, str]] = (), *, before: str = "") -> None:
        """Nothing is awaited any more of these batches for these keys, nor where a reply is stored.

        Batches of which nothing is awaited, and those that began before then, have ended.
        """
        with self._store.writing() as connection, connection:
            connection.executemany("delete from batched where batch = ? and key = ?", of_no_use)
            connection.execute("delete from batched where key in (select key from replies)")
            connection.execute(
                "delete from batched where batch in (select name from batches where began < ?)",
                (before,),
            )
            connection.execute("delete from batches where name not in (select batch from batched)")


def _keys(connection: sqlite3.Connection, batch: str) -> frozenset[str]:
    rows = connection.execute("select key from batched where batch = ?", (batch,))
    return frozenset(key for (key,) in rows)
