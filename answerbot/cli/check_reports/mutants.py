"""What became of the mutants, for a terminal, as JSON values, and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from answerbot.cli.reports.as_markdown import escape
from answerbot.cli.reports.canvas import drawn
from answerbot.cli.reports.characters import one_line
from answerbot.cli.showing import counted, shortened
from answerbot.domain.mutation.missing import Missing
from answerbot.domain.mutation.reading import HARMLESS, Move, NoGrade, Read
from answerbot.domain.mutation.report import MutationReport, Scored

_RUBRICS = 5
_HOLES = 3
_MANY = 100
_LONGEST = 300
_MEANINGS = {
    "loosen": "a criterion asked for no more than its name",
    "remove": "the words for a criterion taken out",
    "negate": "the words for a criterion denied",
    "pad": "three times as long, with words that say nothing",
    "reorder": "the second half put first",
    "paraphrase": "put in other words",
}

Json = dict[str, Any]


def as_terminal(report: MutationReport, *, words: bool) -> str:
    """The report: the rates, then what nobody notices, worst first; with `words` all of it."""
    return drawn(lambda _: _parts(report, None if words else _RUBRICS))


def _parts(report: MutationReport, most: int | None) -> Iterator[RenderableType]:
    yield Text.assemble(
        ("Mutants that points decide: ", "bold"), f"{report.rate} noticed by an exemplar"
    )
    yield from _holes(report, most)
    kinds = list(report.kinds())
    if kinds:
        yield Text.assemble(
            ("Mutants that the judge read: ", "bold"), f"{report.read_rate} as they should be"
        )
        table = Table.grid(padding=(0, 2))
        for kind, rate, beside in kinds:
            told = f"{counted(beside, 'mutant')} moved another verdict too" if beside else ""
            table.add_row(kind, str(rate), _MEANINGS[kind], told)
        yield _indented(table)
        yield from _oddly_read(report, most)
    if refresh := report.refresh:
        yield Text.assemble(
            ("Not read: ", "bold"),
            f"{counted(report.unread, 'mutant')}; {counted(refresh.calls, 'call')}, "
            f"{one_line(refresh.cost)}: ",
            (one_line(refresh.command), "bold"),
        )


def _holes(report: MutationReport, most: int | None) -> Iterator[RenderableType]:
    worst = _with_holes(report)
    for one in worst[:most]:
        yield _indented(Text.assemble((one.rubric.id, "bold"), f"  {one.rate}"))
        for missing in one.missing[: most and _HOLES]:
            what, whom = hole_in_words(missing)
            yield _indented(Text.assemble(("missing: ", "yellow"), what), 3)
            yield _indented(Text(whom, "dim"), 5)
        yield from _rest(len(one.missing), most and _HOLES, 3)
        for mutant in one.equivalent if most is None else ():
            yield _indented(Text(f"nobody could notice: {mutant.what}", "dim"), 3)
    yield from _rest(len(worst), most, 1)


def _with_holes(report: MutationReport) -> list[Scored]:
    return [one for one, _ in report.worst_first() if one.unnoticed or one.equivalent]


def hole_in_words(missing: Missing) -> tuple[str, str]:
    """The exemplar that is missing, and what it would notice."""
    return missing.what, f"it would notice: {', '.join(missing.notices)}"


def _oddly_read(report: MutationReport, most: int | None) -> Iterator[RenderableType]:
    odd = list(_odd(report))
    for scored, one in odd[:most]:
        name = (f"{scored.rubric.id}  ", "bold")
        yield _indented(Text.assemble(name, one_line(one.mutant.what)))
        for told, reason in _happened(one):
            yield _indented(Text(told, "yellow"), 3)
            if reason:
                yield _indented(Text(f"judge: {shortened(one_line(reason), _LONGEST)}", "dim"), 5)
    yield from _rest(len(odd), most, 1)


def _odd(report: MutationReport) -> Iterator[tuple[Scored, Read]]:
    """What was not read as it should be: those that nobody noticed first."""
    every = [(scored, one) for scored, read in report.worst_first() for one in read]
    yield from (both for both in every if both[1].noticed is False)
    yield from (both for both in every if both[1].noticed and both[1].beside)


def _happened(read: Read) -> Iterator[tuple[str, str]]:
    """What was not as it should be, with the judge's reason."""
    several = len(read.mutant.readings) > 1
    beside = "" if read.mutant.kind in HARMLESS else " too"
    for one in read.ungraded:
        yield f"{_who(one, several=several)}no grade: {one_line(one.why)}", one.reason
    for move in (*read.kept, *read.beside):
        who = _who(move, several=several)
        if move.before == move.after:
            yield f"{who}{move.part} is still {move.after}", move.reason
        else:
            yield f"{who}{move.part} moved{beside}: {move.before} → {move.after}", move.reason


def _who(one: Move | NoGrade, *, several: bool) -> str:
    return f"{one.exemplar}: " if several else ""


def _rest(number: int, most: int | None, indent: int) -> Iterator[RenderableType]:
    if most is not None and number > most:
        yield _indented(Text(f"and {number - most:,} more (--words lists them)", "dim"), indent)


def _indented(part: RenderableType, by: int = 1) -> RenderableType:
    return Padding(part, (0, 0, 0, by))


def as_json(report: MutationReport) -> Json:
    """The report as JSON values, the rubrics worst first."""
    refresh = report.refresh
    return {
        "noticed": report.rate.noticed,
        "possible": report.rate.possible,
        "kill_rate": report.rate.percent,
        "read": {
            "noticed": report.read_rate.noticed,
            "possible": report.read_rate.possible,
            "unread": report.unread,
            "kinds": {
                kind: {"noticed": rate.noticed, "possible": rate.possible, "moved_beside": beside}
                for kind, rate, beside in report.kinds()
            },
        },
        "refresh": refresh
        and {"calls": refresh.calls, "cost": refresh.cost, "command": refresh.command},
        "rubrics": [_rubric(scored, read) for scored, read in report.worst_first()],
    }


def _rubric(scored: Scored, read: Sequence[Read]) -> Json:
    return {
        "id": scored.rubric.id,
        "noticed": scored.rate.noticed,
        "possible": scored.rate.possible,
        "unnoticed": [mutant.what for mutant in scored.unnoticed],
        "equivalent": [mutant.what for mutant in scored.equivalent],
        "missing": [
            {
                "verdicts": dict(one.verdicts),
                "percent": one.percent,
                "passes": one.passes,
                "notices": list(one.notices),
            }
            for one in scored.missing
        ],
        "read": [_one_read(one) for one in read],
    }


def _one_read(one: Read) -> Json:
    return {
        "kind": one.mutant.kind,
        "name": one.mutant.name,
        "what": one.mutant.what,
        "exemplars": [reading.case.exemplar.id for reading in one.mutant.readings],
        "aims": list(one.mutant.aims),
        "noticed": one.noticed,
        "kept": list(map(_move, one.kept)),
        "beside": list(map(_move, one.beside)),
        "ungraded": [
            {"exemplar": each.exemplar, "why": each.why, "reason": each.reason}
            for each in one.ungraded
        ],
    }


def _move(move: Move) -> Json:
    return {
        "exemplar": move.exemplar,
        "part": move.part,
        "before": move.before,
        "after": move.after,
        "reason": move.reason,
    }


def as_markdown(report: MutationReport, *, words: bool) -> str:
    """A section of a summary for a pull request."""
    return "\n".join(_lines(report, None if words else _MANY)) + "\n"


def _lines(report: MutationReport, most: int | None) -> Iterator[str]:
    yield from (f"### Mutants: {report.rate} noticed by an exemplar", "")
    if worst := _with_holes(report):
        rows = [
            (escape(one.rubric.id), str(one.rate), *map(escape, hole_in_words(missing)))
            for one in worst
            for missing in one.missing
        ]
        yield from ("<details><summary>Exemplars that are missing</summary>", "")
        yield from _table(("Rubric", "Noticed", "Missing", "Why"), rows[:most])
        yield from _cut(len(rows), most)
        yield from ("", "</details>", "")
    if kinds := list(report.kinds()):
        yield from (f"The judge read {report.read_rate.possible:,} more:", "")
        rows = [(kind, str(rate), f"{beside:,}", _MEANINGS[kind]) for kind, rate, beside in kinds]
        yield from (*_table(("Mutant", "As it should be", "Moved beside", ""), rows), "")
        odd = [
            (escape(scored.rubric.id), escape(one.mutant.what), escape(told))
            for scored, one in _odd(report)
            for told, _ in _happened(one)
        ]
        if odd:
            yield from ("<details><summary>Not read as they should be</summary>", "")
            yield from _table(("Rubric", "Mutant", "What happened"), odd[:most])
            yield from _cut(len(odd), most)
            yield from ("", "</details>", "")
    if refresh := report.refresh:
        told = f"{counted(report.unread, 'mutant')} not read: {counted(refresh.calls, 'call')}"
        yield from (f"{told}, {escape(refresh.cost)}: `{one_line(refresh.command)}`", "")


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    head = tuple(head)
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _cut(number: int, most: int | None) -> Iterator[str]:
    if most is not None and number > most:
        yield f"\nand {number - most:,} more (`answerbot check --mutate --words` lists them)"
