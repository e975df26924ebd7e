"""Mechanisms of sequences: the chains of each clone, recombined, selected, and with the motif that it carries."""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache

import numpy as np

from rashomon.core import UsageError
from rashomon.io.receptor.invariant import INVARIANTS, Invariant
from rashomon.sim.motif.germline import ends_of
from rashomon.sim.motif.implant import implant
from rashomon.sim.node import Scene
from rashomon.sim.repertoire.epitope import ARMS_OF_MOTIFS, motifs_of
from rashomon.sim.repertoire.family import place_families
from rashomon.sim.repertoire.fitted import FREE, draw_fitted, is_fitted, row_of
from rashomon.sim.repertoire.knob import LOCI_OF
from rashomon.sim.repertoire.name import INVARIANT
from rashomon.sim.selection import LEARNED, learned_selection, select
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import RecombinationModel, Recombinations, recombination_model, recombine

__all__ = ["EVENT", "model_of", "vdj", "vj"]

EVENT = tuple(field.name for field in fields(Recombinations) if field.name != "model")
"""Columns of a recombination event, which tables of chains hold, beside ``start`` (place of the motif; -1: none)."""

_PUBLIC = 2**40
"""Number of the first planted public receptor: above all clones."""

_V_MOST, _J_MOST = 4, 5
"""Most germline residues that a motif spares at each end; with all of them, none would fit into most alpha chains."""

_POOL = 20_000
"""Chains among which those of invariant cells are looked for."""


def model_of(s: Scene, arm: str) -> RecombinationModel | None:
    """Return the model of an arm (``vdj`` or ``vj``) of scene `s`; None where its receptors have no such chain."""
    locus = LOCI_OF[s.knobs["loci"]][0 if arm == "vdj" else 1]
    return recombination_model(s.knobs["species"], locus) if locus else None


def vdj(s: Scene) -> np.ndarray:
    """Return the chain with a D gene of each cell of scene `s`, that of its clone: `EVENT`, and ``start``."""
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
    public = s["clone_public"][clones]
    units = np.where(public >= 0, _PUBLIC + public, clones)
    v, j = (_gene_codes(s, model, arm, clones, segment) for segment in ("v", "j"))
    if is_fitted(s, arm):
        chains = _with_room(model, _table(_like_data(s, model, arm, clones, v)))
        place_families(s, model, arm, clones, chains)
    else:
        chains = _table(_generated(s, model, arm, units, v, j))
    chains = _with_invariant(s, model, arm, clones, chains)
    return _with_motifs(s, model, arm, clones, chains)[place]


def _generated(
    s: Scene, model: RecombinationModel, arm: str, units: np.ndarray, v: np.ndarray, j: np.ndarray
) -> Recombinations:
    key = stream_key(s.root, arm)
    if s.knobs["selection"] == "learned" and (model.species, model.locus) in LEARNED:
        selection = learned_selection(model.species, model.locus)
        return select(model, selection, key, units, v=v, j=j, level="gene")
    return recombine(model, key, units, v=v, j=j, level="gene")


def _like_data(s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray, v: np.ndarray) -> Recombinations:
    """Return chains of clones of a twin; a public one has the habits of no donor, so that it is the same in all."""
    public = s["clone_public"][clones]
    shared = public >= 0
    units = np.where(shared, _PUBLIC + public, clones)
    donors = np.where(shared, FREE, s["clone_donor"][clones])
    return draw_fitted(s, model, arm, units, rows=row_of(s, clones), donors=donors, genes=(v, np.full(v.size, FREE)))


def _gene_codes(s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray, segment: str) -> np.ndarray:
    """Return the V (or J) gene that each clone must have by its epitope or its motif, -1 where it is free."""
    seen, names = s["clone_epitope"][clones], getattr(model, f"{segment}_genes")
    found, which = np.full(seen.size, -1), "beta" if arm == "vdj" else "alpha"
    toss = s.chances(f"{arm} gene" if segment == "v" else f"{arm} j gene", clones, n=2)
    for number, epitope in enumerate(s["epitope_signal"]):
        bias = getattr(epitope, f"{segment}_{which}")
        mine = (seen == number) & (toss[:, 0] < bias.strength)
        found = np.where(mine, _one_of(names, bias.genes, toss[:, 1]), found)
    carried = s["clone_motif"][clones, ARMS_OF_MOTIFS.index(which)]
    for number, motif in enumerate(motifs_of(s)):
        genes = getattr(motif, f"{segment}_genes")
        found = np.where((carried == number) & bool(genes), _one_of(names, genes, toss[:, 1]), found)
    return found


def _one_of(names: tuple[str, ...], genes: tuple[str, ...], chance: np.ndarray) -> np.ndarray:
    """Return the code of one of `genes` for each chance; -1 without any."""
    codes = np.array([names.index(gene) for gene in genes if gene in names] or [-1])
    return codes[np.minimum((chance * codes.size).astype(np.int64), codes.size - 1)]


def _table(chains: Recombinations) -> np.ndarray:
    columns = {name: getattr(chains, name) for name in EVENT}
    table = np.empty(len(chains), dtype=[(name, values.dtype) for name, values in columns.items()] + [("start", "i2")])
    for name, values in columns.items():
        table[name] = values
    table["start"] = -1
    return table


def _with_room(model: RecombinationModel, chains: np.ndarray) -> np.ndarray:
    """Return `chains` with columns as wide as the longest junction of the model: those of families may be longer."""
    width = {"junction": f"S{model.max_length}", "junction_aa": f"S{model.max_length // 3 + 1}"}
    return chains.astype([(name, width.get(name, chains.dtype[name])) for name in chains.dtype.names or ()])


def _with_invariant(
    s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray, chains: np.ndarray
) -> np.ndarray:
    for code, name in enumerate(INVARIANT[1:], start=1):
        mine = np.flatnonzero(s["clone_invariant"][clones] == code)
        known = [each for each in INVARIANTS if each.label == f"{name}-like" and each.species == model.species]
        if mine.size and known and model.locus in {"TRA", *(("TRB",) if known[0].beta_v else ())}:
            pool = _invariant_pool(s.root, model.species, model.locus, known[0])
            toss = s.chances(f"{arm} invariant", clones[mine])[:, 0]
            # columns as wide as the longest of both, or letters would be cut off
            chains = chains.astype(np.promote_types(chains.dtype, pool.dtype))
            chains[mine] = pool[np.minimum((toss * pool.size).astype(np.int64), pool.size - 1)]
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
    pool = _table(recombine(model, key, units, v=v, j=j, level="gene"))
    found = pool[np.isin(np.strings.str_len(pool["junction_aa"]), kind.lengths)] if arm == "vj" else pool
    if not found.size:
        raise UsageError(
            f"no chain of {kind.label} cells among {_POOL:,} with its genes", where=f"model of {model.locus}"
        )
    return found


def _with_motifs(s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray, chains: np.ndarray) -> np.ndarray:
    wanted = s["clone_motif"][clones, ARMS_OF_MOTIFS.index("alpha" if arm == "vj" else "beta")]
    motifs, carriers = motifs_of(s), np.flatnonzero(wanted >= 0)
    if not carriers.size:
        return chains
    if s.knobs["planting"] == "picked":
        return _picked(s, model, arm, clones, chains, wanted)
    instances = np.empty(carriers.size, dtype=f"S{max(max(each.lengths) for each in motifs)}")
    for number in np.unique(wanted[carriers]):
        mine = wanted[carriers] == number
        instances[mine] = motifs[number].draw(stream_key(s.root, f"{arm} motif"), clones[carriers[mine]])
    event = Recombinations(model, *(chains[name][carriers] for name in EVENT))
    v_keep, j_keep = ends_of(event, v_most=_V_MOST, j_most=_J_MOST)
    window = np.array([motifs[number].window for number in wanted[carriers]])
    planted = implant(
        event.junction, event.junction_aa, instances, key=stream_key(s.root, f"{arm} place"), units=clones[carriers],
        v_keep=np.maximum(v_keep, window[:, 0]), j_keep=np.maximum(j_keep, window[:, 1]),
    )  # fmt: skip
    for name in ("junction", "junction_aa", "start"):
        chains[name][carriers] = getattr(planted, name)
    return chains


def _picked(
    s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray, chains: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    """Give carriers of a motif a chain that has it by itself; with the V gene of their epitope, where there is one."""
    pool = _natural(s.root, arm, model.species, model.locus, learned=s.knobs["selection"] == "learned")
    motifs, genes = motifs_of(s), _gene_codes(s, model, arm, clones, "v")
    toss = s.chances(f"{arm} picked", clones)[:, 0]
    v_genes = model.v_gene_codes[pool["v"]]
    wide = chains.astype(np.promote_types(chains.dtype, pool.dtype))
    for number in np.unique(wanted[wanted >= 0]):
        found, start = motifs[number].found_in(pool["junction_aa"])
        for gene in np.unique(genes[wanted == number]):
            mine = np.flatnonzero((wanted == number) & (genes == gene))
            hits = np.flatnonzero(found & (v_genes == gene) if gene >= 0 else found)
            if hits.size:
                picked = hits[np.minimum((toss[mine] * hits.size).astype(np.int64), hits.size - 1)]
                wide[mine] = pool[picked]
                wide["start"][mine] = start[picked]
    return wide


_N_NATURAL = 50_000
"""Chains among which natural carriers of a motif are looked for."""


@lru_cache(maxsize=4)
def _natural(root: int, arm: str, species: str, locus: str, *, learned: bool) -> np.ndarray:
    model, units, key = recombination_model(species, locus), np.arange(_N_NATURAL), stream_key(root, arm, "natural")
    if learned and (species, locus) in LEARNED:
        return _table(select(model, learned_selection(species, locus), key, units))
    return _table(recombine(model, key, units))
