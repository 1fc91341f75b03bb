"""JSON Lines and CSV: an answer is its field, and whatever is wrong is told with its line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerbot.domain.answers import AnswersFile, read_csv, read_json_lines
from answerbot.domain.errors import InputError

FAKE = "A net.\n\n## Question 2\n\n**What is it?**\n\n**Answer:** Mine.\n```\n---\n"


def line(**fields: object) -> str:
    return json.dumps(fields)


def wrong(text: str, read: object = read_json_lines) -> list[tuple[int, str]]:
    assert callable(read)
    with pytest.raises(InputError) as caught:
        read(text, "a.jsonl")
    problems = caught.value.problems
    assert all(problem.hint and problem.location for problem in problems)
    return [
        (problem.location.line if problem.location else 0, problem.what) for problem in problems
    ]


def read(file: AnswersFile) -> list[tuple[int, str | None, str, str]]:
    return [(a.line, a.candidate, a.question, a.text) for a in file.answers]


def test_json_lines_are_read_line_by_line() -> None:
    text = (
        "\ufeff"
        + line(question="rnn/1", answer=FAKE, candidate="Ada")
        + "\r\n\n  \n"
        + line(question=" What is it? ", answer="", more={"a": [1, None]})
        + "\n"
        + line(answer="x\u2028y", question="q", candidate=None)
    )
    assert read(read_json_lines(text, "in/bob.jsonl")) == [
        (1, "Ada", "rnn/1", FAKE),
        (4, None, "What is it?", ""),
        (5, None, "q", "x\u2028y"),
    ]
    assert read_json_lines(text, "in/bob.jsonl").candidate == "bob"


def test_line_separators_that_are_not_line_feeds_do_not_end_a_json_line() -> None:
    text = '{"question": "q", "answer": "a\u2028b\x85c"}'
    assert read(read_json_lines(text, "a.jsonl")) == [(1, None, "q", "a\u2028b\x85c")]


def test_line_ends_inside_an_answer_are_line_feeds() -> None:
    text = line(question="q", answer="a\r\nb\rc")
    assert read(read_json_lines(text, "a.jsonl"))[0][3] == "a\nb\nc"


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("{", "no JSON"),
        ("nothing", "no JSON"),
        ('{"question": "\x00"}', "no JSON: Invalid control character at column 15"),
        ('{"question": "q', "no JSON: Unterminated string starting at column 14"),
        ('{"question": "q", "answer": "a"} x', "no JSON"),
        ('{"question": "q", "answer": NaN}', "NaN is no JSON value"),
        ('{"question": "q", "answer": "a", "x": -Infinity}', "-Infinity is no JSON value"),
        ('["q", "a"]', "no object"),
        ('"q"', "no object"),
        ("1", "no object"),
        ("null", "no object"),
        ('{"question": "q"}', "the key 'answer' is missing"),
        ('{"answer": "a"}', "the key 'question' is missing"),
        ('{"question": 2, "answer": "a"}', "'question' is a number, not a string"),
        ('{"question": "q", "answer": null}', "'answer' is null, not a string"),
        ('{"question": "q", "answer": ["a"]}', "'answer' is a list, not a string"),
        ('{"question": "q", "answer": {}}', "'answer' is an object, not a string"),
        ('{"question": "q", "answer": "a", "candidate": true}', "'candidate' is true or false"),
        ('{"question": "q", "answer": "a", "candidate": 7}', "'candidate' is a number"),
        ('{"question": "q", "answer": "a", "answer": "b"}', "the key 'answer' is there twice"),
        ('{"question": " ", "answer": "a"}', "the question is empty"),
        ('{"question": "q", "answer": "a", "x": ' + "[" * 100_000, "nested too deeply"),
        ('{"question": "q", "answer": "a", "x": ' + "1" * 5_000 + "}", "too many digits"),
    ],
)
def test_a_line_that_is_no_answer_is_told(written: str, what: str) -> None:
    ((at, said),) = wrong(line(question="q", answer="a") + "\n\n" + written)
    assert at == 3
    assert what in said


def test_all_wrong_lines_are_told_at_once_but_not_more_than_fit_a_screen() -> None:
    assert [at for at, _ in wrong("{\n[]\n" + line(question="q", answer="a") + "\nx")] == [1, 2, 4]
    problems = wrong("x\n" * 1000)
    assert [at for at, _ in problems] == [*range(1, 21), 0]
    assert "980 more lines" in problems[-1][1]


@pytest.mark.parametrize(
    ("reader", "text"), [(read_json_lines, "\n\n"), (read_csv, "question,answer")]
)
def test_a_file_without_an_answer_is_told(reader: object, text: str) -> None:
    assert [what for _, what in wrong(text, reader)] == ["the file has no answer"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("", None),
        (" \t\n", None),
        ("\u200b\x00", "\\u200b\\x00"),
        (" Ada\n\tLovelace\u00a0", "Ada Lovelace"),
        ("A\x1b[31mda\u202e", "A\\x1b[31mda\\u202e"),
        (
            "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
            "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        ),
        ("Ame\u0301lie", "Am\u00e9lie"),
        ("x" * 200, "x" * 200),
    ],
)
def test_a_name_is_one_line_with_the_codes_of_characters_that_no_one_sees(
    written: str, name: str | None
) -> None:
    text = line(question="q", answer="a", candidate=written)
    assert read_json_lines(text, "a.jsonl").answers[0].candidate == name


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"answer": "a", "candidate": "x" * 1000}, "the candidate's name has 1,000 characters"),
        ({"answer": "a\ud800"}, "half of a surrogate pair"),
    ],
)
def test_an_answer_that_cannot_be_graded_is_told_and_costs_no_other(
    fields: dict[str, str], what: str
) -> None:
    text = line(question="q", **fields) + "\n" + line(question="q", answer="a")
    first, second = read_json_lines(text, "a.jsonl").answers
    assert first.problem
    assert what in first.problem.what
    assert second.problem is None


@given(
    st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r")), min_size=1)
)
def test_an_answer_in_json_lines_is_exactly_its_string(answers: list[str]) -> None:
    for ascii_only in (True, False):
        text = "\n".join(
            json.dumps({"question": "q", "answer": answer}, ensure_ascii=ascii_only)
            for answer in answers
        )
        assert [a.text for a in read_json_lines(text, "a.jsonl").answers] == answers


CSV = 'question,answer,candidate\nrnn/1,"A net,\n""so"" it is.\n",Ada\n\nrnn/2,It fades.,\n'


def test_csv_rows_have_the_line_that_they_begin_at() -> None:
    assert read(read_csv(CSV, "in/bob.csv")) == [
        (2, "Ada", "rnn/1", 'A net,\n"so" it is.\n'),
        (6, None, "rnn/2", "It fades."),
    ]
    assert read_csv(CSV, "in/bob.csv").candidate == "bob"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + CSV,
        CSV.replace("\n", "\r\n"),
        "question;answer;candidate\n" + 'rnn/1;"A net,\n""so"" it is.\n";Ada\n\nrnn/2;It fades.;\n',
        'question\tanswer\tcandidate\nrnn/1\t"A net,\n""so"" it is.\n"\tAda\n\n'
        "rnn/2\tIt fades.\t\n",
        CSV.replace("question,answer,candidate", ' Question ,"ANSWER",Candidate'),
    ],
)
def test_csv_as_spreadsheets_save_it(text: str) -> None:
    assert read(read_csv(text, "bob.csv")) == read(read_csv(CSV, "bob.csv"))


def test_other_columns_empty_rows_and_the_order_of_columns_do_not_matter() -> None:
    text = "\nid,answer,question\n7,It fades.,rnn/2,,\n,,\n8,,rnn/1\n"
    assert read(read_csv(text, "a.csv")) == [
        (3, None, "rnn/2", "It fades."),
        (5, None, "rnn/1", ""),
    ]


def test_an_answer_that_holds_a_fake_question_is_one_field() -> None:
    text = 'question,answer\nrnn/1,"' + FAKE + '"\nrnn/2,It fades.\n'
    assert [a.text for a in read_csv(text, "a.csv").answers] == [FAKE, "It fades."]


def test_a_field_may_be_long() -> None:
    text = "question,answer\nrnn/1," + "long " * 100_000
    assert len(read_csv(text, "a.csv").answers[0].text) == 500_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("question,candidate\nq,Ada\n", [(1, "the file has no column 'answer'")]),
        (
            "q,a\nq,Ada\n",
            [(1, "the file has no column 'question'"), (1, "the file has no column 'answer'")],
        ),
        ("question,answer,answer\nq,a,b\n", [(1, "the column 'answer' is there twice")]),
        ("question,answer\nq,a\n\nq\n", [(4, "the row is too short: it has no answer")]),
        (
            "candidate,question,answer\nAda\nAda,q,a\n",
            [(2, "the row is too short: it has no question and no answer")],
        ),
        ("question,answer,candidate\nq,a\n", [(2, "the row is too short: it has no candidate")]),
        ("question,answer\nq,a, and more\n", [(2, "the row has 3 fields, the header 2")]),
        ("question,answer\n,a\n", [(2, "the question is empty")]),
    ],
)
def test_columns_and_fields_that_are_missing_are_told(
    text: str, expected: list[tuple[int, str]]
) -> None:
    assert wrong(text, read_csv) == expected


@pytest.mark.parametrize("row", ['q,"never closed\nand on\n', 'q,"closed" too early\n'])
def test_a_row_with_stray_quotes_is_told_where_it_begins(row: str) -> None:
    ((at, what),) = wrong("question,answer\nq,a\n" + row, read_csv)
    assert at == 3
    assert "no CSV" in what
