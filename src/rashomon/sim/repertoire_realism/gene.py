"""Which genes receptors use."""

from __future__ import annotations

import numpy as np

from rashomon.sim.repertoire_realism.prepared import Prepared

__all__ = ["j_usage", "v_usage", "vj_usage"]


def v_usage(repertoire: Prepared) -> np.ndarray:
    """Return how many receptors of the `repertoire` have each V gene."""
    return np.bincount(repertoire.v, minlength=repertoire.setting.v_names.size)


def j_usage(repertoire: Prepared) -> np.ndarray:
    """Return how many receptors of the `repertoire` have each J gene."""
    return np.bincount(repertoire.j, minlength=repertoire.setting.j_names.size)


def vj_usage(repertoire: Prepared) -> np.ndarray:
    """Return how many receptors of the `repertoire` have each pair of V and J, V major."""
    n_v, n_j = repertoire.setting.v_names.size, repertoire.setting.j_names.size
    return np.bincount(repertoire.v * n_j + repertoire.j, minlength=n_v * n_j)
