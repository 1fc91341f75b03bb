"""Do the exemplars show what each part of the rubric does? They are its tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations

from answerbot.domain.grade import Grade, Ungraded, labelled
from answerbot.domain.lint.complaints import Finding, Source
from answerbot.domain.lint.points import needed
from answerbot.domain.lint.wording import content, plain
from answerbot.domain.rubric import Criterion, Exemplar, Misconception, Rubric
from answerbot.domain.screening import copied, decided

NEAR = 20
"""Within so many per cent of the possible points an exemplar is near the pass mark."""

TWINS = 0.9
"""The share of their content words that answers have in common above which they are the same."""


def never_met(source: Source) -> Iterator[Finding]:
    """A criterion that no exemplar meets but those which meet everything."""
    for number, criterion in enumerate(source.rubric.criteria):
        if _is_never_met(source.rubric, criterion) and not criterion.steps:
            yield Finding(
                ("criteria", number),
                f"no exemplar meets {criterion.id!r} but those that meet everything, so that none "
                "shows what it is worth",
                "add an exemplar that meets this criterion and misses another",
                about=criterion.id,
            )


def always_met(source: Source) -> Iterator[Finding]:
    """A criterion that every exemplar meets but those which meet nothing."""
    for number, criterion in enumerate(source.rubric.criteria):
        if _is_always_met(source.rubric, criterion) and not criterion.steps:
            yield Finding(
                ("criteria", number),
                f"every exemplar meets {criterion.id!r} but those that meet nothing, so that none "
                "shows what missing it costs",
                "add an exemplar that misses this criterion and meets another",
                about=criterion.id,
            )


def never_apart(source: Source) -> Iterator[Finding]:
    """Criteria that go together in every exemplar, from which none can be told to be needed."""
    rubric = source.rubric
    alike: dict[tuple[str, ...], list[int]] = {}
    for number, criterion in enumerate(rubric.criteria):
        if not _is_never_met(rubric, criterion) and not _is_always_met(rubric, criterion):
            ranks = tuple(_rank(one.verdicts[criterion.id]) for one in rubric.exemplars)
            alike.setdefault(ranks, []).append(number)
    for numbers in alike.values():
        if len(numbers) > 1:
            *names, last = (repr(rubric.criteria[number].id) for number in numbers)
            yield Finding(
                ("criteria", numbers[1]),
                f"every exemplar treats {', '.join(names)} and {last} alike, so that none tells "
                "them apart",
                "add an exemplar that meets one of them and misses the other",
            )


def _rank(verdict: str) -> str:
    """Steps of different criteria are alike."""
    return verdict if verdict in ("met", "not_met") else "a step"


def unshown_step(source: Source) -> Iterator[Finding]:
    """A step between nothing and all that no exemplar reaches."""
    rubric = source.rubric
    for number, criterion in enumerate(rubric.criteria):
        shown = {exemplar.verdicts[criterion.id] for exemplar in rubric.exemplars}
        for at, step in enumerate(criterion.steps):
            if step not in shown:
                key = ("partial",) if step == "partial" else ("levels", at)
                yield Finding(
                    ("criteria", number, *key),
                    f"no exemplar gets {step!r} for {criterion.id!r}",
                    "add one, or label one that lies between",
                )


def unshown_misconception(source: Source) -> Iterator[Finding]:
    """A misconception that no exemplar states."""
    for number, misconception in enumerate(source.rubric.misconceptions):
        if not _stating(source.rubric, misconception):
            yield Finding(
                ("misconceptions", number),
                f"no exemplar states the misconception {misconception.id!r}",
                "add an exemplar that does, among things that are right",
            )


def hidden_penalty(source: Source) -> Iterator[Finding]:
    """A misconception whose cost no exemplar's grade shows, as the grade is 0 or capped anyway."""
    rubric = source.rubric
    for number, misconception in enumerate(rubric.misconceptions):
        stating = _stating(rubric, misconception)
        if stating and not any(
            _labelled(rubric, one).earned < _labelled(rubric, one, misconception).earned
            for one in stating
        ):
            yield Finding(
                ("misconceptions", number, "points"),
                f"the cost of {misconception.id!r} shows in no exemplar: what states it gets 0, or "
                "what the cap leaves, without it too",
                "add an exemplar that states it and earns more than it costs",
                about=misconception.id,
            )


def far_from_pass(source: Source) -> Iterator[Finding]:
    """A pass mark that no exemplar comes near, from below or from above."""
    rubric = source.rubric
    earned = [_labelled(rubric, one).earned for one in rubric.exemplars]
    mark = needed(rubric)
    sides = (
        ("just passes", [points - mark for points in earned if points >= mark]),
        ("just fails", [mark - points for points in earned if points < mark]),
    )
    far = [
        f"no exemplar {side}, the nearest is {nearest} off"
        for side, distances in sides
        if 100 * (nearest := min(distances, default=rubric.possible)) > NEAR * rubric.possible
    ]
    if far:
        yield Finding(
            ("pass",) if "pass" in source.document.values else ("exemplars",),
            f"{mark} of {rubric.possible} points pass: {'; '.join(far)}",
            "add one that does, so that a moved pass mark is noticed",
        )


def twin_exemplars(source: Source) -> Iterator[Finding]:
    """Two exemplars that say the same and are labelled alike, or the very same and are not."""
    exemplars = source.rubric.exemplars
    texts = [plain(one.answer) for one in exemplars]
    said = cache(lambda number: frozenset(content(exemplars[number].answer)))
    for (one, first), (two, second) in combinations(enumerate(exemplars), 2):
        if texts[one] == texts[two]:
            what = f"exemplars {first.id!r} and {second.id!r} have the same answer"
            yield Finding(("exemplars", two, "answer"), what, "delete one of the two")
        elif first.verdicts == second.verdicts and _likeness(said(one), said(two)) >= TWINS:
            yield Finding(
                ("exemplars", two, "answer"),
                f"exemplars {first.id!r} and {second.id!r} say nearly the same, with the same "
                "verdicts",
                "delete one, or change it so that another verdict is right",
            )


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)


def copied_exemplar(source: Source) -> Iterator[Finding]:
    """An exemplar that earns points and has words of the rubric, which are no evidence."""
    rubric = source.rubric
    for number, exemplar in enumerate(rubric.exemplars):
        if _meets_nothing(rubric, exemplar):
            continue
        if words := copied(exemplar.answer.strip(), rubric):
            yield Finding(
                ("exemplars", number, "answer"),
                f"exemplar {exemplar.id!r} has words of the rubric, which count for nothing: "
                f"{' '.join(words.split())!r}",
                "say it as a candidate would who has not seen the rubric",
            )


def unjudged_exemplar(source: Source) -> Iterator[Finding]:
    """An exemplar that is labelled with points and that no judge would read."""
    rubric = source.rubric
    for number, exemplar in enumerate(rubric.exemplars):
        for question in source.questions.values():
            outcome = decided(exemplar.answer.strip(), question, rubric)
            if outcome is None or _labelled(rubric, exemplar).earned == 0:
                continue
            why = outcome.reason if isinstance(outcome, Ungraded) else outcome.flags[0].what
            yield Finding(
                ("exemplars", number, "answer"),
                f"exemplar {exemplar.id!r} is decided before any judge reads it: {why}",
                "write an answer that can earn what its labels say",
            )
            break


def _labelled(rubric: Rubric, exemplar: Exemplar, but: Misconception | None = None) -> Grade:
    """The grade that the labels of an exemplar give, one misconception left out."""
    left_out = {but.id: "absent"} if but else {}
    return labelled(rubric, {**exemplar.verdicts, **left_out})


def _stating(rubric: Rubric, misconception: Misconception) -> Sequence[Exemplar]:
    return [one for one in rubric.exemplars if one.verdicts[misconception.id] == "present"]


def _is_never_met(rubric: Rubric, criterion: Criterion) -> bool:
    parts = (one for one in rubric.exemplars if not _meets_all(rubric, one))
    return all(one.verdicts[criterion.id] == "not_met" for one in parts)


def _is_always_met(rubric: Rubric, criterion: Criterion) -> bool:
    parts = (one for one in rubric.exemplars if not _meets_nothing(rubric, one))
    return all(one.verdicts[criterion.id] == "met" for one in parts)


def _meets_all(rubric: Rubric, exemplar: Exemplar) -> bool:
    return all(exemplar.verdicts[one.id] == "met" for one in rubric.criteria)


def _meets_nothing(rubric: Rubric, exemplar: Exemplar) -> bool:
    return all(exemplar.verdicts[one.id] == "not_met" for one in rubric.criteria)
