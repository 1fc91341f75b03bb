"""What lint says of the rubrics that ship."""

from __future__ import annotations

from pathlib import Path

from answerbot.adapters.config import load_config
from answerbot.cli.loading import known_questions, rubric_texts
from answerbot.domain.lint import fixed, lint, load


def test_the_shipped_rubrics_load_and_break_no_rule(
    repository: Path,
) -> None:
    config = load_config(repository)
    known = {id_: question.text for id_, question in known_questions(config).items()}
    texts, unreadable = rubric_texts(repository / "rubrics")
    sources, invalid = load(texts, known)
    assert (unreadable, invalid) == ([], [])
    assert len(sources) == len(texts)
    assert [complaint for source in sources for complaint in lint(source)] == []
    assert all(fixed(source) == source.text for source in sources)
