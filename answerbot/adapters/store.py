"""The store: every reply that an endpoint gave, and what it turned out to support, in SQLite."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from answerbot.domain.errors import Location, NotFinishedError, Problem
from answerbot.domain.recording import Recording

_VERSION = 1
_SCHEMA = """
create table if not exists replies (key text primary key, line text not null) without rowid;
create table if not exists abilities (
    endpoint text, model text, value text not null, primary key (endpoint, model)
) without rowid;
"""
_ELSEWHERE = "or let ANSWERBOT_STORE name another file"


class StoreError(NotFinishedError):
    """The store cannot be used, so nothing more is to be paid for."""

    stops_all = True


class Store:
    """Replies by key, kept for good: what `save` returned from survives a crash.

    Several processes and threads may use the same file at once.

    Raises (on use):
        StoreError: the file is damaged, locked, not writable, or of a newer version.
    """

    def __init__(self, path: Path, *, wait: float = 30.0) -> None:
        self.path = path
        self._wait = wait
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None

    def get(self, key: str) -> Recording | None:
        """The reply that was saved under this key."""
        with self._using() as connection:
            row = connection.execute("select line from replies where key = ?", (key,)).fetchone()
        return None if row is None else Recording.from_line(row[0], Location(str(self.path)))

    def save(self, recording: Recording) -> None:
        """The reply is on disk; the first one that was saved under its key stays."""
        with self._using() as connection, connection:
            connection.execute(
                "insert or ignore into replies values (?, ?)", (recording.key, recording.to_line())
            )

    def forget(self, keys: Iterable[str]) -> None:
        """No reply is held any more whose key begins with one of these."""
        with self._using() as connection, connection:
            connection.executemany(
                "delete from replies where substr(key, 1, length(?1)) = ?1",
                ((key,) for key in keys),
            )

    def count(self) -> int:
        """How many replies there are."""
        with self._using() as connection:
            row = connection.execute("select count(*) from replies").fetchone()
        return int(row[0])

    def ability(self, endpoint: str, model: str) -> str | None:
        """What was remembered about a model at an endpoint."""
        with self._using() as connection:
            row = connection.execute(
                "select value from abilities where endpoint = ? and model = ?", (endpoint, model)
            ).fetchone()
        return None if row is None else str(row[0])

    def remember_ability(self, endpoint: str, model: str, value: str) -> None:
        """This is remembered about a model at an endpoint, and what was before is forgotten."""
        with self._using() as connection, connection:
            connection.execute(
                "insert or replace into abilities values (?, ?, ?)", (endpoint, model, value)
            )

    def prove_writable(self) -> None:
        """A reply could be saved now: to be asked before anything is paid for."""
        with self._using() as connection:
            connection.execute("begin immediate")
            connection.execute("create table probe (x)")
            connection.rollback()

    def check(self) -> str | None:
        """What SQLite finds damaged, or None."""
        with self._using() as connection:
            row = connection.execute("pragma quick_check(1)").fetchone()
        return None if row[0] == "ok" else str(row[0])

    def close(self) -> None:
        """The file is let go of."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                if self._open is None:
                    self._open = self._connect()
                yield self._open
            except (sqlite3.Error, OSError) as error:
                raise StoreError(self._problem(error)) from error

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=self._wait, check_same_thread=False)
        try:
            version = int(connection.execute("pragma user_version").fetchone()[0])
            if version > _VERSION:
                raise sqlite3.DatabaseError(f"it is of version {version}, made by a newer program")
            connection.execute("pragma synchronous = full")
            if version < _VERSION:
                connection.execute("pragma journal_mode = wal")
                connection.executescript(f"{_SCHEMA} pragma user_version = {_VERSION};")
        except BaseException:
            connection.close()
            raise
        return connection

    def _problem(self, error: Exception) -> Problem:
        message = str(error)
        if "locked" in message:
            hint = "another process holds it: wait for that one to end,"
        elif "readonly" in message or "unable to open" in message or isinstance(error, OSError):
            hint = "make the file and its folder writable,"
        elif "full" in message:
            hint = "make room on the disk,"
        else:
            hint = "move the file away (its replies would have to be paid for again),"
        what = f"the store of paid replies cannot be used: {message}"
        return Problem(what, Location(str(self.path)), f"{hint} {_ELSEWHERE}")
