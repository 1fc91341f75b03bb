"""Files of recordings: loaded, looked up, written so that a person can read the diff."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answerbot.adapters.files import write_atomically
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.llm import Request, key_of
from answerbot.domain.recording import Recording, refuse_secret

_FIELDS = frozenset(Recording.model_fields)
_BEGINNING = re.compile(rb'\{"key": "([0-9a-f]{64})", "label": "')
_GZIP = 16 + zlib.MAX_WBITS
_LOST = "recordings are not edited: restore the line from version control, or delete it"


@dataclass(frozen=True, slots=True)
class _Line:
    text: bytes
    location: Location


class Recordings:
    """Recordings by key; each is proved to be one when it is taken out."""

    def __init__(self, lines: dict[str, _Line] | None = None) -> None:
        self._lines = lines or {}

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, key: str) -> bool:
        return key in self._lines

    def keys(self) -> Iterator[str]:
        """The keys, in the order of the files."""
        return iter(self._lines)

    def get(self, key: str, asked: Request | None = None) -> Recording | None:
        """The recording with this key; sooner with the request that is `asked`.

        Raises:
            InputError: there is one, and it is unreadable.
        """
        line = self._lines.get(key)
        return None if line is None else _proved(key, line, asked)

    def labelled(self, label: str) -> Iterator[Recording]:
        """The recordings of what was asked for this, in the order of the files."""
        told = f'"label": {json.dumps(label, ensure_ascii=False)}'.encode()
        for key, line in self._lines.items():
            if told in line.text and (recording := _proved(key, line)).label == label:
                yield recording

    def location(self, key: str) -> Location:
        """Where the recording with this key stands."""
        return self._lines[key].location

    def all(self) -> Iterator[Recording]:
        """Every recording, in the order of the files."""
        return (_proved(key, line) for key, line in self._lines.items())

    def over(self, others: Recordings) -> Recordings:
        """These, and those of the others whose key is not here."""
        return Recordings({**others._lines, **self._lines})


def load_recordings(paths: Iterable[Path]) -> Recordings:
    """Every recording in these files, and in the `*.jsonl` and `*.jsonl.gz` of these folders.

    Every line is proved to be JSON, to have the right fields, the key of its request and no secret;
    only the types of what is inside wait until it is taken out. A path that does not exist holds
    none.

    Raises:
        InputError: a line is not a recording; all such lines are named.
    """
    return _read_together(paths, _checked)


def open_recordings(paths: Iterable[Path]) -> Recordings:
    """Those of `load_recordings`, at once: lines that begin and end as recordings are believed.

    What is taken out is proved to be a recording all the same.

    Raises:
        InputError: a line is not a recording, as far as was looked; all such lines are named.
    """
    return _read_together(paths, _glanced_at)


def write_recordings(
    path: Path, recordings: Iterable[Recording], order: Sequence[str] = ()
) -> None:
    """The file holds exactly these recordings, each once, those of `order` first and so ordered.

    `order` names keys or labels in the order of the work; what it does not name comes last, by
    label.

    Raises:
        InputError: a recording holds what looks like a secret; nothing is written.
    """
    unique = {recording.key: recording for recording in recordings}
    ranks: dict[str, int] = {}
    for rank, name in enumerate(order):
        ranks.setdefault(name, rank)

    def place(recording: Recording) -> tuple[int, str, str]:
        ranked = (ranks.get(recording.key), ranks.get(recording.label))
        rank = min((rank for rank in ranked if rank is not None), default=len(ranks))
        return rank, recording.label, recording.key

    lines = [recording.to_line() for recording in sorted(unique.values(), key=place)]
    for number, line in enumerate(lines, start=1):
        refuse_secret(line, Location(str(path), number))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, "".join(f"{line}\n" for line in lines))


def _read_together(paths: Iterable[Path], key_in: Callable[[bytes, Location], str]) -> Recordings:
    lines: dict[str, _Line] = {}
    problems: list[Problem] = []
    for file in _files(paths):
        name = str(file)
        for number, text in enumerate(_read(file).splitlines(), start=1):
            if not text or text.isspace():
                continue
            location = Location(name, number)
            try:
                key = key_in(text, location)
                _refuse_duplicate(key, lines, location)
            except InputError as error:
                problems.extend(error.problems)
                continue
            lines[key] = _Line(text, location)
    if problems:
        raise InputError(*problems)
    return Recordings(lines)


def _files(paths: Iterable[Path]) -> list[Path]:
    files: dict[Path, None] = {}
    for path in paths:
        packed_or_not = (*path.glob("*.jsonl"), *path.glob("*.jsonl.gz"))
        found = sorted(packed_or_not) if path.is_dir() else [path]
        files.update((file, None) for file in found if file.is_file())
    return list(files)


def _read(file: Path) -> bytes:
    try:
        raw = file.read_bytes()
        return zlib.decompress(raw, _GZIP) if file.suffix == ".gz" else raw
    except (OSError, zlib.error) as error:
        what = f"the recordings cannot be read: {error}"
        raise InputError(Problem(what, Location(str(file)), _LOST)) from error


def _glanced_at(text: bytes, location: Location) -> str:
    """The key that a line claims to have, in the form that `write_recordings` gives it."""
    claimed = _BEGINNING.match(text)
    return claimed[1].decode() if claimed and text.endswith(b"}") else _checked(text, location)


def _checked(raw: bytes, location: Location) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise InputError(Problem(f"cannot be read: {error}", location, _LOST)) from None
    refuse_secret(text, location)
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(Problem(f"not JSON: {error}", location, _LOST)) from None
    if not isinstance(value, dict):
        raise InputError(Problem("not a JSON object", location, _LOST))
    if unknown := sorted(value.keys() - _FIELDS):
        raise InputError(Problem(f"unknown field {unknown[0]!r}", location, _LOST))
    if missing := sorted(_FIELDS - value.keys()):
        raise InputError(Problem(f"field {missing[0]!r} is missing", location, _LOST))
    request = value["request"]
    if not isinstance(request, dict) or key_of(request) != value["key"]:
        # It may still be right: a shorter way to write the same request. The slow way tells.
        return Recording.from_line(text, location).key
    return str(value["key"])


def _refuse_duplicate(key: str, lines: dict[str, _Line], location: Location) -> None:
    if first := lines.get(key):
        what = f"a second recording of request {key[:12]}"
        hint = f"delete one; the first is at {first.location}"
        raise InputError(Problem(what, location, hint))


def _proved(key: str, line: _Line, asked: Request | None = None) -> Recording:
    recording = Recording.from_line(line.text, line.location, asked)
    if recording.key != key:
        raise InputError(Problem("the key stands twice in the line", line.location, _LOST))
    return recording
