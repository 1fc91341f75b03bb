"""Runs that are killed at random points; `benchmarks/kill.py --points 200` does so more often."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kill import IN_FLIGHT, Runs, contents, kill_at_random_points, prepare, replying
from tests.endpoint import Endpoint


@pytest.mark.enable_socket
def test_a_killed_run_loses_only_what_was_in_flight_and_tears_no_file(tmp_path: Path) -> None:
    killed = kill_at_random_points(points=10, seed=5, folder=tmp_path)
    assert len(killed) == 10
    for one in killed:
        # A reply that is being saved keeps no place at the endpoint any more.
        assert one.repeats <= one.lost <= 2 * IN_FLIGHT
        assert one.torn == one.other == ()


@pytest.mark.enable_socket
def test_two_runs_at_once_ask_for_nothing_twice_and_end_in_the_same_bytes(
    tmp_path: Path,
) -> None:
    endpoint = Endpoint()
    endpoint.reply = replying
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
