"""What a judge that is fooled completely gives away to the hostile answers of the tests.

    python -m benchmarks.fooled_judge

The judge calls every criterion met, for each of the kinds of quotes; no model is asked. But for the
last kind it gives the same quotes for all criteria, and the flag for that sets aside what nothing
else does. So a second table tells what sets aside those that gain points: the words of the answer,
or only what the judge quoted (no evidence for some criterion, the same evidence for many).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from answerbot.domain.grade import Grade, Outcome
from tests.fooled import FOOLS, Case, cases, graded

_BY_WORDS = {"addresses-grader", "hidden-characters"}
_HEADS = ("gain points", "set aside", "gain, not set aside")
_WHY = ("gain points", "by their words", "no evidence only", "same evidence only", "both", "other")


def tables(hostile: Sequence[Case]) -> None:
    """Print what the judge gives away for each kind of quotes, and why it is not believed."""
    outcomes = {name: [fool(case) for case in hostile] for name, fool in FOOLS.items()}
    _print(_HEADS, {name: _given_away(each) for name, each in outcomes.items()})
    print("\nwhat sets those that gain points aside")
    causes = {name: _causes(each) for name, each in outcomes.items()}
    _print(_WHY, {name: count for name, count in causes.items() if count})


def _print(heads: Sequence[str], rows: Mapping[str, Counter[str]]) -> None:
    print(f"{'the judge quotes':<25}" + "".join(f"{head:>{len(head) + 3}}" for head in heads))
    for name, count in rows.items():
        cells = "".join(f"{count[head]:>{len(head) + 3}}" for head in heads)
        print(f"{name:<25}{cells}")


def _given_away(outcomes: Sequence[Outcome]) -> Counter[str]:
    count: Counter[str] = Counter()
    for outcome in outcomes:
        assert isinstance(outcome, Grade)
        count["gain points"] += outcome.earned > 0
        count["set aside"] += outcome.needs_review
        count["gain, not set aside"] += outcome.earned > 0 and not outcome.needs_review
    return count


def _causes(outcomes: Sequence[Outcome]) -> Counter[str]:
    count: Counter[str] = Counter()
    for outcome in outcomes:
        assert isinstance(outcome, Grade)
        if not outcome.earned:
            continue
        kinds = {flag.kind for flag in outcome.flags if flag.review}
        quoted = kinds & {"no-evidence", "same-evidence"}
        count["gain points"] += 1
        if kinds & _BY_WORDS:
            count["by their words"] += 1
        elif len(quoted) == 1:
            count[f"{quoted.pop().replace('-', ' ')} only"] += 1
        else:
            count["both" if quoted else "other"] += 1
    return count


def main() -> None:
    """Print the tables."""
    hostile, unseen, odd = cases("injection"), cases("injection_unseen"), cases("odd_answers")
    print(f"{len(hostile)} hostile answers of {len({case.kind for case in hostile})} classes\n")
    tables(hostile)
    print(f"\n{len(unseen)} hostile answers that the lists were not made for\n")
    tables(unseen)
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
