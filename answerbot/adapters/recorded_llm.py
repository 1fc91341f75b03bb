"""Answer requests from recordings; what is not recorded goes further back or is an error."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

from answerbot.adapters.ledger import Note
from answerbot.adapters.recordings import Recordings
from answerbot.domain.errors import MissingRecordingError, Problem
from answerbot.domain.llm import LLM, Reply, Request
from answerbot.domain.recording import Recording
from answerbot.domain.spelling import likeness

RECORD_HINT = (
    "set OPENAI_BASE_URL or OPENAI_API_KEY and run the same command with `--live`; "
    "`--record` keeps the reply"
)
_DIFF_LINES = 12
_LINE_LENGTH = 160
_COMPARED = 2000
_RARE_WORDS = 20
_CANDIDATES = 10
_ALIKE = 75.0  # per cent; questions of one kind share about half of their characters by chance


@dataclass(frozen=True, slots=True)
class _Shape:
    """What likeness is judged by."""

    label: str
    turns: int
    text: str

    @classmethod
    def of(cls, label: str, request: Request) -> _Shape:
        last = request.messages[-1].content if request.messages else ""
        return cls(label, len(request.messages), last[:_COMPARED])

    @property
    def words(self) -> list[tuple[int, str]]:
        """Each once; those of a conversation of another length are others."""
        return [(self.turns, word) for word in dict.fromkeys(self.text.split())]


class RecordedLLM:
    """Replies that were recorded.

    A request is looked up under each of `models` in turn, so that recordings of one model serve
    requests made for another. `used` holds the keys of the recordings that answered.

    Raises (on `complete`):
        MissingRecordingError: there is none, and no `fallback`.
    """

    def __init__(
        self,
        recordings: Recordings,
        models: Sequence[str],
        fallback: LLM | None = None,
        *,
        note: Note | None = None,
        hint: str = RECORD_HINT,
    ) -> None:
        self._recordings = recordings
        self._models = tuple(models)
        self._fallback = fallback
        self._note = note
        self._hint = hint
        self._index: _Index | None = None
        self.used: set[str] = set()

    async def complete(self, request: Request) -> Reply:
        """The recorded reply, or that of the fallback."""
        for model in self._models:
            key = request.key_for(model)
            if recording := self._recordings.get(key, request):
                self.used.add(key)
                if self._note:
                    self._note(request, recording, "recording")
                return recording.answer()
        if self._fallback is None:
            what = f"no recording of {_name(request)}"
            raise MissingRecordingError(what, lambda: self._missing(request, what))
        return await self._fallback.complete(request)

    def _missing(self, request: Request, what: str) -> Problem:
        nearest = self._nearest(request)
        if nearest is None:
            count = len(self._recordings)
            why = f"none of the {count} recordings is like it" if count else "there are none at all"
            return Problem(f"{what}: {why}", hint=self._hint)
        location = self._recordings.location(nearest.key)
        differences = "\n".join(_differences(nearest.request, request, self._models))
        what += f"; the nearest is {_name(nearest)} at {location}\n"
        return Problem(what + differences, hint=self._hint)

    def _nearest(self, request: Request) -> Recording | None:
        if self._index is None:
            self._index = _Index(self._recordings)
        key = self._index.nearest(request)
        return None if key is None else self._recordings.get(key)


class _Index:
    """Finds the recording that is most like a request; made when the first one is missing."""

    def __init__(self, recordings: Recordings) -> None:
        self._shapes = {one.key: _Shape.of(one.label, one.request) for one in recordings.all()}
        self._labelled: dict[str, list[str]] = {}
        self._with_word: dict[tuple[int, str], list[str]] = {}
        for key, shape in self._shapes.items():
            self._labelled.setdefault(shape.label, []).append(key)
            for word in shape.words:
                self._with_word.setdefault(word, []).append(key)

    def nearest(self, request: Request) -> str | None:
        """The key of the one with the same label, else of one that is alike; None: none is."""
        asked = _Shape.of(request.label, request)

        def alike(key: str) -> float:
            shape = self._shapes[key]
            return likeness(shape.text, asked.text) - 100 * abs(shape.turns - asked.turns)

        if asked.label and (same := self._labelled.get(asked.label)):
            return max(same, key=alike)
        found = {k: likeness(self._shapes[k].text, asked.text) for k in self._candidates(asked)}
        nearest = max(found, key=found.__getitem__, default=None)
        return nearest if nearest and found[nearest] >= _ALIKE else None

    def _candidates(self, asked: _Shape) -> list[str]:
        """Those that share the most of its rarest words: all would take seconds to compare."""
        shared = [self._with_word[word] for word in asked.words if word in self._with_word]
        votes = Counter(chain.from_iterable(sorted(shared, key=len)[:_RARE_WORDS]))
        return [key for key, _ in votes.most_common(_CANDIDATES)]


def _name(one: Request | Recording) -> str:
    return repr(one.label or one.key[:12])


def _differences(recorded: Request, asked: Request, models: Sequence[str]) -> list[str]:
    found = []
    if recorded.model not in models:
        found.append(f"  model: recorded {recorded.model!r}, asked {', '.join(models)}")
    for name in ("max_output_tokens", "temperature", "sample"):
        before, now = getattr(recorded, name), getattr(asked, name)
        if before != now:
            found.append(f"  {name}: recorded {before}, asked {now}")
    if recorded.reply_schema != asked.reply_schema:
        found.append("  reply_schema: the type of the reply has changed")
    if len(recorded.messages) != len(asked.messages):
        found.append(f"  messages: recorded {len(recorded.messages)}, asked {len(asked.messages)}")
    for number, (before, now) in enumerate(
        zip(recorded.messages, asked.messages, strict=False), start=1
    ):
        if before != now:
            found.append(f"  message {number} ({now.role}) differs:")
            found.extend(_diff(before.content, now.content))
            break
    return found


def _diff(recorded: str, asked: str) -> list[str]:
    lines = difflib.unified_diff(
        recorded.split("\n"), asked.split("\n"), "recorded", "asked", lineterm="", n=1
    )
    shown = [f"    {line[:_LINE_LENGTH]}" for line in islice(lines, _DIFF_LINES + 1)]
    return [*shown[:_DIFF_LINES], "    ..."] if len(shown) > _DIFF_LINES else shown
