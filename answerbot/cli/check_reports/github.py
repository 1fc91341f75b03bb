"""What GitHub's runners read: notes on lines of files, and the summary of a step.

A runner takes lines of any output for commands. Those of ours are escaped as it documents; those
that somebody wrote into a rubric are made harmless.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal

from answerbot.cli.check_reports import summary
from answerbot.cli.check_reports.summary import Change, Group
from answerbot.cli.reports.characters import one_line, visible
from answerbot.cli.showing import counted
from answerbot.domain.check import Checked, CheckReport
from answerbot.domain.errors import Location, NotFinishedError, Problem
from answerbot.domain.regression import VerdictChange

Level = Literal["error", "warning", "notice"]

_MOST = 10
"""Of each level a runner shows so many a step, and drops the rest."""
_LINES = 10
_WITHOUT_A_PLACE = ("agreement", "kill-rate")
_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Note:
    level: Level
    title: str
    told: str
    place: Location | None = None

    def __str__(self) -> str:
        properties = {"title": f"answerbot: {self.title}"}
        if self.place and self.place.line:
            properties = {"line": str(self.place.line), **properties}
        if self.place:
            properties = {"file": _from_the_top(self.place.path), **properties}
        listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        return f"::{self.level} {listed}::{_data(self.told)}"


def runs_here() -> bool:
    """Whether a runner of GitHub reads the output."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def notes(report: CheckReport) -> list[str]:
    """A line for each edit and each complaint, no more than are shown; the last tells the rest."""
    found = list(_notes(report))
    lines: list[str] = []
    for level in ("error", "warning", "notice"):
        mine = [note for note in found if note.level == level]
        lines += map(str, mine[:_MOST] if len(mine) <= _MOST else _cut(mine))
    return lines


def harmless(text: str) -> str:
    """The text for a runner's log, with nothing in it that is a command there."""
    return _COMMAND.sub(r"\1\\x3a", text).replace("##[", r"#\x23[")


def harmless_json(document: str) -> str:
    """The same JSON, with nothing in it that is a command."""
    return document.replace("##[", r"#\u0023[")


def is_step_summary(path: Path) -> bool:
    """Whether the file is the summary of this step, which others may have begun."""
    mine = os.environ.get("GITHUB_STEP_SUMMARY")
    return mine is not None and path.absolute() == Path(mine).absolute()


def append(path: Path, text: str) -> None:
    """The file has the text below what it had.

    Raises:
        NotFinishedError: it could not be written.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        what = f"the file cannot be written: {error.strerror or error}"
        raise NotFinishedError(Problem(what, Location(str(path)))) from error


def _cut(notes: Sequence[_Note]) -> Iterator[_Note]:
    yield from notes[: _MOST - 1]
    more = counted(len(notes) - _MOST + 1, "more note")
    yield _Note(notes[0].level, "more", f"{more}: the log of this step has all of them")


def _notes(report: CheckReport) -> Iterator[_Note]:
    failing = summary.failing_complaints(report)
    for one in report.complaints:
        level: Level = "error" if one in failing else "warning"
        hint = f"\nhint: {one.hint}" if one.hint else ""
        yield _Note(level, one.rule, f"{one.what}{hint}", one.location)
    yield from chain(_flips(report), _scores(report), _stale(report), _ungraded(report))
    for gate in report.failed:
        if gate.name in _WITHOUT_A_PLACE:
            yield _Note("error", gate.name, gate.what)


def _flips(report: CheckReport) -> Iterator[_Note]:
    for group in summary.by_edits(report.verdict_changes()):
        flipped = any(change.flipped for _, change in group.changes)
        level: Level = "notice"
        if flipped:
            level = "error" if summary.fails(report, "flips") else "warning"
        told = [
            f"{name}: {change.part} {change.before} → {change.after}"
            + ("" if change.is_right else f", should be {change.expected}")
            for name, (_, change) in zip(group.names, group.changes, strict=True)
        ]
        place = _edit(group) or _label(*group.changes[0])
        yield _Note(level, "changed verdicts", _below(group.told, told), place)


def _scores(report: CheckReport) -> Iterator[_Note]:
    failing = summary.failing_scores(report)
    for group in summary.by_edits(report.score_changes()):
        level: Level = "notice"
        if not all(change.explained for _, change in group.changes):
            level = "warning"
        if any(change in failing for _, change in group.changes):
            level = "error"
        told = [
            f"{name}: {change.before} → {change.after}"
            for name, (_, change) in zip(group.names, group.changes, strict=True)
        ]
        place = _edit(group) or _exemplar(group)
        yield _Note(level, "changed scores", _below(group.told, told), place)


def _stale(report: CheckReport) -> Iterator[_Note]:
    level: Level = "error" if summary.fails(report, "stale") else "warning"
    for group in summary.stale_groups(report):
        told = [f"{counted(len(group.changes), 'recording')} stale: {group.whom}"]
        if report.refresh:
            told.append(f"{report.refresh.command} ({report.refresh.cost} for all that is stale)")
        new = all(edit.kind == "exemplar" for edit in group.edits)
        place = _edit(group) or (_exemplar(group) if new else None)
        yield _Note(level, "stale recordings", _below(group.told, told), place)


def _ungraded(report: CheckReport) -> Iterator[_Note]:
    level: Level = "error" if summary.fails(report, "unjudged") else "warning"
    for name, outcome in summary.ungraded(report):
        yield _Note(level, "no grade", f"{name}: {outcome.reason}")


def _below(edits: Sequence[str], told: Sequence[str]) -> str:
    more = len(told) - _LINES
    return "\n".join([*edits, *told[:_LINES], *([f"and {more:,} more"] if more > 0 else [])])


def _edit(group: Group[Change]) -> Location | None:
    """Where the first of the edits stands."""
    return next((edit.location for edit in group.edits if edit.location), None)


def _label(checked: Checked, change: VerdictChange) -> Location:
    number = list(checked.state.exemplars).index(change.exemplar)
    return checked.document.location(("exemplars", number, "verdicts", change.part))


def _exemplar(group: Group[Change]) -> Location:
    """Where the first of the exemplars stands."""
    checked, change = group.changes[0]
    number = list(checked.state.exemplars).index(change.exemplar)
    return checked.document.location(("exemplars", number))


def _from_the_top(path: str) -> str:
    """The path from the top of the repository, as GitHub names files."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (links stay as they are)
    tops = [folder for folder in absolute.parents if (folder / ".git").exists()]
    workspace = os.environ.get("GITHUB_WORKSPACE")
    for top in (*tops[:1], *([Path(workspace)] if workspace else [])):
        if absolute.is_relative_to(top):
            return absolute.relative_to(top).as_posix()
    return path


def _data(text: str) -> str:
    """The text as the message of a command."""
    lines = (one_line(line) for line in visible(text).split("\n"))
    return "\n".join(lines).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """The text as a property of a command."""
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")
