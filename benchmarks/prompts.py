"""How much longer a judge's prompt is than what it carries, for all exemplars of the rubrics.

    python benchmarks/prompts.py [--json]

What a prompt has to carry: the question, the criteria and misconceptions with their ids, and the
answer. What else stands in it is the instructions, which are the same for every request and stand
first, so that providers read them from their cache; labels of lines; and the fences. Nothing is
sent. A token is taken as four characters.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from statistics import mean

from answerbot.adapters.config import load_config
from answerbot.adapters.recorded_llm import RecordedLLM
from answerbot.adapters.recordings import load_recordings
from answerbot.cli.loading import known_questions, load_prompts, read_rubrics
from answerbot.domain.bank import DEFAULT_PLACEHOLDERS
from answerbot.domain.llm import ModelSettings, Reply, Request
from answerbot.domain.rubric import Rubric
from answerbot.domain.submission import Submission
from answerbot.workflows.check_rubrics import submission_of
from answerbot.workflows.grade import Grading, grade_all
from answerbot.workflows.judge import Judging
from answerbot.workflows.session import Session
from benchmarks.figures import Figure, Target, print_lines

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 1.1
TOKEN = 4


class Listening:
    """Passes requests on and keeps them."""

    def __init__(self, behind: RecordedLLM) -> None:
        self._behind = behind
        self.requests: list[Request] = []

    async def complete(self, request: Request) -> Reply:
        """The recorded reply."""
        self.requests.append(request)
        return await self._behind.complete(request)


@dataclass(frozen=True)
class Length:
    """Characters of one prompt: all, what every prompt begins with, the rubric and the answer."""

    prompt: int
    instructions: int
    rubric: int
    answer: int

    @property
    def content(self) -> int:
        """What it has to carry."""
        return self.rubric + self.answer

    @property
    def labels(self) -> int:
        """What says which line is what, and the fences."""
        return self.prompt - self.instructions - self.content


def content_of(rubric: Rubric, question: str) -> int:
    """The characters of the question, the criteria and the misconceptions."""
    criteria = [(one.id, *one.wording) for one in rubric.criteria]
    misconceptions = [(one.id, *one.wording) for one in rubric.misconceptions]
    texts = [(question, rubric.title), *criteria, *misconceptions]
    return sum(len(text) for some in texts for text in some)


def same_beginning(texts: Sequence[str]) -> int:
    """How many characters all of them begin with."""
    least, greatest = min(texts), max(texts)
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(least, greatest, strict=False))
    )


def measured() -> tuple[list[Length], int, int]:
    """The lengths of the first requests for the exemplars, all requests, and the exemplars."""
    config = load_config(ROOT, environment={})
    known = known_questions(config)
    served = {one.questions[0]: one for one in read_rubrics(config, known)}
    submissions: list[Submission] = [
        submission_of(rubric, exemplar, known[question].text)
        for question, rubric in served.items()
        for exemplar in rubric.exemplars
    ]
    recordings = load_recordings([ROOT / "rubrics/recordings"])
    models = tuple(dict.fromkeys(one.request.model for one in recordings.all()))
    listening = Listening(RecordedLLM(recordings, models))
    settings = ModelSettings(models[0], config.model.max_output_tokens, config.model.temperature)
    grading = Grading(served.get, lambda _: "", Judging(), DEFAULT_PLACEHOLDERS)
    session = Session(listening, load_prompts(config), settings)
    asyncio.run(grade_all(submissions, grading, session, at_once=1))
    first = [one for one in listening.requests if one.label.endswith(" judge")]
    shared = same_beginning([one.messages[0].content for one in first])
    by_label = {f"{one.candidate}/{one.question_id} judge": one for one in submissions}
    lengths = []
    for request in first:
        submission = by_label[request.label]
        rubric = served[submission.question_id]
        lengths.append(
            Length(
                sum(len(message.content) for message in request.messages),
                shared,
                content_of(rubric, submission.question),
                len(submission.text),
            )
        )
    return lengths, len(listening.requests), len(submissions)


def main() -> None:
    """Print what a prompt consists of, and the ratios; or the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="figures, one JSON object a line")
    asked = parser.parse_args()
    lengths, requests, answers = measured()
    content = mean(one.content for one in lengths)
    whole = mean(one.prompt for one in lengths) / content
    uncached = mean(one.prompt - one.instructions for one in lengths) / content
    if asked.json:
        wanted = Target("ideal", "<=", LIMIT)
        tokens = content / TOKEN
        print_lines(
            [
                Figure("prompt, all", whole * tokens, "tokens", ideal=whole, target=wanted),
                Figure(
                    "prompt, but what all share",
                    *(uncached * tokens, "tokens"),
                    ideal=uncached,
                    target=wanted,
                ),
                Figure(
                    "requests an answer",
                    requests / answers,
                    "",
                    ideal=requests / answers,
                    target=Target("ideal", "==", 1),
                ),
            ]
        )
        return
    print(f"{answers} exemplars, {requests} requests: {requests / answers:.3f} an answer.\n")
    print("| of a judge's prompt, on average | characters | tokens |\n| --- | ---: | ---: |")
    for name, values in (
        ("the same for all, stands first", [one.instructions for one in lengths]),
        ("question and rubric", [one.rubric for one in lengths]),
        ("answer", [one.answer for one in lengths]),
        ("labels and fences", [one.labels for one in lengths]),
        ("all", [one.prompt for one in lengths]),
    ):
        print(f"| {name} | {mean(values):,.0f} | {mean(values) / TOKEN:,.0f} |")
    most = max((one.prompt - one.instructions) / one.content for one in lengths)
    print(f"\nTimes what question, rubric and answer need (limit: {LIMIT}):")
    print(f"  {whole:.2f} with what all share; {uncached:.2f} without, at most {most:.2f}.")


if __name__ == "__main__":
    main()
