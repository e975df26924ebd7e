from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from rashomon.core import UsageError
from rashomon.pl import encode
from rashomon.pl.tree import cluster_tree, coarse_to_fine


def tables(labels, *, levels=None, stability=0.9):
    """Nodes and edges of labelings from coarse to fine."""
    levels = levels or [0.5 * (i + 1) for i in range(len(labels))]
    nodes, edges = [], []
    for level, codes in zip(levels, labels, strict=True):
        clusters, size = np.unique(codes, return_counts=True)
        nodes.append(pd.DataFrame({"level": level, "cluster": clusters, "size": size}))
    for i, (upper, lower) in enumerate(pairwise(labels)):
        pairs = pd.DataFrame({"cluster": upper, "next_cluster": lower})
        cross = pairs.value_counts(sort=False).rename("in_proportion").reset_index()
        cross["in_proportion"] /= cross["next_cluster"].map(pairs["next_cluster"].value_counts())
        edges.append(cross.assign(level=levels[i], next_level=levels[i + 1]))
    return pd.concat(nodes).assign(choice="resolution", stability=stability), pd.concat(edges)


NESTED = [np.repeat([0, 1], 60), np.repeat([1, 0, 2], 40), np.repeat([0, 1, 2, 3], 30)]


def dots(axes):
    (found,) = [one for one in axes.collections if isinstance(one, PathCollection)]
    return found


def lines(axes):
    (found,) = [one for one in axes.collections if isinstance(one, LineCollection)]
    return found


def test_one_dot_per_cluster_and_one_line_per_pair_with_common_items():
    """Areas are as the numbers of items, rows as the levels, and lines lead from a dot to a dot."""
    nodes, edges = tables(NESTED)
    axes = cluster_tree(nodes, edges)
    offsets, areas = np.asarray(dots(axes).get_offsets()), dots(axes).get_sizes()
    assert sorted(offsets[:, 1]) == [0, 0, 1, 1, 1, 2, 2, 2, 2]
    np.testing.assert_allclose(areas / areas.max(), sorted(nodes["size"] / 60, reverse=True))
    assert len(lines(axes).get_segments()) == len(edges) == 10
    ends = {tuple(np.round(point, 9)) for segment in lines(axes).get_segments() for point in segment}
    assert ends <= {tuple(np.round(point, 9)) for point in offsets}
    assert [tick.get_text() for tick in axes.get_yticklabels()] == [
        "0.5\n2 clusters",
        "1\n3 clusters",
        "1.5\n4 clusters",
    ]


def test_a_line_fades_with_its_share():
    """The share of the lower cluster is the opacity; a tenth is hardly seen, all of it is black."""
    nodes, edges = tables(NESTED)
    shown = lines(cluster_tree(nodes, edges))
    shares = np.sort(edges["in_proportion"])
    opacity = shown.get_colors()[:, 3]
    assert (np.diff(opacity) >= 0).all()
    np.testing.assert_allclose(opacity[shares == 1.0], 0.95)
    half = opacity[np.isclose(shares, 1 / 3)]
    assert (half < 0.4).all()


def test_lines_under_a_twentieth_are_counted_and_not_drawn():
    """They would hide the others; the axis says how many there are."""
    nodes, edges = tables(NESTED)
    stray = edges.iloc[:1].assign(cluster=1, next_cluster=1, in_proportion=0.04)
    axes = cluster_tree(nodes, pd.concat([edges, stray]))
    assert len(lines(axes).get_segments()) == len(edges)
    assert "1 line under 5 % of the lower cluster is not drawn" in axes.get_xlabel().replace("\n", " ")


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_branches_never_cross(seed, n_levels):
    """Lines to the cluster that most items come from do not cross, and dots of a row keep their distance."""
    rng = np.random.default_rng(seed)
    order = np.sort(rng.random(300))
    labels = []
    for level in range(n_levels):
        cuts = np.sort(rng.random(2 + 4 * level))
        labels.append(rng.permutation(cuts.size + 1)[np.searchsorted(cuts, order)])
    nodes, edges = tables(labels)
    axes = cluster_tree(nodes, edges)
    offsets = np.asarray(dots(axes).get_offsets())
    for y in range(n_levels):
        row = np.sort(offsets[offsets[:, 1] == y, 0])
        assert (np.diff(row) > 1 - 1e-6).all()
    main = {}
    # the last line of a lower dot is its heaviest
    for (x, y), (below, _) in lines(axes).get_segments():
        main[y, below] = x
    for (y, below), (other, beside) in combinations(main, 2):
        if y == other and main[y, below] != main[other, beside]:
            assert (main[y, below] < main[other, beside]) == (below < beside)


def test_colours_are_stabilities_and_grey_is_unknown():
    """In [0, 1] whatever the table holds; missing values are masked."""
    nodes, edges = tables(NESTED)
    stability = np.linspace(0.1, 0.9, len(nodes))
    stability[4] = np.nan
    axes = cluster_tree(nodes.assign(stability=stability), edges)
    assert dots(axes).get_clim() == (0, 1)
    drawn = np.ma.asarray(dots(axes).get_array())
    assert drawn.mask.sum() == 1
    np.testing.assert_allclose(np.sort(drawn.compressed()), np.sort(stability[np.isfinite(stability)]))
    assert "grey: unknown" in axes.figure.axes[-1].get_ylabel()


def test_order_of_the_rows_does_not_matter(tmp_path):
    """Shuffled tables give the same picture to the last bit."""
    nodes, edges = tables(NESTED)
    nodes = nodes.assign(stability=np.linspace(0, 1, len(nodes)), name=[f"{c} (T)" for c in nodes["cluster"]])
    one, other = tmp_path / "one.png", tmp_path / "other.png"
    cluster_tree(nodes, edges, marked=1.0, save=one)
    cluster_tree(nodes.sample(frac=1, random_state=1), edges.sample(frac=1, random_state=2), marked=1.0, save=other)
    assert compare_images(str(one), str(other), tol=0) is None
    assert one.read_bytes() == other.read_bytes()


def test_the_largest_sixty_are_drawn():
    """Of seventy clusters ten are counted below."""
    fine = np.repeat(np.arange(70), 2)
    nodes, edges = tables([np.zeros(140, dtype=int), np.append(fine, np.full(60, 0))[:140]])
    axes = cluster_tree(nodes, edges)
    assert len(dots(axes).get_offsets()) == 61
    assert "10 small clusters" in axes.get_xlabel()
    assert "70 clusters" in axes.get_yticklabels()[1].get_text()


def test_dots_of_a_row_do_not_overlap(rng):
    """Sixty clusters of very different size beside each other."""
    codes = np.repeat(np.arange(60), rng.integers(1, 400, 60))
    axes = cluster_tree(*tables([codes % 3, codes]))
    axes.figure.canvas.draw()
    to_points = axes.transData.transform(dots(axes).get_offsets()) * 72 / axes.figure.dpi
    radius = np.sqrt(dots(axes).get_sizes()) / 2
    row = np.flatnonzero(dots(axes).get_offsets()[:, 1] == 1)
    row = row[np.argsort(to_points[row, 0])]
    gaps = np.diff(to_points[row, 0]) - radius[row[1:]] - radius[row[:-1]]
    assert gaps.min() > -1.5


def test_the_marked_level_and_the_names_of_the_lowest_are_written():
    """The level of the pipeline that was re-run; what the finest clusters are."""
    nodes, edges = tables(NESTED)
    axes = cluster_tree(nodes.assign(name=[f"{c} (90 % T$)" for c in nodes["cluster"]]), edges, marked=1.0)
    assert [tick.get_text().endswith("re-run") for tick in axes.get_yticklabels()] == [False, True, False]
    assert {tick.get_text() for tick in axes.get_xticklabels()} == {f"{c} (90 % T\\$)" for c in range(4)}
    assert encode(axes, kind="svg")


def test_coarse_levels_are_above_whatever_their_numbers_mean():
    """Resolutions grow downwards, cutoffs shrink, names go by how many clusters they make."""
    few, more = {"level": "wide", "cluster": [0]}, {"level": "narrow", "cluster": [0, 1]}
    named = pd.concat([pd.DataFrame(more), pd.DataFrame(few)])
    assert coarse_to_fine(named) == ["wide", "narrow"]
    assert coarse_to_fine(named.assign(level=named["level"].map({"wide": 24, "narrow": 12}))) == [24, 12]
    assert coarse_to_fine(named.assign(level=named["level"].map({"wide": 0.5, "narrow": 1.5}))) == [0.5, 1.5]


def test_what_does_not_fit_together_is_refused():
    """A cluster twice in a level, an edge to nowhere."""
    nodes, edges = tables(NESTED)
    with pytest.raises(UsageError, match="occurs twice in a level"):
        cluster_tree(pd.concat([nodes, nodes.iloc[:1]]), edges)
    with pytest.raises(UsageError, match=r"an edge ends at cluster 9 of level 1\.0, which is no node"):
        cluster_tree(nodes, edges.assign(next_cluster=9))


@pytest.mark.parametrize("n_levels", [0, 1])
def test_little_to_draw_is_drawn(n_levels):
    """No level is said; one level is a row of dots, on the axes of the caller."""
    nodes, edges = tables(NESTED)
    axes = Figure().add_subplot()
    assert cluster_tree(nodes.iloc[: 2 * n_levels], edges.iloc[:0], ax=axes, item="receptor") is axes
    said = [text.get_text() for text in axes.texts]
    assert ("no clusters at any level" in said) == (n_levels == 0)
    assert encode(axes, kind="png")
