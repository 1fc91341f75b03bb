"""Puts prompts, bank and rubrics into the wheel; recordings packed, to an eighth of their size."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("prompts", "bank", "rubrics")


class DataHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the files; an installation that can be edited reads them where they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """The build data names every file of the data, and where in the wheel it goes."""
        if version == "editable":
            return
        root = Path(self.root)
        self._packed = TemporaryDirectory()
        for folder in FOLDERS:
            if not (root / folder).is_dir():
                raise FileNotFoundError(root / folder)
            for file in sorted((root / folder).rglob("*")):
                if file.is_file():
                    source, name = self._shipped(file, file.relative_to(root).as_posix())
                    build_data["force_include"][str(source)] = f"answerbot/_data/{name}"

    def finalize(self, version: str, *_: object) -> None:
        """What was packed is only in the wheel."""
        if version != "editable":
            self._packed.cleanup()

    def _shipped(self, file: Path, name: str) -> tuple[Path, str]:
        if file.suffix != ".jsonl":
            return file, name
        packed = Path(self._packed.name, name.replace("/", "-"))
        packed.write_bytes(gzip.compress(file.read_bytes(), mtime=0))
        return packed, f"{name}.gz"
