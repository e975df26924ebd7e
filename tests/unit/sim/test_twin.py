"""Twins: worlds fitted to counts."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.metrics import adjusted_rand_score, silhouette_score

from rashomon.core import RashomonError, UsageError
from rashomon.sim import World, fit
from rashomon.sim.twin import LEARNT

N, P, K = 360, 120, 3


def table(*, n_batches=2, seed=3):
    """Counts of three types, each with ten markers, in two batches of different depth, with labels, drawn by numpy."""
    rng = np.random.default_rng(seed)
    codes, batch = np.arange(N) % K, rng.integers(0, n_batches, N)
    log_rate = np.tile(rng.normal(0, 1, P), (N, 1)) + 0.6 * rng.normal(0, 1, (n_batches, P))[batch]
    for z in range(K):
        log_rate[codes == z, 10 * z : 10 * z + 10] += 1.6
    rate = np.exp(log_rate)
    depth = np.exp(rng.normal(6.3 + 0.5 * batch, 0.25))
    mean = depth[:, None] * rate / rate.sum(axis=1, keepdims=True)
    counts = rng.negative_binomial(5, 5 / (5 + mean)).astype(np.float32)
    obs = pd.DataFrame(
        {
            "kind": pd.Categorical(np.array(["alpha", "beta", "gamma"])[codes]),
            "lane": pd.Categorical(np.array(["one", "two"])[batch]),
            "person": pd.Categorical(np.array(["ann", "bob", "cyd"])[rng.integers(0, 3, N)]),
        },
        index=[f"cell_{i}" for i in range(N)],
    )
    return ad.AnnData(sp.csr_matrix(counts), obs=obs, var=pd.DataFrame(index=[f"gene{j}" for j in range(P)]))


def logged(counts):
    dense = counts.toarray()
    return np.log1p(500 * dense / np.maximum(dense.sum(axis=1, keepdims=True), 1))


@pytest.fixture(scope="module")
def real():
    return table()


@pytest.fixture(scope="module")
def twin(real):
    """The twin of three types in two batches."""
    return fit(real, "kind", batch_key="lane")


@pytest.fixture(scope="module")
def plain():
    """Data of a single batch, and the twin of their types."""
    data = table(n_batches=1)
    return data, fit(data, "kind")


def test_a_twin_has_the_names_of_the_data(real, twin):
    """Genes, types and batches are called as in the data, and as many cells are drawn as were fitted."""
    made = twin.sample(rng=1)
    assert made.var.index.tolist() == real.var_names.tolist()
    assert list(made.obs["type"].cat.categories) == ["alpha", "beta", "gamma"]
    assert list(made.obs["batch"].cat.categories) == ["one", "two"]
    assert made.n_obs == N


def test_a_twin_has_the_shares_of_the_data(real, twin):
    """Log shares of genes, in every type of every batch, correlate with those of the data beyond 0.95."""
    made = twin.sample(4000, rng=1)
    for kind in ("alpha", "beta", "gamma"):
        for lane in ("one", "two"):
            a = real.X[np.flatnonzero((real.obs["kind"] == kind) & (real.obs["lane"] == lane))].sum(axis=0)
            b = made.counts[np.flatnonzero((made.obs["type"] == kind) & (made.obs["batch"] == lane))].sum(axis=0)
            assert np.corrcoef(np.log(np.asarray(a) + 1).ravel(), np.log(np.asarray(b) + 1).ravel())[0, 1] > 0.95


def test_a_twin_has_the_depth_of_the_batches(real, twin):
    """The log depths of both batches have the mean and the spread of the data."""
    made = twin.sample(4000, rng=1)
    for lane in ("one", "two"):
        a = np.log(np.asarray(real.X[np.flatnonzero(real.obs["lane"] == lane)].sum(axis=1)))
        b = np.log(np.asarray(made.counts[np.flatnonzero(made.obs["batch"] == lane)].sum(axis=1)))
        assert b.mean() == pytest.approx(a.mean(), abs=0.06)
        assert b.std() == pytest.approx(a.std(), rel=0.2)


def test_one_seed_gives_one_twin(real, twin):
    """Two fits with one seed are the same world; another seed draws other dispersions."""
    assert fit(real, "kind", batch_key="lane").digest == twin.digest
    assert fit(real, "kind", batch_key="lane", rng=5).digest != twin.digest


def test_types_are_learnt_where_no_labels_are_given(plain):
    """Without labels types are found, nameless, and agree with those of the data; what is decided is announced."""
    data, _ = plain
    said = []
    world = fit(data, announce=said.append)
    assert world.names["type"][0] == f"{LEARNT}_1"
    assert len(world.names["type"]) == K
    assert any("found on one half" in line for line in said)
    # profiles of learnt types are those of the data, in some order
    centres = np.array([logged(data.X)[data.obs["kind"] == kind].mean(axis=0) for kind in ("alpha", "beta", "gamma")])
    found = world.fitted["gene_mean"] + world.fitted["type_profile"]
    likeness = np.corrcoef(np.vstack([found, centres]))[:K, K:]
    assert sorted(likeness.argmax(axis=1)) == [0, 1, 2]
    # halves of the counts were fitted, whole cells are drawn
    depth = np.log(np.asarray(data.X.sum(axis=1))).mean()
    assert np.log(np.asarray(world.sample(2000, rng=1).counts.sum(axis=1))).mean() == pytest.approx(depth, abs=0.05)


def test_a_null_twin_has_one_population(plain):
    """No types are on record; the markers of the data still vary, within 30 % of what they did."""
    data, _ = plain
    null = fit(data, null=True)
    made = null.sample(1500, rng=1)
    assert len(null.names["type"]) == 1
    assert "type_profile" not in null.fitted
    assert logged(made.counts)[:, :30].var(axis=0).mean() == pytest.approx(
        logged(data.X)[:, :30].var(axis=0).mean(), rel=0.3
    )


def test_groups_can_be_planted_on_a_null_twin(plain):
    """A null twin takes the knobs of types; without an effect they cannot be told apart, with one they can."""
    data, _ = plain
    null = fit(data, null=True)
    flat = null.do(n_groups=2).sample(400, rng=1)
    planted = null.do(n_groups=2, n_markers=20, effect_size=4.0).sample(400, rng=1)
    widths = [silhouette_score(logged(made.counts), made.obs["type"]) for made in (flat, planted)]
    assert widths[0] < 0.02
    assert widths[1] > 0.08


def test_types_vanish_at_strength_zero(plain):
    """With type_strength=0 the silhouette of types is about 0; the labels of the cells stay."""
    _, world = plain
    made, none = (world.do(type_strength=strength).sample(400, rng=1) for strength in (1.0, 0.0))
    assert adjusted_rand_score(made.obs["type"], none.obs["type"]) == 1.0
    assert silhouette_score(logged(made.counts), made.obs["type"]) > 0.1
    assert abs(silhouette_score(logged(none.counts), none.obs["type"])) < 0.02


def test_fitted_types_cannot_be_planted_anew(twin):
    """A twin with types refuses the knobs that plant them, and says what to do."""
    with pytest.raises(UsageError, match="n_groups was fitted to the data"):
        twin.do(n_groups=5)


def test_batches_can_be_planted_where_there_is_one(plain):
    """A twin of one batch takes two by the knobs, with half of the cells each and an effect that can be seen."""
    _, world = plain
    made = world.do(n_batches=2, batch_effect=1.5).sample(600, rng=1)
    assert made.obs["batch"].value_counts(normalize=True).to_numpy() == pytest.approx([0.5, 0.5], abs=0.08)
    assert silhouette_score(logged(made.counts), made.obs["batch"]) > 0.02


def test_donors_can_be_planted_where_there_is_one(plain):
    """A twin of one donor takes three by the knobs, each with the types of the data and an effect that can be seen."""
    _, world = plain
    made = world.do(n_donors=3, donor_effect=1.5).sample(600, rng=1)
    shares = pd.crosstab(made.obs["donor"], made.obs["type"], normalize="index").to_numpy()
    np.testing.assert_allclose(shares, np.full((3, 3), 1 / 3), atol=0.12)
    assert silhouette_score(logged(made.counts), made.obs["donor"]) > 0.02


def test_depth_can_be_changed(plain):
    """Three times the depth gives three times the molecules, and the spread of the logs stays."""
    _, world = plain
    shallow, deep = (
        np.log(np.asarray(one.sample(1000, rng=1).counts.sum(axis=1)))
        for one in (world, world.do(depth=3 * world.knobs["depth"]))
    )
    assert np.exp(deep.mean() - shallow.mean()) == pytest.approx(3.0, rel=0.02)
    assert deep.std() == pytest.approx(shallow.std(), rel=0.1)


def test_donors_are_fitted(real):
    """With a column of donors the twin has theirs, and each has the shares of types that it has in the data."""
    world = fit(real, "kind", donor_key="person", batch_key="lane")
    assert world.names["donor"] == ("ann", "bob", "cyd")
    expected = pd.crosstab(real.obs["person"], real.obs["kind"], normalize="index").to_numpy()
    np.testing.assert_allclose(world.fitted["composition"], expected)


def test_normalised_data_are_refused(real):
    """Log-normalised values have no counts to fit, and the error says what to give."""
    logs = real.copy()
    logs.X = sp.csr_matrix(logged(real.X))
    with pytest.raises(RashomonError, match="counts") as caught:
        fit(logs, "kind")
    assert caught.value.fix


def test_aliased_batches_are_refused(real):
    """Types that lie each in a batch of its own cannot be told from it."""
    tied = real.copy()
    tied.obs["lane"] = tied.obs["kind"].cat.rename_categories(["x", "y", "z"])
    with pytest.raises(UsageError, match="type and batch are aliased") as caught:
        fit(tied, "kind", batch_key="lane")
    assert caught.value.code == "fit.aliased"


def test_receptors_in_an_anndata_have_a_twin_of_receptors():
    """Cells with chains and no genes are fitted as receptors, not refused for want of counts."""
    drawn = World("blood", {"n_donors": 3, "selection": "none"}, parts=("receptors",)).sample(120, rng=1)
    twin = fit(drawn.to_anndata(), donor_key="donor", null=True, rng=0)
    assert twin.parts == ("receptors",)
    assert twin.labels["donor"] == ("donor_1", "donor_2", "donor_3")
