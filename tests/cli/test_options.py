"""Flags that several commands share, as each command has them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from answerbot.cli.app import run
from answerbot.cli.options import BatchFlags, EndpointFlags, ModeFlags, configured, with_flags


@dataclass(frozen=True)
class Speed:
    fast: Annotated[bool, typer.Option("--fast")] = False
    limit: Annotated[int | None, typer.Option("--limit", min=1)] = None


@with_flags
def drive(where: str, speed: Speed = Speed(), back: bool = False) -> int:
    """Drive there."""
    typer.echo(f"{where} {speed} {back}")
    return 0


def drive_with(*arguments: str) -> str:
    app = typer.Typer()
    app.command()(drive)
    return CliRunner().invoke(app, arguments).output


def test_a_command_gets_its_flags_in_a_dataclass() -> None:
    said = drive_with("home", "--fast", "--limit", "3", "--back")

    assert said == "home Speed(fast=True, limit=3) True\n"


def test_flags_that_are_not_given_have_the_defaults_of_the_dataclass() -> None:
    assert drive_with("home") == "home Speed(fast=False, limit=None) False\n"


def test_the_help_lists_the_flags_and_the_text_of_the_command() -> None:
    said = drive_with("--help")

    assert "Drive there." in said
    assert said.index("--fast") < said.index("--limit") < said.index("--back")


@pytest.mark.parametrize("command", ["grade", "fill", "crosscheck", "calibrate"])
def test_a_run_is_not_live_and_a_replay(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--live", "--replay", "answers.md"]) == 2
    assert "--live and --replay exclude each other" in capsys.readouterr().err


def test_batch_goes_before_a_folder_for_batches_that_the_file_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answerbot.toml").write_text('[model]\nbatch_dir = "batches"\n', "utf-8")
    monkeypatch.chdir(tmp_path)

    def folder(flags: BatchFlags) -> Path | None:
        return configured(EndpointFlags(), ModeFlags(), flags).batch_folder()

    assert folder(BatchFlags()) == tmp_path / "batches"
    assert folder(BatchFlags(batch_dir=Path("others"))) == tmp_path / "others"
    assert folder(BatchFlags(batch=True)) is None
