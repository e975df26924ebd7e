"""Tables of receptors: what a twin is fitted to, and which of it the twin keeps."""

from __future__ import annotations

from rashomon.sim.repertoire_estimate.fitted import FittedReceptors, estimate_receptors
from rashomon.sim.repertoire_estimate.look_alike import fit_receptors
from rashomon.sim.repertoire_estimate.used import UsedReceptors, choose_receptors

__all__ = ["FittedReceptors", "UsedReceptors", "choose_receptors", "estimate_receptors", "fit_receptors"]
