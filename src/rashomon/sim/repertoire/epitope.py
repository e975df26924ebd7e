"""Mechanisms of epitopes: which motifs their receptors share, on which allele, with which genes."""

from __future__ import annotations

from functools import cache

import numpy as np

from rashomon.sim.hla import HLA_ALLELES
from rashomon.sim.motif.assignment import assign
from rashomon.sim.motif.bias import NO_BIAS, GeneBias
from rashomon.sim.motif.epitope import Epitope, EpitopeArm
from rashomon.sim.motif.motif import Motif
from rashomon.sim.motif.preset import PRESETS, EpitopePreset
from rashomon.sim.motif.random import make_motifs
from rashomon.sim.node import Scene
from rashomon.sim.repertoire.knob import LOCI_OF
from rashomon.sim.repertoire.own_motif import OWN, own_motifs
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

__all__ = ["ARMS_OF_MOTIFS", "clone_motif", "epitope_signal", "motifs_of"]

ARMS_OF_MOTIFS = ("alpha", "beta")
"""Chains in the order of the columns of `clone_motif`."""

_ALL_ORPHANS = 0.99
_COMMON = "A*02:01"
"""The allele of all epitopes where HLA says nothing about them: every other donor carries it."""


def epitope_signal(s: Scene) -> np.ndarray:
    """Return the epitopes of scene `s`, as objects.

    An epitope has an allele of its own, and a V gene of its own, each with a chance of the entanglement; else the
    common allele, and the genes of the preset.
    """
    preset, n = PRESETS[s.knobs["epitope_preset"]], s.n("epitope")
    found = np.empty(n, dtype=object)
    if not n:
        return found
    arm = _arm(s, preset)
    if "label_share" in s.fitted:
        return _labels(s, arm, found)
    motifs = _motifs(s, preset, arm, n)
    toss = s.chances("epitope_signal", np.arange(n), n=4)
    orphans = s.knobs["orphan_share"] if s.knobs["orphan_share"] >= 0 else preset.orphan_share
    for number, name in enumerate(s.names["epitope"]):
        own_gene, own_allele = toss[number, :2] < s.knobs["entanglement"]
        found[number] = Epitope(
            name,
            _allele(toss[number, 2]) if own_allele else _COMMON,
            arm,
            motifs["alpha"][number],
            motifs["beta"][number],
            orphans,
            v_alpha=_bias(s, preset.v_alpha, "vj", own=own_gene, chance=toss[number, 3]),
            v_beta=_bias(s, preset.v_beta, "vdj", own=own_gene, chance=toss[number, 3]),
        )
    return found


def _labels(s: Scene, arm: EpitopeArm, found: np.ndarray) -> np.ndarray:
    """Return the labels of a twin as epitopes: what their receptors share are families, and the motif is carried never.

    Which alleles present them the data do not say here.
    """
    none = (Motif("none", "WWW"),)
    for number, name in enumerate(s.names["epitope"]):
        alpha, beta = (none if arm in {which, "both", "pair"} else () for which in ARMS_OF_MOTIFS)
        found[number] = Epitope(name, _COMMON, arm, alpha, beta, _ALL_ORPHANS)
    return found


def _arm(s: Scene, preset: EpitopePreset) -> EpitopeArm:
    """Return the chains of the signal: those of the preset that the receptors of the world have."""
    beta, alpha = LOCI_OF[s.knobs["loci"]]
    own = [arm for arm, knob in OWN.items() if s.knobs[knob]]
    if len(own) == 1:
        return "alpha" if own[0] == "alpha" else "beta"
    if own:
        return "pair" if preset.arm == "pair" else "both"
    return preset.arm if beta and alpha else "beta" if beta else "alpha"


def _motifs(s: Scene, preset: EpitopePreset, arm: EpitopeArm, n: int) -> dict[str, list[tuple[Motif, ...]]]:
    """Return the motifs of each epitope by chain; no two of the world are alike."""
    own = own_motifs(s.knobs, preset)
    if any(own.values()):
        return {name: [motifs[number::n] for number in range(n)] for name, motifs in own.items()}
    each = int(s.knobs["n_motifs"]) or preset.n_motifs
    arms = ARMS_OF_MOTIFS if arm in {"both", "pair"} else (arm,)
    key = stream_key(s.root, "epitope_signal", "motifs")
    mismatches = tuple(s.knobs["motif_mismatches"]) or preset.mismatches
    made = make_motifs(key, n * each * len(arms), length=preset.length, mismatches=mismatches)
    found: dict[str, list[tuple[Motif, ...]]] = {name: [()] * n for name in ARMS_OF_MOTIFS}
    for place, name in enumerate(arms):
        starts = (place * n + np.arange(n)) * each
        found[name] = [made[start : start + each] for start in starts]
    return found


def _allele(chance: float) -> str:
    """Return one of the alleles, each as often as chromosomes carry it."""
    shares = np.cumsum([allele.frequency for allele in HLA_ALLELES.values()])
    return list(HLA_ALLELES)[int(np.searchsorted(shares / shares[-1], chance))]


def _bias(s: Scene, usual: GeneBias, arm: str, *, own: bool, chance: float) -> GeneBias:
    """Return the preferred genes of an epitope: those of the preset, or one of its own, drawn as genes are used."""
    locus = LOCI_OF[s.knobs["loci"]][0 if arm == "vdj" else 1]
    strength = s.knobs["v_bias"] if s.knobs["v_bias"] >= 0 else usual.strength
    strength = 1.0 - (1.0 - strength) * (1.0 - s.knobs["entanglement"]) if own else strength
    if not locus or not strength:
        return NO_BIAS
    model = recombination_model(s.knobs["species"], locus)
    usage = _usage(s.knobs["species"], locus)
    drawn = model.v_genes[int(np.searchsorted(np.cumsum(usage), chance))]
    known = [gene for gene in usual.genes if gene in model.v_genes]
    return GeneBias(tuple(known) if known and not own else (drawn,), strength)


@cache
def _usage(species: str, locus: str) -> np.ndarray:
    """Return how often each V gene is in a productive chain, from a sample that is always the same."""
    model = recombination_model(species, locus)
    sample = recombine(model, stream_key(0, "usage"), np.arange(5000))
    return np.bincount(sample.v_genes(), minlength=len(model.v_genes)) / len(sample)


def motifs_of(s: Scene) -> tuple[Motif, ...]:
    """Return all motifs of scene `s`, in the order in which `clone_motif` numbers them: alpha, then beta."""
    return tuple(motif for arm in ARMS_OF_MOTIFS for each in s["epitope_signal"] for motif in getattr(each, arm))


def clone_motif(s: Scene) -> np.ndarray:
    """Return the motif that each chain of each clone of scene `s` is to carry, shape ``(n_clones, 2)``; -1: none.

    Columns are alpha and beta. In the arm ``pair``, clones that see no epitope carry halves as often as binders do.
    """
    seen = s["clone_epitope"]
    found = np.full((seen.size, 2), -1)
    if "label_share" in s.fitted:
        return found
    first = np.zeros(2, dtype=np.int64)
    first[1] = sum(len(each.alpha) for each in s["epitope_signal"])
    for number, epitope in enumerate(s["epitope_signal"]):
        free = (seen == -1) & (s["clone_invariant"] == 0) & (s["clone_public"] < 0) & (found < 0).all(axis=1)
        mine = np.flatnonzero((seen == number) | (free & (epitope.arm == "pair")))
        key = stream_key(s.root, "clone_motif", number)
        carried = assign(epitope, binds=seen[mine] == number, key=key, units=mine)
        for column, motif in enumerate((carried.alpha, carried.beta)):
            found[mine, column] = np.where(motif >= 0, motif + first[column], -1)
        first += (len(epitope.alpha), len(epitope.beta))
    return found
