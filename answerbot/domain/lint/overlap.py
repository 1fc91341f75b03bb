"""Do criteria overlap, and can words that are not the candidate's own earn points?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from answerbot.domain.bank import QuestionId
from answerbot.domain.evidence import Evidence
from answerbot.domain.lint.complaints import Finding, Source
from answerbot.domain.lint.wording import content, plain

SAME_WORDING = 0.7
"""The share of the content words of the shorter of two criteria that the longer one has too."""

LEAST_COMMON = 4
"""So many content words in common at least are no accident."""

MOSTLY_ASKED = 0.7
"""The share of a criterion's content words in the question above which a candidate parrots it."""

TIMES = 2
"""In so many exemplars at least the same words have to prove both, and in all that meet both."""

# What says that something is said, and what every demand may have.
_REPORTING = frozenset(
    content(
        "says names gives states explains describes mentions answer answers claims example "
        "examples reason reasons other others one two least further means how why what which"
    )
)


def overlapping_criteria(source: Source) -> Iterator[Finding]:
    """Two criteria in much the same words, or with the same wording that counts."""
    rubric = source.rubric
    subjects = frozenset(content(rubric.title))
    words = [frozenset(content(criterion.states)) - _REPORTING for criterion in rubric.criteria]
    for (one, first), (two, second) in combinations(enumerate(rubric.criteria), 2):
        if _are_alike(words[one], words[two], subjects):
            yield Finding(
                ("criteria", two),
                f"criteria {first.id!r} and {second.id!r} ask for much the same, in the words "
                f"{', '.join(sorted(words[one] & words[two]))}",
                "make one of them, or say what the one has that the other has not",
            )
        counted = {plain(text) for text in first.accepts}
        for at, text in enumerate(second.accepts):
            if plain(text) in counted:
                yield Finding(
                    ("criteria", two, "accepts", at),
                    f"{text!r} counts for {second.id!r} and for {first.id!r}: one sentence earns "
                    "twice",
                    "let it count for one of the two",
                )


def _are_alike(one: frozenset[str], other: frozenset[str], subjects: frozenset[str]) -> bool:
    """Whether two criteria have most words in common, and not each a subject of its own."""
    common = len(one & other)
    if common < LEAST_COMMON or common < SAME_WORDING * min(len(one), len(other)):
        return False
    return not ((one - other) & subjects and (other - one) & subjects)


def shared_evidence(source: Source) -> Iterator[Finding]:
    """Two criteria that the same words of the exemplars prove, whenever both are met."""
    for (_, first), (two, second) in combinations(enumerate(source.rubric.criteria), 2):
        both = [
            (name, found[first.id], found[second.id])
            for name, found in source.evidence.items()
            if found.get(first.id) and found.get(second.id)
        ]
        same = [name for name, one, other in both if _is_same(one, other)]
        if len(same) >= TIMES and len(same) == len(both):
            yield Finding(
                ("criteria", two),
                f"the same words prove {first.id!r} and {second.id!r} in every exemplar that meets "
                f"both: {', '.join(same)}",
                "merge the two, or add an exemplar that meets each with words of its own",
            )


def _is_same(one: Sequence[Evidence], other: Sequence[Evidence]) -> bool:
    """Whether four fifths of the characters of either are in the other."""
    first, second = _characters(one), _characters(other)
    return 5 * len(first & second) >= 4 * len(first | second) > 0


def _characters(evidence: Sequence[Evidence]) -> set[int]:
    return {at for found in evidence for at in range(found.start, found.end)}


def parrotable(source: Source) -> Iterator[Finding]:
    """A criterion that somebody who repeats the question has met."""
    asked = {question: frozenset(content(text)) for question, text in source.questions.items()}
    for number, criterion in enumerate(source.rubric.criteria):
        words = frozenset(content(criterion.states)) - _REPORTING
        for question, given in _most_of(words, asked):
            yield Finding(
                ("criteria", number, "states"),
                f"criterion {criterion.id!r} asks for little that question {question} does not "
                f"say: {', '.join(sorted(given))}",
                "ask for what an answer has to add",
            )
            break


def _most_of(
    words: Collection[str], asked: Mapping[QuestionId, Collection[str]]
) -> Iterator[tuple[QuestionId, Collection[str]]]:
    for question, said in asked.items():
        given = [word for word in words if word in said]
        if words and len(given) >= MOSTLY_ASKED * len(words):
            yield question, given
