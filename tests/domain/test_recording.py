from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerbot.domain.errors import InputError, Location
from answerbot.domain.llm import Request
from answerbot.domain.recording import Recording, find_secret, redact, refuse_secret
from tests.adapters.requests import recording, request
from tests.domain.test_llm import REQUESTS

HERE = Location("bank/recordings/rnn.jsonl", 7)
LINE = recording(request()).to_line()


def test_a_recording_survives_the_way_to_a_line_and_back() -> None:
    read = Recording.from_line(LINE, HERE)
    assert (read, read.to_line()) == (recording(request()), LINE)


def test_the_fields_stand_in_the_order_in_which_a_person_reads_them() -> None:
    assert list(json.loads(LINE)) == ["key", "label", "request", "reply", "recorded_at", "source"]
    assert "\n" not in LINE


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"key": "0" * 64}, "the key is not that of the request"),
        ({"label": 3}, "label: Input should be a valid string"),
        ({"cost": 1}, "cost: Extra inputs are not permitted"),
        ({"reply": {"text": "Yes."}}, "reply.model: Field required"),
    ],
)
def test_a_line_that_is_no_recording_is_refused_with_its_place(
    change: dict[str, object], what: str
) -> None:
    line = json.dumps(json.loads(LINE) | change)
    with pytest.raises(InputError) as caught:
        Recording.from_line(line, HERE)
    assert str(caught.value).startswith(f"bank/recordings/rnn.jsonl:7: not a recording: {what}")


def test_what_is_asked_for_speeds_reading_up_and_proves_nothing_wrong() -> None:
    asked = request(label="something else")
    assert Recording.from_line(LINE, HERE, asked) == recording(request())
    other = request("What is a GRU?")
    assert Recording.from_line(LINE, HERE, other) == recording(request())
    line = json.dumps(json.loads(LINE) | {"key": other.key})
    for one in (asked, other):
        with pytest.raises(InputError, match="the key is not that of the request"):
            Recording.from_line(line, HERE, one)


def asking(asked: Request, line: str) -> Recording | str:
    """What is read, or the error."""
    try:
        return Recording.from_line(line, HERE, asked)
    except InputError as error:
        return str(error)


@settings(max_examples=60, deadline=None)
@given(REQUESTS, st.text(max_size=9), st.text(max_size=9))
def test_it_makes_no_difference_to_what_is_read_whether_it_was_asked_for(
    asked: Request, label: str, model: str
) -> None:
    written = recording(asked.model_copy(update={"label": label}))
    line = written.to_line()
    for one in (asked, Request.model_validate({**asked.sent(), "model": model, "label": label})):
        assert Recording.from_line(line, HERE, one) == Recording.from_line(line, HERE) == written


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(LINE) - 1), st.sampled_from(['"', "\\", "}", ", ", "0", ""]))
def test_a_line_that_was_changed_anywhere_is_read_as_if_it_was_not_asked_for(
    at: int, put: str
) -> None:
    changed = LINE[:at] + put + LINE[at + 1 :]
    try:
        read: Recording | None = Recording.from_line(changed, HERE)
    except InputError:
        read = None
    found = asking(request(), changed)
    assert (found if isinstance(found, Recording) else None) == read


@pytest.mark.parametrize("field", ["request", "unknown"])
def test_a_field_too_many_is_refused_also_where_the_rest_is_as_asked(field: str) -> None:
    line = f'{LINE[:-1]}, "{field}": {{}}}}'
    assert "not a recording" in str(asking(request(), line))


SECRETS = [
    "sk-" + "proj-abcdefghij0123456789",
    "Bearer " + "abcdefghijklmnop0123456789",
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "ghs_" + "a1" * 18,
    "AIza" + "Sy0123456789abcdefghijklmnopqrstuv",
    "hf_" + "a1" * 18,
    "xoxb-" + "0123456789-abc",
    "-----BEGIN RSA PRIVATE" + " KEY-----",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_found_and_not_shown(secret: str) -> None:
    with pytest.raises(InputError, match="looks like a secret") as caught:
        refuse_secret(LINE.replace("What is an RNN?", f"Use {secret}"), HERE)
    assert secret not in str(caught.value)
    assert redact(f"Use {secret} now") == "Use *** now"


@pytest.mark.parametrize(
    "text",
    [
        "a task-specific-representation-of-the-input-2024",
        "scikit-learn, sk-learn for short",
        "the bearer of good news about backpropagation",
        "W_{hh} and hidden_to_hidden_weights_0123456789",
    ],
)
def test_ordinary_words_are_no_secrets(text: str) -> None:
    assert find_secret(text) is None
