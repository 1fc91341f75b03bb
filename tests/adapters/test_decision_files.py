from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from answerbot.adapters.decision_files import append_decisions, read_decisions
from answerbot.domain.decisions import Decisions, line_of
from answerbot.domain.errors import InputError, NotFinishedError
from tests.cli.reports.made import graded
from tests.decided import decision

ONE = graded(1)
FIRST = decision(ONE, "hot-water", "partial", comment="Heiß genügt nicht.")
SECOND = decision(ONE, "three-minutes", "level_1")

APPENDING = """
import sys
from pathlib import Path
from answerbot.adapters.decision_files import append_decisions
from tests.cli.reports.made import graded
from tests.decided import decision
for number in range(60):
    made = decision(graded(number), "hot-water", "met", comment="é" * 500)
    append_decisions(Path("d.jsonl"), made.model_copy(update={"by": sys.argv[1]}))
"""


def test_what_is_appended_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    append_decisions(path, FIRST)
    append_decisions(path, SECOND)
    assert path.read_text("utf-8") == f"{line_of(FIRST)}\n{line_of(SECOND)}\n"
    decisions, problems = read_decisions(path)
    assert problems == []
    assert decisions.of(ONE.submission) == Decisions([FIRST, SECOND]).of(ONE.submission)


@pytest.mark.parametrize("cut", [1, 30, 60, 2])
def test_a_line_that_a_crash_tore_is_told_and_no_other_is_lost(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "d.jsonl"
    whole = f"{line_of(FIRST)}\n".encode()
    path.write_bytes(whole + whole[:-cut])
    decisions, problems = read_decisions(path)
    assert len(decisions) == 1
    # A line that lacks its end alone is whole.
    assert [str(problem.location) for problem in problems] == [f"{path}:2"] * (cut > 1)

    append_decisions(path, SECOND)
    decisions, problems = read_decisions(path)
    assert set(decisions.of(ONE.submission)) == {"hot-water", "three-minutes"}
    assert len(problems) == (cut > 1)


def test_a_line_that_is_torn_within_a_character_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    whole = f"{line_of(FIRST)}\n".encode()
    path.write_bytes(whole[: whole.index("ß".encode()) + 1] + b"\n" + whole)
    decisions, problems = read_decisions(path)
    assert (len(decisions), len(problems)) == (1, 1)


def test_two_processes_that_append_do_no_harm(tmp_path: Path, repository: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", APPENDING, name],
            cwd=tmp_path,
            env={"PYTHONPATH": str(repository), "PYTHONUTF8": "1"},
        )
        for name in ("ann", "bob")
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    lines = (tmp_path / "d.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 120
    decisions, problems = read_decisions(tmp_path / "d.jsonl")
    assert problems == []
    assert {by for line in lines for by in ("ann", "bob") if f'"{by}"' in line} == {"ann", "bob"}
    assert len(decisions) == 60


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the decisions cannot be read"):
        read_decisions(tmp_path / "none.jsonl")


def test_a_decision_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFinishedError, match="the decision cannot be written"):
        append_decisions(tmp_path / "no" / "d.jsonl", FIRST)
