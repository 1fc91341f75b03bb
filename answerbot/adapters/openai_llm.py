"""Ask an OpenAI-compatible endpoint, in whichever way it can give structured replies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import httpx2
import openai

from answerbot.adapters.abilities import Abilities, AbilityMemory
from answerbot.adapters.chat import (
    NoCompletionError,
    chat_body,
    empty,
    find_reply,
    no_json,
    read_completion,
    required_members,
)
from answerbot.adapters.endpoint_faults import EndpointFaults, Refusal
from answerbot.domain.errors import EndpointError, Problem
from answerbot.domain.llm import ChargedReplyError, Reply, Request, TransientError, Usage
from answerbot.domain.replies import find_json

_CONNECT_SECONDS = 10.0


class _SteppedDownError(Exception):
    """The endpoint does not support what was asked; try with these abilities."""

    def __init__(self, abilities: Abilities, usage: Usage | None = None) -> None:
        self.abilities = abilities
        self.usage = usage


class OpenAILLM:
    """A model behind `chat/completions`.

    A structured reply is asked for as strict JSON Schema; where that is refused or ignored, as a
    forced tool call, as a JSON object, as plain text. What worked is remembered in `memory`, and
    from then on only a refusal counts against it: a reply without JSON is handed on as it is.
    `timeout` is in seconds and covers one attempt; nothing is retried here. `hear` is called with
    the headers of each response, in the task that asked.

    Raises (on `complete`):
        TransientError: it is worth asking again.
        EndpointError: it is not.
        ReplyError: the reply was cut off, filtered, refused or empty, or no way gave JSON.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str | None,
        timeout: float = 120.0,
        memory: AbilityMemory | None = None,
    ) -> None:
        self.endpoint = base_url
        self._timeout = timeout
        self._memory = memory
        self._abilities: dict[str, Abilities] = {}
        self._faults = EndpointFaults(base_url, api_key)
        self.hear: Callable[[Mapping[str, str]], None] = lambda _: None
        # The whole call has its deadline in `_attempt`; a limit on each read would be none on all.
        seconds = httpx2.Timeout(None, connect=min(timeout, _CONNECT_SECONDS))
        self._client = openai.AsyncOpenAI(
            # A server of one's own wants no key, the client does.
            api_key=api_key or "none",
            base_url=base_url,
            timeout=seconds,
            max_retries=0,
            # Over aiohttp, as the usual transport looks at every connection before it picks one.
            # 0: as many as there are requests. Redirections are not followed: what was meant for
            # one server would be sent to another.
            http_client=openai.DefaultAioHttpClient(
                limits=httpx2.Limits(max_connections=0), timeout=seconds, follow_redirects=False
            ),
        )

    async def complete(self, request: Request) -> Reply:
        """The model's reply; where the request has a schema, `text` is the JSON that was found."""
        abilities = known = self.abilities(request.model)
        spent: Usage | None = None
        while True:
            try:
                reply = await self._attempt(request, abilities)
            except _SteppedDownError as step:
                abilities = step.abilities
                spent = _sum(spent, step.usage)
                continue
            except ChargedReplyError as error:
                error.usage = _sum(spent, error.usage)
                raise
            except TransientError as error:
                error.charged = error.charged or spent is not None
                raise
            if request.reply_schema and find_json(reply.text, required_members(request)):
                abilities = replace(abilities, proven=True)
            if abilities != known:
                self._learn(request.model, known, abilities)
            return reply.model_copy(update={"usage": _sum(spent, reply.usage)}) if spent else reply

    def abilities(self, model: str) -> Abilities:
        """What the model is known, or assumed, to support."""
        if model not in self._abilities:
            text = self._memory.ability(self.endpoint, model) if self._memory else None
            self._abilities[model] = Abilities.from_json(text)
        return self._abilities[model]

    def forget_abilities(self, model: str) -> None:
        """The model is assumed to support everything, until it refuses; nothing is remembered."""
        self._remember(model, Abilities())

    async def models(self) -> list[str]:
        """The names of the models that the endpoint says it has."""
        try:
            raw = await self._client.models.with_raw_response.list()
            listed = json.loads(raw.http_response.text)
            return [str(model["id"]) for model in listed["data"]]
        except openai.APIStatusError as error:
            raise self._faults.refused(_refusal(error.response), model="") from error
        except openai.APIConnectionError as error:
            raise self._faults.no_answer(error, self._timeout) from error
        except (ValueError, KeyError, TypeError) as error:
            what = f"{self.endpoint} does not list its models"
            raise EndpointError(Problem(what)) from error

    async def aclose(self) -> None:
        """All connections are closed."""
        await self._client.close()

    async def _attempt(self, request: Request, abilities: Abilities) -> Reply:
        body = chat_body(request, abilities)
        try:
            async with asyncio.timeout(self._timeout):
                # Not `chat.completions.create`: that would type every parameter anew.
                response = await self._client.post(
                    "/chat/completions", body=body, cast_to=httpx2.Response
                )
        except openai.APIStatusError as error:
            self._faults.has_answered = True
            self.hear(error.response.headers)
            refusal = _refusal(error.response)
            said = f"{refusal.param} {refusal.message}"
            structured = request.reply_schema is not None
            if lower := abilities.after_refusal(refusal.status, said, body, structured=structured):
                raise _SteppedDownError(lower) from None
            raise self._faults.refused(refusal, request.model) from error
        except (openai.APIConnectionError, TimeoutError) as error:
            raise self._faults.no_answer(error, self._timeout) from error
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise self._faults.no_completion(str(error)) from error
        self.hear(response.headers)
        return self._reply(request, abilities, response)

    def _reply(self, request: Request, abilities: Abilities, response: httpx2.Response) -> Reply:
        try:
            reply = read_completion(request, response.content)
        except NoCompletionError as error:
            raise self._faults.no_completion(response.text) from error
        except ChargedReplyError:
            self._faults.has_answered = True
            raise
        self._faults.has_answered = True
        if request.reply_schema is not None:
            reply = self._in_shape(request, abilities, reply)
        if not reply.text.strip():
            raise empty(request, reply)
        return reply

    def _in_shape(self, request: Request, abilities: Abilities, reply: Reply) -> Reply:
        lower = abilities.next_rung()
        found = find_reply(request, reply.text) or (None if lower else find_json(reply.text))
        if found is not None:
            return reply.model_copy(update={"text": found})
        if self._works(request.model, abilities):
            return reply
        if lower is None:
            raise no_json(request, reply)
        raise _SteppedDownError(lower, reply.usage)

    def _works(self, model: str, abilities: Abilities) -> bool:
        known = self.abilities(model)  # as of now: another reply may have proved it meanwhile
        return known.proven and known.rung == abilities.rung

    def _learn(self, model: str, began: Abilities, found: Abilities) -> None:
        known = self.abilities(model)
        learnt = known.joined(began, found)
        if learnt != known:
            self._remember(model, learnt)

    def _remember(self, model: str, abilities: Abilities) -> None:
        self._abilities[model] = abilities
        if self._memory:
            self._memory.remember_ability(self.endpoint, model, abilities.to_json())


def _refusal(response: httpx2.Response) -> Refusal:
    return Refusal.read(response.status_code, response.headers, response.content)


def _sum(first: Usage | None, second: Usage | None) -> Usage | None:
    return first + second if first and second else first or second
