from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rashomon.pl import encode
from rashomon.pl.coclustering import coclustering

GROUPS = {0: 0, 1: 1, 2: 0, 3: 2, 4: 1, 5: 0}
"""Which clusters are often one: 0, 2 and 5, and 1 and 4."""


def clusters(k):
    return pd.DataFrame(
        {"cluster": map(str, range(k)), "name": [f"{i} (T)" for i in range(k)], "size": range(20, 20 + k)}
    )


def blocks(groups, titles=("half-samples", "other settings"), *, n=20):
    rows = []
    for step, title in enumerate(titles):
        for a, group in groups.items():
            for b, other in groups.items():
                if a <= b:
                    together = 0.95 if a == b else 0.6 - 0.1 * step if group == other else 0.01 * step
                    rows.append((title, a, b, together, n + step))
    return pd.DataFrame(rows, columns=["repeats", "a", "b", "together", "n"])


def order(panel):
    return [text.get_text().split(" ")[0] for text in panel.get_yticklabels()]


def values(panel):
    return panel.collections[0].get_array()


def test_clusters_that_are_one_stand_side_by_side():
    """Rows and columns have one order, in both panels, in which every group is a run of neighbours."""
    first, second = coclustering(blocks(GROUPS), clusters(6))
    names = order(first)
    assert sorted(names) == list("012345")
    runs = [GROUPS[int(name)] for name in names]
    assert sum(a != b for a, b in pairwise(runs)) == 2
    for panel in (first, second):
        assert [text.get_text() for text in panel.get_xticklabels()] == names


def test_squares_are_the_table():
    """Every square is the number of its two clusters, the same above and below the diagonal; n stands above."""
    table = blocks(GROUPS)
    for panel, (title, rows) in zip(
        coclustering(table, clusters(6)), table.groupby("repeats", sort=False), strict=True
    ):
        at = [int(name) for name in order(coclustering(table, clusters(6))[0])]
        drawn = np.asarray(values(panel))
        np.testing.assert_array_equal(drawn, drawn.T)
        for row in rows.to_dict("records"):
            assert drawn[at.index(row["a"]), at.index(row["b"])] == row["together"]
        assert panel.get_title() == f"{title}\nn = {rows['n'].max()}"


def test_the_order_of_the_rows_of_the_table_does_not_matter(rng):
    """A shuffled table, with either order of a pair, is the same picture."""
    table = blocks(GROUPS)
    again = table.sample(frac=1, random_state=rng).sort_values("repeats", kind="stable")
    again.loc[again.index[::2], ["a", "b"]] = again.loc[again.index[::2], ["b", "a"]].to_numpy()
    assert encode(coclustering(table, clusters(6))[0], kind="svg") == encode(
        coclustering(again, clusters(6))[0], kind="svg"
    )


def test_the_order_is_that_of_scipy():
    """Average linkage of one less the mean over the panels, leaves in the best order, from the lower end."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    k = 9
    noise = np.random.default_rng(4).uniform(0, 0.9, (k, k))
    together = (noise + noise.T) / 2
    rows = [("x", a, b, together[a, b] if a != b else 1.0, 5) for a in range(k) for b in range(a, k)]
    (panel,) = coclustering(pd.DataFrame(rows, columns=["repeats", "a", "b", "together", "n"]), clusters(k))
    distance = 1 - together
    np.fill_diagonal(distance, 0)
    leaves = leaves_list(linkage(squareform(distance), "average", optimal_ordering=True))
    expected = leaves if leaves[0] < leaves[-1] else leaves[::-1]
    assert order(panel) == [str(i) for i in expected]


def test_few_clusters_have_their_values_written_and_unknown_ones_are_grey():
    """Squares of up to 14 clusters carry their share, shares below 0.005 none; what no run saw has no number."""
    table = blocks({0: 0, 1: 1}, ["half-samples"])
    table.loc[table["a"] != table["b"], "together"] = np.nan
    (panel,) = coclustering(table, clusters(2))
    assert [text.get_text() for text in panel.texts] == [".95", ".95"]
    assert np.ma.getmaskarray(values(panel)).sum() == 2
    assert not coclustering(blocks({i: i for i in range(15)}), clusters(15))[0].texts


@pytest.mark.parametrize(("k", "stacked"), [(24, False), (25, True), (60, True)])
def test_many_clusters_are_legible(k, stacked):
    """More than 24 clusters stand in panels below each other, each with its names; no artist per square."""
    first, second = coclustering(blocks({i: i // 3 for i in range(k)}), clusters(k))
    first.figure.canvas.draw()
    a, b = (panel.get_window_extent() for panel in (first, second))
    assert bool(b.y1 < a.y0) is stacked
    assert len(second.get_yticklabels()) == (k if stacked else 0)
    assert len(first.collections) == 1
    assert not first.texts


@pytest.mark.parametrize("k", [1, 0])
def test_one_cluster_or_no_table_is_drawn(k):
    """One cluster is one square; an empty table has no panel."""
    panels = coclustering(blocks(dict.fromkeys(range(k), 0)), clusters(k))
    assert len(panels) == 2 * k


def test_it_draws_where_it_is_told_and_saves(tmp_path):
    """Axes of the caller hold the panels; hostile names are text; receptors are not called cells."""
    axes = Figure(figsize=(9, 5)).add_subplot()
    named = clusters(3).assign(name=["$\\frac{1", "_x", "<b>\u202e"], cluster=["$x", "_y", "long name of a cluster"])
    panels = coclustering(blocks({0: 0, 1: 0, 2: 1}), named, item="receptor", ax=axes, save=tmp_path / "a.png")
    assert axes.child_axes == panels
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert all(text.get_text().endswith("receptors") for text in panels[0].get_yticklabels())
