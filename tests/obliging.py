"""What an endpoint replies that answers every question and finds nothing wrong."""

import json

from tests.endpoint import Answer, Body, said

USAGE = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}


def step(body: Body) -> str:
    """Which step of the work a request is, told by the shape its reply must have."""
    name: str = body["response_format"]["json_schema"]["name"]
    return name


def obliging(body: Body) -> Answer:
    """A model that answers and finds nothing wrong."""
    question = body["messages"][-1]["content"].split("\n")[0].removeprefix("Question: ")
    reply: dict[str, object] = {"answer": f"It is **this**: {question}\n\n- one\n- two"}
    if step(body) == "ClaimsReply":
        reply = {"claims": [], "attacks": [], "missing": []}
    elif step(body) == "ReferencesReply":
        reply = {"findings": []}
    return said(json.dumps(reply), usage=USAGE)
