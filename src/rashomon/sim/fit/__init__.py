"""Estimation of a world from real counts: profiles, effects, dispersion, factors, depth and composition."""

from __future__ import annotations





