"""How strongly two labels go together: one knob from independence to determination, with both margins kept."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError

__all__ = ["conditional", "entangle", "mutual_information"]


def entangle(
    strength: float, row_shares: np.ndarray, column_shares: np.ndarray, *, affinity: np.ndarray | None = None
) -> np.ndarray:
    """Return the joint probabilities of two labels that are tied to each other to a degree.

    ``P = (1 - strength) r c^T + strength M``. ``r c^T`` is independence. ``M`` has the same margins ``r`` and ``c`` and
    is filled greedily: the cell of largest affinity gets all that its row and its column have left, then the next one;
    so at most ``n_rows + n_columns - 1`` cells are filled, and each label says as much about the other as the margins
    allow along that order. Both margins are those given at every strength, and the mutual information never falls with
    it: it is convex in ``P`` and 0 at independence.

    The same function ties epitope to V gene, HLA allele to epitope, and donor to epitope; see `conditional`.

    Parameters
    ----------
    strength
        0 (independence) to 1 (determination, as far as the margins allow).
    row_shares, column_shares
        Probabilities of the labels, each of which sums to 1; lengths ``n_rows`` and ``n_columns``.
    affinity
        Which cells are filled first, the largest ones; shape ``(n_rows, n_columns)``; equal ones from the first row and
        column on. None: row ``i`` prefers the columns that lie where it lies in the order of the shares.

    Returns
    -------
    ``float64``, shape ``(n_rows, n_columns)``; sums to 1.

    Raises
    ------
    UsageError
        ``motif.entangle`` when the strength is out of range, or the shares are no probabilities.

    Examples
    --------
    >>> entangle(1.0, np.array([0.5, 0.5]), np.array([0.5, 0.25, 0.25])).tolist()
    [[0.5, 0.0, 0.0], [0.0, 0.25, 0.25]]
    >>> entangle(0.0, np.array([0.5, 0.5]), np.array([0.5, 0.25, 0.25])).tolist()
    [[0.25, 0.125, 0.125], [0.25, 0.125, 0.125]]
    """
    r, c = (np.asarray(shares, dtype=np.float64) for shares in (row_shares, column_shares))
    legal = all(x.ndim == 1 and x.size and (x >= 0).all() and abs(x.sum() - 1) < 1e-6 for x in (r, c))
    if not legal or not 0 <= strength <= 1:
        raise _refused(f"strength {strength} of {r.size} by {c.size} shares")
    r, c = r / r.sum(), c / c.sum()
    if affinity is None:
        affinity = -abs((np.cumsum(r) - r / 2)[:, None] - (np.cumsum(c) - c / 2))
    if affinity.shape != (r.size, c.size) or not np.isfinite(affinity).all():
        raise _refused(f"the affinity has shape {affinity.shape}")
    tied, left, open_ = np.zeros((r.size, c.size)), r.copy(), c.copy()
    for cell in np.argsort(-affinity, axis=None, kind="stable").tolist():
        row, column = divmod(cell, c.size)
        tied[row, column] = min(left[row], open_[column])
        left[row] -= tied[row, column]
        open_[column] -= tied[row, column]
    return np.asarray((1 - strength) * np.outer(r, c) + strength * tied)


def conditional(joint: np.ndarray) -> np.ndarray:
    """Return the probability of each column given the row; rows without probability have that of the columns alone.

    Parameters
    ----------
    joint
        From `entangle`, or its transpose.

    Examples
    --------
    >>> conditional(np.array([[0.5, 0.0], [0.25, 0.25]])).tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    rows = joint.sum(axis=1, keepdims=True)
    return np.asarray(np.where(rows > 0, joint / np.where(rows > 0, rows, 1.0), joint.sum(axis=0)))


def mutual_information(joint: np.ndarray) -> float:
    """Return the mutual information of rows and columns in bits, 0 or more.

    Parameters
    ----------
    joint
        Probabilities that sum to 1.

    Examples
    --------
    >>> mutual_information(np.array([[0.5, 0.0], [0.0, 0.5]]))
    1.0
    """
    alone = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    there = joint > 0
    return max(float((joint[there] * np.log2(joint[there] / alone[there])).sum()), 0.0)


def _refused(what: str) -> UsageError:
    return UsageError(
        what,
        where="entangle",
        expected="a strength in [0, 1], shares that sum to 1, and a finite affinity of shape (n_rows, n_columns)",
        code="motif.entangle",
    )
