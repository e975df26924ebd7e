"""Cases of the gallery: labelings are right or wrong in the way that their names say."""

from functools import cache

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from rashomon.score import score
from rashomon.sim.gallery_case import LABELINGS, carried_over, draw_case, half_runs, reruns

SIX = {"n_genes": 200, "n_groups": 6, "n_markers": 20, "effect_size": 2.0, "n_batches": 2}


@cache
def case():
    """Six types in two batches."""
    return draw_case(SIX, n_obs=200, seed=1)


def test_a_case_holds_what_the_pipeline_kept():
    """One row per cell that was kept; neighbours are those of scikit-learn, the cell itself first."""
    n = case().types.size
    assert case().view.shape[0] == case().graph.shape[0] == case().leiden.size == case().batch.size == n
    assert set(case().batch) == {0, 1}
    found = NearestNeighbors(n_neighbors=16).fit(case().view).kneighbors(case().view, return_distance=False)
    np.testing.assert_array_equal(np.sort(case().neighbours), np.sort(found))
    assert case().needed("labels") == {}
    assert case().needed("view")["view"] is case().view


@pytest.mark.parametrize("name", LABELINGS)
def test_labelings_have_a_code_per_cell(name):
    """No cell is without one."""
    labels = LABELINGS[name](case())
    assert labels.shape == case().types.shape
    assert labels.min() >= 0


def test_labelings_are_what_they_are_called():
    """Cuts are pure, joins are whole, errors are as many as said."""
    truth = case().types
    made = {name: labeling(case()).astype(np.int32) for name, labeling in LABELINGS.items()}
    for name in ("every type cut in two", "every type cut in eight", "largest type cut"):
        assert score("homogeneity", made[name], truth).value == pytest.approx(1.0)
    for name in ("siblings joined", "lineages"):
        assert score("completeness", made[name], truth).value == pytest.approx(1.0)
    assert np.unique(made["lineages"]).size == 2
    assert 0.03 < (made["a tenth wrong"] != truth).mean() < 0.15
    assert (made["types and debris"] != truth).sum() == 40
    assert sorted(made["random clusters"]) == sorted(truth)


def test_rare_types():
    """Types of ten cells and fewer are joined, or kept while large ones are mixed."""
    knobs = {**SIX, "proportions": [0.49, 0.45, 0.015, 0.015, 0.015, 0.015]}
    found = draw_case(knobs, n_obs=300, seed=0)
    rare = np.bincount(found.types)[found.types] <= 10
    assert 0 < rare.sum() < 40
    joined, mixed = (LABELINGS[name](found) for name in ("rare types joined", "large types mixed"))
    np.testing.assert_array_equal(joined[~rare], found.types[~rare])
    assert np.unique(joined[rare]).size == 1
    np.testing.assert_array_equal(mixed[rare], found.types[rare])
    assert 0.1 < (mixed != found.types).mean() < 0.3


def test_reruns_leave_a_fifth_out():
    """Six columns, each on 80 % of the cells, in as many clusters as asked for."""
    table = reruns(case(), k=3)
    assert table.shape == (case().types.size, 6)
    np.testing.assert_allclose((table == -2).mean(axis=0), 0.2, atol=0.01)
    assert all(set(column[column >= 0]) == {0, 1, 2} for column in table.T)


def test_halves_and_what_is_carried_over():
    """Both halves together are all cells; predictions are those of scikit-learn's majority of fifteen."""
    one, two = case().halves("a")
    assert sorted([*one, *two]) == list(range(case().types.size))
    found = carried_over(case().view, case().types[one], train=one, test=two)
    model = KNeighborsClassifier(n_neighbors=15, algorithm="brute").fit(case().view[one], case().types[one])
    assert (found == model.predict(case().view[two])).mean() > 0.98
    table, predicted = half_runs(case(), k=3)
    np.testing.assert_array_equal(table == -2, predicted == -2)
    np.testing.assert_array_equal((table[:, ::2] == -2), (table[:, 1::2] >= 0))
