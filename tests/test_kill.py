"""Runs that are killed at random points; `benchmarks/kill.py --points 200` does so more often."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kill import CASES, Runs, contents, kill_at_random_points, prepare, slow_endpoint


@pytest.mark.enable_socket
def test_a_killed_run_loses_only_what_was_in_flight_and_tears_no_file(tmp_path: Path) -> None:
    killed = kill_at_random_points(points=2 * len(CASES), seed=5, folder=tmp_path)
    assert len(killed) == 12
    for one in killed:
        assert one.repeats <= one.lost <= one.in_flight
        assert one.torn == one.other == ()


@pytest.mark.enable_socket
def test_two_runs_at_once_ask_for_nothing_twice_and_end_in_the_same_bytes(
    tmp_path: Path,
) -> None:
    endpoint = slow_endpoint()
    prepare(tmp_path / "alone")
    prepare(tmp_path / "beside")
    with endpoint.running():
        runs = Runs(endpoint)
        runs.whole(tmp_path / "alone")
        alone = runs.requests()
        runs.forget()
        runs.whole_twice_at_once(tmp_path / "beside")
        beside = runs.requests()
    assert sorted(beside) == sorted(alone)
    assert contents(tmp_path / "beside") == contents(tmp_path / "alone")
