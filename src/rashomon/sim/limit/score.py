"""From the share of wrong cells to scores of agreement, for balanced groups and errors without preference.

Each group has the same share of wrong cells, and these go to the other groups in equal parts. Where groups differ in
size or errors prefer a neighbour, equal shares of wrong cells give other scores.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr

from rashomon.sim.limit.domain import checked, checked_count

__all__ = ["ari_of_error", "nmi_of_error"]


def ari_of_error(error: ArrayLike, *, n_groups: int = 2) -> np.ndarray:
    """Return the adjusted Rand index of labels with a share of wrong cells: ``(1 - e k / (k - 1))^2``.

    For two groups ``(1 - 2 e)^2``. The limit of the index of Hubert and Arabie (1985) for many cells.

    Parameters
    ----------
    error
        Share e of wrong cells, in [0, 1]; any shape.
    n_groups
        Number of balanced groups k, at least 2.

    Returns
    -------
    Numbers in [0, 1]: 0 at the error ``1 - 1/k`` of guessing.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    With n cells the index has a standard deviation of the order of ``1 / sqrt(n)`` around this, and of ``1 / n`` at 0.

    Examples
    --------
    >>> ari_of_error([0.1, 0.5]).round(2).tolist()
    [0.64, 0.0]
    """
    wrong, k = _checked(error, n_groups, where="ari_of_error")
    return np.asarray((1 - wrong * k / (k - 1)) ** 2)


def nmi_of_error(error: ArrayLike, *, n_groups: int = 2) -> np.ndarray:
    """Return the normalised mutual information of labels with a share of wrong cells.

    ``1 - (H(e) + e log(k - 1)) / log k`` with H the entropy of a coin; for two groups ``1 - H(e)`` in bits. All ways to
    normalise agree, since both labelings are balanced.

    Parameters
    ----------
    error, n_groups
        See `ari_of_error`.

    Returns
    -------
    Numbers in [0, 1].

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Examples
    --------
    >>> nmi_of_error([0.11, 0.5]).round(3).tolist()
    [0.5, 0.0]
    """
    wrong, k = _checked(error, n_groups, where="nmi_of_error")
    left_open = entr(wrong) + entr(1 - wrong) + wrong * np.log(k - 1)
    # rounding may leave -1e-16 at the error of guessing
    return np.asarray(np.clip(1 - left_open / np.log(k), 0.0, 1.0))


def _checked(error: ArrayLike, n_groups: int, *, where: str) -> tuple[np.ndarray, int]:
    return checked(error, "error", where=where, high=1), checked_count(n_groups, "n_groups", where=where, least=2)
