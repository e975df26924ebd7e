"""Carriers: chains into which a motif is put, or which have it by themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from rashomon.sim.motif.germline import ends_of
from rashomon.sim.motif.implant import implant, room
from rashomon.sim.node import Scene
from rashomon.sim.repertoire.chain_table import chain_table, events_of, put_chains
from rashomon.sim.repertoire.epitope import ARMS_OF_MOTIFS, motifs_of
from rashomon.sim.repertoire.gene_code import MOTIFS_OF_ARM, gene_codes
from rashomon.sim.selection import LEARNED, learned_selection, select
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import RecombinationModel, recombination_model, recombine

__all__ = ["N_TRIES", "SPARED", "Draw", "put_motifs", "with_room"]

Draw = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From positions of clones and numbers of receptors to a table of their chains."""

SPARED = {"v_most": 4, "j_most": 5}
"""Most germline residues that a motif spares at each end; with all of them, none would fit into most alpha chains."""

N_TRIES = 10
"""Chains of a carrier that are looked at, until one has room for its motif; a carrier without stays an orphan."""

_AGAIN, _STEP = 2**42, 2**32
"""Number of the second chain that is looked at: above all clones, public receptors and founders of families."""

_N_NATURAL = 50_000
"""Chains among which natural carriers of a motif are looked for."""


def with_room(
    s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray, chains: np.ndarray, *, draw: Draw
) -> np.ndarray:
    """Return `chains` in which carriers without room for their motif have another chain, the first with room.

    What they are given has the law of generation, given the genes that are asked for and given the room.

    Parameters
    ----------
    s
        With its tables played.
    model, arm
        Model of the arm, and its name.
    clones
        Numbers of the clones.
    chains
        Table of their chains, as they are generated.
    draw
        Makes further ones.
    """
    wanted = _wanted(s, arm, clones)
    # receptors that several clones share stay as they are
    own = (s["clone_public"][clones] < 0) & (s["clone_invariant"][clones] == 0)
    pending = np.flatnonzero((wanted >= 0) & own)
    if not pending.size or s.knobs["planting"] == "picked":
        return chains
    instances = _instances(s, arm, clones[pending], wanted[pending])
    lacking = ~_fits(s, model, chains[pending], wanted[pending], instances)
    pending, instances = pending[lacking], instances[lacking]
    for attempt in range(N_TRIES - 1):
        if not pending.size:
            break
        made = draw(pending, _AGAIN + attempt * _STEP + clones[pending])
        fits = _fits(s, model, made, wanted[pending], instances)
        chains = put_chains(chains, pending[fits], made[fits])
        pending, instances = pending[~fits], instances[~fits]
    return chains


def put_motifs(s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray, chains: np.ndarray) -> np.ndarray:
    """Return `chains` with the motifs that their clones are to carry; the table may be changed.

    Parameters
    ----------
    s, model, arm, clones, chains
        As in `with_room`.
    """
    wanted = _wanted(s, arm, clones)
    carriers = np.flatnonzero(wanted >= 0)
    if not carriers.size:
        return chains
    if s.knobs["planting"] == "picked":
        return _picked(s, model, arm, clones, chains, wanted)
    event = events_of(model, chains[carriers])
    v_keep, j_keep = _kept(s, model, chains[carriers], wanted[carriers])
    planted = implant(
        event.junction, event.junction_aa, _instances(s, arm, clones[carriers], wanted[carriers]),
        key=stream_key(s.root, f"{arm} place"), units=clones[carriers], v_keep=v_keep, j_keep=j_keep,
    )  # fmt: skip
    for name in ("junction", "junction_aa", "start"):
        chains[name][carriers] = getattr(planted, name)
    return chains


def _wanted(s: Scene, arm: str, clones: np.ndarray) -> np.ndarray:
    """Return the motif that each clone is to carry in a chain, -1: none."""
    return np.asarray(s["clone_motif"][clones, ARMS_OF_MOTIFS.index(MOTIFS_OF_ARM[arm])])


def _instances(s: Scene, arm: str, clones: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the residues that each carrier is to have."""
    motifs = motifs_of(s)
    found = np.empty(clones.size, dtype=f"S{max(max(each.lengths) for each in motifs)}")
    for number in np.unique(wanted):
        mine = wanted == number
        found[mine] = motifs[number].draw(stream_key(s.root, f"{arm} motif"), clones[mine])
    return found


def _kept(s: Scene, model: RecombinationModel, chains: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the residues at both ends of the chains of carriers that stay."""
    v_keep, j_keep = ends_of(events_of(model, chains), **SPARED)
    motifs = motifs_of(s)
    window = np.array([motifs[number].window for number in wanted]).reshape(-1, 2)
    return np.maximum(v_keep, window[:, 0]), np.maximum(j_keep, window[:, 1])


def _fits(
    s: Scene, model: RecombinationModel, chains: np.ndarray, wanted: np.ndarray, instances: np.ndarray
) -> np.ndarray:
    """Return which chains have room for the instance that they are to carry."""
    v_keep, j_keep = _kept(s, model, chains, wanted)
    free = np.strings.str_len(chains["junction_aa"]).astype(np.int64) - np.strings.str_len(instances)
    return room(free, 0, v_keep=v_keep, j_keep=j_keep) > 0


def _picked(
    s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray, chains: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    """Give carriers of a motif a chain that has it by itself; with the V gene of their epitope, where there is one."""
    pool = _natural(s.root, arm, model.species, model.locus, learned=s.knobs["selection"] == "learned")
    motifs, (genes, _) = motifs_of(s), gene_codes(s, model, arm, clones)
    toss = s.chances(f"{arm} picked", clones)[:, 0]
    v_genes = model.v_gene_codes[pool["v"]]
    calls = np.array(model.v_names)[pool["v"]], np.array(model.j_names)[pool["j"]]
    wide = chains.astype(np.promote_types(chains.dtype, pool.dtype))
    for number in np.unique(wanted[wanted >= 0]):
        found, start = motifs[number].found_in(pool["junction_aa"])
        found = found & motifs[number].allows(*calls)
        for gene in np.unique(genes[wanted == number]):
            mine = np.flatnonzero((wanted == number) & (genes == gene))
            hits = np.flatnonzero(found & (v_genes == gene) if gene >= 0 else found)
            if hits.size:
                picked = hits[np.minimum((toss[mine] * hits.size).astype(np.int64), hits.size - 1)]
                wide[mine] = pool[picked]
                wide["start"][mine] = start[picked]
    return wide


@lru_cache(maxsize=4)
def _natural(root: int, arm: str, species: str, locus: str, *, learned: bool) -> np.ndarray:
    model, units, key = recombination_model(species, locus), np.arange(_N_NATURAL), stream_key(root, arm, "natural")
    if learned and (species, locus) in LEARNED:
        return chain_table(select(model, learned_selection(species, locus), key, units))
    return chain_table(recombine(model, key, units))
