"""Other seeds for the clusterer."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["plan_seeds"]


def plan_seeds(n_replicates: int, *, donors: np.ndarray | None, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return `n_replicates` distinct seeds; drawn, so that they do not meet the small numbers that users choose."""
    del donors
    return [{"seed": int(seed)} for seed in rng.choice(2**31, size=n_replicates, replace=False)]
