"""Counts of a few populations, and labels that cut them too finely."""

import numpy as np
import scipy.sparse as sp
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA


def populations(rng, *, n=400, n_genes=200, n_groups=2, n_markers=10, log2_fold=2.3, scatter=0.5):
    """Negative binomial counts with a dispersion per gene; each group has markers of its own."""
    means = np.exp(rng.normal(0.5, 0.8, n_genes))
    profile = np.tile(means, (n_groups, 1))
    for group, marked in enumerate(np.split(rng.permutation(n_genes)[: n_markers * n_groups], n_groups)):
        profile[group, marked] *= 2**log2_fold if n_groups > 1 else 1
    group = rng.integers(0, n_groups, n)
    rates = profile[group] * np.exp(rng.normal(0, 0.3, (n, 1)))
    size = np.exp(rng.normal(1.5, scatter, n_genes))
    return sp.csr_matrix(rng.poisson(rng.gamma(size, rates / size)).astype(np.float32)), group


def cut(counts, n_clusters, rng):
    """Clusters of k-means on the same counts."""
    logged = np.log1p(counts.toarray() / counts.sum(axis=1).A1[:, None] * np.median(counts.sum(axis=1).A1))
    scores = PCA(12, random_state=0).fit_transform(logged)
    return KMeans(n_clusters, n_init=2, random_state=int(rng.integers(2**31))).fit_predict(scores).astype(np.int32)


def majority(labels, group):
    """The group that most cells of each cluster are of."""
    return {int(code): int(np.bincount(group[labels == code]).argmax()) for code in np.unique(labels)}
