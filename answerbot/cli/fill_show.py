"""What a run of `fill` shows: the plan, the summary, the JSON document, the report, the diff."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Any

from answerbot.adapters.config import Config
from answerbot.cli.fill_plan import Work
from answerbot.cli.notices import printable, to_stderr
from answerbot.cli.recording import keep_recordings
from answerbot.cli.showing import counted, dollars, finding_json, shortened, shown, took, usage_json
from answerbot.cli.stack import Stack
from answerbot.domain.bank import Question, QuestionId
from answerbot.domain.errors import AnswerbotError, MissingRecordingError, NotFinishedError
from answerbot.domain.findings import Finding
from answerbot.domain.llm import Usage
from answerbot.workflows.crosscheck import Checks
from answerbot.workflows.fill import Filled, Outcome, Round, Unfilled

FIGURES: dict[Checks, tuple[float, int, int]] = {
    "none": (1, 530, 330),
    "references": (1.8, 1330, 360),
    "full": (5.9, 5870, 2720),
}
"""A question's requests, input tokens and output tokens, as `benchmarks/fill.py` measures them."""


@dataclass
class Run:
    """A run that has ended: what was to be done, what came of it."""

    works: Sequence[Work]
    outcomes: Sequence[Outcome]
    stack: Stack
    config: Config
    writes: bool
    changed: list[Path] = field(default_factory=list)
    unwritten: list[AnswerbotError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._of: dict[QuestionId, Outcome] = {one.question.id: one for one in self.outcomes}

    def outcome(self, question: Question) -> Outcome | None:
        """What came of a question, None where nothing was tried."""
        return self._of.get(question.id)

    def filled(self, work: Work) -> list[Filled]:
        """The answers of one file."""
        found = (self.outcome(question) for question in work.bank.questions)
        return [one for one in found if isinstance(one, Filled)]

    @property
    def failures(self) -> list[Unfilled]:
        """What should have an answer and has none.

        An answer of an earlier run that cannot be rebuilt stands as it is, except in a replay that
        was asked for, where a recording that is missing is an error.
        """
        asked = {question.id for work in self.works for question in work.ask}
        strict = self.config.model.mode == "replay"
        return [
            one
            for one in self.outcomes
            if isinstance(one, Unfilled) and (one.question.id in asked or strict)
        ]

    @property
    def disputes(self) -> list[tuple[Finding, list[QuestionId]]]:
        """Words of references that were found wrong, and in checking which questions' answers."""
        found: dict[tuple[str | None, str | None], tuple[Finding, list[QuestionId]]] = {}
        for one in self.outcomes:
            for finding in one.disputes if isinstance(one, Filled) else ():
                words = finding.reference_id, finding.reference_quote
                found.setdefault(words, (finding, []))[1].append(one.question.id)
        return [found[words] for words in sorted(found, key=str)]

    def status(self, work: Work, question: Question) -> str:
        """One word or two on where the question stands now."""
        outcome = self.outcome(question)
        if isinstance(outcome, Filled):
            return outcome.provenance.state
        before = work.standings[question.id]
        if before == "gap":
            return "not filled"
        return {"ours": "kept", "edited": "edited by hand", "human": "written by hand"}[before]


def exit_code(run: Run) -> int:
    """0 done, 1 something would change, 3 something failed, 130 somebody interrupted."""
    codes = {one.error.exit_code for one in run.failures}
    codes |= {NotFinishedError.exit_code for _ in run.unwritten}
    if codes:
        return max(codes)
    return 1 if run.changed and not run.writes else 0


def plan_text(questions: int, stack: Stack, config: Config) -> str:
    """What the run will ask for and may cost, in one line, before the first paid request."""
    requests, tokens_in, tokens_out = FIGURES[config.fill.checks]
    price = stack.price_of(stack.settings.model)
    usage = Usage(input_tokens=tokens_in * questions, output_tokens=tokens_out * questions)
    cost = f"about {dollars(price.cost(usage))}" if price else "price unknown"
    bound = f", at most ${config.budget}" if config.budget is not None else ""
    return (
        f"asking {stack.settings.model} at {stack.endpoint}: {counted(questions, 'question')}, "
        f"each about {requests:g} requests, {tokens_in:,} tokens in and {tokens_out:,} out "
        f"(checks: {config.fill.checks}); {cost}{bound}; what is recorded or stored is free"
    )


def summary(run: Run) -> None:
    """Print how each file stands, what a person should look at, and what it took."""
    for work in run.works:
        counts = Counter(run.status(work, question) for question in work.bank.questions)
        told = ", ".join(f"{number} {status}" for status, number in counts.items())
        verb = _verb(run, work)
        print(f"{shown(work.target)}: {told} ({verb})")
    _print_list("To review", _reviews(run))
    _print_list(
        "References in dispute (--report FILE.md says why)",
        [
            f'{finding.reference_id}  "{shortened(finding.reference_quote or "")}", '
            f"against {', '.join(questions)}"
            for finding, questions in run.disputes
        ],
    )
    print(f"\n{took(run.stack)}")
    _explain_failures(run)


def _verb(run: Run, work: Work) -> str:
    if work.target not in run.changed:
        return "unchanged"
    return "written" if run.writes else "would change"


def _print_list(title: str, lines: Sequence[str]) -> None:
    if lines:
        print(f"\n{title}")
        for line in lines:
            print(printable(f"  {line}"))


def _reviews(run: Run) -> list[str]:
    return [
        f"{one.question.id}  {one.provenance.why}"
        for one in run.outcomes
        if isinstance(one, Filled) and one.provenance.state == "needs review"
    ]


def _disputes(run: Run) -> list[str]:
    return [
        f'{finding.reference_id}  "{finding.reference_quote}" (against {", ".join(questions)}): '
        f"{finding.explanation}"
        for finding, questions in run.disputes
    ]


def _explain_failures(run: Run) -> None:
    """What went wrong, each thing once, and how to go on."""
    seen: dict[str, int] = Counter(str(one.error) for one in run.failures)
    for text, number in list(seen.items())[:3]:
        to_stderr(text if number == 1 else f"{text}\n  ({number} questions)")
    if len(seen) > 3:
        to_stderr(f"and {len(seen) - 3} more such errors (all of them in --json)")
    if run.failures:
        to_stderr(
            f"without an answer so far: {counted(len(run.failures), 'question')}; "
            "the same command goes on from here and pays for nothing twice"
        )
    elif kept := [
        one
        for one in run.outcomes
        if isinstance(one, Unfilled) and isinstance(one.error, MissingRecordingError)
    ]:
        to_stderr(
            f"kept as an earlier run wrote them: {counted(len(kept), 'answer')}; with the present "
            "prompts and settings there is no recording of them (--force asks anew)"
        )


_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NO_NEWLINE = "\n\\ No newline at end of file\n"


def difference(work: Work, text: str) -> str:
    """A unified diff between the target as it is and as it would be."""
    return "".join(
        printable(line) if line.endswith("\n") else f"{printable(line)}{_NO_NEWLINE}"
        for line in unified_diff(
            _LINE.findall(work.before or ""),
            _LINE.findall(text),
            shown(work.target) if work.before is not None else "/dev/null",
            shown(work.target),
        )
    )


def as_json(run: Run) -> str:
    """The document of `--json`."""
    document = {
        "version": 1,
        "files": [
            {
                "source": shown(work.source),
                "target": shown(work.target),
                "changed": work.target in run.changed,
                "written": run.writes and work.target in run.changed,
            }
            for work in run.works
        ],
        "questions": [
            _question_json(run, work, question)
            for work in run.works
            for question in work.bank.questions
        ],
        "usage": usage_json(run.stack),
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _question_json(run: Run, work: Work, question: Question) -> dict[str, Any]:
    outcome = run.outcome(question)
    value: dict[str, Any] = {
        "id": question.id,
        "status": run.status(work, question).replace(" ", "_"),
        "answer": question.answer.text if question.answer else None,
    }
    if isinstance(outcome, Filled):
        value |= {
            "answer": outcome.text,
            "why": outcome.provenance.why,
            "checks": list(outcome.provenance.checks),
            "references": [
                {"id": hit.reference.id, "score": round(hit.score, 4)} for hit in outcome.references
            ],
            "rounds": [_round_json(look) for look in outcome.rounds],
        }
    elif outcome:
        value["error"] = str(outcome.error)
    return value


def _round_json(look: Round) -> dict[str, Any]:
    answered = dict(look.responses)
    findings = []
    for finding in look.findings:
        value = finding_json(finding)
        if response := answered.get(finding):
            value |= {"response": response.action, "reason": response.reason}
        findings.append(value)
    return {"answer": look.text, "findings": findings, "dropped": look.checked.dropped}


def record(run: Run) -> None:
    """The recordings folder holds, a file for each bank, the replies that this run used."""
    for work in run.works:
        places = {question.id: number for number, question in enumerate(work.bank.questions)}
        done = {one.question.id for one in run.filled(work)}
        path = run.config.recordings_folder() / f"{work.source.stem}.jsonl"
        keep_recordings(path, run.stack, places, done)


def report(run: Run) -> str:
    """Markdown: what to review, what is in dispute, and what the checks did to each answer."""
    filled = [one for one in run.outcomes if isinstance(one, Filled)]
    states = Counter(run.status(work, q) for work in run.works for q in work.bank.questions)
    lines = [
        "# What answerbot filled",
        "",
        ", ".join(f"{number} {status}" for status, number in states.items()) + ".",
        f"{took(run.stack).capitalize()}.",
        "",
        "## To review",
        "",
        *(_bullets(_reviews(run)) or ["Nothing."]),
        "",
        "## References in dispute",
        "",
        *(_bullets(_disputes(run)) or ["None."]),
        "",
        "## What the checks found",
        "",
        *(line for one in filled for line in _report_of(one)),
    ]
    if run.failures:
        lines += ["", "## Not filled", ""]
        lines += _bullets([f"{one.question.id}: {one.error}" for one in run.failures])
    return "\n".join(lines).rstrip() + "\n"


def _report_of(one: Filled) -> list[str]:
    checks = ", ".join(one.provenance.checks) or "none"
    near = ", ".join(hit.reference.id for hit in one.references) or "no reference covers it"
    lines = [
        f"### {one.question.id}: {_plain(one.question.text)}",
        "",
        f"{one.provenance.state.capitalize()}; checks: {checks}; references: {near}.",
        "",
    ]
    for number, look in enumerate(one.rounds, start=1):
        answered = dict(look.responses)
        for finding in look.findings:
            said = answered.get(finding)
            outcome = f" → {said.action}: {_plain(said.reason)}" if said else ""
            words = f' "{_plain(finding.claim.quote)}"' if finding.claim else ""
            lines.append(
                f"- round {number}, {finding.kind.replace('_', ' ')} ({finding.wrong}):{words} "
                f"{_plain(finding.explanation)}{outcome}"
            )
    return [*lines, ""] if lines[-1] else lines


def _bullets(lines: Sequence[str]) -> list[str]:
    return [f"- {_plain(line)}" for line in lines]


def _plain(text: str) -> str:
    """One line that Markdown shows as it is, without raw HTML."""
    return " ".join(text.split()).replace("<", "&lt;")
