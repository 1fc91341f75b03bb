"""`answerbot store`: what the store of paid replies holds; thin it out, carry replies over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from answerbot.cli.options import Json
from answerbot.domain.errors import InputError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from answerbot.adapters.batch_book import Batch
    from answerbot.adapters.store import Holding, Store

store_app = typer.Typer(
    name="store", help="Look after the store of replies that were paid for.", rich_markup_mode=None
)

Models = Annotated[
    list[str] | None,
    typer.Option("--model", metavar="NAME", help="Only of this model: may be repeated."),
]
_SAVE = (
    "hint: `answerbot store export FILE.jsonl` saves what can be read; then move the file away, "
    "and `answerbot store import FILE.jsonl`"
)

Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit 1 if something would change.")
]


@store_app.command()
def status(as_json: Json = False) -> int:
    """Show what the store holds, and check the file and every reply in it.

    Exit code 1: the file is damaged, or a reply is of no use.
    """
    path = _path()
    if not path.exists():
        return _told({"path": str(path), "exists": False}, f"{path}: not there yet", as_json)
    found = _found(path)
    _told(_document(found), "\n".join(_lines(found)), as_json)
    return int(bool(found.damage or found.unusable))


@dataclass(frozen=True)
class _Found:
    """What a store holds, as far as it can be read, and what is wrong with it.

    `wal_bytes` are those before it was opened.
    """

    path: Path
    wal_bytes: int
    holdings: list[Holding]
    unusable: dict[str, str]
    damage: str | None
    batches: list[Batch]

    @property
    def replies(self) -> int:
        return sum(one.replies for one in self.holdings)


def _found(path: Path) -> _Found:
    from answerbot.adapters.batch_book import BatchBook
    from answerbot.adapters.store import StoreError

    wal_bytes = _size(path.with_name(f"{path.name}-wal"))
    with _opened() as store:
        damage = store.check()
        try:
            holdings, unusable = store.holdings(), store.unusable()
            return _Found(path, wal_bytes, holdings, unusable, damage, BatchBook(store).under_way())
        except StoreError:
            if damage is None:
                raise
            return _Found(path, wal_bytes, [], {}, damage, [])


def _document(found: _Found) -> dict[str, Any]:
    from dataclasses import asdict

    from answerbot.adapters.store import VERSION

    return {
        "path": str(found.path),
        "exists": True,
        "schema": VERSION,
        "bytes": _size(found.path),
        "wal_bytes": found.wal_bytes,
        "replies": found.replies,
        "models": [asdict(one) for one in found.holdings],
        "unusable": [{"key": key, "why": why} for key, why in found.unusable.items()],
        "damage": found.damage,
        "batches": [
            {"id": one.id, "endpoint": one.endpoint, "began": one.began, "awaited": len(one.keys)}
            for one in found.batches
        ],
    }


def _lines(found: _Found) -> Iterator[str]:
    from answerbot.adapters.store import VERSION
    from answerbot.cli.showing import counted

    unknown = found.damage is not None and not found.holdings
    replies = (
        "nobody knows how many replies" if unknown else counted(found.replies, "reply", "replies")
    )
    yield f"{found.path}: {replies}, {_megabytes(_size(found.path))}, schema {VERSION}"
    for held in found.holdings:
        yield f"  {held.model}: {held.replies:,}, {held.oldest} to {held.newest}"
    for one in found.batches:
        awaited = counted(len(one.keys), "reply", "replies")
        name = one.id or f"{one.name} (no id came)"
        yield f"  batch {name} at {one.endpoint}, begun {one.began}: {awaited} awaited"
    if found.wal_bytes:
        yield f"  {_megabytes(found.wal_bytes)} were in its -wal file, which belongs to it"
    if found.unusable:
        told = f"{counted(len(found.unusable), 'reply', 'replies')} of no use"
        yield f"  {told}: `answerbot store prune --unusable`"
        yield from _some(found.unusable)
    yield f"  damaged: {found.damage}\n  {_SAVE}" if found.damage else "  the file is sound"


@store_app.command()
def prune(
    older_than: Annotated[
        int | None,
        typer.Option(
            "--older-than",
            metavar="DAYS",
            min=0,
            max=36_500,
            help="Only what is older than so many days.",
        ),
    ] = None,
    model: Models = None,
    unusable: Annotated[
        bool, typer.Option("--unusable", help="Only what is damaged or answers nothing.")
    ] = False,
    check: Check = False,
    as_json: Json = False,
) -> int:
    """Delete replies for good: those that fit all options.

    A run that needs one of them again pays for it again.
    """
    if older_than is None and not model and not unusable:
        hint = "--older-than DAYS, --model NAME or --unusable; all of them: --older-than 0"
        raise InputError(Problem("nothing says what to delete", hint=hint))
    from answerbot.adapters.store import StoreError, Which
    from answerbot.cli.notices import notice
    from answerbot.cli.showing import counted

    _require_store()
    which = Which(tuple(model or ()), _days_ago(older_than))
    with _opened() as store:
        keys = store.unusable(which) if unusable else None
        number = store.count(which) if keys is None else len(keys)
        if not check and number:
            if keys is None:
                number = store.prune(which)
            else:
                store.forget(keys)
            try:
                store.compact()
            except StoreError as error:
                notice(f"the file is as large as before: {error.problems[0].what}")
        left = store.count() - (number if check else 0)
    verb = "would be deleted" if check else "deleted"
    document = {"path": str(_path()), "deleted": number, "left": left, "written": not check}
    text = f"{counted(number, 'reply', 'replies')} {verb}, {left:,} left"
    return _told(document, text, as_json, code=int(check and number > 0))


@store_app.command(name="forget-batch")
def forget_batch(
    batch: Annotated[str, typer.Argument(metavar="ID", help="A batch that `status` shows.")],
    as_json: Json = False,
) -> int:
    """Await nothing more of a batch: what it holds is asked for, and paid for, anew."""
    from answerbot.adapters.batch_book import BatchBook
    from answerbot.cli.showing import counted

    _require_store()
    with _opened() as store:
        book = BatchBook(store)
        found = next((one for one in book.under_way() if batch in (one.id, one.name)), None)
        if found is None:
            hint = "`answerbot store status` shows the batches under way"
            raise InputError(Problem(f"there is no batch {batch!r} under way", hint=hint))
        book.end(found.name)
    document = {"path": str(_path()), "batch": found.id, "forgotten": len(found.keys)}
    told = counted(len(found.keys), "reply", "replies")
    return _told(document, f"batch {batch}: {told} awaited no more", as_json)


@store_app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="The recordings to write.")],
    model: Models = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: Json = False,
) -> int:
    """Write replies as a file of recordings, to keep, to replay or to carry elsewhere.

    Nothing is written where one of them holds what looks like a key or password. Exit code 1: some
    are damaged, and left out.
    """
    from answerbot.adapters.recordings import write_recordings
    from answerbot.adapters.store import Which
    from answerbot.cli.outputs import refuse_unwritable
    from answerbot.cli.showing import counted

    refuse_unwritable([file], "FILE.jsonl")
    if file.exists() and not force:
        hint = "name another file, or --force"
        raise InputError(Problem("this file is there already", Location(str(file)), hint))
    _require_store()
    with _opened() as store:
        damaged: dict[str, str] = {}
        recordings = list(store.recordings(Which(tuple(model or ())), damaged=damaged))
    write_recordings(file, recordings)
    document = {
        "path": str(_path()),
        "file": str(file),
        "exported": len(recordings),
        "damaged": [{"key": key, "why": why} for key, why in damaged.items()],
    }
    lines = [f"{file}: {counted(len(recordings), 'recording')}"]
    if damaged:
        told = f"{counted(len(damaged), 'reply', 'replies')} left out"
        lines += [f"  {told}: `answerbot store prune --unusable`", *_some(damaged)]
    return _told(document, "\n".join(lines), as_json, code=int(bool(damaged)))


@store_app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE.jsonl...", help="Recordings, or folders of them.")
    ],
    check: Check = False,
    as_json: Json = False,
) -> int:
    """Take recordings into the store.

    Each is proved to be one, with the key of its request, and to hold no secret. What the store
    holds already stays as it is.
    """
    from answerbot.adapters.recordings import load_recordings
    from answerbot.cli.showing import counted

    for path in files:
        if not path.exists():
            raise InputError(Problem("there is no such file", Location(str(path))))
    recordings = list(load_recordings(files).all())
    with _opened() as store:
        new = [one for one in recordings if one.key not in store]
        if not check:
            store.save(*new)
    number, held = len(new), len(recordings) - len(new)
    document = {"path": str(_path()), "imported": number, "held": held, "written": not check}
    verb = "would be imported" if check else "imported"
    text = f"{counted(number, 'reply', 'replies')} {verb}, {held:,} held already"
    return _told(document, text, as_json, code=int(check and number > 0))


def _path() -> Path:
    from answerbot.adapters.config import load_config

    return load_config().store_path()


def _require_store() -> None:
    """There is a store.

    Raises:
        InputError: there is none, so that there is nothing to delete or to export.
    """
    path = _path()
    if not path.exists():
        hint = "ANSWERBOT_STORE or [model] store names it"
        raise InputError(Problem("there is no store", Location(str(path)), hint))


def _opened() -> AbstractContextManager[Store]:
    from contextlib import closing

    from answerbot.adapters.store import Store

    return closing(Store(_path()))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _days_ago(days: int | None) -> str | None:
    from datetime import UTC, datetime, timedelta

    if days is None:
        return None
    # A second on, so that 0 days are all there is.
    moment = datetime.now(UTC) - timedelta(days=days) + timedelta(seconds=1)
    return moment.isoformat(timespec="seconds")


def _some(unusable: dict[str, str]) -> Iterator[str]:
    for key, why in list(unusable.items())[:5]:
        yield f"    {key[:12]}: {why}"


def _told(document: dict[str, Any], text: str, as_json: bool, *, code: int = 0) -> int:
    from answerbot.cli.notices import printable

    if as_json:
        print(json.dumps({"version": 1} | document, ensure_ascii=False, indent=2))
    else:
        print(printable(text))
    return code
