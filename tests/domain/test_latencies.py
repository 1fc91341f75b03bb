from __future__ import annotations

import pytest

from answerbot.domain.latencies import Latencies


def told(*seconds: float) -> Latencies:
    latencies = Latencies()
    for one in seconds:
        latencies.add(one)
    return latencies


def test_of_nothing_there_is_no_percentile() -> None:
    assert Latencies().percentile(50) is None


@pytest.mark.parametrize("seconds", [0.001, 0.2, 1.0, 59.9, 600.0])
def test_one_alone_is_every_percentile_within_one_per_cent(seconds: float) -> None:
    for percent in (1, 50, 95, 100):
        assert told(seconds).percentile(percent) == pytest.approx(seconds, rel=0.01)


def test_percentiles_are_those_of_the_nearest_rank() -> None:
    latencies = told(*(number / 10 for number in range(100, 0, -1)))
    assert latencies.percentile(50) == pytest.approx(5.0, rel=0.01)
    assert latencies.percentile(95) == pytest.approx(9.5, rel=0.01)
    assert latencies.percentile(100) == pytest.approx(10.0, rel=0.01)


def test_what_takes_no_time_counts_as_very_short() -> None:
    assert told(0.0, 2.0, 2.0).percentile(33) == pytest.approx(0.0001, rel=0.01)


def test_the_memory_depends_on_how_different_they_are_not_on_how_many() -> None:
    latencies = told(*(0.1 + number % 1000 / 1000 for number in range(20_000)))
    # From 0.1 s to 1.1 s in steps of two per cent: ln(11) / ln(1.02) = 121 classes and a bit.
    assert len(latencies._classes) <= 123
