"""What lint says of the rubrics that ship."""

from __future__ import annotations

from pathlib import Path

from answerbot.adapters.config import load_config
from answerbot.cli.loading import known_questions, rubric_texts
from answerbot.domain.lint import RuleName, fixed, lint, load

ONLY_BY_AN_EXEMPLAR: frozenset[RuleName] = frozenset(
    {"always-met", "never-met", "never-apart", "unshown-step", "idle-essential"}
)
"""What further exemplars mend, which have to be judged first."""


def test_the_shipped_rubrics_load_and_break_no_rule_that_an_edit_could_mend(
    repository: Path,
) -> None:
    config = load_config(repository)
    known = {id_: question.text for id_, question in known_questions(config).items()}
    texts, unreadable = rubric_texts(repository / "rubrics")
    sources, invalid = load(texts, known)
    assert (unreadable, invalid) == ([], [])
    assert len(sources) == len(texts)
    complaints = [complaint for source in sources for complaint in lint(source)]
    assert not [one for one in complaints if one.severity == "error"]
    assert not [one for one in complaints if one.rule not in ONLY_BY_AN_EXEMPLAR]
    assert all(fixed(source) == source.text for source in sources)
