"""The screen of `answerbot review`: one answer at a time, decided with the keyboard.

What others wrote is text there: no markup of it is read, and what would command the terminal shows
as its code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.css.styles import RulesMap
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from answerbot.cli import review_text as told
from answerbot.cli.reports.characters import one_line
from answerbot.cli.review_session import Review
from answerbot.domain.decisions import Label, Part, labels_of, parts_of
from answerbot.domain.errors import NotFinishedError

INTERRUPTED = 130


class PartView(Vertical):
    """One criterion or misconception; the current one shows all there is to it."""

    def compose(self) -> ComposeResult:
        """A line, and the rest below it."""
        yield Static(classes="line")
        yield Static(classes="details")

    def show(self, line: Content, details: Content | None) -> None:
        """These are its words; without details it is one line."""
        self.set_class(details is not None, "-current")
        self.query_one(".line", Static).update(line)
        self.query_one(".details", Static).update(details or "")


class ReviewScreen(App[int]):
    """Through the answers of a review; its result is the exit code."""

    TITLE = "answerbot review"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-wide")]  # noqa: RUF012 - as Textual has it
    CSS = """
    Screen { background: $background; layout: vertical; }
    #head { height: auto; padding: 0 1; background: $panel; }
    #question { height: auto; max-height: 4; padding: 0 1; text-style: bold; margin-top: 1; }
    #doubts { height: auto; max-height: 4; padding: 0 1; color: $text-warning; }
    #body { height: 1fr; margin-top: 1; }
    #answer, #criteria { padding: 0 1; scrollbar-size-vertical: 1; height: 100%;
        scrollbar-color: $foreground 25%; scrollbar-background: $background;
    }
    #answer { width: 1fr; }
    #criteria { width: 1fr; border-left: solid $panel; }
    .-narrow #body { layout: vertical; }
    .-narrow #answer { width: 100%; height: 1fr; }
    .-narrow #criteria { width: 100%; height: 2fr; border-left: none; border-top: solid $panel; }
    PartView { height: auto; padding-right: 1; }
    PartView > .details { display: none; padding-left: 4; height: auto; }
    PartView.-current > .details { display: block; margin-bottom: 1; }
    #told { height: 1; padding: 0 1; color: $text-primary; }
    #keys { height: 1; padding: 0 1; color: $text-muted; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("left,p", "turn(-1)", show=False),
        Binding("right,n", "turn(1)", show=False),
        Binding("s", "skip", show=False),
        Binding("y,enter", "confirm", show=False),
        Binding("o", "overturn", show=False),
        *(Binding(str(number), f"choose({number})", show=False) for number in range(1, 6)),
        Binding("a", "accept", show=False),
        Binding("c", "comment", show=False),
        Binding("u", "undo", show=False),
        Binding("pageup,b", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(1)", show=False),
        Binding("home", "scroll_to(0)", show=False),
        Binding("end", "scroll_to(1)", show=False),
        Binding("question_mark,h,f1", "help", show=False),
        Binding("q", "leave", show=False),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
    ]

    def __init__(self, review: Review, first: int = 0) -> None:
        super().__init__()
        self.review = review
        self.number = first
        self.at: int = 0
        self.message = ""

    def compose(self) -> ComposeResult:
        """The parts of the screen, from the top."""
        yield Static(id="head")
        yield Static(id="question")
        yield Static(id="doubts")
        with Horizontal(id="body"):
            with _Pane(id="answer"):
                yield Static(id="text")
            yield _Pane(id="criteria")
        yield Static(id="told")
        yield Static(id="keys")

    async def on_mount(self) -> None:
        """The first answer is shown."""
        await self._open(self.number)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The criteria and misconceptions of the answer that is shown."""
        rubric = self.review.items[self.number].rubric
        return parts_of(rubric) if rubric else ()

    @property
    def part(self) -> Part:
        """The criterion under the cursor."""
        return self.parts[self.at]

    async def _open(self, number: int) -> None:
        """Another answer is shown, at the first thing in it that is in doubt."""
        self.number = number
        self.at = self._first_doubt()
        criteria = self.query_one("#criteria")
        await criteria.remove_children()
        await criteria.mount(*(PartView() for _ in self.parts))
        self.query_one("#answer").scroll_home(animate=False)
        self._show()

    def _first_doubt(self, start: int = 0) -> int:
        """The first criterion in doubt from there on, else the first undecided, else the same."""
        order: list[int] = [*range(start, len(self.parts)), *range(start)]
        in_doubt = (at for at in order if self.review.doubts(self.number, self.parts[at].id))
        if (found := next(in_doubt, None)) is not None:
            return found
        left = {part.id for part in self.review.left(self.number)}
        missing = self.review.now(self.number).status == "ungraded"
        for at in order:
            part = self.parts[at]
            if part.id in left:
                return at
            if missing and not self.review.is_decided(self.number, part):
                return at
        return max(start - 1, 0)

    def _show(self) -> None:
        review, number, width = self.review, self.number, self.size.width
        self._put("#head", told.head(review, number, width - 2))
        self._put("#question", told.question(review.items[number]))
        self._put("#doubts", told.doubts_of_all(review, number))
        self._put("#text", told.answer(review.now(number), self.part.id))
        self._put("#told", Content(self.message) if self.message else told.standing(review, number))
        self._put("#keys", told.keys(width - 2))
        self.query_one("#doubts").display = bool(told.doubts_of_all(review, number))
        views = list(self.query(PartView))
        for at, (part, view) in enumerate(zip(self.parts, views, strict=True)):
            current = at == self.at
            line = told.line(review, number, part, current=current)
            view.show(line, told.details(review, number, part) if current else None)
        self.message = ""
        self.call_after_refresh(self._reveal)

    def _put(self, where: str, content: Content) -> None:
        self.query_one(where, Static).update(content)

    def _reveal(self) -> None:
        """The current criterion, and the words that speak for it, are in view."""
        views = list(self.query(PartView))
        if self.at < len(views):
            view, pane = views[self.at], self.query_one("#criteria")
            tall = view.size.height >= pane.size.height
            pane.scroll_to_widget(view, animate=False, top=tall)
        before = told.before_evidence(self.review.now(self.number), self.part.id)
        text, pane = self.query_one("#text"), self.query_one("#answer")
        if before is None or not text.size.width:
            return
        line = before.get_height(RulesMap(), text.size.width) - 1
        if not pane.scroll_y <= line < pane.scroll_y + pane.size.height:
            pane.scroll_to(y=max(line - 1, 0), animate=False)

    def on_resize(self, _: events.Resize) -> None:
        """What depends on the width is drawn anew."""
        if list(self.query(PartView)):
            self._show()

    def action_move(self, step: int) -> None:
        """Another criterion."""
        self.at = (self.at + step) % len(self.parts)
        self._show()

    async def action_turn(self, step: int) -> None:
        """Another answer."""
        await self._open((self.number + step) % len(self.review.items))

    async def action_skip(self) -> None:
        """The next answer that is still open; nothing is decided about this one."""
        following = self.review.after(self.number)
        if following is None:
            self.message = "no other answer is open"
            self._show()
        else:
            await self._open(following)

    def action_confirm(self) -> None:
        """The verdict as it is shown is a person's."""
        label = self.review.label(self.number, self.part)
        if label is None:
            self.message = "there is no verdict to confirm: choose one with o or a digit"
            self._show()
        else:
            self._decide(label)

    def action_choose(self, number: int) -> None:
        """The verdict of this number."""
        labels = labels_of(self.part)
        if number <= len(labels):
            self._decide(labels[number - 1])

    def action_overturn(self) -> None:
        """Another verdict; where there are several others, one that is chosen from a list."""
        now = self.review.label(self.number, self.part)
        others = [label for label in labels_of(self.part) if label != now]
        if len(others) == 1:
            self._decide(others[0])
        else:
            self.push_screen(Choice(self.part, now), self._chosen)

    def _chosen(self, label: Label | None) -> None:
        if label is not None:
            self._decide(label)

    def action_comment(self) -> None:
        """A comment on the criterion; it decides nothing."""
        part = self.part
        before = self.review.decided(self.number).get(part.id)

        def say(text: str | None) -> None:
            if text is not None:
                self._try(lambda: self.review.decide(self.number, part, None, text))
                self._show()

        self.push_screen(Comment(part, before.comment if before else ""), say)

    def action_accept(self) -> None:
        """All verdicts that nobody decided are confirmed."""
        if self.review.now(self.number).status == "ungraded":
            self.message = "there are no verdicts to accept: choose each with o or a digit"
        else:
            self._try(lambda: self._accepted(self.review.accept(self.number)))
        self._show()

    def _accepted(self, number: int) -> None:
        if not number:
            self.message = "all of it is decided already"

    async def action_undo(self) -> None:
        """The last decision is taken back, and its answer shown."""
        taken: list[int | None] = []
        if not self._try(lambda: taken.append(self.review.undo(self.number))):
            self._show()
        elif taken == [None]:
            self.message = "there is nothing to take back"
            self._show()
        else:
            (where,) = taken
            assert where is not None
            self.message = "taken back"
            await self._open(where)

    def _decide(self, label: Label) -> None:
        part = self.part
        if self._try(lambda: self.review.decide(self.number, part, label)):
            self.at = self._first_doubt(self.at + 1) if self._is_open() else self.at
        self._show()

    def _is_open(self) -> bool:
        return self.review.is_open(self.number)

    def _try(self, keep: Callable[[], None]) -> bool:
        """Whether it could be kept; if not, why is told and nothing has changed."""
        try:
            keep()
        except NotFinishedError as error:
            self.message = one_line(error.problems[0].what)
            self.bell()
            return False
        return True

    def action_scroll(self, pages: int) -> None:
        """The answer moves by nearly a page."""
        pane = self.query_one("#answer")
        pane.scroll_relative(y=pages * max(pane.size.height - 1, 1), animate=False)

    def action_scroll_to(self, end: int) -> None:
        """The answer's beginning or end is in view."""
        pane = self.query_one("#answer")
        if end:
            pane.scroll_end(animate=False)
        else:
            pane.scroll_home(animate=False)

    def action_help(self) -> None:
        """All keys are listed."""
        self.push_screen(Help())

    def action_leave(self) -> None:
        """The review ends; all that was decided is kept."""
        self.exit(0)

    def action_interrupt(self) -> None:
        """The same, as Ctrl-C."""
        self.exit(INTERRUPTED)


class _Pane(VerticalScroll, can_focus=False):
    """Scrolls by the keys of the screen."""


_BOX = """
    {name} {{ align: center middle; background: $background 60%; }}
    {name} > Vertical {{
        width: 64; max-width: 94%; height: auto; max-height: 94%; padding: 1 2;
        background: $surface; border: round $primary;
    }}
    {name} Static {{ height: auto; }}
"""


class Choice(ModalScreen[Label | None]):
    """The verdicts that a criterion has, to choose one."""

    CSS = _BOX.format(name="Choice") + (
        "Choice OptionList { height: auto; margin-top: 1; border: none; background: $surface; }"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close"),
        *(Binding(str(number), f"pick({number})", show=False) for number in range(1, 6)),
        Binding("j", "cursor(1)", show=False),
        Binding("k", "cursor(-1)", show=False),
    ]

    def __init__(self, part: Part, now: Label | None) -> None:
        super().__init__()
        self.part = part
        self.now = now
        self.labels = labels_of(part)

    def compose(self) -> ComposeResult:
        """The criterion, then its verdicts."""
        with Vertical():
            yield Static(told.title(self.part))
            yield OptionList(
                *(
                    Option(told.choice(self.part, number, label, now=label == self.now))
                    for number, label in enumerate(self.labels, start=1)
                )
            )
            yield Static(Content.styled("\nenter or a digit chooses, esc goes back", "dim"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """The one under the cursor is it."""
        self.dismiss(self.labels[event.option_index])

    def action_pick(self, number: int) -> None:
        """The one of this number is it."""
        if number <= len(self.labels):
            self.dismiss(self.labels[number - 1])

    def action_cursor(self, step: int) -> None:
        """The cursor moves as with the arrows."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if step > 0 else options.action_cursor_up()

    def action_close(self) -> None:
        """None is chosen."""
        self.dismiss(None)


class Comment(ModalScreen[str | None]):
    """A line to write a comment on."""

    CSS = _BOX.format(name="Comment") + "Comment Input { margin-top: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close")]

    def __init__(self, part: Part, text: str) -> None:
        super().__init__()
        self.part = part
        self.text = text

    def compose(self) -> ComposeResult:
        """The criterion, then the line."""
        with Vertical():
            yield Static(told.title(self.part))
            yield Input(self.text, placeholder="why, or what the judge did not see")
            yield Static(Content.styled("\nenter keeps it, esc goes back", "dim"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """It is kept."""
        self.dismiss(event.value.strip())

    def action_close(self) -> None:
        """It is as it was."""
        self.dismiss(None)


class Help(ModalScreen[None]):
    """What each key does."""

    CSS = _BOX.format(name="Help")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,h,f1,enter,space", "dismiss")
    ]

    def compose(self) -> ComposeResult:
        """The list of keys."""
        with Vertical():
            yield Static(told.help_text())
