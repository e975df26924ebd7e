"""The causal graph behind cells: what becomes of their chains, and what is read of them."""

from __future__ import annotations

from rashomon.sim.node import Node, Scene
from rashomon.sim.part import RECEPTORS
from rashomon.sim.repertoire import bcell
from rashomon.sim.repertoire.chain_knob import matures, turned

__all__ = ["CHAIN_NODES", "chain_activity"]


def _node(*values: object, **options: object) -> Node:
    return Node(*values, **options, part=RECEPTORS)  # type: ignore[arg-type, misc]


CHAIN_NODES: tuple[Node, ...] = (
    _node("lineage_tree", "chain", ("clone",), "Which cell of a clone of B cells descends from which.",
          bcell.lineage_tree, needs="hypermutation"),
    _node("somatic_chain", "chain", ("vdj", "vj", "lineage_tree"), "Chains of a B cell after hypermutation.",
          bcell.somatic_chain, needs="hypermutation"),
    _node("isotype", "chain", ("lineage_tree",), "Class of the antibody of a B cell.", bcell.isotype,
          needs="class_switching"),
    _node("chain_umis", "chain", ("vdj", "vj", "batch", "doublet", "second_cell"),
          "Molecules of each chain that its droplet catches, those of a second cell included.", needs="vdj_umis"),
    _node("ambient_chain", "chain", ("chain_umis", "batch"), "Free molecules of other cells in a droplet.",
          needs="ambient_molecules"),
    _node("hopped_chain", "chain", ("chain_umis", "ambient_chain", "donor", "batch"),
          "Molecules that are read in another sample, too.", needs="index_hopping"),
    _node("chain_reads", "chain", ("chain_umis", "ambient_chain"), "Reads of each chain.",
          needs="pcr_copies"),
    _node(
        "chain_call", "chain",
        ("vdj", "vj", "somatic_chain", "isotype", "chain_umis", "ambient_chain", "hopped_chain", "chain_reads"),
        "Chains as they are reported: junction, genes, molecules and reads.", needs="base_error",
    ),
)  # fmt: skip
"""Nodes of the lineages of B cells, and of the machine. The machine is played as a whole, by
`rashomon.sim.repertoire.reading.read_chains`: no block of cells can be read alone."""


_LINEAGE = {"hypermutation": "somatic_chain", "class_switching": "isotype"}
"""Knobs without which a node of lineages does nothing."""


def chain_activity(s: Scene) -> frozenset[str]:
    """Return which of `CHAIN_NODES` do anything in the world of scene `s` (its tables played).

    Parameters
    ----------
    s
        Of a world of receptors.

    Examples
    --------
    >>> from rashomon.sim import World
    >>> world = World("hopping", {"n_donors": 2, "index_hopping": 0.01}, parts=("receptors",))
    >>> sorted(chain_activity(world.scene(1, root=0)))
    ['chain_call', 'hopped_chain']
    """
    active = {node for knob in turned(s.knobs) for node in knob.nodes}
    if s.knobs["doublet_rate"] or s.done.get("doublet"):
        active.add("chain_umis")
    active |= {node for knob, node in _LINEAGE.items() if s.knobs[knob]}
    if matures(s.knobs):
        active.add("lineage_tree")
    return frozenset(active | {"chain_call"} if active else ())
