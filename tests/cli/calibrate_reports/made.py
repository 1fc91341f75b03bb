"""Calibration reports that a test says itself."""

from __future__ import annotations

from functools import cache

from answerbot.domain.calibration_report import CalibrationReport, calibration_report
from tests.rated import rated


@cache
def tea(words: str = "") -> CalibrationReport:
    """Twelve answers with a grade and one without, to three questions, `words` everywhere."""
    rows = [
        rated(
            (n % 5, n % 5, 4 - n % 3),
            max((n % 5) - (n % 2), 0),
            line=n + 1,
            question=f"q{n % 3} {words}",
            answer=f"{words} leaf " * (n + 1),
            confidence=0.4 + n / 20,
            people={"steeps": "met" if n % 2 else "not_met"},
            program={"steeps": "met"},
            reason=f"too weak {words}",
            human_reason=f"well done {words}",
            rubric=f"tea {words}",
        )
        for n in range(12)
    ]
    lost = rated(1, None, line=40, question=f"q0 {words}", problem=f"no reply {words}")
    return calibration_report([*rows, lost], f"small {words}")
