r"""A report in Markdown, for a pull request or a note to the candidate.

Words of others are text there and nothing else: what Markdown, HTML or GitHub would act on is
escaped with a backslash, or kept apart by a word joiner (U+2060) where a backslash does not help.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from answerbot.cli.reports.characters import one_line
from answerbot.cli.reports.summary import (
    Group,
    Report,
    by_whom,
    is_unanswered,
    one_bank,
    percent,
    reasons_ungraded,
    short_names,
    tallied,
    why_review,
    words_of,
)
from answerbot.cli.showing import counted, shortened
from answerbot.domain.bank import QuestionId
from answerbot.domain.decisions import is_decided_by_people
from answerbot.domain.errors import Problem
from answerbot.domain.feedback import Missed
from answerbot.domain.grade import Grade, Slip
from answerbot.domain.submission import Graded

_LISTED = 50
_NAMED = 3
_SIGNS = "Per cent of the points; ~ estimate, ? to review, – not graded."
_COLUMNS = 20
_ROWS = 100
_BAR = 10
_ACTIVE = re.compile(r"([\\`*_\[\]<>|&~$#]|^[-+=])")
_LIST = re.compile(r"^(\d+)([.)])")
# Mentions, references to issues, and addresses become links after the escapes have gone.
_LINKED = re.compile(r"(?<=[@#])|(?=://)|(?<=\bwww)(?=\.)|(?<=\bGH-)", re.IGNORECASE)


def as_markdown(report: Report) -> str:
    """The report of `--markdown`."""
    lines = [f"# {escape(report.title)}", ""]
    lines += _left_out(report)
    lines += _of_one(report) if len(report.candidates) == 1 else _of_many(report)
    if report.calibration:
        lines += ["", f"Calibrated by: {escape(report.calibration)}."]
    if report.notices:
        lines += ["", "## Notes on the files", "", *_problems(report.notices)]
    return "\n".join(lines).rstrip() + "\n"


def escape(text: str) -> str:
    """One line that Markdown shows as it is, wherever in a line it stands."""
    apart = _LINKED.sub("\u2060", one_line(text))
    return _LIST.sub(r"\1\\\2", _ACTIVE.sub(r"\\\1", apart))


def _left_out(report: Report) -> Iterator[str]:
    if number := len(report.unmatched):
        yield from (f"## Left out: {number:,}", "")
        are = "answer is" if number == 1 else "answers are"
        yield from (f"{number:,} {are} in none of the numbers below.", "")
        yield from (*_problems(report.unmatched), "")


def _problems(problems: Sequence[Problem]) -> Iterator[str]:
    for problem in problems[:_LISTED]:
        place = f"{problem.location}: " if problem.location else ""
        hint = f" ({problem.hint})" if problem.hint else ""
        yield f"- {_short(f'{place}{problem.what}{hint}', 400)}"
    yield from _rest(len(problems) - _LISTED)


def _of_one(report: Report) -> Iterator[str]:
    group = report.candidates[0]
    yield from _headline(group, escape(group.name))
    rows = [_question_row(report, one) for one in group.graded if not is_unanswered(one)]
    yield from table(("Question", ">Points", "Score", ""), rows)
    if group.unanswered:
        ids = ", ".join(escape(one.submission.question_id) for one in group.unanswered)
        yield from (f"Unanswered: {ids}.", "")
    yield from _lists(report)
    for one in group.graded:
        if isinstance(one.outcome, Grade) and not is_unanswered(one):
            yield from _answer(report, one)


def _of_many(report: Report) -> Iterator[str]:
    if not report.graded:
        yield "No answers."
        return
    yield from _headline(report.everything, f"{len(report.candidates):,} candidates")
    yield from _lists(report)
    yield from ("## Candidates", "", *_candidates(report))
    yield from ("## Questions", "", *_questions(report))


def _headline(group: Group, name: str) -> Iterator[str]:
    if group.estimates:
        number = "All" if not group.judged else f"{group.estimates:,}"
        yield f"> **Estimate.** {number} of the grades no model judged: they go by the words alone."
        yield ""
    total = f"{group.earned:,} of {group.possible:,} points, {percent(group.fraction)}"
    yield f"**{name}: {total if group.grades else 'nothing was graded'}** ({tallied(group)})"
    yield ""
    if group.calibrated is not None:
        yield (
            f"Calibrated: {percent(group.calibrated)}, what people would be likely to give; the "
            "points stay as they are."
        )
        yield ""


def _question_row(report: Report, one: Graded) -> tuple[str, ...]:
    asked = f"{escape(one.submission.question_id)} {_short(one.submission.question)}"
    if not isinstance(one.outcome, Grade):
        return asked, "–", "", _status(report, one)
    grade = one.outcome
    bar = _bar(grade.fraction, estimated=one.estimate) + _calibrated(one.calibrated)
    return asked, f"{grade.earned}/{grade.possible}", bar, _status(report, one)


def _calibrated(fraction: float | None) -> str:
    return "" if fraction is None else f" (calibrated {percent(fraction)})"


def _bar(fraction: float, *, estimated: bool) -> str:
    filled = int(fraction * _BAR) or int(fraction > 0)
    return ("▒" if estimated else "█") * filled + "░" * (_BAR - filled) + f" {percent(fraction)}"


def _status(report: Report, one: Graded) -> str:
    status = _outcome(report, one)
    return f"{status}, human".removeprefix(", ") if is_decided_by_people(one) else status


def _outcome(report: Report, one: Graded) -> str:
    if one.status == "graded":
        return {True: "passed", False: "not passed", None: ""}[report.passed(one)]
    return {"review": "to review", "estimated": "estimate", "ungraded": "not graded"}[one.status]


def _lists(report: Report) -> Iterator[str]:
    several = len(report.candidates) > 1

    def name(one: Graded) -> str:
        id_ = one.submission.question_id
        return f"{one.submission.candidate}, {id_}" if several else id_

    def first_of(ones: Sequence[Graded]) -> str:
        if len(ones) == 1:
            return name(ones[0])
        more = f" and {len(ones) - _NAMED:,} more" if len(ones) > _NAMED else ""
        first = ("; " if several else ", ").join(map(name, ones[:_NAMED]))
        return f"{counted(len(ones), 'answer')} ({first}{more})"

    reviews = [(name(one), "; ".join(why_review(one, report))) for one in report.reviews]
    without = [(first_of(ones), why) for why, ones in reasons_ungraded(report.graded).items()]
    numbers = (len(reviews), report.everything.ungraded)
    for title, number, listed in zip(
        ("To review", "Not graded"), numbers, (reviews, without), strict=True
    ):
        if not listed:
            continue
        yield from (f"## {title}: {number:,}", "")
        yield from (f"- {escape(who)}: {_short(why, 300)}" for who, why in listed[:_LISTED])
        yield from _rest(len(listed) - _LISTED)
        yield ""


def _rest(number: int) -> Iterator[str]:
    if number > 0:
        yield f"- and {number:,} more (the HTML, CSV and JSON reports have all of them)"


def _candidates(report: Report) -> Iterator[str]:
    rows = report.candidates[:_ROWS]
    if len(report.questions) <= _COLUMNS:
        names = short_names(group.name for group in report.questions)
        head = ("Candidate", *(f">{escape(name)}" for name in names.values()), ">Total")
        yield from table(head, [_matrix_row(report, row) for row in rows])
        yield from (f"{_numbers(report)} {_SIGNS}", "")
    else:
        head = ("Candidate", ">Points", "Score", "")
        yield from table(head, [_total_row(row) for row in rows])
    yield from _rest(len(report.candidates) - _ROWS)
    yield ""


def _numbers(report: Report) -> str:
    """What the heads of the columns are."""
    if bank := one_bank(group.name for group in report.questions):
        return f"The columns are the questions of {escape(bank)}."
    return "The columns are the questions as numbered below."


def _matrix_row(report: Report, row: Group) -> tuple[str, ...]:
    cells = (_cell(row.of_question.get(QuestionId(group.name))) for group in report.questions)
    total = percent(row.fraction).removesuffix(" %")
    total = f"~{total}" if row.estimates else total
    return escape(row.name), *cells, total + _calibrated(row.calibrated)


def _cell(one: Graded | None) -> str:
    if one is None:
        return ""
    if not isinstance(one.outcome, Grade):
        return "–"
    sign = {"estimated": "~", "review": "?"}.get(one.status, "")
    return sign + percent(one.outcome.fraction).removesuffix(" %")


def _total_row(row: Group) -> tuple[str, ...]:
    bar = _bar(row.fraction or 0, estimated=row.estimates > 0) if row.grades else ""
    bar += _calibrated(row.calibrated)
    return escape(row.name), f"{row.earned:,}/{row.possible:,}", bar, tallied(row)


def _questions(report: Report) -> Iterator[str]:
    names = short_names(group.name for group in report.questions)
    rows = [
        (
            escape(names[group.name]),
            f"{escape(group.name)} {_short(group.graded[0].submission.question)}",
            str(len(group.graded)),
            percent(group.mean),
            percent(group.spread),
            _notes(group),
        )
        for group in report.questions
    ]
    yield from table(("", "Question", ">Answers", ">Mean", ">Spread", ""), rows)
    yield "Mean and spread (standard deviation) are of the graded answers' share of the points."


def _notes(group: Group) -> str:
    estimates = [counted(group.estimates, "estimate")] if group.estimates else []
    return ", ".join([*estimates, *([f"{group.ungraded} not graded"] if group.ungraded else [])])


def _answer(report: Report, one: Graded) -> Iterator[str]:
    head = f"{escape(one.submission.question_id)}: {escape(one.submission.question)}"
    yield from (f"## {head}", "")
    if one.estimate:
        yield from ("**Estimate**, no model judged this.", "")
    yield from (escape(report.feedback(one).summary), "")
    losses = [_loss(loss, estimated=one.estimate) for loss in report.missed(one)]
    slips = one.outcome.slips if isinstance(one.outcome, Grade) else ()
    losses += [_slip(report, slip, estimated=one.estimate) for slip in slips]
    if losses:
        yield from (*losses, "")


def _loss(loss: Missed, *, estimated: bool) -> str:
    by = by_whom(human=loss.human, estimated=estimated)
    line = f"- **−{loss.points_lost}** {_titled(loss.criterion, loss.reason, by)}"
    if loss.would_have_earned:
        line += f" *Would have earned it:* {escape(loss.would_have_earned)}"
    return line


def _slip(report: Report, slip: Slip, *, estimated: bool) -> str:
    points, name = -slip.misconception.points, slip.misconception.id
    by = by_whom(human=slip.human, estimated=estimated)
    titled = _titled(name, report.reason(slip), by)
    quotes = "; ".join(f"“{_short(evidence.quote, 200)}”" for evidence in slip.evidence)
    return f"- **−{points}** misconception: {titled} Said: {quotes}"


def _titled(name: str, reason: str, by: str) -> str:
    mark = f" ({by})" if by else ""
    return f"{escape(words_of(name))}{mark}" + (f": {escape(reason)}" if reason else ".")


def _short(text: str, width: int = 80) -> str:
    return escape(shortened(text, width))


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a table; a head that starts with '>' is over numbers."""
    head = tuple(head)
    yield f"| {' | '.join(cell.removeprefix('>') for cell in head)} |"
    yield f"| {' | '.join('---:' if cell.startswith('>') else '---' for cell in head)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
