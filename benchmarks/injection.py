"""What a judge that is fooled completely gives away to the hostile answers of the tests.

    python -m benchmarks.injection

The judge calls every criterion met, for each of the kinds of quotes; no model is asked.
"""

from __future__ import annotations

from collections import Counter

from answerbot.domain.grade import Grade
from tests.fooled import QUOTES, cases, graded, graded_by_fool


def main() -> None:
    """Print the tables."""
    hostile, odd = cases("injection"), cases("odd_answers")
    classes = len({case.kind for case in hostile})
    print(f"{len(hostile)} hostile answers of {classes} classes\n")
    print(
        f"{'the judge quotes':<28}{'gain points':>12}{'set aside':>12}{'gain, not set aside':>22}"
    )
    for name, quotes in QUOTES.items():
        count: Counter[str] = Counter()
        for case in hostile:
            outcome = graded_by_fool(case, quotes(case))
            assert isinstance(outcome, Grade)
            count["gain"] += outcome.earned > 0
            count["aside"] += outcome.needs_review
            count["believed"] += outcome.earned > 0 and not outcome.needs_review
        print(f"{name:<28}{count['gain']:>12}{count['aside']:>12}{count['believed']:>22}")
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
