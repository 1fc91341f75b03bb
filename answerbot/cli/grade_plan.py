"""What `grade` will do: the answers, what is wrong with some, and what judging them would cost."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from answerbot.adapters.answer_files import read_submissions
from answerbot.adapters.config import Config
from answerbot.cli.asking import Asking
from answerbot.cli.loading import known_questions, load_rubrics, own_answers, selected_ids
from answerbot.cli.notices import printable
from answerbot.cli.showing import counted, dollars
from answerbot.cli.stack import Stack
from answerbot.domain.bank import Question, QuestionId
from answerbot.domain.errors import MissingRecordingError, NotFinishedError, Problem
from answerbot.domain.grade import Ungraded
from answerbot.domain.known import DEFAULT_THRESHOLD
from answerbot.domain.llm import LLM, Reply, Request, Usage
from answerbot.domain.matching import guessed
from answerbot.domain.prices import likely_input_tokens, most_input_tokens
from answerbot.domain.rubric import Rubric
from answerbot.domain.submission import Graded, Submission
from answerbot.workflows.grade import Grading, grade, without_model
from answerbot.workflows.judge import OUTPUT_TOKENS, Judging, Votes, requests_for

_SHOWN = 10


@dataclass(frozen=True)
class Work:
    """The answers to grade, and how.

    `problems` are answers whose question nobody can tell, `notices` what costs no answer its grade.
    """

    submissions: tuple[Submission, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    grading: Grading
    config: Config

    def grading_in(self, stack: Stack) -> Grading:
        """How to grade with this stack: what cannot be asked for is estimated."""
        estimates = self.config.model.mode == "auto" and stack.endpoint is None
        return replace(self.grading, estimate_missing=estimates)


def plan(paths: Sequence[Path], config: Config, *, only: Sequence[str], estimated: bool) -> Work:
    """Read the answers and find the question of each.

    Raises:
        InputError: a file cannot be read, or `only` names no question that is answered.
    """
    known = known_questions(config)
    rubrics = load_rubrics(config, known)
    read = read_submissions(
        paths,
        known,
        placeholders=config.placeholders,
        threshold=config.grade.alike or DEFAULT_THRESHOLD,
        same=lambda id_: rubric.id if (rubric := rubrics(id_)) else id_,
    )
    grading = grading_of(config, known, rubrics, estimated)
    guesses = (guessed(matched, read.threshold) for matched in read.matched)
    notices = (*read.notices, *filter(None, guesses))
    return Work(_chosen(read.answers, only), read.problems, notices, grading, config)


def _chosen(submissions: Sequence[Submission], only: Sequence[str]) -> tuple[Submission, ...]:
    """Those to the questions that `only` names."""
    ids = {submission.question_id: None for submission in submissions}
    chosen = set(selected_ids(list(ids), only))
    return tuple(one for one in submissions if one.question_id in chosen)


def grading_of(
    config: Config,
    known: dict[QuestionId, Question],
    rubrics: Callable[[QuestionId], Rubric | None],
    estimated: bool,
) -> Grading:
    """How the configuration has answers graded."""
    answer = own_answers(config)
    first, _, more = config.grade.votes.partition("+")
    return Grading(
        rubrics=rubrics,
        references=lambda id_: answer(known[id_]),
        judging=Judging(
            votes=Votes(int(first), int(more or 0)),
            per_criterion=config.grade.per_criterion,
            margin=config.grade.margin,
        ),
        placeholders=config.placeholders,
        longest=config.grade.longest,
        estimated=estimated,
    )


@dataclass
class Forecast:
    """What judging would take: answers that nobody has to read, requests, tokens, dollars.

    `repeated` are answers that take none of their own, as they are the same as another one;
    `most_input` is the most tokens that any request may have.
    """

    answers: int
    stack: Stack
    estimates: bool
    skipped: list[tuple[Submission, str]] = field(default_factory=list)
    recorded: int = 0
    repeated: int = 0
    requests: int = 0
    at_most: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    most_input: int = 0

    @property
    def cost(self) -> str:
        """In dollars, as the price list has it."""
        if not self.requests:
            return dollars(Decimal(0))
        price = self.stack.price_of(self.stack.settings.model)
        if price is None:
            return "unknown"
        usage = Usage(input_tokens=self.tokens_in, output_tokens=self.tokens_out)
        return f"about {dollars(price.cost(usage))}"

    @property
    def line(self) -> str:
        """The plan in one line."""
        more = f" (at most {self.at_most:,})" if self.at_most > self.requests else ""
        return (
            f"asking {self.stack.settings.model} at {self.stack.endpoint}: "
            f"{counted(self.answers, 'answer')}{self._same}, "
            f"{counted(self.requests, 'request')}{more}, about "
            f"{self.tokens_in:,} tokens in and {self.tokens_out:,} out; cost {self.cost}; "
            "what is recorded or stored is free"
        )

    @property
    def text(self) -> str:
        """The plan line by line."""
        requests = counted(self.requests, "request")
        requests += f", at most {self.at_most:,}" if self.at_most > self.requests else ""
        if self.stack.endpoint is None:
            missing = self.answers - len(self.skipped) - self.recorded
            what = "be estimated: no endpoint is configured"
            if not self.estimates:
                what = "stay ungraded: no recording judges them, and a replay asks for none"
            last = [f"{counted(missing, 'answer')} would {what}"]
        else:
            last = [
                f"{requests} to {self.stack.settings.model} ({self.stack.endpoint})",
                f"  about {self.tokens_in:,} tokens in, {self.tokens_out:,} out; cost {self.cost}",
            ]
        return "\n".join(
            [
                f"{counted(self.answers, 'answer')}",
                *(line for why in self._reasons for line in self._skipped_for(why)),
                f"  {self.recorded:,} judged by recordings and stored replies: free",
                *(
                    [f"  {self.repeated:,} the same as another: asked once"]
                    if self.repeated
                    else []
                ),
                *last,
            ]
        )

    @property
    def _same(self) -> str:
        return f" ({self.repeated:,} the same as another)" if self.repeated else ""

    @property
    def _reasons(self) -> list[str]:
        return list(dict.fromkeys(why for _, why in self.skipped))

    def _skipped_for(self, why: str) -> list[str]:
        """How many answers a reason skips, and which; the first ones, where they are many."""
        some = [one for one, reason in self.skipped if reason == why]
        lines = [f"    {one.place}: {one.candidate}, {one.question_id}" for one in some]
        more = [f"    and {len(lines) - _SHOWN:,} more"] if len(lines) > _SHOWN else []
        return [
            printable(line) for line in (f"  {len(some):,} skipped: {why}", *lines[:_SHOWN], *more)
        ]

    @property
    def json(self) -> str:
        """The plan as one JSON document."""
        document = {
            "version": 1,
            "answers": self.answers,
            "skipped": [
                {"candidate": one.candidate, "question_id": one.question_id, "why": why}
                for one, why in self.skipped
            ],
            "recorded": self.recorded,
            "repeated": self.repeated,
            "requests": {"at_least": self.requests, "at_most": max(self.requests, self.at_most)},
            "tokens": {"input": self.tokens_in, "output": self.tokens_out},
            "cost": self.cost,
            "model": self.stack.settings.model,
            "endpoint": self.stack.endpoint,
        }
        return json.dumps(document, ensure_ascii=False, indent=2)


class Tally:
    """Answers from disk alone, and counts what would have to be asked for, each request once."""

    def __init__(self, free: LLM, forecast: Forecast) -> None:
        self._free = free
        self._forecast = forecast
        self._missing: set[str] = set()
        self._found = self._again = 0

    async def complete(self, request: Request) -> Reply:
        """The reply on disk.

        Raises:
            MissingRecordingError: there is none.
        """
        try:
            reply = await self._free.complete(request)
        except MissingRecordingError:
            self._miss(request)
            raise
        self._found += 1
        return reply

    async def count(self, judgement: Awaitable[object], least: int, most: int) -> None:
        """Add one answer, whose judgement asks this, and takes so many requests."""
        result, before = self._forecast, self._forecast.requests
        found, again = self._found, self._again
        try:
            await judgement
            result.recorded += 1
        except NotFinishedError:
            asked = result.requests - before
            if not asked and self._again > again:
                result.repeated += 1
            else:
                # Where the first votes are on disk, what was counted are the further ones.
                result.at_most += asked if self._found > found else asked + most - least

    def _miss(self, request: Request) -> None:
        if request.key in self._missing:
            self._again += 1
            return
        self._missing.add(request.key)
        forecast = self._forecast
        forecast.requests += 1
        forecast.tokens_in += likely_input_tokens(request)
        forecast.tokens_out += OUTPUT_TOKENS
        forecast.most_input = max(forecast.most_input, most_input_tokens(request))


async def forecast(work: Work, run: Asking) -> Forecast:
    """What judging the answers would take, without asking anybody."""
    stack = run.stack
    result = Forecast(len(work.submissions), stack, work.grading_in(stack).estimate_missing)
    tally = Tally(stack.free, result)
    tallying = replace(run.free, llm=tally)
    with stack.ledger.looking_up():
        for submission in work.submissions:
            if clear := without_model(submission, work.grading):
                result.skipped.append((submission, _why(clear)))
                continue
            if work.grading.estimated:
                result.skipped.append((submission, "it is estimated, not judged"))
                continue
            rubric = work.grading.rubrics(submission.question_id)
            assert rubric is not None, "without a rubric nothing is asked"
            takes = requests_for(rubric, work.grading.judging)
            await tally.count(grade(submission, work.grading, tallying), *takes)
    return result


def _why(clear: Graded) -> str:
    if isinstance(clear.outcome, Ungraded):
        return clear.outcome.reason
    return next(flag.what for flag in clear.outcome.flags)
