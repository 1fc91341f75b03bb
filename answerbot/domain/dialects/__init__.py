"""The ways people write questions and answers down, told apart by what the text looks like.

A new dialect is one class with `recognises` and `read`, and its place in `DIALECTS`.
"""

from __future__ import annotations

from answerbot.domain.dialects.cards import Cards
from answerbot.domain.dialects.details import FoldedDetails
from answerbot.domain.dialects.entry import LONGEST_QUESTION, Dialect, Entry
from answerbot.domain.dialects.headings import AskingHeadings, QuestionHeadings
from answerbot.domain.dialects.labels import LabelledLines
from answerbot.domain.dialects.numbered import Numbered
from answerbot.domain.dialects.outline import (
    Fault,
    Kind,
    Mark,
    Outline,
    scan,
    with_newlines_in_place,
)
from answerbot.domain.dialects.paragraphs import BoldQuestions

DIALECTS: tuple[Dialect, ...] = (
    QuestionHeadings(),
    Cards(),
    LabelledLines(),
    BoldQuestions(),
    FoldedDetails(),
    Numbered(),
    AskingHeadings(),
)
"""Every dialect; the first one that recognises a text reads it."""

__all__ = [
    "DIALECTS",
    "LONGEST_QUESTION",
    "Dialect",
    "Entry",
    "Fault",
    "Kind",
    "Mark",
    "Outline",
    "scan",
    "with_newlines_in_place",
]
