"""Draws of the state of every cell from its posterior."""

from __future__ import annotations

import numba
import numpy as np

from rashomon.core import child
from rashomon.core.thread import run_threads

__all__ = ["draw_states"]


def draw_states(posterior: np.ndarray, *, n_draws: int, root: int, name: str) -> np.ndarray:
    """Return states drawn from the posterior, independently for every cell, ``int32``, shape ``(n_cells, n_draws)``.

    Parameters
    ----------
    posterior
        Shape ``(n_cells, n_states)``.
    n_draws
        Number of draws; those of a shorter request are the first of a longer one.
    root, name
        Root of the random numbers, and name of the set of draws.

    Examples
    --------
    >>> draw_states(np.array([[0.0, 1.0], [1.0, 0.0]]), n_draws=3, root=1, name="choose").tolist()
    [[1, 1, 1], [0, 0, 0]]
    """
    found = np.empty((n_draws, posterior.shape[0]), dtype=np.int32)

    def fill(draw: int) -> None:
        uniform = np.asarray(child(root, "posterior", name, draw).random(posterior.shape[0]))
        _pick(posterior, uniform, found[draw])

    run_threads(fill, range(n_draws))
    return np.asarray(found.T)


@numba.njit(cache=True, nogil=True)
def _pick(posterior: np.ndarray, uniform: np.ndarray, out: np.ndarray) -> None:
    for i in range(out.size):
        rest, last = uniform[i], 0
        for s in range(posterior.shape[1]):
            if posterior[i, s] > 0.0:
                last = s
                rest -= posterior[i, s]
                if rest < 0.0:
                    break
        # rounding may leave a crumb after the last state that is possible
        out[i] = last
