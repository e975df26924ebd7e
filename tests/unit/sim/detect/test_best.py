from itertools import product

import numpy as np
import pytest

from rashomon.sim.detect.best import best_set


def expected_f1(chosen, probability):
    """Exact expected F1 of a set, over all labels of independent cells; 0 where there is nothing to find."""
    labels = np.array(list(product([0, 1], repeat=probability.size)))
    weight = np.where(labels == 1, probability, 1 - probability).prod(axis=1)
    shared, sizes = labels @ chosen, labels.sum(axis=1) + chosen.sum()
    return float(weight @ (2 * shared / np.maximum(sizes, 1)))


def test_the_set_is_near_the_best_of_all_subsets(rng):
    """Expected F1 of 9 cells, over all 512 sets and all labels: the set given is within 3 % of the best."""
    for _ in range(5):
        probability = rng.beta(0.5, 0.7, 9)
        best = max(expected_f1(np.array(each), probability) for each in product([0, 1], repeat=9))
        assert expected_f1(best_set(probability).astype(int), probability) >= 0.97 * best


def test_a_rare_group_is_called_below_one_half(rng):
    """Where no cell reaches one half, the most probable class finds nothing, and this set more than half of F1."""
    z = np.r_[rng.normal(1.5, 1, 2_500), rng.normal(0, 1, 47_500)]
    odds = 0.05 / 0.95 * np.exp(1.5 * z - 1.125)
    probability, label = odds / (1 + odds), np.arange(50_000) < 2_500

    def f1(chosen):
        return 2 * (chosen & label).sum() / (chosen.sum() + label.sum())

    chosen = best_set(probability)
    best = max(f1(probability >= cut) for cut in np.linspace(0.02, 0.98, 97))
    assert f1(chosen) == pytest.approx(best, abs=0.01)
    assert f1(chosen) > f1(probability >= 0.5) + 0.1
    assert probability[chosen].min() < 0.3


def test_cells_of_one_probability_share_their_answer():
    """Without information all cells are taken: one cluster, which is no group."""
    assert best_set(np.full(7, 0.2)).all()
    assert best_set(np.array([1.0, 1.0, 0.0, 0.0])).tolist() == [True, True, False, False]
