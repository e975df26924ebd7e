"""What a machine reports of the chains of all cells, and where each reported chain truly comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from rashomon.dataset import LOCI, GeneCalls, Receptors
from rashomon.io.receptor.invariant import invariant_flags
from rashomon.io.receptor.junction_end import anchored
from rashomon.sim.node import Scene
from rashomon.sim.part import EXPRESSION
from rashomon.sim.readout import (
    ChainTable,
    ambient_chains,
    doublet_chains,
    draw_missing,
    dropout,
    index_hop,
    missing_allele,
    nearest_alleles,
    own_chains,
    pcr_copies,
    primer_bias,
    second_cells,
    sequence_error,
    short_read_calls,
    umi_counts,
    unresolved_v,
)
from rashomon.sim.readout.binomial import outside
from rashomon.sim.readout.chain_table import VDJ, VJ
from rashomon.sim.repertoire.bcell import refuse_part
from rashomon.sim.repertoire.chain import cell_receptors
from rashomon.sim.repertoire.chain_knob import turned
from rashomon.sim.repertoire.sequence import model_of
from rashomon.sim.stream import stream_key, uniforms
from rashomon.sim.vdj import recombination_model

__all__ = ["Reading", "read_chains"]


@dataclass(frozen=True, eq=False)
class Reading:
    """Chains as they are reported, and their truth.

    Parameters
    ----------
    receptors
        The chains, those of a cell together; ``count`` is their molecules. Within a cell chains with a D gene come
        first, then those of more molecules, of more reads, and by junction: the order tells nothing of the truth.
    source
        How each came to its cell, ``int8`` codes in `rashomon.sim.readout.SOURCES`.
    origin
        Row of the cell that it truly comes from, ``int64``.
    reads
        How often its molecules were read, ``int64``: ``consensus_count`` of AIRR tables.
    """

    receptors: Receptors
    source: np.ndarray
    origin: np.ndarray
    reads: np.ndarray


def read_chains(s: Scene) -> Reading:
    """Read the chains of all cells of a world.

    Second cells of doublets (droplets that the node ``doublet`` names; the second cell is any other of its batch, with
    donor and type of the second cell in the expression where the world has that), then molecules, primers, lost chains,
    ambient molecules, copies, hopped indices between samples (donors) of a batch, wrong bases, and uncertain V genes.
    Chains of a cell that nothing tells apart are one.

    Parameters
    ----------
    s
        From `Scene.cells`, with all cells of the world: what is read of a cell may come from any other of its lane.

    Returns
    -------
    The chains; those of `rashomon.sim.repertoire.chain.cell_receptors`, where every knob of the machine is neutral and
    no droplet holds two cells.

    Raises
    ------
    UsageError
        When cells are missing, and anything is to be done.

    Examples
    --------
    >>> from rashomon.sim import World
    >>> world = World("losses", {"loci": "TRA+TRB", "vj_dropout": 0.3}, parts=("receptors",))
    >>> cells = world.scene(100, root=1).cells(np.arange(100))
    >>> read_chains(cells).receptors.n_chains, cell_receptors(cells).n_chains
    (172, 200)
    """
    true = cell_receptors(s)
    if not turned(s.knobs) and not s["doublet"].any():
        n = true.n_chains
        return Reading(true, np.zeros(n, dtype=np.int8), true.obs, np.ones(n, dtype=np.int64))
    refuse_part(s)
    vdj_loci = np.isin(true.locus, [LOCI.index("TRB"), LOCI.index("IGH")])
    own = own_chains(true.obs, np.where(vdj_loci, VDJ, VJ), true.junction, v=true.v, j=true.j)
    seen = _called(s, _sequenced(s, _caught(s, own))).seen().merged()
    return _reported(true, seen)


def _key(s: Scene) -> np.uint64:
    return stream_key(s.root, "reading")


def _partners(s: Scene) -> np.ndarray:
    """Return the second cell that each droplet would hold: any other of its lane.

    In a paired world it has the donor and the type that the second cell has in the expression, if the lane has one.
    """
    lane = s["batch"]
    found = second_cells(lane, _key(s), share=1.0)
    if EXPRESSION not in s.parts:
        return found
    n_donors, n_types, second = s.n("donor"), s.n("type"), s["second_cell"].astype(np.int64)
    kind = (lane * n_donors + s["donor"]) * n_types + s["type"]
    wanted = (lane * n_donors + second[:, 0]) * n_types + second[:, 1]
    order = np.argsort(kind, kind="stable")
    place = np.argsort(order)
    pool = np.stack([np.searchsorted(kind[order], wanted, side=side) for side in ("left", "right")], axis=1)
    # a cell is left out of the pool only if it lies there
    own = np.where((kind == wanted)[:, None], np.stack([place, place + 1], axis=1), pool[:, :1])
    toss = uniforms(stream_key(int(_key(s)), "partner"), s.units)[:, 0]
    picked = outside(toss, pool, own)
    return np.where(picked >= 0, order[picked], found)


def _caught(s: Scene, chains: ChainTable) -> ChainTable:
    """Return what each droplet catches of its own cells."""
    knobs, key = s.knobs, _key(s)
    chains = doublet_chains(chains, second=np.where(s["doublet"], _partners(s), -1))
    if knobs["vdj_umis"] or knobs["vj_umis"]:
        drawn = umi_counts(chains, key, vdj=knobs["vdj_umis"], vj=knobs["vj_umis"], dispersion=knobs["umi_dispersion"])
        # an arm whose molecules nobody counts has one of each chain
        counted = np.where(chains.arm == VDJ, knobs["vdj_umis"], knobs["vj_umis"]) > 0
        chains = replace(
            chains, umis=np.where(counted, drawn.umis, chains.umis), reads=np.where(counted, drawn.reads, chains.reads)
        )
    batches = np.array(s.names["batch"], dtype=object)[s["batch"]].astype(str)
    chains = primer_bias(chains, key, sd=knobs["primer_bias"], batch=batches)
    return dropout(chains, key, vdj=knobs["vdj_dropout"], vj=knobs["vj_dropout"])


def _sequenced(s: Scene, chains: ChainTable) -> ChainTable:
    """Return what is read in each droplet, molecules of other cells included."""
    knobs, key, lane = s.knobs, _key(s), s["batch"]
    if knobs["ambient_molecules"]:
        chains = ambient_chains(chains, key, rate=knobs["ambient_molecules"], lane=lane)
    if knobs["pcr_copies"] > 1.0:
        chains = pcr_copies(chains, key, copies=knobs["pcr_copies"], dispersion=knobs["pcr_dispersion"])
    if knobs["index_hopping"]:
        sample = s["donor"] * s.n("batch") + lane
        chains = index_hop(chains, key, share=knobs["index_hopping"], lane=lane, sample=sample)
    return chains


def _called(s: Scene, chains: ChainTable) -> ChainTable:
    """Return the chains with wrong bases, and V genes as an aligner names them."""
    knobs, key = s.knobs, _key(s)
    chains = sequence_error(chains, key, rate=knobs["base_error"], indel_rate=knobs["indel_error"])
    for arm in ("vdj", "vj"):
        model = model_of(s, arm)
        if model is None or not (knobs["missing_alleles"] or knobs["short_reads"]):
            continue
        names = tuple(model.v_sequences)
        missing = draw_missing(names, key, share=knobs["missing_alleles"])
        # a reference holds something
        missing = missing[len(missing) == len(names) :]
        chains = missing_allele(chains, calls=_nearest(model.species, model.locus, missing))
        chains = _short(s, chains, arm, missing)
    return chains


@lru_cache(maxsize=32)
def _nearest(species: str, locus: str, missing: tuple[str, ...]) -> dict[str, str]:
    return nearest_alleles(recombination_model(species, locus).v_sequences, missing)


def _short(s: Scene, chains: ChainTable, arm: str, missing: tuple[str, ...]) -> ChainTable:
    model = model_of(s, arm)
    if model is None or not s.knobs["short_reads"]:
        return chains
    known = {name: bases for name, bases in model.v_sequences.items() if name not in set(missing)}
    calls = short_read_calls(known, n_bases=s.knobs["short_read_length"])
    # chains of the other arm stay as they are
    others = {gene: gene for name in chains.v.names for gene in name.split(",")}
    return unresolved_v(chains, _key(s), share=s.knobs["short_reads"], calls={**others, **calls})


def _reported(true: Receptors, seen: ChainTable) -> Reading:
    junctions = np.unique(seen.junction, return_inverse=True)[1]
    table = seen.take(np.lexsort((junctions, -seen.reads, -seen.umis, seen.arm, seen.cell)))
    # chains that came from elsewhere keep the D gene and the class of their origin
    arms = np.zeros(true.n_chains, dtype=np.int64)
    arms[1:] = true.obs[1:] == true.obs[:-1]
    n_arms = int(arms.max(initial=0)) + 1
    row = table.origin * n_arms + (table.arm if n_arms > 1 else 0)
    v, j = (GeneCalls.from_texts(calls.texts) for calls in (table.v, table.j))
    found = Receptors(
        table.cell, true.locus[row], table.junction_aa, table.junction, v, j, v, j, true.d.take(row), true.c.take(row),
        table.umis.astype(np.float64), table.productive.astype(np.int8), true.species,
        {"anchored": anchored(table.junction_aa)},
    )  # fmt: skip
    found = replace(found, flags={**found.flags, **invariant_flags(found)})
    return Reading(found, table.source, table.origin, table.reads)
