"""What can go wrong, where, and what to do next.

AnswerbotError              exit  shown as
├── InputError                2   one `file:line: what` and `hint:` pair a problem
└── NotFinishedError          3
    ├── MissingRecordingError     replay found no recording of a request
    ├── BudgetError               the next call could exceed the budget
    ├── EndpointError             the endpoint refused or failed, retries included
    ├── ReplyError                the model's reply was unusable, also when asked again
    ├── AwaitedError              the reply is to come from elsewhere; a later run has it
    └── StoppedError              the user wants no further requests
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from answerbot.domain.llm import Usage


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: the path as the user wrote it, the line counted from 1 (0: whole file)."""

    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the user's input."""

    what: str
    location: Location | None = None
    hint: str | None = None

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        return f"{where}{self.what}" + (f"\n  hint: {self.hint}" if self.hint else "")


class AnswerbotError(Exception):
    """Everything that is reported to the user without a traceback."""

    exit_code: ClassVar[int] = 3

    def __init__(self, *problems: Problem | str) -> None:
        assert problems, "an error says at least one thing"
        super().__init__(*problems)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, one thing or several."""
        return tuple(Problem(one) if isinstance(one, str) else one for one in self.args)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class InputError(AnswerbotError):
    """A file, a configuration or a command line is wrong; the user can mend it."""

    exit_code = 2


class NotFinishedError(AnswerbotError):
    """The input is fine and the work could not be finished.

    `stops_all` tells whether every further request would end the same way. `code` names the reason
    for programs: it stands in reports and does not change with the wording.
    """

    stops_all: ClassVar[bool] = False
    code: str = "not-finished"


class MissingRecordingError(NotFinishedError):
    """Replay found no recording of a request.

    `nearest` tells which one is most like it and what differs; it is asked when somebody reads the
    error, as looking takes longer than many answers do.
    """

    code = "no-recording"

    def __init__(
        self, problem: Problem | str, nearest: Callable[[], Problem] | None = None
    ) -> None:
        super().__init__(problem)
        self._nearest = nearest

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """That there is none, and what comes nearest."""
        return (self._nearest(),) if self._nearest else super().problems


class BudgetError(NotFinishedError):
    """The next call could have exceeded the budget; it was not made.

    `usage` is what is known to have been charged before it, `charged` says that there may be more.
    """

    stops_all = True
    code = "budget"
    usage: Usage | None = None
    charged: bool = False


class EndpointError(NotFinishedError):
    """The endpoint refused the request, or failed and went on failing.

    `status` is that of the HTTP response, None where none came. `usage` is what is known to have
    been charged before it; `charged` says that the endpoint may have worked, and charge, for more.
    """

    stops_all = True

    def __init__(
        self,
        *problems: Problem | str,
        status: int | None = None,
        code: str = "endpoint",
        charged: bool = False,
    ) -> None:
        super().__init__(*problems)
        self.status = status
        self.code = code
        self.charged = charged
        self.usage: Usage | None = None


ASK_ANEW = "kept, and not paid for again; `answerbot store prune --unusable` has it asked anew"
"""What becomes of a reply that was of no use."""


class ReplyError(NotFinishedError):
    """The model's reply was unusable, also after it was sent back.

    `keys` are the keys of the requests with unusable replies, or their beginnings.
    """

    code = "invalid"

    def __init__(self, *problems: Problem | str, keys: tuple[str, ...] = ()) -> None:
        super().__init__(*problems)
        self.keys = keys


class AwaitedError(NotFinishedError):
    """The request was handed to somebody else; a later run finds the reply."""

    code = "awaited"


class StoppedError(NotFinishedError):
    """The user wants no further requests."""

    exit_code = 130
    stops_all = True
    code = "stopped"
