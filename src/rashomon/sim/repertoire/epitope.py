"""Mechanisms of epitopes: which motifs their receptors share, on which allele, with which genes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

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

__all__ = ["ARMS_OF_MOTIFS", "clone_motif", "epitope_signal", "motifs_of", "n_pairs"]

ARMS_OF_MOTIFS = ("alpha", "beta")
"""Chains in the order of the columns of `clone_motif`."""

_ALL_ORPHANS = 0.99
_COMMON = "A*02:01"
"""The allele of all epitopes where HLA says nothing about them: every other donor carries it."""


def epitope_signal(s: Scene) -> np.ndarray:
    """Return the epitopes of scene `s`, as objects.

    An epitope has an allele of its own, and a V gene of its own, each with a chance of the entanglement; else the
    common allele, and the genes of the preset. Its J genes are those of the preset.
    """
    preset, n = PRESETS[s.knobs["epitope_preset"]], s.n("epitope")
    found = np.empty(n, dtype=object)
    if not n:
        return found
    arm = _arm(s, preset)
    if "label_share" in s.fitted:
        return _labels(s, arm, found)
    motifs = _motifs(s, preset, arm, n)
    toss = s.chances("epitope_signal", np.arange(n), n=5)
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
            **_biases(s, preset, own=own_gene, chances=toss[number, 3:]),
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
    """Return the motifs of each epitope by chain; no two of the world are alike, and epitopes of pairs share all."""
    own = own_motifs(s.knobs, preset)
    if any(own.values()):
        if arm == "pair":
            return _paired(own, n)
        return {name: [motifs[number::n] for number in range(n)] for name, motifs in own.items()}
    n_sets, each = (1, n_pairs(s.knobs, preset)) if arm == "pair" else (n, int(s.knobs["n_motifs"]) or preset.n_motifs)
    arms = ARMS_OF_MOTIFS if arm in {"both", "pair"} else (arm,)
    key = stream_key(s.root, "epitope_signal", "motifs")
    mismatches = tuple(s.knobs["motif_mismatches"]) or preset.mismatches
    made = make_motifs(key, n_sets * each * len(arms), length=preset.length, mismatches=mismatches)
    if arm == "pair":
        return _paired({name: made[place * each : (place + 1) * each] for place, name in enumerate(arms)}, n)
    found: dict[str, list[tuple[Motif, ...]]] = {name: [()] * n for name in ARMS_OF_MOTIFS}
    for place, name in enumerate(arms):
        starts = (place * n + np.arange(n)) * each
        found[name] = [made[start : start + each] for start in starts]
    return found


def n_pairs(knobs: Mapping[str, Any], preset: EpitopePreset) -> int:
    """Return how many pairs of motifs an epitope of the arm ``pair`` has: at least as many as there are epitopes.

    Parameters
    ----------
    knobs
        Of the world.
    preset
        Says how many where the knob does not.
    """
    return max(int(knobs["n_motifs"]) or preset.n_motifs, int(knobs["n_epitopes"]))


def _paired(motifs: Mapping[str, tuple[Motif, ...]], n: int) -> dict[str, list[tuple[Motif, ...]]]:
    """Return the halves of pairs by chain: each epitope has all of them, and no pair that another one has.

    As in a Latin square, the half of alpha at place `i` goes with that of beta at place ``i + number``: one half is as
    frequent in every epitope, and tells none.
    """
    alpha, beta = motifs["alpha"], motifs["beta"]
    return {"alpha": [alpha] * n, "beta": [(*beta[number:], *beta[:number]) for number in range(n)]}


def _allele(chance: float) -> str:
    """Return one of the alleles, each as often as chromosomes carry it."""
    shares = np.cumsum([allele.frequency for allele in HLA_ALLELES.values()])
    return list(HLA_ALLELES)[int(np.searchsorted(shares / shares[-1], chance))]


def _biases(s: Scene, preset: EpitopePreset, *, own: bool, chances: np.ndarray) -> dict[str, Any]:
    """Return the preferred genes of an epitope; with `own`, V genes that are its own."""
    return {
        f"{segment}_{which}": _bias(s, preset, segment, which, own=own and segment == "v", chance=chance)
        for which in ARMS_OF_MOTIFS
        for segment, chance in zip("vj", chances, strict=True)
    }


def _bias(s: Scene, preset: EpitopePreset, segment: str, which: str, *, own: bool, chance: float) -> GeneBias:
    """Return the preferred genes of a segment: those of the preset, or one of its own, drawn as genes are used."""
    locus = LOCI_OF[s.knobs["loci"]][0 if which == "beta" else 1]
    usual: GeneBias = getattr(preset, f"{segment}_{which}")
    turned = s.knobs[f"{segment}_bias"]
    strength = turned if turned >= 0 else usual.strength
    strength = 1.0 - (1.0 - strength) * (1.0 - s.knobs["entanglement"]) if own else strength
    if not locus or not strength:
        return NO_BIAS
    names = getattr(recombination_model(s.knobs["species"], locus), f"{segment}_genes")
    drawn = names[int(np.searchsorted(np.cumsum(_usage(s.knobs["species"], locus, segment)), chance))]
    known = [gene for gene in usual.genes if gene in names]
    return GeneBias(tuple(known) if known and not own else (drawn,), strength)


@cache
def _usage(species: str, locus: str, segment: str) -> np.ndarray:
    """Return how often each V or J gene is in a productive chain, from a sample that is always the same."""
    model = recombination_model(species, locus)
    sample = recombine(model, stream_key(0, "usage"), np.arange(5000))
    codes, names = getattr(sample, f"{segment}_genes")(), getattr(model, f"{segment}_genes")
    return np.bincount(codes, minlength=len(names)) / len(sample)


def motifs_of(s: Scene) -> tuple[Motif, ...]:
    """Return all motifs of scene `s`, in the order in which `clone_motif` numbers them: alpha, then beta.

    Those of pairs, which epitopes share, have a number for each epitope.
    """
    return tuple(motif for arm in ARMS_OF_MOTIFS for each in s["epitope_signal"] for motif in getattr(each, arm))


def clone_motif(s: Scene) -> np.ndarray:
    """Return the motif that each chain of each clone of scene `s` is to carry, shape ``(n_clones, 2)``; -1: none.

    Columns are alpha and beta. In the arm ``pair``, clones that see no epitope carry halves as often as binders do;
    as epitopes share their halves, those of the first are everybody's.
    """
    seen = s["clone_epitope"]
    found = np.full((seen.size, 2), -1)
    if "label_share" in s.fitted:
        return found
    first = np.zeros(2, dtype=np.int64)
    first[1] = sum(len(each.alpha) for each in s["epitope_signal"])
    for number, epitope in enumerate(s["epitope_signal"]):
        free = (seen == -1) & (s["clone_invariant"] == 0) & (s["clone_public"] < 0) & (found < 0).all(axis=1)
        mine = np.flatnonzero((seen == number) | (free & (epitope.arm == "pair") & (number == 0)))
        key = stream_key(s.root, "clone_motif", number)
        carried = assign(epitope, binds=seen[mine] == number, key=key, units=mine)
        for column, motif in enumerate((carried.alpha, carried.beta)):
            found[mine, column] = np.where(motif >= 0, motif + first[column], -1)
        first += (len(epitope.alpha), len(epitope.beta))
    return found
