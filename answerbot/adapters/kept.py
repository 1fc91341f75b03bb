"""A reply that was paid for and answers nothing, kept as it came."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict, ValidationError

from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.llm import RawReply, Request


class KeptReply(BaseModel):
    """What came for a request, and the name of the fault that keeps it from being an answer.

    `recorded_at` and `source` are as in a recording; the label of `request` is empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    label: str
    request: Request
    raw: RawReply
    outcome: str
    recorded_at: str
    source: str

    def to_line(self) -> str:
        """One line of JSON without its line end."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False)

    @classmethod
    def from_line(cls, line: str, location: Location) -> KeptReply:
        """Read what `to_line` wrote.

        Raises:
            InputError: the line is something else.
        """
        try:
            return cls.model_validate_json(line)
        except ValidationError as error:
            raise InputError(Problem(f"not a kept reply: {error}", location)) from None
