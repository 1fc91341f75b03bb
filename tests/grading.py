"""A bank of two questions, one with a rubric, answers, and a judge at a real socket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.endpoint import Answer, Body, Endpoint, said
from tests.rubrics import CLIPPING_TEXT

BANK = """\
## Question 1

What is gradient clipping?

## Question 2

What is weight decay?
"""
GOOD = (
    "A gradient whose norm is above a limit is shortened to it. One odd batch then cannot throw "
    "the parameters far off. It happens after backprop, before the step is taken."
)
QUOTES = {
    "what": "whose norm is above a limit is shortened to it",
    "why": "cannot throw the parameters far off",
    "when": "after backprop, before the step is taken",
}
CONFIG = '[bank]\nquestions = ["bank/*.md"]\nreferences = []\n'
PRICED = CONFIG + "[model]\nlive = 'small'\n[prices.small]\ninput = 1\noutput = 10\n"


def sheet(name: str, answer: str, second: str = "It shrinks weights.") -> str:
    return (
        f"# {name}\n\n## Question 1\n\n**What is gradient clipping?**\n\n{answer}\n\n"
        f"## Question 2\n\n**What is weight decay?**\n\n{second}\n"
    )


def judging(body: Body) -> Answer:
    """A judge that calls met what the answer has the words for."""
    prompt = "\n".join(message["content"] for message in body["messages"])
    asked = [id_ for id_ in QUOTES if f"# {id_}\n" in prompt]
    criteria = [
        {
            "id": id_,
            "reason": f"It says {id_}." if QUOTES[id_] in prompt else f"It does not say {id_}.",
            "quotes": [QUOTES[id_]] if QUOTES[id_] in prompt else [],
            "verdict": "met" if QUOTES[id_] in prompt else "not_met",
        }
        for id_ in asked
    ]
    slips = [{"id": "cure", "reason": "No.", "quotes": [], "verdict": "absent"}]
    misconceptions = slips if "! cure" in prompt else []
    reply = {"criteria": criteria, "misconceptions": misconceptions}
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    return said(json.dumps(reply), usage=usage)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A bank of two questions, one with a rubric; Ann's answers. It is the current folder."""
    (tmp_path / "answerbot.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "deep.md").write_text(BANK, "utf-8")
    (tmp_path / "rubrics").mkdir()
    rubric = CLIPPING_TEXT.replace("[bank/1]", "[deep/1]")
    (tmp_path / "rubrics" / "clipping.yaml").write_text(rubric, "utf-8")
    (tmp_path / "ann.md").write_text(sheet("Ann", GOOD), "utf-8")
    return tmp_path


@pytest.fixture
def live(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, project: Path) -> Endpoint:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = judging
    return endpoint
