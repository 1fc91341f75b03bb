"""`answerbot review`: decide what the judge left in doubt, and make exemplars of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from answerbot.cli.options import Json, Only
from answerbot.domain.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from answerbot.adapters.config import Config
    from answerbot.adapters.result_files import Results
    from answerbot.cli.review_session import Review
    from answerbot.domain.decisions import Decisions
    from answerbot.domain.rubric import Rubric
    from answerbot.domain.submission import Graded


def review(
    results: Annotated[
        Path,
        typer.Argument(metavar="RESULTS.json", help="What `grade -o` wrote: .json or .jsonl."),
    ],
    every: Annotated[
        bool, typer.Option("--all", help="Every answer, not only those set aside.")
    ] = False,
    only: Only = None,
    candidate: Annotated[
        list[str] | None,
        typer.Option("--candidate", metavar="NAME", help="Only theirs: may be repeated; * and ?."),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions", metavar="FILE.jsonl", help="Where decisions go; else beside the results."
        ),
    ] = None,
    reviewer: Annotated[
        str | None,
        typer.Option("--reviewer", metavar="NAME", help="Who decides; else the login name."),
    ] = None,
    promote: Annotated[
        bool,
        typer.Option("--promote", help="No screen: make exemplars of decided answers."),
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="With --promote: write nothing, exit 1 if it would.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="As --check, and show what would be written.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Decide, on a screen, about the answers that were set aside for a person.

    Every decision is on disk at once, and `grade --decisions FILE` honours it. With --promote the
    answers that are decided (of them, those that --only and --candidate choose) are added to your
    rubrics as exemplars.
    """
    if (check or diff) and not promote:
        raise InputError(Problem("--check and --diff go with --promote"))
    from answerbot.adapters.config import load_config
    from answerbot.adapters.decision_files import append_decisions
    from answerbot.cli.notices import notice
    from answerbot.cli.outputs import refuse_unwritable
    from answerbot.cli.review_session import Review
    from answerbot.domain.decisions import honour_all

    config = load_config()
    path = decisions or config.decisions_file() or results.with_suffix(".decisions.jsonl")
    found = _results(results, config)
    decided = _decisions(path, named=promote and decisions is not None)
    every = every or promote
    items = _items(found.graded, every=every, only=only or (), candidates=candidate or ())
    session = Review(
        items,
        decided,
        lambda *entries: append_decisions(path, *entries),
        reviewer=_login() if reviewer is None else reviewer,
        margin=config.grade.margin,
        pass_mark=found.pass_mark,
    )
    _, obsolete = honour_all(found.graded, decided, config.grade.margin)
    for problem in (*found.problems, *obsolete):
        notice(str(problem))
    if promote:
        return _promote(session, config, check=check, diff=diff, as_json=as_json)
    if as_json:
        _print_json(session, path)
        return 0
    if not items:
        what = "there is no answer" if every else "no answer is set aside"
        print(what if every else f"{what}; --all goes through the others")
        return 0
    _refuse_no_terminal()
    refuse_unwritable([path], "--decisions")
    return _on_screen(session, path)


def _results(path: Path, config: Config) -> Results:
    from answerbot.adapters.result_files import read_results

    return read_results(path, _rubric_of(config))


def _rubric_of(config: Config) -> Callable[[str], Rubric | None]:
    from answerbot.cli.loading import read_rubrics

    return {rubric.id: rubric for rubric in read_rubrics(config)}.get


def _decisions(path: Path, *, named: bool) -> Decisions:
    """What was decided so far; one that was `named` has to be there."""
    from answerbot.adapters.decision_files import read_decisions
    from answerbot.cli.notices import notice
    from answerbot.domain.decisions import Decisions

    if not (named or path.exists()):
        return Decisions()
    decided, problems = read_decisions(path)
    for problem in problems:
        notice(str(problem))
    return decided


def _items(
    graded: Sequence[Graded], *, every: bool, only: Sequence[str], candidates: Sequence[str]
) -> list[Graded]:
    """The answers to go through: those to review, then those without a grade, then others."""
    from fnmatch import fnmatchcase

    from answerbot.cli.loading import selected_ids

    ranks = {"review": 0, "ungraded": 1, "estimated": 2, "graded": 3}
    ids = selected_ids([one.submission.question_id for one in graded], only)
    chosen = [
        one
        for one in graded
        if one.rubric is not None
        and one.submission.question_id in ids
        and (every or ranks[one.status] < ranks["estimated"])
        and (not candidates or any(fnmatchcase(one.submission.candidate, n) for n in candidates))
    ]
    return sorted(chosen, key=lambda one: ranks[one.status])


def _login() -> str:
    """The name of who is logged in, '' where nothing tells."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _refuse_no_terminal() -> None:
    """Tell where no screen can be drawn.

    Raises:
        InputError: a pipe, or a terminal that can do nothing.
    """
    import os
    import sys

    if os.environ.get("TERM", "dumb") == "dumb" or not (
        sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()
    ):
        what = "a review needs a terminal: stdin, stdout and stderr, and TERM not 'dumb'"
        raise InputError(Problem(what, hint="--json lists the answers without one"))


def _on_screen(session: Review, path: Path) -> int:
    from answerbot.cli.review_screen import ReviewScreen
    from answerbot.cli.showing import counted, shown

    before = len(session.decisions)
    first = next((at for at in range(len(session.items)) if session.is_open(at)), 0)
    code = ReviewScreen(session, first).run()
    print(f"{counted(session.open, 'answer')} still open")
    if len(session.decisions) or before:
        print(f"decisions: {shown(path)}; `grade --decisions {shown(path)}` honours them")
    return 0 if code is None else code


def _promote(session: Review, config: Config, *, check: bool, diff: bool, as_json: bool) -> int:
    from answerbot.cli.review_promote import carry_out, plan

    decided = [session.now(number) for number in range(len(session.items))]
    return carry_out(plan(decided, config), check=check, diff=diff, as_json=as_json)


def _print_json(session: Review, path: Path) -> None:
    import json

    document = {
        "version": 1,
        "decisions": str(path),
        "open": session.open,
        "answers": [_answer_json(session, at) for at in range(len(session.items))],
    }
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _answer_json(session: Review, number: int) -> dict[str, Any]:
    from answerbot.domain.decisions import believed
    from answerbot.domain.grade import Grade

    one = session.now(number)
    grade = one.outcome if isinstance(one.outcome, Grade) else None
    return {
        "candidate": one.submission.candidate,
        "question_id": one.submission.question_id,
        "status": one.status,
        "score": grade.earned if grade else None,
        "possible": grade.possible if grade else None,
        "passed": session.passes(number),
        "verdicts": believed(one),
        "decided": {
            id_: {"verdict": each.label, "by": each.basis.by, "comment": each.comment}
            for id_, each in session.decided(number).items()
        },
        "why": [str(flag) for flag in grade.flags if flag.review] if grade else [],
    }
