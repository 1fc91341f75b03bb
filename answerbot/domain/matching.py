"""Which question of the bank each answer belongs to: by id, by number and text, by text."""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from answerbot.domain.answers import CODES, AnswersFile, Stated, stem_of
from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Location, Problem
from answerbot.domain.known import Known, Likeness
from answerbot.domain.rows import shortened
from answerbot.domain.submission import Submission

How = Literal["id", "number", "text", "fuzzy"]
"""How an answer found its question: by its id, or number and bank; by its number and text; by its
text alone; by a text that is much like it."""


@dataclass(frozen=True, slots=True)
class Matched:
    """An answer with its question; `score` is how much the texts are alike in per cent."""

    submission: Submission
    how: How
    score: float


@dataclass(frozen=True, slots=True)
class Submissions:
    """What can be graded, and what cannot.

    `problems` tells of answers that are not graded, `notices` of what cost no answer. `threshold`
    is how much alike, in per cent, texts had to be at least.
    """

    matched: tuple[Matched, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    threshold: float

    @property
    def answers(self) -> tuple[Submission, ...]:
        """The answers to be graded, in the order of the files and of their lines."""
        return tuple(matched.submission for matched in self.matched)


def guessed(matched: Matched, threshold: float) -> Problem | None:
    """That the question was found by a text that is merely much alike, where it was."""
    if matched.how != "fuzzy":
        return None
    what = (
        f"taken for an answer to {matched.submission.question_id}: the questions are alike "
        f"to {matched.score:.0f} % (at least {threshold:.0f} %)"
    )
    return Problem(what, matched.submission.place)


def match_answers(files: Iterable[AnswersFile], known: Known) -> Submissions:
    """Give every answer the question that it belongs to, and never by guess.

    A candidate who answers a question twice has answered it not at all. Candidates of one name
    in different files are one, unless their files answer the same question.
    """
    files = list(files)
    found: list[Found] = []
    problems: list[Problem] = []
    notices: list[Problem] = []
    for file in files:
        problems += file.problems
        notices += file.notices
        found += map(_finder(file, known).find, file.answers)
    names, more = _told_apart(found)
    seen = ((one.key[1], Location(one.key[0], one.line)) for one in found)
    twice = _twice(found)
    notices += [*_of_one_id(found, twice), *unseen(seen), *more]
    matched = []
    for one in found:
        problem = one.problem or twice.get(id(one))
        if problem:
            problems.append(problem)
        elif one.match:
            name = names[one.key]
            submission = replace(one.match.submission, candidate=name)
            matched.append(replace(one.match, submission=submission))
    order = {file.path: i for i, file in enumerate(files)}
    problems.sort(key=lambda problem: _position(problem, order))
    return Submissions(tuple(matched), tuple(problems), tuple(notices), known.threshold)


def _finder(file: AnswersFile, known: Known) -> Finder:
    return Finder(file.path, file.candidate, known, lambda: file.answers, rows=file.rows)


def _position(problem: Problem, order: Mapping[str, int]) -> tuple[int, int]:
    assert problem.location, "what is wrong with an answer is somewhere"
    return order[problem.location.path], problem.location.line


def brief(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems for a reader, as `Brief` tells them."""
    collected = Brief()
    for problem in problems:
        collected.add(problem)
    return collected.told()


class Brief:
    """Problems for a reader: no hint twice a file, and of the many of a kind the lines alone.

    Those of a file stand together. They are of one kind if they say the same but for quoted words,
    ids and numbers. However many they are, they take little memory; `count` is how many.
    """

    def __init__(self) -> None:
        self.count = 0
        self._files: dict[str, _OfFile] = {}

    def add(self, problem: Problem) -> None:
        """One more problem."""
        self.count += 1
        path = problem.location.path if problem.location else ""
        if path not in self._files:
            self._files[path] = _OfFile(path)
        self._files[path].add(problem)

    def told(self) -> tuple[Problem, ...]:
        """What is told of them."""
        return tuple(one for file in self._files.values() for one in file.told())


class _OfFile:
    """The problems of one file: the first of each kind, and the lines of the rest."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._first: list[Problem] = []
        self._hints: set[str | None] = set()
        self._kinds: dict[str, array[int]] = defaultdict(lambda: array("Q"))

    def add(self, problem: Problem) -> None:
        lines = self._kinds[_PARTICULAR.sub("", problem.what)]
        lines.append(problem.location.line if problem.location else 0)
        if len(lines) <= _MOST_OF_A_KIND:
            known = problem.hint in self._hints
            self._first.append(replace(problem, hint=None) if known else problem)
            self._hints.add(problem.hint)

    def told(self) -> Iterator[Problem]:
        yield from self._first
        for lines in self._kinds.values():
            if len(lines) > _MOST_OF_A_KIND:
                yield _rest(self._path, lines)


_MOST_OF_A_KIND = 20
_PARTICULAR = re.compile(r"'.*'|[^\s'/]+/[0-9]+|[0-9]+(?:,[0-9]{3})*")


def _rest(path: str, lines: Sequence[int]) -> Problem:
    rest = lines[_MOST_OF_A_KIND:]
    like = f"{len(rest):,} more like that of line {lines[_MOST_OF_A_KIND - 1]}"
    return Problem(f"and {like}, at {_ranges(rest)}", Location(path))


def _ranges(lines: Sequence[int]) -> str:
    """'lines 3, 5-7'; the first of them where there are many."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line <= runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    told = [str(a) if a == b else f"{a}-{b}" for a, b in runs[:_MOST_OF_A_KIND]]
    return f"lines {', '.join(told)}" + (" and below" if len(runs) > len(told) else "")


_Match = tuple[QuestionId, How, float]


@dataclass(frozen=True, slots=True)
class Found:
    """What became of an answer: its match, where there is one, and why it is not graded.

    `key` is the file and the candidate, `line` that of the question.
    """

    key: tuple[str, str]
    line: int
    match: Matched | None
    problem: Problem | None = None


class Finder:
    """Finds the question of each answer of a file.

    `answers` gives all of them, anew each time: where some have numbers, they tell of which bank
    these are. `rows` tells that each is a row.
    """

    def __init__(
        self,
        path: str,
        candidate: str,
        known: Known,
        answers: Callable[[], Iterable[Stated]],
        *,
        rows: bool,
    ) -> None:
        self._path = path
        self._candidate = candidate
        self._known = known
        self._answers = answers
        self._rows = rows
        self._stem = stem_of(path)
        self._named = self._stem in known.stems

    def find(self, stated: Stated) -> Found:
        """The question of one of the answers, or why it has none."""
        stated = _with_number_apart(stated, self._known)
        key = (self._path, stated.candidate or self._candidate)
        result = self._match(stated)
        if isinstance(result, Problem):
            return Found(key, stated.line, None, stated.problem or result)
        id_, how, score = result
        submission = Submission(
            candidate=key[1],
            question_id=id_,
            question=self._known.questions[id_].text,
            text=stated.text,
            place=Location(self._path, stated.answer_line),
            id=stated.id,
        )
        return Found(key, stated.line, Matched(submission, how, score), stated.problem)

    @cached_property
    def _numbering(self) -> str | None:
        """The bank that the numbers of the file are those of.

        None where that is not clear; _OWN where the file counts by itself.
        """
        if self._named:
            return self._stem
        agreeing: Counter[str] = Counter()
        clear = numbered = 0
        counting = True
        for stated in (_with_number_apart(one, self._known) for one in self._answers()):
            if stated.number is None:
                continue
            numbered += 1
            counting = counting and stated.number == numbered
            ids = self._known.exactly(stated.question)
            clear += bool(ids)
            agreeing.update({_stem(id_) for id_ in ids if _number(id_) == stated.number})
        best, count = max(agreeing.items(), key=lambda item: item[1], default=("", 0))
        if _clearly_more(count, clear - count):
            return best
        return _OWN if counting or _clearly_more(clear - count, count) else None

    def _match(self, stated: Stated) -> _Match | Problem:
        found = self._known.id_at_start.match(stated.question)
        if found:
            return self._by_id(stated, f"{found[1]}/{int(found[2])}", found.end())
        numbered = self._numbered(stated)
        for id_ in numbered:
            likeness = self._known.agrees(stated.question, id_)
            if likeness:
                return id_, "id" if self._named else "number", likeness.score
        return self._by_text(stated, numbered)

    def _numbered(self, stated: Stated) -> Sequence[QuestionId]:
        """The questions that the number may mean; exact texts come first."""
        if stated.number is None:
            return ()
        numbered = self._known.numbered(stated.number)
        exact = set(self._known.exactly(stated.question))
        if self._numbering is _OWN:
            return [id_ for id_ in numbered if id_ in exact]
        if self._numbering is not None:
            return [id_ for id_ in numbered if _stem(id_) == self._numbering]
        return sorted(numbered, key=lambda id_: id_ not in exact)

    def _by_id(self, stated: Stated, name: str, end: int) -> _Match | Problem:
        id_, text = QuestionId(name), stated.question[end:]
        if id_ not in self._known.questions:
            return self._problem(stated, f"there is no question {name}", "correct the id")
        if not text.strip():
            return id_, "id", 100.0
        likeness = self._known.agrees(text, id_)
        if likeness:
            return id_, "id", likeness.score
        return self._problem(
            stated,
            f"the text is not that of question {name}: {shortened(text)}",
            f"{name} asks {shortened(self._known.questions[id_].text)}; correct the id or the text",
        )

    def _by_text(self, stated: Stated, numbered: Sequence[QuestionId]) -> _Match | Problem:
        text, known = stated.question, self._known
        if not text.strip(" \t\n*_#"):
            what = f"the number {stated.number} alone does not tell the question"
            return self._problem(stated, what, "write the question's id or its text")
        exact = known.exactly(text)
        if exact:
            if self._contradicts(numbered, exact, stated):
                return self._contradiction(stated, exact[0], numbered)
            return exact[0], "text", 100.0
        alike = known.alike(text)
        if not alike or not alike[0].same or alike[0].score < known.threshold:
            return self._unknown(stated, alike, numbered)
        best = alike[0]
        rivals = known.rivals([one for one in alike if one.same])
        if rivals:
            ids = ", ".join(f"{one.id} ({one.score:.0f} %)" for one in (best, *rivals))
            what = f"the question may be any of {ids}: {shortened(text)}"
            return self._problem(stated, what, "copy its text, or write its id")
        if self._contradicts(numbered, [best.id], stated):
            return self._contradiction(stated, best.id, numbered)
        return best.id, "fuzzy", best.score

    def _contradicts(
        self, numbered: Sequence[QuestionId], meant: Sequence[QuestionId], stated: Stated
    ) -> bool:
        """Whether the number is that of another question than the text, or none of its bank's."""
        if stated.number is None or self._numbering is _OWN:
            return False
        return bool(numbered) or any(_stem(id_) == self._numbering for id_ in meant)

    def _contradiction(
        self, stated: Stated, meant: QuestionId, numbered: Sequence[QuestionId]
    ) -> Problem:
        what = f"the number is {stated.number}, and the text that of question {meant}"
        hint = f"write the number {_number(meant)}, or no number"
        if numbered:
            asked = shortened(self._known.questions[numbered[0]].text)
            hint += f"; {numbered[0]} asks {asked}"
        return self._problem(stated, what, hint)

    def _unknown(
        self, stated: Stated, alike: Sequence[Likeness], numbered: Sequence[QuestionId]
    ) -> Problem:
        if _LIKE_AN_ID.fullmatch(stated.question):
            what = f"no known question has the id {shortened(stated.question)}"
            banks = ", ".join(sorted(self._known.stems))
            return self._problem(stated, what, f"correct the id; the banks are: {banks}")
        what = f"no known question is {shortened(stated.question)}"
        if alike:
            near = max(alike, key=lambda one: one.score)
            asked = shortened(self._known.questions[near.id].text)
            what += f"; the nearest, {near.id}, is {near.score:.0f} % alike"
            least = f"{self._known.threshold:.0f} % are needed"
            if near.score >= self._known.threshold:
                least = "but a telling word differs"
            what += f", {least}"
            hint = f"if {near.id} is meant, {asked}, copy its text, or write its id"
        elif numbered and self._numbering is not None:
            asked = shortened(self._known.questions[numbered[0]].text)
            hint = f"question {stated.number} is {asked}: write that above the answer, or its id"
        else:
            hint = "copy the question's text, or write its id"
            if not self._rows:
                hint += "; a part of the answer above needs a heading with more #"
        return self._problem(stated, what, hint)

    def _problem(self, stated: Stated, what: str, hint: str) -> Problem:
        return Problem(what, Location(self._path, stated.line), hint)


_OWN = "/"
"""The numbering of a file whose numbers are its own; no stem has a slash."""

_LIKE_AN_ID = re.compile(r"[*_`\s]*[^\s/?]+/[0-9]{1,9}[*_`\s]*")

_NUMBER_FIRST = re.compile(
    r"[\s*_#]*(?:(?:question|q)[ \t]*#?([0-9]{1,9})|([0-9]{1,9})(?=[ \t]*[.):]|\s*\Z))[ \t]*[.):]*"
    r"[*_]*(?:\s+|\Z)",
    re.IGNORECASE,
)


def _with_number_apart(stated: Stated, known: Known) -> Stated:
    """Take the number off a text like '2. What is ...?', unless it is part of the question."""
    if stated.number is not None:
        return stated
    found = _NUMBER_FIRST.match(stated.question)
    if not found or known.exactly(stated.question):
        return stated
    number = int(found[1] or found[2])
    return replace(stated, question=stated.question[found.end() :], number=number)


def _clearly_more(some: int, others: int) -> bool:
    """One number may agree or not by chance; two or more, and twice the others, do not."""
    return some >= max(2, 2 * others)


def _stem(id_: QuestionId) -> str:
    return id_.rpartition("/")[0]


def _number(id_: QuestionId) -> int:
    return int(id_.rpartition("/")[2])


def _twice(found: Sequence[Found]) -> dict[int, Problem]:
    """The problems of answers to a question that the candidate answers elsewhere as well."""
    places: dict[tuple[tuple[str, str], QuestionId], list[Found]] = defaultdict(list)
    for one in found:
        if one.match:
            places[one.key, one.match.submission.question_id].append(one)
    problems = {}
    for ((path, name), id_), several in places.items():
        if len(several) < 2:
            continue
        first, second = several[0].line, several[1].line
        for i, one in enumerate(several):
            other = first if i else second
            problems[id(one)] = answered_twice(id_, name, Location(path, one.line), other)
    return problems


def _of_one_id(found: Sequence[Found], twice: Mapping[int, Problem]) -> Iterator[Problem]:
    """That rows have one id for one question, unless that is told as answered twice."""
    rows: dict[tuple[str, str, QuestionId], list[Found]] = defaultdict(list)
    for one in found:
        if one.match and one.match.submission.id is not None:
            rows[one.key[0], one.match.submission.id, one.match.submission.question_id].append(one)
    places: dict[tuple[str, QuestionId], list[Location]] = defaultdict(list)
    for (path, name, id_), several in rows.items():
        places[name, id_].append(Location(path, several[0].line))
        if len(several) > 1 and id(several[1]) not in twice:
            place = Location(path, several[1].line)
            yield share_an_id(name, id_, place, several[0].line, len(several))
    if spread := [several for several in places.values() if len(several) > 1]:
        yield share_ids(spread[0], len(spread))


def answered_twice(id_: QuestionId, name: str, place: Location, other: int) -> Problem:
    """The candidate answers the question at the line `other` of the file as well."""
    where = f"the first is at line {other}" if other < place.line else f"another is at line {other}"
    what = f"question {id_} is answered twice by {shortened(name)}; {where}"
    return Problem(what, place, "delete all but one; none of them is graded")


def _told_apart(found: Sequence[Found]) -> tuple[dict[tuple[str, str], str], list[Problem]]:
    """What each candidate of each file is called, and which of them share a name."""
    answered: dict[str, dict[str, set[QuestionId]]] = defaultdict(lambda: defaultdict(set))
    for one in found:
        path, name = one.key
        answered[name][path] |= {one.match.submission.question_id} if one.match else set()
    names: dict[tuple[str, str], str] = {}
    notices: list[Problem] = []
    for name, files in answered.items():
        shared = next(_in_two(files.values()), None)
        for path in files:
            names[path, name] = f"{name} ({path})" if shared else name
        if shared:
            notices.append(kept_apart(name, shared, list(files)))
    return names, notices


def kept_apart(name: str, shared: QuestionId, paths: Sequence[str]) -> Problem:
    """Candidates of one name answer a question in several files."""
    what = f"{shortened(name)} answers {shared} in {len(paths)} files: they are kept apart"
    hint = "name the candidates differently, or put all answers of one into one file"
    return Problem(what, Location(paths[1]), f"{hint}; the first is {paths[0]}")


def share_an_id(name: str, id_: QuestionId, place: Location, first: int, rows: int) -> Problem:
    """Rows of a file call themselves the same and answer the same; `place` is that of the second.

    Nobody can say whether that is wrong: it may be the id of the question, or of an examination.
    """
    what = f"{rows:,} rows have the id {shortened(name)} and answer {id_}; the first is at line"
    hint = "give each row an id of its own, or tell results apart by candidate"
    return Problem(f"{what} {first}", place, hint)


def share_ids(places: Sequence[Location], ids: int) -> Problem:
    """So many ids stand in several files for the same question; `places` are those of one."""
    what = f"{ids:,} ids stand" if ids > 1 else "an id stands"
    what += f" in several files for the same question; this one is at {places[0]} as well"
    return Problem(what, places[1], "give each row an id of its own, or tell results apart by file")


def unseen(names: Iterable[tuple[str, Location]]) -> Iterator[Problem]:
    """Names with characters that no one sees, and those that look the same for that."""
    places: dict[str, Location] = {}
    alike: dict[str, list[str]] = defaultdict(list)
    for name, place in names:
        if name not in places:
            places[name] = place
            alike[_as_seen(name)].append(name)
    for name, place in places.items():
        same = [shortened(other) for other in alike[_as_seen(name)] if other != name]
        coded = CODES.search(name)
        if not coded and (not same or name == _as_seen(name)):
            continue
        what = f"the name {shortened(name)} has characters that no one sees"
        if coded:
            what += ", shown as their codes"
        if same:
            what += f"; it is kept apart from {', '.join(same)}"
        yield Problem(what, place, "delete them, if they are there by accident")


def has_unseen(name: str) -> bool:
    """Whether the name has characters that no one sees, or their codes."""
    return name != _as_seen(name)


def _as_seen(name: str) -> str:
    return " ".join(re.sub("[\u200c\u200d]", "", CODES.sub("", name)).split())


def _in_two(sets: Iterable[set[QuestionId]]) -> Iterator[QuestionId]:
    seen: set[QuestionId] = set()
    for ids in sets:
        yield from sorted(seen & ids)
        seen |= ids
