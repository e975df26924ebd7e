"""Whether simulated cells are copies of the cells that the simulator was fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.spatial.distance import cdist

from rashomon.core import RNGLike, UsageError, child, root_entropy
from rashomon.encode.log_normalise import log_normalise
from rashomon.encode.pca import pca
from rashomon.sim.realism.cells import Cells, as_cells, same_genes

__all__ = ["Memorisation", "nearest_distance"]

_N_PCS = 20
_MOST_CELLS = 2_000
_QUANTILE = 0.05
_BLOCK = 512


@dataclass(frozen=True)
class Memorisation:
    """How near simulated cells lie to the cells of the fit.

    Parameters
    ----------
    ratio
        Median distance of simulated cells to their nearest fitted cell, divided by that of held-out real cells. About 1
        is right; far below 1 are copies, or too little variation (then the classifier sees it); above 1, simulated
        cells lie where no real ones do.
    too_near_frac
        Share of the simulated cells that lie nearer than 95 % of the held-out ones; 0.05 is expected.
    n_copies
        Simulated cells whose counts are exactly those of a fitted cell; empty cells are not counted.
    n_simulated
        Simulated cells compared.
    """

    ratio: float
    too_near_frac: float
    n_copies: int
    n_simulated: int


def nearest_distance(fitted: Any, held_out: Any, simulated: Any, *, rng: RNGLike = 0) -> Memorisation:
    """Compare the distances of simulated and of held-out real cells to the nearest cell of the fit.

    Parameters
    ----------
    fitted
        Counts of the real cells that the simulator was fitted to, see `as_cells`.
    held_out
        Counts of other real cells, of the same population.
    simulated
        Counts of simulated cells. At most 2,000 cells of each table are drawn for the distances; copies are looked for
        among all.
    rng
        Draws them.

    Returns
    -------
    Distances are Euclidean in 20 joint principal components of all genes, log-normalised together; depth is not
    matched, because thinning would hide a copy.

    Raises
    ------
    UsageError
        When genes differ, or a table has fewer than 10 cells.

    Examples
    --------
    >>> draw = np.random.default_rng(0).poisson
    >>> fitted, held_out = draw(2.0, (50, 30)), draw(2.0, (50, 30))
    >>> nearest_distance(fitted, held_out, fitted).ratio, nearest_distance(fitted, held_out, fitted).n_copies
    (0.0, 50)
    """
    root = root_entropy(rng)
    base = as_cells(fitted, what="fitted")
    others = (("held-out", held_out), ("simulated", simulated))
    tables = [base, *(same_genes(base, as_cells(table, what=name), what=name) for name, table in others)]
    if min(table.n for table in tables) < 10:
        raise UsageError("a table has fewer than 10 cells", where="nearest_distance", expected="10 cells or more")
    parts = [table.counts[np.sort(child(root, "cells").permutation(table.n)[:_MOST_CELLS])] for table in tables]
    joint = log_normalise(sp.vstack(parts, format="csr"))
    view = pca(joint, n_comps=min(_N_PCS, min(joint.shape) - 1), solver="arpack")
    ends = np.cumsum([part.shape[0] for part in parts])
    near, far, made = np.split(view.astype(np.float64), ends[:-1])
    usual, found = _nearest(far, near), _nearest(made, near)
    middle = float(np.median(usual))
    ratio = float(np.median(found)) / middle if middle > 0 else np.nan
    too_near = float((found < np.quantile(usual, _QUANTILE)).mean())
    return Memorisation(ratio, too_near, _copies(base, tables[2]), tables[2].n)


def _nearest(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    blocks = (points[i : i + _BLOCK] for i in range(0, len(points), _BLOCK))
    return np.concatenate([cdist(block, others).min(axis=1) for block in blocks])


def _copies(fitted: Cells, simulated: Cells) -> int:
    known = set(_rows(fitted.counts)) - {(b"", b"")}
    return sum(row in known for row in _rows(simulated.counts))


def _rows(counts: sp.csr_matrix) -> list[tuple[bytes, bytes]]:
    if not counts.has_sorted_indices:
        counts = counts.sorted_indices()
    ends = zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
    return [(counts.indices[a:b].astype(np.int64).tobytes(), counts.data[a:b].tobytes()) for a, b in ends]
