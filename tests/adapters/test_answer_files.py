"""Files and folders of answers, whatever they hold."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from answerbot.adapters.answer_files import read_submissions
from answerbot.adapters.files import read_bank
from answerbot.cli.app import run
from answerbot.domain.bank import Question, QuestionId
from answerbot.domain.errors import InputError, Location
from tests.sheets import NET, VANISHING, filled, questions

KNOWN = questions()
ROWS = "".join(json.dumps({"question": q, "answer": "It is."}) + "\n" for q in ("rnn/1", "rnn/2"))


def problems_of(*paths: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(InputError) as caught:
        read_submissions(paths, KNOWN)
    found = []
    for problem in caught.value.problems:
        assert problem.location
        found.append((Path(problem.location.path).name, problem.location.line, problem.what))
    return found


def test_a_folder_stands_for_its_files_of_answers(tmp_path: Path) -> None:
    (tmp_path / "ada.md").write_text(filled())
    (tmp_path / "bob.MARKDOWN").write_text(filled())
    (tmp_path / "eve.txt").write_text(filled())
    (tmp_path / "dan.jsonl").write_text(ROWS)
    (tmp_path / "fay.csv").write_text("question;answer\nrnn/1;A net.\n")
    (tmp_path / "notes.pdf").write_bytes(b"\x00")
    (tmp_path / "inner").mkdir()
    found = read_submissions([tmp_path], KNOWN)
    assert [answer.candidate for answer in found.answers] == [
        *["ada"] * 3,
        *["bob"] * 3,
        *["dan"] * 2,
        *["eve"] * 3,
        "fay",
    ]
    assert not found.problems
    assert not found.notices


def test_where_no_question_is_known_that_is_the_one_thing_told(tmp_path: Path) -> None:
    (tmp_path / "dan.jsonl").write_text(ROWS)
    (tmp_path / "prose.txt").write_text("I know.\n")
    with pytest.raises(InputError) as caught:
        read_submissions([tmp_path], {})
    (problem,) = caught.value.problems
    assert problem.what == "there is no bank here: no question is known"
    assert problem.hint
    assert "answerbot.toml" in problem.hint


def test_a_file_that_is_given_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "ada.md").write_text(filled())
    (tmp_path / "also.md").symlink_to(tmp_path / "ada.md")
    found = read_submissions([tmp_path / "ada.md", tmp_path], KNOWN)
    assert len(found.answers) == 3
    assert len(found.notices) == 2
    assert all("was given before" in notice.what for notice in found.notices)


def test_the_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_bytes(b"\xef\xbb\xbf\n")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "binary.md").write_bytes(b"\n\x89PNG\x00")
    (tmp_path / "utf16.csv").write_bytes("question,answer\n".encode("utf-16"))
    (tmp_path / "latin.jsonl").write_bytes(b'\n{"question": "na\xefve"}')
    (tmp_path / "prose.txt").write_text("I know.\n")
    (tmp_path / "bad.jsonl").write_text(ROWS + "{\n")
    (tmp_path / "bad.csv").write_text("a,b\n")
    (tmp_path / "good.md").write_text(filled())
    assert problems_of(tmp_path / "none.md", tmp_path) == [
        ("none.md", 0, "there is no such file"),
        ("bad.csv", 1, "the file has no column 'question'"),
        ("bad.csv", 1, "the file has no column 'answer'"),
        (
            "bad.jsonl",
            3,
            "no JSON: Expecting property name enclosed in double quotes at column 2",
        ),
        ("binary.md", 2, "the file is binary: it has a NUL byte"),
        ("empty.csv", 0, "the file is empty"),
        ("empty.md", 0, "the file is empty"),
        ("latin.jsonl", 2, "the file is not UTF-8: byte 0xef does not belong there"),
        ("prose.txt", 0, "the file has no question"),
        ("utf16.csv", 0, "the file is UTF-16, not UTF-8"),
    ]


def test_a_folder_without_answers_a_long_name_and_a_loop_are_told(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    told = problems_of(tmp_path / "inner", tmp_path / ("x" * 300), tmp_path / "loop.md")
    assert [what for _, _, what in told] == [
        "no file of answers in this folder",
        "the file cannot be read: File name too long",
        "the file cannot be read: Too many levels of symbolic links",
    ]


def test_a_huge_line_is_an_answer_like_others(tmp_path: Path) -> None:
    huge = "word " * 400_000
    (tmp_path / "ada.md").write_text(filled(two=huge))
    (tmp_path / "bob.jsonl").write_text(
        "".join(
            json.dumps({"question": q, "answer": a}) + "\n"
            for q, a in (("rnn/1", huge), (huge, "It is."), ("rnn/2", "It is."))
        )
    )
    found = read_submissions([tmp_path], KNOWN)
    assert [len(answer.text) for answer in found.answers] == [6, 1_999_999, 13, 2_000_000, 6]
    ((what),) = [problem.what for problem in found.problems]
    assert what.startswith("no known question is 'word word")


def test_what_cannot_be_matched_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "ada.md").write_text(filled(one=f"A net.\n\n## Question 3\n\n{VANISHING}\n\nNo."))
    (tmp_path / "bob.csv").write_text(f"question,answer\n{NET},A net.\nWhat?,It.\n")
    found = read_submissions([tmp_path / "bob.csv", tmp_path / "ada.md"], KNOWN)
    assert [answer.candidate for answer in found.answers] == ["bob", "ada", "ada", "ada"]
    assert [
        (Path(problem.location.path).name, problem.location.line)
        for problem in found.problems
        if problem.location
    ] == [("bob.csv", 3), ("ada.md", 9)]


def test_placeholders_threshold_and_rubrics_are_the_callers(tmp_path: Path) -> None:
    (tmp_path / "ada.md").write_text(filled(one="(none)"))
    (tmp_path / "bob.csv").write_text(
        "question,answer\nPlease explain what the vanishing gradient problem is,It fades.\n"
    )
    found = read_submissions([tmp_path / "ada.md"], KNOWN, placeholders=["none"])
    assert [answer.text for answer in found.answers] == ["", "It fades.", "It has gates."]
    assert not read_submissions([tmp_path / "bob.csv"], KNOWN).answers
    loose = read_submissions([tmp_path / "bob.csv"], KNOWN, threshold=70)
    assert [matched.how for matched in loose.matched] == ["fuzzy"]
    assert loose.threshold == 70


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("ending", ["md", "csv"])
def test_reports_of_grades_are_passed_over_in_a_folder_and_refused_by_name(
    tmp_path: Path, several: bool, ending: str
) -> None:
    answers, report = tmp_path / "answers", tmp_path / f"grades.{ending}"
    answers.mkdir()
    text = '{"question": "rnn-theory-50/2", "answer": "It fades."}\n'
    for name in ("ada", "bob") if several else ("ada",):
        (answers / f"{name}.jsonl").write_text(text)
    assert run(["grade", "--estimate", str(answers), "-o", str(report)]) == 0
    (answers / "ada.jsonl").write_text(ROWS)
    (answers / "bob.jsonl").unlink(missing_ok=True)
    report = report.rename(answers / report.name)
    found = read_submissions([answers], KNOWN)
    assert [answer.candidate for answer in found.answers] == ["ada", "ada"]
    (notice,) = found.notices
    assert notice.location == Location(str(report))
    assert problems_of(report) == [
        (report.name, 0, "this is a report of grades, not a file of answers")
    ]
    (answers / "ada.jsonl").unlink()
    assert problems_of(answers) == [("answers", 0, "there are only reports here")]


def test_a_sheet_of_answers_that_is_titled_like_a_report_is_read(tmp_path: Path) -> None:
    (tmp_path / "ada.md").write_text("# Grades\n\n" + filled(one="| Question | Answer |"))
    (tmp_path / "bob.csv").write_text("candidate,question,answer,criterion\nBob,rnn/1,A net.,x\n")
    found = read_submissions([tmp_path], KNOWN)
    assert len(found.answers) == 4
    assert not found.notices


@pytest.fixture
def stdin() -> Iterator[Callable[[str], None]]:
    """Puts a text on stdin: a pipe, which ends after it."""
    before = os.dup(0)

    def put(text: str) -> None:
        reading, writing = os.pipe()
        os.write(writing, text.encode())
        os.close(writing)
        os.dup2(reading, 0)
        os.close(reading)

    yield put
    os.dup2(before, 0)
    os.close(before)


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
@pytest.mark.parametrize(
    ("text", "count"),
    [
        (ROWS, 2),
        ("\n" + ROWS, 2),
        ("\ufeff\nQuestion; Answer\nrnn/1;A net.\n", 1),
        (filled(), 3),
    ],
)
def test_stdin_is_json_lines_csv_or_markdown_by_how_it_begins(
    stdin: Callable[[str], None], name: str, text: str, count: int
) -> None:
    stdin(text)
    found = read_submissions([Path(name)], KNOWN)
    assert [answer.candidate for answer in found.answers] == ["stdin"] * count
    assert not found.problems


def test_json_that_is_no_json_lines_is_told(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text('[{"question": "rnn/1", "answer": "A net."}]')
    told = "JSON is read line by line, from files that end with .jsonl"
    assert problems_of(path) == [("all.json", 0, told)]


def test_nothing_on_stdin_is_told(stdin: Callable[[str], None]) -> None:
    stdin("\n")
    assert problems_of(Path("-")) == [("stdin", 0, "there is nothing on stdin")]


def shipped(repository: Path) -> dict[QuestionId, Question]:
    files = [*(repository / "bank/questions").iterdir(), *(repository / "bank/curated").iterdir()]
    return {q.id: q for file in sorted(files, reverse=True) for q in read_bank(file).questions}


@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("filled/rnn-theory-22.md", 22),
        ("filled/rnn-theory-50.md", 50),
        ("questions/rnn-theory-50.md", 50),
        ("curated/rnn-100.md", 100),
        ("curated/commonly-asked-20.md", 20),
        ("curated/essential-15.txt", 15),
    ],
)
def test_every_file_of_the_shipped_bank_is_an_answers_file_under_its_own_name_and_another(
    repository: Path, tmp_path: Path, file: str, count: int
) -> None:
    known = shipped(repository)
    path = repository / "bank" / file
    copy = tmp_path / f"ada{path.suffix}"
    copy.write_bytes(path.read_bytes())
    own = [QuestionId(f"{path.stem}/{number}") for number in range(1, count + 1)]
    for given, how in ((path, "id"), (copy, "number")):
        found = read_submissions([given], known)
        assert [matched.submission.question_id for matched in found.matched] == own
        assert {(matched.how, matched.score) for matched in found.matched} == {(how, 100.0)}
        assert {answer.candidate for answer in found.answers} == {given.stem}
        assert not found.problems
