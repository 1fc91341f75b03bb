"""Rows one by one: the same questions and the same complaints as for a file that is read whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answerbot.domain.answers import AnswersFile, Stated
from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Location, Problem
from answerbot.domain.known import Known
from answerbot.domain.matching import brief, match_answers
from answerbot.domain.row_matching import Row, RowFile, Survey, submissions, survey_rows
from answerbot.domain.submission import Submission
from tests.sheets import LSTM, NET, VANISHING, questions

KNOWN = Known(questions())


def answer(question: str, candidate: str | None = None, line: int = 1, text: str = "It is.") -> Row:
    return Stated(question, None, text, line, line, candidate)


def named(own: str, question: str, candidate: str, line: int) -> Row:
    return Stated(question, None, "It is.", line, line, candidate, None, own)


def file(*rows: Row, path: str = "all.jsonl") -> RowFile:
    return RowFile(path, path.partition(".")[0], lambda: iter(rows))


def found(*files: RowFile) -> tuple[Survey, list[Submission]]:
    survey = survey_rows(files, KNOWN)
    return survey, list(submissions(files, KNOWN, survey))


def whole(*files: RowFile) -> tuple[list[Submission], list[Problem], list[Problem]]:
    """What comes of the same rows when all of them are at hand."""
    read = [
        AnswersFile(
            one.path,
            one.candidate,
            tuple(row for row in one.rows() if isinstance(row, Stated)),
            tuple(row for row in one.rows() if isinstance(row, Problem)),
            rows=True,
        )
        for one in files
    ]
    matched = match_answers(read, KNOWN)
    return list(matched.answers), list(matched.problems), list(matched.notices)


def whats(problems: Sequence[Problem]) -> set[tuple[Location | None, str]]:
    return {(one.location, one.what) for one in problems}


def test_answers_find_their_questions_by_id_and_by_text() -> None:
    survey, given = found(
        file(
            answer("rnn/1", "Ada", 1),
            answer(VANISHING, "Ada", 2),
            answer("Explain how an LSTM cell work.", "Bob", 3),
        )
    )
    assert [(one.candidate, one.question_id) for one in given] == [
        ("Ada", "rnn/1"),
        ("Ada", "rnn/2"),
        ("Bob", "rnn/3"),
    ]
    assert survey.answers == {"rnn/1": 1, "rnn/2": 1, "rnn/3": 1}
    assert (survey.bad, survey.problems) == (0, ())


def test_a_row_without_a_name_is_of_whose_file_it_is() -> None:
    _, (one,) = found(file(answer("rnn/1"), path="ada.csv"))
    assert (one.candidate, one.place) == ("ada", Location("ada.csv", 1))


def test_a_row_keeps_what_it_calls_itself() -> None:
    _, (one,) = found(file(Stated("rnn/1", None, "It is.", 1, 1, "Ada", None, "essay-7")))
    assert one.id == "essay-7"


def test_what_is_wrong_with_a_row_stops_no_other() -> None:
    surrogate = Problem("half a surrogate pair", Location("all.jsonl", 4), "write it whole")
    survey, given = found(
        file(
            Problem("no JSON", Location("all.jsonl", 1), "write JSON"),
            answer("rnn/9", "Ada", 2),
            answer("Why is the sky blue?", "Ada", 3),
            Stated("rnn/1", None, "\ud800", 4, 4, "Ada", surrogate),
            answer("rnn/1", "Bob", 5),
        )
    )
    assert [(one.candidate, one.place.line) for one in given] == [("Bob", 5)]
    assert survey.answers == {"rnn/1": 1}
    assert survey.bad == 4
    assert [(one.location, one.what) for one in survey.problems][:2] == [
        (Location("all.jsonl", 1), "no JSON"),
        (Location("all.jsonl", 2), "there is no question rnn/9"),
    ]


def test_who_answers_a_question_twice_has_answered_it_not_at_all() -> None:
    survey, given = found(
        file(
            answer("rnn/1", "Ada", 1),
            answer("rnn/2", "Ada", 2),
            answer(NET, "Ada", 3),
            answer("rnn/1", "Bob", 4),
            answer("rnn/1", "Ada", 5),
        )
    )
    assert [(one.candidate, one.question_id) for one in given] == [
        ("Ada", "rnn/2"),
        ("Bob", "rnn/1"),
    ]
    assert survey.answers == {"rnn/1": 1, "rnn/2": 1}
    assert [(one.location.line, one.what) for one in survey.problems if one.location] == [
        (1, "question rnn/1 is answered twice by 'Ada'; another is at line 3"),
        (3, "question rnn/1 is answered twice by 'Ada'; the first is at line 1"),
        (5, "question rnn/1 is answered twice by 'Ada'; the first is at line 1"),
    ]


def test_one_id_for_one_question_is_told_and_costs_no_grade() -> None:
    rows = file(
        named("e1", "rnn/1", "Ada", 1),
        named("e2", "rnn/1", "Bob", 2),
        named("e1", "rnn/1", "Eve", 3),
        named("e1", "rnn/1", "Dan", 4),
    )
    survey, given = found(rows)
    assert [one.candidate for one in given] == ["Ada", "Bob", "Eve", "Dan"]
    (notice,) = survey.notices
    assert notice.location == Location("all.jsonl", 3)
    assert notice.what == "3 rows have the id 'e1' and answer rnn/1; the first is at line 1"
    assert whats(whole(rows)[2]) == whats(survey.notices)


def test_one_id_may_stand_for_many_questions() -> None:
    rows = file(named("ada", "rnn/1", "Ada", 1), named("ada", "rnn/2", "Ada", 2))
    assert found(rows)[0].notices == ()
    assert whole(rows)[2] == []


def test_who_answers_twice_with_one_id_hears_of_it_once() -> None:
    rows = file(named("e1", "rnn/1", "Ada", 1), named("e1", "rnn/1", "Ada", 2))
    survey, given = found(rows)
    assert (given, survey.bad, survey.notices) == ([], 2, ())
    assert whole(rows)[2] == []


def test_ids_that_begin_anew_in_each_file_are_told_in_one() -> None:
    files = [
        file(
            named("1", "rnn/1", f"Ada {path}", 1),
            named("2", "rnn/1", f"Bob {path}", 2),
            named("3", "rnn/2", f"Bob {path}", 3),
            path=path,
        )
        for path in ("a.jsonl", "b.jsonl", "c.jsonl")
    ]
    survey, given = found(*files)
    assert len(given) == 9
    (notice,) = survey.notices
    assert notice.location == Location("b.jsonl", 1)
    told = "3 ids stand in several files for the same question; this one is at a.jsonl:1 as well"
    assert notice.what == told
    assert whats(whole(*files)[2]) == whats(survey.notices)


def test_candidates_of_one_name_in_two_files_are_one_unless_both_answer_a_question() -> None:
    survey, given = found(
        file(answer("rnn/1", "Ada"), answer("rnn/1", "Bob", 2), path="a.jsonl"),
        file(answer("rnn/2", "Ada"), answer("rnn/1", "Bob", 2), path="b.jsonl"),
    )
    assert [one.candidate for one in given] == ["Ada", "Bob (a.jsonl)", "Ada", "Bob (b.jsonl)"]
    (notice,) = survey.notices
    assert notice.what == "'Bob' answers rnn/1 in 2 files: they are kept apart"
    assert survey.bad == 0


def test_names_with_characters_that_no_one_sees_are_told() -> None:
    survey, _ = found(file(answer("rnn/1", "Ada\\u202e", 3)))
    (notice,) = survey.notices
    assert notice.location == Location("all.jsonl", 3)
    assert "characters that no one sees" in notice.what


def test_a_question_that_was_guessed_is_told() -> None:
    survey, _ = found(file(answer("Explain how an LSTM cell work.", "Ada", 7)))
    (notice,) = survey.notices
    assert notice.location == Location("all.jsonl", 7)
    assert notice.what.startswith("taken for an answer to rnn/3")


def test_numbers_above_the_texts_are_understood_as_in_a_file_that_is_read_whole() -> None:
    rows = (
        answer(f"1. {NET}", "Ada", 1),
        answer(f"2. {VANISHING}", "Ada", 2),
        answer(f"2. {LSTM}", "Ada", 3),
    )
    survey, given = found(file(*rows))
    at_hand, problems, _ = whole(file(*rows))
    assert given == at_hand
    assert whats(survey.problems) == whats(problems)
    assert survey.bad == len(problems) == 1


def test_rows_come_to_the_same_as_a_file_that_is_read_whole() -> None:
    asked = ["rnn/1", NET, "rnn/2", VANISHING, LSTM, "Explain how LSTM cells work", "What is love?"]
    names = ["Ada", "Bob", None, "Ada\\u202e", "Eve"]
    rows = [
        answer(asked[n % len(asked)], names[n * n % len(names)], n + 1, f"answer {n}")
        for n in range(23)
    ]
    files = [file(*rows[:11], path="a.jsonl"), file(*rows[11:], path="b.jsonl")]
    survey, given = found(*files)
    at_hand, problems, notices = whole(*files)
    assert given == at_hand
    assert whats(survey.problems) == whats(problems)
    told = {one.what for one in survey.notices if not one.what.startswith("taken for")}
    assert told == {one.what for one in notices}
    assert sum(survey.answers.values()) == len(given)
    assert survey.bad == len(problems)


def test_of_many_complaints_the_first_are_told_and_all_are_counted() -> None:
    rows = [Problem("no JSON", Location("all.jsonl", line), "x") for line in range(1, 1001)]
    survey, given = found(file(*rows, answer("rnn/1", "Ada", 1001)))
    assert survey.bad == 1000
    assert len(survey.problems) == 21
    assert survey.problems == brief(rows)
    assert len(given) == 1


def test_rows_are_gone_through_again_only_where_two_answer_the_same() -> None:
    times = 0

    def rows() -> Iterator[Row]:
        nonlocal times
        times += 1
        yield answer("rnn/1", "Ada")

    one = RowFile("all.jsonl", "all", rows)
    survey = survey_rows([one], KNOWN)
    assert times == 1
    assert list(submissions([one], KNOWN, survey))
    assert times == 2


def test_no_rows_are_no_answers() -> None:
    survey, given = found(file())
    assert (survey.answers, survey.bad, given) == ({}, 0, [])
    assert QuestionId("rnn/1") not in survey.answers
