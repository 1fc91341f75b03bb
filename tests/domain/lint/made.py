"""A rubric that lint has nothing to say of, as text; tests break it in one place."""

from __future__ import annotations

from collections.abc import Mapping

from answerbot.domain.bank import QuestionId
from answerbot.domain.evidence import Evidence
from answerbot.domain.lint import Complaint, Source, lint, load

QUESTION = "What is a hash table, and why is looking up a key in it fast?"

CLEAN = """\
# yaml-language-server: $schema=rubric.schema.json
id: hash-tables
title: Hash tables
questions: [bank/1]
pass: 60
cap: 50
criteria:
  - id: slot-by-hash
    points: 4
    essential: true
    states: The hash of a key says at which slot of the array its value is stored.
    partial: Says that keys are turned into numbers, but not that these are slots.
    accepts:
      - an index computed from the key
      - h(k) mod m
    rejects:
      - '"it is like a dictionary"'
    cues:
      - [hash, index]
  - id: constant-time
    points: 3
    states: A look-up takes constant time on average, whatever the number of entries.
    levels:
      - points: 1
        states: Says that it is quicker than a scan.
      - points: 2
        states: Says that it takes O(1), without on average.
    cues:
      - [constant, 'O(1)']
  - id: collisions
    points: 3
    states: Two keys may fall on one slot, which is resolved by chaining or by probing.
    cues:
      - [collision, same slot]
misconceptions:
  - id: sorted-keys
    points: -2
    states: A hash table keeps its keys in sorted order.
    cues:
      - [sorted, order]
exemplars:
  - id: full
    answer: |
      You feed the key to a function and use the result as position in a bucket array. On average
      that needs O(1) steps. When two entries land in the same bucket they form a list.
    verdicts: {slot-by-hash: met, constant-time: met, collisions: met, sorted-keys: absent}
  - id: terse
    answer: |
      The position comes from a function of the key. Finding something needs O(1) steps.
    verdicts: {slot-by-hash: met, constant-time: level_2, collisions: not_met, sorted-keys: absent}
  - id: partly
    answer: |
      The key becomes a number. Clashes go to a linked list. It beats walking through everything.
    verdicts: {slot-by-hash: partial, constant-time: level_1, collisions: met, sorted-keys: absent}
  - id: mistaken
    answer: |
      The position is computed from the key, and the keys come out alphabetically. Clashes: a list.
    verdicts: {slot-by-hash: met, constant-time: not_met, collisions: met, sorted-keys: present}
  - id: parroted
    answer: |
      A hash table is an important structure, and looking up a key in it is fast.
    verdicts: {slot-by-hash: not_met, constant-time: not_met, collisions: not_met,
      sorted-keys: absent}
"""


def changed(*edits: tuple[str, str]) -> str:
    """The clean text with the first place of each old text replaced."""
    text = CLEAN
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def source_of(
    text: str, judged: Mapping[str, Mapping[str, tuple[Evidence, ...]]] | None = None
) -> Source:
    """The rubric as lint gets it."""
    known = {QuestionId("bank/1"): QUESTION}
    sources, complaints = load([("hash-tables.yaml", text)], known, {"hash-tables": judged or {}})
    assert not complaints, complaints
    return sources[0]


def complaints(text: str) -> list[Complaint]:
    """What lint says of the text."""
    return lint(source_of(text))


def broken(text: str) -> list[tuple[int, str]]:
    """The line and the rule of every complaint."""
    return [(one.location.line, one.rule) for one in complaints(text)]
