"""The verdict on one set of cells: whether there is structure, and whether there are groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

import numpy as np
import scipy.sparse as sp

from rashomon.structure.component import whiten
from rashomon.structure.direction import largest_dip
from rashomon.structure.loop import closed_loop
from rashomon.structure.reference import dip_p
from rashomon.structure.residual import Residuals, residuals
from rashomon.structure.sensitivity import detectable
from rashomon.structure.spectrum import Spectrum, spectrum_test

__all__ = ["MIN_CELLS", "VERDICTS", "NodeTest", "Verdict", "node_test"]

Verdict = Literal["no", "cannot tell", "closed gradient", "groups"]

VERDICTS: dict[Verdict, str] = {
    "no": "nothing beyond depth, batch and counting noise was found; this is not to say that there are no cell types",
    "cannot tell": "too few cells, or structure that a gradient or overlapping groups explain equally well",
    "closed gradient": "structure whose two modes are joined by a way round, as in a cell cycle",
    "groups": "cells between the groups are rarer than in any single-peaked population we can fit",
}
"""What each verdict means, in the order from least to most."""

MIN_CELLS = 50
"""Fewer cells are not tested."""

_NULLS = ((2_000_000, 99), (10_000_000, 39))
"""Permutations up to so many residuals; 19 above."""


@dataclass(frozen=True, eq=False)
class NodeTest:
    """What was found in one set of cells.

    Parameters
    ----------
    verdict
        One of `VERDICTS`.
    suggestive
        With ``"cannot tell"``: whether the modes are further apart than Gaussian ones would be.
    p_structure
        Of `rashomon.structure.spectrum_test`; NaN with too few cells.
    k
        Eigenvalues above the null, 0 to 12.
    p_groups, p_suggestive
        Of the largest dip, against one uniform column among Gaussian ones, and against Gaussian ones; NaN where
        structure was not found, for then groups are not looked for.
    dip, direction
        The largest dip and the name of its direction; NaN and empty where not looked for.
    loop, loop_ratio
        Way round that joins the modes (``"none"``, ``"closed"``, ``"bent"``), and how far the cells in the middle
        spread across; see `rashomon.structure.closed_loop`. Empty and NaN where there are no two modes.
    n, n_genes, n_components
        Cells, genes in which structure stands out most, and components in which groups were looked for.
    detail
        One sentence: what the verdict rests on, or what could have been found.
    """

    verdict: Verdict
    suggestive: bool
    p_structure: float
    k: int
    p_groups: float
    p_suggestive: float
    dip: float
    direction: str
    loop: str
    loop_ratio: float
    n: int
    n_genes: int
    n_components: int
    detail: str


def node_test(
    counts: sp.csr_matrix,
    *,
    batch: np.ndarray | None = None,
    alpha: float = 0.05,
    n_genes: int = 2000,
    n_permutations: int | None = None,
    rng: np.random.Generator,
) -> NodeTest:
    """Say whether cells fall into groups, without any labels.

    First structure: `rashomon.structure.spectrum_test`. Only if that rejects, groups: the largest dip in the leading
    components, two more than stand out (4, 6, 8 or 10), against tables of the same search on single-peaked data; so
    the pair keeps the level. Only if there are two modes, whether they are joined by a way round.

    Parameters
    ----------
    counts
        Raw counts of the cells, CSR, shape ``(n, n_features)``.
    batch
        Batch (or donor) of each cell, shape ``(n,)``. Differences between batches are taken out first, so groups are
        those seen within batches.
    alpha
        Level of each test, in (0, 1).
    n_genes
        Most variable genes at most.
    n_permutations
        For structure; ``None`` is 99, 39 above two million residuals and 19 above ten million, and never fewer than
        a rejection at `alpha` needs.
    rng
        Permutations, and the start of the search for directions.

    Returns
    -------
    NodeTest. Its verdict is ``"groups"`` with probability at most `alpha` where the cells are one population with
    unrelated genes, or a continuum with a single peak along every direction searched.

    Raises
    ------
    UsageError
        When the values are no counts, or `batch` is of other cells.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> high = np.repeat([2.0, 9.0], 100)[:, None] * np.ones(20)
    >>> counts = sp.csr_matrix(np.hstack([rng.poisson(high), rng.poisson(5.0, (200, 80))]))
    >>> node_test(counts, rng=rng).verdict
    'groups'
    """
    found = residuals(counts, batch=batch, n_genes=n_genes)
    n, g = found.values.shape
    if n < MIN_CELLS or g < 10:
        short = f"{n} cells are fewer than {MIN_CELLS}" if n < MIN_CELLS else f"{g} genes are seen in 5 cells or more"
        return _untested(n, detail=f"too little data: {short}")
    if n_permutations is None:
        usual = next((nulls for most, nulls in _NULLS if n * g <= most), 19)
        n_permutations = max(usual, ceil(1 / alpha - 1e-9) - 1)
    spectrum = spectrum_test(found, n_permutations=n_permutations, rng=rng)
    if spectrum.p > alpha:
        said = detectable(found, spectrum).sentence
        node = replace(_untested(n, detail=said), p_structure=spectrum.p, k=spectrum.k, n_genes=spectrum.n_genes)
        return replace(node, verdict="no")
    return _groups(found, spectrum, alpha=alpha, rng=rng)


def _groups(found: Residuals, spectrum: Spectrum, *, alpha: float, rng: np.random.Generator) -> NodeTest:
    n = found.values.shape[0]
    # the even numbers from 4 to 10 are tabulated
    k = min(max(2 * ((spectrum.k + 3) // 2), 4), 10, spectrum.n_genes)
    scores = whiten(found, k, n_genes=spectrum.n_genes)
    modes = largest_dip(scores, rng=rng)
    p, p_gaussian = (dip_p(modes.value, n=n, k=k, reference=name) for name in ("uniform", "gaussian"))
    node = replace(
        _untested(n, detail=""),
        p_structure=spectrum.p,
        k=spectrum.k,
        n_genes=spectrum.n_genes,
        p_groups=p,
        p_suggestive=p_gaussian,
        dip=modes.value,
        direction=modes.name,
        n_components=k,
    )
    if p > alpha:
        also = ", though its modes are further apart than those of a Gaussian population" if p_gaussian <= alpha else ""
        said = f"structure, but no gap: a gradient or overlapping groups explain it equally well{also}"
        return replace(node, suggestive=p_gaussian <= alpha, detail=said)
    loop = closed_loop(scores, modes.direction, low=modes.low, high=modes.high, rng=rng)
    verdict: Verdict = "closed gradient" if loop.found else "groups"
    return replace(node, verdict=verdict, loop=loop.kind, loop_ratio=loop.ratio, detail=VERDICTS[verdict])


def _untested(n: int, *, detail: str) -> NodeTest:
    nan = float("nan")
    return NodeTest("cannot tell", False, nan, 0, nan, nan, nan, "", "", nan, n, 0, 0, detail)  # noqa: FBT003 - a field
