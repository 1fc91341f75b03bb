"""`answerbot crosscheck`: hold answers against the references and against what the model knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from answerbot.cli.options import (
    EndpointFlags,
    Json,
    ModeFlags,
    Only,
    Record,
    configured,
    with_flags,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from answerbot.adapters.config import Config
    from answerbot.cli.running import Watch
    from answerbot.cli.stack import Stack
    from answerbot.domain.bank import QuestionId
    from answerbot.domain.findings import Finding
    from answerbot.domain.subject import Subject
    from answerbot.workflows.crosscheck import Check, Outcome


@with_flags
def crosscheck(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files with answers, or folders of such files.", readable=False),
    ],
    only: Only = None,
    checks: Annotated[
        Literal["references", "full"] | None,
        typer.Option("--checks", help="Against the references alone, or claim by claim too."),
    ] = None,
    mode: ModeFlags = ModeFlags(),
    endpoint: EndpointFlags = EndpointFlags(),
    record: Record = None,
    as_json: Json = False,
) -> int:
    """Check answers, whoever wrote them: mistakes, omissions, disputes with the references.

    An answer is compared with the nearest references other than itself, and read claim by claim.
    Exit code 1 when something is wrong, in an answer or in a reference.
    """
    config = configured(endpoint, mode)
    # `checks = "none"` is a setting for filling; here it would be an all-clear that nobody gave.
    chosen = checks or ("full" if config.fill.checks == "none" else config.fill.checks)
    from answerbot.cli.loading import files_in, read_banks, selected
    from answerbot.cli.running import run_to_end
    from answerbot.domain.subject import Subject
    from answerbot.workflows.crosscheck import READS

    banks = read_banks(files_in(paths), config.placeholders)
    subjects = [
        Subject(question.id, question.text, question.answer.text)
        for question in selected([q for bank in banks for q in bank.questions], only or ())
        if question.answer
    ]
    outcomes, stack = run_to_end(
        lambda watch: _run(
            subjects, READS[chosen], config, watch, yes=endpoint.yes, keeping=record is not None
        )
    )
    if record:
        from answerbot.cli.recording import keep_recordings
        from answerbot.workflows.crosscheck import Checked

        order = {subject.id: number for number, subject in enumerate(subjects)}
        done = {one.subject.id for one in outcomes if isinstance(one, Checked)}
        keep_recordings(record, stack, order, done)
    if as_json:
        print(_document(outcomes, stack))
    else:
        places = {q.id: f"{bank.path}:{q.line}" for bank in banks for q in bank.questions}
        _show(outcomes, places, stack)
    return _exit_code(outcomes)


async def _run(
    subjects: list[Subject],
    reads: Sequence[Check],
    config: Config,
    watch: Watch,
    *,
    yes: bool,
    keeping: bool,
) -> tuple[list[Outcome], Stack]:
    from answerbot.cli.asking import asking
    from answerbot.cli.loading import load_library
    from answerbot.cli.showing import counted
    from answerbot.workflows.crosscheck import Unchecked, cross_check_all

    async with asking(config, watch, yes=yes, keeping=keeping) as run:
        run.plan = (
            f"asking {run.stack.settings.model} at {run.stack.endpoint}: "
            f"{counted(len(subjects), 'answer')}, {len(reads)} requests each "
            f"({', '.join(reads)}); what is recorded or stored is free"
        )
        with watch.progress(len(subjects), "checking") as advance:

            def done(outcome: Outcome) -> None:
                if isinstance(outcome, Unchecked):
                    advance.fail(outcome.error)
                advance(outcome.subject.id)

            outcomes = await cross_check_all(
                subjects,
                load_library(config),
                run.session,
                checks=reads,
                at_once=run.at_once,
                on_done=done,
            )
        run.stack.keep_unusable(one.error for one in outcomes if isinstance(one, Unchecked))
    return outcomes, run.stack


def _exit_code(outcomes: Sequence[Outcome]) -> int:
    from answerbot.workflows.crosscheck import Checked

    codes = {one.error.exit_code for one in outcomes if not isinstance(one, Checked)}
    if codes:
        return max(codes)
    return 1 if any(_findings(outcome) for outcome in outcomes) else 0


def _findings(outcome: Outcome) -> tuple[Finding, ...]:
    from answerbot.workflows.crosscheck import Checked

    return outcome.result.findings if isinstance(outcome, Checked) else ()


def _document(outcomes: Sequence[Outcome], stack: Stack) -> str:
    from answerbot.cli.showing import finding_json, usage_json
    from answerbot.workflows.crosscheck import Checked

    items = []
    for outcome in outcomes:
        item: dict[str, object] = {
            "id": outcome.subject.id,
            "findings": [finding_json(finding) for finding in _findings(outcome)],
        }
        if isinstance(outcome, Checked):
            item |= {"checks": list(outcome.result.checks), "dropped": outcome.result.dropped}
        else:
            item["error"] = str(outcome.error)
        items.append(item)
    document = {"version": 1, "items": items, "usage": usage_json(stack)}
    return json.dumps(document, ensure_ascii=False, indent=2)


def _show(outcomes: Sequence[Outcome], places: dict[QuestionId, str], stack: Stack) -> None:
    from answerbot.cli.notices import printable, to_stderr
    from answerbot.cli.showing import counted, took
    from answerbot.workflows.crosscheck import Checked

    for outcome in outcomes:
        for finding in _findings(outcome):
            kind = finding.kind.replace("_", " ")
            blame = (
                f"{finding.wrong} wrong" if finding.wrong != "unclear" else "unclear who is wrong"
            )
            words = f'"{finding.claim.quote}" ' if finding.claim else ""
            print(printable(f"{places[outcome.subject.id]}: {kind} ({blame}) {words}"))
            if finding.reference_id:
                print(printable(f'  {finding.reference_id}: "{finding.reference_quote}"'))
            print(printable(f"  {finding.explanation}\n  fix: {finding.fix}"))
        if not isinstance(outcome, Checked):
            to_stderr(str(outcome.error))
    found = sum(len(_findings(outcome)) for outcome in outcomes)
    unread = [one for one in outcomes if isinstance(one, Checked) and not one.result.checks]
    if unread:
        print(f"not checked, as no reference bears on them: {counted(len(unread), 'answer')}")
    print(f"{counted(len(outcomes), 'answer')}, {counted(found, 'finding')}; {took(stack)}")
