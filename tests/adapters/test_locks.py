from __future__ import annotations

import errno
import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from answerbot.adapters.locks import Claims, alone_in

KEY, OTHER = "a" * 64, "b" * 64

CLAIMING = """
import sys
from pathlib import Path
from answerbot.adapters.locks import Claims
claims = Claims(Path(sys.argv[1]))
for line in sys.stdin:
    word, key = line.split()
    print(claims.take(key) if word == "take" else claims.let_go(key), flush=True)
"""

COUNTING = """
import sys
from pathlib import Path
from answerbot.adapters.locks import alone_in
file = Path(sys.argv[1])
for _ in range(200):
    with alone_in(file.parent):
        file.write_text(str(int(file.read_text()) + 1))
"""


class Another:
    """A process with claims of its own."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLAIMING, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def does(self, word: str, key: str) -> str:
        to, from_ = self.process.stdin, self.process.stdout
        assert to is not None
        assert from_ is not None
        to.write(f"{word} {key}\n")
        to.flush()
        return from_.readline().strip()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


def test_what_one_process_claimed_no_other_can_until_it_lets_go_or_is_killed(
    tmp_path: Path,
) -> None:
    mine, another = Claims(tmp_path / "asked"), Another(tmp_path / "asked")
    try:
        assert another.does("take", KEY) == "True"
        assert not mine.take(KEY)
        assert mine.take(OTHER)
        assert another.does("take", OTHER) == "False"
        another.does("let_go", KEY)
        assert mine.take(KEY)
        mine.let_go(KEY)
        assert another.does("take", KEY) == "True"
    finally:
        another.end()
    assert mine.take(KEY)
    mine.close()


def test_claims_that_cannot_be_kept_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Claims(tmp_path / "nowhere" / "asked").take(KEY)


def test_two_processes_that_read_and_write_a_file_in_turn_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "count"
    file.write_text("0")
    counting = [subprocess.Popen([sys.executable, "-c", COUNTING, str(file)]) for _ in range(2)]
    assert [process.wait() for process in counting] == [0, 0]
    assert file.read_text() == "400"


def test_a_folder_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"), alone_in(tmp_path):
        raise ValueError("mine")
    with alone_in(tmp_path):
        pass


@pytest.mark.parametrize("reason", [errno.ENOLCK, errno.ENOSYS, errno.EBADF])
def test_where_the_file_system_knows_no_locks_everything_is_free(
    reason: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(reason, "no locks")

    monkeypatch.setattr(fcntl, "lockf", refuse)
    monkeypatch.setattr(fcntl, "flock", refuse)
    claims = Claims(tmp_path / "asked")
    assert claims.take(KEY)
    claims.let_go(KEY)
    assert claims.take(KEY)
    claims.close()
    entered = []
    with alone_in(tmp_path):
        entered.append(tmp_path)
    assert entered == [tmp_path]
