from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from answerbot.domain.agreement import (
    Figure,
    accuracy,
    f1,
    kappa,
    macro_f1,
    mcnemar,
    mean_absolute_error,
    mean_difference,
    pearson,
    precision,
    recall,
    root_mean_squared_error,
    spearman,
    weighted_kappa,
    within,
)

DRAWS = np.random.default_rng(7)
N = 120
HUMAN: list[int] = DRAWS.integers(0, 5, N).tolist()
MACHINE: list[int] = np.clip(HUMAN + DRAWS.integers(-1, 3, N), 0, 4).tolist()
LABELS = ["absent", "met", "partly"]
EXPECTED = [LABELS[i] for i in DRAWS.integers(0, 3, N)]
KEPT = DRAWS.random(N) < 0.7
ACTUAL = [label if KEPT[i] else "met" for i, label in enumerate(EXPECTED)]
EACH_TWICE = [n // 2 for n in range(2 * N)]

Statistic = Callable[..., Figure]


@pytest.mark.parametrize(
    ("figure", "oracle"),
    [
        (accuracy(EXPECTED, ACTUAL), metrics.accuracy_score(EXPECTED, ACTUAL)),
        (kappa(EXPECTED, ACTUAL), metrics.cohen_kappa_score(EXPECTED, ACTUAL)),
        (
            precision(EXPECTED, ACTUAL, "met"),
            metrics.precision_score(EXPECTED, ACTUAL, labels=["met"], average=None)[0],
        ),
        (
            recall(EXPECTED, ACTUAL, "met"),
            metrics.recall_score(EXPECTED, ACTUAL, labels=["met"], average=None)[0],
        ),
        (
            f1(EXPECTED, ACTUAL, "met"),
            metrics.f1_score(EXPECTED, ACTUAL, labels=["met"], average=None)[0],
        ),
        (macro_f1(EXPECTED, ACTUAL), metrics.f1_score(EXPECTED, ACTUAL, average="macro")),
    ],
)
def test_figures_of_labels_are_those_of_scikit_learn(figure: Figure, oracle: float) -> None:
    assert figure.value == pytest.approx(oracle)
    assert figure.n == N


@pytest.mark.parametrize(
    ("figure", "oracle"),
    [
        (
            weighted_kappa(HUMAN, MACHINE),
            metrics.cohen_kappa_score(HUMAN, MACHINE, weights="quadratic"),
        ),
        (mean_absolute_error(HUMAN, MACHINE), metrics.mean_absolute_error(HUMAN, MACHINE)),
        (
            root_mean_squared_error(HUMAN, MACHINE),
            metrics.root_mean_squared_error(HUMAN, MACHINE),
        ),
        (pearson(HUMAN, MACHINE), stats.pearsonr(HUMAN, MACHINE).statistic),
        (spearman(HUMAN, MACHINE), stats.spearmanr(HUMAN, MACHINE).statistic),
        (mean_difference(HUMAN, MACHINE), np.mean(MACHINE) - np.mean(HUMAN)),
        (within(HUMAN, MACHINE, 1), np.mean(np.abs(np.subtract(HUMAN, MACHINE)) <= 1)),
    ],
)
def test_figures_of_scores_are_those_of_scipy_and_scikit_learn(
    figure: Figure, oracle: float
) -> None:
    assert figure.value == pytest.approx(oracle)
    assert figure.n == N


@pytest.mark.parametrize(
    ("statistic", "oracle"),
    [
        (pearson, lambda x, y: stats.pearsonr(x, y).statistic),
        (spearman, lambda x, y: stats.spearmanr(x, y).statistic),
        (accuracy, lambda x, y: np.mean(x == y)),
        (root_mean_squared_error, lambda x, y: np.sqrt(np.mean((x - y) ** 2))),
    ],
)
def test_intervals_are_those_of_scipys_bootstrap(
    statistic: Statistic, oracle: Callable[..., float]
) -> None:
    drawn = stats.bootstrap(
        (HUMAN, MACHINE),
        oracle,
        paired=True,
        vectorized=False,
        method="percentile",
        n_resamples=1000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    figure = statistic(HUMAN, MACHINE)
    width = drawn.high - drawn.low
    assert figure.low == pytest.approx(drawn.low, abs=width / 6)
    assert figure.high == pytest.approx(drawn.high, abs=width / 6)


ALL: list[Statistic] = [
    accuracy,
    kappa,
    macro_f1,
    weighted_kappa,
    mean_absolute_error,
    mean_difference,
    root_mean_squared_error,
    pearson,
    spearman,
    lambda e, a, g=None: within(e, a, 1, g),
    lambda e, a, g=None: f1(e, a, 2, g),
    lambda e, a, g=None: precision(e, a, 2, g),
    lambda e, a, g=None: recall(e, a, 2, g),
]


@pytest.mark.parametrize("statistic", ALL)
def test_saying_everything_twice_proves_no_more_where_groups_tell_that(
    statistic: Statistic,
) -> None:
    once = statistic(HUMAN, MACHINE)
    twice = np.repeat(HUMAN, 2).tolist(), np.repeat(MACHINE, 2).tolist()
    grouped = statistic(*twice, EACH_TWICE)
    assert grouped.n == 2 * once.n
    assert (grouped.value, grouped.low, grouped.high) == pytest.approx(
        (once.value, once.low, once.high)
    )
    believed = statistic(*twice)
    assert believed.low > grouped.low  # type: ignore[operator]
    assert believed.high < grouped.high  # type: ignore[operator]


@pytest.mark.parametrize("statistic", ALL)
def test_the_same_rows_have_the_same_interval_each_time(statistic: Statistic) -> None:
    assert statistic(HUMAN, MACHINE) == statistic(HUMAN, MACHINE)


@pytest.mark.parametrize("statistic", ALL)
def test_of_no_rows_nothing_is_known(statistic: Statistic) -> None:
    assert statistic([], []) == Figure(None, None, None, 0)


@pytest.mark.parametrize("statistic", ALL)
def test_sides_of_different_length_are_refused(statistic: Statistic) -> None:
    with pytest.raises(ValueError, match=r"zip|as many"):
        statistic([1, 2], [1])
    with pytest.raises(ValueError, match="as many"):
        statistic([1, 2], [1, 2], [1])


@pytest.mark.parametrize("statistic", [kappa, weighted_kappa, pearson, spearman])
def test_what_chance_alone_explains_is_not_defined(statistic: Statistic) -> None:
    assert statistic([0.1] * 9, [0.1] * 9) == Figure(None, None, None, 9)


@pytest.mark.parametrize("statistic", [pearson, spearman])
def test_there_is_no_correlation_with_one_value(statistic: Statistic) -> None:
    assert statistic([1, 2, 3], [0.3, 0.3, 0.3]).value is None


def test_a_label_that_nobody_gave_has_no_precision_but_a_recall() -> None:
    assert precision(["a", "a"], ["b", "b"], "a").value is None
    assert recall(["a", "a"], ["b", "b"], "a").value == 0
    assert f1(["a", "a"], ["b", "b"], "c").value is None


def test_one_group_has_a_value_but_no_interval() -> None:
    assert accuracy("abc", "abd", ["x"] * 3) == Figure(2 / 3, None, None, 3)


def test_resamples_in_which_a_figure_is_not_defined_are_left_out() -> None:
    figure = kappa("aaaaab", "aaaaab")
    assert (figure.value, figure.low, figure.high) == (1, 1, 1)


def test_weighted_kappa_knows_how_far_apart_scores_are() -> None:
    near, far = weighted_kappa([0, 1, 10], [1, 1, 10]), weighted_kappa([0, 1, 10], [10, 1, 10])
    assert near.value > 0.9 > far.value  # type: ignore[operator]


def test_a_step_that_rounding_makes_longer_is_still_one_step() -> None:
    assert within([0.1 + 0.2], [0.2], 0.1).value == 1


def pairs(worse: int, better: int, alike: int = 3) -> tuple[list[bool], list[bool]]:
    before = [True] * worse + [False] * better + [True] * alike
    after = [False] * worse + [True] * better + [True] * alike
    return before, after


@pytest.mark.parametrize(("worse", "better"), [(0, 6), (2, 9), (12, 12), (20, 4)])
def test_few_discordant_pairs_are_tested_exactly(worse: int, better: int) -> None:
    paired = mcnemar(*pairs(worse, better))
    assert (paired.worse, paired.better, paired.method) == (worse, better, "exact")
    assert paired.p == pytest.approx(stats.binomtest(worse, worse + better).pvalue)


@pytest.mark.parametrize(("worse", "better"), [(5, 20), (13, 12), (40, 40), (90, 30)])
def test_many_discordant_pairs_are_tested_by_chi_squared(worse: int, better: int) -> None:
    paired = mcnemar(*pairs(worse, better))
    statistic = max(abs(worse - better) - 1, 0) ** 2 / (worse + better)
    assert paired.method == "chi-squared"
    assert paired.p == pytest.approx(stats.chi2.sf(statistic, 1))


def test_under_six_discordant_pairs_nothing_can_be_told() -> None:
    paired = mcnemar(*pairs(0, 5))
    assert (paired.worse, paired.better, paired.p) == (0, 5, None)
    assert paired.method == "too few to tell"
