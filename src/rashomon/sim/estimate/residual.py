"""Pearson residuals of some cells and genes: what is left when type, batch, donor and depth are taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from rashomon.sim.estimate.design import Design
from rashomon.sim.estimate.profile import Profile, gene_blocks

__all__ = ["MAX_CELLS", "MAX_GENES", "Panel", "make_panel"]

MAX_CELLS, MAX_GENES = 2_000, 2_000
"""Size of the panel at most: eigenvalues of 2,000 cells have standard errors of about 3 %."""

_CLIP = 10.0
"""Largest residual, in standard deviations: beyond it single counts of rare genes would make the eigenvalues."""

_LEAST_MEAN = 0.01
_FEWEST = 5


@dataclass(frozen=True, eq=False)
class Panel:
    """Cells and genes on which eigenvalues of residuals are compared between the data and what is drawn.

    Parameters
    ----------
    cells, genes
        Positions among the cells and genes of the fit, ascending.
    mean
        Expected counts, shape ``(n_cells, n_genes)``.
    spread
        Standard deviations under the *trended* dispersion, same shape: a weight that does not know the gene's own
        scatter.
    groups
        Cells with one number are centred together: combinations of type, batch and donor of 5 cells or more, what
        remains of a type otherwise. Shape ``(n_cells,)``.
    depth
        Molecules, shape ``(n_cells,)``.
    """

    cells: np.ndarray
    genes: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    groups: np.ndarray
    depth: np.ndarray

    def residuals(self, counts: np.ndarray) -> np.ndarray:
        """Return residuals of counts, shape ``(n_cells, n_genes)``, clipped at 10 and centred by group.

        Parameters
        ----------
        counts
            Dense, shape ``(n_cells, n_genes)``, of the data or drawn.
        """
        residual = np.clip((counts - self.mean) / self.spread, -_CLIP, _CLIP)
        for group in np.unique(self.groups):
            inside = self.groups == group
            residual[inside] -= residual[inside].mean(axis=0)
        return np.asarray(residual)

    def permuted(self, residual: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
        """Return residuals with each gene permuted within groups: its own law stays, what genes share goes.

        Parameters
        ----------
        residual
            From `residuals`.
        rng
            Draws the permutations, one per gene and group.
        """
        result = np.empty_like(residual)
        for group in np.unique(self.groups):
            inside = self.groups == group
            result[inside] = rng.permuted(residual[inside], axis=0)
        return result


def make_panel(
    counts: sp.csc_matrix, profile: Profile, design: Design, *, trended: np.ndarray, rng: np.random.Generator
) -> Panel:
    """Return a panel: cells at random, and the genes whose residuals vary most.

    Parameters
    ----------
    counts
        Whole numbers, CSC, shape ``(n_cells, n_genes)``.
    profile
        Expected log shares.
    design
        The cells.
    trended
        Dispersion by the trend, shape ``(n_genes,)``.
    rng
        Draws the cells.

    Returns
    -------
    At most `MAX_CELLS` cells and `MAX_GENES` genes; genes have a mean count of 0.01 or more, as far as there are any.
    """
    n = counts.shape[0]
    cells = np.sort(rng.choice(n, size=min(n, MAX_CELLS), replace=False))
    some, member, depth = counts[cells], design.member[cells], design.depth[cells]
    score = np.zeros(counts.shape[1])
    for genes in gene_blocks(counts.shape[1]):
        mean = depth[:, None] * np.exp(profile.log_rates(design.combinations, genes))[member]
        square = (some[:, genes].toarray() - mean) ** 2 / (mean + trended[genes] * mean**2)
        # rare genes last: a single count among them makes a large residual
        score[genes] = np.minimum(square, _CLIP**2).mean(axis=0) - 1e6 * (mean.mean(axis=0) < _LEAST_MEAN)
    chosen = np.sort(np.argsort(-score, kind="stable")[:MAX_GENES])
    mean = depth[:, None] * np.exp(profile.log_rates(design.combinations, chosen))[member]
    spread = np.sqrt(mean + trended[chosen] * mean**2)
    # single precision: eigenvalues are compared to a percent, and the tables are made dozens of times
    return Panel(cells, chosen, mean.astype(np.float32), spread.astype(np.float32), _groups(design, cells), depth)


def _groups(design: Design, cells: np.ndarray) -> np.ndarray:
    member = design.member[cells]
    small = np.bincount(member, minlength=design.combinations.shape[0])[member] < _FEWEST
    return np.asarray(np.where(small, design.combinations.shape[0] + design.codes[cells, 0], member))
