"""What a cell is, what state it is in, and how much of it was measured."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim import World
from rashomon.sim.expression.cell import _above, doublet_chance, path_coordinates

N = 20_000


def cells(n=N, root=1, **knobs):
    """The cells of a small world."""
    return World("w", {"n_genes": 20, **knobs}).scene(n, root=root).cells(np.arange(n))


def agrees(hits, share):
    """Whether a number of hits is one that this share gives (p > 1e-4)."""
    return stats.binomtest(int(np.sum(hits)), np.size(hits), share).pvalue > 1e-4


def test_types_follow_the_composition_of_their_donor():
    """Donors are equally frequent, and within each the types have its shares (chi-square, p > 1e-4)."""
    s = cells(n_groups=3, imbalance=3.0, n_donors=4, composition_variation=0.3)
    assert stats.chisquare(np.bincount(s["donor"], minlength=4)).pvalue > 1e-4
    for donor in range(4):
        found = np.bincount(s["type"][s["donor"] == donor], minlength=3)
        assert stats.chisquare(found, s["composition"][donor] * found.sum()).pvalue > 1e-4


def test_a_type_of_share_zero_has_no_cell():
    """Shares of 0 give no cell, at either end of the list."""
    s = cells(n_groups=3, proportions=[0.0, 1.0, 0.0])
    assert set(s["type"]) == {1}


def test_batches_follow_type():
    """Within a type, the batch has its share given that type; nested donors have one batch each."""
    s = cells(n_groups=2, n_batches=2, batch_association=0.6)
    assert agrees(s["batch"][s["type"] == 0] == 0, 0.8)
    assert agrees(s["batch"][s["type"] == 1] == 0, 0.2)
    nested = cells(n_donors=4, n_batches=2, batch_plan="nested")
    np.testing.assert_array_equal(nested["batch"], nested["donor"] % 2)


def test_positions_are_uniform_and_branches_equal():
    """Position is uniform on [0, 1]; each branch has as many cells, unrelated to position."""
    s = cells(topology="branching", path_length=2.0, n_branches=4)
    assert stats.kstest(s["position"], "uniform").pvalue > 1e-4
    table = np.histogram2d(s["branch"], s["position"], bins=(np.arange(5), 5))[0]
    assert stats.chisquare(table.sum(axis=1)).pvalue > 1e-4
    assert stats.chi2_contingency(table).pvalue > 1e-4


def test_path_coordinates_are_continuous_and_branches_start_at_the_trunk():
    """A line goes from -1/2 to 1/2; a circle closes; branches share the first 0.4 and end at 1 each."""
    at = np.array([0.0, 0.4, 0.7, 1.0])
    line = path_coordinates("line", at, np.zeros(4, int), n_branches=2)
    np.testing.assert_allclose(line[:, 0], at - 0.5)
    circle = path_coordinates("cycle", at, np.zeros(4, int), n_branches=2)
    np.testing.assert_allclose(circle[0], circle[-1], atol=1e-12)
    for on in (0, 1):
        tree = path_coordinates("branching", at, np.full(4, on), n_branches=2)
        np.testing.assert_allclose(tree[:, 0], [0, 1, 1, 1])
        np.testing.assert_allclose(tree[:, 1 + on], [0, 0, 0.5, 1], atol=1e-12)
        assert not tree[:, 2 - on].any()


@pytest.mark.parametrize(("node", "knobs"), [
    ("programme", {"n_programmes": 3, "programme_share": 0.3}),
    ("stress", {"stress_share": 0.3}),
])  # fmt: skip
def test_activities_are_zero_or_exponential(node, knobs):
    """A cell runs a programme, or is stressed, with the share asked for, at an exponential activity of mean 1."""
    activity = cells(**knobs)[node].ravel()
    assert agrees(activity > 0, 0.3)
    assert stats.kstest(activity[activity > 0], "expon").pvalue > 1e-4


def test_programmes_are_independent():
    """Running one programme says nothing about another."""
    running = cells(n_programmes=2, programme_share=0.4)["programme"] > 0
    assert stats.chi2_contingency(np.histogram2d(*running.T, bins=2)[0]).pvalue > 1e-4


def test_dividing_cells_are_spread_over_the_cycle():
    """A share of cells divides, at uniform angles; the others have none."""
    angle = cells(cycling_share=0.25)["cycle"]
    assert agrees(np.isfinite(angle), 0.25)
    assert stats.kstest(angle[np.isfinite(angle)] / (2 * np.pi), "uniform").pvalue > 1e-4


def test_factors_are_independent_standard_normal():
    """Scores are normal and uncorrelated; without loadings there are none."""
    scores = cells(factor_sd=0.3, n_factors=3)["factor"]
    assert stats.kstest(scores.ravel(), "norm").pvalue > 1e-4
    assert np.abs(np.corrcoef(scores.T)[np.triu_indices(3, 1)]).max() < 4.5 / np.sqrt(N)
    assert cells(n=5)["factor"].shape == (5, 0)


def test_depths_are_log_normal_around_type_batch_and_mode():
    """ln depth less the shifts of its type, batch and mode is normal around ln depth with sd depth_sd."""
    s = cells(n_groups=3, n_batches=2, depth_by_type=0.4, depth_by_batch=0.3, depth_gap=1.0, low_share=0.25,
              depth_sd=0.5, depth=800.0)  # fmt: skip
    shift = s["depth_of_type"][s["type"]] + s["depth_of_batch"][s["batch"]] + (s["depth_mode"] - 0.75)
    assert stats.kstest((np.log(s["cell_depth"] / 800) - shift) / 0.5, "norm").pvalue > 1e-4
    assert agrees(s["depth_mode"] == 0, 0.25)


def test_without_spread_all_depths_are_equal():
    """With every knob of depth neutral, each cell has exactly the depth asked for; at depth 0, none."""
    np.testing.assert_allclose(cells(n=50, depth=1234.0)["cell_depth"], 1234.0, rtol=1e-12)
    assert not cells(n=50, depth=0.0, depth_sd=1.0, depth_gap=1.0)["cell_depth"].any()


@pytest.mark.parametrize("floor", [0.2, 2.0, 5.5])
def test_cut_depths_follow_the_law_of_scipy(floor):
    """Depths above a floor follow the truncated normal law on the log scale, also where little is left."""
    s = cells(depth=1000.0, depth_sd=0.5, depth_min=1000 * np.exp(0.5 * floor))
    assert s["cell_depth"].min() >= 1000 * np.exp(0.5 * floor) * (1 - 1e-9)
    assert stats.kstest(np.log(s["cell_depth"] / 1000) / 0.5, stats.truncnorm(floor, np.inf).cdf).pvalue > 1e-4


def test_a_floor_far_below_changes_nothing():
    """The cut law with a floor that nothing reaches has the quantiles of the normal law."""
    chance = np.linspace(1e-6, 1 - 1e-6, 101)
    np.testing.assert_allclose(_above(np.full(101, -40.0), chance), stats.norm.ppf(chance), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("n", "n_batches"), [(1000, 1), (4000, 1), (4000, 4), (N, 2)])
def test_doublets_grow_with_the_cells_of_a_lane(n, n_batches):
    """The share of doublets is 1 - exp(-rate * thousands of cells per lane)."""
    s = cells(n=n, doublet_rate=0.05, n_batches=n_batches)
    expected = 1 - np.exp(-0.05 * n / n_batches / 1000)
    assert doublet_chance(s) == pytest.approx(expected)
    assert agrees(s["doublet"], expected)


def test_annotations_are_wrong_in_a_share_of_cells_and_uniformly():
    """Wrong labels have the share asked for and are any other type alike; one type cannot be mistaken."""
    s = cells(n_groups=4, label_noise=0.3)
    wrong = s["annotation"] != s["type"]
    assert agrees(wrong, 0.3)
    assert stats.chisquare(np.bincount((s["annotation"] - s["type"])[wrong] % 4, minlength=4)[1:]).pvalue > 1e-4
    assert not cells(n=100, label_noise=1.0)["annotation"].any()


def test_siblings_are_confused():
    """With confusion of siblings, a wrong label shares its parent with the right one; an only child may be anything."""
    s = cells(hierarchy=[2, 2], label_noise=0.4, label_confusion="sibling")
    wrong = s["annotation"] != s["type"]
    assert agrees(wrong, 0.4)
    np.testing.assert_array_equal(s["annotation"][wrong] // 2, s["type"][wrong] // 2)
    tree = {"a": ["x", "y"], "b": ["z"]}
    lonely = cells(hierarchy=tree, label_noise=1.0, label_confusion="sibling")
    assert set(lonely["annotation"][lonely["type"] == 2]) == {0, 1}
    assert set(lonely["annotation"][lonely["type"] == 0]) == {1}


def test_fitted_depths_are_quantiles():
    """In a twin, ln depth is what the fitted quantiles say: its median is theirs, nothing is outside them."""
    quantiles = np.array([np.linspace(-1, 1, 21), np.linspace(0, 4, 21)])
    fitted = {"gene_mean": np.full(3, -np.log(3)), "gene_dispersion": np.zeros(3), "type_profile": np.zeros((2, 3)),
              "depth_quantile": quantiles}  # fmt: skip
    world = World("twin", {"depth": 100.0}, fitted=fitted, labels={"gene": tuple("abc"), "type": ("x", "y")})
    s = world.scene(5000, root=1).cells(np.arange(5000))
    log = np.log(s["cell_depth"] / 100)
    for j, (low, high) in enumerate([(-1, 1), (0, 4)]):
        mine = log[s["type"] == j]
        assert low - 1e-9 <= mine.min() <= mine.max() <= high + 1e-9
        assert np.median(mine) == pytest.approx((low + high) / 2, abs=0.1 * (high - low))
