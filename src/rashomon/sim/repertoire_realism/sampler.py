"""Samplers of receptors from V(D)J recombination, with or without selection."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rashomon.sim.repertoire_realism.group import Sampler
from rashomon.sim.repertoire_realism.repertoire import Repertoire
from rashomon.sim.vdj.event import Recombinations

__all__ = ["recombination_sampler"]


def recombination_sampler(draw: Callable[[np.uint64, np.ndarray], Recombinations]) -> Sampler:
    """Return a sampler for `compare` from a function that recombines chains.

    Parameters
    ----------
    draw
        Called with the key of a stream and numbers of units; returns productive chains, such as
        ``partial(recombine, model)``, or one that selects among them.

    Examples
    --------
    >>> from functools import partial
    >>> from rashomon.sim.vdj import recombination_model, recombine
    >>> sampler = recombination_sampler(partial(recombine, recombination_model("human", "TRB")))
    >>> made = sampler(4, np.random.default_rng(0))
    >>> made.n, made.junction_aa[0][:1], made.v[0][:4]
    (4, b'C', b'TRBV')
    """

    def sample(n: int, rng: np.random.Generator) -> Repertoire:
        made = draw(np.uint64(rng.integers(2**63)), np.arange(n))
        v = np.array(made.model.v_genes, dtype="S")[made.v_genes()]
        j = np.array(made.model.j_genes, dtype="S")[made.j_genes()]
        return Repertoire(made.junction_aa, v, j)

    return sample
