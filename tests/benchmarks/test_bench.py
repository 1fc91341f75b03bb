"""`make bench`: which benchmarks there are, and one of them run."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchmarks.__main__ as bench


def test_every_benchmark_of_the_table_is_there_and_knows_how_to_print_figures() -> None:
    for name in bench.BENCHMARKS:
        assert '"--json"' in (bench.HERE / f"{name}.py").read_text("utf-8")


def test_a_benchmark_that_fails_is_told_and_costs_the_others_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "HERE", tmp_path)
    monkeypatch.setattr(bench, "BENCHMARKS", {"gone": ("", ""), "sound": ("--all", "--little")})
    (tmp_path / "sound.py").write_text(
        "import sys\n"
        'print(\'{"name": "calls", "value": 3, "unit": "/s", "ideal": null, "bare": null, \'\n'
        '      \'"target": null, "met": null}\' if sys.argv[1:] == ["--little", "--json"] else "")\n',
        "utf-8",
    )
    monkeypatch.setattr("sys.argv", ["benchmarks", "--quick"])

    assert bench.main() == 1
    said = capfd.readouterr()
    assert said.err.endswith("failed: gone\n")
    assert said.out.endswith("| calls | 3 /s |  |  |  |  |\n")
