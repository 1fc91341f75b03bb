"""The screen, driven with keys; what is asserted is what a person would see, and what is kept."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from answerbot.cli.review_screen import ReviewScreen
from answerbot.cli.review_session import Review
from answerbot.domain.decisions import Decision, Decisions, Entry, Undo, believed
from answerbot.domain.errors import NotFinishedError
from answerbot.domain.grade import Flag
from answerbot.domain.submission import Graded
from tests.cli.reports.made import HOSTILE, graded, ungraded

HOT = Flag("split-vote", "hot-water: the votes differ: 2 met, 1 not_met", about=("hot-water",))
LEAVES = Flag("no-evidence", "take-the-leaves-out: called met", about=("take-the-leaves-out",))
TWO = (
    graded(
        1,
        ("met", "level_2", "not_met"),
        quotes={"hot-water": ["just off the boil"], "three-minutes": ["three minutes"]},
        reasons={"hot-water": "Off the boil is asked for.", "take-the-leaves-out": "They stay."},
        slip="Boil the leaves again",
        flags=[HOT, LEAVES],
    ),
    graded(2, candidate="Bob", flags=[HOT], question="Why three minutes?"),
)


class Kept:
    """What was written, as a file would have it; a full disk where that is wanted."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.full = False

    def __call__(self, *entries: Entry) -> None:
        if self.full:
            raise NotFinishedError("the decision cannot be written: No space left on device")
        self.entries += entries

    @property
    def decided(self) -> list[tuple[str, str | None]]:
        return [(one.criterion, one.after) for one in self.entries if isinstance(one, Decision)]


def review(items: Sequence[Graded] = TWO) -> tuple[Review, Kept]:
    kept = Kept()
    return Review(items, Decisions(), kept, reviewer="eve"), kept


def shown(app: ReviewScreen) -> str:
    """The text of the screen, line by line."""
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in lines)


async def after(
    session: Review, *keys: str, size: tuple[int, int] = (100, 30)
) -> tuple[str, ReviewScreen]:
    """The screen once these keys were pressed."""
    app = ReviewScreen(session)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        return shown(app), app


async def test_an_answer_is_shown_with_its_evidence_its_doubts_and_the_judges_reason() -> None:
    session, _ = review()
    text, _ = await after(session, size=(140, 30))
    for words in (
        "Ada, tea/1",
        "1 of 2, 2 open",
        "4 of 10, 40 %",
        "fails at 60 %",
        "? to review",
        "How is tea steeped?",
        "just off the boil[1]",
        "minutes[2]",
        "Boil the leaves again[A]",
        "! hot-water: the votes differ: 2 met, 1 not_met",
        "judge: Off the boil is asked for.",
        "1 met  2 partly met  3 not met",
    ):
        assert words in text


async def test_confirming_keeps_the_verdict_and_goes_to_the_next_doubt() -> None:
    session, kept = review()
    text, _ = await after(session, "y")
    assert kept.decided == [("hot-water", "met")]
    assert "judge: They stay." in text
    assert "Hot water  human" in text


async def test_what_is_kept_says_who_when_what_and_about_which_answer() -> None:
    session, kept = review()
    await after(session, "3")
    (made,) = kept.entries
    assert isinstance(made, Decision)
    assert (made.by, made.candidate, made.question, made.rubric) == ("eve", "Ada", "tea/1", "tea")
    assert (made.before, made.after, made.comment) == ("met", "not_met", None)
    assert made.at.startswith("20")
    assert len(made.answer) == 64


async def test_score_and_standing_follow_what_is_decided() -> None:
    session, _ = review()
    text, _ = await after(session, "y", "1")
    assert "7 of 10, 70 %" in text
    assert "passes at 60 %" in text
    assert "✓ graded" in text
    assert "1 of 2, 1 open" in text


async def test_overturning_shows_what_the_judge_had_said() -> None:
    session, kept = review()
    text, _ = await after(session, "down", "down", "o", "up")
    assert kept.decided == [("take-the-leaves-out", "met")]
    to_it = ("down", "down", "down")
    text, _ = await after(session, *to_it, "o", *to_it, size=(140, 30))
    assert kept.decided[1:] == [("boil-the-leaves", "absent")]
    assert "not stated (costs 2)  human (judge: stated)" in text


async def test_of_several_verdicts_one_is_chosen_from_a_list() -> None:
    session, kept = review()
    text, _ = await after(session, "down", "o")
    for words in ("1 ✓ met, 3 of 3", "2 ◐ level 2, 2 of 3  as it is", "Two to four minutes."):
        assert words in text
    await after(session, "down", "o", "down", "down", "enter")
    assert kept.decided == [("three-minutes", "level_1")]
    await after(session, "down", "o", "4")
    assert kept.decided[1:] == [("three-minutes", "not_met")]
    await after(session, "down", "o", "escape")
    assert len(kept.decided) == 2


async def test_a_digit_that_stands_for_no_verdict_does_nothing() -> None:
    session, kept = review()
    await after(session, "5")
    assert kept.entries == []


async def test_a_comment_is_kept_and_decides_nothing() -> None:
    session, kept = review()
    text, _ = await after(session, "c", *"See line 2", "enter")
    (made,) = kept.entries
    assert isinstance(made, Decision)
    assert (made.after, made.comment) == (None, "See line 2")
    assert "eve: See line 2" in text
    assert session.is_open(0)
    await after(session, "c", *"never", "escape")
    assert len(kept.entries) == 1


async def test_accepting_confirms_all_that_nobody_decided() -> None:
    session, kept = review()
    text, _ = await after(session, "3", "a")
    assert kept.decided == [
        ("hot-water", "not_met"),
        ("three-minutes", "level_2"),
        ("take-the-leaves-out", "not_met"),
        ("boil-the-leaves", "present"),
    ]
    assert "✓ graded" in text
    text, _ = await after(session, "a")
    assert "all of it is decided already" in text


async def test_undo_takes_back_step_by_step_wherever_it_was() -> None:
    session, kept = review()
    text, _ = await after(session, "3", "a", "n", "y", "u")
    assert "Bob, tea/2" in text
    assert "taken back" in text
    text, _ = await after(session, "u")
    assert "Ada, tea/1" in text
    assert "1 of 2, 2 open" in text
    assert believed(session.now(0))["hot-water"] == "not_met"
    await after(session, "u")
    assert session.now(0) == TWO[0]
    assert sum(isinstance(entry, Undo) for entry in kept.entries) == 5
    text, _ = await after(session, "u")
    assert "there is nothing to take back" in text


async def test_undo_reaches_what_was_decided_before_the_review() -> None:
    first, kept = review()
    await after(first, "3")
    later = Review(TWO, Decisions(kept.entries), kept, reviewer="bob")
    await after(later, "u")
    assert later.now(0) == TWO[0]


async def test_skipping_leaves_an_answer_open_and_goes_round() -> None:
    session, kept = review()
    text, _ = await after(session, "s")
    assert "Bob, tea/2" in text
    text, _ = await after(session, "s", "s")
    assert "Ada, tea/1" in text
    assert kept.entries == []
    text, _ = await after(session, "a", "s", "s")
    assert "no other answer is open" in text


@pytest.mark.parametrize(("keys", "name"), [("n", "Bob"), ("right", "Bob"), ("pp", "Ada")])
async def test_every_answer_can_be_gone_to(keys: str, name: str) -> None:
    session, _ = review()
    text, _ = await after(session, *([keys] if len(keys) > 2 else keys))
    assert f"{name}, tea/" in text


async def test_what_nobody_could_grade_gets_its_verdicts_from_a_person() -> None:
    session, kept = review([ungraded(1, "the judge gave no usable reply")])
    text, _ = await after(session, "y")
    assert "not graded: the judge gave no usable reply" in text
    assert "there is no verdict to confirm" in text
    text, _ = await after(session, "a")
    assert "there are no verdicts to accept" in text
    assert kept.entries == []
    text, _ = await after(session, "1", "up")
    assert "▸ 1 ✓ Hot water" in text
    assert "met, 4 of 4  human" in text
    assert "2 ? Three minutes" in text
    text, _ = await after(session, "2", "2")
    assert kept.decided == [
        ("hot-water", "met"),
        ("three-minutes", "level_2"),
        ("take-the-leaves-out", "not_met"),
    ]
    assert "6 of 10, 60 %" in text
    assert "✓ graded" in text


async def test_a_full_disk_is_told_and_nothing_counts_that_is_not_kept() -> None:
    session, kept = review()
    kept.full = True
    text, _ = await after(session, "3")
    assert "No space left on device" in text
    assert session.now(0) == TWO[0]
    kept.full = False
    await after(session, "3")
    kept.full = True
    text, _ = await after(session, "u")
    assert "No space left on device" in text
    assert believed(session.now(0))["hot-water"] == "not_met"


async def test_help_lists_every_key_and_goes_away() -> None:
    session, _ = review()
    text, _ = await after(session, "question_mark", size=(80, 24))
    for words in ("confirm the verdict", "overturn it", "undo", "skip", "scroll", "quit"):
        assert words in text
    text, _ = await after(session, "question_mark", "escape")
    assert "Ada, tea/1" in text
    assert "overturn it" not in text


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("ctrl+c", 130)])
async def test_leaving_has_an_exit_code(key: str, code: int) -> None:
    session, _ = review()
    _, app = await after(session, key)
    assert app.return_value == code


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 15), (160, 50)])
async def test_whatever_the_size_all_of_the_screen_is_there(size: tuple[int, int]) -> None:
    session, _ = review()
    text, _ = await after(session, size=size)
    lines = text.split("\n")
    assert len(lines) == size[1]
    assert all(len(line) <= size[0] for line in lines)
    for words in ("Ada, tea/1", "4 of 10", "just off the boil", "Hot water", "y confirm"):
        assert words in " ".join(text.split())


async def test_at_80_by_24_all_keys_are_named() -> None:
    session, _ = review()
    text, _ = await after(session, size=(80, 24))
    last = text.split("\n")[-1]
    assert " ".join(last.split()) == (
        "y confirm o overturn a accept all c comment u undo s skip ? help q quit"
    )


async def test_a_long_answer_scrolls_and_opens_at_the_words_in_question() -> None:
    long = "\n".join(f"This is line {number}." for number in range(200))
    one = graded(1, text=long, quotes={"hot-water": ["line 150"]}, flags=[HOT])
    session, _ = review([one])
    text, _ = await after(session, size=(80, 24))
    assert "This is line 150" in text
    text, _ = await after(session, "home", size=(80, 24))
    assert "This is line 0." in text
    text, _ = await after(session, "home", "pagedown", size=(80, 24))
    assert "This is line 0." not in text
    assert "This is line 16." in text
    text, _ = await after(session, "end", size=(80, 24))
    assert "This is line 199." in text


async def test_a_long_criterion_can_be_read_from_its_beginning() -> None:
    reason = "So it goes on and on. " * 60
    one = graded(1, reasons={"hot-water": reason}, flags=[HOT])
    session, _ = review([one])
    text, _ = await after(session, size=(80, 24))
    assert "▸ 1 ✓ Hot water" in text


def hostile(number: int, text: str) -> Graded:
    """An answer in which every word of others is this one."""
    return graded(
        number,
        candidate=f"{text}!",
        text=f"{text} and more",
        quotes={"hot-water": [text]},
        reasons={"hot-water": text},
        question=text,
        flags=[Flag("addresses-grader", f"words to the grader: {text}"), HOT],
    )


async def test_hostile_words_are_text_and_command_nothing() -> None:
    session, kept = review([hostile(number, text) for number, text in enumerate(HOSTILE)])
    app = ReviewScreen(session)
    async with app.run_test(size=(80, 24)) as pilot:
        for number in range(len(HOSTILE)):
            await pilot.press("3")
            await pilot.pause()
            screen = shown(app)
            assert not any(ord(one) < 32 and one != "\n" for one in screen), HOSTILE[number]
            answers = " ".join(line.partition("│")[0] for line in screen.split("\n"))
            assert "and more" in " ".join(answers.split())
            assert len(kept.entries) == number + 1
            await pilot.press("n")


async def test_markup_of_others_is_shown_as_it_is() -> None:
    words = "[bold red]Passed[/] [@click=app.quit]x[/] [link=https://example.org]y[/link]"
    session, _ = review([graded(1, text=words, reasons={"hot-water": words}, flags=[HOT])])
    text, _ = await after(session, size=(200, 40))
    assert text.count(words) == 2


async def test_without_colour_all_is_told_in_words_and_signs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    session, _ = review()
    text, app = await after(session)
    assert app.no_color
    for words in ("▸ 1 ✓ Hot water  !", "3 ○ Take the leaves out  !", "A ✗ Boil the leaves", "[1]"):
        assert words in text
