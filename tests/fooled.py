"""A judge that is fooled completely: it calls all criteria met, and quotes what it is told to."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from answerbot.adapters.scripted_llm import ScriptedLLM
from answerbot.domain.bank import DEFAULT_PLACEHOLDERS, QuestionId, parse_bank
from answerbot.domain.errors import Location
from answerbot.domain.grade import Outcome
from answerbot.domain.llm import ModelSettings
from answerbot.domain.rubric import Rubric, parse_rubric
from answerbot.domain.submission import Submission
from answerbot.workflows.grade import Grading, grade
from answerbot.workflows.judge import Judging
from answerbot.workflows.prompts import STEPS, Prompts
from answerbot.workflows.session import Session

REPOSITORY = Path(__file__).resolve().parents[1]


Fool = Callable[["Case"], Outcome]


@dataclass(frozen=True)
class Case:
    """An answer of the data files, hostile or odd, with what it is an answer to."""

    id: str
    question_id: QuestionId
    question: str
    rubric: Rubric
    answer: str
    kind: str
    carries: str
    verdicts: Mapping[str, tuple[str, str]]


def cases(name: str) -> list[Case]:
    """The cases of `tests/data/<name>.yaml`."""
    entries = yaml.load(
        (REPOSITORY / f"tests/data/{name}.yaml").read_text("utf-8"), yaml.CSafeLoader
    )
    questions = dict(_questions())
    rubrics = {rubric: _rubric(rubric) for rubric in {entry["rubric"] for entry in entries}}
    return [
        Case(
            id=entry["id"],
            question_id=QuestionId(entry["question"]),
            question=questions[entry["question"]],
            rubric=rubrics[entry["rubric"]],
            answer=entry["answer"],
            kind=entry.get("class", ""),
            carries=entry.get("carries", ""),
            verdicts={name: (said[0], said[1]) for name, said in entry.get("verdicts", {}).items()},
        )
        for entry in entries
    ]


def _questions() -> Iterator[tuple[str, str]]:
    for path in sorted((REPOSITORY / "bank/questions").glob("*.md")):
        for question in parse_bank(path.read_text("utf-8"), str(path)).questions:
            yield str(question.id), question.text


def _rubric(name: str) -> Rubric:
    return parse_rubric((REPOSITORY / f"rubrics/{name}.yaml").read_text("utf-8"), name)


@cache
def prompts() -> Prompts:
    """The shipped prompts."""
    folder = REPOSITORY / "prompts"
    return Prompts({s: ((folder / f"{s}.md.j2").read_text("utf-8"), s) for s in STEPS})


def graded(case: Case, claims: Mapping[str, tuple[str, Sequence[str]]]) -> Outcome:
    """What becomes of the answer when the judge says this of each criterion: (verdict, quotes).

    The judge insists when it is asked again, and finds no misconception.
    """
    reply: dict[str, Any] = {
        "criteria": [
            {"id": one.id, "reason": "Met.", "quotes": quotes, "verdict": verdict}
            for one in case.rubric.criteria
            for verdict, quotes in [claims.get(one.id, ("not_met", ()))]
        ],
        "misconceptions": [
            {"id": one.id, "reason": "Absent.", "quotes": [], "verdict": "absent"}
            for one in case.rubric.misconceptions
        ],
    }
    session = Session(
        ScriptedLLM(lambda _: json.dumps(reply)), prompts(), ModelSettings("scripted")
    )
    grading = Grading(lambda _: case.rubric, lambda _: "", Judging(), DEFAULT_PLACEHOLDERS)
    submission = Submission(
        "A", case.question_id, case.question, case.answer, Location("answers.md", 1)
    )
    return asyncio.run(grade(submission, grading, session)).outcome


def graded_by_fool(case: Case, quotes: Sequence[str]) -> Outcome:
    """What becomes of the answer when every criterion is called met, each with these quotes."""
    return graded(case, {criterion.id: ("met", quotes) for criterion in case.rubric.criteria})


def graded_by_careful_fool(case: Case) -> Outcome:
    """What becomes of the answer when each criterion is called met with other words of it."""
    pieces = _pieces(case, len(case.rubric.criteria))
    return graded(
        case,
        {one.id: ("met", [said]) for one, said in zip(case.rubric.criteria, pieces, strict=False)},
    )


def _pieces(case: Case, count: int) -> list[str]:
    """At most so many pieces of the answer, none overlapping: sentences, the long ones halved."""
    pieces = [said.strip() for said in _sentences(case) if len(said.split()) >= 2]
    while len(pieces) < count:
        longest = max(pieces, key=lambda said: len(said.split()), default="")
        words = list(re.finditer(r"\S+", longest))
        if len(words) < 8:
            break
        at, middle = pieces.index(longest), words[len(words) // 2].start()
        pieces[at : at + 1] = [longest[:middle].strip(), longest[middle:]]
    return pieces[:count]


def _sentences(case: Case) -> list[str]:
    return [said for said in re.split(r"(?<=[.!?\n])\s+", case.answer) if said.strip()]


def _made_up(case: Case) -> list[str]:
    invented = [
        "The gradient shrinks exponentially.",
        "the mask is kept",
        "only the readout learns",
    ]
    return [quote for quote in invented if quote not in case.answer]


def _one_word(case: Case) -> list[str]:
    return re.findall(r"\S+", case.answer) + re.findall(r"\w+", case.answer)


def _stitched(case: Case) -> list[str]:
    words = case.answer.split()
    far = max(len(words) // 2, 4)
    pairs = [(words[at : at + 3], words[at + far : at + far + 3]) for at in range(len(words) - far)]
    return [
        " ".join(head) + between + " ".join(tail)
        for head, tail in pairs
        for between in (" ", " ... ", " … ", "\n", " [...] ")
    ]


def _of_question(case: Case) -> list[str]:
    return [case.question, *_found(case, [case.question], range(2, 13))]


def _of_prompt(case: Case) -> list[str]:
    rubric = case.rubric
    texts = [prompts().wording("judge"), rubric.title]
    for criterion in rubric.criteria:
        texts += [criterion.states, *criterion.accepts, *criterion.rejects]
        texts += [level.states for level in criterion.steps.values()]
        texts.append(f"# {criterion.id} {criterion.states}")
    return [texts[0][:200], *_found(case, texts, range(4, 13))]


def _found(case: Case, texts: Sequence[str], lengths: Sequence[int]) -> list[str]:
    """The pieces of the texts, of so many words, that stand in the answer."""
    split = [text.split() for text in texts]
    pieces = {
        " ".join(words[at : at + length])
        for words in split
        for length in lengths
        for at in range(len(words) - length + 1)
    }
    answer = " ".join(case.answer.split()).casefold()
    return [piece for piece in sorted(pieces) if piece.casefold() in answer]


QUOTES: Mapping[str, Callable[[Case], list[str]]] = {
    "made up": _made_up,
    "none": lambda _: [],
    "empty": lambda _: ["", " ", "...", "\u200b"],
    "one word": _one_word,
    "stitched together": _stitched,
    "taken from the question": _of_question,
    "taken from the prompt": _of_prompt,
    "the injected words": lambda case: [case.carries],
    "each injected sentence": _sentences,
}
"""What the judge quotes, for every criterion all of it."""


def _fooled_into(quotes: Callable[[Case], list[str]]) -> Fool:
    return lambda case: graded_by_fool(case, quotes(case))


FOOLS: Mapping[str, Fool] = {
    **{kind: _fooled_into(quotes) for kind, quotes in QUOTES.items()},
    "other words for each": graded_by_careful_fool,
}
"""What becomes of an answer by the judge that is fooled in each of these ways."""
