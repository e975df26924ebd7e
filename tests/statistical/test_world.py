"""Worlds have the laws that they promise: compared with a second implementation, and with closed forms.

Equality with the second implementation is one permutation test per world: two sets of draws, each with a seed and so
genes of its own, are described by the same features (quantiles over cells and genes, eigenvalues, folds, shares), and
the largest standardised difference of the means and of the spreads of any feature is compared with what it is when the
draws change sides. That is exact for any dependence between features: a right world is rejected at rate `ALPHA`.
"""

import math

import numpy as np
import pytest
from scipy import stats

from rashomon.sim import World
from tests import plain_world
from tests.plain_world import Drawn

ALPHA = 1e-3 / 5
"""Five worlds: one false alarm in 1,000 runs of all."""

N_CELLS, N_GENES, N_PERMUTATIONS = 250, 150, 20_000

WORLDS = {
    "groups": (
        plain_world.groups,
        {"n_genes": N_GENES, "n_groups": 3, "n_markers": 10, "effect": 1.5, "spread": 0.4, "depth": 800.0,
         "depth_sd": 0.4, "dispersion": 0.3},
    ),
    "atlas": (
        plain_world.atlas,
        {"n_genes": N_GENES, "children": [2, 2], "n_markers": 8, "effect": 1.5, "imbalance": 3.0, "n_donors": 5,
         "variation": 0.15, "donor_effect": 0.3, "n_batches": 2, "batch_effect": 0.5, "depth": 800.0, "depth_sd": 0.3,
         "depth_by_type": 0.3, "dispersion": 0.2},
    ),
    "continuum": (
        plain_world.continuum,
        {"n_genes": N_GENES, "n_path_genes": 60, "n_branches": 3, "length": 2.0, "depth": 800.0, "depth_sd": 0.3,
         "dispersion": 0.2},
    ),
    "states": (
        plain_world.states,
        {"n_genes": N_GENES, "n_factors": 3, "factor_sd": 0.5, "n_programmes": 2, "n_programme_genes": 20,
         "programme_share": 0.3, "programme_effect": 1.0, "cycling_share": 0.4, "cycle_effect": 3.0,
         "n_cycle_genes": 30, "depth": 800.0, "depth_sd": 0.3, "dispersion": 0.2},
    ),
    "droplets": (
        plain_world.droplets,
        {"n_genes": N_GENES, "n_groups": 3, "n_markers": 12, "effect": 3.0, "n_batches": 2, "batch_effect": 0.4,
         "doublet_rate": 1.0, "ambient": 0.15, "swapping": 0.1, "depth": 800.0, "depth_sd": 0.3, "dispersion": 0.2},
    ),
}  # fmt: skip

NAMES = {"effect": "effect_size", "spread": "effect_spread", "children": "hierarchy", "length": "path_length",
         "variation": "composition_variation", "gene_sd": "gene_mean_sd"}  # fmt: skip
ALWAYS = {"atlas": {"batch_plan": "nested"}, "continuum": {"topology": "branching"}}

WRONG = {
    "groups": {"effect": 1.25, "spread": 0.8, "depth_sd": 0.5, "dispersion": 0.4, "n_markers": 6, "gene_sd": 1.0},
    "atlas": {"variation": 0.4, "imbalance": 6.0, "donor_effect": 0.5, "batch_effect": 0.35, "depth_by_type": 0.6},
    "continuum": {"length": 1.5, "n_path_genes": 80, "n_branches": 2},
    "states": {"factor_sd": 0.35, "n_factors": 8, "programme_share": 0.5, "cycle_effect": 2.0, "cycling_share": 0.3},
    "droplets": {"doublet_rate": 0.6, "ambient": 0.05, "swapping": 0.02, "batch_effect": 0.2},
}
"""One number of the second implementation is wrong: each must be noticed."""


def knobs_of(name):
    """What the package calls the numbers of the second implementation."""
    return {NAMES.get(key, key): value for key, value in WORLDS[name][1].items()} | ALWAYS.get(name, {})


def ours(name, seed):
    """One draw of the package."""
    drawn = World(name, knobs_of(name)).sample(N_CELLS, rng=seed)
    cells = {
        column: drawn.obs[column].cat.codes.to_numpy()
        for column in ("type", "donor", "batch", "doublet", "branch")
        if column in drawn.obs
    }
    if "position" in drawn.obs:
        cells["position"] = drawn.obs["position"].to_numpy()
    if "cycle_angle" in drawn.obs:
        cells["cycling"] = drawn.obs["cycle_angle"].notna().to_numpy()
        cells["programme"] = drawn.obs[["programme_1", "programme_2"]].to_numpy()
    kinds, markers = list(drawn.world.names["type"]), {}
    for gene, owners in enumerate(drawn.var["marker_of"]):
        if owners:
            markers.setdefault(tuple(kinds.index(kind) for kind in owners.split(",")), []).append(gene)
    return Drawn(drawn.counts.toarray(), cells, markers)


def theirs(name, seed, **wrong):
    """One draw of the second implementation."""
    make, numbers = WORLDS[name]
    return make(N_CELLS, np.random.default_rng(seed), **{**numbers, **wrong})


def quantiles(values):
    return np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])


def features(drawn):
    """What a draw looks like: cells, genes, pairs of genes, and classes."""
    counts = drawn.counts.astype(float)
    means, variances = counts.mean(axis=0), counts.var(axis=0)
    seen = means > 0.2
    top = np.argsort(means)[-60:]
    normal = np.log1p(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) * 800)[:, top]
    together = np.corrcoef(normal.T + 1e-9 * np.random.default_rng(0).normal(size=normal.T.shape))
    eigen = np.linalg.eigvalsh(together)[::-1]
    parts = [
        quantiles(np.log1p(counts.sum(axis=1))),
        quantiles(np.log(means + 1e-2)),
        quantiles((counts == 0).mean(axis=0)),
        quantiles((variances[seen] - means[seen]) / means[seen] ** 2),
        np.log(eigen[:6]),
        quantiles(together[np.triu_indices(60, 1)]),
        *_of_classes(drawn, counts, means),
    ]
    return np.concatenate([np.atleast_1d(part) for part in parts])


def _fold(counts, inside):
    # a class may have no cell in a small draw
    mine, others = (counts[part].sum(axis=0) / max(np.count_nonzero(part), 1) for part in (inside, ~inside))
    return np.log((mine + 0.05) / (others + 0.05))


def _of_classes(drawn, counts, means):
    """What the known classes say; the same features in each draw of a world."""
    cells, totals = drawn.cells, counts.sum(axis=1)
    if "type" in cells:
        yield np.sort(np.bincount(cells["type"], minlength=len({kind for node in drawn.markers for kind in node})))
        folds = [_fold(counts, np.isin(cells["type"], node))[genes] for node, genes in drawn.markers.items()]
        yield quantiles(np.concatenate(folds))
        depths = [np.log(totals[cells["type"] == kind] + 1).mean() for kind in np.unique(cells["type"])]
        yield np.ptp(depths)
    if "batch" in cells:
        yield quantiles(_fold(counts, cells["batch"] == 0)[np.argsort(means)[-80:]])
    if "donor" in cells:
        shares = np.array([np.bincount(cells["type"][cells["donor"] == d], minlength=4) for d in range(5)])
        yield (shares / np.maximum(shares.sum(axis=1, keepdims=True), 1)).var(axis=0).sum()
        in_batch = [_fold(counts[cells["batch"] == 0], cells["donor"][cells["batch"] == 0] == d) for d in (0, 2, 4)]
        yield np.std(np.array(in_batch)[:, np.argsort(means)[-80:]])
    if "doublet" in cells:
        double = cells["doublet"] == 1
        yield np.array([double.mean(), np.log(totals[double].mean() / totals[~double].mean())])
    if "position" in cells:
        along = [abs(np.corrcoef(counts[:, gene], cells["position"])[0, 1]) for gene in np.argsort(means)[-80:]]
        yield quantiles(along)
        yield np.bincount(cells["branch"], minlength=4)[:2]
    if "cycling" in cells:
        yield cells["cycling"].mean()
        yield np.array([(cells["programme"] > 0).mean(), cells["programme"].mean()])
        yield quantiles(np.abs(_fold(counts, cells["cycling"]))[np.argsort(means)[-80:]])


def difference(a, b, *, seed=0):
    """The p-value that two sets of draws, rows of features, are of one law: the largest difference of any feature."""
    both = np.vstack([a, b])
    spread = both.std(axis=0)
    both = (both[:, spread > 0] - both[:, spread > 0].mean(axis=0)) / spread[spread > 0]
    # spreads too: squares of what is centred on all draws
    both = np.hstack([both, both**2])
    both = (both - both.mean(axis=0)) / np.maximum(both.std(axis=0), 1e-12)
    rng, sides = np.random.default_rng(seed), np.repeat([1.0, -1.0], [len(a), len(b)])
    observed = np.abs(sides @ both).max()
    larger = 0
    for _ in range(N_PERMUTATIONS // 500):
        shuffled = rng.permuted(np.tile(sides, (500, 1)), axis=1)
        larger += int((np.abs(shuffled @ both).max(axis=1) >= observed - 1e-9).sum())
    return (1 + larger) / (1 + N_PERMUTATIONS)


def table(draw, name, seeds, **wrong):
    return np.array([features(draw(name, seed, **wrong)) for seed in seeds])


def test_a_second_implementation_agrees():
    """Groups drawn by the package and by a plain second implementation do not differ; with a wrong effect they do."""
    a = table(ours, "groups", range(30))
    assert difference(a, table(theirs, "groups", range(1000, 1030))) > ALPHA
    assert difference(a, table(theirs, "groups", range(1000, 1030), effect=1.0)) <= ALPHA


@pytest.mark.statistical
@pytest.mark.parametrize("name", WORLDS)
def test_worlds_equal_a_second_implementation(name, record):
    """Five kinds of worlds are equal in distribution to a second implementation (family false-alarm rate 1e-3).

    The test is not blind: each listed number, when it is wrong in the second implementation, is noticed.
    """
    n_draws = 100
    a = table(ours, name, range(n_draws))
    p = difference(a, table(theirs, name, range(1000, 1000 + n_draws)))
    noticed = {
        f"{key}={value}": difference(a, table(theirs, name, range(2000, 2000 + n_draws), **{key: value}))
        for key, value in WRONG[name].items()
    }
    record(
        f"world_{name}",
        claim="a world and its second implementation have one law; a wrong number in it is noticed",
        seed=0,
        figures={"n_draws": n_draws, "n_features": a.shape[1], "alpha": ALPHA, "p": p, "p_where_wrong": noticed},
    )
    assert p > ALPHA
    assert {key: value for key, value in noticed.items() if value > ALPHA} == {}


@pytest.mark.statistical
def test_the_comparison_keeps_its_rate(record):
    """Two sets of draws of the same implementation are told apart at the 5 % line in about 5 % of splits."""
    pool = table(theirs, "groups", range(3000, 3120))
    rng = np.random.default_rng(1)
    values = []
    for trial in range(40):
        order = rng.permutation(120)
        values.append(difference(pool[order[:30]], pool[order[30:60]], seed=trial))
    share = float(np.mean(np.array(values) < 0.05))
    record("world_comparison", claim="false alarms at 0.05", seed=3000, figures={"n_trials": 40, "share": share})
    assert stats.binomtest(round(40 * share), 40, 0.05, alternative="greater").pvalue > 1e-3


# laws in closed form: z is the distance from the law in standard errors over seeds, at most 4.5 (p of 7e-6 each)

FAR = 4.5


def distance(estimates, expected):
    """How many standard errors the mean of independent estimates is from what it should be."""
    estimates = np.asarray(estimates, dtype=float)
    return float((estimates.mean() - expected) / (estimates.std(ddof=1) / math.sqrt(len(estimates))))


def sampled(n, seed, **knobs):
    return World("w", knobs).sample(n, rng=seed)


@pytest.mark.statistical
def test_doublets_follow_the_loading(record):
    """The share of doublets is 1 - exp(-rate * cells of a lane / 1000), from 500 to 20,000 cells, one lane or two."""
    found, worst = {}, 0.0
    for n, lanes in ((500, 1), (2000, 1), (8000, 1), (20_000, 1), (20_000, 2)):
        shares = [
            (
                sampled(n, seed, n_genes=2, depth=1.0, doublet_rate=0.03, n_batches=lanes).obs["doublet"] == "doublet"
            ).mean()
            for seed in range(20)
        ]
        expected = 1 - math.exp(-0.03 * n / lanes / 1000)
        found[f"{n} cells, {lanes} lanes"] = {"share": float(np.mean(shares)), "expected": expected}
        worst = max(worst, abs(distance(shares, expected)))
    record("world_doublets", claim="share of doublets", seed=0, figures={**found, "worst_z": worst})
    assert worst < FAR


@pytest.mark.statistical
@pytest.mark.parametrize("variation", [0.01, 0.1, 0.5])
def test_composition_varies_as_asked(variation, record):
    """Over donors the variance of a type's share is variation * p (1 - p), and its mean p, for every type."""
    shares = np.array([0.6, 0.25, 0.1, 0.05])
    means, ratios = [], []
    for seed in range(30):
        world = World("w", {"n_genes": 2, "n_groups": 4, "proportions": shares.tolist(), "n_donors": 500,
                            "composition_variation": variation})  # fmt: skip
        found = world.scene(4, root=seed)["composition"]
        means.append(found.mean(axis=0))
        ratios.append(((found - shares) ** 2).mean(axis=0) / (shares * (1 - shares)))
    z = [distance(np.array(means)[:, j], shares[j]) for j in range(4)]
    z += [distance(np.array(ratios)[:, j], variation) for j in range(4)]
    record(f"world_composition_{variation}", claim="variance over donors / p(1-p)", seed=0,
           figures={"variation": variation, "found": np.mean(ratios, axis=0).tolist(), "z": z})  # fmt: skip
    assert max(map(abs, z)) < FAR


@pytest.mark.statistical
@pytest.mark.parametrize("tied", [0.0, 0.3, 1.0])
def test_batch_depends_on_type_as_asked(tied, record):
    """P(own batch | type) = (1 - a) / n + a, counted in the cells of 20 samples."""
    knobs = {"n_genes": 2, "depth": 1.0, "n_groups": 4, "n_batches": 2, "batch_association": tied}
    cells = [sampled(4000, seed, **knobs).obs for seed in range(20)]
    own = [(obs["batch"].cat.codes == obs["type"].cat.codes % 2).mean() for obs in cells]
    expected = (1 - tied) / 2 + tied
    record(f"world_association_{tied}", claim="share of cells in the batch of their type", seed=0,
           figures={"association": tied, "found": float(np.mean(own)), "expected": expected})  # fmt: skip
    assert np.all(np.array(own) == 1.0) if tied == 1.0 else abs(distance(own, expected)) < FAR


@pytest.mark.statistical
def test_cut_depths_have_the_truncated_law(record):
    """Within each type and mode, ln depth above the floor is a truncated normal: its ranks in that law are uniform."""
    knobs = {
        "n_groups": 3,
        "depth": 1000.0,
        "depth_sd": 0.6,
        "depth_min": 700.0,
        "depth_by_type": 0.5,
        "depth_gap": 0.8,
    }
    ranks, kept = [], 0
    for seed in range(10):
        s = World("w", {"n_genes": 2, **knobs}).scene(3000, root=seed).cells(np.arange(3000))
        location = math.log(1000) + s["depth_of_type"][s["type"]] + 0.8 * (s["depth_mode"] - 0.5)
        floor = (math.log(700) - location) / 0.6
        ranks.append(stats.truncnorm(floor, np.inf).cdf((np.log(s["cell_depth"]) - location) / 0.6))
        kept += int((s["cell_depth"] >= 700 * (1 - 1e-12)).sum())
    p = float(stats.kstest(np.concatenate(ranks), "uniform").pvalue)
    record("world_depth_cut", claim="truncated normal law of ln depth", seed=0, figures={"n": 30_000, "p": p})
    assert kept == 30_000
    assert p > 1e-4


@pytest.mark.statistical
def test_factors_keep_means_and_give_covariances(record):
    """E count = depth * share whatever the loadings, and Cov(x, y) / (E x E y) = exp(L_x . L_y) - 1 between genes."""
    means, slopes = [], []
    for seed in range(40):
        world = World("w", {"n_genes": 40, "n_factors": 3, "factor_sd": 0.6, "depth": 2000.0, "dispersion": 0.1})
        scene, drawn = world.scene(4000, root=seed), world.sample(4000, rng=seed)
        scene = world.scene(4000, root=drawn.root)
        counts, expected = drawn.counts.toarray().astype(float), 2000 * np.exp(scene["gene_mean"])
        means.append((counts.mean(axis=0) / expected).mean())
        pairs = np.triu_indices(40, 1)
        relative = ((counts - expected).T @ (counts - expected) / 4000 / np.outer(expected, expected))[pairs]
        law = np.expm1(scene["loading"].T @ scene["loading"])[pairs]
        slopes.append((relative * law).sum() / (law**2).sum())
    z = [distance(means, 1.0), distance(slopes, 1.0)]
    record("world_factors", claim="mean over depth * share; slope of covariance on its law", seed=0,
           figures={"mean": float(np.mean(means)), "slope": float(np.mean(slopes)), "z": z})  # fmt: skip
    assert max(map(abs, z)) < FAR


@pytest.mark.statistical
@pytest.mark.parametrize("rule", ["uniform", "sibling"])
def test_annotations_err_as_asked(rule, record):
    """A share of annotations is wrong; wrong ones are other types alike, or siblings only (chi-square, p > 1e-4)."""
    knobs = {"n_genes": 2, "depth": 1.0, "hierarchy": [2, 3], "label_noise": 0.2, "label_confusion": rule}
    confusion = np.zeros((6, 6))
    rates = []
    for seed in range(20):
        obs = sampled(3000, seed, **knobs).obs
        np.add.at(confusion, (obs["type"].cat.codes, obs["annotation"].cat.codes), 1)
        rates.append((obs["type"].astype(str) != obs["annotation"].astype(str)).mean())
    others = ~np.eye(6, dtype=bool)
    allowed = others & (np.arange(6)[:, None] // 3 == np.arange(6) // 3) if rule == "sibling" else others
    wrong = np.where(others, confusion, 0)
    expected = wrong.sum(axis=1, keepdims=True) * allowed / allowed.sum(axis=1, keepdims=True)
    statistic = ((wrong - expected)[allowed] ** 2 / expected[allowed]).sum()
    p = float(stats.chi2.sf(statistic, allowed.sum() - 6))
    record(f"world_annotation_{rule}", claim="rate and confusion of wrong annotations", seed=0,
           figures={"rate": float(np.mean(rates)), "z": distance(rates, 0.2), "p": p})  # fmt: skip
    assert abs(distance(rates, 0.2)) < FAR
    assert wrong[~allowed].sum() == 0
    assert p > 1e-4


FOREIGN = {"n_genes": 100, "n_groups": 2, "n_markers": 20, "effect_size": 15.0, "depth": 1000.0, "dispersion": 0.1}
"""Types that share hardly a molecule: what one has of the other's markers came from outside."""


def foreign(seed, **knobs):
    """Mean count of the other type's markers in cells of the first type, over that in cells of the second; totals."""
    drawn = sampled(3000, seed, **FOREIGN, **knobs)
    theirs = (drawn.var["marker_of"] == "type_2").to_numpy()
    counts = drawn.counts.toarray()[:, theirs].sum(axis=1)
    first = (drawn.obs["type"] == "type_1").to_numpy()
    return counts[first].mean(), counts[~first].mean(), float(drawn.counts.sum() / 3000)


def told(found):
    """Means over seeds, by name."""
    return dict(zip(("foreign", "own", "total"), found.mean(axis=0).tolist(), strict=True))


@pytest.mark.statistical
def test_ambient_molecules_are_the_share_asked_for(record):
    """With ambient a, a cell of depth D has D (1 + a) molecules, a D / 2 of them markers of the other of two types."""
    found = np.array([foreign(seed, ambient=0.2) for seed in range(40)])
    # markers are nearly all that a type of this effect expresses, so half of the soup are those of the other type
    z = [
        distance(found[:, 2], 1200.0),
        distance(found[:, 0] / 1000, 0.2 / 2),
        distance(found[:, 1] / 1000, 1 + 0.2 / 2),
    ]
    record("world_ambient", claim="molecules from outside", seed=0,
           figures={**told(found), "z": z})  # fmt: skip
    assert max(map(abs, z)) < FAR


@pytest.mark.statistical
def test_swapped_molecules_are_exchanged_within_the_lane(record):
    """With swapping s, totals stay, and a cell has s times its lane's mean of foreign markers."""
    found = np.array([foreign(seed, swapping=0.1) for seed in range(40)])
    z = [distance(found[:, 2], 1000.0), distance(found[:, 0], 0.1 * 500), distance(found[:, 1], 0.9 * 1000 + 0.1 * 500)]
    record("world_swapping", claim="molecules of other cells of the lane", seed=0,
           figures={**told(found), "z": z})  # fmt: skip
    assert max(map(abs, z)) < FAR
