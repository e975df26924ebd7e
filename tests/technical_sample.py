"""Healthy clusters, and clusters that a batch, depth, damage or doublets made, by plain numpy."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.ask import Judged, Request
from rashomon.dataset import Dataset, Expression, Roles, Truth

N_GENES = 400


@dataclass(frozen=True)
class Planted:
    """A data set, labels on trial, and the clusters that something technical made (none: all are healthy)."""

    request: Request
    technical: tuple[str, ...] = ()


def column(name, codes, *, kind="technical"):
    """A column whose classes are named by their code."""
    codes = np.asarray(codes, dtype=np.int32)
    return Truth(name, kind, codes, tuple(f"{name}{i}" for i in range(int(codes.max()) + 1)), "external")


def request_of(counts, labels, *, roles=None, truths=(), obs=None, seed=0, **more):
    """What is asked about counts and labels."""
    labels = np.unique(labels, return_inverse=True)[1].astype(np.int32)
    names = np.array([f"GENE{j}" for j in range(counts.shape[1] - 26)], dtype=object)
    names = np.concatenate([names, [f"MT-{j}" for j in range(13)], [f"RPL{j}" for j in range(3, 16)]])
    data = Dataset(
        pd.DataFrame(obs or {}, index=[f"c{i}" for i in range(counts.shape[0])]),
        Expression(sp.csr_matrix(counts.astype(np.float32)), names, "counts"),
        truths={each.name: each for each in truths},
        roles=roles or Roles(),
    )
    judged = Judged("mine", labels, tuple(map(str, range(int(labels.max()) + 1))), own=True)
    return Request(data, judged, seed, **more)


def healthy(rng, *, n=900, n_types=4):
    """Rates of types of unequal depth in donors and batches of unequal composition, one of them dividing types.

    A type is up to three times as deep as another, has 25 genes of its own, and its share of mitochondrial counts
    varies; each cell has a depth of its own.
    """
    means = np.tile(np.exp(rng.normal(0, 1.2, N_GENES)), (n_types, 1))
    for each in means:
        each[rng.choice(N_GENES - 26, 25, replace=False)] *= 6
    means *= np.exp(rng.normal(0, 0.2, means.shape))
    means[:, -26:-13] *= np.exp(rng.normal(0, 0.5, (n_types, 1)))
    means[:, -13:] *= np.exp(rng.normal(0, 0.5, (n_types, 1)))
    means *= 1500 * np.exp(rng.normal(0, 0.4, (n_types, 1))) / means.sum(axis=1, keepdims=True)
    donor = rng.integers(0, 6, n)
    shares = rng.dirichlet(np.full(n_types, 4.0), 6)
    types = np.array([rng.choice(n_types, p=shares[each]) for each in donor])
    batch = donor % 3
    shift = np.exp(rng.normal(0, 0.1, (3, N_GENES)))
    return means[types] * shift[batch], types, donor, batch


def draw(rng, rates, *, size=2.0, spread=0.3):
    """Negative binomial counts around the rates, with log-normal depths."""
    depth = np.exp(rng.normal(0, spread, (rates.shape[0], 1)))
    return rng.poisson(rng.gamma(size, rates * depth / size))


def planted(rng, what, *, n=900):
    """A healthy data set, or one in which a cluster is one batch's, of low depth, or of doublets."""
    rates, types, donor, batch = healthy(rng, n=n)
    labels = types.copy()
    if what == "batch":
        # a third of the genes of one type differ in one batch
        moved = (types == 0) & (batch == 1)
        rates[moved] *= np.exp(np.where(rng.random(N_GENES) < 0.33, rng.normal(0, 1.0, N_GENES), 0))
        labels[moved] = 4
    if what == "depth":
        moved = (types == 0) & (rng.random(types.size) < 0.4)
        rates[moved] *= 0.15
        labels[moved] = 4
    if what == "mitochondria":
        moved = (types == 0) & (rng.random(types.size) < 0.4)
        rates[np.ix_(moved, np.arange(N_GENES - 26, N_GENES - 13))] *= 8
        labels[moved] = 4
    if what == "split":
        # a healthy type cut in two at random
        labels[(types == 0) & (rng.random(types.size) < 0.5)] = 4
    counts = draw(rng, rates)
    if what == "doublets":
        singles = [rng.choice(np.flatnonzero(types == each), 40) for each in rng.choice(4, 2, replace=False)]
        counts[-40:] = counts[singles[0]] + counts[singles[1]]
        labels[-40:] = 4
    roles = Roles(donor=column("donor", donor), batch=column("lane", batch))
    request = request_of(counts, labels, roles=roles, truths=[column("type", types, kind="biological")])
    made = what in {"batch", "depth", "mitochondria", "doublets"}
    return Planted(request, (request.judged.categories[-1],) if made else ())
