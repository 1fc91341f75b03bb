from dataclasses import replace

from answerbot.domain.check import Case
from answerbot.domain.grade import Outcome, Ungraded
from answerbot.domain.mutation.answers import answer_mutants
from answerbot.domain.mutation.loosening import loosened_mutants
from answerbot.domain.mutation.reading import NoGrade, Read, ReadMutant, read
from answerbot.domain.mutation.report import MutationReport, scored
from tests.domain.mutation.made import FULL, QUOTES, TIDES, judged, unjudged

CASE = judged(TIDES, FULL, QUOTES)
MUTANTS = {one.name: one for one in answer_mutants(CASE)}
LOOSE = {one.name: one for one in loosened_mutants(TIDES, unjudged(TIDES))}


def outcome(case: Case = CASE, **other: str) -> Outcome | None:
    """What the judge makes of a mutant: as before but for these verdicts."""
    told = {id_.replace("_", "-"): verdict for id_, verdict in other.items()}
    return judged(TIDES, case.exemplar, QUOTES, **told).outcome


def moved(result: Read) -> list[str]:
    return [move.part for move in result.beside]


def test_a_removal_is_noticed_where_its_criterion_falls() -> None:
    result = read(MUTANTS["remove-sun"], [outcome(sun="not_met")])
    assert (result.noticed, result.kept, result.beside) == (True, (), ())


def test_a_removal_that_moves_nothing_tells_what_the_judge_still_finds() -> None:
    result = read(MUTANTS["remove-sun"], [outcome()])
    assert result.noticed is False
    assert [(move.part, move.after, move.reason) for move in result.kept] == [("sun", "met", "So.")]


def test_what_moves_beside_is_told() -> None:
    result = read(MUTANTS["remove-sun"], [outcome(sun="not_met", moon="not_met", wind="present")])
    assert result.noticed is True
    assert moved(result) == ["moon", "wind"]


def test_a_denial_may_state_a_misconception() -> None:
    result = read(MUTANTS["negate-sun"], [outcome(sun="not_met", wind="present")])
    assert (result.noticed, result.beside) == (True, ())


def test_all_criteria_of_one_sentence_have_to_fall() -> None:
    quotes = QUOTES | {"sun": QUOTES["moon"]}
    mutants = {one.name: one for one in answer_mutants(judged(TIDES, FULL, quotes))}
    both = mutants["remove-moon-sun"]
    assert read(both, [outcome(moon="not_met", sun="not_met")]).noticed is True
    assert read(both, [outcome(moon="not_met")]).noticed is False


def test_harmless_changes_move_nothing() -> None:
    assert read(MUTANTS["pad"], [outcome()]).noticed is True
    result = read(MUTANTS["reorder"], [outcome(two_bulges="not_met")])
    assert result.noticed is False
    assert moved(result) == ["two-bulges"]


def loosely(mutant: ReadMutant, *verdicts: str) -> list[Outcome | None]:
    return [
        outcome(reading.case, sun=verdict)
        for reading, verdict in zip(mutant.readings, verdicts, strict=True)
    ]


def test_one_exemplar_that_rises_notices_a_loosened_criterion() -> None:
    mutant = LOOSE["loosen-sun"]
    assert read(mutant, loosely(mutant, "not_met", "met")).noticed is True
    assert read(mutant, loosely(mutant, "not_met", "not_met")).noticed is False


def test_what_nobody_read_is_neither_noticed_nor_missed() -> None:
    assert read(MUTANTS["pad"], [None]).noticed is None
    mutant = LOOSE["loosen-sun"]
    first, second = loosely(mutant, "not_met", "met")
    assert read(mutant, [first, None]).noticed is None
    assert read(mutant, [None, second]).noticed is True


def test_what_got_no_grade_was_read_and_is_not_as_it_should_be() -> None:
    nothing = Ungraded("it has 40,000 characters", "Too much.")
    for name in ("pad", "reorder", "paraphrase", "remove-sun", "negate-sun"):
        result = read(MUTANTS[name], [nothing])
        assert (result.noticed, result.kept, result.beside) == (False, (), ()), name
        assert result.ungraded == (NoGrade("full", "it has 40,000 characters", "Too much."),)


def test_a_loosened_criterion_is_noticed_by_one_exemplar_though_another_got_no_grade() -> None:
    mutant = LOOSE["loosen-sun"]
    _, second = loosely(mutant, "not_met", "met")
    assert read(mutant, [Ungraded("no"), second]).noticed is True
    assert read(mutant, [Ungraded("no"), None]).noticed is None


def test_a_report_counts_the_two_kinds_apart_and_shows_the_worst_first() -> None:
    fine = replace(scored(TIDES, [CASE]), unnoticed=(), missing=())
    holed = scored(TIDES, unjudged(TIDES))
    results = (
        read(MUTANTS["remove-sun"], [outcome(sun="not_met", moon="not_met")]),
        read(MUTANTS["pad"], [outcome(sun="not_met")]),
        read(MUTANTS["reorder"], [None]),
    )
    report = MutationReport((fine, holed), (results, ()))
    assert str(report.rate) == "24 of 30 (80.0 %)"
    assert str(report.read_rate) == "1 of 2 (50.0 %)"
    assert report.unread == 1
    assert [one for one, _ in report.worst_first()] == [holed, fine]
    assert [(kind, rate.noticed, beside) for kind, rate, beside in report.kinds()] == [
        ("remove", 1, 1),
        ("pad", 0, 0),
    ]
