"""What a report for a terminal is drawn on: as wide, as colourful and as Unicode as stdout."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console, RenderableType

from answerbot.cli.notices import is_plain

_NARROWEST = 40
_PLAIN = str.maketrans(
    {"–": "-", "…": "...", "·": "-", "“": '"', "”": '"', "×": "x", "→": "->", "−": "-"}
)


@dataclass(frozen=True, slots=True)
class Canvas:
    """How many characters a line has, and whether it may have others than ASCII."""

    width: int
    unicode: bool


def drawn(parts: Callable[[Canvas], Iterable[RenderableType]]) -> str:
    """The parts as text, in colour where that is welcome."""
    coloured = not is_plain(sys.stdout)
    text = io.StringIO()
    console = Console(
        file=text,
        force_terminal=coloured,
        no_color=not coloured,
        color_system="auto" if coloured else None,
        width=max(shutil.get_terminal_size().columns, _NARROWEST),
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    unicode = (getattr(sys.stdout, "encoding", "") or "utf-8").lower().replace("-", "") == "utf8"
    for part in parts(Canvas(console.width, unicode)):
        console.print(part)
    lines = (line.rstrip() for line in text.getvalue().strip("\n").split("\n"))
    shown = "\n".join(lines) + "\n"
    return shown if unicode else shown.translate(_PLAIN)
