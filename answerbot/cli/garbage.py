"""How often unreachable cycles are looked for."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_BETWEEN_COLLECTIONS = 10_000
"""So many objects may come before cycles among them are looked for: a few megabytes."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Cycles are looked for rarely, and never among what was there before.

    A reply makes hundreds of objects and few cycles; looking as often as usual takes a tenth of a
    run.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_BETWEEN_COLLECTIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
