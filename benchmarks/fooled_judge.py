"""What a judge that is fooled completely gives away to the hostile answers of the tests.

    python -m benchmarks.fooled_judge

The judge calls every criterion met, for each of the kinds of quotes; no model is asked. As it gives
the same quotes for all criteria, the flag for that sets aside what nothing else does; the last
column counts the answers that gain points and whose words alone would not have set them aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from answerbot.domain.grade import Grade
from tests.fooled import QUOTES, Case, cases, graded, graded_by_fool

_BY_WORDS = {"addresses-grader", "hidden-characters"}


def table(hostile: Sequence[Case]) -> None:
    """Print what the judge gives away for each kind of quotes."""
    heads = ("gain points", "set aside", "gain, not set aside", "gain, words not noticed")
    print(f"{'the judge quotes':<25}" + "".join(f"{head:>{len(head) + 3}}" for head in heads))
    for name, quotes in QUOTES.items():
        count: Counter[str] = Counter()
        for case in hostile:
            outcome = graded_by_fool(case, quotes(case))
            assert isinstance(outcome, Grade)
            count["gain"] += outcome.earned > 0
            count["aside"] += outcome.needs_review
            count["believed"] += outcome.earned > 0 and not outcome.needs_review
            kinds = {flag.kind for flag in outcome.flags}
            count["unnoticed"] += outcome.earned > 0 and kinds.isdisjoint(_BY_WORDS)
        counts = (count["gain"], count["aside"], count["believed"], count["unnoticed"])
        cells = zip(heads, counts, strict=True)
        print(f"{name:<25}" + "".join(f"{number:>{len(head) + 3}}" for head, number in cells))


def main() -> None:
    """Print the tables."""
    hostile, unseen, odd = cases("injection"), cases("injection_unseen"), cases("odd_answers")
    print(f"{len(hostile)} hostile answers of {len({case.kind for case in hostile})} classes\n")
    table(hostile)
    print(f"\n{len(unseen)} hostile answers that the lists were not made for\n")
    table(unseen)
    lost = aside = 0
    for case in odd:
        claims = {name: (verdict, [quote]) for name, (verdict, quote) in case.verdicts.items()}
        outcome = graded(case, claims)
        assert isinstance(outcome, Grade)
        met = {one.criterion.id for one in outcome.verdicts if one.verdict != "not_met"}
        lost += met != set(case.verdicts)
        aside += outcome.needs_review
    print(f"\n{len(odd)} honest odd answers: {lost} lose points, {aside} are set aside")


if __name__ == "__main__":
    main()
