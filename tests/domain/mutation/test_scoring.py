from answerbot.domain.mutation.missing import holes
from answerbot.domain.mutation.report import scored
from answerbot.domain.mutation.scoring import graded, notices, rubric_mutants
from answerbot.domain.rubric import parse_rubric
from tests.domain.mutation.made import FULL, TEXT, TIDES, judged, unjudged

UNNOTICED = [
    "moon no longer essential",
    "points of two-bulges and sun swapped",
    "two-bulges and sun merged",
    "misconception wind deleted",
    "pass mark 60 → 70",
    "pass mark 60 → 50",
]


def with_exemplar(text: str, name: str, verdicts: str) -> str:
    return f"{text}  - {{id: {name}, answer: {name}, verdicts: {{{verdicts}}}}}\n"


def test_every_place_that_can_go_wrong_has_its_mutant() -> None:
    mutants = [mutant.what for mutant in rubric_mutants(TIDES)]
    assert sorted(mutants) == sorted(
        [
            *(f"{id_} dropped" for id_ in ("moon", "two-bulges", "sun")),
            *(f"{id_} inverted" for id_ in ("moon", "two-bulges", "sun")),
            "points of moon and sun swapped",
            "moon and two-bulges merged",
            "moon and sun merged",
            *UNNOTICED,
        ]
    )


def test_what_no_exemplar_notices_is_told_with_the_exemplars_that_would() -> None:
    result = scored(TIDES, unjudged(TIDES))
    assert sorted(one.what for one in result.unnoticed) == sorted(UNNOTICED)
    assert str(result.rate) == "9 of 15 (60.0 %)"
    assert result.equivalent == ()
    first, second = result.missing
    assert first.what == (
        "an answer that meets moon and two-bulges but not sun, states wind and earns 60 %"
    )
    assert set(first.notices) == {*UNNOTICED[1:4], "pass mark 60 → 70"}
    assert second.what == "an answer that meets two-bulges and sun but not moon and earns 50 %"
    assert set(second.notices) == {UNNOTICED[0], "pass mark 60 → 50"}
    assert (first.passes, second.passes) == (True, False)


def test_with_the_missing_exemplars_every_mutant_is_noticed() -> None:
    text = with_exemplar(TEXT, "x", "moon: met, two-bulges: met, sun: not_met, wind: present")
    some = parse_rubric(text, "tides.yaml")
    assert str(scored(some, unjudged(some)).rate) == "13 of 15 (86.7 %)"
    text = with_exemplar(text, "y", "moon: not_met, two-bulges: met, sun: met, wind: absent")
    whole = parse_rubric(text, "tides.yaml")
    result = scored(whole, unjudged(whole))
    assert str(result.rate) == "15 of 15 (100.0 %)"
    assert (result.unnoticed, result.missing) == ((), ())


def test_the_verdicts_that_an_exemplar_got_count_and_not_its_labels() -> None:
    cases = unjudged(TIDES)
    cases[1] = judged(TIDES, TIDES.exemplars[1], {}, moon="not_met", **{"two-bulges": "met"})
    unnoticed = {one.what for one in scored(TIDES, cases).unnoticed}
    assert "points of two-bulges and sun swapped" not in unnoticed
    assert "points of moon and sun swapped" in unnoticed


def test_two_merged_criteria_are_essential_where_the_second_is() -> None:
    # Without the Sun the two are not met; the Moon alone earns 4, of which the cap leaves 2.
    text = TEXT.replace("cap: 50", "cap: 20").replace("essential: true, ", "")
    text = text.replace("id: sun, points: 2,", "id: sun, points: 2, essential: true,")
    second = parse_rubric(text, "tides.yaml")
    merged = next(m for m in rubric_mutants(second) if m.what == "two-bulges and sun merged")
    verdicts = {**FULL.verdicts, "sun": "not_met"}
    grade = graded(merged.rubric, merged.reading(verdicts))
    assert (grade.earned, grade.capped) == (2, True)


def test_what_nobody_could_notice_is_named_and_does_not_count() -> None:
    # Of 3 points 34 % and 44 % both take 2, and 24 % takes 1.
    text = TEXT.replace("pass: 60", "pass: 34").replace("points: 4", "points: 1")
    thirds = parse_rubric(text.replace("points: 2", "points: 1"), "tides.yaml")
    result = scored(thirds, unjudged(thirds))
    assert [one.what for one in result.equivalent] == ["pass mark 34 → 44"]
    assert result.rate.possible == len(result.mutants) - 1
    assert all("34 → 44" not in what for one in result.missing for what in one.notices)


def test_a_step_is_asked_for_where_all_or_nothing_does_not_do() -> None:
    # Points come in twos, so only half of a criterion makes the 5 of 6 that 75 % is and 85 % not.
    text = TEXT.replace("pass: 60", "pass: 75").replace("points: 4", "points: 2")
    text = text.replace("id: sun, points: 2,", "id: sun, points: 2, partial: Other bodies count,")
    halves = parse_rubric(text, "tides.yaml")
    raised = [one for one in rubric_mutants(halves) if one.what == "pass mark 75 → 85"]
    found = holes(halves, raised)
    assert found.equivalent == ()
    assert [one.what for one in found.missing] == [
        "an answer that meets moon, two-bulges and sun (partial) and earns 83 %"
    ]


def test_a_mutant_is_scored_by_the_rule_that_grades_candidates() -> None:
    inverted = next(one for one in rubric_mutants(TIDES) if one.what == "moon inverted")
    verdicts = inverted.reading(FULL.verdicts)
    grade = graded(inverted.rubric, verdicts)
    assert (grade.earned, grade.capped) == (5, True)
    assert notices(inverted, FULL.verdicts, TIDES, graded(TIDES, FULL.verdicts))
