from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from answerbot.adapters.config import Config, load_config
from answerbot.domain.errors import InputError
from answerbot.domain.prices import FlatPrice


def load(environment: dict[str, str] | None = None, **flags: Any) -> Config:
    named = {name.replace("__", "."): value for name, value in flags.items()}
    return load_config(environment=environment or {}, flags=named)


def write(text: str, name: str = "answerbot.toml") -> None:
    Path(name).write_text(text, encoding="utf-8")


def problems(environment: dict[str, str] | None = None, **flags: Any) -> str:
    with pytest.raises(InputError) as caught:
        load(environment, **flags)
    return str(caught.value)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    config = load()
    assert config.file is None
    assert config.root == tmp_path
    assert (config.model.replay, config.model.mode) == ("local-assistant", "auto")
    assert (config.fill.style, config.fill.checks) == ("standard", "full")
    assert config.budget is None
    assert config.question_files() == ()
    assert config.filled_folder() is None


def test_a_file_in_a_folder_above_is_found_and_paths_are_relative_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write('[bank]\nquestions = ["q/*.md"]\nfilled = "out"\nreferences = ["refs/*"]\n')
    for name in ("q/b.md", "q/a.md", "q/.hidden.md", "q/note.txt", "refs/x.md", "deep/er/z.md"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    monkeypatch.chdir(tmp_path / "deep" / "er")
    config = load()
    assert config.question_files() == (tmp_path / "q/a.md", tmp_path / "q/b.md")
    assert config.reference_files() == (tmp_path / "refs/x.md",)
    assert config.filled_folder() == tmp_path / "out"
    assert config.recordings_folder() == tmp_path / "bank/recordings"


def test_the_table_in_pyproject_is_read_and_other_tables_are_not_ours() -> None:
    write('[tool.other]\nkey = 1\n[tool.answerbot.model]\nlive = "mine"\n', "pyproject.toml")
    assert load().model.live == "mine"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool]\nanswerbot = 3\n", "pyproject.toml:2: tool.answerbot: a table is wanted, not 3"),
        ("tool = 3\n", "pyproject.toml:1: tool: a table is wanted, not 3"),
    ],
)
def test_what_is_no_table_in_pyproject_is_an_error_with_its_line(text: str, expected: str) -> None:
    write(text, "pyproject.toml")
    assert problems({"ANSWERBOT_CONFIG": "pyproject.toml"}).startswith(expected)


def test_a_pyproject_without_our_table_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write('[model]\nlive = "mine"\n')
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "pyproject.toml").write_text('[project]\nname = "uses-answerbot"\n')
    monkeypatch.chdir(tmp_path / "sub")
    assert load().model.live == "mine"


def test_the_environment_goes_before_the_file_and_flags_before_both() -> None:
    write('[model]\nlive = "file"\nreplay = "file"\nmode = "live"\nbudget = 1\n')
    environment = {
        "ANSWERBOT_MODEL": "environment",
        "ANSWERBOT_MODE": "replay",
        "ANSWERBOT_BUDGET": "2.50",
        "ANSWERBOT_TIMEOUT": "3600",
        "ANSWERBOT_STYLE": "",
    }
    config = load(environment, model__live="flag", model__budget=None)
    assert config.model.live == "flag"
    assert config.model.replay == "file"
    assert config.model.mode == "replay"
    assert config.budget == Decimal("2.5")
    assert config.model.timeout == 3600
    assert config.fill.style == "standard"


def test_prices_are_read_exactly() -> None:
    write('[prices."org/llama3:8b"]\ninput = 0.1\noutput = 0\ncached_input = 0.05\n')
    price = FlatPrice(Decimal("0.1"), Decimal(0), Decimal("0.05"))
    assert load().prices == {"org/llama3:8b": price}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[model]\nlive = "a"\nmax_concurency = 3\n',
            "answerbot.toml:3: unknown setting 'model.max_concurency'\n"
            "  hint: did you mean 'max_concurrency'?",
        ),
        (
            "[modle]\n",
            "answerbot.toml:1: unknown setting 'modle'\n  hint: did you mean 'model'?",
        ),
        (
            "[fill]\n# how long\nxyz = 1\n",
            "answerbot.toml:3: unknown setting 'fill.xyz'\n  hint: there are checks, style",
        ),
        (
            '[fill]\nstyle = "long"\n',
            "answerbot.toml:2: fill.style: input should be 'concise', 'standard' or 'deep', "
            "not 'long'",
        ),
        (
            "[model]\n\nmax_concurrency = 0\n",
            "answerbot.toml:3: model.max_concurrency: input should be greater than 0, not 0",
        ),
        (
            "model.timeout = 'soon'\n",
            "answerbot.toml:1: model.timeout: input should be a valid number, not 'soon'",
        ),
        (
            '[bank]\nquestions = "bank/*.md"\n',
            "answerbot.toml:2: bank.questions: input should be a valid list, not 'bank/*.md'",
        ),
        (
            '[prices."m"]\ninput = 1\n',
            "answerbot.toml:1: prices.m.output is missing",
        ),
        (
            "[model]\nbudget = nan\n",
            "answerbot.toml:2: model.budget: input should be a finite number, not nan",
        ),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_line(text: str, expected: str) -> None:
    write(text)
    assert problems() == expected


def test_all_that_is_wrong_is_named_at_once() -> None:
    write("[model]\ntimeout = -1\nbudget = -1\n")
    assert problems().count("answerbot.toml:") == 2


def test_text_that_is_not_toml_is_an_error_with_its_line() -> None:
    write("[model]\nlive = \n")
    assert problems().startswith("answerbot.toml:2: not TOML: ")


def test_a_file_that_is_not_text_is_an_error() -> None:
    Path("answerbot.toml").write_bytes(b"\xff\xfe\x00")
    assert problems().startswith("answerbot.toml: cannot be read")


@pytest.mark.parametrize(
    "line",
    ['api_key = "abc"', 'openai_api_key = "abc"', "token = 1", 'live = "sk-' + 'abcdefgh01234567"'],
)
def test_a_key_in_the_file_is_refused_and_not_shown(line: str) -> None:
    write(f"[model]\n{line}\n")
    said = problems()
    assert said.startswith(f"answerbot.toml:2: model.{line.split()[0]}: keys and passwords do not")
    assert "OPENAI_API_KEY" in said
    assert "abc" not in said


def test_what_is_wrong_in_the_environment_is_named_by_its_variable() -> None:
    said = problems({"ANSWERBOT_TIMEOUT": "soon"})
    assert said == "ANSWERBOT_TIMEOUT: model.timeout: input should be a valid number, not 'soon'"


def test_a_misspelt_variable_is_not_passed_over() -> None:
    said = problems({"ANSWERBOT_BUGDET": "1"})
    assert "ANSWERBOT_BUGDET means nothing" in said
    assert "did you mean ANSWERBOT_BUDGET?" in said


def test_what_is_wrong_in_a_flag_is_named_by_its_flag() -> None:
    said = problems(model__max_concurrency=0)
    assert said.startswith("--max-concurrency: model.max_concurrency: ")
    assert problems(model__live="").startswith("--model: model.live: ")


def test_the_file_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write('[model]\nlive = "mine"\n', "sub/other.toml")
    config = load({"ANSWERBOT_CONFIG": "sub/other.toml"})
    assert (config.model.live, config.root) == ("mine", tmp_path / "sub")
    assert "ANSWERBOT_CONFIG names it" in problems({"ANSWERBOT_CONFIG": "nowhere.toml"})


def test_the_store_is_where_it_is_told_to_be(tmp_path: Path) -> None:
    write('[model]\nstore = "kept/store.sqlite3"\n')
    assert load().store_path() == tmp_path / "kept/store.sqlite3"
    elsewhere = load({"ANSWERBOT_STORE": "/elsewhere/store.sqlite3"})
    assert elsewhere.store_path() == Path("/elsewhere/store.sqlite3")


def test_the_store_is_outside_the_bank_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/home/someone/data")
    assert tmp_path not in load().store_path().parents


def test_what_the_user_has_not_comes_from_the_package(tmp_path: Path, repository: Path) -> None:
    config = load()
    assert config.reference_files()
    assert all(file.parent == repository / "bank/curated" for file in config.reference_files())
    assert config.prompt_folders() == (repository / "prompts",)
    assert config.rubrics_folder() == repository / "rubrics"
    own, shipped = config.recording_folders()
    assert own[0] == tmp_path / "bank/recordings"
    assert repository / "bank/recordings" in shipped


def test_what_the_user_has_goes_before_the_package(tmp_path: Path, repository: Path) -> None:
    for name in ("prompts", "rubrics", "bank/curated"):
        (tmp_path / name).mkdir(parents=True)
    config = load()
    assert config.prompt_folders() == (tmp_path / "prompts", repository / "prompts")
    assert config.rubrics_folder() == tmp_path / "rubrics"
    assert config.reference_files() == ()


def test_in_the_checkout_its_recordings_are_ones_own_and_not_read_twice(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    own, shipped = load().recording_folders()
    assert own == (repository / "bank/recordings", repository / "rubrics/recordings")
    assert shipped == ()


def test_placeholders_can_be_named() -> None:
    assert "_[To be filled]_" in load().placeholders
    write('[bank]\nplaceholders = ["(later)"]\n')
    assert load().placeholders == ("(later)",)


def test_votes_that_are_no_number_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"it is N or N\+M, each from 1 to 99, not '1\+'"):
        load_config(tmp_path, flags={"grade.votes": "1+"})
