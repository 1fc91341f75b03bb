import json

import pytest

from answerbot.domain.errors import InputError
from answerbot.domain.labels import (
    Columns,
    Label,
    columns_named,
    read_labels_csv,
    read_labels_json_lines,
)

CSV = """\
question_id,question,reference,answer,score,max_score
q1,Why is the sky blue?,Blue light scatters more.,"It scatters, a lot.",1.5,2
q1,Why is the sky blue?,Blue light scatters more.,,0,2
"""


def from_csv(text: str, **names: str | tuple[str, ...]) -> list[Label]:
    return read_labels_csv(text, "labels.csv", columns_named(**names))


def from_rows(*rows: object, **names: str | tuple[str, ...]) -> list[Label]:
    text = "\n".join(map(json.dumps, rows))
    return read_labels_json_lines(text, "labels.jsonl", columns_named(**names))


def row(**more: object) -> dict[str, object]:
    return {
        "question": "Why?",
        "reference": "So.",
        "answer": "Hm.",
        "score": 1,
        "max_score": 2,
    } | more


def problems(caught: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [str(problem).split("\n")[0] for problem in caught.value.problems]


def test_a_row_is_an_answer_with_its_score_and_an_empty_answer_is_one_too() -> None:
    first, second = from_csv(CSV)
    assert (first.question_id, first.answer, first.score, first.most) == (
        "q1",
        "It scatters, a lot.",
        1.5,
        2,
    )
    assert (first.reference, first.place.line) == ("Blue light scatters more.", 2)
    assert (second.answer, second.score, second.place.line) == ("", 0, 3)


def test_both_formats_say_the_same() -> None:
    header, *rows = (line.split(",") for line in ["question,answer,score", "Why?,So,2"])
    (of_json,) = from_rows(dict(zip(header, rows[0], strict=True)), max_score="4")
    (of_csv,) = from_csv("question,answer,score\nWhy?,So,2\n", max_score="4")
    assert (of_json.question, of_json.answer, of_json.score, of_json.most) == ("Why?", "So", 2, 4)
    assert (of_csv.question, of_csv.answer, of_csv.score, of_csv.most) == ("Why?", "So", 2, 4)


def test_flags_name_other_columns_and_a_dot_leads_into_an_object() -> None:
    (label,) = from_rows(
        {"Q": "Why?", "ideal": "So.", "text": "Hm.", "meta": {"points": 1, "of": 5, "said": "meh"}},
        question="Q",
        reference="ideal",
        answer="text",
        scores=("meta.points",),
        max_score="meta.of",
        reason="meta.said",
    )
    assert (label.question, label.reference, label.answer) == ("Why?", "So.", "Hm.")
    assert (label.score, label.most, label.reason) == (1, 5, "meh")


def test_line_ends_of_an_answer_are_those_of_the_program() -> None:
    (label,) = from_rows(row(answer="one\r\ntwo\rthree"))
    assert label.answer == "one\ntwo\nthree"


def test_of_three_raters_the_middle_score_counts_and_of_two_the_mean() -> None:
    (three,) = from_rows(row(score=[0, 2, 2]))
    assert (three.scores, three.score) == ((0, 2, 2), 2)
    (two,) = from_csv("question,answer,a,b\nWhy?,So,1,2\n", scores=("a", "b"), max_score="2")
    assert (two.scores, two.score) == ((1, 2), 1.5)


def test_verdicts_stand_in_columns_or_in_an_object() -> None:
    (columns,) = from_csv(
        "question,answer,criterion:what,criterion:why,criterion:when\nQ?,A,1,not met,\n"
    )
    assert columns.verdicts == {"what": "yes", "why": "not_met"}
    (members,) = from_rows(
        row(criteria={"what": True, "why": 0, "when": 0.5, "how": "level_2", "myth": "present"})
    )
    assert members.verdicts == {
        "what": "yes",
        "why": "no",
        "when": "partial",
        "how": "level_2",
        "myth": "present",
    }


def test_what_raters_were_told_may_be_a_list_of_criteria() -> None:
    (one,) = from_rows(row(rubric=[{"id": "right", "text": "It says so."}]))
    assert (one.guidance, one.criterion) == ("It says so.", "right")
    (two,) = from_rows(row(rubric=[{"id": "a", "text": "One."}, {"id": "b", "text": "Two."}]))
    assert (two.guidance, two.criterion) == ("One.\nTwo.", "")


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (row(score="many"), "'score' is 'many', not a number"),
        (row(score=True), "'score' is true or false, not a number"),
        (row(score=None), "the row has no score: there is no 'score'"),
        (row(score=3), "the score 3 is not from 0 to 2"),
        (row(score=-1), "the score -1 is not from 0 to 2"),
        (row(score="nan"), "'score' is nan"),
        (row(max_score=0), "'max_score' is 0"),
        (row(answer=None), "the row has no 'answer'"),
        (row(answer=["a"]), "'answer' is a list, not a text"),
        (row(answer="\ud800"), "'answer' has half of a surrogate pair, which no text can hold"),
        (row(question=""), "the row has no question"),
        (row(criteria={"a": "perhaps"}), "a: 'perhaps' is no verdict"),
        (row(rubric=[1]), "'rubric' is a list of something else than texts"),
        (row(rubric=[{"id": ["x"], "text": "So."}]), "an id in 'rubric' is a list, not a text"),
        (
            row(rubric=[{"id": "\ud800", "text": "So."}]),
            "an id in 'rubric' has half of a surrogate pair, which no text can hold",
        ),
        (
            row(rubric=[{"text": "So \udfff."}]),
            "a text in 'rubric' has half of a surrogate pair, which no text can hold",
        ),
        (
            row(criteria={"\ud800": 1}),
            "the name of a criterion has half of a surrogate pair, which no text can hold",
        ),
        (row(score=10**400), "'score' is a number of more than 1,000,000,000"),
        (row(score="1e300"), "'score' is a number of more than 1,000,000,000"),
        (row(max_score=-(10**400)), "'max_score' is a number of more than 1,000,000,000"),
        (row(score="1_0"), "'score' is '1_0', not a number"),
        (row(score="\u0661"), "'score' is '\u0661', not a number"),
        ([1], "the line is JSON, but no object"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_no_row_is_dropped(bad: object, told: str) -> None:
    with pytest.raises(InputError) as caught:
        from_rows(row(), bad, row())
    assert problems(caught) == [f"labels.jsonl:2: {told}"]


def test_numbers_of_a_table_are_written_in_plain_digits() -> None:
    with pytest.raises(InputError) as caught:
        from_csv("question,answer,score,max_score\nQ?,A,1_000,1000\nQ?,A,\u0661,2\nQ?,A, 1 ,2\n")
    assert problems(caught) == [
        "labels.csv:2: 'score' is '1_000', not a number",
        "labels.csv:3: 'score' is '\u0661', not a number",
    ]


def test_an_id_that_is_null_is_none() -> None:
    (label,) = from_rows(row(rubric=[{"id": None, "text": "It says so."}]))
    assert label.criterion == ""


def test_csv_rows_of_another_length_are_told() -> None:
    with pytest.raises(InputError) as caught:
        from_csv(CSV + "q1,Why?,So,I know,1\n")
    assert problems(caught) == ["labels.csv:4: the row has 5 fields, the header 6"]


def test_a_column_that_was_named_has_to_be_there() -> None:
    with pytest.raises(InputError) as caught:
        from_csv(CSV, reason="comment")
    assert problems(caught) == ["labels.csv:1: the file has no column 'comment'"]
    with pytest.raises(InputError) as caught:
        from_rows(row(), scores=("grade",))
    assert problems(caught) == ["labels.jsonl:1: the row has no 'grade'"]


def test_what_not_every_row_needs_has_to_be_in_one_where_it_was_named() -> None:
    found = from_rows(row(), row(said="Hm."), reason="said")
    assert [one.reason for one in found] == ["", "Hm."]
    with pytest.raises(InputError) as caught:
        from_rows(row(), row(), reason="sayd")
    assert problems(caught) == ["labels.jsonl: no row has 'sayd'"]


def test_a_column_may_not_be_there_twice() -> None:
    with pytest.raises(InputError) as caught:
        from_csv("answer,score,score\na,1,2\n")
    assert problems(caught) == ["labels.csv:1: the column 'score' is there twice"]


def test_a_file_without_rows_is_no_file_of_labels() -> None:
    with pytest.raises(InputError, match="the file has no answer"):
        from_csv("answer,score\n")
    with pytest.raises(InputError, match="the file has no answer"):
        from_rows()


def test_all_columns_have_their_usual_names_unless_flags_say_otherwise() -> None:
    assert columns_named(question=None, scores=None) == Columns()
