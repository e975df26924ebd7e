"""Data drawn from a fit have the leading eigenvalues of the data that were fitted."""

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.sim.count import Mixture, draw_counts
from rashomon.sim.estimate import estimate

N, P, N_DATA_SETS = 1000, 800, 4


def drawn(rng):
    """Counts of three types with scattered dispersions and two factors within types."""
    base = rng.normal(0, 1.2, P)
    types = np.where(rng.random((3, P)) < 0.06, rng.normal(0, 1.5, (3, P)), 0.0)
    codes = rng.choice(3, N, p=[0.5, 0.3, 0.2])
    rate = np.exp(base + types)
    loading = np.array([[0.4], [0.25]]) * rng.choice([-1, 0, 1], (2, P))
    score = rng.standard_normal((N, 2))
    mean = np.exp(rng.normal(7.3, 0.3, (N, 1))) * (rate / rate.sum(axis=1, keepdims=True))[codes]
    mean *= np.exp(score @ loading - 0.5 * (loading**2).sum(axis=0))
    phi = np.exp(rng.normal(-1.5, 0.8, P))
    return sp.csr_matrix(rng.negative_binomial(1 / phi, 1 / (1 + phi * mean)).astype(np.float32)), codes


def twin(fitted, rng):
    """Counts drawn from the tables of a fit of one batch and donor."""
    tables = fitted.tables
    loading = tables["loading"]
    codes = rng.choice(len(tables["type_profile"]), N, p=tables["composition"][0])
    depth = np.exp(tables["depth_quantile"][codes, rng.integers(0, 200, N)])
    score = rng.standard_normal((N, loading.shape[0]))
    log_rate = (tables["gene_mean"] + tables["type_profile"])[codes] + score @ loading - 0.5 * (loading**2).sum(axis=0)
    rows = np.arange(N, dtype=np.int32)[:, None]
    mixture = Mixture(np.exp(log_rate).astype(np.float32), rows, depth[:, None])
    return draw_counts(mixture, tables["dispersion"], cells=np.arange(N), root=int(rng.integers(2**40)))


def eigenvalues(counts):
    """Ten largest eigenvalues of log-normalised counts, and the eleventh to thirtieth together."""
    dense = counts.toarray()
    logged = np.log1p(1e4 * dense / dense.sum(axis=1, keepdims=True))
    values = np.linalg.svd(logged - logged.mean(axis=0), compute_uv=False) ** 2 / N
    return np.append(values[:10], values[10:30].sum())


@pytest.mark.statistical
@pytest.mark.parametrize("null", [False, True])
def test_twins_have_the_eigenvalues_of_the_data(null, record):
    """Four data sets: eigenvalues of log-normalised twins are on average within 15 % of those of the data.

    Of the null twin, whose factors stand in for types, they are within 25 %.
    """
    ratios = []
    for i in range(N_DATA_SETS):
        rng = np.random.default_rng([401, i])
        counts, codes = drawn(rng)
        names = {"gene_names": list(map(str, range(P))), "type_names": ("A", "B", "C")}
        fitted = estimate(counts, types=codes, null=null, rng=i, **names)
        copies = np.mean([eigenvalues(twin(fitted, rng)) for _ in range(3)], axis=0)
        ratios.append(copies / eigenvalues(counts))
    mean = np.mean(ratios, axis=0)
    record(
        f"twin_eigenvalues_{'null' if null else 'types'}",
        claim="leading eigenvalues of log-normalised twins, as a multiple of those of the data",
        seed=401,
        figures={"n_data_sets": N_DATA_SETS, "ratio": mean.round(3).tolist()},
    )
    assert np.abs(mean - 1).max() < (0.25 if null else 0.15)
