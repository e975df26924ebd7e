"""Where Q is cut in rejection: as low as the lost mass allows, because every candidate costs."""

from __future__ import annotations

import numpy as np

__all__ = ["MAX_CUT", "rejection_bound"]

MAX_CUT = 0.005
"""Share of the mass of Q that rejection may lose where nobody says otherwise."""


def rejection_bound(log_q: np.ndarray, *, max_cut: float) -> tuple[float, float]:
    """Return the logarithm of the least bound above which at most a share of the mass lies, and that share.

    A candidate is accepted with probability ``min(1, Q / bound)``. The accepted then follow ``min(Q, bound)`` instead
    of Q; the share of the mass above the bound, ``E[(Q - bound)+] / E[Q]``, is the total variation by which they fall
    short of it, before scaling.

    Parameters
    ----------
    log_q
        Of generated chains, up to a constant, shape ``(n,)``, without NaN.
    max_cut
        In [0, 1).

    Returns
    -------
    bound
        On the scale of `log_q`.
    cut
        Share of the mass above it, in [0, `max_cut`].

    Examples
    --------
    >>> bound, cut = rejection_bound(np.log([1.0, 1, 1, 1, 6]), max_cut=0.3)
    >>> round(float(np.exp(bound)), 6), round(cut, 6)
    (3.0, 0.3)
    """
    top = float(log_q.max())
    q = np.sort(np.exp(log_q - top))[::-1]
    total = q.sum()
    # mass above the bound, were the bound the value at each position; it grows from 0 as the bound falls
    above = np.cumsum(q) - q * np.arange(1, q.size + 1)
    last = int(np.searchsorted(above, max_cut * total, side="right")) - 1
    n = last + 1
    # between two values the mass above falls linearly in the bound
    value = (q[:n].sum() - max_cut * total) / n
    value = min(max(value, q[n] if n < q.size else 0.0), q[last])
    return float(np.log(value)) + top, float(np.maximum(q - value, 0).sum() / total)
