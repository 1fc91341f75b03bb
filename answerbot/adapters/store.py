"""The store: every reply that an endpoint gave, and what it turned out to support, in SQLite.

The tables of batches under way are in the same file; `batch_book` writes and reads them.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from answerbot.adapters.faults import FAULTS
from answerbot.adapters.files import sync_folder
from answerbot.adapters.kept import KeptReply
from answerbot.domain.errors import InputError, Location, NotFinishedError, Problem
from answerbot.domain.llm import Request
from answerbot.domain.recording import Recording

# What makes each version of the schema out of the one before it; the first, of an empty file.
# A line that is damaged must not keep the others from being opened: hence json_valid.
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "create table if not exists replies (key text primary key, line text not null) "
        "without rowid",
        "create table if not exists abilities (endpoint text, model text, value text not null, "
        "primary key (endpoint, model)) without rowid",
    ),
    (
        "alter table replies add column model text generated always as "
        "(case when json_valid(line) then json_extract(line, '$.request.model') end) virtual",
        "alter table replies add column recorded_at text generated always as "
        "(case when json_valid(line) then json_extract(line, '$.recorded_at') end) virtual",
        "create index replies_by_model on replies (model, recorded_at)",
    ),
    (
        "create table batches (name text primary key, id text, endpoint text not null, "
        "began text not null) without rowid",
        "create table batched (batch text not null, key text not null, "
        "primary key (batch, key)) without rowid",
        "create index batched_by_key on batched (key)",
    ),
    (
        # Of a reply that is of no use: the name of its fault, and whether it stands as it came.
        "alter table replies add column outcome text",
        "alter table replies add column raw integer not null default 0",
        "create index replies_of_no_use on replies (outcome) where outcome is not null",
    ),
)
VERSION = len(_MIGRATIONS)
"""Of the schema that this program reads and writes; older files are brought up to it."""

# A key is of hexadecimal digits, which all come before 'g'.
_BEGINS = "key >= ?1 and key < ?1 || 'g'"
_ELSEWHERE = "or let ANSWERBOT_STORE name another file"
_TAKE_OUT = "`answerbot store prune --unusable` takes it out; it would have to be paid for again"


class StoreError(NotFinishedError):
    """The store cannot be used, so nothing more is to be paid for."""

    stops_all = True
    code = "store"


class DamagedReplyError(StoreError):
    """One reply in the store cannot be read; nothing is amiss with the others."""

    stops_all = False
    code = "damaged-reply"


@dataclass(frozen=True, slots=True)
class Holding:
    """The replies of one model; `oldest` and `newest` are ISO 8601 in UTC."""

    model: str
    replies: int
    oldest: str
    newest: str


@dataclass(frozen=True, slots=True)
class Which:
    """Replies of any of these models (all, where none is named) that are older than `before`."""

    models: tuple[str, ...] = ()
    before: str | None = None

    @property
    def where(self) -> tuple[str, tuple[str, ...]]:
        """The condition in SQL, and what it is about."""
        parts, values = ["true"], list(self.models)
        if self.models:
            parts.append(f"model in ({', '.join('?' * len(self.models))})")
        if self.before is not None:
            parts.append("recorded_at < ?")
            values.append(self.before)
        return " and ".join(parts), tuple(values)


EVERY = Which()


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    line: str
    outcome: str | None
    raw: int


@dataclass
class _Connection:
    lock: threading.Lock = field(default_factory=threading.Lock)
    open: sqlite3.Connection | None = None


class Store:
    """Replies by key, kept for good: what `save` returned from survives a crash.

    Several processes and threads may use the same file at once.

    Raises (on use):
        StoreError: the file is damaged, locked, not writable, or of a newer version.
    """

    def __init__(self, path: Path, *, wait: float = 30.0) -> None:
        self.path = path
        self._wait = wait
        self._writer = _Connection()
        self._reader = _Connection()

    def get(self, key: str, asked: Request | None = None) -> Recording | None:
        """The reply that was saved under this key; sooner with the request that is `asked`.

        Raises:
            DamagedReplyError: it cannot be read.
        """
        with self.reading() as connection:
            row = connection.execute(
                "select line from replies where key = ? and not raw", (key,)
            ).fetchone()
        return None if row is None else self._read(key, row[0], asked)

    def find(self, key: str, asked: Request | None = None) -> Recording | KeptReply | None:
        """The reply that was saved under this key, or the one of no use that `keep` kept there.

        Raises:
            DamagedReplyError: it cannot be read.
        """
        with self.reading() as connection:
            row = connection.execute(
                "select line, raw from replies where key = ?", (key,)
            ).fetchone()
        if row is None:
            return None
        line, raw = row
        return self._read_kept(key, line) if raw else self._read(key, line, asked)

    def __contains__(self, key: str) -> bool:
        with self.reading() as connection:
            row = connection.execute(
                "select 1 from replies where key = ? and not raw", (key,)
            ).fetchone()
        return row is not None

    def save(self, *recordings: Recording) -> int:
        """The replies are on disk; the first one that was saved under a key stays.

        One of no use that was kept there gives way. Tells how many are new.
        """
        rows = [(recording.key, recording.model_dump_json()) for recording in recordings]
        with self.writing() as connection, connection:
            before = connection.total_changes
            connection.executemany(
                "insert into replies (key, line) values (?, ?) on conflict (key) do update "
                "set line = excluded.line, outcome = null, raw = 0 where raw",
                rows,
            )
            return connection.total_changes - before

    def keep(self, *replies: KeptReply) -> None:
        """These replies of no use are on disk, as they came."""
        rows = [(reply.key, reply.to_line(), reply.outcome) for reply in replies]
        with self.writing() as connection, connection:
            connection.executemany(
                "insert or ignore into replies (key, line, outcome, raw) values (?, ?, ?, 1)", rows
            )

    def mark(self, outcomes: Mapping[str, str]) -> None:
        """Replies whose keys begin so turned out to be of no use, for the fault of this name."""
        with self.writing() as connection, connection:
            connection.executemany(
                f"update replies set outcome = ?2 where {_BEGINS} and not raw", outcomes.items()
            )

    def recordings(
        self, which: Which = EVERY, *, damaged: dict[str, str] | None = None
    ) -> Iterator[Recording]:
        """These replies, by key; those that were kept as they came are none.

        Of those that cannot be read, `damaged` has the keys afterwards, and why.

        Raises:
            DamagedReplyError: one cannot be read, and there is no `damaged`.
        """
        for row in self._rows(which):
            if row.raw:
                continue
            try:
                yield self._read(row.key, row.line)
            except DamagedReplyError as error:
                if damaged is None:
                    raise
                damaged[row.key] = error.problems[0].what

    def unusable(self, which: Which = EVERY) -> dict[str, str]:
        """The keys of those that answer nothing, and why: what came, or that it is damaged.

        Every one is read. One that was sent back, and got a reply of use, is of use itself: without
        it both would have to be paid for again.
        """
        found = {row.key: fault for row in self._rows(which) if (fault := self._fault(row))}
        mended = self._mended() if found else set()
        return {key: why for key, why in found.items() if (key, self._text(key)) not in mended}

    def _mended(self) -> set[tuple[str, str]]:
        """Key and text of the replies that were sent back and got a reply of use."""
        mended = set()
        for row in self._rows(EVERY):
            if '"assistant"' not in row.line or self._fault(row):
                continue
            request = self._read(row.key, row.line).request
            before, end = request.messages[:-2], request.messages[-2:]
            if before and end[0].role == "assistant":
                asked = Request(**request.sent() | {"messages": before})
                mended.add((asked.key, end[0].content))
        return mended

    def _text(self, key: str) -> str | None:
        """What the reply says; None of one that is damaged, or was kept as it came."""
        with suppress(DamagedReplyError):
            return found.reply.text if (found := self.get(key)) else None
        return None

    def forget(self, keys: Iterable[str]) -> None:
        """No reply is held any more, nor awaited of a batch, whose key begins with one of these."""
        with self.writing() as connection, connection:
            for key in keys:
                for table in ("replies", "batched"):
                    connection.execute(f"delete from {table} where {_BEGINS}", (key,))

    def count(self, which: Which = EVERY) -> int:
        """How many such replies there are."""
        where, values = which.where
        with self.reading() as connection:
            row = connection.execute(
                f"select count(*) from replies where {where}", values
            ).fetchone()
        return int(row[0])

    def holdings(self) -> list[Holding]:
        """How many replies of which model there are, and how old they are."""
        with self.reading() as connection:
            rows = connection.execute(
                "select coalesce(model, '?'), count(*), coalesce(min(recorded_at), '?'), "
                "coalesce(max(recorded_at), '?') from replies group by model order by model"
            ).fetchall()
        return [Holding(*row) for row in rows]

    def prune(self, which: Which) -> int:
        """Such replies are held no more; tells how many there were."""
        where, values = which.where
        with self.writing() as connection, connection:
            return connection.execute(f"delete from replies where {where}", values).rowcount

    def compact(self) -> None:
        """The file is no larger than its replies need.

        Raises:
            StoreError: another process uses it, or the disk has no room for a copy; all is there.
        """
        with self.writing() as connection:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")

    def ability(self, endpoint: str, model: str) -> str | None:
        """What was remembered about a model at an endpoint."""
        with self.reading() as connection:
            row = connection.execute(
                "select value from abilities where endpoint = ? and model = ?", (endpoint, model)
            ).fetchone()
        return None if row is None else str(row[0])

    def remember_ability(self, endpoint: str, model: str, value: str) -> None:
        """This is remembered about a model at an endpoint, and what was before is forgotten."""
        with self.writing() as connection, connection:
            connection.execute(
                "insert or replace into abilities values (?, ?, ?)", (endpoint, model, value)
            )

    def prove_writable(self) -> None:
        """A reply could be saved now: to be asked before anything is paid for."""
        with self.writing() as connection, connection:
            # Committed, as a full disk shows only there.
            connection.execute("insert or replace into abilities values ('', '', '')")
            connection.execute("delete from abilities where endpoint = ''")

    def check(self) -> str | None:
        """What SQLite finds damaged, or None."""
        with self.reading() as connection:
            row = connection.execute("pragma integrity_check(1)").fetchone()
        said = str(row[0]).removeprefix("*** in database main ***").strip()
        return None if said == "ok" else said

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection for whoever keeps something else in the same file; it writes nothing."""
        # Not the writer's: who reads does not wait for the disk under a commit.
        return self._using(self._reader)

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """The connection that writes, for one at a time."""
        return self._using(self._writer)

    def close(self) -> None:
        """The file is let go of."""
        for one in (self._reader, self._writer):
            with one.lock:
                if one.open is not None:
                    one.open.close()
                    one.open = None

    @contextmanager
    def _using(self, one: _Connection) -> Iterator[sqlite3.Connection]:
        with one.lock:
            try:
                if one.open is None:
                    one.open = self._connect()
                yield one.open
            except (sqlite3.Error, OSError) as error:
                raise StoreError(self._problem(error)) from error

    def _fault(self, row: _Row) -> str | None:
        try:
            if row.raw:
                self._read_kept(row.key, row.line)
            else:
                lacking = self._read(row.key, row.line).fault
                if row.outcome is None:
                    return lacking
        except DamagedReplyError as error:
            return error.problems[0].what
        fault = FAULTS.get(str(row.outcome))
        return f"{row.outcome}: {fault.came}" if fault else row.outcome

    def _rows(self, which: Which) -> Iterator[_Row]:
        """Some at a time: they may be more than memory holds, and others want the lock."""
        where, values = which.where
        last = ""
        while True:
            with self.reading() as connection:
                rows = connection.execute(
                    "select key, line, outcome, raw from replies "
                    f"where {where} and key > ? order by key limit 500",
                    (*values, last),
                ).fetchall()
            if not rows:
                return
            yield from (_Row(*row) for row in rows)
            last = rows[-1][0]

    def _read(self, key: str, line: str, asked: Request | None = None) -> Recording:
        place = Location(str(self.path))
        try:
            recording = Recording.from_line(line, place, asked)
        except InputError as error:
            what = f"reply {key[:12]} is damaged: {error.problems[0].what}"
            raise DamagedReplyError(Problem(what, place, _TAKE_OUT)) from None
        if recording.key != key:
            what = f"reply {key[:12]} is damaged: it is kept under the key of another request"
            raise DamagedReplyError(Problem(what, place, _TAKE_OUT))
        return recording

    def _read_kept(self, key: str, line: str) -> KeptReply:
        place = Location(str(self.path))
        try:
            return KeptReply.from_line(line, place)
        except InputError:
            what = f"reply {key[:12]} is damaged"
            raise DamagedReplyError(Problem(what, place, _TAKE_OUT)) from None

    def _connect(self) -> sqlite3.Connection:
        if not self.path.parent.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(self.path.parent.parent)
        connection = sqlite3.connect(self.path, timeout=self._wait, check_same_thread=False)
        try:
            # Every commit is on the disk, and not only handed to the system, when it returns.
            connection.execute("pragma synchronous = full")
            if _version(connection) != VERSION:
                _migrate(connection)
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
        elif "full" in message or "I/O" in message:
            hint = "make room on the disk, or look whether it fails,"
        elif "newer program" in message:
            hint = "install that one again,"
        else:
            hint = "save what `answerbot store export` can read, move the file away,"
        what = f"the store of paid replies cannot be used: {message}"
        return Problem(what, Location(str(self.path)), f"{hint} {_ELSEWHERE}")


def _version(connection: sqlite3.Connection) -> int:
    version = int(connection.execute("pragma user_version").fetchone()[0])
    if version > VERSION:
        raise sqlite3.DatabaseError(f"it is of version {version}, made by a newer program")
    return version


def _migrate(connection: sqlite3.Connection) -> None:
    """The schema is of our version: all steps that were missing, or none."""
    connection.execute("pragma journal_mode = wal")
    with connection:
        connection.execute("begin immediate")
        for steps in _MIGRATIONS[_version(connection) :]:  # another process may have been quicker
            for step in steps:
                connection.execute(step)
        connection.execute(f"pragma user_version = {VERSION}")
