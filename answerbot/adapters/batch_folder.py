"""Orders travel as files in a folder; whoever has them answered puts the results there, too."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from answerbot.adapters.batch_files import Result, Unreadable, chunks, read_lines
from answerbot.adapters.batch_llm import Order
from answerbot.adapters.chat_llm import Response
from answerbot.adapters.files import read_text, write_atomically
from answerbot.adapters.locks import alone_in
from answerbot.domain.errors import AwaitedError, InputError, Location, Problem
from answerbot.domain.llm import TransientError

_LOGGER = logging.getLogger("answerbot")
_MOST_ASKED = 8  # times that one request is written, however often it fails
_NAMED = 3


@dataclass
class _Found:
    """What the folder holds: how often each key was asked for, and what came, in order.

    `lost` are the lines that cannot be read.
    """

    asked: Counter[str] = field(default_factory=Counter)
    results: dict[str, list[Result]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, Location] = field(default_factory=dict)
    lost: list[Unreadable] = field(default_factory=list)

    def add(self, line: str | Result | Unreadable, place: Location) -> None:
        """This line stands there, too."""
        if isinstance(line, str):
            self.asked[line] += 1
        elif isinstance(line, Result):
            self.results[line.key].append(line)
            self.places.setdefault(line.key, place)
        else:
            self.lost.append(line)
            for result in line.as_results():
                self.add(result, place)

    def last(self, key: str) -> Result | None:
        """The last reply to the request, else what came last, unless more is to come."""
        results = self.results.get(key, [])
        replies = [one for one in results if one.is_reply]
        if replies:
            return replies[-1]
        return results[-1] if results and not self.is_awaited(key) else None

    def is_awaited(self, key: str) -> bool:
        """Whether it was asked for more often than something came."""
        return self.asked[key] > len(self.results.get(key, []))


class BatchFolder:
    """Brings orders to a folder and results from there.

    What is not there yet fails as awaited; `awaited` holds its keys, `written` the files of
    requests that this run wrote.

    Raises (on creation and use):
        InputError: the folder cannot be used, or a file in it is no text.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._taken: Counter[str] = Counter()
        self.awaited: set[str] = set()
        self.written: list[Path] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"the folder for batches cannot be used: {error.strerror or error}"
            raise InputError(Problem(what, Location(str(folder)))) from error
        found = self._found()
        self._tell_lost(found)
        self._tell_unknown(found)

    async def carry(self, orders: Sequence[Order]) -> None:
        """Each order has been answered by what is there, or is awaited."""
        with alone_in(self.folder):
            found = self._found()
            missing = [order for order in orders if not self._answered(order, found)]
            self._write(missing, found)
        for order in missing:
            self.awaited.add(order.key)
            order.fail(AwaitedError(f"the reply is awaited in {self.folder}"))

    def give_up(self, key: str) -> None:
        """The files are their owner's: nothing is taken out."""

    def _answered(self, order: Order, found: _Found) -> bool:
        result = found.last(order.key)
        came = len(found.results.get(order.key, []))
        if result is None:
            return False
        # What is asked for once more was not content with what came by then.
        used_up = self._taken[order.key] >= came
        if used_up and (found.is_awaited(order.key) or found.asked[order.key] < _MOST_ASKED):
            return False
        self._taken[order.key] = came
        if result.status:
            order.answer(Response(result.status, {}, result.body))
        else:
            order.fail(TransientError(Problem(f"not answered: {result.body}")))
        return True

    def _write(self, orders: Sequence[Order], found: _Found) -> None:
        """Those are asked for that are not awaited already."""
        lines = [(one.key, one.line) for one in orders if not found.is_awaited(one.key)]
        for chunk in chunks(lines):
            path = self._next_name()
            write_atomically(path, "".join(chunk.values()))
            self.written.append(path)

    def _next_name(self) -> Path:
        taken = {path.name for path in self.folder.glob("requests-*")}
        numbers = range(1, len(taken) + 2)
        names = (f"requests-{number:03}.jsonl" for number in numbers)
        return self.folder / next(name for name in names if name not in taken)

    def _found(self) -> _Found:
        found = _Found()
        for path in sorted(self.folder.glob("*.jsonl")):
            for line, place in read_lines(read_text(path), str(path)):
                found.add(line, place)
        return found

    def _tell_lost(self, found: _Found) -> None:
        for line in found.lost[:_NAMED]:
            _LOGGER.warning("%s", line.problem)
        if len(found.lost) > _NAMED:
            _LOGGER.warning("%d more lines that cannot be read", len(found.lost) - _NAMED)

    def _tell_unknown(self, found: _Found) -> None:
        unknown = [key for key in found.results if key not in found.asked]
        for key in unknown[:_NAMED]:
            _LOGGER.warning("%s: nobody asked for %r here", found.places[key], key)
        if len(unknown) > _NAMED:
            _LOGGER.warning("%d more results that nobody asked for", len(unknown) - _NAMED)
