from pathlib import Path

import pytest

from answerbot.domain.errors import InputError
from answerbot.domain.rubric import MAX_CHARACTERS, parse_rubric

GOOD = """\
id: gates
title: Gates
questions: [bank/1]
criteria:
  - id: what
    points: 4
    states: |
      What they are.
misconceptions:
  - id: wrong
    points: -1
    states: They add layers.
exemplars:
  - id: full
    answer: Gates are masks.
    verdicts:
      what: met
      wrong: absent
"""


def test_the_shipped_rubrics_are_rubrics_named_by_their_ids(repository: Path) -> None:
    paths = sorted((repository / "rubrics").glob("*.yaml"))
    assert paths
    for path in paths:
        assert parse_rubric(path.read_text(encoding="utf-8"), str(path)).id == path.stem


def test_a_rubric_is_read_as_it_stands() -> None:
    rubric = parse_rubric(GOOD, "gates.yaml")
    assert rubric.possible == 4
    assert rubric.criteria[0].states == "What they are.\n"
    assert rubric.misconceptions[0].points == -1
    assert rubric.exemplars[0].verdicts == {"what": "met", "wrong": "absent"}


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("title: Gates", "titel: Gates", 2, "titel"),
        ("title: Gates", "id: gates", 2, "'id' stands twice"),
        ("points: 4", "points: 4.0", 6, "integer"),
        ("points: 4", "points: yes", 6, "integer"),
        ("points: 4", "points: 0", 6, "greater than 0"),
        ("points: -1", "points: 1", 11, "less than 0"),
        ("id: what", "id: What", 5, "pattern"),
        ("id: wrong", "id: what", 1, "'what' is used twice"),
        ("what: met", "whatever: met", 1, "'what'"),
        ("what: met", "what: absent", 1, "cannot be 'absent'"),
        ("what: met", "what: perhaps", 17, "met"),
        ("title: Gates", "title: *gates", 2, "alias"),
        ("title: Gates", "title: [", 4, "no YAML"),
        ("questions: [bank/1]", "questions: []", 3, "at least 1"),
    ],
)
def test_each_mistake_is_named_with_its_line(old: str, new: str, line: int, what: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_rubric(GOOD.replace(old, new, 1), "gates.yaml")
    found = {(p.location.line, p.what) for p in caught.value.problems if p.location}
    assert any(at == line and what in text for at, text in found), found


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "[" * 5000, "\x00"])
def test_a_file_that_is_no_rubric_is_an_error_and_not_a_traceback(text: str) -> None:
    with pytest.raises(InputError):
        parse_rubric(text, "x.yaml")


def test_a_huge_file_is_not_even_read() -> None:
    with pytest.raises(InputError, match="characters"):
        parse_rubric("x" * (MAX_CHARACTERS + 1), "x.yaml")
