"""Parquet: what needs pyarrow, which comes with an extra."""

from __future__ import annotations

from answerbot.domain.errors import InputError, Problem


def require_pyarrow() -> None:
    """What reads and writes Parquet is there.

    Raises:
        InputError: it is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        hint = "pip install 'answerbot[parquet]', or use JSON Lines"
        raise InputError(Problem("Parquet needs pyarrow", hint=hint)) from None
