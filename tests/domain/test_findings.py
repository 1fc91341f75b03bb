from answerbot.domain.bank import QuestionId
from answerbot.domain.evidence import Evidence
from answerbot.domain.findings import Finding, Kind, Wrong, without_repeats


def finding(
    kind: Kind = "false_claim",
    wrong: Wrong = "draft",
    claim: str | None = "gates add gradients",
    start: int = 0,
    quote: str | None = None,
    fix: str = "",
) -> Finding:
    return Finding(
        kind=kind,
        wrong=wrong,
        claim=Evidence(claim, start, start + len(claim)) if claim else None,
        reference_id=QuestionId("rnn-100/4") if quote else None,
        reference_quote=quote,
        explanation="",
        fix=fix,
    )


def test_only_a_statement_of_the_answer_that_is_called_wrong_is_an_error() -> None:
    assert finding("false_claim", "draft").is_error
    assert finding("contradiction", "draft", quote="x").is_error
    assert not finding("contradiction", "reference", quote="x").is_error
    assert not finding("unsupported_claim", "unclear").is_error
    assert not finding("omission", "draft", claim=None, fix="say more").is_error


def test_the_same_objection_of_two_reads_stands_once() -> None:
    contradiction = finding("contradiction", quote="they multiply")
    assert without_repeats([contradiction, finding("false_claim")]) == (contradiction,)


def test_two_objections_to_overlapping_words_both_stand() -> None:
    both = (finding(claim="gates add gradients"), finding(claim="add gradients", start=6))
    assert without_repeats(both) == both


def test_blaming_the_reference_does_not_repeat_blaming_the_answer() -> None:
    both = (finding("contradiction", "reference", quote="x"), finding("contradiction", quote="x"))
    assert without_repeats(both) == both


def test_an_objection_to_a_part_of_the_words_is_heard_again_in_a_later_text() -> None:
    rejected = finding(claim="gates add gradients over time", start=40)
    assert finding(claim="add gradients", start=3).echoes(rejected)
    assert not finding(claim="gates multiply").echoes(rejected)


def test_omissions_are_told_apart_by_the_reference_or_by_what_is_missing() -> None:
    one = finding("omission", claim=None, quote="use clipping")
    other = finding("omission", claim=None, quote="use gates")
    assert without_repeats([one, other, one]) == (one, other)
    first = finding("omission", claim=None, fix="the cause")
    second = finding("omission", claim=None, fix="a remedy")
    assert without_repeats([first, second, first]) == (first, second)
    assert not first.echoes(one)
