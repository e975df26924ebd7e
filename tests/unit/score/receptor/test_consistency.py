import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.score.receptor import consistency as module
from rashomon.score.receptor.grouping import Tally, group
from rashomon.score.receptor.purity import purity
from rashomon.score.receptor.retention import retention

# confusion matrices published with Meysman et al. (2019) for the human receptors of Dash et al. (2017): rows BMLF, M1,
# pp65, columns clusters; 412 receptors; with purity and consistency among clustered receptors
DASH = {
    "Levenshtein": (
        [
            [4, 21, 11, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 2, 3, 2],
            [0, 0, 0, 130, 22, 10, 3, 8, 0, 0, 4, 0, 0, 1, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 5, 2, 3, 0, 0, 0],
        ],
        0.570,
        0.996,
        0.664,
    ),
    "length": (
        [[23, 36, 3, 9, 1, 3, 1, 0, 0], [15, 200, 16, 17, 8, 9, 2, 3, 4], [8, 4, 5, 17, 3, 15, 1, 6, 2]],
        0.998,
        0.708,
        0.584,
    ),
}


@pytest.mark.parametrize("name", DASH)
def test_published_confusion_matrices_give_the_published_numbers(name):
    """Retention, purity and greedy consistency of the stored tables, to the digits printed."""
    table, kept, pure, consistent = DASH[name]
    table = np.array(table).T
    cluster, label = np.nonzero(table)
    # which label the unclustered receptors carry does not matter here
    label_size = table.sum(axis=0) + np.array([412 - table.sum(), 0, 0])
    tally = Tally(412, table.sum(axis=1), cluster, label, table[cluster, label], label_size)
    assert retention(tally) == pytest.approx(kept, abs=6e-4)
    assert purity(tally) == pytest.approx(pure, abs=6e-4)
    assert module.consistency_clustered_greedy(tally) == pytest.approx(consistent, abs=6e-4)
    assert module.consistency_all_greedy(tally) == pytest.approx(consistent * kept, abs=6e-4)


def test_the_two_divisors_differ_by_the_retention(rng):
    """Consistency over all receptors is that over clustered ones times the retention, for both matchings."""
    labels, truth = rng.integers(-1, 50, 200), rng.integers(0, 6, 200)
    tally = group(labels, sp.csr_matrix(np.eye(6, dtype=bool)[truth])).tally()
    for rule in ("", "_greedy"):
        clustered = getattr(module, f"consistency_clustered{rule}")(tally)
        assert getattr(module, f"consistency_all{rule}")(tally) == pytest.approx(clustered * retention(tally))


def test_splitting_a_label_costs_consistency_but_no_purity():
    """Two pure clusters of one label: only one of them can be the cluster of the label."""
    tally = group(np.repeat([0, 1, 2], 4), sp.csr_matrix(np.eye(2, dtype=bool)[np.repeat([0, 1], [8, 4])])).tally()
    assert purity(tally) == 1.0
    assert module.consistency_clustered(tally) == pytest.approx(8 / 12)


def test_no_cluster_has_no_consistency():
    """All singletons: undefined under all four definitions."""
    tally = group(np.array([-1, 0]), sp.csr_matrix(np.eye(2, dtype=bool))).tally()
    assert all(np.isnan(getattr(module, name)(tally)) for name in module.__all__)


def test_counts_in_turn_do_not_see_each_others_matching(rng):
    """A matching is kept for the second divisor only: scores in any order equal those of fresh counts."""
    sets, labels = np.eye(4, dtype=bool)[rng.integers(4, size=80)], rng.integers(0, 15, (80, 2))
    for score in ("consistency_clustered", "consistency_all", "consistency_all_greedy", "consistency_clustered_greedy"):
        kept = [group(labels[:, k], sp.csr_matrix(sets)).tally() for k in (0, 1)]
        fresh = [getattr(module, score)(group(labels[:, k], sp.csr_matrix(sets)).tally()) for k in (0, 1)]
        assert [getattr(module, score)(kept[k]) for k in (0, 1, 0)] == [fresh[0], fresh[1], fresh[0]]
