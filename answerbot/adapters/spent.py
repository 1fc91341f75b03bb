"""What was paid for on the way to a reply, or to none."""

from __future__ import annotations

from dataclasses import dataclass

from answerbot.domain.errors import BudgetError, EndpointError, NotFinishedError
from answerbot.domain.llm import ChargedReplyError, Reply, Usage


class OtherWayError(NotFinishedError):
    """A reply of another kind than was asked for came; the next time, it is asked in another way.

    `usage` is what it took, None where nobody counted. It ends no request: whoever keeps the budget
    asks once more.
    """

    code = "other-way"

    def __init__(self, label: str, usage: Usage | None) -> None:
        super().__init__(f"{label}: the reply is not of the kind that was asked for")
        self.usage = usage


@dataclass
class Spent:
    """What earlier attempts at a request took; `uncounted`: at least so much, nobody knows."""

    usage: Usage | None = None
    uncounted: bool = False

    def add(self, usage: Usage | None) -> None:
        """One more attempt took so much; None: nobody counted."""
        self.usage = _sum(self.usage, usage)
        self.uncounted = self.uncounted or usage is None

    def on(self, reply: Reply) -> Reply:
        """The reply, as if it had taken all of it."""
        if self.usage is None and not self.uncounted:
            return reply
        return reply.model_copy(update={"usage": self._with(reply.usage)})

    def tell(self, error: BudgetError | EndpointError | ChargedReplyError) -> None:
        """The error tells of all of it, and so will what comes after it."""
        if isinstance(error, ChargedReplyError):
            error.usage = self._with(error.usage)
        else:
            self.usage = error.usage = _sum(self.usage, error.usage)
            error.charged = error.charged or self.uncounted

    def _with(self, usage: Usage | None) -> Usage | None:
        """All of it and so much more; None where nobody knows."""
        return None if self.uncounted or usage is None else _sum(self.usage, usage)


def _sum(first: Usage | None, second: Usage | None) -> Usage | None:
    return first + second if first and second else first or second
