"""Ask for a reply in whichever way the model can give it; how a request travels is another's."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from answerbot.adapters.abilities import Abilities, AbilityMemory
from answerbot.adapters.chat import (
    NoCompletionError,
    chat_body,
    find_reply,
    no_json,
    read_completion,
    refusable,
    required_members,
    unreadable,
)
from answerbot.adapters.endpoint_faults import EndpointFaults, refused_alike
from answerbot.adapters.refusals import Refusal
from answerbot.adapters.spent import OtherWayError, Spent
from answerbot.domain.errors import AnswerbotError, EndpointError
from answerbot.domain.llm import (
    ChargedReplyError,
    RawReply,
    RefusedRequestError,
    Reply,
    Request,
    TransientError,
)
from answerbot.domain.replies import find_json

# What providers want to know where they are asked about a response.
_TELLING = ("content-type", "date", "x-request-id", "request-id", "apim-request-id", "cf-ray")
# Faults that may come from how a reply was asked for, and not from what was asked.
_ABOUT_THE_WAY = ("bad-request", "not-found", "unsupported", "server-error")


@dataclass(frozen=True, slots=True)
class Response:
    """What came back for a body that was posted."""

    status: int
    headers: Mapping[str, str]
    content: bytes | str

    @property
    def is_reply(self) -> bool:
        """Whether the status says that the model answered."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The content as text, whatever it is."""
        content = self.content
        return content if isinstance(content, str) else content.decode(errors="replace")

    @property
    def raw(self) -> RawReply:
        """What is kept of it."""
        headers = {name: _text(self.headers[name]) for name in _TELLING if name in self.headers}
        return RawReply(status=self.status, headers=headers, body=self.text)

    @property
    def refusal(self) -> Refusal:
        """What it says, where it is no reply."""
        return Refusal.read(self.status, self.headers, self.content)

    @property
    def error_inside(self) -> Refusal | None:
        """The error that it tells of though its status is that of a reply."""
        return Refusal.inside(self.status, self.headers, self.content)


Post = Callable[[Request, dict[str, Any]], Awaitable[Response]]
"""Brings the body of a request to the model. It raises an EndpointError where nothing came back."""


_Way = tuple[str, str, Abilities, bool]
"""Model, shape, the way to ask for it, and whether the one before was ignored and not refused."""


class _SteppedDownError(Exception):
    """The endpoint does not support what was asked; try with these abilities.

    `ignored` is a reply of another kind than was asked for; `refusal` the error that it would be
    for good where it was refused for good.
    """

    def __init__(
        self,
        abilities: Abilities,
        *,
        ignored: Reply | None = None,
        refusal: RefusedRequestError | None = None,
    ) -> None:
        self.abilities = abilities
        self.ignored = ignored
        self.refusal = refusal


@dataclass(slots=True)
class _Search:
    """What a request tries: from what was `known`, over the `first` step, to what comes `next`."""

    known: Abilities
    first: _SteppedDownError
    next: Abilities


class ChatLLM:
    """A model that takes what `chat/completions` takes, wherever `post` brings it.

    A structured reply is asked for as strict JSON Schema; where that is refused or ignored, as a
    forced tool call, as a JSON object, as plain text. What worked is remembered in `memory`, and
    from then on only a refusal counts against it: a reply without JSON is handed on as it is.
    Where `one_finds_out`, the others that were refused meanwhile wait for what it finds. Where no
    way helped it, nobody tries all of them again. Nothing is retried here. Where only
    `one_reply` may be paid for at a time, one of another kind is an error, and `complete` goes on
    from there when it is called again.

    Raises (on `complete`):
        TransientError: it is worth asking again.
        EndpointError: it is not.
        ReplyError: the reply was cut off, filtered, refused or empty, or no way gave JSON.
        OtherWayError: see `one_reply`.
    """

    def __init__(
        self,
        post: Post,
        faults: EndpointFaults,
        memory: AbilityMemory | None = None,
        *,
        one_finds_out: bool = False,
        one_reply: bool = False,
    ) -> None:
        self.endpoint = faults.endpoint
        self._post = post
        self._faults = faults
        self._memory = memory
        self._abilities: dict[str, Abilities] = {}
        self._one_finds_out = one_finds_out
        self._finding_out: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._in_vain: set[_Way] = set()
        self._one_reply = one_reply
        self._searches: dict[str, _Search] = {}
        self._tried: set[str] = set()
        self._answered: defaultdict[str, set[str]] = defaultdict(set)

    async def complete(self, request: Request) -> Reply:
        """The model's reply; where the request has a schema, `text` is the JSON that was found."""
        spent = Spent()
        try:
            reply = spent.on(await self._complete(request, spent))
        except (EndpointError, ChargedReplyError) as error:
            spent.tell(error)
            if not (isinstance(error, TransientError) and error.throttled):
                self._tried.add(request.model)
            raise
        self._tried.add(request.model)
        self._answered[request.model] |= refusable(request, self.abilities(request.model))
        return reply

    def finds_out(self, request: Request) -> bool:
        """Whether the request is to find out how the model wants to be asked."""
        model = request.model
        return (
            request.reply_schema is not None
            and model not in self._tried
            and not self.abilities(model).proven
        )

    def untried(self, request: Request) -> bool:
        """Whether it brings something that may be refused and that no reply has come to yet."""
        brought = refusable(request, self.abilities(request.model))
        return not brought <= self._answered[request.model]

    async def _complete(self, request: Request, spent: Spent) -> Reply:
        search = self._searches.pop(request.key, None)
        while True:
            if search is None:
                known = self.abilities(request.model)
                try:
                    reply = await self._attempt(request, known)
                except _SteppedDownError as step:
                    search = _Search(known, step, step.abilities)
                    self._count(request, search, step, spent)
                else:
                    self._learn(request, known, known, reply)
                    return reply
            if not self._one_finds_out:
                return await self._find_out(request, search, spent)
            async with self._finding_out[request.model]:
                if self.abilities(request.model) != search.known:
                    search = None  # another request found it out meanwhile
                    continue
                if _way(request, search.first) in self._in_vain:
                    if search.first.refusal:
                        raise refused_alike(search.first.refusal)
                    search.next = search.next.last_rung()  # the others would be paid, too
                return await self._find_out(request, search, spent)

    async def _find_out(self, request: Request, search: _Search, spent: Spent) -> Reply:
        first = search.first
        while True:
            try:
                reply = await self._attempt(request, search.next)
            except _SteppedDownError as step:
                search.next = step.abilities
                self._count(request, search, step, spent)
                continue
            except RefusedRequestError as error:
                if first.refusal is None or str(error) != str(first.refusal):
                    raise
                self._in_vain.add(_way(request, first))
                raise refused_alike(error) from error
            except ChargedReplyError as error:
                if error.code == "no-json" and first.refusal is None:
                    self._in_vain.add(_way(request, first))
                raise
            self._learn(request, search.known, search.next, reply)
            return reply

    def _count(
        self, request: Request, search: _Search, step: _SteppedDownError, spent: Spent
    ) -> None:
        """What came in another way than it was asked for in was charged."""
        if step.ignored is None:
            return
        if self._one_reply:
            self._searches[request.key] = search
            raise OtherWayError(request.label or "a request", step.ignored.usage)
        spent.add(step.ignored.usage)

    def abilities(self, model: str) -> Abilities:
        """What the model is known, or assumed, to support."""
        if model not in self._abilities:
            text = self._memory.ability(self.endpoint, model) if self._memory else None
            self._abilities[model] = Abilities.from_json(text)
        return self._abilities[model]

    def forget_abilities(self, model: str) -> None:
        """The model is assumed to support everything, until it refuses; nothing is remembered."""
        self._in_vain.clear()
        self._remember(model, Abilities())

    async def _attempt(self, request: Request, abilities: Abilities) -> Reply:
        body = chat_body(request, abilities)
        response = await self._post(request, body)
        try:
            if response.is_reply:
                return self._read(request, abilities, response)
            refusal = response.refusal
        except NoCompletionError as error:
            inside = response.error_inside
            if inside is None:
                raise self._faults.no_completion(response.status, response.text) from error
            refusal = inside
        self._faults.has_answered = True
        failure = self._faults.refused(refusal)
        if failure.code in _ABOUT_THE_WAY:
            structured = request.reply_schema is not None
            if lower := abilities.after_refusal(refusal, body, structured=structured):
                final = failure if isinstance(failure, RefusedRequestError) else None
                raise _SteppedDownError(lower, refusal=final)
        raise failure

    def _read(self, request: Request, abilities: Abilities, response: Response) -> Reply:
        """What was paid for is an error with all that came, if it is no reply of use."""
        try:
            return self._reply(request, abilities, response)
        except ChargedReplyError as error:
            self._faults.has_answered = True
            error.raw = response.raw
            raise
        except (AnswerbotError, NoCompletionError, _SteppedDownError):
            raise
        except Exception as error:
            # A fault of this program must not have the same reply bought again.
            charged = unreadable(request, error)
            charged.raw = response.raw
            raise charged from error

    def _reply(self, request: Request, abilities: Abilities, response: Response) -> Reply:
        reply = read_completion(request, response.content)
        self._faults.has_answered = True
        if request.reply_schema is not None:
            return self._in_shape(request, abilities, reply)
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
        raise _SteppedDownError(lower, ignored=reply)

    def _works(self, model: str, abilities: Abilities) -> bool:
        known = self.abilities(model)  # as of now: another reply may have proved it meanwhile
        return known.proven and known.rung == abilities.rung

    def _learn(self, request: Request, began: Abilities, found: Abilities, reply: Reply) -> None:
        if found == began and found.proven:
            return
        if request.reply_schema and find_json(reply.text, required_members(request)):
            found = replace(found, proven=True)
        if found == began:
            return
        known = self.abilities(request.model)
        learnt = known.joined(began, found)
        if learnt != known:
            self._remember(request.model, learnt)

    def _remember(self, model: str, abilities: Abilities) -> None:
        self._abilities[model] = abilities
        if self._memory:
            self._memory.remember_ability(self.endpoint, model, abilities.to_json())


def _way(request: Request, step: _SteppedDownError) -> _Way:
    """The next way to ask for a reply of this shape; another shape may not be refused."""
    shape = request.reply_schema.name if request.reply_schema else ""
    return request.model, shape, step.abilities, step.refusal is None


def _text(header: str) -> str:
    """Without what came as no UTF-8, which no file takes."""
    return header.encode(errors="replace").decode()
