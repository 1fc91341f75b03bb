"""`make bench`: which benchmarks there are, and one of them run."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchmarks.__main__ as bench
from benchmarks.figures import Figure, to_json


def test_every_benchmark_of_the_table_is_there_and_knows_how_to_print_figures() -> None:
    for name in bench.BENCHMARKS:
        assert "--json" in (bench.HERE / f"{name}.py").read_text("utf-8")


def test_a_benchmark_that_fails_is_told_and_costs_the_others_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "HERE", tmp_path)
    known = {"gone": ("", ""), "stuck": ("", ""), "sound": ("--all", "--little")}
    monkeypatch.setattr(bench, "BENCHMARKS", known)
    monkeypatch.setattr(bench, "LONGEST", 2.0)
    line = to_json(Figure("calls", 3, "/s"))
    begun = to_json(Figure("begun", 1, ""))
    (tmp_path / "stuck.py").write_text(
        f"import subprocess\nprint({begun!r}, flush=True)\nsubprocess.run(['sleep', '60'])\n",
        "utf-8",
    )
    script = f"import sys\nif sys.argv[1:] == ['--little', '--json']:\n    print({line!r})\n"
    (tmp_path / "sound.py").write_text(script, "utf-8")
    monkeypatch.setattr("sys.argv", ["benchmarks", "--quick"])

    assert bench.main() == 1
    said = capfd.readouterr()
    assert said.err.endswith("failed: gone, stuck\n")
    assert said.out.endswith("| begun | 1  |  |  |  |  |\n| calls | 3 /s |  |  |  |  |\n")
