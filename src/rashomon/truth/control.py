"""Random-label controls: what a truth scores when it says nothing about the items."""

from __future__ import annotations

import numpy as np

from rashomon.dataset import Truth

__all__ = ["shuffled"]


def shuffled(truth: Truth, *, within: np.ndarray | None = None, rng: np.random.Generator) -> Truth:
    """Return a truth with the same classes of the same sizes on other items.

    Parameters
    ----------
    truth
        The truth to be controlled.
    within
        Codes of strata, shape ``(n_obs,)``: labels move only inside a stratum, so that what the strata explain stays
        explained. Items with a negative code form one stratum of their own.
    rng
        Source of the permutation.

    Returns
    -------
    A truth named ``"NAME (shuffled)"``. Items without class stay where they are, so that coverage is unchanged.

    Raises
    ------
    ValueError
        When `within` has another length.

    Examples
    --------
    >>> truth = Truth("t", "annotation", np.array([0, 0, 1, -2]), ("a", "b"))
    >>> control = shuffled(truth, rng=np.random.default_rng(1))
    >>> sorted(control.codes.tolist()), control.codes[3].item()
    ([-2, 0, 0, 1], -2)
    """
    strata = np.zeros(truth.codes.size, dtype=np.int64) if within is None else np.maximum(np.asarray(within), -1)
    if strata.shape != truth.codes.shape:
        raise ValueError(f"within must have shape {truth.codes.shape}. Got {strata.shape}.")
    codes = truth.codes.copy()
    for stratum in np.unique(strata):
        members = np.flatnonzero((strata == stratum) & (codes >= 0))
        codes[members] = codes[rng.permutation(members)]
    return Truth(f"{truth.name} (shuffled)", truth.kind, codes, truth.categories)
