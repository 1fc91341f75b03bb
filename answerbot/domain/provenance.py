"""The note behind an answer that the program wrote: how it came about, and if it is untouched."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal, cast

State = Literal["accepted", "needs review"]

_NOTE = re.compile(
    r"(?P<state>accepted|needs review)(?: \((?P<why>.*)\))?; checks: (?P<checks>[a-z0-9/, ]+); "
    r"key (?P<key>[0-9a-f]{12}); text (?P<digest>[0-9a-f]{12})"
)

_BRACKETS = str.maketrans("<>", "‹›")


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known of a filled answer.

    `checks` are those that the text as it stands went through, `key` the first 12 hex digits of the
    key of the request whose reply it is, `digest` the first 12 of the SHA-256 of the text. `why` is
    what a human should look at where the state is 'needs review', else ''.
    """

    state: State
    checks: tuple[str, ...]
    key: str
    digest: str
    why: str = ""

    def note(self) -> str:
        """One line, safe inside an HTML comment."""
        why = f" ({_safe(self.why)})" if self.why else ""
        checks = ", ".join(self.checks) or "none"
        return f"{self.state}{why}; checks: {checks}; key {self.key}; text {self.digest}"

    def comment(self) -> str:
        """The note as it stands in the file."""
        return f"<!-- answerbot: {self.note()} -->"

    def covers(self, text: str) -> bool:
        """Whether `text` is what was written, so that nobody has edited it since."""
        return self.digest == digest(text)


def digest(text: str) -> str:
    """The first 12 hex digits of the SHA-256 of the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def read_note(note: str | None) -> Provenance | None:
    """The provenance that a note holds; None where there is none, or it is not one of ours."""
    match = _NOTE.fullmatch(note.strip()) if note else None
    if match is None:
        return None
    checks = match["checks"]
    return Provenance(
        state=cast("State", match["state"]),
        checks=() if checks == "none" else tuple(checks.split(", ")),
        key=match["key"],
        digest=match["digest"],
        why=match["why"] or "",
    )


def _safe(text: str) -> str:
    """One line without what would end a comment."""
    return re.sub(r"-{2,}", "-", " ".join(text.split()).translate(_BRACKETS))
