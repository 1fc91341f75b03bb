"""Tell before anything is asked and paid for that a file cannot be written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from answerbot.domain.errors import InputError, Location, Problem


def refuse_unwritable(paths: Sequence[Path], flag: str) -> None:
    """All files can be written.

    Raises:
        InputError: the folder is not there or cannot be written, or the file is a folder.
    """
    for path in paths:
        if path.is_dir():
            raise InputError(Problem(f"{flag}: this is a folder, not a file", Location(str(path))))
        if not path.parent.is_dir():
            raise InputError(
                Problem(
                    f"{flag}: there is no such folder",
                    Location(str(path.parent)),
                    "make it first, or name a file in another folder",
                )
            )
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise InputError(Problem(f"{flag}: cannot be written", Location(str(path))))


def left_alone(path: Path) -> str:
    """That earlier results are worth more than what came of the run."""
    return f"no answer could be judged; what was there before is left as it was: {path}"


def refuse_unwritable_recordings(path: Path) -> None:
    """Recordings can be kept there.

    Raises:
        InputError: it is no file of recordings, or cannot be written.
    """
    from answerbot.adapters.recordings import load_recordings

    if path.suffix != ".jsonl":
        what = "--record: recordings are JSON Lines"
        raise InputError(Problem(what, Location(str(path)), "name a file that ends with .jsonl"))
    refuse_unwritable([path], "--record")
    load_recordings([path])


def refuse_inputs(outputs: Iterable[Path], inputs: Iterable[Path], named: str) -> None:
    """No file that is read is written over; `named` says what these are.

    Raises:
        InputError: one would be.
    """
    read = {path.resolve() for path in inputs}
    for path in outputs:
        if path.resolve() in read:
            what = f"the report would replace {named}"
            raise InputError(Problem(what, Location(str(path)), "name another file"))
