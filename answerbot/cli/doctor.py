"""`answerbot doctor`: what is configured, whether it works, and what to do about what does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from answerbot.domain.errors import AnswerbotError

if TYPE_CHECKING:
    from answerbot.adapters.config import Config
    from answerbot.adapters.openai_llm import OpenAILLM
    from answerbot.adapters.store import Store

Status = Literal["ok", "warning", "error"]

_ROOM_TO_THINK = 1000
_PATIENCE = 60.0
_RUNGS = {
    "json_schema": "strict JSON Schema, the best there is",
    "tools": "forced tool calls: a JSON Schema is refused or ignored",
    "json_object": "JSON objects: schemas and tool calls are refused or ignored",
    "text": "plain text only: the JSON is looked for in it",
}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `hint` says what to do, None where there is nothing to do."""

    name: str
    status: Status
    detail: str
    hint: str | None = None


def doctor(
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask the endpoint nothing: no calls at all.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> int:
    """Show what is configured and whether it works; asks the endpoint with a few tiny calls.

    The tiny calls (the list of models, one short question, asked in up to four ways) cost a
    fraction of a cent where calls cost anything; --offline leaves them out. Exit code 1: something
    is wrong.
    """
    checks = _checks(offline=offline)
    shown = []
    for check in checks:
        shown.append(check)
        if not as_json:
            _show(check)
    if as_json:
        document = {"version": 1, "checks": [asdict(check) for check in shown]}
        print(json.dumps(document, ensure_ascii=False, indent=2))
    return int(any(check.status == "error" for check in shown))


def _show(check: Check) -> None:
    print(f"{check.status:<8} {check.name}: {check.detail}", flush=True)
    if check.hint:
        print(f"{'':8} hint: {check.hint}", flush=True)


def _checks(*, offline: bool) -> Iterator[Check]:
    from answerbot.adapters.config import load_config

    try:
        config = load_config()
    except AnswerbotError as error:
        yield from _failed("configuration", error)
        return
    yield Check("configuration", "ok", str(config.file or "no file: the defaults hold"))
    yield _model(config)
    yield from _guarded("endpoint", lambda: _endpoint(config))
    yield from _guarded("price", lambda: _price(config))
    yield from _guarded("store", lambda: _store(config))
    yield from _guarded("recordings", lambda: _recordings(config))
    yield _questions(config)
    yield from _packaged()
    if not offline:
        yield from _guarded("answers", lambda: _answers(config))


def _guarded(name: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from look()
    except AnswerbotError as error:
        yield from _failed(name, error)


def _failed(name: str, error: AnswerbotError) -> Iterator[Check]:
    for problem in error.problems:
        where = f"{problem.location}: " if problem.location else ""
        yield Check(name, "error", f"{where}{problem.what}", problem.hint)


def _model(config: Config) -> Check:
    model = config.model
    return Check("model", "ok", f"live {model.live}, replay {model.replay}, mode {model.mode}")


def _endpoint(config: Config) -> Iterator[Check]:
    from answerbot.cli.stack import configured_endpoint, without_password

    endpoint = configured_endpoint()
    hint = "set OPENAI_API_KEY, or OPENAI_BASE_URL for an endpoint of your own"
    if endpoint is None and config.model.mode == "live":
        yield Check("endpoint", "error", "none, and mode 'live' needs one", hint)
    elif endpoint is None:
        yield Check("endpoint", "ok", "none configured: recordings are replayed", hint)
    else:
        address, key = endpoint
        with_key = "with a key" if key else "without a key"
        unused = " (not used: mode is replay)" if config.model.mode == "replay" else ""
        yield Check("endpoint", "ok", f"{without_password(address)} {with_key}{unused}")


def _price(config: Config) -> Iterator[Check]:
    from answerbot.adapters.prices import price_list
    from answerbot.cli.stack import configured_endpoint
    from answerbot.domain.llm import Usage

    live = config.model.live
    endpoint = configured_endpoint()
    price = price_list(config.prices, endpoint[0] if endpoint else None)(live)
    bounded = config.budget is not None
    if price is None:
        hint = f'name it: [prices."{live}"] with input and output in USD per million tokens'
        needed = ", and a budget needs it" if bounded else ""
        yield Check("price", "error" if bounded else "warning", f"{live}: unknown{needed}", hint)
        return
    read = price.cost(Usage(input_tokens=1_000_000, output_tokens=0))
    written = price.cost(Usage(input_tokens=0, output_tokens=1_000_000))
    budget = f", budget ${config.budget} a run" if bounded else ""
    detail = f"{live}: ${read} a million tokens read, ${written} written{budget}"
    yield Check("price", "ok", detail)


def _store(config: Config) -> Iterator[Check]:
    from contextlib import closing

    from answerbot.adapters.store import Store
    from answerbot.cli.stack import configured_endpoint

    path = config.store_path()
    if not path.exists() and (config.model.mode == "replay" or configured_endpoint() is None):
        yield Check("store", "ok", f"{path}: not there yet")
        return
    with closing(Store(path)) as store:
        if damage := store.check():
            hint = f"move {path} away: its replies would have to be paid for again"
            yield Check("store", "error", f"{path}: damaged: {damage}", hint)
            return
        store.prove_writable()
        yield Check("store", "ok", f"{path}: {store.count()} replies")


def _recordings(config: Config) -> Iterator[Check]:
    from answerbot.adapters.recordings import load_recordings

    own, shipped = (len(load_recordings(folders)) for folders in config.recording_folders())
    beside = f", {shipped} that ship with the program" if shipped else ""
    yield Check("recordings", "ok", f"{own} in {config.recordings_folder()}{beside}")


def _questions(config: Config) -> Check:
    files = config.question_files()
    patterns = ", ".join(config.bank.questions)
    if not files:
        hint = "`answerbot init` starts a bank; or name files with [bank] questions"
        return Check("questions", "warning", f"no file matches {patterns}", hint)
    return Check("questions", "ok", f"{len(files)} files, {len(config.reference_files())} curated")


def _packaged() -> Iterator[Check]:
    from answerbot.adapters.packaged import packaged

    if any(packaged("prompts").glob("*.md.j2")):
        yield Check("packaged data", "ok", str(packaged("prompts").parent))
    else:
        detail = f"no prompts in {packaged('prompts')}"
        yield Check("packaged data", "error", detail, "install the program again")


def _answers(config: Config) -> Iterator[Check]:
    import asyncio

    from answerbot.adapters.openai_llm import OpenAILLM
    from answerbot.adapters.store import Store, StoreError
    from answerbot.cli.notices import to_stderr
    from answerbot.cli.stack import configured_endpoint, without_password

    endpoint = configured_endpoint()
    if endpoint is None or config.model.mode == "replay":
        return
    address, key = endpoint
    to_stderr(f"asking {without_password(address)}: a few tiny calls (--offline skips them)")
    store: Store | None = Store(config.store_path())
    try:
        if store:
            store.prove_writable()
    except StoreError:
        store = None  # shown already; what is found out is not remembered

    async def ask() -> list[Check]:
        llm = OpenAILLM(
            base_url=address,
            api_key=key,
            timeout=min(config.model.timeout, _PATIENCE),
            memory=store,
        )
        try:
            return [await _models(llm, config.model.live), *await _structured(llm, config)]
        finally:
            await llm.aclose()

    try:
        yield from asyncio.run(ask())
    finally:
        if store:
            store.close()


async def _models(llm: OpenAILLM, wanted: str) -> Check:
    from answerbot.domain.errors import EndpointError

    try:
        names = await llm.models()
    except EndpointError as error:
        # Some endpoints answer chats and list nothing; the next check is the one that counts.
        return Check("models", "warning", error.problems[0].what, error.problems[0].hint)
    if wanted in names:
        return Check("models", "ok", f"{wanted} is one of {len(names)}")
    some = ", ".join(names[:5]) or "none"
    hint = "set [model] live, or ANSWERBOT_MODEL, to one that it has"
    return Check("models", "warning", f"{wanted} is not among those listed: {some}", hint)


async def _structured(llm: OpenAILLM, config: Config) -> list[Check]:
    from answerbot.domain.llm import Message, ReplySchema, Request

    model = config.model.live
    number = {"type": "object", "properties": {"sum": {"type": "integer"}}}
    schema = number | {"required": ["sum"], "additionalProperties": False}
    request = Request(
        model=model,
        messages=(Message(role="user", content="What is 2 + 3? Reply in JSON."),),
        reply_schema=ReplySchema(name="Sum", json_schema=schema),
        max_output_tokens=_ROOM_TO_THINK,
        temperature=config.model.temperature,
        label="doctor",
    )
    llm.forget_abilities(model)
    try:
        reply = await llm.complete(request)
    except AnswerbotError as error:
        return list(_failed("answers", error))
    abilities = llm.abilities(model)
    counted = "tokens counted" if reply.usage else "tokens not counted: costs stay unknown"
    checks = [
        Check("answers", "ok" if reply.usage else "warning", f"{reply.model} answers, {counted}"),
        Check(
            "structured replies",
            "warning" if abilities.rung == "text" else "ok",
            _RUNGS[abilities.rung],
            "expect replies that do not validate: another model or server may do better"
            if abilities.rung == "text"
            else None,
        ),
    ]
    if abilities.refused:
        refused = ", ".join(sorted(abilities.refused))
        checks.append(Check("parameters", "warning", f"refused, so not sent: {refused}"))
    return checks
