from __future__ import annotations

from pathlib import Path

import pytest

from answerbot.domain.lint import fixed, lint, load
from answerbot.domain.rubric_text import FIRST_LINE
from tests.domain.lint.made import CLEAN, changed, source_of

UNTIDY = CLEAN.replace("accepts:", "accepts: \t").replace("cap: 50", "cap: 50  ")
HEADLESS = CLEAN.removeprefix(FIRST_LINE + "\n")


def test_a_clean_text_stays_as_it_is() -> None:
    assert fixed(source_of(CLEAN)) == CLEAN


@pytest.mark.parametrize(
    "text",
    [
        UNTIDY,
        HEADLESS,
        CLEAN.replace("rubric.schema.json", "rubrics.json"),
        HEADLESS.replace("accepts:", "accepts:   "),
    ],
    ids=["trailing", "headless", "other-schema", "both"],
)
def test_what_means_nothing_is_mended(text: str) -> None:
    assert fixed(source_of(text)) == CLEAN


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    windows = CLEAN.replace("\n", "\r\n")
    assert fixed(source_of(UNTIDY.replace("\n", "\r\n"))) == windows
    assert fixed(source_of(HEADLESS.replace("\n", "\r\n"))) == windows
    assert fixed(source_of("\ufeff" + HEADLESS)) == "\ufeff" + CLEAN
    assert lint(source_of("\ufeff" + CLEAN)) == []


@pytest.mark.parametrize(
    "wrong",
    ["# yaml-language-server: $schema=other.json", "#yaml-language-server : $schema=x"],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_schema_line_below_other_comments_is_mended_where_it_stands(wrong: str, end: str) -> None:
    above = "# Of the course on data structures.\n\n  # Second edition.\n"
    text = (above + wrong + "\n" + HEADLESS).replace("\n", end)
    assert [(one.location.line, one.rule) for one in lint(source_of(text))] == [(4, "schema-line")]
    assert fixed(source_of(text)) == (above + CLEAN).replace("\n", end)


def test_a_comment_further_down_is_no_schema_line() -> None:
    text = HEADLESS.replace("cap: 50", f"cap: 50\n{FIRST_LINE}")
    assert fixed(source_of(text)) == f"{FIRST_LINE}\n{text}"


def test_white_space_in_answers_is_the_candidates() -> None:
    text = changed(("it is fast.", "it is fast.  "))
    assert lint(source_of(text)) == []
    assert fixed(source_of(text)) == text


def test_what_a_judge_would_read_is_left_to_people() -> None:
    text = changed(("Two keys may fall", "Clearly two keys may fall, etc."))
    assert [one.fix for one in lint(source_of(text))] == [None]
    assert fixed(source_of(text)) == text


def test_mending_again_changes_nothing_and_no_value_ever(repository: Path) -> None:
    for path in sorted((repository / "rubrics").glob("*.yaml")):
        text = path.read_text("utf-8").replace(":\n", ": \n")
        [source], _ = load([(str(path), text)], {})
        mended = fixed(source)
        [again], _ = load([(str(path), mended)], {})
        assert again.rubric == source.rubric
        assert fixed(again) == mended
