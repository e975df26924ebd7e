"""Which clones a repertoire sample can show at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlog1py

from rashomon.sim.limit.domain import checked

__all__ = ["cells_to_see", "chance_shared", "chance_unseen"]


def chance_unseen(frequency: ArrayLike, n_cells: ArrayLike) -> np.ndarray:
    """Return the probability that no cell of a clone is in a sample: ``(1 - f)^N``.

    Parameters
    ----------
    frequency
        Share f of the clone among the cells sampled from, in [0, 1]; any shape.
    n_cells
        Cells N in the sample whose receptor is read, at least 0; broadcasts.

    Returns
    -------
    Probabilities.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    Valid for cells drawn independently. In bulk data molecules of one cell are drawn together: count cells, not reads.

    Examples
    --------
    >>> chance_unseen([1e-3, 1e-5], 3000).round(3).tolist()
    [0.05, 0.97]
    """
    return np.asarray(np.exp(_log_unseen(frequency, n_cells, where="chance_unseen")))


def chance_shared(frequency: ArrayLike, *, n_cells_a: ArrayLike, n_cells_b: ArrayLike) -> np.ndarray:
    """Return the probability that a clone is seen in both of two samples: ``(1 - (1 - f)^N1)(1 - (1 - f)^N2)``.

    Parameters
    ----------
    frequency
        Share f of the clone in both sources, in [0, 1]; any shape.
    n_cells_a, n_cells_b
        Cells in the two samples whose receptor is read, at least 0; broadcast.

    Returns
    -------
    Probabilities, exact for rare clones too.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    Valid for independent samples. Where the clone has different frequencies in the two sources, multiply
    ``1 - chance_unseen`` of each.

    Examples
    --------
    >>> chance_shared([1e-3, 1e-5], n_cells_a=3000, n_cells_b=3000).round(4).tolist()
    [0.903, 0.0009]
    """
    seen_a, seen_b = (-np.expm1(_log_unseen(frequency, n, where="chance_shared")) for n in (n_cells_a, n_cells_b))
    return np.asarray(seen_a * seen_b)


def cells_to_see(frequency: ArrayLike, *, chance: ArrayLike = 0.95) -> np.ndarray:
    """Return how many cells a sample needs to show a clone: the least N with ``1 - (1 - f)^N >= chance``.

    Parameters
    ----------
    frequency
        Share f of the clone among the cells sampled from, in (0, 1); any shape.
    chance
        Probability to see it, in (0, 1); broadcasts.

    Returns
    -------
    Whole numbers of at least 1, up to rounding where the quotient of logarithms is itself a whole number.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Examples
    --------
    >>> cells_to_see([1e-3, 1e-5]).tolist()
    [2995.0, 299572.0]
    """
    f = checked(frequency, "frequency", where="cells_to_see", high=1, open_at="both")
    wanted = checked(chance, "chance", where="cells_to_see", high=1, open_at="both")
    return np.asarray(np.maximum(np.ceil(np.log1p(-wanted) / np.log1p(-f)), 1.0))


def _log_unseen(frequency: ArrayLike, n_cells: ArrayLike, *, where: str) -> np.ndarray:
    f = checked(frequency, "frequency", where=where, high=1)
    return np.asarray(xlog1py(checked(n_cells, "n_cells", where=where), -f))
