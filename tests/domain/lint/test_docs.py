from __future__ import annotations

from pathlib import Path
from typing import get_args

from answerbot.domain.lint import RULES, RuleName


def test_every_rule_stands_in_the_table_of_the_docs_and_no_other(repository: Path) -> None:
    lines = (repository / "docs" / "linting.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    assert rows == [
        f"| `{name}` | {rule.severity} | {rule.explanation} |" for name, rule in RULES.items()
    ]


def test_every_name_of_a_rule_is_a_rule() -> None:
    assert set(get_args(RuleName)) == RULES.keys()
