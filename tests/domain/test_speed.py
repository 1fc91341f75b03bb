from __future__ import annotations

import pytest

from answerbot.domain.speed import Silence, Speed


def after(*notes: tuple[float, int]) -> Speed:
    """The speed of work that began at 100 s, all of it asked for."""
    speed = Speed(100.0)
    for now, done in notes:
        speed.note(done, now, asking=True)
    return speed


def test_before_anything_is_done_nothing_is_told() -> None:
    speed = Speed(100.0)
    assert speed.rate == 0
    assert speed.left(50) is None


def test_the_rest_takes_as_long_as_what_was_done() -> None:
    speed = after(*((100.0 + second, 10 * second) for second in range(1, 21)))
    assert speed.rate == pytest.approx(10)
    assert speed.left(1000) == pytest.approx(80)


def test_a_few_of_many_tell_no_time_left_and_one_of_a_few_does() -> None:
    assert after((102.0, 9)).left(1000) is None
    assert after((102.0, 10)).left(1000) == pytest.approx(198)
    assert after((102.0, 1)).left(5) == pytest.approx(8)


def test_only_the_last_half_minute_counts() -> None:
    slow = [(100.0 + second, second) for second in range(1, 61)]
    fast = [(160.0 + second, 60 + 100 * second) for second in range(1, 61)]
    assert after(*slow, *fast).rate == pytest.approx(100, rel=0.01)


def test_bursts_further_apart_than_that_are_still_seen() -> None:
    speed = after((160.0, 64), (220.0, 128), (280.0, 192))
    assert speed.rate == pytest.approx(64 / 60)
    assert speed.left(256) == pytest.approx(60)


def test_what_was_on_disk_says_nothing_of_what_has_to_be_asked_for() -> None:
    speed = Speed(100.0)
    speed.note(5000, 101.0, asking=False)
    assert speed.rate == pytest.approx(5000)
    assert speed.left(10_000) == pytest.approx(1)
    speed.note(5020, 111.0, asking=True)
    assert speed.rate == pytest.approx(2)
    assert speed.left(10_000) == pytest.approx(2490)


def test_few_samples_are_kept_however_many_are_done() -> None:
    speed = after(*((100.0 + number / 1000, number) for number in range(1, 100_001)))
    assert len(speed._samples) <= 30 / 0.25 + 2
    assert speed.rate == pytest.approx(1000)


def test_silence_lasts_from_the_last_news_on() -> None:
    silence = Silence(100.0)
    assert silence.seconds(0, 103.0) == 3
    assert silence.seconds(1, 104.0) == 0
    assert silence.seconds(1, 109.0) == 5
