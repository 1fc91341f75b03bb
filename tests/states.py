"""States of a rubric, for tests of baselines and comparisons.

The rubric: `keeps` 4 points, essential; `writes` 3 with a partial step; `resets` 3 with levels of 1
and 2; the misconception `erases` costs 2. It passes at 60 %.
"""

from __future__ import annotations

from typing import Any

from answerbot.domain.baseline import ExemplarState, Judged, RubricState

CRITERIA: dict[str, dict[str, Any]] = {
    "keeps": {"points": 4, "essential": True, "text": "k"},
    "writes": {"points": 3, "partial": True, "text": "w"},
    "resets": {"points": 3, "levels": (1, 2), "text": "r"},
}
MET = {"keeps": "met", "writes": "met", "resets": "met", "erases": "absent"}


def judged(earned: int | None = 10, *, reply: str = "said", **more: str) -> Judged:
    """What came of an exemplar: all met but what `more` says; `asked` and `model` as named."""
    return Judged.model_validate(
        {
            "earned": earned,
            "passed": earned is not None and earned >= 6,
            "request": more.pop("asked", "asked"),
            "model": more.pop("model", "local-assistant"),
            "reply": reply,
            "verdicts": (MET | more) if earned is not None else {},
        }
    )


def exemplar_state(
    outcome: Judged | None, *, answer: str = "words", **labels: str
) -> ExemplarState:
    """An exemplar with this outcome, and the labels of a full answer but for those named."""
    return ExemplarState.model_validate(
        {"answer": answer, "expected": MET | labels, "judged": outcome}
    )


def rubric_state(**changes: Any) -> RubricState:
    """The rubric with one full exemplar, and with what is to be otherwise."""
    values: dict[str, Any] = {
        "pass": 60,
        "cap": 50,
        "title": "t",
        "question": "q",
        "prompt": "p",
        "schema": "s",
        "settings": "m",
        "criteria": CRITERIA,
        "misconceptions": {"erases": {"points": -2, "text": "e"}},
        "exemplars": {"full": exemplar_state(judged())},
    }
    return RubricState.model_validate(values | changes)
