from __future__ import annotations

from collections.abc import Sequence

import pytest

from answerbot.adapters import retrying_llm
from answerbot.adapters.retrying_llm import LONGEST_WAIT, RetryingLLM
from answerbot.adapters.scripted_llm import Answer, ScriptedLLM
from answerbot.domain.errors import EndpointError
from answerbot.domain.llm import Reply, TransientError
from tests.adapters.requests import USAGE, request


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(retrying_llm, "pause", pause)
    return waits


async def ask(script: Sequence[Answer], attempts: int = 4) -> str:
    return (await RetryingLLM(ScriptedLLM(script), attempts).complete(request())).text


async def test_what_fails_and_passes_is_asked_again(waits: list[float]) -> None:
    assert await ask([TransientError("500"), TransientError("500"), "Yes."]) == "Yes."
    assert len(waits) == 2


async def test_the_number_of_attempts_is_bounded_and_told(waits: list[float]) -> None:
    with pytest.raises(TransientError, match=r"500 again \(tried 2 times\)"):
        await ask([TransientError("500"), TransientError("500 again", charged=True)], attempts=2)
    assert len(waits) == 1


async def test_what_does_not_pass_is_not_asked_again(waits: list[float]) -> None:
    with pytest.raises(EndpointError, match=r"^401$"):
        await ask([EndpointError("401")])
    assert waits == []


def after(error: EndpointError) -> EndpointError:
    """The error, and a reply of no use came before it."""
    error.usage = USAGE
    return error


async def test_what_failed_attempts_took_is_counted_with_the_reply(waits: list[float]) -> None:
    reply = Reply(text="Yes.", model="small", usage=USAGE)
    script = ScriptedLLM([after(TransientError("500")), TransientError("500"), reply])
    assert (await RetryingLLM(script).complete(request())).usage == USAGE + USAGE
    assert len(waits) == 2


@pytest.mark.parametrize("last", [TransientError("503"), EndpointError("401")])
async def test_what_failed_attempts_took_is_counted_with_what_ends_them(
    waits: list[float], last: EndpointError
) -> None:
    script = ScriptedLLM([after(TransientError("500")), after(last)])
    with pytest.raises(EndpointError, match=str(last)) as caught:
        await RetryingLLM(script, attempts=2).complete(request())
    assert caught.value.usage == USAGE + USAGE
    assert len(waits) == 1


async def test_waits_grow_and_differ(waits: list[float]) -> None:
    await ask([*(TransientError("500") for _ in range(11)), "Yes."], attempts=12)
    assert all(0 <= wait <= min(60, 2**turn) for turn, wait in enumerate(waits))
    assert len(set(waits)) == len(waits)


@pytest.mark.parametrize(
    ("asked", "least", "most"), [(0.0, 0, 0.2), (10.0, 10, 11.1), (1e9, LONGEST_WAIT, LONGEST_WAIT)]
)
async def test_the_wait_is_as_long_as_the_endpoint_wants_within_bounds(
    waits: list[float], asked: float, least: float, most: float
) -> None:
    await ask([TransientError("429", retry_after=asked), "Yes."])
    assert least <= waits[0] <= most


async def test_nothing_is_asked_again_after_so_many_seconds(waits: list[float]) -> None:
    script = ScriptedLLM([TransientError("503", retry_after=10.0) for _ in range(3)])
    with pytest.raises(TransientError, match=r"503 \(tried 1 time\)"):
        await RetryingLLM(script, patience=9.0).complete(request())
    assert (waits, len(script.requests)) == ([], 1)
