"""How probable the generation of receptors is."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.repertoire_realism.prepared import Prepared, UndefinedPropertyError

__all__ = ["log10_probability"]


def log10_probability(repertoire: Prepared) -> np.ndarray:
    """Return log10 of the generation probability of a sample of the receptors of the `repertoire`.

    Returns
    -------
    Shape ``(n_pgen,)``; minus infinity where a receptor cannot be generated.

    Raises
    ------
    UsageError
        When the function that was passed returns NaN, or not as many values.
    """
    setting = repertoire.setting
    if setting.log10_pgen is None:
        raise UndefinedPropertyError("no function for the probability of generation was passed", where="log10_pgen")
    some = repertoire.drawn.take(np.arange(min(setting.n_pgen, repertoire.drawn.n)))
    found = np.asarray(setting.log10_pgen(some.junction_aa, some.v, some.j), dtype=np.float64)
    if found.shape != (some.n,) or np.isnan(found).any():
        raise UsageError(
            f"log10_pgen returned shape {found.shape} and {int(np.isnan(found).sum())} NaN",
            where="compare(log10_pgen=)",
            expected=f"shape ({some.n},), minus infinity where the probability is 0",
        )
    return found
