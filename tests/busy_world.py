"""A world in which every mechanism is on, how each is taken away, and what interventions can reach in it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import logsumexp

from rashomon.core import root_entropy
from rashomon.sim import World
from rashomon.sim.block import draw_block
from rashomon.sim.expression.gene_table import marker_table

BUSY = {
    "n_genes": 400, "n_noise_genes": 50, "hierarchy": [2, 2], "n_markers": 20, "effect_size": 1.5, "effect_spread": 0.3,
    "imbalance": 3.0, "n_programmes": 2, "factor_sd": 0.3, "depth_sd": 0.4, "depth_by_type": 0.2, "depth_by_batch": 0.2,
    "depth_gap": 0.5, "n_donors": 3, "composition_variation": 0.1, "donor_effect": 0.2, "n_donor_genes": 5,
    "donor_type_effect": 0.1, "n_batches": 2, "batch_effect": 0.4, "batch_association": 0.3, "batch_type_effect": 0.2,
    "cycling_share": 0.3, "stress_share": 0.2, "doublet_rate": 0.05, "ambient": 0.1, "swapping": 0.05,
    "extra_zeros": 0.02, "label_noise": 0.1, "dispersion_scatter": 0.5, "dispersion_trend": 0.1,
}  # fmt: skip
"""A world in which every mechanism of groups is on."""

LINE = {"hierarchy": [], "topology": "line", "path_length": 2.0}
TREE = {**LINE, "topology": "branching"}
CLEAN = {"doublet_rate": 0.0, "ambient": 0.0, "swapping": 0.0}
"""Droplets that hold one cell and nothing else: there, effects of one cause stay with its cells and genes."""

N, SEED = 120, 11
ROOT = root_entropy(SEED)


def busy(**changes):
    """The busy world with other knobs."""
    return World("busy", {**BUSY, **changes})


def counts(world, *, n=N, root=ROOT):
    """Counts of the first cells."""
    return draw_block(world.scene(n, root=root), np.arange(n)).toarray()


def nodes_of(world, *, n=N, root=ROOT):
    """The values of all nodes, those of cells too."""
    return world.scene(n, root=root).cells(np.arange(n)).values


@dataclass(frozen=True)
class Erased:
    """How a mechanism is removed by hand: by `erase` in a busy world changed by `context`.

    `also` are knobs that must be turned with this one for the world to be legal.
    """

    erase: Any
    context: dict = field(default_factory=dict)
    also: dict = field(default_factory=dict)


GEOMETRIC = 3.0 ** (-np.arange(4) / 3)
SHARES = np.tile(GEOMETRIC / GEOMETRIC.sum(), (3, 1))


def plain_markers(world, root=ROOT):
    """The profile of types whose markers all have the effect of 1.5, written down from scratch."""
    scene = world.scene(N, root=root)
    members, owner = marker_table(scene)
    profile = np.zeros((4, 450))
    for gene, node in enumerate(owner):
        if node >= 0:
            profile[members[node][:-1] == 1, gene] = 1.5 * np.log(2)
    return {"type_profile": profile - logsumexp(scene["gene_mean"] + profile, axis=1, keepdims=True)}


ERASED = {
    "gene_mean_sd": Erased({"gene_mean": -np.log(450)}),
    "dispersion": Erased({"gene_dispersion": 0}, {"dispersion_trend": 0.0}),
    "dispersion_trend": Erased({"gene_dispersion": 0.1}, {"dispersion_scatter": 0.0}),
    "dispersion_scatter": Erased({"gene_dispersion": 0.1}, {"dispersion_trend": 0.0}),
    "n_groups": Erased(
        {"type": "type_1", "type_profile": 0, "depth_of_type": 0},
        {"hierarchy": [], "n_groups": 4, "donor_type_effect": 0.0, "batch_type_effect": 0.0, "batch_association": 0.0},
    ),
    # a tree of one level is no tree
    "hierarchy": Erased({"hierarchy": [4]}, {"n_groups": 4}),
    "effect_size": Erased({"type_profile": 0}, {"effect_spread": 0.0}),
    "level_effects": Erased({"level_effects": [1.5, 1.5]}, {"level_effects": [2.0, 1.0]}),
    "effect_spread": Erased(plain_markers),
    "n_markers": Erased({"type_profile": 0}),
    "proportions": Erased({"composition": SHARES}, {"proportions": [0.4, 0.3, 0.2, 0.1], "composition_variation": 0.0}),
    "imbalance": Erased({"composition": 0.25}, {"composition_variation": 0.0}),
    "rare_share": Erased({"composition": 0.25}, {"rare_share": 0.02, "imbalance": 1.0, "composition_variation": 0.0}),
    "topology": Erased({"path_profile": 0}, LINE, {"path_length": 0.0}),
    "path_length": Erased({"path_profile": 0}, TREE),
    "n_programmes": Erased({"programme_profile": 0}),
    "programme_share": Erased({"programme": 0}),
    "programme_effect": Erased({"programme_profile": 0}),
    "n_programme_genes": Erased({"programme_profile": 0}),
    "factor_sd": Erased({"loading": 0}),
    "depth_sd": Erased({"cell_depth": 2000.0}, {"depth_by_type": 0.0, "depth_by_batch": 0.0, "depth_gap": 0.0}),
    "depth_by_type": Erased({"depth_of_type": 0}),
    "depth_by_batch": Erased({"depth_of_batch": 0}),
    # all cells in one mode are cells without modes, at another depth: half the gap higher
    "depth_gap": Erased(
        {"depth_mode": "high", "depth": 2000 * np.exp(-0.25), "ambient": 0.1 * np.exp(0.25)}, {"dispersion_trend": 0.0}
    ),
    # a floor that no cell is near
    "depth_min": Erased({"depth_min": 0.1}, {"depth_min": 1500.0}),
    "n_donors": Erased(
        {"donor": "donor_1", "donor_profile": 0, "donor_type_profile": 0},
        {"composition_variation": 0.0, "doublet_rate": 0.0, "swapping": 0.0},
    ),
    "composition_variation": Erased({"composition": SHARES}),
    "donor_effect": Erased({"donor_profile": 0}, {"n_donor_genes": 0}),
    "n_donor_genes": Erased({"donor_profile": 0}, {"donor_effect": 0.0}),
    "donor_gene_effect": Erased({"donor_profile": 0}, {"donor_effect": 0.0}),
    "donor_type_effect": Erased({"donor_type_profile": 0}),
    "n_batches": Erased({"batch": "batch_1", "batch_profile": 0, "batch_type_profile": 0, "depth_of_batch": 0}, CLEAN),
    "batch_plan": Erased({"batch_share": 0.5}, {"batch_plan": "nested", "batch_association": 0.0}),
    "batch_association": Erased({"batch_share": 0.5}),
    "batch_effect": Erased({"batch_profile": 0}),
    "batch_type_effect": Erased({"batch_type_profile": 0}),
    "cycling_share": Erased({"cycle": np.nan}),
    "cycle_effect": Erased({"cycle_profile": 0}),
    "n_cycle_genes": Erased({"cycle_profile": 0}),
    "stress_share": Erased({"stress": 0}),
    "stress_effect": Erased({"stress_profile": 0}),
    "n_stress_genes": Erased({"stress_profile": 0}),
    "doublet_rate": Erased({"doublet": False}, {"doublet_rate": 1.0}),
    "ambient": Erased({"ambient_profile": 0}),
    # cells keep 95 % of their molecules: at a depth higher by 1 / 0.95, that is all of them
    "swapping": Erased(
        {"swap_profile": 0, "depth": 2000 / 0.95, "ambient": 0.1 * 0.95}, {"dispersion_trend": 0.0}
    ),
}  # fmt: skip
"""How each mechanism is removed by hand."""


def rows(mask):
    """All entries of some cells."""
    return mask[:, None] & np.ones(450, dtype=bool)


def acting(cells, profile):
    """Cells in a state, and genes that follow it."""
    return cells[:, None] & profile.any(axis=0)[None, :]


REACH = {
    "a batch is set": ({}, {"batch": "batch_1"}, lambda a, b: rows(a["batch"] != 0)),
    "a type is set": ({}, {"type": "type_3"}, lambda a, b: rows(a["type"] != 2)),
    "a donor is set": ({}, {"donor": "donor_2"}, lambda a, b: rows(a["donor"] != 1)),
    "a mode is set": ({}, {"depth_mode": "low"}, lambda a, b: rows(a["depth_mode"] != 0)),
    "types move": (
        {"depth_by_type": 0.0}, {"imbalance": 9.0},
        lambda a, b: rows((a["type"] != b["type"]) | (a["batch"] != b["batch"])),
    ),
    "donors vary more": (
        {"depth_by_type": 0.0}, {"composition_variation": 0.4},
        lambda a, b: rows((a["type"] != b["type"]) | (a["batch"] != b["batch"])),
    ),
    "batches are freed": ({}, {"batch_association": 0.0}, lambda a, b: rows(a["batch"] != b["batch"])),
    "batches do nothing": ({}, {"batch_profile": 0}, lambda a, b: acting(np.ones(N, bool), a["batch_profile"])),
    "half of the genes lose their batches": (
        {}, {"batch_gene_share": 0.5}, lambda a, b: acting(np.ones(N, bool), a["batch_profile"] - b["batch_profile"]),
    ),
    "donors have fewer genes": (
        {}, {"n_donor_genes": 2}, lambda a, b: acting(np.ones(N, bool), a["donor_profile"] - b["donor_profile"]),
    ),
    "cells relax": ({}, {"stress": 0}, lambda a, b: acting(a["stress"] > 0, a["stress_profile"])),
    "stress is stronger": ({}, {"stress_effect": 3.0}, lambda a, b: acting(a["stress"] > 0, b["stress_profile"])),
    "more cells are stressed": (
        {}, {"stress_share": 0.5}, lambda a, b: acting(a["stress"] != b["stress"], b["stress_profile"]),
    ),
    "cells stop dividing": ({}, {"cycle": np.nan}, lambda a, b: acting(np.isfinite(a["cycle"]), a["cycle_profile"])),
    "programmes are silent": (
        {}, {"programme_effect": 0.0}, lambda a, b: acting(a["programme"].any(axis=1), a["programme_profile"]),
    ),
    "all droplets are doublets": (
        {"doublet_rate": 1.0}, {"doublet": True}, lambda a, b: rows(~a["doublet"]),
    ),
    "more droplets are doublets": (
        {"doublet_rate": 0.3}, {"doublet_rate": 1.0}, lambda a, b: rows(a["doublet"] != b["doublet"]),
    ),
    "positions are set": (LINE, {"position": 0.5}, lambda a, b: acting(np.ones(N, bool), a["path_profile"])),
    "a branch is set": (
        TREE, {"branch": "branch_2"},
        lambda a, b: acting((a["position"] > 0.4) & (a["branch"] != 1), a["path_profile"]),
    ),
    "annotators err": ({}, {"label_noise": 0.9}, lambda a, b: np.zeros((N, 450), dtype=bool)),
    "the batch table is set to what it was": (
        {}, lambda a: {"batch_profile": a["batch_profile"]}, lambda a, b: np.zeros((N, 450), dtype=bool),
    ),
}  # fmt: skip
"""Changes of a busy, clean world, the interventions, and the entries that these can reach."""
