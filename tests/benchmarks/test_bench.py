"""`make bench`: which benchmarks there are, and one of them run."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchmarks.__main__ as bench
from benchmarks.__main__ import Benchmark
from benchmarks.figures import Figure, to_json


def test_every_benchmark_of_the_table_is_there_and_knows_how_to_print_figures() -> None:
    for one in bench.BENCHMARKS.values():
        text = (bench.HERE / f"{one.script}.py").read_text("utf-8")
        assert "--json" in text or "parser(__doc__)" in text


def test_a_benchmark_that_fails_is_told_and_costs_the_others_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    monkeypatch.setattr(bench, "HERE", folder)
    known = {
        "gone": Benchmark("gone", "", "", 60),
        "stuck": Benchmark("stuck", "", "", 2),
        "chatty": Benchmark("chatty", "", "", 60),
        "sound": Benchmark("sound", "--all", "--little", 60),
    }
    monkeypatch.setattr(bench, "BENCHMARKS", known)
    line = to_json(Figure("calls", 3, "/s"))
    begun = to_json(Figure("begun", 1, ""))
    (folder / "stuck.py").write_text(
        f"import subprocess\nprint({begun!r}, flush=True)\nsubprocess.run(['sleep', '60'])\n",
        "utf-8",
    )
    (folder / "chatty.py").write_text("print('Good morning.')\n", "utf-8")
    script = f"import sys\nif sys.argv[1:] == ['--little', '--json']:\n    print({line!r})\n"
    (folder / "sound.py").write_text(script, "utf-8")
    monkeypatch.setattr("sys.argv", ["benchmarks", "--quick"])

    assert bench.main() == 1
    said = capfd.readouterr()
    rows = said.out.splitlines()[2:8]
    assert rows[0].startswith("| `python benchmarks/gone.py`, ")
    assert rows[0].endswith(" s, **failed: exit code 2** | | | | | | |")
    assert rows[1].endswith(" s, **failed: given up after 2 s** | | | | | | |")
    assert rows[2] == "| begun | 1 |  |  |  |  |  |"
    assert rows[3].endswith(" s, **failed: this is no figure: Good morning.** | | | | | | |")
    assert rows[4].startswith("| `python benchmarks/sound.py --little`, ")
    assert rows[5] == "| calls | 3 /s |  |  |  |  |  |"
    assert "| begun | 1 |" in said.err
    assert said.out.endswith(
        "Met: 0 of 0.\nFailed: benchmarks/gone.py; benchmarks/stuck.py; benchmarks/chatty.py.\n"
    )


def test_what_is_not_begun_in_time_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", "--minutes", "0", "prompts"])
    assert bench.main() == 1
    assert (
        "| `python benchmarks/prompts.py`, 0 s, **failed: not begun** |" in capfd.readouterr().out
    )
