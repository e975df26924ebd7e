"""Worlds: structural causal models that generate data in which every truth is known.

Examples
--------
>>> world = WORLDS["batches"].world
>>> simulated = world.sample(300, rng=1)
>>> list(simulated.declared)
['batch', 'depth_class']
>>> without = world.do(batch_effect=0).sample(300, rng=1)
>>> bool((without.obs["batch"] == simulated.obs["batch"]).all())
True
"""

from __future__ import annotations

from rashomon.sim.attainable import attainable, with_oracle
from rashomon.sim.bayes import Oracle, consult
from rashomon.sim.catalogue import WORLDS
from rashomon.sim.detect import detectability
from rashomon.sim.effect import effect
from rashomon.sim.judge import cluster, judge
from rashomon.sim.judge_receptor import cluster_receptors, judge_receptors
from rashomon.sim.mechanism import KNOBS, NODES
from rashomon.sim.planting import motif_feasibility, planting_shift
from rashomon.sim.realism import compare_simulators, realism
from rashomon.sim.repertoire_realism import compare as compare_repertoires
from rashomon.sim.simulation import Simulation
from rashomon.sim.spec import read_world, write_world
from rashomon.sim.twin import fit
from rashomon.sim.world import World
from rashomon.sim.write import write_sample

__all__ = [
    "KNOBS",
    "NODES",
    "WORLDS",
    "Oracle",
    "Simulation",
    "World",
    "attainable",
    "cluster",
    "cluster_receptors",
    "compare_repertoires",
    "compare_simulators",
    "consult",
    "detectability",
    "effect",
    "fit",
    "judge",
    "judge_receptors",
    "motif_feasibility",
    "planting_shift",
    "read_world",
    "realism",
    "with_oracle",
    "write_sample",
    "write_world",
]
