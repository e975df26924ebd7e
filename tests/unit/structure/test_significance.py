"""Tables and labellings of a clustering."""

from dataclasses import replace

import numpy as np
import pytest

from rashomon.structure.judged_tree import split_significance
from rashomon.structure.significance import (
    LABELLING_COLUMNS,
    NODE_COLUMNS,
    PAIR_COLUMNS,
    cluster_significance,
    significance_of,
)
from tests.label_tree_sample import cut, majority, populations


@pytest.fixture(scope="module")
def found():
    """Two groups in five clusters, with what was found."""
    rng = np.random.default_rng(3)
    counts, group = populations(rng)
    labels = np.where(np.arange(400) < 5, -1, cut(counts, 5, rng))
    return labels, group, cluster_significance(counts, labels, rng=rng), counts


def test_both_labellings_are_the_groups(found):
    """The clusters of each group are merged, and the groups are not; cells of no cluster stay so."""
    labels, group, result, _ = found
    of = majority(labels[5:], group[5:])
    assert result.root.verdict == "groups"
    for codes in (result.recommended, result.conservative):
        assert (codes[:5] == -1).all()
        assert len(np.unique(codes[5:])) == 2
        assert len({(int(code), of[int(label)]) for code, label in zip(codes[5:], labels[5:], strict=True)}) == 2
    assert len(result.sentences) == 2


def test_tables_have_the_columns_they_say(found):
    """And one row per node, pair and cluster."""
    *_, result, _ = found
    assert list(result.nodes) == list(NODE_COLUMNS)
    assert list(result.pairs) == list(PAIR_COLUMNS)
    assert list(result.labellings) == list(LABELLING_COLUMNS)
    assert (len(result.nodes), len(result.labellings)) == (4, 5)
    assert result.labellings["n"].sum() == 395
    assert result.labellings["why_recommended"].str.len().min() > 10


def test_a_pair_says_whether_it_was_merged(found):
    """As the labellings have it."""
    *_, result, _ = found
    merged = dict(zip(result.labellings["cluster"], result.labellings["recommended"], strict=True))
    for row in result.pairs.itertuples():
        assert row.merged_recommended == (merged[row.left] == merged[row.right])


@pytest.mark.parametrize(("verdict", "left"), [("no", [1, 1]), ("closed gradient", [2, 1])])
def test_the_test_of_all_cells_comes_first(found, verdict, left):
    """Without structure all is one; on a loop no gap is proven."""
    labels, _, result, counts = found
    tree = split_significance(counts, labels, rng=np.random.default_rng(0))
    other = significance_of(replace(result.root, verdict=verdict), tree, labels)
    assert [other.labellings[name].nunique() for name in ("recommended", "conservative")] == left
    assert (other.nodes["verdict"] == "closed gradient").any() == (verdict == "closed gradient")
