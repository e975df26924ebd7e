"""Counts of one population, of continua and of groups, made with plain numpy: not by the simulator under test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

ONE_POPULATION = ("plain", "depth", "batches", "heavy")
"""One population whose genes are unrelated given depth and batch: no structure, no groups."""

CONTINUA = ("programmes", "line", "branches", "circle", "uneven_circle", "arc", "doublets")
"""One population or a continuum: structure perhaps, groups never."""


@dataclass
class Sample:
    """Counts, with the batch and the group of each cell."""

    counts: sp.csr_matrix
    batch: np.ndarray | None
    group: np.ndarray


def sample(kind, rng, *, n=400, g=300, total=1200.0):
    """One population or a continuum of `kind`; see `ONE_POPULATION` and `CONTINUA`."""
    rates, depth = means(rng, g, total), np.exp(rng.normal(0, 0.35, n))
    size, batch, group = np.full(g, 4.0), None, np.zeros(n, dtype=np.int64)
    log_fold = np.zeros((n, g))
    if kind == "depth":
        depth = np.where(rng.random(n) < 0.5, 0.5, 2.0) * np.exp(rng.normal(0, 0.15, n))
    elif kind == "batches":
        batch = rng.integers(0, 4, n)
        log_fold = rng.normal(0, 0.7, (4, g))[batch]
        depth = depth * np.array([0.5, 0.8, 1.2, 2.0])[batch]
    elif kind == "heavy":
        size = np.exp(rng.normal(np.log(2), 1.5, g))
    elif kind == "programmes":
        log_fold = rng.standard_normal((n, 3)) @ rng.normal(0, 0.35, (3, g))
    elif kind in ("line", "branches", "circle", "uneven_circle", "arc"):
        log_fold = continuum(kind, rng, n, g)
    elif kind == "doublets":
        depth = depth + np.where(rng.random(n) < 0.12, rng.permutation(depth), 0)
    return Sample(draw(rng, depth[:, None] * rates * np.exp(log_fold), size), batch, group)


def continuum(kind, rng, n, g):
    """Log-folds along a line, three branches, three quarters of a circle, or all of it, also with densities 3 : 1."""
    programmes = np.where(rng.random((3, g)) < 0.15, rng.normal(0, 1.6, (3, g)), 0)
    t = rng.random(n)
    if kind == "line":
        return np.outer(2 * t - 1, programmes[0])
    if kind == "uneven_circle":
        many = rng.random(5 * n)
        t = many[rng.random(5 * n) < (2 + np.cos(2 * np.pi * many)) / 3][:n]
    if kind in ("circle", "uneven_circle"):
        return on_circle(2 * np.pi * t, programmes)
    if kind == "arc":
        return on_circle(1.5 * np.pi * t, programmes)
    branch = rng.integers(0, 3, n)
    # a trunk, and two branches that leave its end
    ahead = np.where(branch == 0, t - 1, 0)
    return (
        np.outer(ahead, programmes[0])
        + np.outer(np.where(branch == 1, t, 0), programmes[1])
        + np.outer(np.where(branch == 2, t, 0), programmes[2])
    )


def on_circle(angle, programmes):
    """Log-folds at angles on a circle that two programmes span."""
    return np.outer(np.cos(angle), programmes[0]) + np.outer(np.sin(angle), programmes[1])


def ring_of_groups(rng, *, shares, n=1000, g=300, total=1200.0, size=4.0):
    """Groups of unequal `shares` at equal distances on the circle of `continuum`."""
    rates, depth = means(rng, g, total), np.exp(rng.normal(0, 0.35, n))
    programmes = np.where(rng.random((2, g)) < 0.15, rng.normal(0, 1.6, (2, g)), 0)
    group = rng.choice(len(shares), n, p=shares)
    log_fold = on_circle(2 * np.pi * group / len(shares), programmes)
    return Sample(draw(rng, depth[:, None] * rates * np.exp(log_fold), np.full(g, size)), None, group)


def groups(rng, *, n=400, g=300, markers=8, log2_fold=2.3, share=0.5, total=1200.0, size=4.0):
    """Two groups; `markers` genes are higher in the second, which has `share` of the cells."""
    rates, depth = means(rng, g, total), np.exp(rng.normal(0, 0.35, n))
    group = (rng.random(n) < share).astype(np.int64)
    fold = np.ones(g)
    fold[rng.choice(g, markers, replace=False)] = 2.0**log2_fold
    return Sample(draw(rng, depth[:, None] * rates * np.where(group[:, None] == 1, fold, 1.0), size), None, group)


def means(rng, g, total):
    """Mean counts of the genes; their sum is `total`."""
    raw = np.exp(rng.normal(0, 1.2, g))
    return total * raw / raw.sum()


def draw(rng, rates, size):
    """Negative binomial counts."""
    return sp.csr_matrix(rng.poisson(rng.gamma(size, rates / size)).astype(np.float32))
