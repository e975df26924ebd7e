"""Estimation of a world from real counts: profiles, effects, dispersion, factors, depth and composition."""

from __future__ import annotations

from rashomon.sim.estimate.fitted import Fitted, estimate
from rashomon.sim.estimate.split import split_counts

__all__ = ["Fitted", "estimate", "split_counts"]
