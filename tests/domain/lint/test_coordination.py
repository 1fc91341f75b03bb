from __future__ import annotations

from pathlib import Path

import yaml

from answerbot.domain.lint.coordination import second_demand


def planted(repository: Path, part: str) -> tuple[list[str], list[str]]:
    """The texts that ask for two things, and those that do not."""
    path = repository / "tests" / "data" / "double_barrelled.yaml"
    texts = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)[part]
    return texts["double"], texts["single"]


def test_two_demands_are_told_from_one(repository: Path) -> None:
    double, single = planted(repository, "seen")
    assert [text for text in double if second_demand(text) is None] == []
    assert [text for text in single if second_demand(text)] == []


def test_most_demands_that_the_rule_was_not_made_with_are_found_and_no_others(
    repository: Path,
) -> None:
    double, single = planted(repository, "unseen")
    found = [text for text in double if second_demand(text)]
    assert len(found) >= 0.75 * len(double)
    assert [text for text in single if second_demand(text)] == []


def test_it_is_the_second_demand_that_is_shown() -> None:
    text = "Names the treaty of 1648 and explains why it ended the long war at last."
    assert second_demand(text) == "explains why it ended the long war"


def test_an_endless_text_is_read_to_a_bound() -> None:
    assert second_demand("the sum and the product and " * 20_000) is None
