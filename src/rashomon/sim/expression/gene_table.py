"""Mechanisms of the tables over genes: means, dispersions, and what each cause adds to the log of a gene's rate."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import logsumexp

from rashomon.sim.node import Scene

__all__ = [
    "batch_profile",
    "batch_type_profile",
    "cycle_profile",
    "donor_profile",
    "donor_type_profile",
    "gene_dispersion",
    "gene_mean",
    "loading",
    "marker_table",
    "path_profile",
    "programme_profile",
    "stress_profile",
    "type_profile",
]

_LN2 = math.log(2.0)


def gene_mean(s: Scene) -> np.ndarray:
    """Return the log of each gene's share of the molecules, shape ``(n_genes,)``, of scene `s`; the shares sum to 1."""
    if "gene_mean" in s.fitted:
        return np.asarray(s.fitted["gene_mean"])
    log = s.knobs["gene_mean_sd"] * s.of_genes("gene_mean")[0]
    return np.asarray(log - logsumexp(log))


def gene_dispersion(s: Scene) -> np.ndarray:
    """Return the NB dispersion of each gene, shape ``(n_genes,)``, of scene `s`."""
    if "gene_dispersion" in s.fitted:
        return np.asarray(s.knobs["dispersion_strength"] * s.fitted["gene_dispersion"])
    means = s.knobs["depth"] * np.exp(s["gene_mean"])
    # absent molecules have no trend
    trend = s.knobs["dispersion"] + s.knobs["dispersion_trend"] / np.maximum(means, 1e-12)
    return np.asarray(trend * np.exp(s.knobs["dispersion_scatter"] * s.of_genes("gene_dispersion")[0]))


def _informative(s: Scene) -> int:
    return s.n("gene") - int(s.knobs["n_noise_genes"])


def _absent(s: Scene) -> np.ndarray:
    return np.zeros((0, s.n("gene")))


def _ranks(s: Scene, node: str) -> np.ndarray:
    """Return the place of each gene in a random order of this node; noise genes come last."""
    key = s.chances(node, np.arange(s.n("gene")))[:, 0]
    key[_informative(s) :] += 1.0
    return np.argsort(np.argsort(key, kind="stable"), kind="stable")


def marker_table(s: Scene) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the nodes of the tree that have markers, and whose marker each gene is.

    Parameters
    ----------
    s
        The scene.

    Returns
    -------
    members
        Which types each node holds, boolean, with its level as the last element: shape ``(n_types + 1,)`` each.
    owner
        Node of which each gene is a marker, ``-1`` none, shape ``(n_genes,)``. More markers per node include those of
        fewer.
    """
    found: dict[bytes, np.ndarray] = {}
    for level, (names, node_of) in enumerate(s.tree.levels):
        for node in range(len(names)):
            inside = node_of == node
            # a node that holds all types tells none apart; a leaf that is reached early counts at the finest level
            if not inside.all():
                found[inside.tobytes()] = np.append(inside.astype(np.int64), level)
    members = list(found.values())
    owner = np.full(s.n("gene"), -1)
    if members:
        rank = _ranks(s, "marker")
        taken = (rank // len(members) < s.knobs["n_markers"]) & (rank < _informative(s))
        owner[taken] = (rank % len(members))[taken]
    return members, owner


def type_profile(s: Scene) -> np.ndarray:
    """Return the log fold of each type in each gene, shape ``(n_types, n_genes)``, of scene `s`.

    Every row is shifted so that the shares of the type's genes sum to 1: depth has a knob of its own.
    """
    profile = np.zeros((s.n("type"), s.n("gene")))
    if "type_profile" in s.fitted:
        profile += s.knobs["type_strength"] * s.fitted["type_profile"]
    members, owner = marker_table(s)
    scatter = s.of_genes("type_profile")[0]
    for node, inside in enumerate(members):
        levels = s.knobs["level_effects"]
        effect = levels[inside[-1]] if levels else s.knobs["effect_size"]
        genes = np.flatnonzero(owner == node)
        folds = _LN2 * (effect + s.knobs["effect_spread"] * scatter[genes])
        profile[np.ix_(inside[:-1] == 1, genes)] += folds
    changed = profile.any(axis=1)
    profile[changed] -= logsumexp(s["gene_mean"] + profile[changed], axis=1, keepdims=True)
    return profile


def _spread(s: Scene, node: str, n_rows: int, *, sd: float, share: float = 1.0) -> np.ndarray:
    """Return normal log folds, centred over the rows, in a share of the genes; nothing where they cannot differ."""
    if sd == 0.0 or n_rows < 2:
        return _absent(s)
    folds = _LN2 * sd * s.of_genes(node, n=n_rows)
    folds -= folds.mean(axis=0)
    folds[:, _ranks(s, f"{node}_genes") >= math.ceil(share * _informative(s))] = 0.0
    return folds


def _plus(s: Scene, made: np.ndarray, node: str, *strengths: str) -> np.ndarray:
    """Return what is planted plus what was fitted, as strong as the knobs say."""
    if node not in s.fitted:
        return made
    fitted = math.prod(s.knobs[strength] for strength in strengths) * s.fitted[node]
    return np.asarray(fitted + made if len(made) else fitted)


def batch_profile(s: Scene) -> np.ndarray:
    """Return the log fold of each batch in each gene of scene `s`, centred, shape ``(n_batches, n_genes)``."""
    knobs = s.knobs
    made = _spread(s, "batch_profile", s.n("batch"), sd=knobs["batch_effect"], share=knobs["batch_gene_share"])
    return _plus(s, made, "batch_profile", "batch_strength")


def donor_profile(s: Scene) -> np.ndarray:
    """Return the log fold of each donor in each gene of scene `s`, centred, shape ``(n_donors, n_genes)``."""
    knobs, n_donors = s.knobs, s.n("donor")
    made = _spread(s, "donor_profile", n_donors, sd=knobs["donor_effect"], share=knobs["donor_gene_share"])
    if knobs["n_donor_genes"] and knobs["donor_gene_effect"] and n_donors > 1:
        genes = np.flatnonzero(_ranks(s, "donor_gene") < min(knobs["n_donor_genes"], _informative(s)))
        carried = s.chances("donor_allele", genes, n=n_donors).T < 0.5
        large = np.zeros((n_donors, s.n("gene")))
        large[:, genes] = _LN2 * knobs["donor_gene_effect"] * (carried - carried.mean(axis=0))
        made = large + made if len(made) else large
    return _plus(s, made, "donor_profile", "donor_strength")


def donor_type_profile(s: Scene) -> np.ndarray:
    """Return the log fold of each donor within each type of scene `s`, shape ``(n_donors * n_types, n_genes)``."""
    n = s.n("donor") * s.n("type") if s.n("donor") > 1 else 0
    return _spread(s, "donor_type_profile", n, sd=s.knobs["donor_type_effect"])


def batch_type_profile(s: Scene) -> np.ndarray:
    """Return the log fold of each batch within each type of scene `s`, shape ``(n_batches * n_types, n_genes)``."""
    n = s.n("batch") * s.n("type") if s.n("batch") > 1 else 0
    made = _spread(s, "batch_type_profile", n, sd=s.knobs["batch_type_effect"])
    return _plus(s, made, "batch_type_profile", "batch_strength", "type_strength")


def _some(s: Scene, node: str, n: int) -> np.ndarray:
    return np.flatnonzero(_ranks(s, node) < min(n, _informative(s)))


def path_profile(s: Scene) -> np.ndarray:
    """Return what each coordinate of the path adds to the log rate of each gene of scene `s`."""
    topology, length = s.knobs["topology"], _LN2 * s.knobs["path_length"]
    if topology == "groups" or length == 0.0:
        return _absent(s)
    genes = _some(s, "path_profile", s.knobs["n_path_genes"])
    toss = s.chances("path_direction", genes, n=2)
    sign = np.where(toss[:, 0] < 0.5, -1.0, 1.0)
    if topology == "cycle":
        angle = 2 * np.pi * toss[:, 0]
        rows = 0.5 * np.stack([np.cos(angle), np.sin(angle)])
    elif topology == "line":
        rows = sign[None, :]
    else:
        # a gene changes along the trunk or along one of the branches
        part = np.floor(toss[:, 1] * (s.knobs["n_branches"] + 1)).astype(np.int64)
        rows = np.where(part[None, :] == np.arange(s.knobs["n_branches"] + 1)[:, None], sign, 0.0)
    profile = np.zeros((len(rows), s.n("gene")))
    profile[:, genes] = length * rows
    return profile


def programme_profile(s: Scene) -> np.ndarray:
    """Return the log fold of each programme at activity 1, shape ``(n_programmes, n_genes)``, of scene `s`."""
    n = s.knobs["n_programmes"]
    if n == 0 or s.knobs["programme_effect"] == 0.0:
        return _absent(s)
    profile = np.zeros((n, s.n("gene")))
    for programme in range(n):
        genes = _some(s, f"programme_{programme}", s.knobs["n_programme_genes"])
        profile[programme, genes] = _LN2 * s.knobs["programme_effect"]
    return profile


def loading(s: Scene) -> np.ndarray:
    """Return the loadings of the factors, natural logs, shape ``(n_factors, n_genes)``, of scene `s`."""
    n, sd = int(s.knobs["n_factors"]), s.knobs["factor_sd"]
    made = _absent(s) if sd == 0.0 else sd / math.sqrt(n) * s.of_genes("loading", n=n)
    if "loading" not in s.fitted:
        return made
    fitted = s.knobs["factor_strength"] * s.fitted["loading"]
    return np.vstack([fitted, made])


def cycle_profile(s: Scene) -> np.ndarray:
    """Return what cosine, sine and presence of the cycle add to each gene's log rate, shape ``(3, n_genes)``, of `s`.

    A gene rises from 0 to the full effect and back while the angle passes its own.
    """
    effect = 0.5 * _LN2 * s.knobs["cycle_effect"]
    if (s.knobs["cycling_share"] == 0.0 and "cycle" not in s.done) or effect == 0.0:
        return _absent(s)
    genes = _some(s, "cycle_profile", s.knobs["n_cycle_genes"])
    angle = 2 * np.pi * s.chances("cycle_gene", genes)[:, 0]
    profile = np.zeros((3, s.n("gene")))
    profile[:, genes] = effect * np.stack([np.cos(angle), np.sin(angle), np.ones(genes.size)])
    return profile


def stress_profile(s: Scene) -> np.ndarray:
    """Return the log fold of stress at activity 1, shape ``(1, n_genes)``, of scene `s`."""
    if (s.knobs["stress_share"] == 0.0 and "stress" not in s.done) or s.knobs["stress_effect"] == 0.0:
        return _absent(s)
    profile = np.zeros((1, s.n("gene")))
    profile[:, _some(s, "stress_profile", s.knobs["n_stress_genes"])] = _LN2 * s.knobs["stress_effect"]
    return profile
