"""The benchmark of planted mistakes: its labels belong to its answers, and it counts right."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from benchmarks.planted import ANSWERS, LABELS, Label, compare, overlap, read_answers, report

ENTRIES: dict[int, dict[str, Any]] = yaml.load(LABELS.read_text("utf-8"), yaml.CSafeLoader)
TEXTS = read_answers(ANSWERS)

MADE_UP = {
    1: "The gate forgets where it is near 1. The cell is a vector.",
    2: "The state has a fixed size.",
    3: "Clipping cures vanishing gradients. It is cheap.",
}
PLANTED = {
    1: Label("where it is near 1", "wrong direction", "silent"),
    2: Label(None),
    3: Label("cures vanishing gradients", "remedy for the other problem", "supports"),
}


def finding(kind: str, wrong: str, claim: str | None) -> dict[str, Any]:
    beside = kind in ("contradiction", "omission")
    return {
        "kind": kind,
        "claim": claim,
        "reference_id": "made-up/7" if beside else None,
        "reference_quote": "what it says" if beside else None,
        "wrong": wrong,
        "explanation": "it is otherwise",
        "fix": "say so",
    }


def document(*items: tuple[int, list[dict[str, Any]]]) -> dict[str, Any]:
    listed = [{"id": f"made-up/{number}", "findings": findings} for number, findings in items]
    return {"version": 1, "items": listed}


def lines(*items: tuple[int, list[dict[str, Any]]]) -> list[str]:
    return list(report(compare(document(*items), PLANTED, MADE_UP), PLANTED, words=False))


def test_every_answer_has_a_label_and_half_of_them_a_mistake() -> None:
    assert sorted(ENTRIES) == sorted(TEXTS) == list(range(1, 41))
    assert sum(entry["planted"] is not None for entry in ENTRIES.values()) == 20


@pytest.mark.parametrize("number", sorted(ENTRIES))
def test_the_labelled_words_stand_once_in_their_answer(number: int) -> None:
    entry = ENTRIES[number]
    words = entry["planted"]["words"] if entry["planted"] else entry["surprising"]
    assert TEXTS[number].count(words) == 1


def test_the_labels_are_complete() -> None:
    planted = [entry["planted"] for entry in ENTRIES.values() if entry["planted"]]
    assert {frozenset(label) for label in planted} == {
        frozenset({"words", "right", "kind", "references"})
    }
    assert {label["references"] for label in planted} == {"silent", "supports", "contradicts"}


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("The gate forgets where it is", True),
        ("near 1", True),
        ("The gate forgets ", False),
        (". The cell is a vector.", False),
        ("is", True),
        ("not in the text", False),
    ],
)
def test_a_quote_overlaps_where_it_shares_a_character(quote: str, expected: bool) -> None:
    assert overlap(MADE_UP[1], "where it is near 1", quote) is expected


def test_a_finding_on_the_planted_words_is_a_hit() -> None:
    shown = lines(
        (1, [finding("false_claim", "draft", "forgets where it is near 1")]),
        (2, []),
        (3, [finding("contradiction", "draft", "Clipping cures vanishing gradients")]),
    )
    assert "| found, called wrong | 2 of 2 (100%) |" in shown
    assert "| missed | 0 |" in shown


def test_two_findings_on_one_mistake_are_one_mistake_found() -> None:
    shown = lines(
        (1, [finding("false_claim", "draft", "near 1"), finding("contradiction", "draft", "it is")])
    )
    assert "| found, called wrong | 1 of 1 (100%) |" in shown


def test_a_finding_elsewhere_is_a_false_alarm_and_the_mistake_is_missed() -> None:
    shown = lines(
        (1, [finding("false_claim", "draft", "The cell is a vector")]),
        (2, [finding("false_claim", "draft", "a fixed size")]),
    )
    assert "| false alarms, on right answers | 1 | 1 |" in shown
    assert "| false alarms, beside a planted mistake | 1 | 1 |" in shown
    assert '- 1: "where it is near 1" (wrong direction)' in shown
    assert '- 2: "a fixed size" it is otherwise' in shown


def test_what_is_left_open_is_neither_a_hit_nor_an_alarm() -> None:
    shown = lines(
        (1, [finding("unsupported_claim", "unclear", "near 1")]),
        (2, [finding("unsupported_claim", "unclear", "a fixed size")]),
    )
    assert "| found, called wrong | 0 of 1 (0%) |" in shown
    assert "| found, left open who is wrong | 1 |" in shown
    assert "| missed | 0 |" in shown
    assert "| left open, on words that are right | 1 | 1 |" in shown
    assert "| false alarms, on right answers | 0 | 0 |" in shown


def test_omissions_and_disputes_are_counted_apart() -> None:
    shown = lines(
        (2, [finding("omission", "draft", None), finding("contradiction", "reference", "fixed")])
    )
    assert "| omissions | 1 | 1 |" in shown
    assert "| disputes of references | 1 | 1 |" in shown
    assert '- 2: made-up/7 "what it says" it is otherwise' in shown
    assert "| false alarms, on right answers | 0 | 0 |" in shown


def test_an_answer_that_was_not_checked_is_listed_and_counts_nowhere() -> None:
    unchecked = {"id": "made-up/3", "findings": [], "error": "no recording"}
    checked = document((1, []))
    tally = compare({**checked, "items": [*checked["items"], unchecked]}, PLANTED, MADE_UP)
    shown = list(report(tally, PLANTED, words=False))
    assert "| 1 answers with a planted mistake | mistakes |" in shown
    assert "- 3: no recording" in shown
