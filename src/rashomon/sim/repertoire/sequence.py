"""Mechanisms of sequences: the chains of each clone, recombined, selected, and with the motif that it carries."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rashomon.core import UsageError
from rashomon.io.receptor.invariant import INVARIANTS, Invariant
from rashomon.sim.node import Scene
from rashomon.sim.repertoire.carrier import Draw, put_motifs, with_room
from rashomon.sim.repertoire.chain_table import chain_table, put_chains, widened
from rashomon.sim.repertoire.family import place_families
from rashomon.sim.repertoire.fitted import FREE, draw_fitted, is_fitted, row_of
from rashomon.sim.repertoire.gene_code import gene_codes
from rashomon.sim.repertoire.knob import LOCI_OF
from rashomon.sim.repertoire.name import INVARIANT
from rashomon.sim.selection import LEARNED, learned_selection, select
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import RecombinationModel, Recombinations, recombination_model, recombine

__all__ = ["model_of", "vdj", "vj"]

_PUBLIC = 2**40
"""Number of the first planted public receptor: above all clones."""

_POOL = 20_000
"""Chains among which those of invariant cells are looked for."""


def model_of(s: Scene, arm: str) -> RecombinationModel | None:
    """Return the model of an arm (``vdj`` or ``vj``) of scene `s`; None where its receptors have no such chain."""
    locus = LOCI_OF[s.knobs["loci"]][0 if arm == "vdj" else 1]
    return recombination_model(s.knobs["species"], locus) if locus else None


def vdj(s: Scene) -> np.ndarray:
    """Return the chain with a D gene of each cell of scene `s`, that of its clone: a table as of `chain_table`."""
    return _chains(s, "vdj")


def vj(s: Scene) -> np.ndarray:
    """Return the chain without a D gene of each cell of scene `s`, as `vdj`."""
    return _chains(s, "vj")


def _chains(s: Scene, arm: str) -> np.ndarray:
    model = model_of(s, arm)
    if model is None:
        return np.empty(0, dtype=[("start", np.int16)])
    # a chain depends on its clone alone: those of other clones are never made
    clones, place = np.unique(s["clone"], return_inverse=True)
    draw = _drawer(s, model, arm, clones)
    chains = draw(np.arange(clones.size), _units(s, clones))
    if is_fitted(s, arm):
        chains = widened(model, chains)
        place_families(s, model, arm, clones, chains)
    chains = with_room(s, model, arm, clones, chains, draw=draw)
    chains = _with_invariant(s, model, arm, clones, chains)
    return put_motifs(s, model, arm, clones, chains)[place]


def _units(s: Scene, clones: np.ndarray) -> np.ndarray:
    """Return the number of the receptor of each clone: its own, or that of a public one."""
    public = s["clone_public"][clones]
    return np.where(public >= 0, _PUBLIC + public, clones)


def _drawer(s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray) -> Draw:
    """Return what makes the chains of some of `clones`, by their positions and the numbers of their receptors."""
    v, j = gene_codes(s, model, arm, clones)

    def draw(rows: np.ndarray, units: np.ndarray) -> np.ndarray:
        if is_fitted(s, arm):
            return chain_table(_like_data(s, model, arm, clones[rows], units, (v[rows], j[rows])))
        return chain_table(_generated(s, model, arm, units, v[rows], j[rows]))

    return draw


def _generated(
    s: Scene, model: RecombinationModel, arm: str, units: np.ndarray, v: np.ndarray, j: np.ndarray
) -> Recombinations:
    key = stream_key(s.root, arm)
    if s.knobs["selection"] == "learned" and (model.species, model.locus) in LEARNED:
        selection = learned_selection(model.species, model.locus)
        return select(model, selection, key, units, v=v, j=j, level="gene")
    return recombine(model, key, units, v=v, j=j, level="gene")


def _like_data(
    s: Scene,
    model: RecombinationModel,
    arm: str,
    clones: np.ndarray,
    units: np.ndarray,
    genes: tuple[np.ndarray, np.ndarray],
) -> Recombinations:
    """Return chains of clones of a twin; a public one has the habits of no donor, so that it is the same in all."""
    donors = np.where(s["clone_public"][clones] >= 0, FREE, s["clone_donor"][clones])
    return draw_fitted(s, model, arm, units, rows=row_of(s, clones), donors=donors, genes=genes)


def _with_invariant(
    s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray, chains: np.ndarray
) -> np.ndarray:
    for code, name in enumerate(INVARIANT[1:], start=1):
        mine = np.flatnonzero(s["clone_invariant"][clones] == code)
        known = [each for each in INVARIANTS if each.label == f"{name}-like" and each.species == model.species]
        if mine.size and known and model.locus in {"TRA", *(("TRB",) if known[0].beta_v else ())}:
            pool = _invariant_pool(s.root, model.species, model.locus, known[0])
            toss = s.chances(f"{arm} invariant", clones[mine])[:, 0]
            chosen = pool[np.minimum((toss * pool.size).astype(np.int64), pool.size - 1)]
            chains = put_chains(chains, mine, chosen)
    return chains


@lru_cache(maxsize=8)
def _invariant_pool(root: int, species: str, locus: str, kind: Invariant) -> np.ndarray:
    """Return chains with the genes and the length of a kind of invariant cells, as often as they are generated."""
    model, arm = recombination_model(species, locus), "vj" if locus == "TRA" else "vdj"
    units, key = np.arange(_POOL), stream_key(root, arm, "invariant", kind.label)
    v_genes, j_genes = (kind.v, kind.j) if arm == "vj" else (kind.beta_v, ())
    # not every gene by which such cells are known is in the model
    known = np.array([model.v_genes.index(gene) for gene in v_genes if gene in model.v_genes])
    v = known[units % known.size]
    j = np.array([model.j_genes.index(gene) for gene in j_genes])[units % len(j_genes)] if j_genes else None
    pool = chain_table(recombine(model, key, units, v=v, j=j, level="gene"))
    found = pool[np.isin(np.strings.str_len(pool["junction_aa"]), kind.lengths)] if arm == "vj" else pool
    if not found.size:
        raise UsageError(
            f"no chain of {kind.label} cells among {_POOL:,} with its genes", where=f"model of {model.locus}"
        )
    return found
