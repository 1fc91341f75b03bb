from collections.abc import Sequence

import pytest

from answerbot.domain.baseline import RubricState
from answerbot.domain.check import Case, Checked, Gate, disagreements, statistics
from answerbot.domain.errors import Location
from answerbot.domain.gates import Limits, gates
from answerbot.domain.grade import Slip, Ungraded, Verdict, score
from answerbot.domain.lint import Complaint
from answerbot.domain.regression import Comparison, compare
from answerbot.domain.rubric import Exemplar
from answerbot.domain.strict_yaml import read_yaml
from tests.rubrics import CLIPPING, CLIPPING_TEXT
from tests.states import exemplar_state, judged, rubric_state

FULL, PARTLY, MISTAKEN, PARROTED = CLIPPING.exemplars
DOCUMENT = read_yaml(CLIPPING_TEXT, "rubrics/clipping.yaml", "rubric")


def case(exemplar: Exemplar, **otherwise: str) -> Case:
    """The exemplar judged as labelled, but for the verdicts named."""
    said = exemplar.verdicts | otherwise
    verdicts = [Verdict(c, said[c.id], (), f"On {c.id}.") for c in CLIPPING.criteria]  # type: ignore[arg-type]
    slips = [Slip(m, (), "") for m in CLIPPING.misconceptions if said[m.id] == "present"]
    return Case(CLIPPING, exemplar, score(CLIPPING, verdicts, slips))


def checked(
    cases: Sequence[Case],
    before: RubricState | None = None,
    comparison: Comparison | None = None,
) -> Checked:
    found = comparison or Comparison(known=True)
    return Checked(CLIPPING, DOCUMENT, tuple(cases), before, rubric_state(), found)


def all_cases(**of_full: str) -> list[Case]:
    return [case(FULL, **of_full), *map(case, (PARTLY, MISTAKEN, PARROTED))]


def test_the_labels_have_a_grade_of_their_own() -> None:
    # what 4 + why 4 + when 2; partly: half of 4 and the level worth 3.
    assert [one.expected.earned for one in all_cases()] == [10, 5, 0, 0]


def test_agreement_counts_criteria_and_misconceptions_apart() -> None:
    figures = statistics([checked(all_cases(when="not_met", cure="present"))])
    assert figures.criteria.value == pytest.approx(11 / 12)
    assert figures.criteria.n == 12
    assert figures.misconceptions.value == pytest.approx(3 / 4)
    # Full has 10 - 2 - 2 of 10 now, so that its fraction is off by 0.4.
    assert figures.error.value == pytest.approx(0.4 / 4)
    assert figures.exact == 3


def test_what_nobody_judged_counts_in_no_figure() -> None:
    cases = [*all_cases(), Case(CLIPPING, FULL, None), Case(CLIPPING, FULL, Ungraded("no"))]
    assert statistics([checked(cases)]).criteria.n == 12


def test_each_verdict_against_its_label_is_a_disagreement() -> None:
    (found,) = disagreements(all_cases(when="not_met"))
    assert (found.part, found.expected, found.actual) == ("when", "met", "not_met")
    assert found.case.reasons["when"] == "On when."


def test_verdicts_right_before_and_wrong_now_are_paired() -> None:
    before = rubric_state(
        exemplars={
            "full": exemplar_state(judged()).model_copy(
                update={
                    "expected": FULL.verdicts,
                    "judged": judged().model_copy(update={"verdicts": dict(FULL.verdicts)}),
                }
            )
        }
    )
    paired = statistics([checked(all_cases(when="not_met"), before)]).paired
    assert (paired.worse, paired.better, paired.method) == (1, 0, "too few to tell")


def test_a_criterion_that_goes_with_the_rest_discriminates() -> None:
    figures = statistics([checked(all_cases())])
    by_criterion = {one.criterion: one for one in figures.discrimination}
    # when: 2, 0, 0, 0 points beside 8, 5, 0, 0 of the others; 9.5 / √(3 · 46.75).
    assert by_criterion["when"].value == pytest.approx(9.5 / (3 * 46.75) ** 0.5)
    assert by_criterion["when"].met == pytest.approx(1 / 4)


def test_a_criterion_that_is_always_the_same_has_no_discrimination() -> None:
    figures = statistics([checked([case(PARROTED), case(MISTAKEN)])])
    assert {one.value for one in figures.discrimination} == {None}


def failing(found: Checked, *complaints: Complaint, **limits: object) -> set[str]:
    figures = statistics([found])
    chosen = Limits(**limits)  # type: ignore[arg-type]
    return {gate.name for gate in gates([found], complaints, figures, chosen) if gate.fails}


def test_exemplars_as_labelled_pass_every_gate() -> None:
    assert failing(checked(all_cases())) == set()


@pytest.mark.parametrize(
    ("severity", "limit", "fails"),
    [
        ("error", "error", True),
        ("warning", "error", False),
        ("warning", "warning", True),
        ("error", "off", False),
    ],
)
def test_complaints_fail_from_the_severity_that_is_set(
    severity: str, limit: str, fails: bool
) -> None:
    complaint = Complaint("vague-word", severity, "vague", Location("a.yaml", 1))  # type: ignore[arg-type]
    assert failing(checked(all_cases()), complaint, lint=limit) == ({"lint"} if fails else set())


def test_what_the_baseline_does_not_know_fails_unless_that_is_allowed() -> None:
    new = checked(all_cases(), comparison=compare(None, rubric_state()))
    assert failing(new) == {"baseline"}
    assert failing(new, baseline=False) == set()
    other = {"other": exemplar_state(judged())}
    renamed = compare(rubric_state(), rubric_state(exemplars=other))
    assert failing(checked(all_cases(), comparison=renamed)) == {"baseline"}


def test_a_rubric_that_is_gone_fails() -> None:
    one = checked(all_cases())
    found = gates([one], (), statistics([one]), Limits(), ["tea"])
    assert {gate.name for gate in found if gate.fails} == {"baseline"}


def test_a_stale_exemplar_fails_unless_that_is_allowed() -> None:
    found = compare(rubric_state(), rubric_state(exemplars={"full": exemplar_state(None)}))
    one = checked(all_cases(), comparison=found)
    assert failing(one) == {"stale"}
    assert failing(one, stale=False) == set()


def test_an_exemplar_without_a_grade_always_fails() -> None:
    cases = [*all_cases(), Case(CLIPPING, FULL, Ungraded("no"))]
    assert failing(checked(cases)) == {"unjudged"}


def test_a_flip_fails_unless_that_is_allowed() -> None:
    now = judged(7, writes="not_met", reply="other")
    after = rubric_state(exemplars={"full": exemplar_state(now)})
    one = checked(all_cases(), comparison=compare(rubric_state(), after))
    assert failing(one) == {"flips", "scores"}
    assert failing(one, flips=False, scores="off") == set()


def test_a_score_that_no_edit_explains_fails_and_an_explained_one_only_where_asked() -> None:
    by_code = compare(rubric_state(exemplars={"full": exemplar_state(judged(9))}), rubric_state())
    assert failing(checked(all_cases(), comparison=by_code)) == {"scores"}
    by_points = compare(
        rubric_state(),
        rubric_state(
            cap=50,
            criteria=rubric_state().model_dump()["criteria"]
            | {"keeps": {"points": 2, "text": "k"}},
            exemplars={"full": exemplar_state(judged(8))},
        ),
    )
    one = checked(all_cases(), comparison=by_points)
    assert failing(one) == set()
    assert failing(one, scores="any") == {"scores"}
    assert failing(one, scores="off") == set()


def test_agreement_below_the_floor_fails() -> None:
    one = checked(all_cases(when="not_met", why="not_met"))  # 10 of 12 as labelled
    assert failing(one) == {"agreement"}
    assert failing(one, agreement=80) == set()


def test_a_gate_that_is_off_is_told_and_fails_nothing() -> None:
    assert not Gate("stale", passed=False, what="1 exemplar", on=False).fails
