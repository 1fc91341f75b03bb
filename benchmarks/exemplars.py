"""How far the judge agrees with the verdicts that the exemplars of the rubrics should get.

Every exemplar of every rubric is judged as a candidate's answer is, from the recordings in
`rubrics/recordings`; the verdicts are compared with the labels.

    python benchmarks/exemplars.py [--words] [RUBRIC ...]

`--words` shows every disagreement with the judge's reason. To record, with an endpoint configured:

    python benchmarks/exemplars.py --live --record [RUBRIC ...]
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score

from answerbot.adapters.config import Config
from answerbot.cli.loading import known_questions, load_prompts, read_rubrics
from answerbot.cli.options import configured
from answerbot.cli.recording import keep_recordings
from answerbot.cli.stack import Stack, build_stack
from answerbot.domain.bank import DEFAULT_PLACEHOLDERS
from answerbot.domain.errors import Location
from answerbot.domain.grade import Grade, Slip, Verdict, score
from answerbot.domain.rubric import Exemplar, Rubric
from answerbot.domain.submission import Graded, Submission
from answerbot.workflows.grade import Grading, grade_all, subject_of
from answerbot.workflows.judge import Judging
from answerbot.workflows.session import Session

RESAMPLES = 2_000


@dataclass(frozen=True)
class Case:
    """An exemplar, and what became of it."""

    rubric: Rubric
    exemplar: Exemplar
    graded: Graded

    @property
    def expected(self) -> Grade:
        """The grade that the labels give."""
        labels = self.exemplar.verdicts
        return score(
            self.rubric,
            [Verdict(c, labels[c.id], (), "") for c in self.rubric.criteria],  # type: ignore[arg-type]
            [Slip(m, (), "") for m in self.rubric.misconceptions if labels[m.id] == "present"],
        )

    @property
    def verdicts(self) -> dict[str, str]:
        """What the judge's reply came to, by criterion and misconception."""
        grade = self.graded.outcome
        assert isinstance(grade, Grade)
        present = {slip.misconception.id for slip in grade.slips}
        return {v.criterion.id: v.verdict for v in grade.verdicts} | {
            m.id: "present" if m.id in present else "absent" for m in self.rubric.misconceptions
        }


def submissions_of(rubric: Rubric, question: str) -> list[Submission]:
    """The exemplars as answers to the first question that the rubric serves."""
    return [
        Submission(
            f"{rubric.id}/{exemplar.id}",
            rubric.questions[0],
            question,
            exemplar.answer.strip(),
            Location(f"rubrics/{rubric.id}.yaml"),
        )
        for exemplar in rubric.exemplars
    ]


async def judged(
    rubrics: Sequence[Rubric], config: Config, stack: Stack, *, record: bool
) -> list[Case]:
    """Every exemplar with its outcome; a rubric's replies are recorded as soon as all are there."""
    known = known_questions(config)
    session = Session(stack.llm, load_prompts(config), stack.settings)

    async def cases_of(rubric: Rubric) -> list[Case]:
        submissions = submissions_of(rubric, known[rubric.questions[0]].text)
        grading = Grading(lambda _: rubric, lambda _: "", Judging(), DEFAULT_PLACEHOLDERS)
        graded = await grade_all(submissions, grading, session, at_once=len(submissions))
        if record:
            order = {subject_of(one).id: number for number, one in enumerate(submissions)}
            done = [subject_of(one.submission).id for one in graded if one.status != "ungraded"]
            path = config.own_rubrics_folder() / "recordings" / f"{rubric.id}.jsonl"
            keep_recordings(path, stack, order, done)
        return [
            Case(rubric, exemplar, one)
            for exemplar, one in zip(rubric.exemplars, graded, strict=True)
        ]

    return [case for cases in await asyncio.gather(*map(cases_of, rubrics)) for case in cases]


def pairs(cases: Sequence[Case], part: str) -> Iterator[tuple[str, str]]:
    """Label and verdict of every criterion, or of every misconception."""
    for case in cases:
        verdicts = case.verdicts
        for one in getattr(case.rubric, part):
            yield case.exemplar.verdicts[one.id], verdicts[one.id]


def by_criterion(cases: Sequence[Case], part: str) -> dict[str, tuple[int, int]]:
    """Of each criterion, or misconception, how many verdicts agree with the label, of how many."""
    counts: dict[str, tuple[int, int]] = {}
    for case in cases:
        verdicts = case.verdicts
        for one in getattr(case.rubric, part):
            name = f"{case.rubric.id}/{one.id}"
            right, number = counts.get(name, (0, 0))
            agrees = case.exemplar.verdicts[one.id] == verdicts[one.id]
            counts[name] = right + agrees, number + 1
    return counts


def interval(values: Sequence[float]) -> str:
    """The mean of the values with its 95 % bootstrap interval."""
    generator = np.random.default_rng(0)
    sample = np.asarray(values, dtype=float)
    means = generator.choice(sample, (RESAMPLES, len(sample))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{sample.mean():.3f} [{low:.3f}, {high:.3f}]"


def show(cases: Sequence[Case], *, words: bool) -> None:
    """Print the agreement, and with `words` every disagreement."""
    failed = [case for case in cases if not isinstance(case.graded.outcome, Grade)]
    cases = [case for case in cases if case not in failed]
    print(f"{len(cases)} exemplars of {len({case.rubric.id for case in cases})} rubrics judged")
    for case in failed:
        print(f"  not judged: {case.rubric.id}/{case.exemplar.id}: {case.graded.outcome}")
    if not cases:
        return
    for part in ("criteria", "misconceptions"):
        both = list(pairs(cases, part))
        same = [label == verdict for label, verdict in both]
        kappa = cohen_kappa_score(*zip(*both, strict=True))
        whole = by_criterion(cases, part).values()
        print(f"{part}: n {len(both)}, agreement {interval(same)}, kappa {kappa:.3f}")
        full = sum(right == number for right, number in whole)
        print(f"  all verdicts agree on {full} of {len(whole)}; the others:")
        for name, (right, number) in sorted(by_criterion(cases, part).items()):
            if right < number:
                print(f"  {name}: {right} of {number}")
        for label in sorted({label for label, _ in both}):
            verdicts = [verdict for expected, verdict in both if expected == label]
            counts = {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))}
            print(f"  expected {label}: {counts}")
    expected = [case.expected.fraction for case in cases]
    actual = [case.graded.outcome.fraction for case in cases]  # type: ignore[union-attr]
    errors = [abs(one - other) for one, other in zip(expected, actual, strict=True)]
    tenths = [[round(10 * value) for value in values] for values in (expected, actual)]
    print(
        f"scores: n {len(cases)}, Spearman {spearmanr(expected, actual).statistic:.3f}, "
        f"QWK (tenths) {cohen_kappa_score(*tenths, weights='quadratic'):.3f}, "
        f"MAE of the fraction {interval(errors)}, "
        f"exact {sum(error == 0 for error in errors)} of {len(cases)}"
    )
    reviews = [case for case in cases if case.graded.status == "review"]
    print(f"set aside for a human: {len(reviews)} of {len(cases)}")
    if words:
        for case in cases:
            show_disagreements(case)


def show_disagreements(case: Case) -> None:
    """Print where the judge and the labels differ, with the judge's reasons and the flags."""
    grade = case.graded.outcome
    assert isinstance(grade, Grade)
    reasons = {v.criterion.id: v.reason for v in grade.verdicts}
    reasons |= {slip.misconception.id: slip.reason for slip in grade.slips}
    verdicts = case.verdicts
    for name, label in case.exemplar.verdicts.items():
        if verdicts[name] != label:
            print(f"\n{case.rubric.id}/{case.exemplar.id} {name}: {label} -> {verdicts[name]}")
            print(f"  {reasons.get(name, '')}")
    for flag in grade.flags:
        if flag.kind != "near-pass-mark":
            print(f"  flag of {case.rubric.id}/{case.exemplar.id}: {flag.kind}: {flag}")


async def main() -> None:
    """Judge and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rubrics", nargs="*", metavar="RUBRIC")
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    config = configured(
        live=args.live,
        replay=not args.live,
        model=None,
        budget=None,
        max_concurrency=None,
        timeout=None,
    )
    chosen = [one for one in read_rubrics(config) if not args.rubrics or one.id in args.rubrics]
    async with build_stack(config) as stack:
        show(await judged(chosen, config, stack, record=args.record), words=args.words)


if __name__ == "__main__":
    asyncio.run(main())
