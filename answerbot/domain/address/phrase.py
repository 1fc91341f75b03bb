"""A turn of phrase, and the words without which it stands nowhere."""

from __future__ import annotations

import re
from typing import NamedTuple

Needed = frozenset[str]
"""Words of which one is needed; one that ends in `*` stands for all that begin so."""


class Phrase(NamedTuple):
    """A pattern of words with one space between, and what a text needs for it to stand there.

    `needs` are the words of one or more `Needed`, with `&` between. Looking for words is far faster
    than looking for phrases, so these are looked for first.
    """

    needs: str
    pattern: str

    def needed(self) -> frozenset[Needed]:
        """All that is needed."""
        return frozenset(frozenset(words.split()) for words in self.needs.split("&"))

    def compiled(self) -> re.Pattern[str]:
        """What it looks like in words between which any mark may stand."""
        spaced = self.pattern.replace(" ", r"(?: \.)? ")
        return re.compile(rf"(?<!\S)(?:{spaced})(?!\S)")
