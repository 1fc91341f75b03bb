from __future__ import annotations

import pytest

from answerbot.domain.lint import fixed, lint
from answerbot.domain.lint.silences import read_silences
from tests.domain.lint.made import CLEAN, broken, changed, complaints, source_of

VAGUE = ("Two keys may fall", "Clearly, two keys may fall")
STATES = "    states: Clearly"
REASON = "# lint: allow vague-word: it is what the textbook says"


def test_without_a_silence_the_rubric_is_complained_of() -> None:
    assert broken(changed(VAGUE)) == [(32, "vague-word")]


@pytest.mark.parametrize(
    "edit",
    [
        (STATES, f"    {REASON}\n{STATES}"),
        (STATES, f"    {REASON}\n    # and so do the lecture notes\n{STATES}"),
        (STATES, f"    # of the lecture notes\n    {REASON}\n{STATES}"),
        ("or by probing.", f"or by probing. {REASON}"),
        ("id: hash-tables", f"{REASON}\nid: hash-tables"),
        (STATES, f"    # lint: allow points-in-text, vague-word: both for now\n{STATES}"),
    ],
    ids=["above", "above-others", "below-others", "beside", "file", "several"],
)
def test_a_comment_with_a_reason_silences_a_rule(edit: tuple[str, str]) -> None:
    assert "vague-word" not in [rule for _, rule in broken(changed(VAGUE, edit))]


def test_behind_the_sign_of_a_block_stands_a_comment_and_in_the_block_text() -> None:
    flat = "states: Clearly, two keys may fall"
    block = "states: |\n      Clearly, two keys may fall"
    assert broken(changed(VAGUE, (flat, block))) == [(32, "vague-word")]
    assert broken(changed(VAGUE, (flat, block.replace("|", f"| {REASON}")))) == []
    inside = changed(VAGUE, (flat, f"{block}\n      {REASON}"))
    assert (32, "vague-word") in broken(inside)


def test_a_silence_holds_for_its_line_and_rule_only() -> None:
    other_line = changed(VAGUE, ("    points: 4", f"    points: 4 {REASON}"))
    assert broken(other_line) == [(9, "unused-silence"), (32, "vague-word")]
    other_rule = changed(VAGUE, (STATES, f"    # lint: allow parrotable: no\n{STATES}"))
    assert broken(other_rule) == [(32, "unused-silence"), (33, "vague-word")]


@pytest.mark.parametrize(
    ("comment", "what"),
    [
        ("# lint: allow vague-word", "without a reason"),
        ("# lint: allow vague-word:", "without a reason"),
        ("# lint: allow vague: so it is", "the rule 'vague', which there is not"),
        ("# lint: allow bad-silence, vage: x", "the rule 'vage', which there is not"),
        ("# lint: ignore vague-word", "no silence"),
        ("# lint:", "no silence"),
    ],
)
def test_what_is_no_silence_is_an_error_and_silences_nothing(comment: str, what: str) -> None:
    found = complaints(changed(VAGUE, (STATES, f"    {comment}\n{STATES}")))
    wrong = [one for one in found if one.rule == "bad-silence"]
    assert [(one.location.line, one.severity) for one in wrong] == [(32, "error")]
    assert what in wrong[0].what
    assert (33, "vague-word") in [(one.location.line, one.rule) for one in found]


def test_a_silence_of_a_rule_that_could_not_be_asked_is_not_called_unused() -> None:
    comment = "# lint: allow shared-evidence: one sentence says both\n"
    text = changed(("  - id: collisions", f"  {comment}  - id: collisions"))
    assert broken(text) == []
    source = source_of(text, {"full": {"collisions": ()}})
    assert [one.rule for one in lint(source)] == ["unused-silence"]


def test_other_comments_and_signs_in_texts_are_no_silences() -> None:
    text = changed(
        VAGUE,
        ("title: Hash tables", "title: 'Hash tables # lint: allow vague-word: no comment'"),
        ("[collision, same slot]", "[collision, same slot] # fine"),
    )
    assert read_silences(text, ["vague-word"]) == ([], [])


def test_an_unused_silence_is_deleted_and_one_that_stands_with_others_is_left() -> None:
    alone = changed(("    points: 4", f"    {REASON}\n    points: 4"))
    assert fixed(source_of(alone)) == CLEAN
    beside = changed(("    points: 4", f"    points: 4   {REASON}"))
    assert fixed(source_of(beside)) == CLEAN
    both = changed(VAGUE, (STATES, f"    # lint: allow vague-word, parrotable: book\n{STATES}"))
    assert broken(both) == [(32, "unused-silence")]
    assert fixed(source_of(both)) == both
