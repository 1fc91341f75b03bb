from dataclasses import replace

import pytest

from answerbot.cli.check_reports.mutants import as_json, as_markdown, as_terminal
from answerbot.domain.check import Refresh
from answerbot.domain.grade import Ungraded
from answerbot.domain.mutation.answers import answer_mutants
from answerbot.domain.mutation.loosening import loosened_mutants
from answerbot.domain.mutation.reading import read
from answerbot.domain.mutation.report import MutationReport, scored
from tests.domain.mutation.made import FULL, QUOTES, TIDES, judged, unjudged

CASE = judged(TIDES, FULL, QUOTES)
MUTANTS = {one.name: one for one in answer_mutants(CASE)}


@pytest.fixture
def report() -> MutationReport:
    """One mutant held, one was not noticed, one moved a verdict beside, one nobody read."""
    beside = judged(TIDES, FULL, QUOTES, sun="not_met", moon="not_met").outcome
    results = (
        read(MUTANTS["pad"], [CASE.outcome]),
        read(MUTANTS["remove-two-bulges"], [CASE.outcome]),
        read(MUTANTS["remove-sun"], [beside]),
        read(MUTANTS["reorder"], [None]),
    )
    refresh = Refresh(1, "about $0.0010 with small", "answerbot check --mutate --record tides")
    return MutationReport((scored(TIDES, unjudged(TIDES)),), (results,), refresh)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_rates_and_the_missing_exemplars_are_told(report: MutationReport) -> None:
    text = flat(as_terminal(report, words=False))
    assert "Mutants that points decide: 9 of 15 (60.0 %) noticed by an exemplar" in text
    assert (
        "missing: an answer that meets moon and two-bulges but not sun, states wind and earns 60 %"
    ) in text
    assert "it would notice: points of two-bulges and sun swapped" in text


def test_what_was_not_read_as_it_should_be_is_told_with_the_judges_reason(
    report: MutationReport,
) -> None:
    text = flat(as_terminal(report, words=False))
    assert "Mutants that the judge read: 2 of 3 (66.7 %) as they should be" in text
    assert "full: without the words for two-bulges two-bulges is still met judge: So." in text
    assert "full: without the words for sun moon moved too: met → not_met" in text
    assert "Not read: 1 mutant; 1 call, about $0.0010 with small" in text


def test_a_mutant_without_a_grade_is_told_with_the_reason(report: MutationReport) -> None:
    result = read(MUTANTS["pad"], [Ungraded("it has 40,000 characters", "Too much.")])
    long = replace(report, read=((result,),), refresh=None)
    text = flat(as_terminal(long, words=False))
    assert "Mutants that the judge read: 0 of 1 (0.0 %) as they should be" in text
    assert "no grade: it has 40,000 characters judge: Too much." in text
    assert "| no grade: it has 40,000 characters |" in as_markdown(long, words=False)
    ((told,),) = (one["read"] for one in as_json(long)["rubrics"])
    assert told["ungraded"] == [
        {"exemplar": "full", "why": "it has 40,000 characters", "reason": "Too much."}
    ]


def test_of_several_readers_each_is_named(report: MutationReport) -> None:
    loose = next(one for one in loosened_mutants(TIDES, unjudged(TIDES)) if one.aims == ("sun",))
    grades = [judged(TIDES, one.case.exemplar, {}).outcome for one in loose.readings]
    text = as_terminal(replace(report, read=((read(loose, grades),),)), words=False)
    assert "mistaken: sun is still not_met" in text
    assert "partly: sun is still not_met" in text


def test_a_list_is_short_unless_all_words_are_wanted(report: MutationReport) -> None:
    one = report.scored[0]
    many = replace(report, scored=(one,) * 7, read=((),) * 7)
    assert "and 2 more (--words lists them)" in as_terminal(many, words=False)
    assert "--words" not in as_terminal(many, words=True)


def test_what_nobody_could_notice_is_named_where_all_words_are_wanted(
    report: MutationReport,
) -> None:
    one = replace(report.scored[0], equivalent=report.scored[0].mutants[-1:])
    equal = replace(report, scored=(one,))
    assert "nobody could notice: pass mark 60 → 50" in as_terminal(equal, words=True)


def test_the_document_has_every_mutant(report: MutationReport) -> None:
    document = as_json(report)
    assert (document["noticed"], document["possible"], document["kill_rate"]) == (9, 15, 60.0)
    (rubric,) = document["rubrics"]
    assert rubric["missing"][0]["verdicts"] == {
        "moon": "met",
        "two-bulges": "met",
        "sun": "not_met",
        "wind": "present",
    }
    assert [(one["name"], one["noticed"]) for one in rubric["read"]] == [
        ("pad", True),
        ("remove-two-bulges", False),
        ("remove-sun", True),
        ("reorder", None),
    ]
    assert rubric["read"][2]["beside"] == [
        {"exemplar": "full", "part": "moon", "before": "met", "after": "not_met", "reason": "So."}
    ]


def test_markdown_has_tables_that_hold_together(report: MutationReport) -> None:
    lines = as_markdown(report, words=False).splitlines()
    assert lines[0] == "### Mutants: 9 of 15 (60.0 %) noticed by an exemplar"
    rows = [line for line in lines if line.startswith("|")]
    heads = [row for row in rows if set(row) <= set("| -:")]
    assert len(heads) == 3
    assert any("two-bulges is still met" in row for row in rows)
