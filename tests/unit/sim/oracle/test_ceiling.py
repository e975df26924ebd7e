"""Ceilings of scores."""

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from rashomon.core import UsageError
from rashomon.core.thread import THREADS
from rashomon.sim.oracle.ceiling import ceiling, ceilings
from rashomon.sim.oracle.posterior import posterior

PREVALENCE, DISTANCE = 0.05, 1.5


@pytest.fixture(scope="module")
def rare():
    """Posterior of 20,000 cells, 5 % of them 1.5 standard deviations away from the others."""
    rng = np.random.default_rng(8)
    x = rng.normal(DISTANCE * (rng.random(20_000) < PREVALENCE), 1)
    return posterior(stats.norm.logpdf(x[:, None], [0.0, DISTANCE]), np.log([1 - PREVALENCE, PREVALENCE]))


def population_ari(threshold):
    """ARI of infinitely many cells, the second class where its posterior is above the threshold."""
    cut = (np.log(threshold / (1 - threshold)) - np.log(PREVALENCE / (1 - PREVALENCE))) / DISTANCE + DISTANCE / 2
    above = stats.norm.sf(cut, [0.0, DISTANCE])
    joint = np.array([1 - PREVALENCE, PREVALENCE]) * np.array([1 - above, above])
    rows, columns = (joint.sum(axis=axis) ** 2 for axis in (1, 0))
    expected = rows.sum() * columns.sum()
    return ((joint**2).sum() - expected) / ((rows.sum() + columns.sum()) / 2 - expected)


def test_arg_max_is_not_the_optimum(rare):
    """A rare class: the arg-max posterior has ARI .17, the same posterior cut at .22 .31, the ceiling no less."""
    found = ceiling(rare, "ari", n_draws=40, rng=1)
    # one sample gave .185 and .330 when this was first measured; infinitely many cells give .17 and .31
    assert population_ari(0.5) == pytest.approx(0.185, abs=0.02)
    assert population_ari(0.22) == pytest.approx(0.33, abs=0.025)
    assert found.argmax_value == pytest.approx(population_ari(0.5), abs=0.015)
    assert population_ari(0.22) - 0.015 < found.value < population_ari(0.22) + 0.03
    assert found.value > found.argmax_value + 10 * found.standard_error
    assert found.rule != "arg-max posterior"


def test_balanced_pair_has_the_closed_form(rng):
    """Two balanced groups: the ceiling of ARI is about (1 - 2e)**2, e the Bayes error, and no less."""
    x = rng.normal(3.0 * (np.arange(4000) % 2), 1)
    found = ceiling(posterior(stats.norm.logpdf(x[:, None], [0.0, 3.0]), np.zeros(2)), "ari", n_draws=40, rng=1)
    closed = (1 - 2 * stats.norm.sf(1.5)) ** 2
    assert found.argmax_value == pytest.approx(closed, abs=0.02)
    assert closed - 0.02 < found.value < closed + 0.04


@pytest.mark.parametrize("name", ["ari", "ami", "nmi", "v_measure", "macro_f1", "element_centric", "fowlkes_mallows"])
def test_ceiling_is_no_less_than_arg_max(name, rng):
    """No score has a ceiling below its arg-max value by more than errors of drawing."""
    table = rng.dirichlet([1.5, 0.6, 0.3], size=200)
    found = ceiling(table, name, n_draws=30, rng=4)
    assert found.value >= found.argmax_value - 3 * found.standard_error
    assert 0 < found.value < 1


def test_smaller_can_be_better(rng):
    """The variation of information is made small: its ceiling does not lie above the arg-max value."""
    found = ceiling(rng.dirichlet([1.5, 0.6, 0.3], size=200), "variation_of_information", n_draws=30, rng=4)
    assert 0 < found.value <= found.argmax_value + 3 * found.standard_error


def test_certain_states_have_a_ceiling_of_one():
    """A certain posterior is reached by its arg-max, without error."""
    found = ceilings(np.eye(3)[np.arange(60) % 3], ["ari", "ami", "macro_f1"], n_draws=5, rng=1)
    assert [(c.value, c.standard_error, c.rule) for c in found.values()] == [(1.0, 0.0, "arg-max posterior")] * 3


def test_nothing_known_has_a_ceiling_of_chance():
    """With the same posterior for all cells the ceiling of ARI and AMI is 0, within four errors."""
    found = ceilings(np.full((300, 2), 0.5), ["ari", "ami"], n_draws=60, rng=1)
    for value in found.values():
        assert abs(value.value) < 4 * value.standard_error + 1e-3


def test_value_is_a_mean_over_draws(rng):
    """The arg-max value agrees with scikit-learn on draws of our own, within four errors."""
    table = rng.dirichlet([1.0, 0.5, 0.5], size=150)
    found = ceiling(table, "ari", n_draws=80, rng=2)
    own = [
        metrics.adjusted_rand_score([rng.choice(3, p=row) for row in table], table.argmax(axis=1)) for _ in range(80)
    ]
    error = np.hypot(found.standard_error, np.std(own) / np.sqrt(80))
    assert abs(found.argmax_value - np.mean(own)) < 4 * error


def test_scores_that_cost_nothing_say_so(rng):
    """Homogeneity is 1 for cells by themselves: its ceiling is 1 by that rule."""
    found = ceiling(rng.dirichlet([1.0, 1.0], size=80), "homogeneity", n_draws=5, rng=1)
    assert found.value == pytest.approx(1.0)
    assert found.rule == "every cell by itself"


def test_one_class_has_no_ceiling():
    """Where the truth has one class for certain, homogeneity has no value, and the reason is given."""
    found = ceiling(np.ones((50, 1)), "homogeneity", n_draws=5, rng=1)
    assert np.isnan(found.value)
    assert "undefined" in found.reason


def test_threads_and_company_change_nothing(rng, monkeypatch):
    """The same root gives the same numbers with one thread or two; another root does not."""
    table, found = rng.dirichlet([1.0, 0.4, 0.4], size=120), []
    for n_threads in ("1", "2"):
        monkeypatch.setenv(THREADS, n_threads)
        found.append(ceilings(table, ["ari", "nmi"], n_draws=10, rng=6))
    assert found[0] == found[1]
    assert ceilings(table, ["ari", "nmi"], n_draws=10, rng=7) != found[0]


@pytest.mark.parametrize(
    ("table", "score", "n_draws", "what"),
    [
        (np.eye(2), "silhouette", 5, "does not compare labels with a truth"),
        (np.eye(2), "arii", 5, "arii"),
        (np.eye(2), "ari", 1, "1 draws"),
        (np.eye(2)[:1], "ari", 5, "1 cells"),
        (2 * np.eye(2), "ari", 5, "no probabilities"),
    ],
)
def test_what_has_no_ceiling_is_refused(table, score, n_draws, what):
    """Scores without a truth, unknown ones, single draws and cells, and tables of other numbers are errors."""
    with pytest.raises(UsageError, match=what):
        ceiling(table, score, n_draws=n_draws, rng=1)
