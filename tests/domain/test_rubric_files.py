from __future__ import annotations

from answerbot.domain.bank import QuestionId
from answerbot.domain.lint import lint, load
from answerbot.domain.rubric_files import read_together
from tests.rubrics import CLIPPING_TEXT

KNOWN = {QuestionId("bank/1"): "What is gradient clipping?", QuestionId("bank/2"): "And why?"}


def test_rubrics_that_fit_together_have_no_problems() -> None:
    second = CLIPPING_TEXT.replace("id: clipping", "id: why").replace("bank/1", "bank/2")
    found, problems = read_together(
        [("clipping.yaml", CLIPPING_TEXT), ("a/why.yaml", second)], KNOWN
    )
    assert [file.rubric.id for file in found] == ["clipping", "why"]
    assert problems == []


def test_what_is_wrong_across_files_is_told_with_the_line_of_the_value() -> None:
    second = CLIPPING_TEXT.replace("[bank/1]", "\n  - bank/2\n  - bank/1\n  - bank/9")
    broken = CLIPPING_TEXT.replace("points: 4", "points: 0")
    files = [("clipping.yaml", CLIPPING_TEXT), ("other.yaml", second), ("third.yaml", broken)]
    found, problems = read_together(files, KNOWN)
    assert [file.path for file in found] == ["clipping.yaml", "other.yaml"]
    assert {(str(one.location), one.what) for one in problems} >= {
        ("other.yaml:1", "the rubric's id is 'clipping'"),
        ("other.yaml:5", "question bank/1 is served by clipping.yaml already"),
        ("other.yaml:6", "the bank has no question bank/9"),
    }
    assert any(one.location and str(one.location) == "third.yaml:8" for one in problems)


def test_lint_gets_every_rubric_there_is_and_tells_of_the_rest() -> None:
    broken = CLIPPING_TEXT.replace("points: 4", "points: 0")
    other = CLIPPING_TEXT.replace("[bank/1]", "[bank/1, bank/9]")
    files = [("broken.yaml", broken), ("clipping.yaml", other)]
    sources, complaints = load(files, KNOWN)
    assert [source.path for source in sources] == ["clipping.yaml"]
    assert sources[0].questions == {"bank/1": "What is gradient clipping?"}
    assert {complaint.rule for complaint in complaints} == {"invalid"}
    assert {complaint.location.path for complaint in complaints} == {"broken.yaml", "clipping.yaml"}
    assert lint(sources[0])
