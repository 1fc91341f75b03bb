"""How much alike texts are, letter by letter, whatever they mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

_AT_ONCE = 64
"""Of more texts the numbers become so long that they are slow to make."""


class Spelled:
    """Texts that others are held against, many at once."""

    def __init__(self, texts: Sequence[str]) -> None:
        parts = (texts[at : at + _AT_ONCE] for at in range(0, len(texts), _AT_ONCE))
        self._blocks = [_Block(part) for part in parts]

    def likenesses(self, text: str) -> list[float]:
        """How much each of the texts is like this one: 100 is the same, 0 shares no letter.

        It is the share, in per cent, of both texts' letters that are in both in the same order.
        """
        return [found for block in self._blocks for found in block.likenesses(text)]


class _Block:
    """Texts side by side in one number.

    Source: Hyyrö, Bit-parallel LCS-length computation revisited (2004). A bit stands for a letter;
    one that is kept clear after each text catches what is carried.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._lengths = [len(text) for text in texts]
        self._places: defaultdict[str, int] = defaultdict(int)
        self._letters = at = 0
        for text in texts:
            self._letters |= ((1 << len(text)) - 1) << at
            for place, letter in enumerate(text, start=at):
                self._places[letter] |= 1 << place
            at += len(text) + 1

    def likenesses(self, text: str) -> list[float]:
        unmatched = self._letters
        for letter in text:
            matches = unmatched & self._places.get(letter, 0)
            unmatched = (unmatched + matches | unmatched - matches) & self._letters
        matched, found = self._letters & ~unmatched, []
        for length in self._lengths:
            common = (matched & ((1 << length) - 1)).bit_count()
            found.append(200 * common / (length + len(text)) if length or text else 100.0)
            matched >>= length + 1
        return found


def likeness(one: str, other: str) -> float:
    """How much two texts are like each other: 100 is the same, 0 shares no letter."""
    return Spelled([one]).likenesses(other)[0]


def typing_errors(one: str, other: str) -> int:
    """The fewest letters left out, put in, changed or swapped with the next between two words.

    Source: the optimal string alignment distance; no letter is touched twice.
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one):
        row = [i + 1]
        for j, wanted in enumerate(other):
            cost = min(last[j] + (letter != wanted), last[j + 1] + 1, row[j] + 1)
            if i and j and (letter, one[i - 1]) == (other[j - 1], wanted):
                cost = min(cost, before[j - 1] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
