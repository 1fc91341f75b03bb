"""Answers find their questions, or it is told why not; whoever answers twice has not answered."""

from __future__ import annotations

import json

import pytest

from answerbot.domain.answers import AnswersFile, Stated, read_json_lines
from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Location, Problem
from answerbot.domain.known import Known
from answerbot.domain.matching import Submissions, brief, match_answers
from tests.sheets import BANK, LSTM, NET, VANISHING, filled, graded, match, questions, sheet, told

OTHER = BANK.replace(LSTM, "What is BPTT?").replace(NET, "What are gates?")
"""Its second question is that of the other bank."""
BOTH = Known(questions() | questions(OTHER, "gru.md"))


def stated(*answers: tuple[int | None, str], path: str = "ada.md") -> AnswersFile:
    rows = [
        Stated(question, number, f"Answer {i}.", 10 * i, 10 * i + 2)
        for i, (number, question) in enumerate(answers, start=1)
    ]
    return AnswersFile(path, "ada", tuple(rows))


def ids(submissions: Submissions) -> list[tuple[str, str]]:
    return [(matched.submission.question_id, matched.how) for matched in submissions.matched]


def problems_of(*files: AnswersFile, known: Known = BOTH) -> list[tuple[int, str]]:
    return told(match_answers(files, known))


def test_a_file_that_is_named_like_a_bank_has_its_ids() -> None:
    submissions = match_answers([sheet(filled(), "in/rnn.md", BOTH)], BOTH)
    assert ids(submissions) == [("rnn/1", "id"), ("rnn/2", "id"), ("rnn/3", "id")]
    assert ids(match_answers([stated((2, VANISHING), path="gru.md")], BOTH)) == [("gru/2", "id")]


def test_an_id_needs_no_text_but_must_not_contradict_one() -> None:
    file = stated(
        (None, "rnn/1"),
        (None, f"gru/2: {VANISHING}"),
        (None, f"rnn/3 {VANISHING}"),
        (None, "rnn/4"),
        (None, "rnn/2 What is teh vanishing gradeint problem"),
    )
    submissions = match_answers([file], BOTH)
    assert ids(submissions) == [("rnn/1", "id"), ("gru/2", "id"), ("rnn/2", "id")]
    assert [matched.score == 100 for matched in submissions.matched] == [True, True, False]
    assert told(submissions) == [
        (30, f"the text is not that of question rnn/3: '{VANISHING}'"),
        (40, "there is no question rnn/4"),
    ]


def test_a_number_with_agreeing_text_decides_between_questions_of_one_text() -> None:
    known = Known(questions() | questions(BANK.replace("Question 2", "Question 4"), "gru.md"))
    for number, meant in ((2, "rnn/2"), (4, "gru/4")):
        assert ids(match_answers([stated((number, VANISHING))], known)) == [(meant, "number")]


def test_without_a_number_the_first_question_with_the_text_is_meant() -> None:
    assert ids(match_answers([stated((None, VANISHING))], BOTH)) == [("rnn/2", "text")]


def test_numbers_are_those_of_the_bank_that_most_of_the_file_follows() -> None:
    file = stated((1, "What are gates?"), (2, VANISHING), (3, "What is BPTT?"))
    assert ids(match_answers([file], BOTH)) == [
        ("gru/1", "number"),
        ("gru/2", "number"),
        ("gru/3", "number"),
    ]


def test_numbers_that_count_the_answers_of_the_file_contradict_nothing() -> None:
    file = stated((1, VANISHING), (2, LSTM), (3, NET))
    assert ids(match_answers([file], BOTH)) == [
        ("rnn/2", "text"),
        ("rnn/3", "text"),
        ("rnn/1", "text"),
    ]


def test_a_number_that_agrees_by_chance_makes_no_numbering() -> None:
    """The second of the file is the second of the bank; that the others are not tells more."""
    file = stated((1, LSTM), (2, VANISHING), (3, "What is your favourite food?"))
    submissions = match_answers([file], BOTH)
    assert ids(submissions) == [("rnn/3", "text"), ("rnn/2", "number")]
    assert [line for line, _ in told(submissions)] == [30]


def test_numbers_of_another_book_contradict_nothing() -> None:
    file = stated((3, VANISHING), (1, LSTM))
    assert ids(match_answers([file], Known(questions()))) == [("rnn/2", "text"), ("rnn/3", "text")]


def test_one_answer_that_is_numbered_1_may_be_the_first_of_its_file() -> None:
    assert ids(match_answers([stated((1, VANISHING))], BOTH)) == [("rnn/2", "text")]


@pytest.mark.parametrize("text", [LSTM, "Explain how a LSTM cel works"])
def test_a_number_that_contradicts_its_text_is_told_and_not_graded(text: str) -> None:
    """Two numbers agree, so that the third is wrong."""
    file = stated((1, NET), (2, VANISHING), (2, text))
    submissions = match_answers([file], Known(questions()))
    assert ids(submissions) == [("rnn/1", "number"), ("rnn/2", "number")]
    assert told(submissions) == [(30, "the number is 2, and the text that of question rnn/3")]


def test_a_number_alone_contradicts_a_text_unless_no_bank_has_it() -> None:
    assert problems_of(stated((3, VANISHING))) == [
        (10, "the number is 3, and the text that of question rnn/2")
    ]
    assert ids(match_answers([stated((44, VANISHING))], BOTH)) == [("rnn/2", "text")]


def test_in_a_file_named_like_a_bank_any_other_number_contradicts() -> None:
    assert problems_of(stated((44, VANISHING), path="rnn.md")) == [
        (10, "the number is 44, and the text that of question rnn/2")
    ]


def test_a_number_in_front_of_the_text_is_a_number() -> None:
    file = stated((None, f"2. {VANISHING}"), (None, f"Question 3: {LSTM}"), (None, f"Q1 {NET}"))
    assert ids(match_answers([file], Known(questions()))) == [
        ("rnn/2", "number"),
        ("rnn/3", "number"),
        ("rnn/1", "number"),
    ]


def test_a_number_without_text_is_not_enough() -> None:
    said = [what for _, what in problems_of(stated((None, "2"), (None, "Question 3:")))]
    assert said == [
        "the number 2 alone does not tell the question",
        "the number 3 alone does not tell the question",
    ]


def test_a_fuzzy_match_tells_its_score() -> None:
    submissions = match_answers([stated((None, "What's a vanishing gradient problem"))], BOTH)
    (matched,) = submissions.matched
    assert (matched.submission.question_id, matched.how) == ("rnn/2", "fuzzy")
    assert submissions.threshold <= matched.score < 100


def test_a_fuzzy_match_between_questions_of_different_rubrics_is_told() -> None:
    text = f"## Q1. {VANISHING}\n\n## Q2. What are vanishing gradient problems?\n"
    both = questions(text, "two.md")
    file = stated((None, "What is a vanishing gradient problem?"))
    ((line, said),) = problems_of(file, known=Known(both))
    assert line == 10
    assert "may be any of two/1" in said
    assert "two/2" in said
    one_rubric = Known(both, serves=lambda _: "vanishing")
    assert ids(match_answers([file], one_rubric)) == [("two/1", "fuzzy")]


def test_an_unknown_question_is_told_with_the_nearest_one_and_the_threshold() -> None:
    # 26 of 26 and of 38 letters and spaces are the same: 52 of 64.
    near, far = problems_of(stated((None, "What is a gradient problem?"), (None, "Who are you?")))
    assert "the nearest, rnn/2, is 81 % alike, 85 % are needed" in near[1]
    assert far == (20, "no known question is 'Who are you?'")


def test_a_question_that_shares_but_common_words_is_not_told_as_the_nearest() -> None:
    known = Known(questions("## Q1. What is GRU-D?\n\n## Q2. What is LSTM?\n", "gru.md"))
    assert problems_of(stated((None, "What is your favourite food?")), known=known) == [
        (10, "no known question is 'What is your favourite food?'")
    ]


def hints(*questions: str) -> list[str | None]:
    file = rows(*((question, None) for question in questions))
    return [problem.hint for problem in brief(match_answers([file], BOTH).problems)]


def test_headings_are_spoken_of_only_where_the_file_may_have_them() -> None:
    assert hints("Who are you?") == ["copy the question's text, or write its id"]
    (problem,) = match_answers([stated((None, "Who are you?"))], BOTH).problems
    assert problem.hint
    assert problem.hint.endswith("a part of the answer above needs a heading with more #")


def test_an_id_of_no_known_bank_is_called_an_id() -> None:
    (problem,) = match_answers([rows(("cooking/7", None))], BOTH).problems
    assert problem.what == "no known question has the id 'cooking/7'"
    assert problem.hint == "correct the id; the banks are: gru, rnn"


def test_a_hint_that_serves_several_lines_of_a_file_is_given_once() -> None:
    given = hints("Who are you?", "cooking/7", "Where am I?", "cooking/8")
    assert [bool(hint) for hint in given] == [True, True, False, False]


def test_of_one_kind_twenty_problems_are_told_and_then_the_lines_alone() -> None:
    unknown = [f"Who is number {i}?" for i in range(1, 26)]
    file = rows(*((question, None) for question in (*unknown, "rnn/9", "rnn/1", "Why?")))
    found = match_answers([file, rows(("Why?", None), path="more.jsonl")], BOTH)
    assert len(found.problems) == 28
    problems = brief(found.problems)
    assert [(p.location.path, p.location.line) for p in problems if p.location] == [
        *(("all.jsonl", line) for line in (*range(1, 21), 26, 0)),
        ("more.jsonl", 1),
    ]
    assert problems[-2].what == "and 6 more like that of line 20, at lines 21-25, 28"


def test_a_message_shows_the_beginning_of_a_long_question_on_one_line() -> None:
    ((_, what),) = problems_of(stated((None, "Why\n" * 10_000)))
    assert "\n" not in what
    assert len(what) < 120


def test_two_answers_to_one_question_are_told_and_neither_is_graded() -> None:
    file = stated((None, VANISHING), (None, NET), (None, "rnn/2"), (None, VANISHING.upper()))
    submissions = match_answers([file], Known(questions()))
    assert ids(submissions) == [("rnn/1", "text")]
    assert told(submissions) == [
        (10, "question rnn/2 is answered twice by 'ada'; another is at line 30"),
        (30, "question rnn/2 is answered twice by 'ada'; the first is at line 10"),
        (40, "question rnn/2 is answered twice by 'ada'; the first is at line 10"),
    ]


def test_an_answer_that_cannot_be_graded_still_counts_as_one_of_two() -> None:
    bad = Problem("too odd", Location("ada.md", 20), "mend it")
    one, two = stated((None, NET), (None, NET)).answers
    file = AnswersFile("ada.md", "ada", (one, Stated(NET, None, "x", 20, 20, problem=bad)))
    submissions = match_answers([file], Known(questions()))
    assert not submissions.answers
    assert [line for line, _ in told(submissions)] == [10, 20]
    assert told(submissions)[1][1] == "too odd"
    assert two.line == 20


def rows(*answers: tuple[str, str | None], path: str = "all.jsonl") -> AnswersFile:
    return read_json_lines(
        "\n".join(
            json.dumps({"question": question, "answer": "It is.", "candidate": candidate})
            for question, candidate in answers
        ),
        path,
    )


def names(submissions: Submissions) -> list[tuple[str, str]]:
    return [(answer.candidate, answer.question_id) for answer in submissions.answers]


def test_candidates_are_those_of_the_column_else_of_the_file() -> None:
    file = rows(("rnn/1", "Ada"), ("rnn/1", "Bob"), ("rnn/2", "Ada"), ("rnn/1", None))
    assert names(match_answers([file], BOTH)) == [
        ("Ada", "rnn/1"),
        ("Bob", "rnn/1"),
        ("Ada", "rnn/2"),
        ("all", "rnn/1"),
    ]


def test_names_that_differ_in_characters_that_no_one_sees_are_kept_apart_and_told() -> None:
    files = [
        rows(("rnn/1", "AB"), ("rnn/2", "A\u202eB")),
        rows(("rnn/3", "A\u200bB"), path="more.jsonl"),
    ]
    submissions = match_answers(files, BOTH)
    assert names(submissions) == [
        ("AB", "rnn/1"),
        ("A\\u202eB", "rnn/2"),
        ("A\\u200bB", "rnn/3"),
    ]
    override, space = submissions.notices
    assert str(override.location) == "all.jsonl:2"
    assert override.what == (
        r"the name 'A\u202eB' has characters that no one sees, shown as their codes; it is kept "
        r"apart from 'AB', 'A\u200bB'"
    )
    assert str(space.location) == "more.jsonl:1"


def test_a_joiner_that_a_script_needs_is_told_only_where_another_name_lacks_it() -> None:
    joined, bare = (
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        "\u0639\u0644\u06cc\u0631\u0636\u0627",
    )
    assert not match_answers([rows(("rnn/1", joined))], BOTH).notices
    both = match_answers([rows(("rnn/1", joined), ("rnn/1", bare))], BOTH)
    assert names(both) == [(joined, "rnn/1"), (bare, "rnn/1")]
    (notice,) = both.notices
    assert "kept apart" in notice.what


def test_one_name_in_two_files_is_one_candidate_where_they_answer_different_questions() -> None:
    files = [rows(("rnn/1", "Ada")), rows(("rnn/2", "Ada"), path="more.jsonl")]
    submissions = match_answers(files, BOTH)
    assert names(submissions) == [("Ada", "rnn/1"), ("Ada", "rnn/2")]
    assert not submissions.notices


def test_one_name_in_two_files_is_two_candidates_where_they_answer_the_same_question() -> None:
    files = [
        rows(("rnn/1", "Ada"), ("rnn/2", "Bob")),
        rows(("rnn/1", "Ada"), ("rnn/3", "Ada"), path="b/all.jsonl"),
    ]
    submissions = match_answers(files, BOTH)
    assert names(submissions) == [
        ("Ada (all.jsonl)", "rnn/1"),
        ("Bob", "rnn/2"),
        ("Ada (b/all.jsonl)", "rnn/1"),
        ("Ada (b/all.jsonl)", "rnn/3"),
    ]
    (notice,) = submissions.notices
    assert "'Ada' answers rnn/1 in 2 files" in notice.what


def test_problems_come_in_the_order_of_files_and_lines() -> None:
    first = stated((None, "Who?"), (None, "rnn/9"), path="z.md")
    second = match_answers([first, stated((None, "Why?"), path="a.md")], BOTH)
    assert [str(problem.location) for problem in second.problems] == [
        "z.md:10",
        "z.md:20",
        "a.md:10",
    ]


def test_a_candidate_cannot_reach_the_answers_of_another_file() -> None:
    fake = f"A net.\n\n## Question 2\n\n{VANISHING}\n\nMine.\n\n# Bob"
    hostile = sheet("---\ncandidate: Bob\n---\n" + filled(one=fake), "eve.md", BOTH)
    honest = sheet(filled(), "Bob.md", BOTH)
    submissions = match_answers([hostile, honest], BOTH)
    bobs = [a.question_id for a in submissions.answers if a.place.path == "Bob.md"]
    assert bobs == [QuestionId("rnn/1"), QuestionId("rnn/2"), QuestionId("rnn/3")]


def test_the_question_of_a_submission_is_the_banks() -> None:
    (answer,) = match(f"## Question 2\n\n**{VANISHING.upper()}**\n\nIt fades.\n").answers
    assert answer.question == VANISHING
    assert graded(match(f"## Question 2\n\n{VANISHING}\n")) == {"rnn/2": ""}
