"""Candidates for the best labeling."""

import numpy as np
import pytest

from rashomon.sim.oracle.candidate import (
    ARG_MAX,
    Candidate,
    base_candidates,
    distinct,
    neighbours,
    refined,
    weighted,
)


def by_rule(posterior):
    return {candidate.rule: candidate.labels for candidate in base_candidates(posterior)}


def test_arg_max_comes_first(rng):
    """The first candidate is the arg-max posterior, for two classes and for more."""
    for k in (2, 5):
        table = rng.dirichlet(np.ones(k), size=40)
        first = base_candidates(table)[0]
        assert first.rule == ARG_MAX
        np.testing.assert_array_equal(first.labels, table.argmax(axis=1))


def test_two_classes_are_cut_at_thresholds(rng):
    """With two classes the labels of 'second class above t' are posterior > t."""
    table = rng.dirichlet(np.ones(2), size=400)
    found = by_rule(table)
    for threshold in (0.05, 0.2, 0.95):
        np.testing.assert_array_equal(found[f"second class above {threshold:.2f}"], table[:, 1] > threshold)


def test_weights_favour_rare_classes(rng):
    """A higher power of the prevalence gives the rarest class more cells."""
    table = rng.dirichlet([5.0, 3.0, 0.5], size=2000)
    found = by_rule(table)
    powers = (-1.0, -0.5, 0.5, 1.0)
    sizes = [(found[f"weights prevalence to minus {power:.2f}"] == 2).sum() for power in powers]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_uncertain_cells_are_set_apart(rng):
    """Cells below the threshold become one more cluster, or singletons; the others keep their arg-max."""
    table = rng.dirichlet(np.ones(3), size=300)
    found, sure = by_rule(table), table.max(axis=1) >= 0.6
    for rule, code in (("one more cluster of cells below 0.60", 3), ("singletons of cells below 0.60", -1)):
        np.testing.assert_array_equal(found[rule], np.where(sure, table.argmax(axis=1), code))


def test_equal_labels_are_one_candidate():
    """Certain posteriors leave the arg-max and the two trivial candidates."""
    rules = [candidate.rule for candidate in base_candidates(np.eye(3)[np.arange(9) % 3])]
    assert rules == [ARG_MAX, "one cluster", "every cell by itself"]
    one = Candidate("a", np.zeros(3, np.int32))
    assert distinct([one, Candidate("b", np.zeros(3, np.int32))]) == [one]


def test_refined_lies_between_the_neighbours_on_the_grid(rng):
    """Around a threshold of 0.20 eight more are tried, up to 0.16 and 0.24; a rule without a number has none."""
    table = rng.dirichlet(np.ones(2), size=500)
    candidates = {candidate.rule: candidate for candidate in base_candidates(table)}
    numbers = sorted(candidate.number for candidate in refined(table, candidates["second class above 0.20"]))
    np.testing.assert_allclose(numbers, [0.16, 0.17, 0.18, 0.19, 0.21, 0.22, 0.23, 0.24])
    assert refined(table, candidates[ARG_MAX]) == []


def test_neighbours_change_one_weight(rng):
    """From the arg-max, and from powers of the prevalence, each class is weighted down and up by e**0.4."""
    table = rng.dirichlet([4.0, 2.0, 1.0], size=200)
    candidates = {candidate.rule: candidate for candidate in base_candidates(table)}
    for rule, start in ((ARG_MAX, np.zeros(3)), ("weights prevalence to minus 1.00", -np.log(table.mean(axis=0)))):
        changes = [candidate.log_weights - start for candidate in neighbours(table, candidates[rule])]
        np.testing.assert_allclose(changes, np.vstack([-0.4 * np.eye(3), 0.4 * np.eye(3)]), atol=1e-12)
    assert neighbours(table, candidates["one cluster"]) == []


@pytest.mark.parametrize("n_classes", [1, 2])
def test_two_classes_need_no_neighbours(n_classes, rng):
    """Thresholds say all there is for two classes; one class has nothing to weigh."""
    table = rng.dirichlet(np.ones(n_classes), size=20)
    assert neighbours(table, base_candidates(table)[0]) == []


def test_weights_multiply():
    """A weight of 3 moves a cell with posterior 0.3."""
    np.testing.assert_array_equal(weighted(np.array([[0.7, 0.3]]), np.log([1.0, 3.0])), [1])
