from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from answerbot.adapters import recorded_llm
from answerbot.adapters.recorded_llm import RecordedLLM
from answerbot.adapters.recordings import Recordings, load_recordings, write_recordings
from answerbot.adapters.scripted_llm import ScriptedLLM
from answerbot.domain.errors import MissingRecordingError
from answerbot.domain.llm import Message, ReplySchema, Request
from answerbot.domain.recording import Recording
from answerbot.domain.spelling import likeness
from tests.adapters.requests import Fields, recording, request

OLD = recording(request("What is an RNN?", model="replayed"), "Recorded.")


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    write_recordings(tmp_path / "rnn.jsonl", [OLD])
    return load_recordings([tmp_path])


async def test_a_recording_of_one_model_serves_a_request_made_for_another(
    recordings: Recordings,
) -> None:
    llm = RecordedLLM(recordings, ["live", "replayed"])
    assert (await llm.complete(request(model="live"))).text == "Recorded."
    assert llm.used == {OLD.key}


async def test_a_recording_of_a_model_that_does_not_count_is_not_used(
    recordings: Recordings,
) -> None:
    llm = RecordedLLM(recordings, ["live"])
    with pytest.raises(MissingRecordingError, match="model: recorded 'replayed', asked live"):
        await llm.complete(request(model="live"))
    assert llm.used == set()


async def test_what_is_not_recorded_goes_to_the_fallback(recordings: Recordings) -> None:
    fallback = ScriptedLLM(["Live."])
    llm = RecordedLLM(recordings, ["replayed"], fallback)
    assert (await llm.complete(request("What is a GRU?"))).text == "Live."
    assert (await llm.complete(request(model="replayed"))).text == "Recorded."
    assert len(fallback.requests) == 1


async def missing(recordings: Recordings, asked: Request) -> str:
    with pytest.raises(MissingRecordingError) as caught:
        await RecordedLLM(recordings, ["replayed"]).complete(asked)
    return str(caught.value)


async def test_a_miss_names_the_label_the_nearest_recording_and_the_lines_that_differ(
    tmp_path: Path,
) -> None:
    text = "You are an expert.\nExplain RNNs.\nBe brief."
    near = recording(request(text, model="replayed"))
    far = recording(request("Something else", model="replayed", label="rnn/0 draft"))
    write_recordings(tmp_path / "rnn.jsonl", [far, near])
    asked = request(text.replace("brief", "thorough"), model="replayed")
    said = await missing(load_recordings([tmp_path]), asked)
    assert said.startswith("no recording of 'rnn/1 draft'; the nearest is 'rnn/1 draft' at ")
    assert f"{tmp_path / 'rnn.jsonl'}:2" in said
    assert "    -Be brief." in said
    assert "    +Be thorough." in said
    assert "-Explain RNNs." not in said
    assert "hint: set OPENAI_BASE_URL or OPENAI_API_KEY" in said


async def test_the_nearest_recording_is_looked_for_when_somebody_reads_the_error(
    recordings: Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Recordings] = []
    every = Recordings.all

    def all_of(one: Recordings) -> Iterator[Recording]:
        looked.append(one)
        return every(one)

    monkeypatch.setattr(Recordings, "all", all_of)
    with pytest.raises(MissingRecordingError) as caught:
        await RecordedLLM(recordings, ["replayed"]).complete(request("Else?"))
    assert looked == []
    assert "no recording of 'rnn/1 draft'; the nearest is" in str(caught.value)
    assert looked == [recordings]


async def test_without_a_like_label_the_most_similar_message_is_the_nearest(
    tmp_path: Path,
) -> None:
    lines = [
        recording(request(text, model="replayed", label=label))
        for label, text in (("a/1", "What is dropout?"), ("a/2", "What is a recurrent network?"))
    ]
    write_recordings(tmp_path / "rnn.jsonl", lines)
    asked = request("What is a recurrent neural network?", model="replayed", label="new/1")
    assert "the nearest is 'a/2'" in await missing(load_recordings([tmp_path]), asked)


async def test_the_nearest_of_many_is_found_and_few_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = "You answer questions of an interview. Be brief. Explain what {} means to {}."
    lines = [
        recording(
            request(template.format(f"term{n}", f"field{n}"), model="replayed", label=f"a/{n}")
        )
        for n in range(300)
    ]
    write_recordings(tmp_path / "rnn.jsonl", lines)
    compared = []

    def counting(one: str, other: str) -> float:
        compared.append(one)
        return likeness(one, other)

    monkeypatch.setattr(recorded_llm, "likeness", counting)
    asked = request(template.format("term217", "experts"), model="replayed", label="new/1")
    assert "the nearest is 'a/217'" in await missing(load_recordings([tmp_path]), asked)
    assert 0 < len(compared) <= 20


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"max_output_tokens": 99}, "max_output_tokens: recorded 50, asked 99"),
        ({"temperature": 0.5}, "temperature: recorded None, asked 0.5"),
        ({"sample": 2}, "sample: recorded 0, asked 2"),
        (
            {"reply_schema": ReplySchema(name="X", json_schema={})},
            "reply_schema: the type of the reply has changed",
        ),
    ],
)
async def test_a_miss_names_the_field_that_differs(
    recordings: Recordings, change: Fields, line: str
) -> None:
    assert line in await missing(recordings, request(model="replayed", **change))


async def test_a_miss_says_when_the_conversation_is_longer(recordings: Recordings) -> None:
    more = (*OLD.request.messages, Message(role="user", content="Again."))
    asked = Request(model="replayed", messages=more, max_output_tokens=50, label=OLD.label)
    assert "messages: recorded 1, asked 2" in await missing(recordings, asked)


async def test_a_miss_without_any_recordings_says_so() -> None:
    assert "there are none at all" in await missing(Recordings(), request())


async def test_a_recording_of_something_else_altogether_is_not_held_up_as_the_nearest(
    tmp_path: Path,
) -> None:
    other = recording(request("Question: Why do gates help an LSTM?", label="rnn/7 draft"))
    write_recordings(tmp_path / "a.jsonl", [other])
    asked = request("Question: What is overfitting?", label="mine/1 draft")
    said = await missing(load_recordings([tmp_path]), asked)
    assert "none of the 1 recordings is like it" in said
