import json
from itertools import permutations

import pytest

from answerbot.domain.errors import InputError
from answerbot.domain.labels import Columns, Label, read_labels_json_lines
from answerbot.domain.raters import by_answer, merged, numbered
from tests.domain.test_labels import problems, row


def rows(*written: object) -> list[Label]:
    text = "\n".join(map(json.dumps, written))
    return numbered(read_labels_json_lines(text, "labels.jsonl", Columns()))


def answers(*written: object) -> list[Label]:
    return [merged(each) for each in by_answer(rows(*written))]


def test_rows_of_different_raters_about_one_answer_come_together() -> None:
    labels = answers(
        row(rater="ann", score=2, reason="good"),
        row(rater="bob", score=1, reason="fair"),
        row(rater="ann", answer="Other.", score=0),
    )
    assert [(one.answer, one.scores) for one in labels] == [("Hm.", (2, 1)), ("Other.", (0,))]
    assert labels[0].reason == "good\nfair"


def test_the_same_words_twice_are_two_answers() -> None:
    assert len(answers(row(), row())) == 2
    twice = answers(
        *(row(rater=name, score=n) for name, n in (("ann", 1), ("ann", 2), ("bob", 0), ("bob", 2)))
    )
    assert [one.scores for one in twice] == [(1, 0), (2, 2)]


def test_scores_on_different_criteria_stay_apart_in_whatever_order_they_stand() -> None:
    def on(rater: str, id_: str, score: int) -> dict[str, object]:
        criterion = {"id": id_, "text": f"It says {id_}."}
        return row(rater=rater, rubric=[criterion], score=score, max_score=1)

    first, second = answers(on("A", "c1", 1), on("A", "c2", 0), on("B", "c2", 0), on("B", "c1", 1))
    assert (first.criterion, first.scores) == ("c1", (1, 1))
    assert (second.criterion, second.scores) == ("c2", (0, 0))


def test_raters_who_were_told_different_things_did_not_grade_the_same() -> None:
    told = ("Be strict.", "Be kind.")
    assert len(answers(*(row(rater="ab"[n], rubric=told[n]) for n in (0, 1)))) == 2


def test_the_order_of_the_rows_changes_neither_scores_nor_verdicts() -> None:
    written = [row(rater=name, score=n, criteria={"a": n}) for n, name in enumerate(("x", "y"))]
    written.append(row(rater="z", score=1, criteria={"a": 1}))
    found = {
        (one.scores, *one.verdicts.items())
        for order in permutations(written)
        for one in answers(*order)
    }
    assert len(found) == 1


def test_raters_of_one_answer_score_on_one_scale() -> None:
    with pytest.raises(InputError) as caught:
        answers(
            row(rater="ann", score=2, max_score=4),
            row(rater="bob", score=9, max_score=10),
            row(rater="cyd", score=3, max_score=None),
        )
    assert problems(caught) == [
        f"labels.jsonl:{line}: the highest score is {most}; for the same answer it is 4 at "
        "labels.jsonl:1"
        for line, most in ((2, "10"), (3, "not given"))
    ]


def test_who_gives_verdicts_only_needs_no_highest_score() -> None:
    verdicts_only = row(rater="ann", score=None, max_score=None, criteria={"a": 1})
    (label,) = answers(verdicts_only, row(rater="bob", score=9, max_score=10))
    assert (label.scores, label.most) == ((9,), 10)


def test_the_most_raters_decide_a_verdict() -> None:
    (label,) = answers(
        *(row(rater=name, criteria={"a": v}) for name, v in zip("xyz", (1, 0, 1), strict=True))
    )
    assert label.verdicts == {"a": "yes"}


def test_a_verdict_that_raters_are_divided_on_is_none() -> None:
    divided = [
        row(rater=n, criteria={"a": v, "b": 1}) for n, v in zip("xyz", (1, 0, 0.5), strict=True)
    ]
    for order in permutations(divided[:2]):
        (label,) = answers(*order)
        assert label.verdicts == {"b": "yes"}
    (label,) = answers(*divided)
    assert label.verdicts == {"b": "yes"}


def test_questions_without_an_id_get_one_by_their_text() -> None:
    labels = rows(row(), row(question="How?"), row())
    assert [one.question_id for one in labels] == ["q1", "q2", "q1"]


def test_an_id_that_is_made_is_none_that_a_row_has() -> None:
    labels = rows(row(question="How?"), row(question_id="q1"), row(question="When?"))
    assert [one.question_id for one in labels] == ["q2", "q1", "q3"]


def test_a_text_that_has_an_id_in_another_row_is_that_question() -> None:
    labels = rows(row(), row(question_id="sky"), row(question="How?"))
    assert [one.question_id for one in labels] == ["sky", "sky", "q1"]
