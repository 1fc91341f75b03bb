import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from answerbot.domain.errors import InputError
from answerbot.domain.rubric import parse_rubric, rubric_schema
from answerbot.domain.rubric_text import FIRST_LINE, SCHEMA_FILE, write_rubric
from answerbot.domain.strict_yaml import MAX_CHARACTERS
from tests.rubrics import CLIPPING, CLIPPING_TEXT


def problems(text: str) -> set[tuple[int, str]]:
    with pytest.raises(InputError) as caught:
        parse_rubric(text, "clipping.yaml")
    return {(p.location.line, p.what) for p in caught.value.problems if p.location}


def test_a_rubric_is_read_as_it_stands() -> None:
    assert CLIPPING.possible == 10
    assert (CLIPPING.pass_mark, CLIPPING.cap) == (60, 50)
    what, why, when = CLIPPING.criteria
    assert what.states == "Gradients of a large norm are scaled down to a threshold."
    assert (what.essential, why.essential) == (True, False)
    assert [what.points_for(v) for v in ("met", "partial", "level_1", "not_met")] == [4, 2, 0, 0]
    assert [why.points_for(v) for v in ("met", "level_2", "level_1", "partial")] == [4, 3, 1, 0]
    assert when.cues == (("backward pass", "backpropagation"), ("update", "optimizer"))
    assert CLIPPING.misconceptions[0].points == -2
    assert CLIPPING.exemplars[1].verdicts["why"] == "level_2"


def test_null_is_nothing_and_no_text() -> None:
    text = CLIPPING_TEXT.replace("partial: Gradients are limited somehow.", "partial: null")
    text = text.replace("what: partial", "what: not_met")
    assert parse_rubric(text, "clipping.yaml").criteria[0].steps == {}


def test_how_prose_is_wrapped_means_nothing() -> None:
    other = CLIPPING_TEXT.replace("scaled down\n      to", "scaled\n      down to")
    assert other != CLIPPING_TEXT
    assert parse_rubric(other, "clipping.yaml") == CLIPPING


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("title: Gradient", "titel: Gradient", 2, "unknown key 'titel'; did you mean title?"),
        ("title: Gradient clipping", "id: clipping", 2, "'id' stands twice"),
        ("points: 4", "points: 4.0", 8, "whole number"),
        ("points: 4", "points: .nan", 8, "whole number"),
        ("points: 4", "points: yes", 8, "whole number"),
        ("points: 4", "points: 0", 8, "greater than 0"),
        ("points: -2", "points: 2", 32, "less than 0"),
        ("pass: 60", "pass: 0", 4, "greater than or equal to 1"),
        ("pass: 60", "pass_mark: 60", 4, "unknown key 'pass_mark'; did you mean pass"),
        ("cap: 50", "cap: 101", 5, "less than or equal to 100"),
        ("id: what", "id: What", 7, "pattern"),
        ("id: cure", "id: what", 31, "'what' is used twice"),
        ("id: why", "id: what", 14, "'what' is used twice"),
        ("id: partly", "id: full", 40, "'full' stands twice"),
        ("{what: met,", "{whatever: met,", 39, "unknown 'whatever'"),
        ("{what: met,", "{", 39, "has no verdict for 'what'"),
        ("{what: met,", "{what: absent,", 39, "cannot have 'absent' for 'what'"),
        ("{what: met,", "{what: level_1,", 39, "cannot have 'level_1' for 'what'"),
        ("{what: met,", "{what: perhaps,", 39, "met"),
        ("cure: present", "cure: met", 45, "cannot have 'met' for 'cure'"),
        ("title: Gradient clipping", "title: *gates", 2, "alias"),
        ("title: Gradient clipping", "title: [", 4, "no YAML"),
        ("title: Gradient clipping", "title: ''", 2, "at least 1"),
        ("title: Gradient clipping", "title: 7", 2, "quotes make it text"),
        ("title: Gradient clipping", "title: !evil x", 2, "the tag '!evil'"),
        ("points: 4", "points: 0x10", 8, "whole number"),
        ("points: 4", "points: 010", 8, "whole number"),
        ("points: 4", "points: " + "9" * 5000, 8, "whole number"),
        ("title: Gradient clipping\n", "", 1, "title is missing"),
        ("questions: [bank/1]", "questions: []", 3, "at least 1"),
        ("questions: [bank/1]", "questions: [bank/1, bank/1]", 3, "'bank/1' stands twice"),
        ("points: 3\n", "points: 4\n", 20, "stay below"),
        ("points: 3\n", "points: 1\n", 20, "rise"),
        ("    levels:", "    partial: x\n    levels:", 18, "exclude each other"),
        ("points: 4\n    essential", "points: 1\n    essential", 13, "half of one point"),
        ("[backward pass, backpropagation]", "[]", 28, "at least 1"),
        ("cure: present", "cure: absent", 34, "no exemplar shows a misconception"),
    ],
)
def test_each_mistake_is_named_with_its_line(old: str, new: str, line: int, what: str) -> None:
    assert old in CLIPPING_TEXT
    found = problems(CLIPPING_TEXT.replace(old, new, 1))
    assert any(at == line and what in text for at, text in found), found
    assert not any("at least 3" in text for _, text in found)


def test_all_mistakes_are_told_at_once() -> None:
    text = CLIPPING_TEXT.replace("id: cure", "id: what").replace("points: 3\n", "points: 1\n")
    assert {line for line, _ in problems(text)} >= {20, 31, 39}


def test_what_exemplars_show_is_not_asked_while_labels_are_missing() -> None:
    criterion = "  - {id: new, points: 2, states: The norm may be that of all weights.}\nmisc"
    found = {what for _, what in problems(CLIPPING_TEXT.replace("misc", criterion, 1))}
    assert found
    assert all("has no verdict for 'new'" in what for what in found)


def test_some_of_the_points_with_a_misconception_do_not_show_some_of_the_points() -> None:
    partly = CLIPPING_TEXT.index("id: partly")
    text = CLIPPING_TEXT[:partly] + CLIPPING_TEXT[partly:].replace(
        "cure: absent", "cure: present", 1
    )
    assert "no exemplar shows some of the points and no misconception" in {
        what for _, what in problems(text)
    }


def test_there_are_bounds_to_what_a_rubric_holds() -> None:
    rubric = yaml.safe_load(CLIPPING_TEXT)
    for key, least, most in (("criteria", 3, 7), ("misconceptions", 1, 4), ("exemplars", 4, 99)):
        assert least <= len(rubric[key]) <= most
        fewer = rubric | {key: rubric[key][: least - 1]}
        assert any(key in what for _, what in problems(yaml.safe_dump(fewer)))
        more = rubric | {key: [*rubric[key], *rubric[key] * most][: most + 1]}
        assert problems(yaml.safe_dump(more))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "[" * 5000, "\x00"])
def test_a_file_that_is_no_rubric_is_an_error_and_not_a_traceback(text: str) -> None:
    with pytest.raises(InputError):
        parse_rubric(text, "x.yaml")


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(InputError, match="characters"):
        parse_rubric("x" * (MAX_CHARACTERS + 1), "x.yaml")


def test_a_rubric_that_is_written_reads_the_same() -> None:
    text = write_rubric(CLIPPING)
    assert text.startswith(FIRST_LINE + "\n")
    again = parse_rubric(text, "clipping.yaml")
    assert again.criteria == CLIPPING.criteria
    assert write_rubric(again) == text


def test_the_committed_schema_is_that_of_the_types(repository: Path) -> None:
    committed = json.loads((repository / "rubrics" / SCHEMA_FILE).read_text("utf-8"))
    assert committed == rubric_schema()


def test_the_schema_takes_the_shipped_rubrics_and_refuses_what_loading_refuses(
    repository: Path,
) -> None:
    validator = jsonschema.Draft202012Validator(rubric_schema())
    for path in sorted((repository / "rubrics").glob("*.yaml")):
        validator.validate(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader))
    rubric = yaml.safe_load(CLIPPING_TEXT)
    assert not list(validator.iter_errors(rubric))
    wrongs: tuple[dict[str, object], ...] = (
        {"titel": "x"},
        {"cap": 101},
        {"criteria": []},
        {"pass": "60"},
    )
    for wrong in wrongs:
        assert list(validator.iter_errors(rubric | wrong)), wrong
