"""Parquet: what needs pyarrow, which comes with an extra."""

from __future__ import annotations

from answerbot.domain.extras import require


def require_pyarrow() -> None:
    """What reads and writes Parquet is there.

    Raises:
        InputError: it is not installed.
    """
    require("pyarrow.parquet", "Parquet needs pyarrow", "parquet", instead="use JSON Lines")
