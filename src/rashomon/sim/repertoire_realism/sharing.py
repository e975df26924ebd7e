"""How many receptors several people share, against how many were seen of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rashomon.sim.repertoire_realism.neighbour import curve_sizes
from rashomon.sim.repertoire_realism.prepared import Prepared

__all__ = ["sharing_with_real", "sharing_within"]


def sharing_within(group: Sequence[Prepared], real: Sequence[Prepared]) -> list[np.ndarray]:
    """Return the expected share of receptors of each repertoire that occur in another one of its own kind.

    Parameters
    ----------
    group
        Repertoires of one candidate, or of real people.
    real
        Not used.

    Returns
    -------
    A curve per repertoire over `curve_sizes`, in [0, 1]: of a receptor that c others have among their N, the chance
    that one of them is left when m of N are drawn from each is ``1 - (1 - m/N)^c``, exactly. Receptors are matched by
    junction, V and J.
    """
    del real
    return [_curve(one, [other for k, other in enumerate(group) if k != i]) for i, one in enumerate(group)]


def sharing_with_real(group: Sequence[Prepared], real: Sequence[Prepared]) -> list[np.ndarray]:
    """Return the expected share of receptors of each repertoire of a `group` that occur in another real person.

    Parameters
    ----------
    group
        Repertoires; that at position i stands for real person i.
    real
        Real repertoires; those but i are searched, so that a candidate and the person it stands for are searched in the
        same people.

    Returns
    -------
    See `sharing_within`.
    """
    return [_curve(one, [other for k, other in enumerate(real) if k != i]) for i, one in enumerate(group)]


def _curve(one: Prepared, others: Sequence[Prepared]) -> np.ndarray:
    owners = np.zeros(one.drawn.n, dtype=np.int64)
    for other in others:
        owners += np.isin(one.keys, other.keys)
    fraction = curve_sizes(one.drawn.n) / one.drawn.n
    found = 1 - (1 - fraction[:, None]) ** np.arange(len(others) + 1)
    return np.asarray(found @ np.bincount(owners, minlength=len(others) + 1) / one.drawn.n)
