"""Finding: what a cross-check holds against an answer, or against a reference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from answerbot.domain.bank import QuestionId
from answerbot.domain.evidence import Evidence

Kind = Literal["contradiction", "omission", "unsupported_claim", "false_claim"]
Wrong = Literal["draft", "reference", "unclear"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One objection; every quote in it was found where it is said to stand.

    `claim` is None for an omission only. `reference_id` and `reference_quote` are set together, or
    neither is. `fix` is what the answer (or the reference) should say instead.
    """

    kind: Kind
    wrong: Wrong
    claim: Evidence | None
    reference_id: QuestionId | None
    reference_quote: str | None
    explanation: str
    fix: str

    @property
    def is_error(self) -> bool:
        """Whether it says that a statement of the answer is wrong."""
        return self.wrong == "draft" and self.kind in ("contradiction", "false_claim")

    @property
    def is_dispute(self) -> bool:
        """Whether it says that a reference is wrong."""
        return self.wrong == "reference"

    def repeats(self, other: Finding) -> bool:
        """Whether both object to the same words of the same answer, or miss the same thing."""
        if self.claim and other.claim:
            return self.claim.overlaps(other.claim) and self.wrong == other.wrong
        return (
            self.kind == other.kind == "omission"
            and self.reference_id == other.reference_id
            and self.reference_quote == other.reference_quote
        )


def without_repeats(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in their order, each objection once."""
    kept: list[Finding] = []
    for finding in findings:
        if not any(finding.repeats(other) for other in kept):
            kept.append(finding)
    return tuple(kept)
