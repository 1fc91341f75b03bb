from __future__ import annotations

import pytest
from pydantic import BaseModel

from answerbot.domain.errors import EndpointError, ReplyError
from answerbot.domain.llm import LLM, Message, ModelSettings, Prompt, Reply, Request
from answerbot.workflows.ask import ask, follow_up

MODEL = ModelSettings("small", max_output_tokens=50, temperature=0.5, sample=2)
PROMPT = Prompt("fr capital", (Message(role="user", content="Capital of France?"),))
GOOD = '{"city": "Paris", "people": 2}'


class Capital(BaseModel, extra="forbid"):
    city: str
    people: int


class Script:
    def __init__(self, *texts: str | Exception) -> None:
        self.texts = list(texts)
        self.requests: list[Request] = []

    async def complete(self, request: Request) -> Reply:
        self.requests.append(request)
        text = self.texts.pop(0)
        if isinstance(text, Exception):
            raise text
        return Reply(text=text, model=request.model)


def as_llm(script: Script) -> LLM:
    return script


@pytest.mark.parametrize("text", [GOOD, f"```json\n{GOOD}\n```", f"Here:\n{GOOD}\nBye."])
async def test_a_reply_becomes_a_value_whatever_stands_around_it(text: str) -> None:
    script = Script(text)
    asked = await ask(as_llm(script), PROMPT, Capital, model=MODEL)
    assert asked.value == Capital(city="Paris", people=2)
    assert asked.text == text
    assert asked.key == script.requests[0].key
    assert asked.messages == (*PROMPT.messages, Message(role="assistant", content=text))


async def test_the_request_says_what_prompt_type_and_settings_say() -> None:
    script = Script(GOOD)
    await ask(as_llm(script), PROMPT, Capital, model=MODEL)
    sent = script.requests[0]
    assert (sent.model, sent.max_output_tokens, sent.temperature, sent.sample) == (
        "small",
        50,
        0.5,
        2,
    )
    assert sent.label == "fr capital"
    assert sent.reply_schema is not None
    assert sent.reply_schema.name == "Capital"


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ('{"city": "Paris"}', "people: Field required"),
        ('{"city": "Paris", "people": "2"}', "people: Input should be a valid integer"),
        ('{"city": "Paris", "people": 2, "river": "Seine"}', "river: Extra inputs"),
        ("Paris.", "the reply: it holds no JSON object"),
        (f'{{"capitals": [{GOOD}, {{"city":', "the reply: the JSON object in it does not end"),
    ],
)
async def test_a_reply_that_does_not_validate_is_sent_back_once_with_what_is_wrong(
    bad: str, complaint: str
) -> None:
    script = Script(bad, GOOD)
    asked = await ask(as_llm(script), PROMPT, Capital, model=MODEL)
    assert asked.value.people == 2
    again = script.requests[1].messages
    assert again[:2] == (*PROMPT.messages, Message(role="assistant", content=bad))
    assert complaint in again[2].content
    assert asked.messages == (*again, Message(role="assistant", content=GOOD))
    assert asked.key == script.requests[1].key


async def test_a_second_reply_that_does_not_validate_is_an_error_and_never_a_value() -> None:
    script = Script("Paris.", '{"city": "Paris"}')
    with pytest.raises(ReplyError, match="fr capital: the reply is unusable: people: Field"):
        await ask(as_llm(script), PROMPT, Capital, model=MODEL)
    assert len(script.requests) == 2


def not_paris(value: Capital) -> list[str]:
    return ["Paris is not in the text"] if value.city == "Paris" else []


async def test_a_reply_with_faults_is_sent_back_once() -> None:
    script = Script(GOOD, GOOD.replace("Paris", "Lyon"))
    asked = await ask(as_llm(script), PROMPT, Capital, model=MODEL, faults=not_paris)
    assert asked.value.city == "Lyon"
    assert "- Paris is not in the text" in script.requests[1].messages[2].content


async def test_a_second_reply_with_faults_is_an_error() -> None:
    script = Script(GOOD, GOOD)
    with pytest.raises(ReplyError, match="fr capital: the reply is unusable: Paris is not in"):
        await ask(as_llm(script), PROMPT, Capital, model=MODEL, faults=not_paris)


async def test_a_follow_up_goes_on_with_the_conversation() -> None:
    script = Script(GOOD, GOOD.replace("2", "3"))
    first = await ask(as_llm(script), PROMPT, Capital, model=MODEL)
    second = await follow_up(as_llm(script), first, "Count again.", model=MODEL)
    assert second.value.people == 3
    assert script.requests[1].messages == (
        *PROMPT.messages,
        Message(role="assistant", content=GOOD),
        Message(role="user", content="Count again."),
    )


async def test_no_reply_at_all_is_the_error_of_the_model() -> None:
    with pytest.raises(EndpointError, match="down"):
        await ask(as_llm(Script(EndpointError("down"))), PROMPT, Capital, model=MODEL)
