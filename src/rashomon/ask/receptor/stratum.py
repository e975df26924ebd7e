"""Receptors that share V gene, J gene and junction length: within these, labels and links are compared."""

from __future__ import annotations

import numpy as np

from rashomon.dataset import Dataset
from rashomon.score.receptor import combined_strata
from rashomon.truth import gene_truths

__all__ = ["matched_strata"]


def matched_strata(dataset: Dataset, *, chain: str) -> np.ndarray:
    """Return a number for each combination of V gene, J gene and junction length; shape ``(n_obs,)``.

    Parameters
    ----------
    dataset
        Unique receptors; of an arm, the first chain counts.
    chain
        What was compared: ``vdj``, ``vj`` or ``paired``.
    """
    assert dataset.receptors is not None  # noqa: S101 - only receptors have strata
    of_arm = {"vdj": (False,), "vj": (True,)}.get(chain, (False, True))
    columns = [
        truth.codes
        for name, truth in gene_truths(dataset.receptors, dataset.n_obs).items()
        if name.startswith("vj ") in of_arm and "family" not in name
    ]
    return combined_strata(*columns) if columns else np.zeros(dataset.n_obs, dtype=np.int32)
