"""Molecules that are not a cell's own: those of lysed cells of its sample, and of other cells of its lane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rashomon.sim.expression.rate import mixture
from rashomon.sim.node import Scene

__all__ = ["PARENTS", "ambient_profile", "swap_profile"]

PARENTS = (
    "donor_share",
    "gene_mean", "composition", "batch_share", "type_profile", "donor_profile", "donor_type_profile", "batch_profile",
    "batch_type_profile", "path_profile", "programme_profile", "loading", "cycle_profile", "stress_profile",
    "depth_of_type", "depth_of_batch",
)  # fmt: skip
"""Whatever decides what cells express decides what lysed cells leave behind."""

_N_LYSED = 200
"""Lysed cells per sample: their mean is the soup."""


def _mean_cell(s: Scene, donor: int, batch: int) -> np.ndarray:
    """Return the mean expected counts of cells of one sample, shape ``(n_genes,)``.

    A sample that no cell comes from unless an intervention sends it there holds the donor's cells.
    """
    shares = s["composition"][donor] * s["batch_share"][donor, :, batch]
    shares = shares if shares.sum() > 0.0 else s["composition"][donor]
    # evenly spread over the types as the shares say, not drawn: 200 cells stand for all
    edges = np.cumsum(shares / shares.sum())[:-1]
    types = np.searchsorted(edges, (np.arange(_N_LYSED) + 0.5) / _N_LYSED, side="right")
    given = {"donor": np.full(_N_LYSED, donor), "batch": np.full(_N_LYSED, batch), "type": types}
    clean = replace(s, knobs={**s.knobs, "swapping": 0.0, "ambient": 0.0})
    units = (donor * s.n("batch") + batch) * _N_LYSED + np.arange(_N_LYSED)
    return np.asarray(mixture(clean.cells(units, role="lysed", given=given)).means().mean(axis=0))


def ambient_profile(s: Scene) -> np.ndarray:
    """Return the share of each gene among the free molecules of each sample of scene `s`.

    Returns
    -------
    Shape ``(n_donors * n_batches, n_genes)``; no row where there are none.
    """
    if s.knobs["ambient"] == 0.0:
        return np.zeros((0, s.n("gene")))
    samples = [(donor, batch) for donor in range(s.n("donor")) for batch in range(s.n("batch"))]
    counts = np.array([_mean_cell(s, *sample) for sample in samples])
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-300))


def swap_profile(s: Scene) -> np.ndarray:
    """Return the mean cell of each lane of scene `s`, in molecules, shape ``(n_batches, n_genes)``; no row for none."""
    if s.knobs["swapping"] == 0.0:
        return np.zeros((0, s.n("gene")))
    cells = s["donor_share"][:, None] * np.einsum("dk,dkb->db", s["composition"], s["batch_share"])
    cells = cells / np.maximum(cells.sum(axis=0), 1e-300)
    lanes = [
        sum((cells[donor, batch] * _mean_cell(s, donor, batch) for donor in range(s.n("donor"))), 0.0)
        for batch in range(s.n("batch"))
    ]
    return np.asarray(lanes)
