"""A review under way: the answers, what was decided, and what that makes of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from answerbot.domain.decisions import (
    Decided,
    Decision,
    Decisions,
    Entry,
    Label,
    Part,
    Undo,
    believed,
    doubts,
    honour,
    key_of_answer,
    parts_of,
    plain,
    wording_of,
)
from answerbot.domain.grade import Flag, Grade
from answerbot.domain.submission import Graded

Write = Callable[..., None]
"""Keeps entries, on disk, before they count."""


@dataclass
class Review:
    """The answers of a report, and the decisions about them.

    `items` are the answers to go through. A decision counts once `write` has kept it. `margin` and
    `pass_mark` are in per cent; without a `pass_mark` each rubric's own counts.
    """

    items: Sequence[Graded]
    decisions: Decisions
    write: Write
    reviewer: str = ""
    margin: int = 0
    pass_mark: int | None = None
    _done: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    def now(self, number: int) -> Graded:
        """The answer with what was decided about it."""
        item = self.items[number]
        return honour(item, self.decided(number), self.margin)

    def decided(self, number: int) -> Mapping[str, Decided]:
        """What was decided about the answer, by criterion."""
        return self.decisions.of(self.items[number].submission)

    def is_open(self, number: int) -> bool:
        """Whether a person has still to decide something."""
        return self.now(number).status in ("review", "ungraded")

    @property
    def open(self) -> int:
        """How many answers are still to be decided."""
        return sum(map(self.is_open, range(len(self.items))))

    def after(self, number: int, *, step: int = 1) -> int | None:
        """The next answer that is open, around the end; None where no other is."""
        count = len(self.items)
        others = ((number + step * more) % count for more in range(1, count))
        return next((other for other in others if self.is_open(other)), None)

    def passes(self, number: int) -> bool | None:
        """Whether the answer passes as it stands; None of what is no grade."""
        one, mark = self.now(number), self.mark(number)
        if not isinstance(one.outcome, Grade) or one.estimate or mark is None:
            return None
        return one.outcome.reaches(mark)

    def mark(self, number: int) -> int | None:
        """The per cent that pass."""
        if self.pass_mark is not None:
            return self.pass_mark
        rubric = self.items[number].rubric
        return rubric.pass_mark if rubric else None

    def doubts(self, number: int, id_: str) -> tuple[Flag, ...]:
        """What sets the answer aside because of this criterion."""
        return doubts(self.now(number), id_)

    def is_decided(self, number: int, part: Part) -> bool:
        """Whether a person gave the verdict, in this review or before."""
        if (each := self.decided(number).get(part.id)) and each.label is not None:
            return each.basis.wording == wording_of(part)
        outcome = self.now(number).outcome
        if not isinstance(outcome, Grade):
            return False
        return any(one.human and one.criterion.id == part.id for one in outcome.verdicts) or any(
            one.human and one.misconception.id == part.id for one in outcome.slips
        )

    def label(self, number: int, part: Part) -> Label | None:
        """The verdict as it stands; None where neither judge nor person gave one."""
        labels = believed(self.now(number))
        if part.id in labels:
            return labels[part.id]
        each = self.decided(number).get(part.id)
        return each.label if each and self.is_decided(number, part) else None

    def decide(
        self, number: int, part: Part, label: Label | None, comment: str | None = None
    ) -> None:
        """The verdict is this one, or only the comment is; it is kept before it counts."""
        self._keep(number, self._decision(number, part, label, comment))

    def left(self, number: int) -> list[Part]:
        """What `accept` would confirm: every criterion, and every misconception in question."""
        one = self.now(number)
        if one.rubric is None:
            return []
        labels = believed(one)
        return [
            part
            for part in parts_of(one.rubric)
            if part.id in labels
            and not self.is_decided(number, part)
            and (labels[part.id] != "absent" or doubts(one, part.id))
        ]

    def accept(self, number: int) -> int:
        """Every verdict that nobody decided is confirmed; tells how many there were."""
        labels = believed(self.now(number))
        left = self.left(number)
        entries = [self._decision(number, part, labels[part.id], None) for part in left]
        if entries:
            self._keep(number, *entries)
        return len(entries)

    def undo(self, number: int) -> int | None:
        """The last thing done is taken back, and the answer that it was about.

        Where nothing was done yet, the last decision on this answer. None: there is none.
        """
        if self._done:
            where, ids = self._done[-1]
            self._write(*(self._taking_back(id_) for id_ in ids))
            self._done.pop()
            return where
        if not (decided := self.decided(number)):
            return None
        last = max(decided.values(), key=lambda each: each.last.at)
        self._write(self._taking_back(last.last.id))
        return number

    def _decision(
        self, number: int, part: Part, label: Label | None, comment: str | None
    ) -> Decision:
        item = self.items[number]
        assert item.rubric is not None, "what has no rubric has no criteria"
        candidate, question, answer = key_of_answer(item.submission)
        return Decision(
            at=self._time,
            by=self.reviewer,
            id=uuid4().hex,
            candidate=candidate,
            question=question,
            answer=answer,
            rubric=item.rubric.id,
            criterion=part.id,
            wording=wording_of(part),
            before=self.label(number, part),
            after=label,
            comment=None if comment is None else plain(comment),
        )

    def _taking_back(self, id_: str) -> Undo:
        return Undo(at=self._time, by=self.reviewer, undo=id_)

    def _keep(self, number: int, *decisions: Decision) -> None:
        self._write(*decisions)
        self._done.append((number, tuple(one.id for one in decisions)))

    def _write(self, *entries: Entry) -> None:
        self.write(*entries)
        self.decisions.add(*entries)

    @property
    def _time(self) -> str:
        return datetime.now(UTC).isoformat(timespec="milliseconds")
