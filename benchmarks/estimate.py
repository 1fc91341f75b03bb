"""How well the estimate without a model agrees with the labels of exemplars and with human graders.

    python benchmarks/estimate.py [RUBRICS...] [--calibration FOLDER] [--fit]

RUBRICS are files; without any, those of the project. Every weight and threshold is fitted anew for
each rubric on the exemplars of all others (leave one rubric out), so no figure was fitted on what
it is measured on. Intervals are the middle 95 % of 2,000 bootstrap samples of whole rubrics, or of
whole questions. `--fit` fits on all exemplars and prints the constants of domain/estimate.py.

FOLDER holds `khan_saq.jsonl` and `saf_v2_english.jsonl`, answers that people graded; the first from
Khan/llm-saq-scoring (CC BY 4.0), the second from SebOchs/SAF (MIT), a line an answer with
question_id, question, reference, rubric ([{"text"}] or null), answer, score and max_score.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from random import Random
from statistics import fmean
from time import perf_counter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from answerbot.adapters.config import Config, load_config
from answerbot.adapters.files import read_bank, read_text
from answerbot.cli.loading import known_questions
from answerbot.domain import estimate as grader
from answerbot.domain.bank import QuestionId
from answerbot.domain.cues import Passage
from answerbot.domain.english import STOP_WORDS
from answerbot.domain.grade import Grade, Slip, Verdict, score
from answerbot.domain.lemmas import sentences
from answerbot.domain.rubric import Criterion, Exemplar, Rubric, parse_rubric

Vector = NDArray[np.float64]

SAMPLES = 2_000
SEED = 20
FOLDS = 10
RIDGE = 20.0
TURNS = 300
GRID = 40
TOLERANCE = 1.03
OTHERS = 1
FIELD = frozenset(["rnn", "rnns", "recurrent", "network", "networks", "neural"])
SIGNALS = ("near", "telling", "together", "ordered", "reference")
NONE = grader.Weights(0, 0, 0, 0, 0, 1, 1)

# The rubrics whose exemplars were read while the estimate was written; the others were not.
READ = frozenset(
    """
    anomaly-detection attention compression-and-deployment computational-complexity
    curriculum-learning debugging deployment echo-state-networks edge-and-iot elman-and-jordan
    gradient-clipping hidden-state initialization interpretability limitations-and-failure-modes
    many-to-one-vs-one-to-many memory-capacity mini-batch-training missing-values model-versioning
    multi-agent-systems multi-task-learning nlp-applications online-learning padding-and-masking
    recent-advances reservoir-computing rnn-architecture rnn-dropout rnn-in-reinforcement-learning
    rnn-vs-feedforward rnn-vs-transformer seq2seq standard-rnn-limitations stateful-vs-stateless
    teacher-forcing time-series-forecasting time-steps training-challenges transfer-learning
    truncated-bptt universal-approximation vanilla-vs-deep-rnn vanishing-gradient
    variable-length-sequences visualizing-hidden-states
    """.split()  # noqa: SIM905 - a list literal would be one name a line
)


@dataclass(frozen=True)
class Seen:
    """What an exemplar shows of a criterion or misconception, and its label.

    `label` is 0 for not met or absent, 1 for met or present, between them for one of the `steps`.
    """

    signals: grader.Signals
    label: float
    steps: int


@dataclass(frozen=True)
class Case:
    """A text with its rubric, the question, a reference, and the grade that its labels come to.

    `kind` says where it is from: an exemplar of the rubric; an answer to another question, of which
    nothing is met; the bank's own answer, of which only is known that no misconception is in it.
    """

    kind: Literal["exemplar", "other", "own"]
    rubric: int
    of: Rubric
    question: str
    reference: str
    exemplar: Exemplar
    expected: Grade


class Observed:
    """A case, and what its text shows."""

    def __init__(self, case: Case, *, cues: bool) -> None:
        self.case = case
        self._rubric = case.of if cues else without_cues(case.of)
        self._aims = grader.aims_of(self._rubric, case.question, case.reference)
        self._passage = grader.readable(case.exemplar.answer, self._aims)
        self._criteria: dict[frozenset[int], list[Seen]] = {}
        labels = case.exemplar.verdicts
        found = [grader.signals(self._passage, aim) for aim in self._aims.misconceptions]
        self.wrong = [
            Seen(signals, float(labels[misconception.id] == "present"), 0)
            for misconception, (signals, _) in zip(case.of.misconceptions, found, strict=True)
        ]
        self._stating = [
            grader.stating(self._passage, cues_found, aim)
            for aim, (_, cues_found) in zip(self._aims.misconceptions, found, strict=True)
        ]

    def criteria(self, calibration: grader.Calibration) -> list[Seen]:
        """What is seen of each criterion when the sentences of slips are left out."""
        wrong = frozenset(
            sentence
            for seen, sentences in zip(self.wrong, self._stating, strict=True)
            if grader.is_slip(seen.signals, calibration)
            for sentence in sentences
        )
        if wrong not in self._criteria:
            rest = self._passage.without(wrong)
            pairs = zip(self.case.of.criteria, self._aims.criteria, strict=True)
            self._criteria[wrong] = [self._seen(rest, criterion, aim) for criterion, aim in pairs]
        return self._criteria[wrong]

    def _seen(self, passage: Passage, criterion: Criterion, aim: grader.Aim) -> Seen:
        signals, _ = grader.signals(passage, aim)
        names: list[str] = ["not_met", *criterion.steps, "met"]
        label = names.index(self.case.exemplar.verdicts[criterion.id]) / (len(names) - 1)
        return Seen(signals, label, len(names) - 2)

    def grade(self, calibration: grader.Calibration) -> Grade:
        """The estimate that comes of it."""
        rubric = self.case.of
        verdicts = [
            Verdict(criterion, grader.verdict_of(criterion, seen.signals, calibration), (), "")
            for criterion, seen in zip(rubric.criteria, self.criteria(calibration), strict=True)
        ]
        slips = [
            Slip(misconception, (), "")
            for misconception, seen in zip(rubric.misconceptions, self.wrong, strict=True)
            if grader.is_slip(seen.signals, calibration)
        ]
        return score(rubric, verdicts, slips)


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rubrics", nargs="*", type=Path)
    parser.add_argument("--calibration", type=Path)
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    cases = read_cases(arguments.rubrics)
    if arguments.fit:
        print_constants(cases)
        return
    print_exemplars(cases)
    print_attacks(cases)
    print_speed(cases)
    if arguments.calibration:
        print_calibration(arguments.calibration)
    else:
        print("\nThe human-graded sets are not part of the project: see --help and --calibration.")


# Exemplars


def read_cases(paths: Sequence[Path]) -> list[Case]:
    """All exemplars of the rubrics, answers to other questions, and the bank's own answers."""
    config = load_config(Path(__file__).resolve().parents[1])
    questions = known_questions(config)
    filled = known_answers(config)
    paths = paths or sorted(config.rubrics_folder().glob("*.yaml"))
    rubrics = [parse_rubric(read_text(path), str(path)) for path in sorted(paths)]
    cases = []
    for number, rubric in enumerate(rubrics):
        own = [filled[question] for question in rubric.questions if question in filled]
        texts: list[tuple[Literal["exemplar", "other", "own"], Exemplar]] = [
            *(("exemplar", exemplar) for exemplar in rubric.exemplars),
            *(("other", unlabelled(rubric, text)) for text in others(number, rubrics, filled)),
            *(("own", unlabelled(rubric, text)) for text in own),
        ]
        question = questions[rubric.questions[0]].text
        for kind, exemplar in texts:
            # The bank's own answer is no reference for itself.
            reference = own[0] if own and kind != "own" else ""
            grade = expected(rubric, exemplar)
            cases.append(Case(kind, number, rubric, question, reference, exemplar, grade))
    return cases


def unlabelled(rubric: Rubric, text: str) -> Exemplar:
    """The text with nothing met and nothing wrong."""
    verdicts: dict[str, Any] = {criterion.id: "not_met" for criterion in rubric.criteria}
    verdicts |= {misconception.id: "absent" for misconception in rubric.misconceptions}
    return Exemplar(id="unlabelled", answer=text, verdicts=verdicts)


def others(
    number: int, rubrics: Sequence[Rubric], filled: Mapping[QuestionId, str]
) -> Iterator[str]:
    """Right answers to questions about something else, by their titles: a short and a long one."""
    here = plain_words(rubrics[number].title) - FIELD
    elsewhere = [
        rubric
        for rubric in (*rubrics[number:], *rubrics[:number])
        if not here & (plain_words(rubric.title) - FIELD)
    ]
    for rubric in elsewhere[5 : 5 + 10 * OTHERS : 10]:
        yield rubric.exemplars[0].answer
        yield from (filled[question] for question in rubric.questions[:1] if question in filled)


def known_answers(config: Config) -> dict[QuestionId, str]:
    """The bank's answers, as far as there are any."""
    folder = config.filled_folder()
    files = sorted(folder.glob("*.md")) if folder else []
    banks = [read_bank(path, config.placeholders) for path in files]
    return {q.id: q.answer.text for bank in banks for q in bank.questions if q.answer}


def expected(rubric: Rubric, exemplar: Exemplar) -> Grade:
    """The grade that the labels come to."""
    verdicts = [
        Verdict(criterion, exemplar.verdicts[criterion.id], (), "")  # type: ignore[arg-type]
        for criterion in rubric.criteria
    ]
    present = [m for m in rubric.misconceptions if exemplar.verdicts[m.id] == "present"]
    return score(rubric, verdicts, [Slip(m, (), "") for m in present])


def without_cues(rubric: Rubric) -> Rubric:
    """The rubric as somebody writes it who gives no cues."""
    bare = {"cues": ()}
    return rubric.model_copy(
        update={
            "criteria": tuple(c.model_copy(update=bare) for c in rubric.criteria),
            "misconceptions": tuple(m.model_copy(update=bare) for m in rubric.misconceptions),
        }
    )


# Fitting


def matrix(seen: Sequence[Seen]) -> Vector:
    """A row for each, a column for each signal."""
    return np.array([[getattr(one.signals, name) or 0.0 for name in SIGNALS] for one in seen])


def fitted(seen: Sequence[Seen]) -> grader.Weights:
    """Weights of an ordinal logistic regression, and thresholds of the least absolute error.

    No weight is below 0; a ridge shares weight among signals that say the same. Weights and
    thresholds are scaled so that all is met at a sum of 1.
    """
    signals = matrix(seen)
    labels = np.array([one.label for one in seen])
    weights = ordinal_weights(signals, labels)
    sums = signals @ weights
    steps = np.array([one.steps for one in seen])
    partly, met = best_thresholds(sums, labels, steps)
    scaled = {name: float(weight) / met for name, weight in zip(SIGNALS, weights, strict=True)}
    return grader.Weights(**scaled, partly=partly / met, met=1.0)


def ordinal_weights(signals: Vector, labels: Vector) -> Vector:
    """What each signal adds to the odds of a better verdict."""
    targets = np.stack([labels > 0, labels == 1], axis=1).astype(float)
    scale = np.maximum(signals.std(axis=0), 1e-9)
    columns = signals / scale
    step = 1.0 / (0.5 * np.linalg.norm(columns, 2) ** 2 + len(labels) + RIDGE)
    weights, thresholds = np.zeros(len(SIGNALS)), np.zeros(2)
    ahead, ahead_thresholds = weights, thresholds
    for turn in range(TURNS):  # accelerated projected gradient
        off = 1 / (1 + np.exp(ahead_thresholds - (columns @ ahead)[:, None])) - targets
        following = ahead - step * (columns.T @ off.sum(axis=1) + RIDGE * ahead)
        following = np.maximum(following, 0)
        following_thresholds = ahead_thresholds + step * off.sum(axis=0)
        inertia = turn / (turn + 3)
        ahead = following + inertia * (following - weights)
        ahead_thresholds = following_thresholds + inertia * (following_thresholds - thresholds)
        weights, thresholds = following, following_thresholds
    found: Vector = weights / scale
    return found


def best_thresholds(sums: Vector, labels: Vector, steps: NDArray[np.int64]) -> tuple[float, float]:
    """The sums from which on to say partly and wholly met.

    Of those that err about as little, the two that leave most room for 'partly' between them.
    """
    grid = np.linspace(0, np.quantile(sums, 0.98), GRID)[1:]
    errors = {}
    for low, partly in enumerate(grid):
        for met in grid[low:]:
            middle = np.where(steps > 0, 0.5 * (sums >= partly), 1.0 * (sums >= (partly + met) / 2))
            said = np.where((steps > 0) & (sums >= met), 1.0, middle)
            errors[float(partly), float(met)] = float(np.abs(said - labels).sum())
    least = min(errors.values())
    near = [pair for pair, error in errors.items() if error <= least * TOLERANCE]
    return max(near, key=lambda pair: pair[1] - pair[0])


def print_constants(cases: Sequence[Case]) -> None:
    """The constants of domain/estimate.py."""
    calibration = calibrated(observed(cases, cues=True), observed(cases, cues=False))
    for field in fields(calibration):
        weights = getattr(calibration, field.name)
        numbers = (f"{getattr(weights, name):.2f}" for name in (*SIGNALS, "partly", "met"))
        print(f"    {field.name}=Weights({', '.join(numbers)}),")


def observed(cases: Sequence[Case], *, cues: bool) -> list[Observed]:
    """What each case shows."""
    return [Observed(case, cues=cues) for case in cases]


def calibrated(with_cues: Sequence[Observed], without: Sequence[Observed]) -> grader.Calibration:
    """All constants, fitted on these: those of slips first, as criteria depend on them."""
    calibration = grader.Calibration(
        NONE,
        NONE,
        fitted([seen for one in with_cues for seen in one.wrong]),
        fitted([seen for one in without for seen in one.wrong]),
    )

    def criteria(shown: Sequence[Observed]) -> list[Seen]:
        labelled = [one for one in shown if one.case.kind != "own"]
        return [seen for one in labelled for seen in one.criteria(calibration)]

    return replace(
        calibration,
        with_cues=fitted(criteria(with_cues)),
        without_cues=fitted(criteria(without)),
    )


def left_out(with_cues: Sequence[Observed], without: Sequence[Observed]) -> list[Grade]:
    """For each of `with_cues` its grade by constants fitted on the other rubrics."""
    grades = {}
    for rubric in sorted({one.case.rubric for one in with_cues}):
        calibration = calibrated(
            [one for one in with_cues if one.case.rubric != rubric],
            [one for one in without if one.case.rubric != rubric],
        )
        for one in with_cues:
            if one.case.rubric == rubric:
                grades[id(one)] = one.grade(calibration)
    return [grades[id(one)] for one in with_cues]


# Agreement


def ranks(values: Vector) -> Vector:
    """The rank of each value, the mean rank where values are the same."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    behind = np.cumsum(counts)
    found: Vector = (behind - (counts - 1) / 2)[inverse]
    return found


def pearson(said: Vector, true: Vector) -> float:
    """The correlation; NaN where one of the two is constant."""
    if np.ptp(said) < 1e-12 or np.ptp(true) < 1e-12:
        return float("nan")
    return float(np.corrcoef(said, true)[0, 1])


def spearman(said: Vector, true: Vector) -> float:
    """The correlation of the ranks."""
    return pearson(ranks(said), ranks(true))


def weighted_kappa(said: Vector, true: Vector) -> float:
    """Quadratic weighted kappa of the fractions in tenths."""
    one, other = np.rint(10 * said), np.rint(10 * true)
    by_chance = np.mean((one[:, None] - other[None, :]) ** 2)
    return float(1 - np.mean((one - other) ** 2) / by_chance) if by_chance else float("nan")


def mean_error(said: Vector, true: Vector) -> float:
    """The mean absolute error."""
    return float(np.abs(said - true).mean())


def root_error(said: Vector, true: Vector) -> float:
    """The root of the mean squared error."""
    return float(np.sqrt(np.mean((said - true) ** 2)))


Metric = Callable[[Vector, Vector], float]


def with_interval(metric: Metric, said: Vector, true: Vector, groups: Sequence[object]) -> str:
    """The figure, and the middle 95 % of it over bootstrap samples of whole groups."""
    figure = metric(said, true)
    if np.isnan(figure):
        return "-"
    names = sorted(set(groups), key=str)
    rows = [np.flatnonzero([group == name for group in groups]) for name in names]
    generator = np.random.default_rng(SEED)
    figures = []
    for _ in range(SAMPLES):
        sample = np.concatenate([rows[i] for i in generator.integers(len(rows), size=len(rows))])
        figures.append(metric(said[sample], true[sample]))
    low, high = np.nanquantile(figures, [0.025, 0.975])
    return f"{figure:.2f} [{low:.2f}, {high:.2f}]"


def linear(columns: Vector, true: Vector, folds: Sequence[object]) -> Vector:
    """Ridge regression, each fold predicted by what was fitted on the others."""
    names = np.array([str(fold) for fold in folds])
    said = np.zeros(len(true))
    for name in np.unique(names):
        test = names == name
        center, scale = columns[~test].mean(axis=0), columns[~test].std(axis=0) + 1e-9
        train = (columns[~test] - center) / scale
        mean = true[~test].mean()
        square = train.T @ train + RIDGE * np.eye(train.shape[1])
        weights = np.linalg.solve(square, train.T @ (true[~test] - mean))
        said[test] = mean + (columns[test] - center) / scale @ weights
    return np.clip(said, 0, 1)


def plain_words(text: str) -> set[str]:
    """The words of a text but for stop words, as they are written."""
    return set(re.findall(r"[a-z]+", text.lower())) - STOP_WORDS


def overlap(answer: str, wanted: str) -> float:
    """The share of the wanted words that the answer has."""
    return len(plain_words(answer) & plain_words(wanted)) / max(len(plain_words(wanted)), 1)


# Tables


def print_exemplars(cases: Sequence[Case]) -> None:
    """The agreement with the labels of the exemplars, and what other texts get."""
    with_cues, without = observed(cases, cues=True), observed(cases, cues=False)
    of_all = {
        "estimate, by cues": left_out(with_cues, without),
        "estimate, cues taken away": left_out(without, without),
    }
    print_others(cases, of_all)
    chosen = [number for number, case in enumerate(cases) if case.kind == "exemplar"]
    cases = [cases[number] for number in chosen]
    estimates = {name: [grades[number] for number in chosen] for name, grades in of_all.items()}
    true = np.array([case.expected.fraction for case in cases])
    said = {name: np.array([g.fraction for g in grades]) for name, grades in estimates.items()}
    groups = [case.rubric for case in cases]
    lengths = np.array([[np.log(1 + len(case.exemplar.answer.split()))] for case in cases])
    overlaps = np.array([[overlap(case.exemplar.answer, states(case.of))] for case in cases])
    said |= {
        "the mean of the others": linear(np.zeros((len(cases), 1)), true, groups),
        "length": linear(lengths, true, groups),
        "plain word overlap": linear(overlaps, true, groups),
    }
    unread = np.array([case.of.id not in READ for case in cases])
    for title, rows in (("All rubrics", unread | True), ("Rubrics not read", unread)):
        print_agreement(title, [c for c, row in zip(cases, rows, strict=True) if row], true[rows])
        for name, fractions in said.items():
            grades = estimates.get(name)
            cells = [
                with_interval(metric, fractions[rows], true[rows], list(np.array(groups)[rows]))
                for metric in (spearman, weighted_kappa, mean_error)
            ]
            chosen = [i for i, row in enumerate(rows) if row]
            cells.append(
                accuracy([cases[i] for i in chosen], grades and [grades[i] for i in chosen])
            )
            print(f"| {name} | {' | '.join(cells)} |")
    print_details(cases, estimates["estimate, by cues"])


def print_others(cases: Sequence[Case], estimates: Mapping[str, Sequence[Grade]]) -> None:
    """What texts get that are no exemplars."""
    print(
        "\n| texts that are no exemplars | n | | mean score | half or more | with a misconception |"
    )
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    for kind, name in (("own", "the bank's own answers"), ("other", "answers to other questions")):
        at = [number for number, case in enumerate(cases) if case.kind == kind]
        for title, grades in estimates.items():
            fractions = [grades[number].fraction for number in at]
            half = fmean(fraction >= 0.5 for fraction in fractions)
            wrong = fmean(bool(grades[number].slips) for number in at)
            print(f"| {name} | {len(at)} | {title} | {fmean(fractions):.2f} | {half:.0%} ", end="")
            print(f"| {wrong:.0%} |")


def states(rubric: Rubric) -> str:
    """All that the criteria state."""
    return "\n".join(criterion.states for criterion in rubric.criteria)


def print_agreement(title: str, cases: Sequence[Case], true: Vector) -> None:
    """The head of a table."""
    rubrics = len({case.rubric for case in cases})
    verdicts = sum(len(case.of.criteria) for case in cases)
    print(f"\n{title}: {len(cases)} exemplars of {rubrics} rubrics, {verdicts} criteria; ", end="")
    print(f"mean score {true.mean():.2f}\n")
    print("| | Spearman | QWK | mean absolute error | criteria right |")
    print("| --- | --- | --- | --- | --- |")


def accuracy(cases: Sequence[Case], grades: Sequence[Grade] | None) -> str:
    """The share of criteria with the verdict expected; without grades, of the commonest one."""
    expected_ = [verdict.verdict for case in cases for verdict in case.expected.verdicts]
    groups = [case.rubric for case in cases for _ in case.of.criteria]
    if grades is None:
        return f"{Counter(expected_).most_common(1)[0][1] / len(expected_):.2f}"
    said = [verdict.verdict for grade in grades for verdict in grade.verdicts]
    right = np.array([one == other for one, other in zip(said, expected_, strict=True)], float)
    return with_interval(lambda hits, _: float(hits.mean()), right, right, groups)


def print_details(cases: Sequence[Case], grades: Sequence[Grade]) -> None:
    """Which verdicts are confused, and what each kind of exemplar gets."""
    pairs = Counter(
        (wanted.verdict, said.verdict)
        for case, grade in zip(cases, grades, strict=True)
        for wanted, said in zip(case.expected.verdicts, grade.verdicts, strict=True)
    )
    names = sorted({name for pair in pairs for name in pair})
    print(f"\n| expected, by cues | {' | '.join(names)} |\n| --- |{' ---: |' * len(names)}")
    for wanted in names:
        print(f"| {wanted} | {' | '.join(str(pairs[wanted, said]) for said in names)} |")
    wrong = [
        ({s.misconception.id for s in c.expected.slips}, {s.misconception.id for s in g.slips})
        for c, g in zip(cases, grades, strict=True)
    ]
    both = sum(len(wanted & said) for wanted, said in wrong)
    print(
        f"\nMisconceptions: {both} of {sum(len(w) for w, _ in wrong)} present ones found, ", end=""
    )
    print(f"{sum(len(said - wanted) for wanted, said in wrong)} others called present.\n")
    print("| exemplar | n | mean score expected | estimated |\n| --- | ---: | ---: | ---: |")
    kinds = Counter(case.exemplar.id for case in cases)
    for kind, count in kinds.most_common(6):
        of_kind = [(c, g) for c, g in zip(cases, grades, strict=True) if c.exemplar.id == kind]
        wanted_mean = fmean(case.expected.fraction for case, _ in of_kind)
        said_mean = fmean(grade.fraction for _, grade in of_kind)
        print(f"| {kind} | {count} | {wanted_mean:.2f} | {said_mean:.2f} |")


def print_attacks(cases: Sequence[Case]) -> None:
    """What is earned by texts that are made of a full answer, or of the rubric, without sense."""
    full = [case for case in cases if case.kind == "exemplar" and case.expected.fraction == 1]
    print("\n| instead of a full answer | mean score | most |\n| --- | ---: | ---: |")
    for name, attack in ATTACKS.items():
        scores = [
            grader.estimate(attack(case), case.question, case.of, case.reference).fraction
            for case in full
        ]
        print(f"| {name} | {fmean(scores):.2f} | {max(scores):.2f} |")


def cues_of(case: Case) -> list[list[str]]:
    """The first cue of each group, by criterion."""
    return [[group[0] for group in criterion.cues] for criterion in case.of.criteria]


def cue_list(case: Case) -> str:
    """One cue of each group, as a list."""
    return ", ".join(cue for cues in cues_of(case) for cue in cues)


def framed(case: Case) -> str:
    """The cues of each criterion in a sentence of little sense."""
    return " ".join(f"It is about the {' and the '.join(cues)}." for cues in cues_of(case))


def shuffled(case: Case) -> str:
    """The words of the answer in no order."""
    words = case.exemplar.answer.split()
    Random(SEED).shuffle(words)
    return " ".join(words)


def denied(case: Case) -> str:
    """The answer with every sentence denied."""
    text = case.exemplar.answer
    return " ".join(
        f"It is not true that {text[at.start].lower()}{text[at.start + 1 : at.end]}"
        for at in sentences(text)
    )


PADDING = "It is a subject that one has to understand, and many people have written about it."
ATTACKS: dict[str, Callable[[Case], str]] = {
    "the full answer itself": lambda case: case.exemplar.answer,
    "the same, its first half fifty times": lambda case: (
        f"{case.exemplar.answer[: len(case.exemplar.answer) // 2]}.\n\n" * 50
    ),
    "the same, every sentence after 'It is not true that'": denied,
    "the same, words shuffled": shuffled,
    "a list of cues": cue_list,
    "a list of cues between sentences": lambda case: f"{PADDING} {cue_list(case)}. {PADDING}",
    "'It is about the (cue) and the (cue).' for each criterion": framed,
    "the question": lambda case: case.question,
    "what the rubric states": lambda case: states(case.of),
}


def print_speed(cases: Sequence[Case]) -> None:
    """How long 300 answers take, and answers of growing length."""
    cases = [case for case in cases if case.kind == "exemplar"]
    many = [cases[i % len(cases)] for i in range(300)]
    grader.estimate("once", many[0].question, many[0].of)
    start = perf_counter()
    for case in many:
        grader.estimate(case.exemplar.answer, case.question, case.of, case.reference)
    print(f"\n300 answers: {perf_counter() - start:.2f} s.", end="")
    texts = " ".join(case.exemplar.answer for case in cases)
    for length in (5_000, 10_000, 20_000):
        start = perf_counter()
        grader.estimate(texts[:length], many[0].question, many[0].of, many[0].reference)
        print(f" {length:,} characters: {perf_counter() - start:.3f} s.", end="")
    start = perf_counter()
    sum(range(10_000_000))
    print(f" (sum(range(10_000_000)): {perf_counter() - start:.2f} s.)")


# Answers that people graded


@dataclass(frozen=True)
class Marked:
    """An answer that people graded, from 0 to 1."""

    question_id: str
    question: str
    reference: str
    criterion: str
    answer: str
    mark: float


def read_marked(path: Path) -> list[Marked]:
    """The answers of a set."""
    marked = []
    for line in read_text(path).splitlines():
        row: dict[str, Any] = json.loads(line)
        criterion = "\n".join(part["text"] for part in row["rubric"] or ())
        mark = row["score"] / row["max_score"]
        texts = (row["question_id"], row["question"], row["reference"], criterion, row["answer"])
        marked.append(Marked(*texts, mark))
    return marked


def signals_of(one: Marked, *, guarded: bool) -> grader.Signals:
    """What the estimate sees of the answer; the reference takes the place of a rubric.

    Copies are not looked for: the wording of these references was taught. Unguarded, one word is
    an answer too.
    """
    criterion = Criterion(
        id="answer",
        points=10,
        states=one.criterion or one.reference,
        accepts=tuple(part for part in one.reference.split("\n") if part.strip()),
    )
    rubric = Rubric.model_construct(criteria=(criterion,), misconceptions=())
    aims = replace(grader.aims_of(rubric, one.question, one.reference), copied=frozenset())
    if guarded:
        passage = grader.readable(one.answer, aims)
    else:
        passage = Passage(one.answer, sentences(one.answer))
    return grader.signals(passage, aims.criteria[0])[0]


def print_calibration(folder: Path) -> None:
    """The agreement with people, of the path that a rubric without cues takes."""
    for name in ("khan_saq", "saf_v2_english"):
        marked = read_marked(folder / f"{name}.jsonl")
        questions = [one.question_id for one in marked]
        order = {question: number for number, question in enumerate(dict.fromkeys(questions))}
        folds = [order[question] % FOLDS for question in questions]
        true = np.array([one.mark for one in marked])
        print(
            f"\n{name}: {len(marked)} answers to {len(order)} questions, mean {true.mean():.2f}\n"
        )
        print("| | fitted | Pearson | Spearman | root mean squared error |")
        print("| --- | --- | --- | --- | --- |")
        for title, fit, columns in measures(marked):
            said = linear(columns, true, folds)
            raw = columns[:, 0] if columns.shape[1] == 1 else said
            cells = [
                with_interval(metric, values, true, questions)
                for metric, values in ((pearson, raw), (spearman, raw), (root_error, said))
            ]
            print(f"| {title} | {fit} | {' | '.join(cells)} |")


def measures(marked: Sequence[Marked]) -> Iterator[tuple[str, str, Vector]]:
    """Name, what is fitted, and a column for each number that the measure makes of an answer."""
    yield "the mean of other questions", "", np.zeros((len(marked), 1))
    yield "length", "scale", np.array([[np.log(1 + len(one.answer.split()))] for one in marked])
    wanted = (f"{one.criterion}\n{one.reference}" for one in marked)
    shares = [overlap(one.answer, text) for one, text in zip(marked, wanted, strict=True)]
    yield "plain word overlap", "scale", np.array(shares)[:, None]
    for guarded, name in ((True, "estimate"), (False, "estimate, guards off")):
        seen = [signals_of(one, guarded=guarded) for one in marked]
        nothing = sum(not s.together for s in seen) / len(seen)
        sums = [grader.FITTED.without_cues.sum(signals) for signals in seen]
        yield f"{name}, as shipped ({nothing:.0%} show nothing)", "scale", np.array(sums)[:, None]
        rows = [[s.together, s.ordered, s.reference] for s in seen]
        yield f"{name}, its three signals", "ridge", np.array(rows)


if __name__ == "__main__":
    main()
