"""A world of receptors in which every mechanism is on, what was told of its cells, and how each is taken away."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import networkx as nx
import numpy as np

from rashomon.core import root_entropy
from rashomon.sim import NODES, World
from rashomon.sim.expression import EXPRESSION_KNOBS

RECEPTORS, PAIRED = ("receptors",), ("expression", "receptors")

BUSY = {
    "loci": "TRA+TRB", "selection": "none", "n_donors": 5, "n_clones": 60, "clone_exponent": 0.6, "expansion": 0.5,
    "public_share": 0.3, "n_public": 4, "invariant_share": 0.2, "inkt_share": 0.4, "n_epitopes": 3,
    "epitope_preset": "public motif", "binder_share": 0.5, "epitope_imbalance": 3.0, "entanglement": 0.5,
    "hla_restriction": 0.6, "disease_share": 0.4, "witness_rate": 0.2, "disease_hla": 0.5, "disease_batch": 0.3,
    "n_batches": 2, "batch_association": 0.2, "n_groups": 3, "imbalance": 2.0, "composition_variation": 0.1,
    "state_link": "graded", "link_strength": 0.7, "expansion_state": 0.3, "unlabelled": 0.3, "false_label": 0.2,
    "false_label_clustering": 0.5, "label_noise": 0.1,
}  # fmt: skip
"""A world in which every mechanism of donors, epitopes, clones, states and labels is on."""

LINE = {"n_groups": 1, "topology": "line", "path_length": 2.0, "imbalance": 1.0, "label_noise": 0.0, "n_genes": 20,
        "expansion_state": 0.0, "batch_association": 0.0, "composition_variation": 0.0}  # fmt: skip
"""A continuum in place of types, in a paired world."""

GENES = {"n_genes": 20, "n_markers": 5, "effect_size": 1.0, "receptor_gene_depth": 2.0}
WELL = {"disease_share": 0.0, "witness_rate": 0.0, "disease_hla": 0.0, "disease_batch": 0.0}
UNSEEN = {**WELL, "binder_share": 0.0, "unlabelled": 0.0, "false_label": 0.0}

N, SEED = 80, 11
ROOT = root_entropy(SEED)

OF_CHAIN = ("clone", "clone_epitope", "clone_public", "clone_invariant")
"""Nodes whose values decide the chains of a cell, beside its motif and what epitopes are."""


def busy(*, parts=RECEPTORS, **changes):
    """The busy world with other knobs."""
    return World("busy", {**BUSY, **changes}, parts=parts)


def scene_of(world, *, n=N, root=ROOT):
    """Its first cells."""
    return world.scene(n, root=root).cells(np.arange(n))


def nodes_of(world, *, n=N, root=ROOT):
    """The values of all nodes, those of cells and the chains too."""
    scene = scene_of(world, n=n, root=root)
    chains = {name: scene[name] for name in ("vdj", "vj")}
    return {**scene.values, **chains}


@cache
def busy_nodes():
    """The same of the busy world itself, made once."""
    return nodes_of(busy())


def same(first, second):
    """Whether two values of a node are the same to the last bit; letters are compared, not the width of columns."""
    if first.shape != second.shape or first.dtype.names != second.dtype.names:
        return False
    if first.dtype.names:
        return all(np.array_equal(first[name], second[name]) for name in first.dtype.names)
    if first.dtype.kind == "O":
        return list(map(repr, first)) == list(map(repr, second))
    return np.array_equal(first, second, equal_nan=first.dtype.kind == "f")


def moved(before, after):
    """Nodes that differ."""
    return {name for name in before if not same(before[name], after[name])}


def same_chains(before, after):
    """Which cells have the same two chains."""
    found = np.ones(N, dtype=bool)
    for arm in ("vdj", "vj"):
        for name in before[arm].dtype.names:
            found &= before[arm][name] == after[arm][name]
    return found


def followers(names, parts):
    """Nodes that may change when `names` do."""
    nodes = {name: node for name, node in NODES.items() if node.of(parts)}
    graph = nx.DiGraph([(parent, node.name) for node in nodes.values() for parent in node.parents if parent in nodes])
    graph.add_nodes_from(nodes)
    return set(names).union(*(nx.descendants(graph, name) for name in names if name in nodes))


def told(world, *, leave=()):
    """What is written down of the cells of a world: columns, and the text of their chains."""
    drawn = world.sample(N, rng=SEED)
    obs = drawn.obs.drop(columns=[name for name in leave if name in drawn.obs])
    chains = drawn.receptors
    columns = {name: np.asarray(obs[name].astype(str)).tolist() for name in obs}
    calls = {f"chain {part}": np.array([*getattr(chains, part).names, ""])[getattr(chains, part).codes].tolist()
             for part in ("v", "j")}  # fmt: skip
    return {**columns, **calls, "junction": chains.junction.tolist(), "obs": chains.obs.tolist()}


@dataclass(frozen=True)
class Erased:
    """How a mechanism is removed by hand, as `tests.busy_world.Erased`; `leave` are columns that one world has only."""

    erase: dict | Callable[[World], dict[str, Any]]
    context: dict = field(default_factory=dict)
    also: dict = field(default_factory=dict)
    leave: tuple = ()


def declining(n, ratio):
    """Shares that decline geometrically, the first ``ratio`` times the last."""
    weights = np.array([ratio ** (-place / max(n - 1, 1)) for place in range(n)])
    return weights / weights.sum()


def sizes(world, *, exponent, expansion):
    """Shares of clones, written down from scratch: as a power of what decides them in `world`, donor by donor."""
    natural = scene_of(world)
    donor, sees = natural["clone_donor"], natural["clone_epitope"] >= 0
    plain = np.log(natural["clone_size"]) - world.knobs["expansion"] * sees
    found = np.empty(donor.size)
    for each in np.unique(donor):
        mine = donor == each
        log = plain[mine] * exponent / world.knobs["clone_exponent"] + expansion * sees[mine]
        weight = np.exp(log - log.max())
        found[mine] = weight / weight.sum() / 5
    return {"clone_size": found}


def crossed(association):
    """P(batch | donor, type) of three types and two batches, whatever the status."""
    of_type = np.array([[(1 - association) / 2 + association * (kind % 2 == batch) for batch in range(2)]
                        for kind in range(3)])  # fmt: skip
    return np.broadcast_to(of_type, (5, 3, 2)).copy()


ERASED = {
    "clone_exponent": Erased(lambda world: sizes(world, exponent=0.0, expansion=0.5)),
    "expansion": Erased(lambda world: sizes(world, exponent=0.6, expansion=0.0)),
    "public_share": Erased({"clone_public": -1}, leave=("planted_public",)),
    "invariant_share": Erased({"clone_invariant": "none"}, leave=("invariant",)),
    "n_epitopes": Erased(
        {"binder_share": 0.0}, UNSEEN | {"binder_share": 0.5}, {"binder_share": 0.0},
        leave=("epitope", "motif", "orphan", "hla"),
    ),
    "binder_share": Erased({"epitope_share": 0}),
    # the last epitope is that of the disease
    "epitope_imbalance": Erased({"epitope_share": np.tile([0.5, 0.5, 0.0], (5, 1))}, {"entanglement": 0.0}),
    "hla_restriction": Erased({"responder": 1}),
    "disease_share": Erased(
        {"status": "healthy", "epitope_share": np.tile(declining(3, 3.0), (5, 1)), "disease_batch": 0.0},
        {"entanglement": 0.0}, {name: 0.0 for name in WELL if name != "disease_share"}, leave=("status",),
    ),
    "witness_rate": Erased({"status": "healthy"}, {"disease_batch": 0.0}, leave=("status",)),
    "disease_batch": Erased({"batch_share": crossed(0.2)}),
    "expansion_state": Erased({"clone_expanded": 0}),
    "cross_reactive": Erased({"clone_second_epitope": -1}, {"cross_reactive": 0.9}),
}  # fmt: skip
"""How each mechanism is removed by hand."""

TURNED = {
    "species": "mouse", "loci": "TRA", "selection": "learned", "clone_exponent": 0.2, "expansion": 1.5,
    "cd4_share": 0.2, "public_share": 0.7, "n_public": 2, "invariant_share": 0.6, "inkt_share": 0.9,
    "epitope_preset": "diffuse", "binder_share": 0.9, "epitope_imbalance": 30.0, "orphan_share": 0.9, "n_motifs": 3,
    "v_bias": 0.1, "entanglement": 1.0, "hla_restriction": 0.1, "disease_share": 0.8, "witness_rate": 0.7,
    "j_bias": 0.6,
    "disease_hla": 1.0, "disease_batch": 0.9, "state_link": "nested", "link_strength": 0.2, "linked_to": "epitope",
    "expansion_state": 0.9, "unlabelled": 0.8, "false_label": 0.4, "false_label_clustering": 0.0,
    "cross_reactive": 0.9, "planting": "picked",
    "beta_motifs": ["SYGT", "RS/A", "W.K"], "alpha_motifs": ["GNN", "DDK", "YQ[LV]"], "motif_mismatches": [0.5, 0.5],
}  # fmt: skip
"""Another strength of every knob of receptors."""

OTHERS = {knob.name for knob in EXPRESSION_KNOBS}
"""Knobs of expression and of populations."""
