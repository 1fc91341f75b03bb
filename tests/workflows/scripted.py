"""A session over a scripted model and the shipped prompts."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from answerbot.adapters.scripted_llm import Answer, ScriptedLLM
from answerbot.domain.llm import ModelSettings, Request
from answerbot.workflows.prompts import STEPS, Prompts
from answerbot.workflows.session import Session

Script = Mapping[str, object]
MakeSession = Callable[[Script], tuple[Session, ScriptedLLM]]


def shipped_prompts(repository: Path) -> Prompts:
    folder = repository / "prompts"
    return Prompts(
        {step: ((folder / f"{step}.md.j2").read_text("utf-8"), f"{step}.md.j2") for step in STEPS}
    )


@pytest.fixture
def make_session(repository: Path) -> MakeSession:
    """Builds a session whose model answers by label; a list holds the answers to repeated asks."""

    def make(script: Script) -> tuple[Session, ScriptedLLM]:
        left = {label: list(v) if isinstance(v, list) else [v] for label, v in script.items()}

        def answer(request: Request) -> Answer:
            assert left.get(request.label), f"nothing is scripted for {request.label!r}"
            value = left[request.label].pop(0)
            return value if isinstance(value, str | Exception) else json.dumps(value)

        llm = ScriptedLLM(answer)
        return Session(llm, shipped_prompts(repository), ModelSettings("scripted")), llm

    return make
