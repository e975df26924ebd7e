"""Estimation of a world from real counts: profiles, effects, dispersion, factors, depth and composition."""

from __future__ import annotations

from rashomon.sim.fit.estimate import Fitted, estimate
from rashomon.sim.fit.split import split_counts

__all__ = ["Fitted", "estimate", "split_counts"]
