"""Which command runs, for what tells of the run."""

from __future__ import annotations

from contextvars import ContextVar

COMMAND: ContextVar[str] = ContextVar("command", default="run")
"""The name on the command line: 'grade'."""
