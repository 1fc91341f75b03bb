from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerbot.domain.llm import Message, ReplySchema, Request, key_of

FIELDS: dict[str, object] = {
    "model": "small",
    "messages": (Message(role="user", content="Größe?"),),
}
REQUEST = Request.model_validate(FIELDS)


def test_the_key_is_the_hash_of_the_canonical_json_of_everything_sent() -> None:
    canonical = (
        '{"max_output_tokens":null,"messages":[{"content":"Größe?","role":"user"}],'
        '"model":"small","reply_schema":null,"sample":0,"temperature":null}'
    )
    assert REQUEST.key == hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"model": "large"},
        {"messages": (Message(role="user", content="Größe? "),)},
        {"messages": (Message(role="system", content="Größe?"),)},
        {"reply_schema": ReplySchema(name="Size", json_schema={"type": "object"})},
        {"max_output_tokens": 1},
        {"temperature": 0.0},
        {"sample": 1},
    ],
)
def test_whatever_is_sent_changes_the_key(change: dict[str, object]) -> None:
    assert Request.model_validate(FIELDS | change).key != REQUEST.key


def test_the_label_changes_neither_the_key_nor_what_is_sent() -> None:
    labelled = Request.model_validate(FIELDS | {"label": "rnn/1 draft"})
    assert labelled.key == REQUEST.key
    assert "label" not in labelled.sent()


def test_the_key_for_another_model_is_that_of_a_request_made_for_it() -> None:
    large = Request(model="large", messages=REQUEST.messages)
    assert REQUEST.key_for("large") == large.key != REQUEST.key
    assert large.key_for("small") == REQUEST.key


def test_numbers_that_are_equal_and_written_otherwise_have_keys_of_their_own() -> None:
    whole = Request(model="small", messages=(), max_output_tokens=1, temperature=1.0)
    assert whole.key == key_of(whole.sent())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(0, 1) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
REQUESTS = st.builds(
    Request,
    model=st.text(max_size=9),
    messages=st.lists(
        st.builds(Message, role=st.sampled_from(["system", "user"]), content=st.text()), max_size=2
    ).map(tuple),
    reply_schema=st.none()
    | st.builds(
        ReplySchema, name=st.just("Reply"), json_schema=st.dictionaries(st.text(max_size=5), JSON)
    ),
    max_output_tokens=st.none() | st.integers(),
    temperature=st.none() | st.floats(0, 2),
    sample=st.integers(),
)


@settings(max_examples=60, deadline=None)
@given(REQUESTS)
def test_the_key_of_any_request_is_that_of_what_is_sent(request: Request) -> None:
    assert request.key == key_of(request.sent())
