"""Fits as a whole: what was drawn is found again."""

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.sim.estimate import estimate, split_counts

N, P, K = 700, 500, 3


def world(seed, *, n=N, n_factors=1):
    """Counts of three types with scattered dispersions and a factor, drawn by numpy, with what they were drawn from."""
    rng = np.random.default_rng(seed)
    base = rng.normal(0, 1.2, P)
    types = np.where(rng.random((K, P)) < 0.08, rng.normal(0, 1.5, (K, P)), 0.0)
    codes = rng.choice(K, n, p=[0.5, 0.3, 0.2])
    rate = np.exp(base + types)
    loading = 0.35 * rng.choice([-1, 0, 1], (n_factors, P))
    score = rng.standard_normal((n, n_factors))
    depth = np.exp(rng.normal(7.0 + 0.3 * codes, 0.3))
    mean = depth[:, None] * (rate / rate.sum(axis=1, keepdims=True))[codes]
    mean *= np.exp(score @ loading - 0.5 * (loading**2).sum(axis=0))
    phi = np.exp(rng.normal(-1.5, 0.8, P))
    counts = rng.negative_binomial(1 / phi, 1 / (1 + phi * mean))
    return sp.csr_matrix(counts.astype(np.float32)), codes, {"rate": rate, "phi": phi, "loading": loading}


def fit(counts, codes, **options):
    """The fit with names of genes and types."""
    names = {"gene_names": [f"g{j}" for j in range(counts.shape[1])], "type_names": ("A", "B", "C")}
    return estimate(counts, types=codes, **(names | options))


@pytest.fixture(scope="module")
def fitted():
    """A world and its fit."""
    counts, codes, truth = world(1)
    return counts, codes, truth, fit(counts, codes)


def test_tables_have_their_shapes_and_sums(fitted):
    """Shapes follow genes, types, batches, donors and factors; log shares sum to 1, shares too."""
    _, _, _, found = fitted
    tables = found.tables
    shapes = {name: table.shape for name, table in tables.items()}
    assert shapes == {
        "gene_mean": (P,),
        "dispersion": (P,),
        "type_profile": (K, P),
        "batch_profile": (1, P),
        "donor_profile": (1, P),
        "loading": (1, P),
        "depth_quantile": (K, 200),
        "donor_share": (1,),
        "composition": (1, K),
        "batch_share": (1, K, 1),
    }
    assert np.exp(tables["gene_mean"]).sum() == pytest.approx(1.0)
    np.testing.assert_allclose(np.exp(tables["gene_mean"] + tables["type_profile"]).sum(axis=1), 1.0)
    assert all(np.isfinite(table).all() for table in tables.values())
    assert found.n_cells == N


def test_dispersions_keep_their_scatter(fitted):
    """Of genes with a mean above 0.5, log dispersions correlate with the truth and scatter as it does."""
    counts, _, truth, found = fitted
    genes = counts.toarray().mean(axis=0) > 0.5
    a, b = np.log(found.tables["dispersion"][genes] + 1e-3), np.log(truth["phi"][genes])
    assert np.corrcoef(a, b)[0, 1] > 0.75
    assert a.std() == pytest.approx(b.std(), rel=0.3)
    assert abs(np.median(a - b)) < 0.2


def test_loadings_are_found(fitted):
    """The planted factor is the only one, with the right genes and size."""
    _, _, truth, found = fitted
    a, b = found.tables["loading"][0], truth["loading"][0]
    assert abs(np.corrcoef(a, b)[0, 1]) > 0.75
    assert (a**2).sum() == pytest.approx((b**2).sum(), rel=0.4)


def test_profiles_are_found(fitted):
    """Shares of types correlate with the truth beyond 0.99 on the log scale, for genes above a mean of 0.5."""
    counts, _, truth, found = fitted
    genes = counts.toarray().mean(axis=0) > 0.5
    for z in range(K):
        a = found.tables["gene_mean"] + found.tables["type_profile"][z]
        assert np.corrcoef(a[genes], np.log(truth["rate"][z])[genes])[0, 1] > 0.99


def test_one_population_has_no_types(fitted):
    """The null twin has one type with no profile, more dispersion and more factors, and the notes say so."""
    counts, codes, _, found = fitted
    null = fit(counts, codes, null=True)
    assert null.names["type"] == ("population",)
    assert not null.tables["type_profile"].any()
    assert null.tables["loading"].shape[0] > found.tables["loading"].shape[0]
    assert any("factors" in note for note in null.notes)


def test_the_same_number_gives_the_same_tables(fitted):
    """Every table is a function of the data and rng."""
    counts, codes, _, found = fitted
    again = fit(counts, codes)
    assert all((found.tables[name] == again.tables[name]).all() for name in found.tables)
    assert (fit(counts, codes, rng=1, n_factors=0).tables["dispersion"] != found.tables["dispersion"]).any()


def test_a_half_of_the_counts_gives_the_same_world(fitted):
    """From a binomial half, depths scaled by two are those of the whole; profiles stay."""
    counts, codes, _, found = fitted
    half = fit(split_counts(counts, 1)[0], codes, depth_scale=2.0, n_factors=0).tables
    np.testing.assert_allclose(half["depth_quantile"].mean(), found.tables["depth_quantile"].mean(), atol=0.01)
    assert np.corrcoef(half["gene_mean"], found.tables["gene_mean"])[0, 1] > 0.99


def test_aliased_designs_are_refused(fitted):
    """A batch for each type is refused; batches across types are accepted."""
    counts, codes, _, _ = fitted
    with pytest.raises(UsageError, match="type and batch are aliased"):
        fit(counts, codes, batches=codes, batch_names=("x", "y", "z"))
    crossed = fit(counts, codes, batches=np.arange(N) % 2, batch_names=("x", "y"), n_factors=0)
    assert crossed.names["batch"] == ("x", "y")
    assert crossed.tables["batch_profile"].std() < 0.05


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"n_factors": 21}, "n_factors is 21"),
        ({"depth_scale": 0.0}, "depth_scale is 0"),
        ({"gene_names": ["g"]}, "1 gene names"),
    ],
)
def test_bad_options_are_refused(fitted, options, match):
    """Options out of range are refused with their value."""
    with pytest.raises(UsageError, match=match):
        fit(fitted[0], fitted[1], **options)


def test_genes_without_molecules_stay_finite(fitted):
    """A gene that no cell has keeps a small share, and a note counts it."""
    counts, codes, _, _ = fitted
    dense = counts.toarray()
    dense[:, 0] = 0
    found = fit(sp.csr_matrix(dense), codes, n_factors=0)
    assert 0 < np.exp(found.tables["gene_mean"][0]) < 1 / dense.sum()
    assert any(note.startswith("1 genes have no molecule") for note in found.notes)
