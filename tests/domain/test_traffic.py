from __future__ import annotations

from answerbot.domain.traffic import Traffic


def test_attempts_at_a_request_are_numbered_until_it_is_answered() -> None:
    traffic = Traffic()
    assert traffic.begin("a") == 1
    traffic.failed("a", throttled=False)
    assert traffic.begin("a") == 2
    assert traffic.begin("b") == 1
    traffic.answered("a", 0.2)
    assert traffic.attempts == 3


def test_what_was_refused_as_too_many_and_is_asked_again_is_no_retry() -> None:
    traffic = Traffic()
    traffic.begin("a")
    traffic.failed("a", throttled=True)
    traffic.begin("a")
    traffic.failed("a", throttled=False)
    traffic.begin("a")
    traffic.answered("a", 0.2)
    assert (traffic.attempts, traffic.throttled, traffic.retries) == (3, 1, 1)


def test_only_answered_attempts_have_a_latency() -> None:
    traffic = Traffic()
    traffic.begin("a")
    traffic.failed("a", throttled=False)
    assert traffic.latencies.percentile(50) is None


def test_answered_requests_are_forgotten() -> None:
    traffic = Traffic()
    for number in range(1000):
        traffic.begin(str(number))
        if number % 2:
            traffic.failed(str(number), throttled=False)
            traffic.begin(str(number))
        traffic.answered(str(number), 0.1)
    assert not traffic._failed


def test_what_is_handed_over_counts_where_it_is_merged_and_no_longer_where_it_was() -> None:
    away, home = Traffic(), Traffic()
    home.begin("a")
    home.answered("a", 1.0)
    away.begin("b")
    away.failed("b", throttled=False)
    home.merge(away.handed_over())
    assert away.begin("b") == 2  # it is known there that the first attempt failed
    away.answered("b", 3.0)
    assert (home.attempts, home.retries, away.attempts, away.retries) == (2, 0, 1, 1)
    home.merge(away.handed_over())
    assert (home.attempts, home.retries, away.attempts) == (3, 1, 0)
    assert [round(home.latencies.percentile(each) or 0) for each in (50, 100)] == [1, 3]
