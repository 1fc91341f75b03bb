from __future__ import annotations

from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerbot.domain.decisions import hash_of
from answerbot.domain.grade import Flag
from answerbot.domain.promotion import NoExemplarError, exemplar_of, promote
from answerbot.domain.rubric import Exemplar, parse_rubric
from tests.cli.reports.made import ANSWER, TEA, graded, ungraded
from tests.rubrics import CLIPPING, CLIPPING_TEXT

LABELS = {"what": "met", "why": "level_2", "when": "not_met", "cure": "absent"}
NEW = Exemplar.model_validate(
    {"id": "reviewed-00000000", "answer": "Shrink it.", "verdicts": LABELS}
)
BLOCK = """\
  - id: reviewed-00000000
    answer: |-
      Shrink it.
    verdicts:
      what: met
      why: level_2
      when: not_met
      cure: absent
"""
ANSWERS = [
    "One line.",
    "Two\nlines, and an end.\n",
    "  It starts with spaces,\n\n\n    and goes on.",
    "\n\nIt starts with nothing.",
    "It ends with nothing.\n\n\n",
    "A\ttab, a trailing space \nand a carriage return\r\nthen more",
    "# no comment\n- no item\n---\n...\nkey: value\n%YAML 1.2",
    "'single' \"double\" \\ back\\slash {{ x }} &a *b !c",
    "\x1b[31mred\x07 \x00 nul \x85 \u2028 \u2029 \ufeff",
    "emoji 😀 \U000e0041, ∑ ‖g‖, ünï, \u202eright to left",
    "\tIt starts with a tab.",
    "x" * 5000,
]
SHIPPED = sorted((Path(__file__).parents[2] / "rubrics").glob("*.yaml"))


def with_answer(text: str) -> Exemplar:
    return NEW.model_copy(update={"answer": text})


def only_added(before: str, after: str) -> str:
    """What stands in `after` besides all of `before`, which it has in one or two pieces."""
    start = next(
        (at for at, pair in enumerate(zip(before, after, strict=False)) if len(set(pair)) > 1),
        len(before),
    )
    rest = len(before) - start
    assert after.endswith(before[start:])
    return after[start : len(after) - rest]


def test_an_exemplar_is_put_behind_the_last_one() -> None:
    assert promote(CLIPPING_TEXT, "clipping.yaml", NEW) == CLIPPING_TEXT + BLOCK


@pytest.mark.parametrize("text", ANSWERS)
def test_every_answer_reads_back_as_the_same_text(text: str) -> None:
    written = promote(CLIPPING_TEXT, "clipping.yaml", with_answer(text))
    assert written.startswith(CLIPPING_TEXT)
    after = parse_rubric(written, "clipping.yaml")
    assert after.exemplars[:-1] == CLIPPING.exemplars
    assert after.exemplars[-1].answer == text
    assert after.exemplars[-1].verdicts == LABELS


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=200).filter(str.strip))
def test_whatever_the_answer_is_the_file_stays_as_it_was(text: str) -> None:
    written = promote(CLIPPING_TEXT, "clipping.yaml", with_answer(text))
    assert written.startswith(CLIPPING_TEXT)
    assert parse_rubric(written, "clipping.yaml").exemplars[-1].answer == text


ENDS = ("LF", "CRLF", "no final newline", "a comment at the end")


@pytest.mark.parametrize(("path", "ends"), list(zip(SHIPPED, cycle(ENDS), strict=False)))
def test_every_other_byte_of_every_shipped_rubric_stays(path: Path, ends: str) -> None:
    text = path.read_bytes().decode()
    text = {
        "LF": text,
        "CRLF": text.replace("\n", "\r\n"),
        "no final newline": text.rstrip("\n"),
        "a comment at the end": f"{text}# the end\n",
    }[ends]
    before = parse_rubric(text, path.name)
    new = Exemplar(id="reviewed-1", answer=ANSWERS[2], verdicts=before.exemplars[0].verdicts)
    written = promote(text, path.name, new)
    assert len(only_added(text, written)) == len(written) - len(text)
    after = parse_rubric(written, path.name)
    assert after.model_copy(update={"exemplars": before.exemplars}) == before
    assert after.exemplars[:-1] == before.exemplars
    assert (after.exemplars[-1].answer, after.exemplars[-1].verdicts) == (new.answer, new.verdicts)
    assert ("\r\n" in written) == (ends == "CRLF")
    assert written.replace("\r\n", "").count("\r") == 0


def test_what_stands_behind_the_exemplars_stays_behind_them() -> None:
    head, exemplars = CLIPPING_TEXT.split("exemplars:\n")
    title = "title: Gradient clipping\n"
    text = f"exemplars:\n{exemplars}  # on the last one\n\n# The head.\n{head}"
    written = promote(text, "clipping.yaml", NEW)
    assert written == f"exemplars:\n{exemplars}{BLOCK}  # on the last one\n\n# The head.\n{head}"
    assert title in written


def test_a_comment_on_the_last_line_of_the_exemplars_stays_on_it() -> None:
    text = CLIPPING_TEXT.rstrip("\n") + "  # parroted\n"
    assert promote(text, "clipping.yaml", NEW) == text + BLOCK


def test_lists_that_are_not_indented_stay_so() -> None:
    head, exemplars = CLIPPING_TEXT.split("exemplars:\n")
    flat = "".join(line[2:] for line in exemplars.splitlines(keepends=True))
    added = "".join(line[2:] for line in BLOCK.splitlines(keepends=True))
    text = f"{head}exemplars:\n{flat}"
    assert promote(text, "clipping.yaml", NEW) == text + added


def test_dashes_that_stand_apart_stay_so() -> None:
    head, exemplars = CLIPPING_TEXT.split("exemplars:\n")
    wide = exemplars.replace("  - id", "  -   id").replace("\n    ", "\n      ")
    text = f"{head}exemplars:\n{wide}"
    added = promote(text, "clipping.yaml", NEW).removeprefix(text)
    assert added.startswith("  -   id: reviewed-00000000\n      answer: |-\n        Shrink it.\n")


@pytest.mark.parametrize("end", ["]", "\n  ]", ",\n  ]", ", # the last\n  ]"])
def test_exemplars_between_brackets_stay_between_them(end: str) -> None:
    head, _ = CLIPPING_TEXT.split("exemplars:\n")
    items = ", ".join(
        f"{{id: {one.id}, answer: '{one.answer.strip()}', verdicts: "
        f"{{{', '.join(f'{id_}: {label}' for id_, label in one.verdicts.items())}}}}}".replace(
            "\n", "\n\n"
        )
        for one in CLIPPING.exemplars
    )
    text = f"{head}exemplars: [{items}{end}\n"
    written = promote(text, "clipping.yaml", with_answer(ANSWERS[1]))
    only_added(text, written)
    assert written.endswith(f"{end}\n")
    assert parse_rubric(written, "clipping.yaml").exemplars[-1].answer == ANSWERS[1]


def test_an_answer_that_is_an_exemplar_is_not_added_again() -> None:
    (first, *_) = CLIPPING.exemplars
    same = first.model_copy(update={"id": "reviewed-1", "answer": first.answer.strip()})
    with pytest.raises(NoExemplarError, match=r"it is the exemplar full already$"):
        promote(CLIPPING_TEXT, "clipping.yaml", same)
    other = same.model_copy(update={"verdicts": dict(LABELS)})
    with pytest.raises(NoExemplarError, match="full already, with other verdicts"):
        promote(CLIPPING_TEXT, "clipping.yaml", other)


def test_an_id_that_is_taken_gets_more_digits() -> None:
    digest = hash_of("Shrink it.")
    taken = CLIPPING_TEXT.replace("id: parroted", f"id: reviewed-{digest[:8]}")
    new = NEW.model_copy(update={"id": f"reviewed-{digest[:8]}"})
    after = parse_rubric(promote(taken, "clipping.yaml", new), "clipping.yaml")
    assert after.exemplars[-1].id == f"reviewed-{digest[:9]}"


def test_an_exemplar_has_every_verdict_and_nothing_of_the_candidate() -> None:
    one = graded(1, ("met", "level_1", "not_met"), slip="Boil the leaves again")
    exemplar = exemplar_of(one, TEA.questions[0])
    assert exemplar.answer == ANSWER
    assert exemplar.verdicts == {
        "hot-water": "met",
        "three-minutes": "level_1",
        "take-the-leaves-out": "not_met",
        "boil-the-leaves": "present",
    }
    assert exemplar.id == f"reviewed-{hash_of(ANSWER)[:8]}"


def test_an_answer_to_another_question_of_the_rubric_becomes_no_exemplar() -> None:
    with pytest.raises(NoExemplarError, match=r"it answers tea/2, .* answers to tea/1, the first"):
        exemplar_of(graded(2), TEA.questions[0])


def test_what_is_in_doubt_becomes_no_exemplar() -> None:
    doubt = Flag("split-vote", "the votes differ", about=("hot-water",))
    for one, why in (
        (graded(1, flags=[doubt]), "not all of it is decided"),
        (graded(1, estimate=True), "some of its verdicts are estimates"),
        (ungraded(1, "no reply"), "not all of it is decided"),
        (graded(1, text="  "), "there is no answer"),
    ):
        with pytest.raises(NoExemplarError, match=why):
            exemplar_of(one, TEA.questions[0])
