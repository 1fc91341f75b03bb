"""`answerbot init` starts a bank and overwrites nothing."""

from __future__ import annotations

import errno
import json
import os
import re
import tomllib
from pathlib import Path

import pytest

from answerbot.adapters.config import load_config
from answerbot.cli.app import run
from answerbot.cli.init import CONFIGURATION

FILES = ["answerbot.toml", "bank/questions/example.md", "bank/curated/example.md"]


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def with_every_setting(configuration: str) -> str:
    """The configuration with the '#' taken away from each line that holds a setting."""
    return re.sub(r'^# (?=[\w."\[\]-]+ = |\[prices)', "", configuration, flags=re.MULTILINE)


def test_a_new_bank_has_a_configuration_and_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "my bank"]) == 0
    assert files_below(tmp_path / "my bank") == sorted(FILES)
    printed = capsys.readouterr().out
    assert "my bank/answerbot.toml: written" in printed
    assert "cd 'my bank'" in printed
    assert "answerbot fill" in printed


def test_without_a_folder_the_bank_starts_here(tmp_path: Path) -> None:
    assert run(["init"]) == 0
    assert files_below(tmp_path) == sorted(FILES)


def test_files_that_exist_are_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "bank" / "questions" / "example.md"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine\r\n")
    assert run(["init"]) == 0
    assert mine.read_bytes() == b"mine\r\n"
    assert "bank/questions/example.md: exists, left alone" in capsys.readouterr().out
    assert files_below(tmp_path) == sorted(FILES)


def test_a_second_init_changes_nothing(tmp_path: Path) -> None:
    run(["init"])
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in FILES}
    assert run(["init"]) == 0
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in FILES} == before


def test_a_link_to_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "answerbot.toml").symlink_to(tmp_path / "elsewhere.toml")
    assert run(["init"]) == 0
    assert not (tmp_path / "elsewhere.toml").exists()


def test_a_file_in_the_place_of_the_folder_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bank").write_text("not a folder")
    assert run(["init"]) == 2
    told, hint = capsys.readouterr().err.splitlines()
    assert told.startswith("bank")
    assert hint.startswith("  hint: ")


def test_json_tells_what_is_new_and_what_was_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "answerbot.toml").write_text("")
    assert run(["init", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    assert document["new"] == FILES[1:]
    assert document["kept"] == FILES[:1]


def test_check_writes_nothing_and_says_no(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--check"]) == 1
    assert files_below(tmp_path) == []
    assert "answerbot.toml: would be written" in capsys.readouterr().out
    run(["init"])
    assert run(["init", "--check"]) == 0


def test_diff_shows_what_would_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--diff"]) == 1
    assert files_below(tmp_path) == []
    assert "+**Answer:** _[To be filled]_\n" in capsys.readouterr().out
    run(["init"])
    assert run(["init", "--diff"]) == 0


def test_a_write_that_breaks_off_leaves_no_half_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert run(["init"]) == 3
    assert files_below(tmp_path) == []


def test_the_configuration_loads_and_sets_only_what_are_defaults_anyway(tmp_path: Path) -> None:
    defaults = load_config(tmp_path)
    run(["init"])
    config = load_config(tmp_path)
    assert config.file == tmp_path / "answerbot.toml"
    assert (config.bank, config.model, config.fill, config.grade, config.prices) == (
        defaults.bank,
        defaults.model,
        defaults.fill,
        defaults.grade,
        defaults.prices,
    )
    assert [path.name for path in config.question_files()] == ["example.md"]
    assert [path.name for path in config.reference_files()] == ["example.md"]


def test_the_configuration_shows_every_setting_with_its_default(tmp_path: Path) -> None:
    defaults = load_config(tmp_path)
    text = with_every_setting(CONFIGURATION)
    (tmp_path / "answerbot.toml").write_text(text, "utf-8")
    config = load_config(tmp_path)  # no setting is unknown
    shown = tomllib.loads(text)
    assert set(shown["prices"]["my-model"]) == {"input", "cached_input", "output"}
    for section in ("bank", "model", "fill", "grade"):
        default = getattr(defaults, section).model_dump()
        assert set(shown[section]) == set(default)
        for name, value in getattr(config, section).model_dump().items():
            assert name == "placeholders" or default[name] in (None, value), name


def test_the_sample_files_are_read_as_one_question_and_one_reference(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(["init"])
    capsys.readouterr()
    for name, answered in [("bank/questions/example.md", False), ("bank/curated/example.md", True)]:
        assert run(["parse", name, "--json"]) == 0
        [question] = json.loads(capsys.readouterr().out)["questions"]
        assert question["number"] == 1
        assert question["question"].startswith("What is overfitting")
        assert (question["answer"] is not None) is answered
