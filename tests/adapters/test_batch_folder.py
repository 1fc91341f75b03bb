from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answerbot.adapters.batch_folder import BatchFolder
from answerbot.adapters.batch_llm import BatchLLM, Gathering
from answerbot.adapters.chat_llm import ChatLLM
from answerbot.adapters.endpoint_faults import EndpointFaults
from answerbot.domain.errors import AwaitedError, EndpointError, InputError
from answerbot.domain.llm import Reply, Request
from tests.adapters.requests import request
from tests.endpoint import Body, refused, said

THREE = tuple(request(f"What is number {number}?") for number in range(3))


async def asked(folder: Path, *requests: Request) -> list[Reply | BaseException]:
    """What a run gets that asks for these together."""
    carrier = BatchFolder(folder)
    gathering = Gathering(carrier, quiet=0)
    llm = BatchLLM(ChatLLM(gathering.post, EndpointFaults(str(folder))), carrier)
    return await asyncio.gather(*map(llm.complete, requests), return_exceptions=True)


def answer(path: Path, reply: Callable[[Body], Any], *, into: str) -> list[Body]:
    """Some tool has the file of requests answered; the lines that were in it."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    results = []
    for line in reversed(lines):
        came = reply(line["body"])
        response = {"status_code": came.status, "request_id": "", "body": came.body}
        results.append({"id": "1", "custom_id": line["custom_id"], "response": response})
    text = "".join(f"{json.dumps(one | {'error': None})}\n" for one in results)
    (path.parent / into).write_text(text, "utf-8")
    return lines


def echo(body: Body) -> Any:
    return said(f"Of {body['messages'][-1]['content']}")


async def test_requests_are_written_once_and_answered_by_what_comes_back(tmp_path: Path) -> None:
    for _ in range(2):
        replies = await asked(tmp_path, *THREE)
        assert all(isinstance(one, AwaitedError) for one in replies)
    (requests,) = tmp_path.iterdir()
    assert requests.name == "requests-001.jsonl"
    first = answer(requests, echo, into="out.jsonl")[0]
    assert first["custom_id"] == THREE[0].key
    assert (first["method"], first["url"]) == ("POST", "/v1/chat/completions")
    assert first["body"]["messages"] == [{"role": "user", "content": "What is number 0?"}]
    replies = await asked(tmp_path, *THREE)
    assert [one.text for one in replies if isinstance(one, Reply)] == [
        f"Of What is number {number}?" for number in range(3)
    ]


async def test_only_what_is_new_is_written(tmp_path: Path) -> None:
    await asked(tmp_path, *THREE[:2])
    await asked(tmp_path, *THREE)
    lines = (tmp_path / "requests-002.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["custom_id"] for line in lines] == [THREE[2].key]


async def test_what_failed_in_a_way_that_may_pass_is_asked_for_again(tmp_path: Path) -> None:
    await asked(tmp_path, THREE[0])
    answer(tmp_path / "requests-001.jsonl", lambda _: refused(500, "oh"), into="a.jsonl")
    for _ in range(2):
        (error,) = await asked(tmp_path, THREE[0])
        assert isinstance(error, AwaitedError)
    answer(tmp_path / "requests-002.jsonl", echo, into="b.jsonl")
    (reply,) = await asked(tmp_path, THREE[0])
    assert isinstance(reply, Reply)
    assert len(list(tmp_path.glob("requests-*"))) == 2


async def test_what_never_comes_right_fails_in_the_end(tmp_path: Path) -> None:
    for number in range(1, 20):
        (error,) = await asked(tmp_path, THREE[0])
        if not isinstance(error, AwaitedError):
            break
        requests = tmp_path / f"requests-{number:03}.jsonl"
        answer(requests, lambda _: refused(500, "oh"), into=f"{number}.jsonl")
    assert isinstance(error, EndpointError)
    assert "answered 500" in str(error)


async def test_a_line_that_was_not_answered_is_asked_for_again(tmp_path: Path) -> None:
    await asked(tmp_path, THREE[0])
    expired = {"code": "batch_expired", "message": "too late"}
    line = {"id": "1", "custom_id": THREE[0].key, "response": None, "error": expired}
    (tmp_path / "out.jsonl").write_text(json.dumps(line), "utf-8")
    (error,) = await asked(tmp_path, THREE[0])
    assert isinstance(error, AwaitedError)
    assert (tmp_path / "requests-002.jsonl").exists()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('{"custom_id": "a", "respo', "not JSON: "),
        ("[]", "not a JSON object"),
        ('{"custom_id": "a"}', "neither a request nor a result"),
        ('{"response": {"status_code": 200, "body": {}}}', "custom_id: field required"),
        ('{"custom_id": "a", "response": {"body": {}}}', "response.status_code: field required"),
    ],
)
def test_a_line_that_is_none_is_told_with_its_place(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, line: str, what: str
) -> None:
    good = '{"custom_id": "a", "response": {"status_code": 200, "body": {}}}\n'
    path = tmp_path / "out.jsonl"
    path.write_text(f"{good}\n{line}\n", "utf-8")
    BatchFolder(tmp_path)
    told = caplog.messages[0]
    assert told.startswith(f"{path}:3: ")
    assert what in told


async def test_a_line_that_is_torn_stays_awaited_and_the_other_replies_are_used(
    tmp_path: Path,
) -> None:
    await asked(tmp_path, *THREE)
    answer(tmp_path / "requests-001.jsonl", echo, into="out.jsonl")  # backwards
    whole = (tmp_path / "out.jsonl").read_text("utf-8")
    (tmp_path / "out.jsonl").write_text(whole[:-20], "utf-8")
    first, *others = await asked(tmp_path, *THREE)
    assert isinstance(first, AwaitedError)
    assert all(isinstance(one, Reply) for one in others)
    assert not (tmp_path / "requests-002.jsonl").exists()
    (tmp_path / "out.jsonl").write_text(whole, "utf-8")
    assert all(isinstance(one, Reply) for one in await asked(tmp_path, *THREE))


async def test_a_line_of_another_shape_is_asked_for_again_where_it_says_whose_it_is(
    tmp_path: Path,
) -> None:
    await asked(tmp_path, *THREE)
    answer(tmp_path / "requests-001.jsonl", echo, into="out.jsonl")
    out = tmp_path / "out.jsonl"
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    lines[-1]["response"]["body"] = []
    out.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    first, *others = await asked(tmp_path, *THREE)
    assert isinstance(first, AwaitedError)
    assert all(isinstance(one, Reply) for one in others)
    (again,) = (tmp_path / "requests-002.jsonl").read_text("utf-8").splitlines()
    assert json.loads(again)["custom_id"] == THREE[0].key


def test_results_that_nobody_asked_for_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    line = '{"custom_id": "mine", "response": {"status_code": 200, "body": {}}}'
    (tmp_path / "out.jsonl").write_text(line, "utf-8")
    BatchFolder(tmp_path)
    assert f"{tmp_path / 'out.jsonl'}:1: nobody asked for 'mine' here" in caplog.text


def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "batches").write_text("", "utf-8")
    with pytest.raises(InputError, match="the folder for batches cannot be used"):
        BatchFolder(tmp_path / "batches")
