"""The prompts, the bank and the rubrics that travel with the program."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent.parent


def packaged(name: Literal["prompts", "bank", "rubrics"]) -> Path:
    """The folder of packaged data: in the wheel, or at the top of a checkout."""
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
