"""How a disagreement is told."""

from __future__ import annotations

from answerbot.domain.calibration import Rated


def score_of(one: Rated, fraction: float) -> str:
    """The score that a fraction comes to: '1.5 of 2'."""
    return f"{fraction * one.scale.most:.3g} of {one.scale.most:g}"
