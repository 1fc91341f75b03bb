"""Files of answers, row by row, whatever they hold."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from answerbot.adapters import answer_rows
from answerbot.adapters.answer_files import read_submissions, row_files
from answerbot.adapters.answer_rows import is_row_report, read_rows, row_file
from answerbot.domain.answers import Stated
from answerbot.domain.errors import InputError, Problem
from tests.sheets import questions

FIRST = {"question": "rnn/1", "answer": "A net.", "candidate": "Ada", "id": "r1"}


def lines(*rows: Mapping[str, object] | str) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


def read(path: Path) -> tuple[list[Stated], list[tuple[int, str]]]:
    """The answers, and (line, what) of the problems, each of which has a hint."""
    rows = list(read_rows(path))
    problems = [row for row in rows if isinstance(row, Problem)]
    assert all(problem.hint and problem.location for problem in problems)
    told = [(one.location.line, one.what) for one in problems if one.location]
    return [row for row in rows if isinstance(row, Stated)], told


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        list(read_rows(path))
    (problem,) = caught.value.problems
    assert problem.location
    assert problem.location.path == str(path)
    assert problem.hint
    return problem.what


def parquet(path: Path, columns: Mapping[str, Any], **how: Any) -> Path:
    pq.write_table(pa.table(dict(columns)), path, **how)
    return path


def test_a_line_of_json_is_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + lines(FIRST, "", FIRST).replace("\n", "\r\n").encode())
    (one, two), problems = read(path)
    assert (one.question, one.text, one.candidate, one.id) == ("rnn/1", "A net.", "Ada", "r1")
    assert (one.line, two.line) == (1, 3)
    assert not problems


@pytest.mark.parametrize(
    ("value", "id_"), [("r1", "r1"), (17, "17"), (17.0, "17"), (None, None), ("", None)]
)
def test_what_a_row_calls_itself_is_text_or_a_number(
    tmp_path: Path, value: object, id_: str | None
) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text(lines(FIRST | {"id": value}))
    (one,), _ = read(path)
    assert one.id == id_


@pytest.mark.parametrize("value", [2.5, 1e300, True, [], {"a": 1}])
def test_a_row_that_calls_itself_anything_else_is_refused(tmp_path: Path, value: object) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text(lines(FIRST, FIRST | {"id": value}))
    answers, problems = read(path)
    assert [one.line for one in answers] == [1]
    assert problems == [(2, "'id' is neither text nor a whole number")]
    with pytest.raises(InputError, match=r"all\.jsonl:2: 'id' is neither text"):
        read_submissions([path], questions())


def test_a_broken_line_stops_no_other(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    broken = [
        b'{"question": "rnn/1", "ans',
        b"[]",
        b'{"question": "rnn/1"}',
        b'{"question": "rnn/1", "answer": 7}',
        b'{"question": "rnn/1", "answer": null}',
        b'{"question": "na\xefve", "answer": ""}',
        b'{"question": "rnn/1", "answer": "\x00"}',
        b'{"question": "rnn/1", "answer": "a", "answer": "b"}',
    ]
    whole = lines(FIRST).encode()
    path.write_bytes(whole + b"\n".join(broken) + b"\n" + whole)
    answers, problems = read(path)
    assert [one.line for one in answers] == [1, 10]
    assert [line for line, _ in problems] == list(range(2, 10))
    told = [what for _, what in problems]
    assert told[1:5] == [
        "the line is JSON, but no object",
        "the key 'answer' is missing",
        "'answer' is a number, not a string",
        "'answer' is null, not a string",
    ]
    assert told[5] == "the line is not UTF-8: byte 0xef does not belong there"
    assert told[7] == "the key 'answer' is there twice"


def test_a_line_that_is_too_long_is_not_read_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_rows, "LONGEST", 200)
    path = tmp_path / "all.jsonl"
    path.write_text(lines(FIRST, FIRST | {"answer": "x" * 1000}, FIRST))
    answers, problems = read(path)
    assert [one.line for one in answers] == [1, 3]
    assert problems == [(2, "the line is longer than 200 bytes")]


def test_a_row_of_a_table_is_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    path.write_bytes(b'\xef\xbb\xbf\nAnswer;ID;Question\n"A net;\ntwo lines";7;rnn/1\n;8;rnn/2\n')
    (one, two), problems = read(path)
    assert (one.text, one.question, one.candidate) == ("A net;\ntwo lines", "rnn/1", None)
    assert (one.id, one.line) == ("7", 3)
    assert (two.id, two.text, two.line) == ("8", "", 5)
    assert not problems


def test_a_broken_row_of_a_table_stops_no_other(tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    path.write_bytes(
        b"question,answer\nrnn/1\nrnn/1,a,b\nrnn/1,na\xefve\nrnn/1,\x00\n,x\nrnn/2,A net.\n"
    )
    answers, problems = read(path)
    assert [(one.line, one.question) for one in answers] == [(7, "rnn/2")]
    assert [what for _, what in problems] == [
        "the row is too short: it has no answer",
        "the row has 3 fields, the header 2",
        "the row is not UTF-8",
        "the row is binary: it has a NUL byte",
        "the question is empty",
    ]


def test_nothing_is_read_below_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    path.write_text('question,answer\nrnn/1,A net.\nrnn/2,"It\nrnn/3,x\n')
    answers, ((line, what),) = read(path)
    assert [one.question for one in answers] == ["rnn/1"]
    assert line == 3
    assert what.startswith("the row that begins here is no CSV")
    assert what.endswith("nothing below it is read")


def test_a_quote_that_is_never_closed_fills_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_rows, "LONGEST", 200_000)
    path = tmp_path / "all.csv"
    path.write_text('question,answer\nrnn/1,"' + "x" * 300_000 + "\nrnn/2,y\n")
    answers, ((line, what),) = read(path)
    assert (answers, line) == ([], 2)
    assert "more than 200,000 characters" in what


@pytest.mark.parametrize("row_group", [1, 2, 1000])
def test_a_row_of_parquet_is_an_answer(tmp_path: Path, row_group: int) -> None:
    path = parquet(
        tmp_path / "all.parquet",
        {
            "ID": [1, 2, 3],
            "other": [{"a": 1}, None, None],
            "Answer": ["A net.", "", "Tür\r\nauf"],
            "question": pa.array(["rnn/1", "rnn/2", "rnn/1"]).dictionary_encode(),
            "candidate": ["Ada", None, "Bob"],
        },
        row_group_size=row_group,
    )
    answers, problems = read(path)
    assert [(a.id, a.question, a.text, a.candidate, a.line) for a in answers] == [
        ("1", "rnn/1", "A net.", "Ada", 1),
        ("2", "rnn/2", "", None, 2),
        ("3", "rnn/1", "Tür\nauf", "Bob", 3),
    ]
    assert not problems


def test_a_broken_row_of_parquet_stops_no_other(tmp_path: Path) -> None:
    bytes_ = pa.array([b"A net.", b"na\xefve", b"x", None])
    text = pa.Array.from_buffers(pa.string(), 4, bytes_.buffers())
    columns = {"question": ["rnn/1", "rnn/1", None, "rnn/2"], "answer": text}
    answers, problems = read(parquet(tmp_path / "all.parquet", columns))
    assert [one.line for one in answers] == [1]
    assert problems == [
        (2, "the row is not UTF-8"),
        (3, "'question' is null, not a string"),
        (4, "'answer' is null, not a string"),
    ]


def test_whole_numbers_of_parquet_may_be_written_with_a_point(tmp_path: Path) -> None:
    columns = {"question": ["rnn/1"] * 3, "answer": ["x"] * 3, "id": [1.0, None, 2.5]}
    answers, problems = read(parquet(tmp_path / "all.parquet", columns))
    assert [one.id for one in answers] == ["1", None]
    assert problems == [(3, "'id' is neither text nor a whole number")]


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.string_view()])
def test_text_of_parquet_is_text_whichever_type_it_has(tmp_path: Path, type_: pa.DataType) -> None:
    columns = {key: pa.array([value], type_) for key, value in FIRST.items()}
    (one,), problems = read(parquet(tmp_path / "all.parquet", columns))
    assert (one.question, one.text, one.candidate, one.id) == ("rnn/1", "A net.", "Ada", "r1")
    assert not problems


def test_hints_name_the_form_of_the_file(tmp_path: Path) -> None:
    def hint(path: Path) -> str:
        try:
            (problem,) = [row for row in read_rows(path) if isinstance(row, Problem)]
        except InputError as error:
            (problem,) = error.problems
        return problem.hint or ""

    nulls = {"question": ["rnn/1"], "answer": pa.nulls(1)}
    assert "columns question, answer" in hint(parquet(tmp_path / "nulls.parquet", nulls))
    empty = tmp_path / "all.jsonl"
    empty.write_text("")
    assert '{"question": id or text' in hint(empty)
    empty.write_text('{"question": "rnn/1", "answer": null}')
    assert '{"question": id or text' in hint(empty)
    table = tmp_path / "all.csv"
    table.write_text("question,answer\n")
    assert "columns question, answer" in hint(table)
    table.write_bytes("question,answer\n".encode("utf-16"))
    assert hint(table).endswith(" > new.csv")


def test_a_column_of_nulls_costs_its_rows_alone(tmp_path: Path) -> None:
    columns = {"question": ["rnn/1"], "answer": ["A net."], "candidate": pa.nulls(1)}
    (one,), problems = read(parquet(tmp_path / "all.parquet", columns))
    assert (one.candidate, problems) == (None, [])


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    path.write_text("question,answer\n")
    assert refused(path).startswith("the file is no Parquet, or is damaged")
    whole = parquet(tmp_path / "whole.parquet", {"question": ["rnn/1"], "answer": ["x"]})
    path.write_bytes(whole.read_bytes()[:-20])
    assert refused(path).startswith("the file is no Parquet, or is damaged")
    numbers = parquet(tmp_path / "numbers.parquet", {"question": ["rnn/1"], "answer": [7]})
    assert refused(numbers) == "the column 'answer' is of type int64, not text"
    objects = {"question": ["rnn/1"], "answer": ["x"], "id": [{"a": 1}]}
    type_ = "struct<a: int64>"
    told = f"the column 'id' is of type {type_}, neither text nor whole numbers"
    assert refused(parquet(tmp_path / "objects.parquet", objects)) == told
    lacking = parquet(tmp_path / "lacking.parquet", {"question": ["rnn/1"], "text": ["x"]})
    assert refused(lacking) == "the file has no column 'answer'"
    wide = tmp_path / "wide.jsonl"
    wide.write_bytes(lines(FIRST).encode("utf-16"))
    assert refused(wide) == "the file is UTF-16, not UTF-8"
    table = tmp_path / "all.csv"
    table.write_text("question,text\nrnn/1,x\n")
    assert refused(table) == "the file has no column 'answer'"
    assert refused(tmp_path / "none.jsonl") == "there is no such file"


def test_bytes_that_changed_are_noticed_where_the_file_has_checksums(tmp_path: Path) -> None:
    columns = {"question": ["rnn/1"], "answer": ["A net with a state."]}
    how = {"write_page_checksum": True, "compression": "none", "use_dictionary": False}
    path = parquet(tmp_path / "all.parquet", columns, write_statistics=False, **how)
    path.write_bytes(path.read_bytes().replace(b"a state", b"1 state"))
    assert refused(path).startswith("the file is no Parquet, or is damaged: ")


@pytest.mark.parametrize("name", ["all.jsonl", "all.csv", "all.parquet"])
def test_a_file_without_a_row_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("question,answer\n" if name.endswith("csv") else "\n")
    if name.endswith("parquet"):
        parquet(path, {"question": pa.array([], pa.string()), "answer": pa.array([], pa.string())})
    assert refused(path) == "the file has no answer"


def test_without_pyarrow_parquet_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = parquet(tmp_path / "all.parquet", {"question": ["rnn/1"], "answer": ["A net."]})
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(InputError) as caught:
        list(read_rows(path))
    (problem,) = caught.value.problems
    assert problem.hint
    assert "pip install 'answerbot[parquet]'" in problem.hint


def test_parquet_is_read_as_other_files_of_answers_are(tmp_path: Path) -> None:
    path = parquet(tmp_path / "dan.parquet", {"question": ["rnn/1"], "answer": ["A net."]})
    found = read_submissions([tmp_path], questions())
    assert [(one.candidate, one.text) for one in found.answers] == [("dan", "A net.")]
    parquet(path, {"question": ["rnn/1", None], "answer": ["A net.", "x"]})
    with pytest.raises(InputError) as caught:
        read_submissions([path], questions())
    (problem,) = caught.value.problems
    assert str(problem.location) == f"{path}:2"


def test_files_of_rows_are_told_from_others(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(lines(FIRST))
    (tmp_path / "a.csv").write_text("question,answer\nrnn/1,x\n")
    found = row_files([tmp_path])
    assert found
    assert [Path(one.path).name for one in found[0]] == ["a.csv", "b.jsonl"]
    (tmp_path / "c.md").write_text("# Ada\n")
    assert row_files([tmp_path]) is None


def test_rows_of_results_are_no_answers(tmp_path: Path) -> None:
    keys = {"version": 1, "answer_hash": "", "rubric_hash": "", "verdicts": []}
    results = tmp_path / "results.jsonl"
    results.write_text(lines(FIRST | keys | {"misconceptions": []}))
    table = parquet(
        tmp_path / "results.parquet",
        {key: ["x"] for key in (*FIRST, *keys, "misconceptions")},
    )
    (tmp_path / "all.jsonl").write_text(lines(FIRST))
    assert is_row_report(results)
    assert is_row_report(table)
    found = row_files([tmp_path])
    assert found
    assert [Path(one.path).name for one in found[0]] == ["all.jsonl"]
    assert len(found[1]) == 2
    assert all("passed over" in notice.what for notice in found[1])
    with pytest.raises(InputError, match="a report of grades"):
        row_files([results])
    with pytest.raises(InputError, match="a report of grades"):
        read_submissions([results, table], questions())


def test_a_file_is_whose_name_it_bears() -> None:
    assert row_file(Path("in/ada lovelace.jsonl")).candidate == "ada lovelace"
