"""The words of the review's screen; what others wrote stands in them as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from textual.content import Content

from answerbot.cli.reports.characters import one_line, visible
from answerbot.cli.reports.marks import unwrapped
from answerbot.cli.reports.summary import mark_of, percent, words_of
from answerbot.cli.review_session import Review
from answerbot.domain.decisions import Label, Part, believed, labels_of, parts_of
from answerbot.domain.evidence import Evidence
from answerbot.domain.grade import Grade, Ungraded
from answerbot.domain.rubric import Criterion, CriterionVerdict
from answerbot.domain.submission import Graded

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SIGNS = {"met": "✓", "partial": "◐", "not_met": "○", "present": "✗", "absent": "·"}
_STYLES = {
    "met": "$text-success",
    "partial": "$text-warning",
    "not_met": "$text-error",
    "present": "$text-error",
    "absent": "$text-muted",
}
_QUIET = "dim"
_HUMAN = "$text-primary"
_BAR = 10

KEYS = (
    ("↑ ↓", "j k", "another criterion"),
    ("← →", "p n", "another answer"),
    ("y", "enter", "confirm the verdict"),
    ("o", "", "overturn it"),
    ("1 2 …", "", "give the verdict of this number"),
    ("a", "", "accept all that is left of the answer"),
    ("c", "", "comment on the criterion"),
    ("u", "", "undo"),
    ("s", "", "skip to the next open answer"),
    ("PgUp PgDn", "b space", "scroll the answer"),
    ("q", "", "quit; all that was decided is kept"),
)


@dataclass(frozen=True)
class _Span:
    """Words of the answer that speak for a criterion."""

    label: str
    id_: str
    start: int
    end: int


def head(review: Review, number: int, width: int) -> Content:
    """Who answered what, how far the review is, and what the answer comes to."""
    one = review.now(number)
    name = one_line(f"{one.submission.candidate}, {one.submission.question_id}")
    place = f"{number + 1} of {len(review.items)}, {review.open} open"
    room = max(width - len(place) - 2, 10)
    name = name if len(name) <= room else f"{name[: room - 1]}…"
    gap = " " * max(width - Content(name).cell_length - len(place), 1)
    return Content.assemble((name, "bold"), gap, (place, _QUIET), "\n", _score(review, number))


def _score(review: Review, number: int) -> Content:
    one = review.now(number)
    if not isinstance(one.outcome, Grade):
        return Content.assemble(("– not graded: ", "$text-error"), one_line(one.outcome.reason))
    grade, mark = one.outcome, review.mark(number)
    filled = int(grade.fraction * _BAR) or int(grade.fraction > 0)
    bar = "█" * filled + "░" * (_BAR - filled)
    words = f" {grade.earned} of {grade.possible}, {percent(grade.fraction)}"
    passes = {True: ("passes", "$text-success"), False: ("fails", "$text-error"), None: ("", "")}
    told, style = passes[review.passes(number)]
    at = f" at {mark} %" if told else ""
    capped = ", capped" if grade.capped else ""
    status, colour = _status(one)
    return Content.assemble(
        (bar, style or _QUIET), (words, "bold"), f"{capped}  ", (told, style), f"{at}  ",
        (status, colour),
    )  # fmt: skip


def _status(one: Graded) -> tuple[str, str]:
    return {
        "review": ("? to review", "$text-warning"),
        "graded": ("✓ graded", "$text-success"),
        "estimated": ("~ estimate", "$text-accent"),
        "ungraded": ("– not graded", "$text-error"),
    }[one.status]


def question(one: Graded) -> Content:
    """What was asked."""
    return Content(one_line(one.submission.question))


def doubts_of_all(review: Review, number: int) -> Content:
    """What sets the answer as a whole aside."""
    outcome = review.now(number).outcome
    if not isinstance(outcome, Grade):
        detail = outcome.detail if isinstance(outcome, Ungraded) else ""
        return Content(one_line(detail))
    whole = [flag for flag in outcome.flags if flag.review and not flag.about]
    return Content("\n".join(f"! {one_line(str(flag))}" for flag in whole))


def standing(review: Review, number: int) -> Content:
    """What is left to do, in one line."""
    one = review.now(number)
    left = len(review.left(number))
    if one.status == "review":
        doubted = [part for part in _parts(one) if review.doubts(number, part.id)]
        if doubted:
            return Content(f"{len(doubted)} in doubt: y confirms, o overturns, a accepts all")
        return Content(f"{left} left to look at: a accepts all of them")
    if one.status == "ungraded":
        return Content("give each criterion a verdict: o, or a digit")
    if one.status == "estimated":
        return Content("an estimate until all of it is decided: a accepts it")
    more = "s goes to the next open answer" if review.open else "nothing is open: q quits"
    return Content(f"decided; {more}")


def keys(width: int) -> Content:
    """The keys that are needed most, as many as there is room for."""
    pairs = (
        ("y", "confirm"), ("o", "overturn"), ("a", "accept all"), ("c", "comment"), ("u", "undo"),
        ("s", "skip"), ("?", "help"), ("q", "quit"),
    )  # fmt: skip
    shown = Content("")
    for key, what in pairs:
        more = Content.assemble((key, "bold"), f" {what}  ")
        if shown.cell_length + more.cell_length > width + 2:
            break
        shown = shown + more
    return shown


def answer(one: Graded, current: str) -> Content:
    """The candidate's words, those marked that are evidence; the current criterion's stand out."""
    text = one.submission.text
    if not text.strip():
        return Content.styled("(there is no answer)", _QUIET)
    text = unwrapped(text)
    pieces: list[Content] = []
    for start, end, active in _pieces(text, _spans(one)):
        pieces.append(Content.styled(visible(text[start:end]), _marking(active, current)))
        for span in active:
            if span.end == end:
                style = "bold" if span.id_ == current else _QUIET
                pieces.append(Content.styled(f"[{span.label}]", style))
    return Content("").join(pieces)


def before_evidence(one: Graded, current: str) -> Content | None:
    """What stands before the first words that speak for the criterion; None without any."""
    starts = [span.start for span in _spans(one) if span.id_ == current]
    if not starts:
        return None
    return Content(visible(unwrapped(one.submission.text)[: min(starts) + 1]))


def _marking(active: list[_Span], current: str) -> str:
    if any(span.id_ == current for span in active):
        return "bold underline on $primary-muted"
    return "underline" if active else ""


def _spans(one: Graded) -> list[_Span]:
    if not isinstance(one.outcome, Grade):
        return []
    names = _names(one)
    found: list[tuple[str, tuple[Evidence, ...]]] = [
        *((verdict.criterion.id, verdict.evidence) for verdict in one.outcome.verdicts),
        *((slip.misconception.id, slip.evidence) for slip in one.outcome.slips),
    ]
    length = len(one.submission.text)
    return [
        _Span(names[id_], id_, each.start, min(each.end, length))
        for id_, evidence in found
        for each in evidence
        if each.start < min(each.end, length)
    ]


def _pieces(text: str, spans: list[_Span]) -> Iterator[tuple[int, int, list[_Span]]]:
    bounds = sorted({0, len(text)} | {at for span in spans for at in (span.start, span.end)})
    for start, end in pairwise(bounds):
        yield start, end, [span for span in spans if span.start <= start and end <= span.end]


def _parts(one: Graded) -> tuple[Part, ...]:
    return parts_of(one.rubric) if one.rubric else ()


def _names(one: Graded) -> dict[str, str]:
    """Numbers for the criteria, letters for the misconceptions."""
    assert one.rubric is not None
    numbers = {each.id: str(at) for at, each in enumerate(one.rubric.criteria, start=1)}
    return numbers | dict(zip((m.id for m in one.rubric.misconceptions), _LETTERS, strict=False))


def line(review: Review, number: int, part: Part, *, current: bool) -> Content:
    """A criterion or misconception in one line."""
    label = review.label(number, part)
    human = review.is_decided(number, part)
    flags = review.doubts(number, part.id)
    return Content.assemble(
        "▸ " if current else "  ",
        (f"{_names(review.items[number])[part.id]} ", _QUIET),
        _sign(label),
        " ",
        (words_of(part.id), "bold" if current else ""),
        ("  !" if flags else "", "bold $text-warning"),
        ("  human" if human and not current else "", _HUMAN),
    )


def details(review: Review, number: int, part: Part) -> Content:
    """All there is to a criterion or misconception."""
    label = review.label(number, part)
    human = review.is_decided(number, part)
    return Content("\n").join(_details(review, number, part, label, human=human))


def _sign(label: Label | None) -> Content:
    if label is None:
        return Content.styled("?", "$text-warning")
    kind = _kind(label)
    return Content.styled(_SIGNS[kind], _STYLES[kind])


def _kind(label: Label) -> str:
    return label if label in ("present", "absent") else mark_of(_of_criterion(label))[0]


def _of_criterion(label: Label) -> CriterionVerdict:
    assert label != "present"
    assert label != "absent"
    return label


def _details(
    review: Review, number: int, part: Part, label: Label | None, *, human: bool
) -> Iterator[Content]:
    judged = believed(review.items[number]).get(part.id)
    decided = review.decided(number).get(part.id)
    yield _verdict(part, label, judged, human=human, estimate=review.now(number).estimate)
    yield Content(one_line(part.states))
    for flag in review.doubts(number, part.id):
        yield Content.styled(f"! {one_line(str(flag))}", "$text-warning")
    if reason := _reason(review.items[number], part):
        by = "words" if review.items[number].estimate else "judge"
        yield Content.assemble((f"{by}: ", _QUIET), one_line(reason))
    if decided and decided.comment:
        who = one_line(decided.last.by) or "comment"
        yield Content.assemble((f"{who}: ", _HUMAN), one_line(decided.comment))
    yield _choices(part, label)


def _choices(part: Part, now: Label | None) -> Content:
    """The digits, and the verdicts that they give."""
    choices = [
        Content.assemble((str(number), "bold"), f" {words_for(label)}").stylize(
            _QUIET if label == now else ""
        )
        for number, label in enumerate(labels_of(part), start=1)
    ]
    return Content("  ").join(choices)


def _verdict(
    part: Part, label: Label | None, judged: Label | None, *, human: bool, estimate: bool
) -> Content:
    if label is None:
        return Content.styled("no verdict yet", "$text-warning")
    points = _points(part, label)
    words = Content.assemble((words_for(label), f"bold {_STYLES[_kind(label)]}"), points)
    if human:
        words += Content.styled("  human", f"bold {_HUMAN}")
        if judged is not None and judged != label:
            words += Content.styled(f" (judge: {words_for(judged)})", _QUIET)
    elif estimate:
        words += Content.styled("  estimate", _QUIET)
    if isinstance(part, Criterion) and part.essential:
        words += Content.styled("  essential", _QUIET)
    return words


def words_for(label: Label) -> str:
    """The verdict in words."""
    return {
        "met": "met",
        "partial": "partly met",
        "not_met": "not met",
        "present": "stated",
        "absent": "not stated",
    }.get(label, label.replace("_", " "))


def _points(part: Part, label: Label) -> str:
    if isinstance(part, Criterion):
        return f", {part.points_for(_of_criterion(label))} of {part.points}"
    return f", {part.points}" if label == "present" else f" (costs {-part.points})"


def _reason(one: Graded, part: Part) -> str:
    if not isinstance(one.outcome, Grade):
        return ""
    reasons = {verdict.criterion.id: verdict.reason for verdict in one.outcome.verdicts}
    reasons |= {slip.misconception.id: slip.reason for slip in one.outcome.slips}
    return reasons.get(part.id, "")


def title(part: Part) -> Content:
    """The criterion, and what it says."""
    return Content.assemble((words_of(part.id), "bold"), "\n", one_line(part.states))


def choice(part: Part, number: int, label: Label, *, now: bool) -> Content:
    """A verdict to choose: its number, what it earns, what it takes."""
    what = ""
    if isinstance(part, Criterion) and (step := part.steps.get(_of_criterion(label))):
        what = f"\n{one_line(step.states)}"
    return Content.assemble(
        (f"{number} ", _QUIET),
        _sign(label),
        (f" {words_for(label)}", "bold"),
        _points(part, label),
        ("  as it is" if now else "", _QUIET),
        (what, _QUIET),
    )


def help_text() -> Content:
    """What each key does."""
    lines = [Content.styled("Keys\n", "bold")]
    for key, other, what in KEYS:
        lines.append(
            Content.assemble((f"{key:<10}", "bold"), (f"{other:<9}", _QUIET), what),
        )
    lines.append(Content.styled("\nEach decision is on disk as soon as it is made.", _QUIET))
    return Content("\n").join(lines)
