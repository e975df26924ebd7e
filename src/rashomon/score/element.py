"""Element-centric similarity of two labelings: per item, and the mean."""

from __future__ import annotations

import numpy as np

from rashomon.score.contingency import Contingency, tabulate
from rashomon.score.record import Unassigned

__all__ = ["element_centric", "element_centric_items"]


def element_centric(table: Contingency) -> float:
    """Return the mean element-centric similarity (Gates et al. 2019).

    How alike the two clusters of an item are, averaged over items: every item counts once, so neither large nor small
    clusters decide.

    Returns
    -------
    A number in (0, 1]; not corrected for chance; larger is better; symmetric. Equals ``clusim.sim.element_sim``.

    Notes
    -----
    For labelings without overlap the random walk has the closed form ``S_i = c / max(|A|, |B|)``, c the items that the
    clusters A and B of item i share; the restart probability cancels.

    Examples
    --------
    >>> element_centric(tabulate(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2])))
    0.75
    """
    return float(np.dot(table.times * table.count, _similarity(table)) / table.n_obs) if table.n_obs else float("nan")


def element_centric_items(a: np.ndarray, b: np.ndarray, *, unassigned: Unassigned = "singletons") -> np.ndarray:
    """Return the element-centric similarity of every item.

    Items with a low value are those on which the labelings differ.

    Parameters
    ----------
    a, b
        Codes, shape ``(n_obs,)``.
    unassigned
        See `tabulate`.

    Returns
    -------
    ``float64`` in (0, 1], shape ``(n_obs,)``; NaN for items that are left out.

    Examples
    --------
    >>> element_centric_items(np.array([0, 0, 1, 1]), np.array([0, 0, 1, -2]))
    array([ 1.,  1.,  1., nan])
    """
    table = tabulate(a, b, unassigned=unassigned)
    # cell is -1 for items that are left out: the last entry
    return np.asarray(np.append(_similarity(table), np.nan)[table.cell])


def _similarity(table: Contingency) -> np.ndarray:
    larger = np.maximum(table.row_size[table.row], table.col_size[table.col])
    return np.asarray(table.count / np.maximum(larger, 1))
