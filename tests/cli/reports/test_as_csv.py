from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from answerbot.cli.reports import as_file, render
from answerbot.cli.reports.as_csv import COLUMNS
from answerbot.cli.reports.summary import Report
from answerbot.domain.grade import Ungraded
from tests.cli.reports.made import HOSTILE, graded, hostile, one_candidate, ungraded


def rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render("csv", report))))


def test_a_criterion_is_a_row_and_so_is_a_misconception() -> None:
    answer = graded(2, ("partial", "level_2", "not_met"), slip="Boil the leaves again")
    assert [
        (row["kind"], row["criterion"], row["verdict"], row["points"])
        for row in rows(Report((answer,)))
    ] == [
        ("criterion", "hot-water", "partial", "2"),
        ("criterion", "three-minutes", "partial", "2"),
        ("criterion", "take-the-leaves-out", "not_met", "0"),
        ("misconception", "boil-the-leaves", "present", "-2"),
    ]


def test_every_row_repeats_whose_answer_it_is_and_its_score() -> None:
    answer = graded(2, ("partial", "level_2", "not_met"))
    for row in rows(Report((answer,))):
        assert (row["candidate"], row["question_id"], row["status"]) == ("Ada", "tea/2", "graded")
        assert (row["score"], row["possible"], row["fraction"], row["passed"]) == (
            "4",
            "10",
            "0.4",
            "no",
        )


def test_an_ungraded_answer_has_a_row_with_the_reason_and_no_number() -> None:
    (row,) = rows(Report((ungraded(1, "no reply"),)))
    assert (row["status"], row["reason"], row["score"], row["passed"]) == (
        "ungraded",
        "no reply",
        "",
        "",
    )


def test_the_name_of_the_reason_stands_beside_it() -> None:
    why = Ungraded("the reply was cut off", code="cut-off")
    (row,) = rows(Report((replace(ungraded(1, ""), outcome=why),)))
    assert (row["reason"], row["code"]) == ("the reply was cut off", "cut-off")


def test_an_estimate_says_so_in_every_row() -> None:
    found = rows(Report((graded(1, estimate=True),)))
    assert {(row["status"], row["estimate"], row["passed"]) for row in found} == {
        ("estimated", "yes", "")
    }


def test_the_columns_are_stable() -> None:
    assert ",".join(COLUMNS) == render("csv", Report(())).strip()
    assert COLUMNS[:7] == (
        "candidate", "question_id", "status", "estimate", "score", "possible", "fraction",
    )  # fmt: skip


def test_a_file_starts_with_a_byte_order_mark_and_a_pipe_does_not() -> None:
    report = one_candidate()
    assert as_file("csv", report) == "\ufeff" + render("csv", report)
    assert as_file("json", report) == render("json", report)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\u00a0=1"],
)
def test_no_cell_of_others_is_a_formula(text: str) -> None:
    for row in rows(Report((graded(1, candidate=text, reasons={"hot-water": text}),))):
        assert row["candidate"].startswith("'")
        assert row["reason"] in {"So.", row["candidate"]}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_add_no_row_and_no_formula(text: str) -> None:
    found = rows(hostile(text))
    assert len(found) == 4 * 4 + 1
    for row in found:
        assert set(row) == set(COLUMNS)
        for name in ("candidate", "evidence", "reason", "flags", "place"):
            assert not row[name].lstrip().startswith(("=", "+", "-", "@"))
            assert not set(row[name]) & set("\x00\x1b\x07\x08\r\u202e\u2066\u200b")
