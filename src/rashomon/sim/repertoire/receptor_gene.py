"""Receptor genes in the expression: the V gene that a cell recombined is a gene that it transcribes."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.special import pdtrik

from rashomon.sim.node import Scene
from rashomon.sim.repertoire.sequence import model_of

__all__ = ["receptor_gene_counts"]


def receptor_gene_counts(s: Scene) -> tuple[sp.csr_matrix, tuple[str, ...]]:
    """Return counts of the V genes of the cells in play, and the names of all V genes of their loci.

    A cell has Poisson-many molecules of the V gene of each of its chains, and none of the others.

    Parameters
    ----------
    s
        From `Scene.cells`.

    Returns
    -------
    CSR ``float32``, shape ``(n_cells, n_genes)``; no genes while the knob ``receptor_gene_depth`` is 0.
    """
    n, mean = s.units.size, s.knobs["receptor_gene_depth"]
    parts, names = [sp.csr_matrix(np.empty((n, 0), dtype=np.float32))], tuple[str, ...]()
    for arm in ("vdj", "vj") if mean else ():
        model = model_of(s, arm)
        if model is None:
            continue
        count = _poisson(mean, s.chances(f"{arm} molecules")[:, 0])
        place = model.v_gene_codes[s[arm]["v"]].astype(np.int64)
        parts.append(sp.csr_matrix((count, (np.arange(n), place)), shape=(n, len(model.v_genes)), dtype=np.float32))
        names = (*names, *model.v_genes)
    found = sp.csr_matrix(sp.hstack(parts, format="csr", dtype=np.float32))
    found.eliminate_zeros()
    return found, names


def _poisson(mean: float, chance: np.ndarray) -> np.ndarray:
    """Return the quantile of a Poisson law: the smallest count whose cumulative probability reaches `chance`."""
    return np.asarray(np.maximum(np.ceil(pdtrik(chance, mean) - 1e-9), 0.0))
