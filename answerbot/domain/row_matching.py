"""Rows of answers, however many, each given its question: by the rules of `match_answers`.

They are gone through one by one, and more than once, and two numbers are kept of each, or four
where it has an id: so they take hardly more memory than one of them does.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import islice, pairwise

from answerbot.domain.answers import Stated
from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Location, Problem
from answerbot.domain.known import Known
from answerbot.domain.matching import (
    Brief,
    Finder,
    Found,
    answered_twice,
    guessed,
    has_unseen,
    kept_apart,
    share_an_id,
    share_ids,
    unseen,
)
from answerbot.domain.submission import Submission

Row = Stated | Problem
"""An answer, or what is wrong with the row that should hold one."""


@dataclass(frozen=True, slots=True)
class RowFile:
    """A file of rows; `rows` goes through them anew each time. `candidate` is whose file it is."""

    path: str
    candidate: str
    rows: Callable[[], Iterable[Row]]

    def answers(self) -> Iterator[Stated]:
        """The rows that hold an answer."""
        return (row for row in self.rows() if isinstance(row, Stated))


@dataclass(frozen=True, slots=True)
class Survey:
    """What has to be known of all rows before any of them is graded.

    `answers` is how many answers to each question can be graded. `problems` tells briefly of the
    `bad` rows, which cannot, `notices` of what costs no answer its grade. `rows` is how many of
    each file hold an answer: those that are added later play no part. `twice` are answers of a
    file beside which there is another: the path, and what `mark_of` makes of candidate and
    question. `apart` are candidates whose name is told with that of their file.
    """

    answers: Mapping[QuestionId, int]
    bad: int
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    rows: Mapping[str, int]
    twice: frozenset[tuple[str, int]] = frozenset()
    apart: frozenset[str] = frozenset()

    def submission(self, found: Found) -> Submission | None:
        """What is to be graded of a row; None where that is nothing."""
        if found.match is None or found.problem is not None:
            return None
        path, name = found.key
        submission = found.match.submission
        if self.twice and (path, mark_of(name, submission.question_id)) in self.twice:
            return None
        return (
            replace(submission, candidate=f"{name} ({path})") if name in self.apart else submission
        )


def submissions(files: Iterable[RowFile], known: Known, survey: Survey) -> Iterator[Submission]:
    """What is to be graded, in the order of the files and of their rows."""
    for file in files:
        for found in islice(_found(file, known), survey.rows[file.path]):
            if submission := survey.submission(found):
                yield submission


def survey_rows(files: Sequence[RowFile], known: Known) -> Survey:
    """What all rows come to; they are gone through again only where two answer the same."""
    surveyor = _Surveyor(known.threshold)
    for number, file in enumerate(files):
        for found in _found(file, known, surveyor.problems.add):
            surveyor.add(found, number)
    repeated, ids = surveyor.marks.repeated(), surveyor.ids.repeated()
    if repeated or ids:
        for number, file in enumerate(files):
            for found in islice(_found(file, known), surveyor.rows[file.path]):
                surveyor.look_again(found, number, repeated)
                surveyor.look_at_id(found, number, ids)
    surveyor.look_across(ids, [file.path for file in files])
    return surveyor.survey([file.path for file in files])


def mark_of(name: str, question: QuestionId) -> int:
    """A number of 64 bits that tells this name with this question from every other."""
    text = f"{name}\0{question}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def _found(
    file: RowFile, known: Known, bad: Callable[[Problem], None] = lambda _: None
) -> Iterator[Found]:
    """What becomes of each row that holds an answer; `bad` hears of the others."""
    finder = Finder(file.path, file.candidate, known, file.answers, rows=True)
    for row in file.rows():
        if isinstance(row, Stated):
            yield finder.find(row)
        else:
            bad(row)


_Repeated = Mapping[int, Mapping[int, Sequence[int]]]
"""What is there more than once: its mark, the numbers of the files, the lines."""


class _Marks:
    """Two numbers for each answer: who answers what, and where."""

    _LINES = 2**48

    def __init__(self) -> None:
        self._who = array("Q")
        self._where = array("Q")

    def add(self, mark: int, file: int, line: int) -> None:
        self._who.append(mark)
        self._where.append(file * self._LINES + line)

    def repeated(self) -> _Repeated:
        several = {one for one, next_ in pairwise(sorted(self._who)) if one == next_}
        found: dict[int, dict[int, array[int]]] = {}
        for mark, where in zip(self._who, self._where, strict=True):
            if mark in several:
                file, line = divmod(where, self._LINES)
                found.setdefault(mark, {}).setdefault(file, array("Q")).append(line)
        return found


@dataclass
class _Surveyor:
    """Collects what the rows come to."""

    threshold: float
    answers: Counter[QuestionId] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    problems: Brief = field(default_factory=Brief)
    notices: Brief = field(default_factory=Brief)
    marks: _Marks = field(default_factory=_Marks)
    ids: _Marks = field(default_factory=_Marks)
    odd_names: dict[str, Location] = field(default_factory=dict)
    twice: set[tuple[str, int]] = field(default_factory=set)
    shared: dict[str, tuple[QuestionId, Sequence[int]]] = field(default_factory=dict)

    def add(self, found: Found, file: int) -> None:
        """One more answer."""
        path, name = found.key
        self.rows[path] += 1
        if name not in self.odd_names and has_unseen(name):
            self.odd_names[name] = Location(path, found.line)
        if found.problem:
            self.problems.add(found.problem)
        if found.match:
            id_ = found.match.submission.question_id
            self.marks.add(mark_of(name, id_), file, found.line)
            if (own := found.match.submission.id) is not None:
                self.ids.add(mark_of(own, id_), file, found.line)
            self.answers[id_] += not found.problem
            if not found.problem and (guess := guessed(found.match, self.threshold)):
                self.notices.add(guess)

    def look_again(self, found: Found, file: int, repeated: _Repeated) -> None:
        """The same answer, now that it is known what is answered more than once."""
        if found.match is None:
            return
        path, name = found.key
        id_ = found.match.submission.question_id
        mark = mark_of(name, id_)
        files = repeated.get(mark, {})
        if len(files) > 1:
            first, _ = self.shared.get(name, (id_, ()))
            self.shared[name] = (min(first, id_), list(files))
        lines = files.get(file, ())
        if len(lines) > 1:
            self.twice.add((path, mark))
            if not found.problem:
                self.answers[id_] -= 1
                other = lines[lines[0] == found.line]
                self.problems.add(answered_twice(id_, name, Location(path, found.line), other))

    def look_at_id(self, found: Found, file: int, repeated: _Repeated) -> None:
        """The same answer, now that it is known which ids several rows have for one question."""
        if found.match is None or (own := found.match.submission.id) is None:
            return
        path, name = found.key
        id_ = found.match.submission.question_id
        lines = repeated.get(mark_of(own, id_), {}).get(file, ())
        is_second = len(lines) > 1 and lines[1] == found.line
        if is_second and (path, mark_of(name, id_)) not in self.twice:
            place = Location(path, found.line)
            self.notices.add(share_an_id(own, id_, place, lines[0], len(lines)))

    def look_across(self, repeated: _Repeated, paths: Sequence[str]) -> None:
        """Ids that several files have for one question are told of, all in one."""
        if spread := [files for files in repeated.values() if len(files) > 1]:
            places = [Location(paths[file], lines[0]) for file, lines in spread[0].items()]
            self.notices.add(share_ids(places, len(spread)))

    def survey(self, paths: Sequence[str]) -> Survey:
        """All of it."""
        for notice in unseen(self.odd_names.items()):
            self.notices.add(notice)
        for name, (id_, files) in self.shared.items():
            self.notices.add(kept_apart(name, id_, [paths[file] for file in files]))
        return Survey(
            +self.answers,
            self.problems.count,
            self.problems.told(),
            self.notices.told(),
            self.rows,
            frozenset(self.twice),
            frozenset(self.shared),
        )
