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
        """Whether both say the same of the same words, or miss the same thing."""
        if self.claim and other.claim:
            return self.claim.quote == other.claim.quote and self.wrong == other.wrong
        return self._misses_what(other)

    def echoes(self, earlier: Finding) -> bool:
        """Whether it objects again to words that a finding on an earlier text objected to."""
        if self.claim and earlier.claim:
            now, then = self.claim.quote, earlier.claim.quote
            return now in then or then in now
        return self._misses_what(earlier)

    def _misses_what(self, other: Finding) -> bool:
        if self.kind != "omission" or other.kind != "omission":
            return False
        if self.reference_quote or other.reference_quote:
            said, before = self.reference_quote, other.reference_quote
            return (self.reference_id, said) == (other.reference_id, before)
        return self.fix == other.fix


def without_repeats(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in their order, each objection once."""
    kept: list[Finding] = []
    for finding in findings:
        if not any(finding.repeats(other) for other in kept):
            kept.append(finding)
    return tuple(kept)
