"""Grades that a test says itself: a rubric on tea, verdicts by name, and what attackers write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from answerbot.cli.reports.summary import Report
from answerbot.domain.bank import QuestionId
from answerbot.domain.errors import Location, Problem
from answerbot.domain.evidence import Evidence
from answerbot.domain.grade import Flag, Slip, Ungraded, Verdict, score
from answerbot.domain.rubric import Criterion, CriterionVerdict, Rubric, parse_rubric
from answerbot.domain.submission import Graded, Submission

TEA = parse_rubric(
    """\
id: tea
title: Steeping tea
questions: [tea/1, tea/2, tea/3]
pass: 60
cap: 50
criteria:
  - {id: hot-water, points: 4, essential: true, states: Water just off the boil., partial: Hot.}
  - id: three-minutes
    points: 3
    states: Three minutes.
    levels: [{points: 1, states: Some minutes.}, {points: 2, states: Two to four minutes.}]
  - {id: take-the-leaves-out, points: 3, states: The leaves come out after that.}
misconceptions:
  - {id: boil-the-leaves, points: -2, states: Leaves are boiled with the water.}
exemplars:
  - id: full
    answer: Just off the boil, three minutes, leaves out.
    verdicts:
      {hot-water: met, three-minutes: met, take-the-leaves-out: met, boil-the-leaves: absent}
  - id: some
    answer: Hot water.
    verdicts:
      {hot-water: partial, three-minutes: level_1, take-the-leaves-out: not_met,
       boil-the-leaves: absent}
  - id: wrong
    answer: Boil the leaves.
    verdicts:
      {hot-water: not_met, three-minutes: not_met, take-the-leaves-out: not_met,
       boil-the-leaves: present}
  - id: nothing
    answer: Tea is a drink.
    verdicts:
      {hot-water: not_met, three-minutes: not_met, take-the-leaves-out: not_met,
       boil-the-leaves: absent}
""",
    "tea.yaml",
)
ANSWER = "Pour water just off the boil over the leaves. Wait three minutes. Boil the leaves again."
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(2)</script></svg>",
    "</style><script>alert(1)</script>",
    "</title><h1>Passed</h1>",
    "</textarea></details></template><iframe src=javascript:alert(1)></iframe>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus=alert(1) '",
    "[click](javascript:alert(1)) ![x](https://example.org/x.png) <https://example.org>",
    "<!-- --!> <a href='javascript:alert(1)'>x</a> <base href=//example.org>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<link rel=stylesheet href=https://example.org/x.css><style>*{display:none}</style>",
    "{{ 7 * 7 }} {% raw %} ${7*7} {{ config }} <%= 7 %>",
    "\x1b[2J\x1b]8;;https://example.org\x07link\x1b]8;;\x07 \x9b31m \x07\x08",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200bzero\u200b \U000e0041 \ufeff",
    '=HYPERLINK("https://example.org","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "| a | b |\n| --- | --- |\n| ![x](y) | `code` |",
    "# Heading\n\n- [ ] item\n\n```\nfence\n```\n> quote\n***\n1. one",
    "@octocat see #1, GH-2, https://example.org, www.example.org and a@example.org",
    "\x00 nul, \ud800 half a pair, \x85 \u2028 \u2029 breaks",
    "&lt;script&gt; &amp;#60; &#x3c;script&#x3e;",
)

_INJECTIONS = Path(__file__).parents[2] / "data" / "injection.yaml"
_SIGNS = re.compile(r"[^\w\s.,;:!?()'/-]|[^\x00-\x7f]")
INJECTIONS = {
    one["id"]: one["answer"]
    for one in yaml.load(_INJECTIONS.read_text("utf-8"), yaml.CSafeLoader)
    if _SIGNS.search(one["answer"])
}
"""The hostile answers that are there to talk a judge round, by id; none of plain words alone."""


def at(text: str, quote: str) -> Evidence:
    """The quote where it stands first."""
    start = text.index(quote)
    return Evidence(quote, start, start + len(quote))


def graded(
    number: int = 1,
    verdicts: Sequence[CriterionVerdict] = ("met", "met", "met"),
    *,
    candidate: str = "Ada",
    text: str = ANSWER,
    quotes: Mapping[str, Sequence[str]] | None = None,
    reasons: Mapping[str, str] | None = None,
    slip: str | None = None,
    flags: Sequence[Flag] = (),
    estimate: bool = False,
    agreement: float = 1.0,
    question: str = "How is tea steeped?",
    path: str = "answers/ada.md",
    rubric: Rubric = TEA,
) -> Graded:
    """An answer with these verdicts; `quotes` and `reasons` by the id of the criterion."""
    reasons = reasons or {}

    def verdict(criterion: Criterion, said: CriterionVerdict) -> Verdict:
        evidence = tuple(at(text, quote) for quote in (quotes or {}).get(criterion.id, ()))
        return Verdict(criterion, said, evidence, reasons.get(criterion.id, "So."), agreement)

    wrong = rubric.misconceptions[0]
    slips = [] if slip is None else [Slip(wrong, (at(text, slip),), reasons.get(wrong.id, "No."))]
    pairs = zip(rubric.criteria, verdicts, strict=True)
    grade = score(rubric, [verdict(one, said) for one, said in pairs], slips, flags)
    return Graded(submitted(number, candidate, text, question, path), rubric, grade, estimate)


def submitted(
    number: int,
    candidate: str = "Ada",
    text: str = ANSWER,
    question: str = "How is tea steeped?",
    path: str = "answers/ada.md",
) -> Submission:
    """An answer before it is graded."""
    place = Location(path, 10 * number)
    return Submission(candidate, QuestionId(f"tea/{number}"), question, text, place)


def ungraded(number: int, why: str, *, candidate: str = "Ada", text: str = ANSWER) -> Graded:
    """An answer that could not be graded."""
    return Graded(submitted(number, candidate, text), TEA, Ungraded(why))


def blank(number: int, *, candidate: str = "Ada") -> Graded:
    """A question left blank."""
    flags = [Flag("blank", "the answer is blank", review=False)]
    verdicts: list[CriterionVerdict] = ["not_met"] * 3
    return graded(number, verdicts, candidate=candidate, text="", flags=flags)


LOST = Problem(
    "no question of the bank is 'What is cocoa?'",
    Location("answers/ada.md", 90),
    "copy the question's text, or write its id",
)
KEPT_APART = Problem("'Ada' answers tea/1 in 2 files: they are kept apart", Location("b/ada.md"))
REVIEW = Flag("split-vote", "the votes differ on hot-water")


def one_candidate(**options: object) -> Report:
    """10 and 3 judged points, 4 estimated ones, one to review, one ungraded, two blank."""
    answers = (
        graded(1, quotes={"hot-water": ["just off the boil"], "three-minutes": ["three minutes"]}),
        graded(
            2,
            ("partial", "level_2", "not_met"),
            quotes={"hot-water": ["Pour water"], "three-minutes": ["Wait three minutes"]},
            reasons={"take-the-leaves-out": "The leaves stay in."},
            slip="Boil the leaves again",
        ),
        graded(3, ("met", "not_met", "not_met"), estimate=True),
        graded(4, ("met", "met", "not_met"), flags=[REVIEW], agreement=2 / 3),
        ungraded(5, "the judge gave no usable reply"),
        blank(6),
        blank(7),
    )
    return Report(answers, **options)  # type: ignore[arg-type]


def many_candidates(people: int = 3, questions: int = 2) -> Report:
    """Everybody answers everything: full marks on even places, 4 of 10 points on odd ones."""
    some: tuple[CriterionVerdict, ...] = ("met", "not_met", "not_met")
    full: tuple[CriterionVerdict, ...] = ("met", "met", "met")
    return Report(
        tuple(
            graded(
                number,
                some if (person + number) % 2 else full,
                candidate=f"Candidate {person}",
                path=f"{person}.md",
            )
            for person in range(1, people + 1)
            for number in range(1, questions + 1)
        )
    )


def hostile(text: str) -> Report:
    """A report in which every word of others is this one."""
    words = f"{text} and more"
    evil = {criterion.id: text for criterion in TEA.criteria} | {"boil-the-leaves": text}
    flags = [Flag("addresses-grader", f"words to the grader: {text}")]
    answers = [
        graded(
            number,
            ("met", "level_1", "not_met"),
            candidate=f"{text}{person}",
            text=words,
            quotes={"hot-water": [text], "three-minutes": [text.strip() or "and"]},
            slip=words,
            reasons=evil,
            flags=flags,
            question=text,
            path=f"{text}.md",
            estimate=number == 2,
        )
        for person in (1, 2)
        for number in (1, 2)
    ]
    problem = Problem(text, Location(f"{text}.md", 1), text)
    return Report(
        (*answers, ungraded(3, text, candidate=f"{text}1")),
        title=text,
        unmatched=(problem,),
        notices=(problem,),
    )
