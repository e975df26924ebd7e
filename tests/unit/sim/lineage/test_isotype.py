"""Class switching."""

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.sim.lineage import CONSTANT_GENES, clone_trees, switch_isotypes
from rashomon.sim.stream import stream_key

KEY = stream_key(9, "isotype")


@pytest.mark.parametrize("species", list(CONSTANT_GENES))
def test_switches_go_downstream_only(species):
    """No cell has a constant gene upstream of its parent's, and none is IgD."""
    trees = clone_trees(np.full(300, 20), KEY)
    codes = switch_isotypes(trees, KEY, rate=0.5, species=species)
    below = trees.parent >= 0
    assert (codes[below] >= codes[trees.parent[below]]).all()
    names = np.array(list(CONSTANT_GENES[species]))
    assert "IGHD" not in names[codes]
    assert set(names[codes]) >= {"IGHM", "IGHG1"}


def test_first_switch_follows_rate_and_weights():
    """A branch of length t switches with probability 1 - exp(-rate t), to genes by their weights (p > 1e-4)."""
    n, rate, trunk = 50_000, 0.4, 2.0
    codes = switch_isotypes(clone_trees(np.ones(n, dtype=int), KEY, trunk=trunk), KEY, rate=rate)
    switched = -np.expm1(-rate * trunk)
    assert stats.binomtest(int((codes > 0).sum()), n, switched).pvalue > 1e-4
    weights = np.array(list(CONSTANT_GENES["human"].values()))
    counts = np.bincount(codes, minlength=weights.size)[weights > 0]
    assert stats.chisquare(counts, counts.sum() * weights[weights > 0] / weights.sum()).pvalue > 1e-4


def test_rate_zero_is_igm_and_the_last_gene_stays():
    """Nothing switches at rate 0; at a huge rate each branch does, until the last gene."""
    trees = clone_trees(np.full(20, 3), KEY)
    assert (switch_isotypes(trees, KEY, rate=0.0) == 0).all()
    deep = clone_trees(np.full(20, 2000), KEY)
    codes = switch_isotypes(deep, KEY, rate=1e9)
    assert (codes > 0).all()
    assert (codes[deep.depth >= 9] == len(CONSTANT_GENES["human"]) - 1).all()


def test_unknown_species_is_refused():
    """Species without a table are refused, with the ones that are known."""
    with pytest.raises(UsageError, match="unknown species 'rat'"):
        switch_isotypes(clone_trees(np.array([1]), KEY), KEY, rate=0.1, species="rat")
