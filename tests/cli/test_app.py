"""What any command does with a wrong command line, an interruption, a bug, a closed pipe."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from answerbot import __version__
from answerbot.cli import notices
from answerbot.cli.app import app, command_group, run
from answerbot.domain.errors import InputError, Location, NotFinishedError, Problem

HEAVY = {
    "aiohttp",
    "asyncio",
    "httpx2",
    "jinja2",
    "markdown_it",
    "numpy",
    "openai",
    "pydantic",
    "rich",
    "sqlite3",
    "tenacity",
    "textual",
    "yaml",
}


Command = Callable[[], int | None]
Register = Callable[[Command], Command]


@pytest.fixture
def command() -> Iterator[Register]:
    """Registers a function as the command `probe`, for one test."""
    before = list(app.registered_commands)
    command_group.cache_clear()
    yield app.command("probe")
    app.registered_commands[:] = before
    command_group.cache_clear()


def raising(error: BaseException) -> Command:
    def probe() -> int:
        raise error

    return probe


def test_no_command_shows_the_help_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Usage: answerbot")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_a_result(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([flag]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("Usage: answerbot")
    assert printed.err == ""


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"answerbot {__version__}\n"


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (["frobnicate"], "answerbot: No such command 'frobnicate'."),
        (["--frobnicate"], "answerbot: No such option: --frobnicate"),
        (["init", "--frobnicate"], "answerbot init: No such option: --frobnicate"),
        (["init", "one", "two"], "answerbot init: Got unexpected extra argument(s) (two)"),
    ],
)
def test_a_wrong_command_line_is_told_with_usage_and_hint(
    args: list[str], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(args) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    usage, told, hint = printed.err.splitlines()
    assert usage.startswith("Usage: answerbot")
    assert told == what
    assert hint == f"  hint: {what.split(':')[0]} --help"


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (
            InputError(Problem("is empty", Location("a.md", 3), "write a question")),
            2,
            "a.md:3: is empty\n  hint: write a question\n",
        ),
        (NotFinishedError("the endpoint is gone"), 3, "the endpoint is gone\n"),
        (PermissionError(13, "Permission denied", "a.md"), 3, "a.md: Permission denied\n"),
        (KeyboardInterrupt(), 130, ""),
        (EOFError(), 130, ""),
    ],
)
def test_what_was_raised_decides_the_exit_code(
    error: BaseException,
    code: int,
    told: str,
    command: Register,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command(raising(error))
    assert run(["probe"]) == code
    assert capsys.readouterr().err == told


def test_a_bug_prints_its_traceback(command: Register, capsys: pytest.CaptureFixture[str]) -> None:
    command(raising(ZeroDivisionError("no such bug")))
    assert run(["probe"]) == 3
    printed = capsys.readouterr().err
    assert printed.startswith("Traceback")
    assert printed.endswith("ZeroDivisionError: no such bug\n")


@pytest.mark.parametrize(("returned", "code"), [(0, 0), (1, 1), (None, 0)])
def test_what_a_command_returns_is_its_exit_code(
    returned: int | None, code: int, command: Register
) -> None:
    command(lambda: returned)
    assert run(["probe"]) == code


VERBOSE = (
    '{"time": "NOW", "level": "warning", "event": "message", "message": "watch out"}\n'
    '{"time": "NOW", "level": "info", "event": "message", "message": "by the way"}\n'
    '{"time": "NOW", "level": "debug", "event": "message", "message": "in detail"}\n'
)


@pytest.mark.parametrize(
    ("args", "shown"),
    [
        (["probe"], "watch out\nby the way\n"),
        (["-q", "probe"], ""),
        (["probe", "-q"], ""),
        (["-v", "probe"], VERBOSE),
        (["probe", "--verbose"], VERBOSE),
    ],
)
def test_quiet_and_verbose_stand_before_or_after_the_command(
    args: list[str],
    shown: str,
    command: Register,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def probe() -> None:
        log = logging.getLogger("answerbot.somewhere")
        log.warning("watch out")
        log.info("by the way")
        log.debug("in detail")

    command(probe)
    assert run(args) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert re.sub(r"[0-9-]{10}T[0-9:.]{12}\+00:00", "NOW", printed.err) == shown


def test_with_v_an_error_is_a_line_of_json_too(
    command: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    command(raising(InputError(Problem("no colon", Location("bank.md", 3), "write one"))))
    assert run(["-v", "probe"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["level"], told["event"]) == ("error", "message")
    assert told["message"] == "bank.md:3: no colon\n  hint: write one"


def test_with_v_no_text_can_command_the_terminal_and_none_is_lost(
    command: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "\x1b[31mred\x7f\x9b \u202ereversed\nnext\ttab, é and 中 stay"
    command(lambda: notices.notice(text))
    assert run(["-v", "probe"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert notices.printable(line) == line
    assert json.loads(line)["message"] == text
    assert "é and 中" in line


def test_no_text_of_a_file_can_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    notices.show_notices()
    notices.to_stderr("\x1b[31mred\x07\r \u202ereversed\nnext\ttab, é and 中 stay")
    assert capsys.readouterr().err == (
        "\\x1b[31mred\\x07\\r \\u202ereversed\nnext\ttab, é and 中 stay\n"
    )


class _Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "plain"),
    [
        ({"TERM": "xterm"}, False),
        ({"TERM": "dumb"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, False),
    ],
)
def test_a_terminal_is_plain_when_the_environment_says_so(
    environment: dict[str, str], plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert notices.is_plain(_Terminal()) is plain  # type: ignore[arg-type]


def test_a_pipe_gets_no_bars(capsys: pytest.CaptureFixture[str]) -> None:
    assert not notices.bars_are_welcome()


def test_a_reader_that_leaves_early_sees_no_traceback(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "answerbot", "init", "--diff", str(tmp_path / "bank")],
            stdout=closed,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 3
    assert done.stderr == b""


def test_what_is_piped_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "answerbot", "init", "Prüfung ∇"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
    )
    assert done.returncode == 0
    assert "Prüfung ∇/answerbot.toml: written" in done.stdout.decode("utf-8")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import json, sys\n"
        "from answerbot.cli.app import run\n"
        "code = run(['--help'])\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: answerbot")
    assert HEAVY & set(json.loads(done.stderr)) == set()
