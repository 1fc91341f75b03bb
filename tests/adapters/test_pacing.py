"""The arithmetic of pacing, with a clock that the test turns."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from math import inf
from random import Random

import pytest

from answerbot.adapters.pacing import START, Left, Pacer, Quota, Rate, Ticket, read_headers

NOW = 1763727990.0  # 2025-11-21T12:26:30Z, in seconds since 1970
NOTHING_TODAY = {
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "24h0m0s",
}


class Simulation:
    """An endpoint that answers after `latency(on their way)` and lets `rate` a second through.

    Of those it refuses the share `by_chance`. The machine is `late` seconds late on average.
    """

    def __init__(
        self,
        pacer: Pacer,
        latency: Callable[[int], float],
        rate: float = inf,
        *,
        headers: bool = False,
        retry_after: float | None = None,
        burst: float | None = None,
        by_chance: float = 0.0,
        late: float = 0.0,
        seed: int = 1,
    ) -> None:
        self.pacer, self.latency, self.rate = pacer, latency, rate
        self.by_chance, self.late, self._random = by_chance, late, Random(seed)
        self.headers, self.retry_after = headers, retry_after
        self.level = self.most = rate if burst is None else burst
        self.refused = 0
        self.now = self.filled = 0.0
        self._ends: list[tuple[float, int, Ticket, bool, dict[str, str]]] = []

    def run(self, number: int) -> float:
        """Seconds that it takes to get so many requests answered."""
        waiting = number
        while waiting or self._ends:
            wait = self.pacer.wait(0, self.now) if waiting else inf
            if wait <= 0:
                waiting -= 1
                self._begin()
                continue
            end = self._ends[0][0] if self._ends else inf
            assert min(end, self.now + wait) < inf, "it waits for nothing"
            if self.now + wait < end:
                self.now += wait + self._lateness()
                continue
            waiting += self._end()
        return self.now

    def _begin(self) -> None:
        ticket = self.pacer.begin(0, self.now)
        admitted = True
        if self.rate < inf:
            self.level = min(self.most, self.level + (self.now - self.filled) * self.rate)
            self.filled = self.now
            admitted = self.level >= 1
            self.level -= admitted
        if self._random.random() < self.by_chance:
            admitted = False
        delay = self.latency(self.pacer.on_their_way) if admitted else 0.02
        said = (
            {
                "x-ratelimit-remaining-requests": f"{int(self.level)}",
                "x-ratelimit-reset-requests": f"{(self.most - self.level) / self.rate:.3f}s",
            }
            if self.headers
            else {}
        )
        ends = self.now + delay + self._lateness()
        heapq.heappush(self._ends, (ends, ticket.requests, ticket, admitted, said))

    def _end(self) -> int:
        ended, _, ticket, admitted, said = heapq.heappop(self._ends)
        self.now = max(self.now, ended)
        self.pacer.end()
        self.pacer.hear(ticket, said, self.now, NOW)
        if admitted:
            self.pacer.answered(ticket, None, 0, self.now)
            return 0
        self.refused += 1
        self.pacer.refused(ticket, self.retry_after, self.now)
        return 1

    def _lateness(self) -> float:
        return self._random.expovariate(1 / self.late) if self.late else 0.0


def steady(_: int) -> float:
    return 0.2


def slots(number: int) -> Callable[[int], float]:
    """The latency of an endpoint that works on so many at a time."""
    return lambda on_their_way: 0.2 * max(1.0, on_their_way / number)


def test_it_starts_modestly_and_soon_uses_all_places() -> None:
    pacer = Pacer(256)
    assert pacer.places == START
    seconds = Simulation(pacer, steady).run(10_000)
    assert pacer.places == 256
    assert seconds < 1.1 * 10_000 / 256 * 0.2


def test_no_more_are_on_their_way_than_were_allowed() -> None:
    pacer = Pacer(3)
    while pacer.wait(0, 0.0) == 0:
        pacer.begin(0, 0.0)
    assert pacer.on_their_way == 3
    assert pacer.wait(0, 0.0) == inf


def test_an_endpoint_with_few_slots_gets_short_lines_and_is_never_idle() -> None:
    pacer = Pacer(256)
    seconds = Simulation(pacer, slots(16)).run(4000)
    assert seconds < 1.1 * 4000 / 16 * 0.2
    assert 16 <= pacer.places <= 48


def test_one_request_that_hangs_changes_nothing() -> None:
    pacer = Pacer(64)
    simulation = Simulation(pacer, steady)
    simulation.run(1000)
    hung = pacer.begin(0, simulation.now)
    simulation.run(500)
    pacer.end()
    pacer.answered(hung, None, 0, simulation.now + 100)
    assert pacer.places == 64


def test_long_replies_are_not_taken_for_a_slow_endpoint() -> None:
    pacer = Pacer(32)
    for written in [20] * 200 + [2000] * 200:
        ticket = pacer.begin(0, 0.0)
        pacer.end()
        pacer.answered(ticket, None, written, (30 + written) / 100)
    assert pacer.places == 32


def test_a_rate_that_the_endpoint_tells_is_kept_without_a_refusal() -> None:
    simulation = Simulation(Pacer(64), steady, rate=50, headers=True)
    assert simulation.run(1000) <= 1.05 * 1000 / 50
    assert simulation.refused == 0


def test_a_rate_that_is_configured_is_kept_without_a_refusal() -> None:
    simulation = Simulation(Pacer(64, requests_a_minute=3000), steady, rate=50)
    assert simulation.run(1000) <= 1.05 * 1000 / 50
    assert simulation.refused == 0


def test_a_configured_rate_that_is_too_much_for_the_endpoint_is_lowered() -> None:
    simulation = Simulation(Pacer(64, requests_a_minute=6000), steady, rate=50)
    assert simulation.run(2000) < 1.05 * 2000 / 50
    assert simulation.refused < 0.05 * 2000


def test_after_refusals_the_configured_rate_is_reached_again_and_not_passed() -> None:
    simulation = Simulation(Pacer(64, requests_a_minute=600), steady, rate=10, burst=1)
    simulation.run(100)
    assert simulation.refused > 0
    simulation.rate = inf
    simulation.run(200)
    assert simulation.pacer.rate is not None
    assert simulation.pacer.rate.per_second == 10


@pytest.mark.parametrize("retry_after", [None, 0.02, 1.0])
def test_a_rate_that_nobody_tells_is_found_out(retry_after: float | None) -> None:
    simulation = Simulation(Pacer(64), steady, rate=50, retry_after=retry_after)
    assert simulation.run(1000) <= 1.05 * 1000 / 50
    assert simulation.refused < 0.05 * 1000


@pytest.mark.parametrize("seed", range(5))
def test_a_rate_is_found_out_on_a_busy_machine_as_well(seed: int) -> None:
    simulation = Simulation(Pacer(64), steady, rate=50, late=0.03, seed=seed)
    assert simulation.run(1000) <= 1.15 * 1000 / 50
    assert simulation.refused < 0.05 * 1000


@pytest.mark.parametrize("share", [0.03, 0.1, 0.2])
def test_refusals_that_are_as_many_however_few_are_asked_do_not_slow_it_down_for_long(
    share: float,
) -> None:
    simulation = Simulation(Pacer(64), steady, by_chance=share)
    simulation.run(3000)
    began = simulation.now
    simulation.run(3000)
    assert simulation.now - began < 1.5 * 3000 / 64 * 0.2 / (1 - share)


@pytest.mark.parametrize("burst", [1, 10, 50])
def test_a_limit_that_is_lowered_is_not_taken_for_chance(burst: float) -> None:
    simulation = Simulation(Pacer(64), steady, rate=50, burst=burst)
    simulation.run(1000)
    simulation.rate = 20
    began, before = simulation.now, simulation.refused
    simulation.run(1000)
    assert simulation.now - began < 1.3 * 1000 / 20
    assert simulation.refused - before < 0.08 * 1000


def test_a_limit_that_comes_after_chance_is_found_out() -> None:
    simulation = Simulation(Pacer(64), steady, by_chance=0.1)
    simulation.run(5000)
    simulation.rate, simulation.by_chance, before = 50, 0.0, simulation.refused
    simulation.run(1000)
    assert simulation.refused - before < 0.15 * 1000


def test_a_limit_that_comes_back_after_a_minute_without_any_is_found_out_again() -> None:
    simulation = Simulation(Pacer(64), steady, rate=20)
    simulation.run(200)
    simulation.rate = inf
    simulation.run(60 * 64 * 5)  # a minute with all places in use
    simulation.rate, before = 50, simulation.refused
    simulation.run(1000)
    assert simulation.refused - before < 0.05 * 1000 + 64  # as many were on their way


@pytest.mark.parametrize("rate", [5, 20, 200])
def test_other_rates_are_found_out_as_well(rate: float) -> None:
    simulation = Simulation(Pacer(64), steady, rate=rate)
    number = int(20 * rate)
    assert simulation.run(number) <= 1.15 * 20
    assert simulation.refused < 0.05 * number + 64  # as many were on their way at first


@pytest.mark.parametrize("burst", [1, 10, 200])
def test_how_many_an_endpoint_takes_at_once_is_found_out_too(burst: float) -> None:
    simulation = Simulation(Pacer(64), steady, rate=50, retry_after=1.0, burst=burst)
    assert simulation.run(2000) <= 1.8 * 2000 / 50
    assert simulation.refused < 0.1 * 2000


def test_a_refusal_after_a_pause_in_which_nothing_came_does_not_stop_everything() -> None:
    pacer = Pacer(64)
    early = [pacer.begin(0, 0.01 * turn) for turn in range(40)]
    pacer.refused(early[-1], 1.0, 0.5)
    late = [pacer.begin(0, 1.5) for _ in range(24)]
    pacer.refused(late[-1], 1.0, 1.6)
    assert pacer.rate is not None
    assert pacer.rate.per_second > 10


def test_while_the_endpoint_wants_to_be_left_alone_the_rate_does_not_grow() -> None:
    pacer = Pacer(64)
    before, refused = pacer.begin(0, 0.0), pacer.begin(0, 0.0)
    pacer.refused(refused, 5.0, 0.1)
    assert pacer.rate is not None
    found = pacer.rate.per_second
    pacer.answered(before, None, 0, 4.0)
    assert pacer.rate.per_second == found


def test_nothing_goes_out_for_as_long_as_the_endpoint_wants() -> None:
    pacer = Pacer(8)
    pacer.refused(pacer.begin(0, 0.0), 7.0, 1.0)
    pacer.end()
    assert pacer.wait(0, 1.0) == 7.0
    assert pacer.wait(0, 9.0) == 0.0


def test_tokens_a_minute_are_kept() -> None:
    pacer = Pacer(1000, tokens_a_minute=60_000)  # a thousand a second
    now, sent = 0.0, 0
    while now < 60:
        wait = pacer.wait(500, now)
        if wait > 0:
            now += wait
            continue
        ticket = pacer.begin(500, now)
        pacer.end()
        pacer.answered(ticket, 1000, 10, now)  # twice as many as was thought
        sent += 1
    assert 57 <= sent <= 67  # a minute's, and five seconds' that were spared


def test_a_rate_lets_through_so_many_a_second_and_no_more() -> None:
    rate = Rate(10, now=0)
    for _ in range(3):
        rate.take(1, 0.0)
    assert rate.wait(1, 0.0) == pytest.approx(0.3)
    assert rate.wait(1, 0.3) == pytest.approx(0.0)


def test_of_answers_that_overtake_each_other_the_later_request_tells_what_is_left() -> None:
    quota = Quota()
    quota.hear(10, Left(5, 60), now=0.0)
    quota.hear(9, Left(6, 60), now=0.0)
    assert quota.wait(15, 0.0) == 0
    assert quota.wait(16, 0.0) == 60
    quota.hear(8, Left(100, 60), now=0.0)
    assert quota.wait(16, 0.0) == 60


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("20ms", 0.02),
        ("1h2m3.5s", 3723.5),
        ("1d2h", 93_600.0),
        ("1.5", 1.5),
        ("0s", 0.0),
        ("1763728000", 10.0),
        ("1763728000.5", 10.5),
        ("1763728000500", 10.5),
        ("1763720000", 0.0),
        ("2025-11-21T12:26:40Z", 10.0),
        ("2025-11-21T12:26:40", 10.0),
        ("2025-11-21T13:26:40.5+01:00", 10.5),
        ("2024-11-21", 0.0),
    ],
)
def test_what_is_left_is_read(reset: str, seconds: float) -> None:
    headers = {"x-ratelimit-remaining-tokens": "42", "x-ratelimit-reset-tokens": reset}
    assert read_headers(headers, "tokens", NOW) == Left(42, seconds)
    assert read_headers(headers, "requests", NOW) is None


@pytest.mark.parametrize(
    ("remaining", "reset"),
    [("-1", "1s"), ("x", "1s"), ("5", "soon"), ("5", "nan"), ("5", "inf"), ("5", "-3")],
)
def test_headers_that_mean_nothing_are_passed_over(remaining: str, reset: str) -> None:
    headers = {"x-ratelimit-remaining-tokens": remaining, "x-ratelimit-reset-tokens": reset}
    assert read_headers(headers, "tokens", NOW) is None


def test_what_is_left_without_a_word_on_how_long_that_holds_is_passed_over() -> None:
    assert read_headers({"x-ratelimit-remaining-requests": "0"}, "requests", NOW) is None


def told_of_nothing(*, patience: float) -> Pacer:
    """A pacer whose first request was answered, at 1 s, with headers that leave nothing today."""
    pacer = Pacer(8, patience=patience)
    first = pacer.begin(0, 0.0)
    end(pacer, first, NOTHING_TODAY, 1.0)
    pacer.answered(first, None, 0, 1.0)
    return pacer


def end(pacer: Pacer, ticket: Ticket, said: dict[str, str], now: float) -> None:
    pacer.hear(ticket, said, now, NOW)
    pacer.end()


def test_headers_that_leave_nothing_for_long_are_tried_with_one_request() -> None:
    pacer = told_of_nothing(patience=600)
    assert pacer.wait(0, 1.0) == 5
    assert pacer.wait(0, 6.0) == 0
    pacer.begin(0, 6.0)
    assert pacer.wait(0, 60.0) == 86_400 - 59


def test_headers_that_leave_nothing_no_longer_than_one_may_wait_are_kept_to() -> None:
    pacer = told_of_nothing(patience=86_400)
    assert pacer.wait(0, 11.0) == 86_390


def test_headers_that_turn_out_wrong_are_not_minded_any_more() -> None:
    pacer = told_of_nothing(patience=600)
    trial = pacer.begin(0, 6.0)
    end(pacer, trial, NOTHING_TODAY, 7.0)
    pacer.answered(trial, None, 0, 7.0)
    assert pacer.wait(0, 7.0) == 0
    later = pacer.begin(0, 7.0)
    end(pacer, later, NOTHING_TODAY, 8.0)
    assert pacer.wait(0, 8.0) == 0


def test_headers_that_a_refusal_confirms_are_tried_again_after_a_while() -> None:
    pacer = told_of_nothing(patience=600)
    trial = pacer.begin(0, 6.0)
    pacer.refused(trial, None, 7.0)
    end(pacer, trial, NOTHING_TODAY, 7.0)
    assert pacer.wait(0, 7.0) == 5
    assert pacer.wait(0, 12.0) == 0


def test_headers_that_leave_something_again_are_kept_to() -> None:
    pacer = told_of_nothing(patience=600)
    trial = pacer.begin(0, 6.0)
    said = {"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "60s"}
    end(pacer, trial, said, 7.0)
    pacer.answered(trial, None, 0, 7.0)
    assert pacer.wait(0, 7.0) == 0
    pacer.begin(0, 7.0)
    assert pacer.wait(0, 7.0) == 60
