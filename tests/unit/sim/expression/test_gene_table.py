"""Tables over genes: means, dispersions, and the profile of every cause."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp

from rashomon.sim import World
from rashomon.sim.expression.gene_table import marker_table

LN2 = np.log(2)


def tables(n=10, root=1, **knobs):
    """The tables of a world."""
    return World("w", {"n_genes": 300, **knobs}).scene(n, root=root)


def test_shares_of_genes_are_log_normal_and_sum_to_one():
    """The logs of the shares are normal with the spread asked for; without spread all genes are equal."""
    log = tables(n_genes=5000, gene_mean_sd=1.5)["gene_mean"]
    assert logsumexp(log) == pytest.approx(0, abs=1e-12)
    assert stats.kstest((log - log.mean()) / 1.5, "norm").pvalue > 1e-4
    np.testing.assert_allclose(tables(gene_mean_sd=0.0)["gene_mean"], -np.log(300))


def test_dispersion_is_a_level_plus_a_trend_times_scatter():
    """dispersion_g = (dispersion + trend / mean_g) * exp(scatter * z_g), with z normal."""
    plain = tables(dispersion=0.2, dispersion_trend=0.5, depth=1000.0)
    np.testing.assert_allclose(plain["gene_dispersion"], 0.2 + 0.5 / (1000 * np.exp(plain["gene_mean"])))
    scattered = tables(n_genes=4000, dispersion=0.2, dispersion_scatter=0.7)["gene_dispersion"]
    assert stats.kstest(np.log(scattered / 0.2) / 0.7, "norm").pvalue > 1e-4
    assert (tables(dispersion=0.0)["gene_dispersion"] == 0).all()


def test_every_node_of_the_tree_has_markers_of_its_own():
    """[2, 2] has six nodes; each gets n_markers genes, none shared, none among the noise genes."""
    members, owner = marker_table(tables(hierarchy=[2, 2], n_markers=20, n_noise_genes=100))
    assert [tuple(inside[:-1]) for inside in members[:2]] == [(1, 1, 0, 0), (0, 0, 1, 1)]
    assert [inside[-1] for inside in members] == [0, 0, 1, 1, 1, 1]
    assert np.bincount(owner[owner >= 0]).tolist() == [20] * 6
    assert (owner[300:] == -1).all()


def test_more_markers_include_fewer():
    """Raising n_markers adds markers and takes none away."""
    few, many = (marker_table(tables(n_groups=3, n_markers=n))[1] for n in (10, 40))
    np.testing.assert_array_equal(many[few >= 0], few[few >= 0])
    assert np.count_nonzero(many >= 0) == 120


def test_markers_have_their_effect_and_types_their_depth():
    """A marker is 2**effect higher relative to the genes that mark nothing; the shares of each type sum to 1."""
    s = tables(n_groups=3, n_markers=10, effect_size=2.0)
    profile, (_, owner) = s["type_profile"], marker_table(s)
    np.testing.assert_allclose(logsumexp(s["gene_mean"] + profile, axis=1), 0, atol=1e-12)
    relative = profile - profile[:, owner == -1].mean(axis=1, keepdims=True)
    expected = 2.0 * LN2 * (owner[None, :] == np.arange(3)[:, None])
    np.testing.assert_allclose(relative, expected, atol=1e-12)


def test_levels_have_effects_of_their_own():
    """level_effects gives each level of the hierarchy its effect, coarsest first."""
    s = tables(hierarchy=[2, 2], n_markers=10, level_effects=[3.0, 0.5], effect_size=9.0)
    members, owner = marker_table(s)
    relative = s["type_profile"] - s["type_profile"][:, owner == -1].mean(axis=1, keepdims=True)
    for node, inside in enumerate(members):
        found = relative[np.ix_(inside[:-1] == 1, owner == node)]
        np.testing.assert_allclose(found, LN2 * (3.0, 0.5)[inside[-1]], atol=1e-12)


def test_a_named_leaf_reached_early_has_the_effect_of_its_finest_level():
    """A leaf that stays itself below its level has one set of markers, with the effect of the finest level."""
    spec = {"lymphoid": ["T", "B"], "myeloid": ["mono"], "T": ["CD4", "CD8"]}
    members, owner = marker_table(tables(hierarchy=spec, n_markers=5))
    assert sorted((tuple(inside[:-1].tolist()), int(inside[-1])) for inside in members) == [
        ((0, 0, 0, 1), 2), ((0, 0, 1, 0), 2), ((0, 1, 0, 0), 2), ((1, 0, 0, 0), 2), ((1, 1, 0, 0), 1),
        ((1, 1, 1, 0), 0),
    ]  # fmt: skip
    assert np.bincount(owner[owner >= 0]).tolist() == [5] * 6


def test_the_spread_of_effects_is_that_asked_for():
    """Effects of markers are normal around effect_size with standard deviation effect_spread."""
    s = tables(n_genes=4000, n_groups=2, n_markers=1000, effect_size=1.0, effect_spread=0.5)
    profile, (_, owner) = s["type_profile"], marker_table(s)
    folds = (profile[0, owner == 0] - profile[0, owner == -1].mean()) / LN2
    assert stats.kstest((folds - 1.0) / 0.5, "norm").pvalue > 1e-4


@pytest.mark.parametrize(
    ("node", "knobs", "n_rows", "sd"),
    [
        ("donor_profile", {"n_donors": 6, "donor_effect": 0.5}, 6, 0.5),
        ("batch_profile", {"n_batches": 4, "batch_effect": 0.8}, 4, 0.8),
        ("donor_type_profile", {"n_donors": 3, "n_groups": 2, "donor_type_effect": 0.4}, 6, 0.4),
        ("batch_type_profile", {"n_batches": 2, "n_groups": 3, "batch_type_effect": 0.3}, 6, 0.3),
    ],
)
def test_folds_of_classes_are_centred_normal_numbers(node, knobs, n_rows, sd):
    """Log2 folds sum to 0 over the classes, have variance sd**2 (1 - 1/n), and leave noise genes alone."""
    profile = tables(n_noise_genes=50, **{**knobs, "n_genes": 1000})[node] / LN2
    assert profile.shape == (n_rows, 1050)
    np.testing.assert_allclose(profile.sum(axis=0), 0, atol=1e-12)
    assert (profile[:, 1000:] == 0).all()
    scaled = profile[0, :1000] / (sd * np.sqrt(1 - 1 / n_rows))
    assert stats.kstest(scaled, "norm").pvalue > 1e-4


@pytest.mark.parametrize("node", ["donor_profile", "batch_profile", "donor_type_profile", "batch_type_profile"])
def test_one_class_has_nothing_to_differ_from(node):
    """With one donor and one batch the effects have no rows."""
    knobs = {"donor_effect": 1.0, "batch_effect": 1.0, "donor_type_effect": 1.0, "batch_type_effect": 1.0}
    assert tables(n_groups=3, **knobs)[node].shape == (0, 300)


def test_a_share_of_genes_is_touched():
    """batch_gene_share and donor_gene_share are the share of genes with an effect, rounded up; nested as they grow."""
    half, most = (
        tables(n_batches=2, batch_effect=1.0, batch_gene_share=share)["batch_profile"] for share in (0.5, 0.8)
    )
    assert [np.count_nonzero(each.any(axis=0)) for each in (half, most)] == [150, 240]
    assert not (half.any(axis=0) & ~most.any(axis=0)).any()
    donors = tables(n_donors=2, donor_effect=1.0, donor_gene_share=0.0)["donor_profile"]
    assert not donors.any()


def test_genes_of_donors_are_on_or_off():
    """A gene of n_donor_genes takes two values over donors, donor_gene_effect apart, each in about half of them."""
    profile = tables(n_donors=40, n_donor_genes=30, donor_gene_effect=5.0)["donor_profile"] / LN2
    touched = profile[:, profile.any(axis=0)]
    assert touched.shape[1] == 30
    np.testing.assert_allclose(np.ptp(touched, axis=0), 5.0)
    np.testing.assert_allclose(touched.mean(axis=0), 0, atol=1e-12)
    high = touched > touched.mean(axis=0)
    assert [np.unique(np.round(column, 9)).size for column in touched.T] == [2] * 30
    assert stats.binomtest(int(high.sum()), high.size, 0.5).pvalue > 1e-4


@pytest.mark.parametrize(("topology", "rows"), [("line", 1), ("cycle", 2), ("branching", 5)])
def test_genes_of_the_path_change_by_its_length(topology, rows):
    """A gene changes by path_length along a line or its part of a tree; around a circle by that from trough to peak."""
    more = {"n_branches": 4} if topology == "branching" else {}
    profile = tables(topology=topology, path_length=3.0, n_path_genes=100, n_noise_genes=20, **more)["path_profile"]
    profile = profile / LN2
    touched = profile[:, profile.any(axis=0)]
    assert (profile.shape, touched.shape[1], profile[:, 300:].any()) == ((rows, 320), 100, False)
    if topology == "cycle":
        np.testing.assert_allclose(2 * np.hypot(*touched), 3.0)
    else:
        np.testing.assert_allclose(np.abs(touched).sum(axis=0), 3.0)
        assert (np.count_nonzero(touched, axis=0) == 1).all()
        assert 20 < np.count_nonzero(touched.sum(axis=0) > 0) < 80


def test_programmes_raise_genes_of_their_own():
    """Each programme raises n_programme_genes genes by its effect, other programmes other genes."""
    profile = tables(n_programmes=3, n_programme_genes=40, programme_effect=1.5)["programme_profile"]
    assert (np.count_nonzero(profile, axis=1) == 40).all()
    np.testing.assert_allclose(profile[profile > 0], 1.5 * LN2)
    assert len({tuple(np.flatnonzero(row)) for row in profile}) == 3


def test_loadings_have_the_variance_asked_for():
    """Over genes, the squared loadings sum to factor_sd**2 on average, for any number of factors."""
    for n_factors in (1, 10, 40):
        loading = tables(n_genes=4000, factor_sd=0.6, n_factors=n_factors)["loading"]
        squared = (loading**2).sum(axis=0) / 0.36 * n_factors
        assert stats.kstest(squared, stats.chi2(n_factors).cdf).pvalue > 1e-4


def test_a_cycle_gene_rises_from_nothing_to_its_full_effect():
    """Over the angle, a gene of the cycle adds between 0 and cycle_effect log2 units, at a phase of its own."""
    profile = tables(cycling_share=0.5, cycle_effect=3.0, n_cycle_genes=80)["cycle_profile"]
    genes = np.flatnonzero(profile.any(axis=0))
    angle = np.linspace(0, 2 * np.pi, 2001)
    added = np.stack([np.cos(angle), np.sin(angle), np.ones_like(angle)], axis=1) @ profile[:, genes] / LN2
    assert genes.size == 80
    np.testing.assert_allclose(added.min(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(added.max(axis=0), 3, atol=1e-4)
    assert stats.kstest(angle[added.argmax(axis=0)] / (2 * np.pi), "uniform").pvalue > 1e-4


def test_stress_raises_its_genes():
    """n_stress_genes genes rise by stress_effect at activity 1."""
    profile = tables(stress_share=0.1, stress_effect=2.0, n_stress_genes=25)["stress_profile"]
    assert profile.shape == (1, 300)
    np.testing.assert_allclose(profile[profile != 0], np.full(25, 2 * LN2))


def test_more_genes_are_asked_for_than_there_are():
    """A set of genes larger than the informative genes is all of them."""
    profile = tables(stress_share=0.1, n_stress_genes=5000, n_noise_genes=30)["stress_profile"]
    np.testing.assert_array_equal(np.flatnonzero(profile[0]), np.arange(300))


def test_fitted_tables_are_scaled_and_planted_effects_added():
    """In a twin, strength multiplies the fitted table, and planted effects come on top."""
    rng = np.random.default_rng(0)
    fitted = {
        "gene_mean": np.full(30, -np.log(30)),
        "gene_dispersion": rng.gamma(1, 1, 30),
        "batch_profile": rng.normal(size=(2, 30)),
        "donor_profile": rng.normal(size=(3, 30)),
        "type_profile": rng.normal(size=(2, 30)),
        "loading": rng.normal(size=(4, 30)),
    }
    labels = {kind: tuple(f"{kind}{j}" for j in range(n)) for kind, n in
              (("gene", 30), ("type", 2), ("donor", 3), ("batch", 2))}  # fmt: skip
    knobs = {"batch_strength": 2.0, "donor_strength": 0.5, "dispersion_strength": 3.0, "factor_strength": 0.1}
    s = World("twin", {**knobs, "factor_sd": 0.2}, fitted=fitted, labels=labels).scene(5, root=1)
    np.testing.assert_allclose(s["batch_profile"], 2 * fitted["batch_profile"])
    np.testing.assert_allclose(s["donor_profile"], 0.5 * fitted["donor_profile"])
    np.testing.assert_allclose(s["gene_dispersion"], 3 * fitted["gene_dispersion"])
    np.testing.assert_allclose(s["loading"][:4], 0.1 * fitted["loading"])
    assert len(s["loading"]) == 14
    shift = s["type_profile"] - fitted["type_profile"]
    np.testing.assert_allclose(shift, np.tile(shift[:, :1], 30), atol=1e-12)
