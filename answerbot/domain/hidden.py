"""Characters of a text that are not seen, and what they may hide."""

from __future__ import annotations

import re
import unicodedata

# Marks of right-to-left writing, joiners between emoji and within scripts that need them, soft
# hyphens and the bullets that word processors leave behind are as they should be.
_KINDS = (
    ("bidirectional overrides", "[\u202a-\u202e]"),
    ("bidirectional isolates", "[\u2066-\u2069]"),
    ("tag characters", "(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]"),
    (
        "zero-width characters in words",
        "(?<=[A-Za-z])[\u200b-\u200d\u2060-\u2064\ufeff]+(?=[A-Za-z])",
    ),
    ("private characters", "[\ue000-\uefff\uf100-\uf8ff\U000f0000-\U0010fffd]"),
    (
        "variation selectors",
        "[\U000e0100-\U000e01ef]{2}|(?<=[A-Za-z ])[\U000e0100-\U000e01ef]",
    ),
    ("control characters", "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"),
    ("blank letters", "[\u115f\u1160\u3164\uffa0\u180e]"),
)
# Every kind has one of these, so most texts need no closer look.
_ANY = (
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u115f\u1160\u180e\u200b-\u200d\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\u3164\ue000-\uefff\uf100-\uf8ff\ufeff\uffa0\U000e0000-\U000e007f"
    "\U000e0100-\U000e01ef\U000f0000-\U0010fffd]"
)


def joins(text: str, at: int) -> bool:
    """Whether a joiner stands there between two visible characters, as scripts and emoji need it.

    Between ASCII characters it joins nothing.
    """
    if text[at] not in "\u200c\u200d" or not 0 < at < len(text) - 1:
        return False
    return all(
        not one.isascii() and unicodedata.category(one)[0] not in "CZ"
        for one in (text[at - 1], text[at + 1])
    )


def hidden_characters(text: str) -> str:
    """What kinds of characters the text has that only serve to hide something; '' for none."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return ""  # as most texts
    if not re.search(_ANY, text):
        return ""
    return ", ".join(name for name, pattern in _KINDS if re.search(pattern, text))
