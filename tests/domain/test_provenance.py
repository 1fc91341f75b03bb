import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerbot.domain.provenance import Provenance, digest, read_note

KEY = "0123456789ab"


@pytest.mark.parametrize(
    "provenance",
    [
        Provenance("accepted", ("references", "claims"), KEY, digest("x")),
        Provenance("accepted", (), KEY, digest("x")),
        Provenance("accepted", ("claims", "rubric 9/10"), KEY, digest("x")),
        Provenance("needs review", ("claims",), KEY, digest("x"), 'called wrong: "O(n) (or so)"'),
    ],
)
def test_a_note_is_read_as_it_was_written(provenance: Provenance) -> None:
    assert read_note(provenance.note()) == provenance


@given(st.text())
def test_no_reason_breaks_the_comment_it_stands_in(why: str) -> None:
    comment = Provenance("needs review", ("claims",), KEY, digest("x"), why).comment()
    assert comment.startswith("<!-- ")
    assert comment.endswith(" -->")
    inside = comment[4:-3]
    assert "--" not in inside
    assert ">" not in inside
    assert len(comment.splitlines()) == 1
    found = read_note(comment.removeprefix("<!-- answerbot: ").removesuffix(" -->"))
    assert found is not None
    assert found.digest == digest("x")


@pytest.mark.parametrize("note", [None, "", "accepted", "fine; checks: none; key x; text y"])
def test_a_comment_of_somebody_else_is_no_note(note: str | None) -> None:
    assert read_note(note) is None


def test_a_changed_answer_is_not_covered() -> None:
    provenance = Provenance("accepted", (), KEY, digest("as written"))
    assert provenance.covers("as written")
    assert not provenance.covers("as written!")
