"""Every split of a clustering has a verdict, and only gaps are proven."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from rashomon.core import UsageError
from rashomon.structure.judged_tree import SPLIT_VERDICTS, split_significance
from tests.label_tree_sample import cut, majority, populations


def test_a_gap_is_proven_between_groups_and_within_none(rng):
    """Two groups cut into five clusters: the split between the groups is separated, those within are not."""
    counts, group = populations(rng)
    labels = cut(counts, 5, rng)
    of = majority(labels, group)
    tree = split_significance(counts, labels, rng=rng)
    assert len(tree.nodes) == 4
    for split in (*tree.nodes, *tree.pairs):
        sides = [{of[code] for code in side} for side in (split.left, split.right)]
        assert split.verdict in SPLIT_VERDICTS
        assert split.verdict == ("separated" if sides[0] != sides[1] else "not separated")


def test_p_values_are_adjusted_by_holm(rng):
    """Step down over all splits; a split that is also a pair counts once. The smallest equals Bonferroni's."""
    counts, _ = populations(rng, n=300)
    tree = split_significance(counts, cut(counts, 4, rng), rng=rng)
    unique = {(split.left, split.right): split for split in (*tree.nodes, *tree.pairs)}
    p, adjusted = (np.array([getattr(split, name) for split in unique.values()]) for name in ("p", "p_adjusted"))
    order = np.argsort(p, kind="stable")
    expected = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)))
    assert adjusted[order] == pytest.approx(expected)
    assert (adjusted >= false_discovery_control(p) - 1e-12).all()


def test_a_split_along_the_batches_cannot_be_told(rng):
    """Where each batch is one group, no batch has both sides; where batches are mixed, the gap is found."""
    counts, group = populations(rng, n=300)
    confounded, mixed = (
        split_significance(counts, group, batch=batch, rng=rng).nodes[0] for batch in (group, rng.integers(0, 2, 300))
    )
    assert (confounded.verdict, confounded.reason) == ("cannot tell", "no batch or donor has cells on both sides")
    assert (mixed.verdict, mixed.n) == ("separated", 300)


def test_small_clusters_say_how_many_cells_are_needed(rng):
    """10 cells are too few."""
    counts, _ = populations(rng, n=200)
    split = split_significance(counts, (np.arange(200) < 10).astype(int), rng=rng).nodes[0]
    assert (split.verdict, np.isnan(split.p)) == ("cannot tell", True)
    assert split.n_needed > 200
    assert split.reason.startswith("190 and 10 cells are too few; a clear gap needs about")


def test_labels_across_the_gap_are_told_from_labels_along_it(rng):
    """A cut that takes 60 % of one group to the other side."""
    counts, group = populations(rng)
    labels = np.where((group == 0) & (rng.random(400) < 0.4), 1, group)
    split = split_significance(counts, labels, rng=rng).nodes[0]
    assert (split.verdict, split.overlap > 0.25) == ("gap elsewhere", True)


def test_large_data_are_tested_on_a_random_part(rng):
    """`max_cells` of them, and the tree says so; cells of no cluster are not counted."""
    counts, group = populations(rng, n=300)
    labels = np.where(np.arange(300) < 20, -1, group)
    tree = split_significance(counts, labels, max_cells=200, rng=rng)
    assert (tree.n_used, tree.n_cells, tree.nodes[0].n_left + tree.nodes[0].n_right) == (200, 280, 200)


def test_one_cluster_and_none_have_no_splits(rng):
    """There is nothing to test."""
    counts, _ = populations(rng, n=60)
    for labels, known in ((np.zeros(60, dtype=int), (0,)), (np.full(60, -1), ())):
        tree = split_significance(counts, labels, rng=rng)
        assert (tree.nodes, tree.pairs, tree.clusters) == ((), (), known)


def test_labels_of_other_cells_are_refused(rng):
    """One label per cell."""
    counts, _ = populations(rng, n=60)
    with pytest.raises(UsageError, match="59 labels of 60 cells"):
        split_significance(counts, np.zeros(59, dtype=int), rng=rng)
