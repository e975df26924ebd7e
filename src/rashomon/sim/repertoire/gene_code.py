"""Genes that a chain is to have: those of its motif, else those that its epitope prefers."""

from __future__ import annotations

import numpy as np

from rashomon.sim.node import Scene
from rashomon.sim.repertoire.epitope import ARMS_OF_MOTIFS, motifs_of
from rashomon.sim.vdj import RecombinationModel
from rashomon.sim.vdj.choice import choices

__all__ = ["MOTIFS_OF_ARM", "gene_codes"]

MOTIFS_OF_ARM = {"vdj": "beta", "vj": "alpha"}
"""Chain, as epitopes name it, of each arm."""

_STREAM = {"v": "gene", "j": "j gene"}


def gene_codes(s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the V and the J gene that each clone must have, -1 where it is free.

    Genes of a motif come before those that the epitope prefers, and a preferred J is left out where the V does not
    recombine with it to a productive chain (a preferred V, where the motif asks for the J).

    Parameters
    ----------
    s
        With its tables played.
    model, arm
        Model of the arm, and its name.
    clones
        Numbers.
    """
    (v, v_bound), (j, j_bound) = (_codes(s, model, arm, clones, segment) for segment in ("v", "j"))
    able = choices(model, "gene").mass(v, j, functional=True) > 0
    v = np.where(~able & j_bound & ~v_bound, -1, v)
    able = choices(model, "gene").mass(v, j, functional=True) > 0
    return v, np.where(able | j_bound, j, -1)


def _codes(
    s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray, segment: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gene of a segment that each clone is to have, and whether its motif says so."""
    seen, names, which = s["clone_epitope"][clones], getattr(model, f"{segment}_genes"), MOTIFS_OF_ARM[arm]
    found, bound = np.full(seen.size, -1), np.zeros(seen.size, dtype=bool)
    toss = s.chances(f"{arm} {_STREAM[segment]}", clones, n=2)
    for number, epitope in enumerate(s["epitope_signal"]):
        bias = getattr(epitope, f"{segment}_{which}")
        mine = (seen == number) & (toss[:, 0] < bias.strength)
        found = np.where(mine, _one_of(names, bias.genes, toss[:, 1]), found)
    carried = s["clone_motif"][clones, ARMS_OF_MOTIFS.index(which)]
    for number, motif in enumerate(motifs_of(s)):
        genes = getattr(motif, f"{segment}_genes")
        mine = (carried == number) & bool(genes)
        found, bound = np.where(mine, _one_of(names, genes, toss[:, 1]), found), bound | mine
    return found, bound


def _one_of(names: tuple[str, ...], genes: tuple[str, ...], chance: np.ndarray) -> np.ndarray:
    """Return the code of one of `genes` for each chance; -1 without any."""
    codes = np.array([names.index(gene) for gene in genes if gene in names] or [-1])
    return codes[np.minimum((chance * codes.size).astype(np.int64), codes.size - 1)]
