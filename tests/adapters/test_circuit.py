"""When is asking on of no use? The clock is a number."""

from __future__ import annotations

from math import inf

import pytest

from answerbot.adapters import circuit as module
from answerbot.adapters.circuit import AT_START, IN_A_ROW, Circuit
from answerbot.domain.errors import BudgetError, EndpointError, NotFinishedError
from answerbot.domain.llm import ChargedReplyError, RefusedRequestError, TransientError

DOWN = TransientError("the server had an error", status=500, code="server-error")
REFUSED = RefusedRequestError("what is that?", status=400, code="bad-request")
EMPTY = ChargedReplyError("the reply is empty", usage=None, code="empty")


@pytest.fixture(autouse=True)
def a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first pause is of a second."""
    monkeypatch.setattr(module, "FIRST_PAUSE", 1.0)


def failed(circuit: Circuit, times: int, error: NotFinishedError = DOWN, now: float = 0.0) -> None:
    for number in range(times):
        circuit.failed(number, error, now)


def tried(circuit: Circuit, number: int, now: float) -> float:
    """One request goes out and fails at once; the seconds until the next may."""
    circuit.begin(number)
    assert circuit.wait(now) == inf
    circuit.failed(number, DOWN, now)
    circuit.end(number)
    return circuit.wait(now)


def test_some_failures_are_no_reason_to_hold_anything_back() -> None:
    circuit = Circuit(outage=120.0)
    failed(circuit, IN_A_ROW - 1)
    assert circuit.wait(0.0) == 0
    circuit.succeeded()
    failed(circuit, IN_A_ROW - 1)
    assert circuit.wait(0.0) == 0


def test_after_many_failures_in_a_row_one_request_at_a_time_tries_with_growing_pauses() -> None:
    circuit = Circuit(outage=120.0)
    circuit.succeeded()
    failed(circuit, IN_A_ROW)
    now, pauses = 0.0, [circuit.wait(0.0)]
    for number in range(100, 106):
        now += pauses[-1]
        assert circuit.wait(now) == 0
        pauses.append(tried(circuit, number, now))
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_a_success_lets_everybody_through_again() -> None:
    circuit = Circuit(outage=120.0)
    failed(circuit, IN_A_ROW)
    assert circuit.wait(0.0) > 0
    circuit.succeeded()
    assert circuit.wait(0.0) == 0


def test_failures_of_requests_that_were_under_way_already_make_no_pause_longer() -> None:
    circuit = Circuit(outage=120.0)
    failed(circuit, 64)
    assert circuit.wait(0.0) == 1


def test_a_request_that_tries_and_is_broken_off_leaves_its_place_to_another() -> None:
    circuit = Circuit(outage=120.0)
    failed(circuit, IN_A_ROW)
    circuit.begin(100)
    circuit.end(100)
    assert circuit.wait(1.0) == 0


@pytest.mark.parametrize(("successes", "seconds"), [(0, AT_START), (1, 120.0)])
def test_where_nothing_succeeds_for_long_the_run_ends_sooner_if_nothing_ever_has(
    successes: int, seconds: float
) -> None:
    circuit = Circuit(outage=120.0)
    for _ in range(successes):
        circuit.succeeded()
    failed(circuit, IN_A_ROW)
    now, tries = 0.0, 0
    while circuit.broken is None:
        now += circuit.wait(now)
        tries += 1
        tried(circuit, 100 + tries, now)
    assert now == seconds
    assert tries <= 9
    assert circuit.broken.stops_all
    assert (circuit.broken.code, circuit.broken.status) == ("server-error", 500)
    assert f"{IN_A_ROW + tries} requests" in str(circuit.broken)
    assert circuit.wait(now) == 0  # whoever waits is to hear of it


def throttled(retry_after: float | None = None) -> TransientError:
    return TransientError("429", retry_after=retry_after, throttled=True, code="rate-limited")


def test_where_nothing_but_refusals_as_too_many_comes_for_long_the_run_ends() -> None:
    circuit = Circuit(outage=120.0, patience=600.0)
    for now in (0.0, 599.0, 600.0):
        circuit.failed(0, throttled(), now)
    circuit.succeeded()
    for now in (1000.0, 1300.0, 1600.0):
        circuit.failed(0, throttled(60.0), now)
    assert not circuit.broken
    circuit.failed(0, DOWN, 1600.5)
    circuit.failed(0, throttled(60.0), 1601.0)
    assert circuit.broken is not None
    assert "taken nothing for 601 seconds" in str(circuit.broken)
    assert circuit.broken.code == "rate-limited"


def test_an_endpoint_that_wants_to_be_left_alone_for_longer_ends_the_run_at_once() -> None:
    circuit = Circuit(outage=120.0, patience=600.0)
    circuit.succeeded()
    circuit.failed(0, throttled(86400.0), 0.0)
    assert circuit.broken is not None
    assert "left alone for 86400 seconds" in str(circuit.broken)


@pytest.mark.parametrize(("successes", "waits"), [(0, [20, 5]), (1, [20, 20, 20, 20, 20, 20])])
def test_an_endpoint_that_is_out_and_says_for_how_long_is_left_alone_so_long(
    successes: int, waits: list[float]
) -> None:
    circuit = Circuit(outage=120.0)
    for _ in range(successes):
        circuit.succeeded()
    loading = TransientError("503", retry_after=20.0, status=503, code="overloaded")
    failed(circuit, IN_A_ROW, loading)
    now, waited = 0.0, []
    while circuit.broken is None:
        waited.append(circuit.wait(now))
        now += waited[-1]
        circuit.begin(100)
        circuit.failed(100, loading, now)
        circuit.end(100)
    assert waited == waits


def test_an_error_that_every_request_would_meet_ends_the_run_at_once() -> None:
    circuit = Circuit(outage=120.0)
    refused = EndpointError("bad key", status=401, code="key-refused")
    circuit.failed(0, refused, 0.0)
    assert circuit.broken is refused


@pytest.mark.parametrize("error", [REFUSED, EMPTY])
def test_first_requests_that_all_fail_in_a_way_that_does_not_pass_end_the_run(
    error: NotFinishedError,
) -> None:
    circuit = Circuit(outage=120.0)
    failed(circuit, IN_A_ROW - 1, error)
    assert not circuit.broken
    failed(circuit, 1, error)
    assert circuit.broken is not None
    assert f"{IN_A_ROW} requests failed and none succeeded" in str(circuit.broken)
    assert circuit.broken.code == error.code


@pytest.mark.parametrize("error", [REFUSED, EMPTY])
def test_later_such_failures_are_those_of_single_requests(error: NotFinishedError) -> None:
    circuit = Circuit(outage=120.0)
    circuit.succeeded()
    failed(circuit, 100, error)
    assert circuit.broken is None
    assert circuit.wait(0.0) == 0


@pytest.mark.parametrize(
    "error",
    [
        TransientError("429", throttled=True, code="rate-limited"),
        RefusedRequestError("flagged", code="prompt-filtered"),
        RefusedRequestError("too long", code="request-too-long"),
        BudgetError("too dear"),
    ],
)
def test_what_says_nothing_against_the_endpoint_holds_nothing_back(
    error: NotFinishedError,
) -> None:
    circuit = Circuit(outage=120.0)
    failed(circuit, 100, error)
    assert circuit.broken is None
    assert circuit.wait(0.0) == 0
